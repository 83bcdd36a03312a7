// All chains.
// Parameters: $yardstick.
// Columns: chain
MATCH (c:Chain)
WHERE c.status IN $yardstick
RETURN c AS chain
ORDER BY c.name

// All chains.
// Parameters: $statuses.
// Columns: chain
MATCH (c:Chain)
WHERE c.status IN $statuses
RETURN c AS chain
ORDER BY c.name

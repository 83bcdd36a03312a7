// The products (services) that firms are placed on.
// Parameters: $yardstick.
// Columns: product
MATCH (p:Product)
WHERE p.status IN $yardstick
RETURN p AS product
ORDER BY p.id

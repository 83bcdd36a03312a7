// The classes of industries of the products that firms are placed on.
// Parameters: $yardstick.
// Columns: product, code, name
MATCH (p:Product)-[r:CLASSIFIED_AS]->(i:Industry)
WHERE p.status IN $yardstick AND r.status IN $yardstick
RETURN p.id AS product, i.code AS code, i.name AS name
ORDER BY product, code

// The segments of the products that firms are placed on.
// Parameters: $yardstick.
// Columns: product, segment
MATCH (p:Product)-[r:BELONGS_TO]->(s:Segment)
WHERE p.status IN $yardstick AND r.status IN $yardstick
RETURN p.id AS product, s.id AS segment
ORDER BY product, segment

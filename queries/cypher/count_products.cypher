// Products of every chain.
// Parameters: $yardstick.
// Columns: chain, status, number
MATCH (p:Product)-[r:BELONGS_TO]->(:Segment)-[:PART_OF]->(c:Chain)
WHERE p.status IN $yardstick AND r.status IN $yardstick
RETURN c.id AS chain, p.status AS status, count(DISTINCT p.id) AS number

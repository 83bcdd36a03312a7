// Segments of every chain.
// Parameters: $yardstick.
// Columns: chain, status, number
MATCH (s:Segment)-[r:PART_OF]->(c:Chain)
WHERE s.status IN $yardstick
RETURN c.id AS chain, s.status AS status, count(DISTINCT s.id) AS number

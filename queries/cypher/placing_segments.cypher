// The segments that firms are placed on, each with its chain.
// Parameters: $yardstick.
// Columns: segment, chain
MATCH (s:Segment)-[r:PART_OF]->(c:Chain)
WHERE s.status IN $yardstick AND r.status IN $yardstick AND c.status IN $yardstick
RETURN s AS segment, c.id AS chain
ORDER BY chain, s.id

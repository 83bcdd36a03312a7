// The segments of one chain.
// Parameters: $chain (Chain id), $yardstick.
// Columns: segment, status, source (of the edge)
MATCH (s:Segment)-[r:PART_OF]->(c:Chain {id: $chain})
WHERE s.status IN $yardstick AND r.status IN $yardstick
RETURN s AS segment, r.status AS status, r.source AS source
ORDER BY s.id

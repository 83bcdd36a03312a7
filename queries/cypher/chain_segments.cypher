// The segments of one chain.
// Parameters: $chain (Chain id), $statuses.
// Columns: segment, status, source (of the edge)
MATCH (s:Segment)-[r:PART_OF]->(c:Chain {id: $chain})
WHERE s.status IN $statuses AND r.status IN $statuses
RETURN s AS segment, r.status AS status, r.source AS source
ORDER BY s.id

// The products of one chain with their segments.
// Parameters: $chain (Chain id), $statuses.
// Columns: product, segment
MATCH (p:Product)-[r:BELONGS_TO]->(s:Segment)-[:PART_OF]->(c:Chain {id: $chain})
WHERE p.status IN $statuses AND r.status IN $statuses
RETURN p AS product, s.id AS segment
ORDER BY p.name, p.id, segment

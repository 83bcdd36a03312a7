// The products of one chain with their segments.
// Parameters: $chain (Chain id), $yardstick.
// Columns: product, segment, status, source, place (the last three of the edge)
MATCH (p:Product)-[r:BELONGS_TO]->(s:Segment)-[:PART_OF]->(c:Chain {id: $chain})
WHERE p.status IN $yardstick AND r.status IN $yardstick
RETURN p AS product, s.id AS segment, r.status AS status, r.source AS source, r.place AS place
ORDER BY p.name, p.id, segment

// What feeds what within one chain.
// Parameters: $chain (Chain id), $yardstick.
// Columns: upstream, downstream, status, source
MATCH (c:Chain {id: $chain})<-[:PART_OF]-(a:Segment)-[r:FEEDS]->(b:Segment)
WHERE r.status IN $yardstick
RETURN DISTINCT a.id AS upstream, b.id AS downstream, r.status AS status, r.source AS source
ORDER BY upstream, downstream

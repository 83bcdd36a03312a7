// Supply edges between firms that stand in segments of one chain.
// Parameters: $chain (Chain id), $statuses.
// Columns: supplier, customer, product, status, source
MATCH (c:Chain {id: $chain})<-[:PART_OF]-(:Segment)<-[:OPERATES_IN]-(s:Enterprise)-[r:SUPPLIES]->(k:Enterprise)
WHERE r.status IN $statuses
RETURN DISTINCT s.id AS supplier, k.id AS customer, r.product AS product, r.status AS status, r.source AS source
ORDER BY supplier, customer, product

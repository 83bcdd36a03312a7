// Supply edges out of firms that stand in segments of one chain.
// Parameters: $chain (Chain id), $statuses.
// Columns: supplier, supplier_name, customer, customer_name, product, status, source, place, valid_to
MATCH (c:Chain {id: $chain})<-[:PART_OF]-(:Segment)<-[:OPERATES_IN]-(s:Enterprise)-[r:SUPPLIES]->(k:Enterprise)
WHERE r.status IN $statuses AND s.status IN $statuses AND k.status IN $statuses
RETURN DISTINCT s.id AS supplier, s.name AS supplier_name, k.id AS customer, k.name AS customer_name,
  r.product AS product, r.status AS status, r.source AS source, r.place AS place,
  r.valid_to AS valid_to
ORDER BY supplier, customer, product

// Whom a firm supplies, and whom they supply: every supply edge out of a firm at most HOPS steps downstream.
// Parameters: $id (Enterprise id), $statuses (list of statuses). HOPS: tiers - 1.
// Columns: supplier, supplier_name, customer, customer_name, product, status, source, place, confidence, valid_to
MATCH (root:Enterprise {id: $id})-[:SUPPLIES*0..HOPS]->(s:Enterprise)-[r:SUPPLIES]->(c:Enterprise)
WHERE r.status IN $statuses
RETURN DISTINCT s.id AS supplier, s.name AS supplier_name, c.id AS customer, c.name AS customer_name,
  r.product AS product, r.status AS status, r.source AS source, r.place AS place, r.confidence AS confidence,
  r.valid_to AS valid_to

// Who makes the products of one chain.
// Parameters: $chain (Chain id), $statuses.
// Columns: enterprise, enterprise_name, product, status, source
MATCH (e:Enterprise)-[r:PRODUCES]->(p:Product)-[:BELONGS_TO]->(:Segment)-[:PART_OF]->(c:Chain {id: $chain})
WHERE e.status IN $statuses AND r.status IN $statuses
RETURN DISTINCT e.id AS enterprise, coalesce(e.short_name, e.name) AS enterprise_name, p.id AS product, r.status AS status, r.source AS source
ORDER BY enterprise, product

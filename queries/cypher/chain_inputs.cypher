// Which product goes into which product of one chain.
// Parameters: $chain (Chain id), $yardstick.
// Columns: input, input_name, product, product_name, essential, status, source, note
MATCH (i:Product)-[r:INPUT_TO]->(p:Product)-[:BELONGS_TO]->(:Segment)-[:PART_OF]->(c:Chain {id: $chain})
WHERE r.status IN $yardstick
RETURN DISTINCT i.id AS input, i.name AS input_name, p.id AS product, p.name AS product_name,
  r.essential AS essential, r.status AS status, r.source AS source, r.note AS note
ORDER BY product_name, input_name, product, input

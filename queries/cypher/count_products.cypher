// Products of every chain.
// Parameters: $statuses.
// Columns: chain, status, number
MATCH (p:Product)-[r:BELONGS_TO]->(:Segment)-[:PART_OF]->(c:Chain)
WHERE p.status IN $statuses AND r.status IN $statuses
RETURN c.id AS chain, p.status AS status, count(DISTINCT p.id) AS number

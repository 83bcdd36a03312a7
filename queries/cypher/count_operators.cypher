// Firms with a place in a segment of every chain.
// Parameters: $statuses.
// Columns: chain, status, enterprise
MATCH (e:Enterprise)-[r:OPERATES_IN]->(:Segment)-[:PART_OF]->(c:Chain)
WHERE e.status IN $statuses AND r.status IN $statuses
RETURN DISTINCT c.id AS chain, e.status AS status, e.id AS enterprise

// Leaders of every chain.
// Parameters: $statuses.
// Columns: chain, status, number
MATCH (n)-[r:LEADS]->(c:Chain)
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN c.id AS chain, r.status AS status, count(n.id) AS number

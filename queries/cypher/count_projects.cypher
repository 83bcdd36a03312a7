// Projects that are marked as being on every chain.
// Parameters: $statuses.
// Columns: chain, status, id
MATCH (n:Project)-[r:ON_CHAIN]->(c:Chain)
WHERE n.status IN $statuses AND r.status IN $statuses
RETURN DISTINCT c.id AS chain, n.status AS status, n.id AS id

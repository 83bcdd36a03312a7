// How many projects are marked as being on every chain, by status.
// Parameters: $statuses.
// Columns: chain, status, number
MATCH (p:Project)-[r:ON_CHAIN]->(c:Chain)
WHERE p.status IN $statuses AND r.status IN $statuses
RETURN c.id AS chain, p.status AS status, count(DISTINCT p) AS number

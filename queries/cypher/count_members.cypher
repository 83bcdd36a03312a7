// The firms that are marked as being on every chain.
// Parameters: $statuses.
// Columns: chain, status, enterprise
MATCH (e:Enterprise)-[r:ON_CHAIN]->(c:Chain)
WHERE e.status IN $statuses AND r.status IN $statuses
RETURN DISTINCT c.id AS chain, e.status AS status, e.id AS enterprise

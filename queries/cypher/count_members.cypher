// Things that are marked as being on every chain.
// Parameters: $statuses.
// Columns: chain, thing
MATCH (n)-[r:ON_CHAIN]->(c:Chain)
WHERE n.status IN $statuses AND r.status IN $statuses
RETURN c.id AS chain, n AS thing

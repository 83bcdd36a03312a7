// Published figures about every chain.
// Parameters: $statuses.
// Columns: chain, status, number
MATCH (s:Statement)-[:ABOUT]->(c:Chain)
WHERE s.status IN $statuses
RETURN c.id AS chain, s.status AS status, count(DISTINCT s.id) AS number

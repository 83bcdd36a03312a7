// Everything but firms that is marked as being on one chain.
// Parameters: $chain (Chain id), $statuses. LABEL: the labels that can be, but for Enterprise.
// Columns: thing, relation
MATCH (n:LABEL)-[r:ON_CHAIN]->(c:Chain {id: $chain})
WHERE n.status IN $statuses AND r.status IN $statuses
RETURN n AS thing, r AS relation

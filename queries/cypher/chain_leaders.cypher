// Who leads one chain.
// Parameters: $chain (Chain id), $statuses.
// Columns: leader, relation
MATCH (n)-[r:LEADS]->(c:Chain {id: $chain})
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN n AS leader, r AS relation

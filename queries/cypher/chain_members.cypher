// Everything that is marked as being on one chain: firms, projects, clusters, parks, platforms, events, weak points.
// Parameters: $chain (Chain id), $statuses.
// Columns: thing, relation
MATCH (n)-[r:ON_CHAIN]->(c:Chain {id: $chain})
WHERE n.status IN $statuses AND r.status IN $statuses
RETURN n AS thing, r AS relation

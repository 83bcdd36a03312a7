// What a firm points at: products, segments, chains, regions, parks, clusters, projects, events, its parent.
// Parameters: $id, $statuses.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})-[r]->(n)
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN r AS relation, n AS thing

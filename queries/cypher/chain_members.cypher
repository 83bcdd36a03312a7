// Everything but firms that is marked as being on one chain: projects, clusters, parks, platforms, events, weak points.
// Parameters: $chain (Chain id), $statuses.
// Columns: thing, relation
MATCH (n:Institute|Project|Cluster|Park|Agency|Mechanism|Deliverable|Task|Platform|Centre|Challenge|Scenario|Event|Weakness)
  -[r:ON_CHAIN]->(c:Chain {id: $chain})
WHERE n.status IN $statuses AND r.status IN $statuses
RETURN n AS thing, r AS relation

// Which firms stand in which segment of one chain.
// Parameters: $chain (Chain id), $statuses.
// Columns: enterprise, segment, status, source
MATCH (e:Enterprise)-[r:OPERATES_IN]->(s:Segment)-[:PART_OF]->(c:Chain {id: $chain})
WHERE e.status IN $statuses AND r.status IN $statuses
RETURN e AS enterprise, s.id AS segment, r.status AS status, r.source AS source
ORDER BY e.name, e.id, segment

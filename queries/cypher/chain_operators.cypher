// Which firms stand in which segment of one chain.
// Parameters: $chain (Chain id), $statuses.
// Columns: enterprise, name, short_name, segment, status, source
MATCH (e:Enterprise)-[r:OPERATES_IN]->(s:Segment)-[:PART_OF]->(c:Chain {id: $chain})
WHERE e.status IN $statuses AND r.status IN $statuses
RETURN e.id AS enterprise, e.name AS name, e.short_name AS short_name, s.id AS segment, r.status AS status, r.source AS source
ORDER BY name, enterprise, segment

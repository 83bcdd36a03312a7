// Which region each chain says is its city.
// Parameters: none.
// Columns: chain, region, name
MATCH (c:Chain)-[:LOCATED_IN]->(r:Region)
RETURN c.id AS chain, r.id AS region, r.name AS name

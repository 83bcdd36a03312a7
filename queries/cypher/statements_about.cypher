// Published figures about one thing.
// Parameters: $id, $statuses.
// Columns: statement
MATCH (s:Statement)-[:ABOUT]->(n)
WHERE n.id = $id AND s.status IN $statuses
RETURN s AS statement
ORDER BY s.id

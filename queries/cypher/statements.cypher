// Published figures in the order of their ids, a page at a time, with what each is about.
// Parameters: $after (id of the last one of the page before, or ''), $size, $statuses.
// Columns: statement, subject
MATCH (s:Statement)
WHERE s.id > $after AND s.status IN $statuses
WITH s
ORDER BY s.id
LIMIT $size
OPTIONAL MATCH (s)-[:ABOUT]->(n)
RETURN s AS statement, n AS subject
ORDER BY s.id, n.id

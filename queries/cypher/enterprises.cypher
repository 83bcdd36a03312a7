// Firms in the order of their ids, a page at a time.
// Parameters: $after (id of the last firm of the page before, or ''), $size, $statuses.
// Columns: enterprise
MATCH (e:Enterprise)
WHERE e.id > $after AND e.status IN $statuses
RETURN e AS enterprise
ORDER BY e.id
LIMIT $size

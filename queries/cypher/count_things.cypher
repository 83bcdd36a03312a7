// How many things of one kind there are, by data status.
// Parameters: $seen (the statuses to count). LABEL: their label.
// Columns: status, number
MATCH (n:LABEL)
WHERE n.status IN $seen
RETURN n.status AS status, count(n.id) AS number

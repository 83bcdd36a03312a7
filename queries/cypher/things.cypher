// All things of one kind.
// Parameters: $statuses. LABEL: its label.
// Columns: thing
MATCH (n:LABEL)
WHERE n.status IN $statuses
RETURN n AS thing
ORDER BY n.id

// A thing of any kind.
// Parameters: $id. LABEL: its label.
// Columns: thing
MATCH (n:LABEL {id: $id})
RETURN n AS thing

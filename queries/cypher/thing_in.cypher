// What points at a thing of any kind. No order, which would cost memory.
// Parameters: $id, $size. LABEL: its label.
// Columns: relation, other
MATCH (n:LABEL {id: $id})<-[r]-(m)
RETURN r AS relation, m AS other
LIMIT $size

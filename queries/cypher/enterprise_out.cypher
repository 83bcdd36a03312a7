// What a firm points at, but for its customers.
// Parameters: $id. TYPE: the relations that can, but for SUPPLIES. LABEL: their other ends.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})-[r:TYPE]->(n:LABEL)
RETURN r AS relation, n AS thing

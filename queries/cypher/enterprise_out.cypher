// What a firm points at, but for its customers.
// Parameters: $id. LABEL: the types of relations that can, but for SUPPLIES.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})-[r:LABEL]->(n)
RETURN r AS relation, n AS thing

// What points at a firm, but for its suppliers and the figures about it.
// Parameters: $id, $statuses. LABEL: the types of relations that can, but for SUPPLIES and ABOUT.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})<-[r:LABEL]-(n)
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN r AS relation, n AS thing

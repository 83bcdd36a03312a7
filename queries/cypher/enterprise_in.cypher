// What points at a firm, but for its suppliers and the figures about it.
// Parameters: $id, $statuses. TYPE: the relations that can, but for SUPPLIES and ABOUT. LABEL: their other ends.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})<-[r:TYPE]-(n:LABEL)
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN r AS relation, n AS thing

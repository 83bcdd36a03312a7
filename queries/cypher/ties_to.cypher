// What points at all things of one kind, by relations of some types.
// Parameters: $statuses. LABEL: their label. TYPE: the types of the relations.
// Columns: id (of the thing), relation, other
MATCH (n:LABEL)<-[r:TYPE]-(m)
WHERE n.status IN $statuses AND r.status IN $statuses
RETURN n.id AS id, r AS relation, m AS other

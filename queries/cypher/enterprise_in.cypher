// What points at a firm: its suppliers, subsidiaries, those who seek it as a partner.
// Parameters: $id, $statuses.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})<-[r]-(n)
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN r AS relation, n AS thing

// What points at a firm, but for its suppliers: subsidiaries, those who seek it as a partner or recommend it, matches, comparisons.
// Parameters: $id, $statuses.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})<-[r:SEEKS_PARTNER|RECOMMENDS|MATCHED|COMPARED_WITH|SUBSIDIARY_OF]-(n:Enterprise)
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN r AS relation, n AS thing

// The firms with given ids, in no order of their own.
// Parameters: $ids.
// Columns: enterprise
MATCH (e:Enterprise)
WHERE e.id IN $ids
RETURN e AS enterprise

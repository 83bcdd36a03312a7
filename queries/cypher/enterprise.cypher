// One firm.
// Parameters: $id.
// Columns: enterprise
MATCH (e:Enterprise {id: $id})
RETURN e AS enterprise

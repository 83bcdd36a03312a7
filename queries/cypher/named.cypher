// Firms whose id, full name, short name or credit code is exactly a word.
// Parameters: $word.
// Columns: id, name, status
MATCH (e:Enterprise)
WHERE e.id = $word OR e.name = $word OR e.short_name = $word OR e.uscc = $word
RETURN e.id AS id, e.name AS name, e.status AS status
ORDER BY id

// How many relations of one type there are between things that are to be seen, by data status.
// Parameters: $seen (the statuses to count), $seen_start, $seen_end (those of the things at its ends). TYPE: it. LABEL: those of its ends.
// Columns: status, number
MATCH (s:LABEL)-[r:TYPE]->(e:LABEL)
WHERE r.status IN $seen AND s.status IN $seen_start AND e.status IN $seen_end
RETURN r.status AS status, count(e.id) AS number

// Supply paths of exactly HOPS steps from one firm to another.
// Parameters: $origin, $target (Enterprise ids), $size. HOPS: length.
// Columns: path
MATCH path = (a:Enterprise {id: $origin})-[:SUPPLIES*HOPS..HOPS]->(b:Enterprise {id: $target})
RETURN path
LIMIT $size

// How many things of the main kinds there are, by data status.
// Parameters: $statuses, $yardstick.
// Columns: label, status, number
MATCH (n:Segment) WHERE n.status IN $yardstick RETURN 'Segment' AS label, n.status AS status, count(n.id) AS number
UNION ALL
MATCH (n:Product) WHERE n.status IN $yardstick RETURN 'Product' AS label, n.status AS status, count(n.id) AS number
UNION ALL
MATCH (n:Enterprise) WHERE n.status IN $statuses RETURN 'Enterprise' AS label, n.status AS status, count(n.id) AS number
UNION ALL
MATCH (n:Project) WHERE n.status IN $statuses RETURN 'Project' AS label, n.status AS status, count(n.id) AS number
UNION ALL
MATCH (n:Statement) WHERE n.status IN $statuses RETURN 'Statement' AS label, n.status AS status, count(n.id) AS number
UNION ALL
MATCH (s:Enterprise)-[r:SUPPLIES]->(c:Enterprise) WHERE r.status IN $statuses AND s.status IN $statuses AND c.status IN $statuses RETURN 'SUPPLIES' AS label, r.status AS status, count(c.id) AS number

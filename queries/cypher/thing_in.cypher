// What points at a thing of any kind. One id may be that of things with several labels; no order, which would cost memory.
// Parameters: $id, $size.
// Columns: thing, relation, other
MATCH (n:Source|Region|Chain|Segment|Industry|Product|Cluster|Park|Enterprise|Institute|Agency|Mechanism
    |Event|Project|Deliverable|Task|Platform|Centre|Challenge|Scenario|Weakness|Coverage|Statement)<-[r]-(m)
WHERE n.id = $id
RETURN n AS thing, r AS relation, m AS other
LIMIT $size

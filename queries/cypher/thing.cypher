// A thing of any kind; ids are unique within a label only.
// Parameters: $id.
// Columns: thing
MATCH (n:Source|Region|Chain|Segment|Industry|Product|Cluster|Park|Enterprise|Institute|Agency|Mechanism
    |Event|Project|Deliverable|Task|Platform|Centre|Challenge|Scenario|Weakness|Coverage|Statement)
WHERE n.id = $id
RETURN n AS thing

// What a firm points at, but for its customers: products, segments, chains, regions, parks, clusters, projects, events, its parent.
// Parameters: $id.
// Columns: relation, thing
MATCH (e:Enterprise {id: $id})-[r:PRODUCES|NEEDS|OFFERS|SEEKS_PARTNER|RECOMMENDS|MATCHED|COMPARED_WITH|LEADS|OPERATES_IN|ON_CHAIN
    |MEMBER_OF|SUBSIDIARY_OF|IN_INDUSTRY|INVESTS_IN|IN_PARK|LOCATED_IN|PARTICIPATES_IN|POSTS|TAKES_UP]->(n)
RETURN r AS relation, n AS thing

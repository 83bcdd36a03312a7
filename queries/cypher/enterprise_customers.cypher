// The firms that a firm supplies, relation by relation; field by field, which of many firms is read ten times as fast as whole.
// Parameters: $id, $statuses.
// Columns: id, name, aliases, description, listed_on, note, roles, short_name, stock_code, uscc, uscc_check, relation_status, relation_source, relation_place,
//   relation_note, relation_product, relation_since
MATCH (e:Enterprise {id: $id})-[r:SUPPLIES]->(n:Enterprise)
WHERE r.status IN $statuses AND n.status IN $statuses
RETURN n.id AS id, n.name AS name, n.aliases AS aliases, n.description AS description, n.listed_on AS listed_on, n.note AS note,
  n.roles AS roles, n.short_name AS short_name, n.stock_code AS stock_code, n.uscc AS uscc, n.uscc_check AS uscc_check,
  r.status AS relation_status, r.source AS relation_source, r.place AS relation_place, r.note AS relation_note,
  r.product AS relation_product, r.since AS relation_since

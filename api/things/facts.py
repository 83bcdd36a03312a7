"""A thing's own fields with where each comes from, and its relations: of a firm, and of a thing of any kind."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.core.table import Cell, Desk, Table, show_amount, show_number
from api.things.tables import CURRENCY_UNITS, table_statements, table_supplies
from graph.model import EDGE_TYPES, NODE_TYPES, Record
from queries.core.answers import EnterpriseView, Related, SupplyEdge, ThingView

GROUPS = (
    ("products", "产品与需求", ("PRODUCES", "OFFERS", "NEEDS")),
    ("places", "所在产业链与环节", ("LEADS", "OPERATES_IN", "ON_CHAIN", "IN_INDUSTRY")),
)
RELATION = ("名称", "种类", "是否必需", "说明", "状态", "来源")
NOT_FACTS = ("name", "source", "status", "place", "confidence", "field_sources", "subject", "unit")


@dataclass(frozen=True)
class Fact:
    """A field of a thing with its Chinese name, and its own status and source where they are not the thing's."""

    zh: str
    text: str
    trust: tuple[Cell, Cell] | None = None
    partly: bool = False


def facts_of(thing: Mapping[str, Any], desk: Desk, statuses: Sequence[str]) -> list[Fact]:
    """Return a thing's own fields; one that another source gave says which, and is left out where its status is switched off."""
    elsewhere = {field: (source, status) for field, source, status in map(_split, thing.get("field_sources") or [])}
    found = []
    fields = NODE_TYPES[thing["_label"]].model_fields
    for name, info in sorted(fields.items(), key=lambda item: item[0] in Record.model_fields):  # notes and validity last
        value, proof = thing.get(name), elsewhere.get(name)
        if value in (None, "", []) or (name in NOT_FACTS and not (name == "name" and proof)):
            continue
        if proof and proof[1] not in statuses:
            continue
        trust = desk.trust({"source": proof[0], "status": proof[1]}) if proof else None
        found.append(Fact(str(info.title), _show(name, value, thing), trust, partly=isinstance(value, list)))
    return found


def _split(entry: str) -> tuple[str, str, str]:
    """Split "field|source|status"; a source's id may hold the mark itself."""
    field, _, rest = entry.partition("|")
    source, _, status = rest.rpartition("|")
    return field, source, status


def _show(name: str, value: Any, thing: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        units = {"amount": CURRENCY_UNITS.get(str(thing.get("currency")), ""), "value": str(thing.get("unit") or "")}
        return show_amount(value, units[name]) if name in units else show_number(value)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def tables_of_enterprise(view: EnterpriseView, suppliers: Sequence[SupplyEdge], customers: Sequence[SupplyEdge], desk: Desk) -> list[Table]:
    """Return all tables of a firm's page."""
    tables = [
        table_supplies("suppliers", "供应商", suppliers, desk),
        table_supplies("customers", "客户", customers, desk),
    ]
    taken = {"SUPPLIES"}
    for id, title, relations in GROUPS:
        taken |= set(relations)
        tables.append(_relations(id, title, (item for item in view.outgoing if item.relation in relations), (), desk))
    rest = [[item for item in side if item.relation not in taken] for side in (view.outgoing, view.incoming)]
    return [*tables, table_statements(view.statements, desk), _relations("relations", "其他关系", rest[0], rest[1], desk)]


def _relations(id: str, title: str, outgoing: Iterable[Related], incoming: Iterable[Related], desk: Desk) -> Table:
    rows = []
    for side, items in enumerate((outgoing, incoming)):
        for item in items:
            detail = str(item.properties.get("role") or item.properties.get("stage") or item.properties.get("verdict") or "")
            kind = Cell(NODE_TYPES[item.label].table.zh)
            cells = (Cell(EDGE_TYPES[item.relation].table.words[side]), desk.thing(item.label, item.id, item.name), kind, Cell(detail))
            rows.append((*cells, *desk.trust(item.model_dump())))
    return _without_empty(Table(id, title, ("关系", "名称", "种类", "角色、阶段或判断", "状态", "来源"), rows))


def tables_of_thing(view: ThingView, desk: Desk) -> list[Table]:
    """Return a table for each relation of a thing, seen from it, what matters most first; then the figures about it."""
    found: dict[tuple[str, str], list[Related]] = {key: [] for key in NODE_TYPES[view.thing["_label"]].table.expected}
    groups: dict[tuple[str, str], list[Related]] = defaultdict(list)
    for side, items in (("in", view.incoming), ("out", view.outgoing)):
        for item in items:
            groups[side, item.relation].append(item)
    order = list(EDGE_TYPES)
    found |= {key: groups[key] for key in sorted(groups, key=lambda key: (order.index(key[1]), key[0]))}
    tables = [_table(side, relation, items, desk) for (side, relation), items in found.items()]
    return [*tables, table_statements(view.statements, desk)] if NODE_TYPES[view.thing["_label"]].table.figures else tables


def _table(side: str, relation: str, items: Sequence[Related], desk: Desk) -> Table:
    rows = []
    for item in sorted(items, key=lambda item: not item.properties.get("essential")):
        name = desk.thing(item.label, item.id, item.name, extra=str(item.properties.get("description") or ""))
        essential = Cell("必需" if item.properties.get("essential") else "可替代") if relation == "INPUT_TO" else Cell("")
        text = Cell(_detail(relation, item), extra=str(item.properties.get("note") or ""))
        rows.append((name, Cell(NODE_TYPES[item.label].table.zh), essential, text, *desk.trust(item.model_dump())))
    table = Table(f"{side}-{relation.lower().replace('_', '-')}", EDGE_TYPES[relation].table.words[side == "in"], RELATION, rows)
    single = len({item.label for item in items}) == 1
    return _without_empty(table, {"种类"} if single else set())


def _without_empty(table: Table, more: Container[str] = ()) -> Table:
    """Return the table without the columns that say nothing in any row, and without some more."""
    said = [any(row[place].text or row[place].extra for row in table.rows) for place in range(len(table.columns))]
    kept = [place for place, name in enumerate(table.columns) if said[place] and name not in more]
    rows = [tuple(row[place] for place in kept) for row in table.rows]
    return replace(table, columns=tuple(table.columns[place] for place in kept), rows=rows)


def _detail(relation: str, item: Related) -> str:
    """Return the relation's own fields as text."""
    own = {
        name: info for name, info in EDGE_TYPES[relation].model_fields.items() if name not in Record.model_fields and name != "essential"
    }
    shown = ((info.title, item.properties[name]) for name, info in own.items() if item.properties.get(name) not in (None, ""))
    return ";".join(f"{zh} {show_number(value) if isinstance(value, float) else value}" for zh, value in shown)

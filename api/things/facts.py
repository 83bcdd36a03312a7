"""A thing's own fields with where each comes from, and its relations: of a firm, and of a thing of any kind."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.core.table import Cell, Desk, Table, show_amount, show_number
from api.things.tables import CURRENCY_UNITS, table_statements, table_supplies
from graph.model import EDGE_TYPES, NODE_TYPES, Record
from queries.core.answers import EnterpriseView, Related, SupplyEdge, ThingView

OUT, IN = "out", "in"
GROUPS = (
    ("products", "产品与需求", ("PRODUCES", "OFFERS", "NEEDS")),
    ("places", "所在产业链与环节", ("LEADS", "OPERATES_IN", "ON_CHAIN", "IN_INDUSTRY")),
)
# What the other end of a relation is to a thing: the relation's name in Chinese, seen from either side.
OUTGOING_ZH = {
    "PART_OF": "所属产业链", "FEEDS": "供给到", "BELONGS_TO": "所属环节", "INPUT_TO": "投入到", "CLASSIFIED_AS": "行业分类",
    "PRODUCES": "生产", "NEEDS": "采购需求", "OFFERS": "可提供", "SEEKS_PARTNER": "拟合作企业", "RECOMMENDS": "建议招引",
    "SUPPLIES": "客户", "MATCHED": "对接的链主", "LEADS": "链主", "OPERATES_IN": "所在环节", "ON_CHAIN": "所在产业链",
    "MEMBER_OF": "所属集群", "SUBSIDIARY_OF": "母公司", "IN_INDUSTRY": "所属行业", "SUBCLASS_OF": "上级行业", "UPSTREAM_OF": "下游行业",
    "FILLS": "填补环节", "INVESTS_IN": "投资项目", "SIGNED_AT": "签约活动", "IN_PARK": "所在园区", "LOCATED_IN": "所在区域",
    "RESPONSIBLE_FOR": "负责", "PARTICIPATES_IN": "参与", "POSTS": "发榜", "TAKES_UP": "揭榜", "ABOUT": "数据对象", "COVERS": "覆盖",
    "COMPARED_WITH": "比对过的企业",
}  # fmt: skip
INCOMING_ZH = {
    "PART_OF": "环节", "FEEDS": "供给来自", "BELONGS_TO": "产品", "INPUT_TO": "所需投入品", "CLASSIFIED_AS": "归入本类的产品",
    "PRODUCES": "生产企业", "NEEDS": "需求企业", "OFFERS": "可提供的企业", "SEEKS_PARTNER": "被列为拟合作企业", "RECOMMENDS": "被建议招引",
    "SUPPLIES": "供应商", "MATCHED": "对接的供应商", "LEADS": "链主", "OPERATES_IN": "环节中的企业", "ON_CHAIN": "链上内容",
    "MEMBER_OF": "集群成员", "SUBSIDIARY_OF": "子公司", "IN_INDUSTRY": "本行业企业", "SUBCLASS_OF": "下级行业", "UPSTREAM_OF": "上游行业",
    "FILLS": "填补本环节的项目", "INVESTS_IN": "投资方", "SIGNED_AT": "签约项目", "IN_PARK": "入驻的企业与项目",
    "LOCATED_IN": "位于本区域的企业、项目等", "RESPONSIBLE_FOR": "负责单位", "PARTICIPATES_IN": "参与方", "POSTS": "发榜方",
    "TAKES_UP": "揭榜方", "ABOUT": "公布数据", "COVERS": "覆盖记录", "COMPARED_WITH": "比对过的企业",
}  # fmt: skip
WORDS = {OUT: OUTGOING_ZH, IN: INCOMING_ZH}
# What is asked of these kinds first, and is worth saying where it is not known.
EXPECTED: dict[str, tuple[tuple[str, str], ...]] = {
    "Product": ((IN, "PRODUCES"), (IN, "INPUT_TO"), (OUT, "INPUT_TO"), (OUT, "BELONGS_TO")),
    "Segment": ((IN, "OPERATES_IN"), (IN, "BELONGS_TO"), (IN, "FEEDS"), (OUT, "FEEDS"), (OUT, "PART_OF")),
    "Project": ((IN, "INVESTS_IN"), (OUT, "FILLS"), (OUT, "ON_CHAIN"), (OUT, "LOCATED_IN")),
}
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
    for items, words in ((outgoing, OUTGOING_ZH), (incoming, INCOMING_ZH)):
        for item in items:
            detail = str(item.properties.get("role") or item.properties.get("stage") or item.properties.get("verdict") or "")
            kind = Cell(NODE_TYPES[item.label].table.zh)
            cells = (Cell(words[item.relation]), desk.thing(item.label, item.id, item.name), kind, Cell(detail))
            rows.append((*cells, *desk.trust(item.model_dump())))
    return _without_empty(Table(id, title, ("关系", "名称", "种类", "角色、阶段或判断", "状态", "来源"), rows))


def tables_of_thing(view: ThingView, desk: Desk) -> list[Table]:
    """Return a table for each relation of a thing, seen from it, what matters most first; then the figures about it."""
    found: dict[tuple[str, str], list[Related]] = {key: [] for key in EXPECTED.get(view.thing["_label"], ())}
    groups: dict[tuple[str, str], list[Related]] = defaultdict(list)
    for side, items in ((IN, view.incoming), (OUT, view.outgoing)):
        for item in items:
            groups[side, item.relation].append(item)
    order = list(EDGE_TYPES)
    found |= {key: groups[key] for key in sorted(groups, key=lambda key: (order.index(key[1]), key[0]))}
    tables = [_table(side, relation, items, desk) for (side, relation), items in found.items()]
    counted = any(end == view.thing["_label"] for _, end in EDGE_TYPES["ABOUT"].table.ends)
    return [*tables, table_statements(view.statements, desk)] if counted else tables


def _table(side: str, relation: str, items: Sequence[Related], desk: Desk) -> Table:
    rows = []
    for item in sorted(items, key=lambda item: not item.properties.get("essential")):
        name = desk.thing(item.label, item.id, item.name, extra=str(item.properties.get("description") or ""))
        essential = Cell("必需" if item.properties.get("essential") else "可替代") if relation == "INPUT_TO" else Cell("")
        text = Cell(_detail(relation, item), extra=str(item.properties.get("note") or ""))
        rows.append((name, Cell(NODE_TYPES[item.label].table.zh), essential, text, *desk.trust(item.model_dump())))
    table = Table(f"{side}-{relation.lower().replace('_', '-')}", WORDS[side][relation], RELATION, rows)
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

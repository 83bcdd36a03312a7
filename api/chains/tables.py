"""Tables of a chain: segments, products, firms, projects, weak points, events, supplies."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from api.core.rows import Lazy
from api.core.table import TIER_ORDER, Cell, Desk, Table, show_amount, show_names
from api.things.tables import CURRENCY_UNITS, supplied_cell, table_statements
from graph.model import NODE_TYPES
from queries.core.answers import ChainView, Firm, Related

ON_ITS_OWN = ("Enterprise", "Institute", "Project", "Weakness", "Event")


def tables_of_chain(view: ChainView, producers: Sequence[Mapping[str, Any]], desk: Desk) -> list[Table]:
    """Return all tables of a chain's page; ``producers`` tells who makes which product."""
    return [
        _segments(view, desk),
        _products(view, producers, desk),
        _firms(view, desk),
        _projects(view.members, desk),
        table_statements(view.statements, desk),
        _weaknesses(view.members, desk),
        _events(view.members, desk),
        _chain_supplies(view, desk),
        _others(view.members, desk),
    ]


def _segments(view: ChainView, desk: Desk) -> Table:
    names = {segment.id: segment.name for segment in view.segments}
    after: dict[str, list[str]] = defaultdict(list)
    for flow in view.feeds:
        after[flow.upstream].append(names.get(flow.downstream, flow.downstream))
    rows = []
    for segment in sorted(view.segments, key=lambda item: (TIER_ORDER.get(item.tier or "", 9), item.id)):
        cells = (
            Cell(segment.name, kind="segment", extra=segment.description or "", href=f"s|{segment.id}"),
            Cell(segment.tier or "未注明", sort=TIER_ORDER.get(segment.tier or "", 9)),
            Cell(show_names(after[segment.id], unit="个")),
            Cell(str(len(segment.products)), kind="number", sort=len(segment.products)),
            Cell(str(len(segment.enterprises)), kind="number", sort=len(segment.enterprises)),
        )
        rows.append((*cells, *desk.trust(segment.model_dump())))
    note = "产品数与企业数是图中已有的记录数,不代表本地实际有多少;没有企业记录的环节未必是缺链。"
    return Table("segments", "环节", ("环节", "层级", "供给到", "产品数", "企业数", "状态", "来源"), rows, note)


def _products(view: ChainView, producers: Sequence[Mapping[str, Any]], desk: Desk) -> Table:
    makers: dict[str, list[str]] = defaultdict(list)
    for row in producers:
        makers[row["product"]].append(str(row["enterprise_name"]))
    rows = []
    for segment, item in ((place, item) for place in view.segments for item in place.products):
        cells = (
            desk.thing("Product", item.id, item.name, extra=item.description or ""),
            desk.thing("Segment", segment.id, segment.name),
            Cell(item.kind or ""),
            Cell(show_names(dict.fromkeys(makers[item.id]))),
        )
        rows.append((*cells, *desk.trust(item.model_dump())))
    rows.sort(key=lambda row: (row[0].text, row[1].text))
    return Table("products", "产品", ("产品(服务)", "环节", "类别", "图中记录的生产企业", "状态", "来源"), rows)


def _firms(view: ChainView, desk: Desk) -> Table:
    """Return the firms by their closest relation; being on the chain at all is only listed where its source adds something."""
    told: dict[tuple[str, str], None] = {}
    items: list[tuple[Related | Firm, str, int, str]] = []
    for item in view.leaders:
        told[item.id, item.source] = None
        items.append((item, str(item.properties.get("role") or "链主"), 0, ""))
    for segment in view.segments:
        told |= dict.fromkeys((firm.id, firm.source) for firm in segment.enterprises)
        items += [(firm, "在环节中", 1, segment.name) for firm in segment.enterprises]
    for item in view.members:
        if item.label in ("Enterprise", "Institute") and (item.id, item.source) not in told:
            told[item.id, item.source] = None
            what = "在链上" if item.label == "Enterprise" else "在链上(科研院所)"
            items.append((item, what, 2, str(item.properties.get("description") or "")))

    def row(one: tuple[Related | Firm, str, int, str]) -> tuple[Cell, ...]:
        item, what, order, text = one
        label = item.label if isinstance(item, Related) else "Enterprise"
        return (desk.thing(label, item.id, item.name), Cell(what, sort=order), Cell(text), *desk.trust(item.model_dump()))

    columns = ("企业(机构)", "与本链的关系", "环节或说明", "状态", "来源")
    note = "每行是一条关系,各有来源;同一家企业可有几行。"
    return Table("enterprises", "企业", columns, Lazy(items, row), note, things=len({id for id, _ in told}))


def _projects(members: Sequence[Related], desk: Desk) -> Table:
    rows = []
    for item in (item for item in members if item.label == "Project"):
        facts = item.properties
        amount = show_amount(facts.get("amount"), CURRENCY_UNITS.get(str(facts.get("currency") or ""), ""))
        cells = (
            desk.thing(item.label, item.id, item.name),
            Cell(str(facts.get("stage") or "未注明")),
            Cell(amount, kind="number", sort=facts.get("amount"), extra=str(facts.get("amount_original") or "")),
            Cell(str(facts.get("description") or "")),
        )
        rows.append((*cells, *desk.trust(item.model_dump())))
    return Table("projects", "项目", ("项目", "阶段", "投资额(原文)", "说明", "状态", "来源"), rows)


def _weaknesses(members: Sequence[Related], desk: Desk) -> Table:
    rows = [
        (
            desk.thing(item.label, item.id, item.name),
            Cell(str(item.properties.get("description") or "")),
            Cell(str(item.properties.get("remedy") or "")),
            *desk.trust(item.model_dump()),
        )
        for item in members
        if item.label == "Weakness"
    ]
    return Table("weaknesses", "短板", ("短板", "说明", "破解思路", "状态", "来源"), rows)


def _events(members: Sequence[Related], desk: Desk) -> Table:
    rows = []
    for item in (item for item in members if item.label == "Event"):
        facts = item.properties
        days = dict.fromkeys(str(day) for day in (facts.get("started_on"), facts.get("ended_on")) if day)
        what = Cell(str(facts.get("kind") or ""))
        cells = (desk.thing(item.label, item.id, item.name), what, Cell(" 至 ".join(days)), Cell(str(facts.get("description") or "")))
        rows.append((*cells, *desk.trust(item.model_dump())))
    return Table("events", "活动", ("活动", "类别", "日期", "说明", "状态", "来源"), rows)


def _chain_supplies(view: ChainView, desk: Desk) -> Table:
    def row(item: Mapping[str, Any]) -> tuple[Cell, ...]:
        ends = (desk.thing("Enterprise", item[side], item[f"{side}_name"]) for side in ("supplier", "customer"))
        return (*ends, supplied_cell(item.get("product"), item.get("valid_to")), *desk.trust(item))

    return Table("supplies", "供应关系", ("供应商", "客户", "产品", "状态", "来源"), Lazy(view.supplies, row))


def _others(members: Sequence[Related], desk: Desk) -> Table:
    rows = []
    for item in (item for item in members if item.label not in ON_ITS_OWN):
        zh = NODE_TYPES[item.label].table.zh
        text = Cell(str(item.properties.get("description") or ""))
        cells = (desk.thing(item.label, item.id, item.name), Cell(zh), Cell(str(item.properties.get("kind") or "")), text)
        rows.append((*cells, *desk.trust(item.model_dump())))
    return Table(
        "others", "其他", ("名称", "种类", "类别", "说明", "状态", "来源"), rows, "园区、集群、平台、机制、部门、清单等记在本链的其余内容。"
    )

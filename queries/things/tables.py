"""Tables of the things of the graph: of a chain, of a firm, of a thing of any
kind; figures, supplies, firms, sources."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graph.currencies import CURRENCY_ZH
from graph.model import EDGE_TYPES, NODE_TYPES, Record
from queries.core.answers import (
    ChainProduct,
    ChainView,
    EnterpriseView,
    Figure,
    Firm,
    Related,
    SegmentView,
    SupplyEdge,
    ThingView,
)
from queries.core.table import TIER_ORDER, TRUST, Column, Number, Table, ThingRef, trust, without_empty
from queries.core.words import show_amount, show_names, show_number
from queries.things.facts import written_by
from queries.things.listings import supplied, table_supplies

ON_ITS_OWN = ("Enterprise", "Institute", "Project", "Weakness", "Event")
FIGURES = "数值按原文换算为基本单位，原文另列；限定词（如“近”“以上”）写在数值之后。"

STATED = "市里自己说的短板"
STATED_NOTE = "这是来源的话，说的是当时；上面的状态由本库按规则算出，两者互不改动。"
GROUPS = {
    "products": "产品与需求",
    "places": "所在产业链与环节",
    "parts": "零件清单",
}  # of a firm's relations, as their types name them


def tables_of_chain(view: ChainView, producers: Sequence[Mapping[str, Any]]) -> list[Table[Any]]:
    """Return all tables of a chain's page; ``producers`` tells who makes which product."""
    others = [item for item in view.members if item.label not in ON_ITS_OWN]
    note = "园区、集群、平台、机制、部门、清单等记在本链的其余内容。"
    return [
        _segments(view),
        _products(view, producers),
        _firms(view),
        _projects(view),
        table_statements(view.statements),
        _events(view),
        Table("supplies", "供应关系", SUPPLIES, view.supplies),
        Table("others", "其他", [_named("名称"), LABEL, KIND, DESCRIPTION, *TRUST], others, note),
    ]


def table_stated_weaknesses(view: ChainView, sources: Mapping[str, Mapping[str, Any]]) -> Table[Related]:
    """Return what a chain's sources call weak: by whom it was said and when, never a state of ours."""

    def said(name: str) -> Callable[[Related], Any]:
        return lambda item: sources.get(item.source, {}).get(name)

    columns: list[Column[Related]] = [
        DESCRIPTION,
        Column("破解思路", _property("remedy")),
        Column("谁说的", said("publisher")),
        Column("何时", said("published_on"), "date"),
    ]
    return replace(_members("weaknesses", "短板", "Weakness", view, *columns), title=STATED, note=STATED_NOTE)


def _property(name: str) -> Callable[[Related], Any]:
    return lambda item: item.properties.get(name)


def _named(head: str) -> Column[Related]:
    return Column(head, lambda item: ThingRef(item.label, item.id, item.name), "thing")


DESCRIPTION, KIND = Column("说明", _property("description")), Column("类别", _property("kind"))
LABEL: Column[Related] = Column("种类", lambda item: NODE_TYPES[item.label].table.zh)


def _segments(view: ChainView) -> Table[SegmentView]:
    names = {segment.id: segment.name for segment in view.segments}
    after: dict[str, list[str]] = defaultdict(list)
    for flow in view.feeds:
        after[flow.upstream].append(names.get(flow.downstream, flow.downstream))
    columns: list[Column[SegmentView]] = [
        Column("环节", lambda view: ThingRef("Segment", view.id, view.name), "segment", lambda view: view.description),
        Column("层级", lambda view: view.tier or "未注明", sort=lambda view: TIER_ORDER.get(view.tier or "", 9)),
        Column("供给到", lambda view: show_names(after[view.id], unit="个")),
        Column("产品数", lambda view: len(view.products), "number"),
        Column("企业数", lambda view: len(view.enterprises), "number"),
        *TRUST,
    ]
    segments = sorted(view.segments, key=lambda item: (TIER_ORDER.get(item.tier or "", 9), item.id))
    note = "产品数与企业数是图中已有的记录数，不代表本地实际有多少；没有企业记录的环节未必是缺链。"
    return Table("segments", "环节", columns, segments, note)


def _products(view: ChainView, producers: Sequence[Mapping[str, Any]]) -> Table[tuple[ChainProduct, SegmentView]]:
    makers: dict[str, list[str]] = defaultdict(list)
    for row in producers:
        makers[row["product"]].append(str(row["enterprise_name"]))
    columns: list[Column[tuple[ChainProduct, SegmentView]]] = [
        Column(
            "产品(服务)",
            lambda pair: ThingRef("Product", pair[0].id, pair[0].name),
            "thing",
            lambda pair: pair[0].description,
        ),
        Column("环节", lambda pair: ThingRef("Segment", pair[1].id, pair[1].name), "thing"),
        Column("类别", lambda pair: pair[0].kind),
        Column("图中记录的生产企业", lambda pair: show_names(dict.fromkeys(makers[pair[0].id]))),
        *trust(lambda pair: pair[0]),
    ]
    items = [(item, segment) for segment in view.segments for item in segment.products]
    return Table("products", "产品", columns, sorted(items, key=lambda pair: (pair[0].name, pair[1].name)))


Tie = tuple[Related | Firm, str, int, str]


def _firms(view: ChainView) -> Table[Tie]:
    """Return the firms by their closest relation; being on the chain at all is
    only listed where its source adds something."""
    told: dict[tuple[str, str], None] = {}
    items: list[Tie] = []
    for item in view.leaders:
        told[item.id, item.source] = None
        items.append((item, str(item.properties.get("role") or "链主"), 0, ""))
    for segment in view.segments:
        told |= dict.fromkeys((firm.id, firm.source) for firm in segment.enterprises)
        items += [(firm, "在环节中", 1, segment.name) for firm in segment.enterprises]
    for item in view.members:
        if item.label in ("Enterprise", "Institute") and (item.id, item.source) not in told:
            told[item.id, item.source] = None
            what = "在链上" if item.label == "Enterprise" else "在链上（科研院所）"
            items.append((item, what, 2, str(item.properties.get("description") or "")))

    def firm(tie: Tie) -> ThingRef:
        return ThingRef(tie[0].label if isinstance(tie[0], Related) else "Enterprise", tie[0].id, tie[0].name)

    columns: list[Column[Tie]] = [
        Column("企业(机构)", firm, "thing"),
        Column("与本链的关系", lambda tie: tie[1], sort=lambda tie: tie[2]),
        Column("环节或说明", lambda tie: tie[3]),
        *trust(lambda tie: tie[0]),
    ]
    note = "每行是一条关系，各有来源；同一家企业可有几行。"
    return Table("enterprises", "企业", columns, items, note, things=len({id for id, _ in told}))


def _projects(view: ChainView) -> Table[Related]:
    def amount(item: Related) -> Number:
        value, currency = item.properties.get("amount"), str(item.properties.get("currency") or "")
        return Number(value, show_amount(value, CURRENCY_ZH.get(currency, "")))

    stage: Column[Related] = Column("阶段", lambda item: item.properties.get("stage") or "未注明")
    invested: Column[Related] = Column("投资额(原文)", amount, "number", _property("amount_original"))
    return _members("projects", "项目", "Project", view, stage, invested, DESCRIPTION)


def _events(view: ChainView) -> Table[Related]:
    def days(item: Related) -> str:
        ends = (item.properties.get("started_on"), item.properties.get("ended_on"))
        return " 至 ".join(dict.fromkeys(str(day) for day in ends if day))

    return _members("events", "活动", "Event", view, KIND, Column("日期", days), DESCRIPTION)


def _members(id: str, title: str, label: str, view: ChainView, *columns: Column[Related]) -> Table[Related]:
    return Table(id, title, [_named(title), *columns, *TRUST], [item for item in view.members if item.label == label])


SUPPLIES: list[Column[Any]] = [
    Column("供应商", lambda item: ThingRef("Enterprise", item["supplier"], item["supplier_name"]), "thing"),
    Column("客户", lambda item: ThingRef("Enterprise", item["customer"], item["customer_name"]), "thing"),
    *supplied(lambda item: (item.get("product"), item.get("valid_to"))),
    *TRUST,
]


def _figures(of: Callable[[Any], Mapping[str, Any]]) -> list[Column[Any]]:
    """Return the columns of a published figure: metric, value with unit and qualifier, wording, scope, date."""

    def value(item: Any) -> Number:
        return Number(of(item).get("value"), show_amount(of(item).get("value"), str(of(item).get("unit") or "")))

    return [
        Column("指标", lambda item: of(item)["metric"]),
        Column("数值", value, "number", lambda item: of(item).get("qualifier")),
        Column("原文", lambda item: of(item).get("original")),
        Column("口径", lambda item: of(item).get("scope")),
        Column("时点", lambda item: of(item).get("as_of"), "date"),
    ]


def table_statements(statements: Sequence[Mapping[str, Any]]) -> Table[Any]:
    """Return the published figures, each with its unit, qualifier, original wording, date, place and source."""
    return Table("statements", "公布数据", [*_figures(lambda item: item), *TRUST], statements, FIGURES)


def table_figures(figures: Sequence[Figure]) -> Table[Figure]:
    """Return published figures of all kinds of subjects, each with its subject
    and, in a column of its own, its place."""

    def subject(figure: Figure) -> ThingRef | str:
        if len(figure.subjects) == 1:
            return ThingRef(**figure.subjects[0].model_dump())
        return show_names((subject.name for subject in figure.subjects), unit="个") or str(
            figure.statement.get("subject") or ""
        )

    def number(figure: Figure) -> float | None:
        digits = re.search(r"\d+", figure.statement.get("place") or "")
        return float(digits.group()) if digits else None

    columns: list[Column[Figure]] = [
        Column(
            "对象",
            subject,
            "thing",
            lambda figure: NODE_TYPES[figure.subjects[0].label].table.zh if len(figure.subjects) == 1 else "",
        ),
        *_figures(lambda figure: figure.statement),
        *trust(lambda figure: {**figure.statement, "place": ""}),
        Column("位置", lambda figure: figure.statement.get("place"), "place", sort=number),
    ]
    return Table("figures", "公布数据", columns, figures, FIGURES)


def tables_of_enterprise(
    view: EnterpriseView, suppliers: Sequence[SupplyEdge], customers: Sequence[SupplyEdge]
) -> list[Table[Any]]:
    """Return all tables of a firm's page."""

    def of_group(group: str, side: Sequence[Related]) -> list[Related]:
        return [item for item in side if EDGE_TYPES[item.relation].table.group == group]

    return [
        replace(table_supplies(suppliers), id="suppliers", title="供应商"),
        replace(table_supplies(customers), id="customers", title="客户"),
        *(_relations(id, title, of_group(id, view.outgoing), ()) for id, title in GROUPS.items()),
        table_statements(view.statements),
        _relations("relations", "其他关系", of_group("", view.outgoing), of_group("", view.incoming)),
    ]


def _relations(
    id: str, title: str, outgoing: Iterable[Related], incoming: Iterable[Related]
) -> Table[tuple[str, Related]]:
    def detail(pair: tuple[str, Related]) -> str:
        facts = pair[1].properties
        return str(facts.get("role") or facts.get("stage") or facts.get("verdict") or "")

    columns: list[Column[tuple[str, Related]]] = [
        Column("关系", lambda pair: pair[0]),
        Column("名称", lambda pair: ThingRef(pair[1].label, pair[1].id, pair[1].name), "thing"),
        Column("种类", lambda pair: NODE_TYPES[pair[1].label].table.zh),
        Column("角色、阶段或判断", detail),
        *trust(lambda pair: pair[1]),
    ]
    sides = ((0, outgoing), (1, incoming))
    items = [(EDGE_TYPES[item.relation].table.words[side], item) for side, there in sides for item in there]
    return without_empty(Table(id, title, columns, items))


def tables_of_thing(view: ThingView) -> list[Table[Any]]:
    """Return a table for each relation of a thing, seen from it, what matters most first; then the figures about it."""
    related_of: dict[tuple[str, str], list[Related]] = {
        key: [] for key in NODE_TYPES[view.thing["_label"]].table.expected
    }
    groups: dict[tuple[str, str], list[Related]] = defaultdict(list)
    for side, items in (("in", view.incoming), ("out", view.outgoing)):
        for item in items:
            groups[side, item.relation].append(item)
    order = list(EDGE_TYPES)
    related_of |= {key: groups[key] for key in sorted(groups, key=lambda key: (order.index(key[1]), key[0]))}
    tables: list[Table[Any]] = [_relation(side, relation, items) for (side, relation), items in related_of.items()]
    counted = NODE_TYPES[view.thing["_label"]].table.figures
    return [*tables, table_statements(view.statements)] if counted else tables


def _relation(side: str, relation: str, items: Sequence[Related]) -> Table[Related]:
    columns: list[Column[Related]] = [
        replace(_named("名称"), extra=_property("description")),
        LABEL,
        Column(
            "是否必需",
            lambda item: ("必需" if item.properties.get("essential") else "可替代") if relation == "INPUT_TO" else "",
        ),
        Column("说明", lambda item: _detail(relation, item), extra=_property("note")),
        *TRUST,
    ]
    ordered = sorted(items, key=lambda item: not item.properties.get("essential"))
    table = Table(
        f"{side}-{relation.lower().replace('_', '-')}", EDGE_TYPES[relation].table.words[side == "in"], columns, ordered
    )
    single = len({item.label for item in items}) == 1
    return without_empty(table, {"种类"} if single else set())


def _detail(relation: str, item: Related) -> str:
    """Return the relation's own fields as text."""
    own = {
        name: info
        for name, info in EDGE_TYPES[relation].model_fields.items()
        if name not in Record.model_fields and name != "essential"
    }
    kinds = EDGE_TYPES[relation].kinds()

    def show(name: str, value: Any) -> str:
        if not isinstance(value, float):
            return str(value)
        return show_amount(value, "元") if kinds[name].money else show_number(value)

    said = {name: item.properties.get(name) for name in own}
    told = {name: value for name, value in said.items() if value not in (None, "")}
    return "；".join(f"{own[name].title} {show(name, value)}" for name, value in told.items())


def table_enterprises(firms: Sequence[Mapping[str, Any]]) -> Table[Any]:
    """Return firms as they are listed, and by what a word found them."""

    def about(firm: Mapping[str, Any]) -> str:
        found = f"按{firm['matched']}找到" if firm.get("matched") else ""
        return "；".join(filter(None, (found, written_by(firm, "name"))))

    columns: list[Column[Any]] = [
        Column("企业", lambda firm: ThingRef("Enterprise", firm["id"], firm["name"]), "thing", about),
        Column("简称", lambda firm: firm.get("short_name"), extra=lambda firm: written_by(firm, "short_name")),
        Column("角色", lambda firm: "、".join(firm.get("roles") or []), extra=lambda firm: written_by(firm, "roles")),
        Column("说明", lambda firm: firm.get("description"), extra=lambda firm: written_by(firm, "description")),
        *TRUST,
    ]
    return Table("enterprises", "企业", columns, firms)


def table_sources(sources: Mapping[str, Mapping[str, Any]]) -> Table[Any]:
    """Return sources by id: who published what when, and how it may be used."""
    texts = {"publisher": "发布单位", "published_on": "发布日期", "kind": "类别", "licence": "许可"}
    columns: list[Column[Any]] = [
        Column("来源", lambda pair: ThingRef("Source", pair[0], pair[1].get("name", pair[0])), "thing"),
        *(Column(head, lambda pair, name=name: pair[1].get(name)) for name, head in texts.items()),  # type: ignore[misc]
        Column("状态", lambda pair: pair[1]["status"], "status"),
    ]
    return Table("sources", "来源", columns, list(sources.items()))

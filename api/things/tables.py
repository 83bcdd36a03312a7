"""Tables of the pages: plain rows of cells, each row with its status and its source."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from api.core.rows import Lazy
from graph.model import NODE_TYPES, STATUS_ZH
from queries.core.answers import STATUS_ORDER, ChainView, Figure, Firm, Related, SupplyEdge
from queries.names.same_firms import Doubt, Judgement, Side

MOST_ROWS = 100  # of a table on a page; the rest is on pages of the table's own
MOST_NAMES = 20  # in a cell
ON_ITS_OWN = ("Enterprise", "Institute", "Project", "Weakness", "Event")
OWN_PAGES = {"Chain": "chains", "Enterprise": "enterprises", "Source": "sources"}
TIER_ORDER = {"上游": 0, "中游": 1, "下游": 2, "服务": 3}


@dataclass(frozen=True)
class Links:
    """Addresses inside this site; what is switched off stays off from page to page."""

    without: str = ""

    def page(self, path: str, **query: Any) -> str:
        """Return the address of a page."""
        asked = {name: value for name, value in {**query, "without": self.without}.items() if value not in ("", None, [])}
        return f"{path}?{urlencode(asked, doseq=True)}" if asked else path

    def to(self, kind: str, id: str, **query: Any) -> str:
        """Return the address of one thing, whatever signs its id holds."""
        return self.page(f"/{kind}/{quote(id, safe='')}", **query)

    def thing(self, label: str, id: str) -> str:
        """Return the page of a thing of any label."""
        return self.to(OWN_PAGES.get(label, f"things/{label}"), id)

    def of_chain(self, chain: str, page: str, **query: Any) -> str:
        """Return the address of a page about a chain: its certificates, its what-if."""
        return self.page(f"/chains/{quote(chain, safe='')}/{page}", **query)


class NoLinks(Links):
    """Links of a file that stands alone: there is nothing to link to."""

    def page(self, path: str, **query: Any) -> str:
        """Return no address."""
        return ""


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what it links to, by what it is sorted, a smaller text after it, or the text as a list or as parts."""

    text: str
    href: str = ""
    kind: str = "text"
    sort: str | float | None = None
    extra: str = ""
    lines: tuple[str, ...] = ()
    parts: Sequence[Any] = ()


@dataclass(frozen=True)
class Table:
    """A table with its heading; every row has as many cells as there are columns."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""
    empty: str = "图中暂无这类记录"
    things: int | None = None

    @property
    def count(self) -> int:
        """Return how many things the table is about: its rows, unless a thing takes several."""
        return len(self.rows) if self.things is None else self.things


@dataclass(frozen=True)
class Desk:
    """What every table needs: addresses and the names of the sources."""

    links: Links
    sources: Mapping[str, str]

    def trust(self, item: Mapping[str, Any]) -> tuple[Cell, Cell]:
        """Return the two cells that end every row: status and source with the place in it."""
        status, source = str(item["status"]), str(item["source"])
        return (
            status_cell(status),
            Cell(self.sources.get(source, source), self.links.to("sources", source), "source", extra=str(item.get("place") or "")),
        )

    def thing(self, label: str, id: str, name: str, extra: str = "") -> Cell:
        """Return the cell of a thing, with a link to it."""
        return Cell(name, self.links.thing(label, id), extra=extra)


def status_cell(status: str) -> Cell:
    """Return the cell of a data status."""
    return Cell(STATUS_ZH.get(status, status), kind=f"status-{status}", sort=STATUS_ORDER.get(status, 9))


def show_names(names: Iterable[str], most: int = MOST_NAMES, unit: str = "家") -> str:
    """Return names as a cell holds them: the first, and how many there are where that is not all."""
    every = list(names)
    return "、".join(every[:most]) + (f" 等 {len(every)} {unit}" if len(every) > most else "")


def show_number(value: float | None) -> str:
    """Return a number with thousands separated, without a tail of zeros."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6f}".rstrip("0").rstrip(".")


def show_percent(share: float | None, digits: int = 1) -> str:
    """Return a share of 1 in per cent."""
    return "" if share is None else f"{share:.{digits}%}"


def show_amount(value: float | None, unit: str = "") -> str:
    """Return an amount in 万 or 亿 where it is large, and its unit."""
    if value is None:
        return ""
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size and unit in ("元", "美元", "人", "张"):
            return f"{show_number(round(value / size, 4))} {word}{unit}"
    return f"{show_number(value)} {unit}".strip()


CURRENCY_UNITS = {"CNY": "元", "USD": "美元"}
STATEMENTS = ("指标", "数值", "原文", "口径", "时点", "状态", "来源")


def table_statements(statements: Sequence[Mapping[str, Any]], desk: Desk) -> Table:
    """Return the published figures, each with its unit, qualifier, original wording, date, place and source."""
    rows = [(*_figure(item), *desk.trust(item)) for item in statements]
    return Table("statements", "公布数据", STATEMENTS, rows, "数值按原文换算为基本单位,原文另列;限定词(如“近”“以上”)写在数值之后。")


def _figure(item: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return the cells of a published figure: metric, value with unit and qualifier, wording, scope, date."""
    value = show_amount(item.get("value"), str(item.get("unit") or ""))
    return (
        Cell(str(item["metric"])),
        Cell(value, kind="number", sort=item.get("value"), extra=str(item.get("qualifier") or "")),
        Cell(str(item.get("original") or "")),
        Cell(str(item.get("scope") or "")),
        Cell(str(item.get("as_of") or ""), kind="date"),
    )


def table_figures(figures: Sequence[Figure], desk: Desk) -> Table:
    """Return published figures of all kinds of subjects, each with its subject and, in a column of its own, its place."""
    rows = []
    for figure in figures:
        item = figure.statement
        status, source = desk.trust({**item, "place": ""})
        place = Cell(str(item.get("place") or ""), kind="place", sort=_first_number(str(item.get("place") or "")))
        rows.append((_subjects(figure, desk), *_figure(item), status, source, place))
    columns = ("对象", *STATEMENTS, "位置")
    return Table("figures", "公布数据", columns, rows, "数值按原文换算为基本单位,原文另列;限定词(如“近”“以上”)写在数值之后。")


def _subjects(figure: Figure, desk: Desk) -> Cell:
    if len(figure.subjects) == 1:
        subject = figure.subjects[0]
        return desk.thing(subject.label, subject.id, subject.name, extra=NODE_TYPES[subject.label].table.zh)
    return Cell(show_names((subject.name for subject in figure.subjects), unit="个") or str(figure.statement.get("subject") or ""))


def _first_number(text: str) -> float | None:
    found = re.search(r"\d+", text)
    return float(found.group()) if found else None


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
        return (*ends, _supplied(item.get("product"), item.get("valid_to")), *desk.trust(item))

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


def _supplied(product: str | None, until: str | None) -> Cell:
    return Cell(product or "产品不详", extra=f"有效期止 {until}" if until else "")


def table_supplies(id: str, title: str, edges: Sequence[SupplyEdge], desk: Desk) -> Table:
    """Return supply relations, tier by tier, each with its product, status and source."""

    def row(edge: SupplyEdge) -> tuple[Cell, ...]:
        ends = (desk.thing("Enterprise", firm.id, firm.name) for firm in (edge.supplier, edge.customer))
        cells = (Cell(f"第 {edge.tier} 层", sort=edge.tier), *ends, _supplied(edge.product, edge.valid_to))
        return (*cells, *desk.trust(edge.model_dump()))

    return Table(id, title, ("层", "供应商", "客户", "产品", "状态", "来源"), Lazy(edges, row))


DOUBTS = (
    "企业", "信用代码", "区域", "状态", "来源", "另一企业", "另一方信用代码", "另一方区域", "另一方状态", "另一方来源", "为什么", "不利的",
)  # fmt: skip


def table_doubts(doubts: Sequence[Doubt], desk: Desk) -> Table:
    """Return the pairs of firms that may be one, both sides with their code, place, status and source."""
    rows = []
    for number, doubt in enumerate(doubts):
        why = Cell(";".join(doubt.reasons), sort=number)
        rows.append((*_side(doubt.left, desk), *_side(doubt.right, desk), why, Cell(";".join(doubt.against))))
    return Table("doubts", "待判断", DOUBTS, rows, empty="没有需要人工判断的企业")


def _side(side: Side, desk: Desk) -> tuple[Cell, ...]:
    name = desk.thing("Enterprise", side.id, side.name, extra=side.id)
    code = Cell(side.uscc or "", extra=f"股票代码 {side.stock_code}" if side.stock_code else "")
    return (name, code, Cell(side.region or ""), *desk.trust(side.model_dump()))


def table_judgements(judgements: Sequence[Judgement], desk: Desk) -> Table:
    """Return what was judged of pairs of firms, the latest first."""
    rows = []
    for item in judgements:
        firms = (desk.thing("Enterprise", firm.id, firm.name) for firm in (item.enterprise, item.other))
        stands = Cell("是" if item.stands else "", sort=not item.stands)
        when = Cell(item.decided_at, kind="date")
        reason = Cell(item.reason or "", extra=item.note or "")
        rows.append((*firms, stands, Cell(item.verdict), when, Cell(item.decided_by), reason, *desk.trust(item.model_dump())))
    columns = ("企业", "另一企业", "现行", "判断", "时间", "判断人", "理由", "状态", "来源")
    return Table("judgements", "判断记录", columns, rows, "同一对里最后一条算数;判为同一时,以第一家的名称为准。", "还没有判断")

"""The pages: the chains, one chain, the firms, one firm, search, sources, and what the data is."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader

from api.pictures import picture_chain, picture_enterprise
from api.tables import Cell, Desk, Links, Table, show_number, tables_of_chain, tables_of_enterprise
from graph.errors import LianzhangError, NotFound
from graph.model import NODE_TYPES, STATUS_ZH
from graph.stores import Store
from queries import chains as chain_queries
from queries import enterprises as enterprise_queries
from queries.answers import STATUS_ORDER, ChainView, Hit
from queries.catalogue import ask, trusted
from queries.search import search
from queries.supply import customers, suppliers

HERE = Path(__file__).parent
HIDDEN = "curated,sample"
PAGE_SIZE = 100
MOST_DRAWN = 3000
STATUS_MEANING = {
    "confirmed": "有文件直接写明,本库按原文录入",
    "reported": "报道或公告里的说法,未另行核实",
    "curated": "按一般知识整理,未经核实,只作参考",
    "inferred": "由程序从其他记录推算,不是已知事实",
    "sample": "虚构的演示数据,不可引用",
}
COUNTS = {"segments": "环节", "products": "产品", "enterprises": "企业", "leaders": "链主", "projects": "项目", "statements": "数据"}
TOTALS = {"Segment": "环节", "Product": "产品", "Enterprise": "企业", "Project": "项目", "Statement": "公布数据", "SUPPLIES": "供应关系"}
ADVICE = {
    400: ("检查语句或地址后重试", "可从首页或搜索重新进入"),
    404: ("检查地址或编号是否完整", "用上方搜索按名称、简称或拼音首字母查找", "若刚隐藏了整理或示例数据,可改为显示全部数据再试"),
    409: ("从下面的候选里选一个", "或改用编号、全称"),
    422: ("检查地址栏里的参数", "可从首页重新进入"),
    503: ("确认数据文件或数据库服务可用", "请管理员运行 lianzhang load seeds 载入数据,或检查 LIANZHANG_STORE"),
    504: ("稍后重试", "缩小查询范围,例如减少层数"),
}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
templates = Jinja2Templates(
    env=Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
)
templates.env.globals |= {"statuses": STATUS_ZH, "meanings": STATUS_MEANING, "show_number": show_number, "hidden_by_default": HIDDEN}


@dataclass
class Visit:
    """One request for a page: the store, what is switched off, and the addresses that keep it so."""

    request: Request
    without: Annotated[str, Query(max_length=200)] = ""

    def __post_init__(self) -> None:
        self.statuses = trusted(self.without.split(","))
        self.links = Links(self.without.strip())

    @property
    def store(self) -> Store:
        """Return the store of the app."""
        store: Store = self.request.app.state.store
        return store

    @cached_property
    def sources(self) -> dict[str, dict[str, Any]]:
        """Return all sources by id."""
        return {row["source"]["id"]: row["source"] for row in ask(self.store, "sources")}

    @cached_property
    def desk(self) -> Desk:
        """Return what the tables need."""
        return Desk(self.links, {id: source.get("name", id) for id, source in self.sources.items()})

    def render(self, template: str, **values: Any) -> HTMLResponse:
        """Return a page."""
        return _render(self.request, template, self.links, **values)


VisitDep = Annotated[Visit, Depends()]


def _render(request: Request, template: str, links: Links, status: int = 200, **values: Any) -> HTMLResponse:
    hidden = [STATUS_ZH[word] for word in STATUS_ZH if word not in trusted(links.without.split(","))]
    page = {"links": links, "hidden": hidden, "show_all": _with_query(request, ""), "hide": _with_query(request, HIDDEN), **values}
    return templates.TemplateResponse(request, template, page, status_code=status)


def _with_query(request: Request, without: str) -> str:
    """Return the address of this page with other data switched off."""
    query = {name: value for name, value in request.query_params.items() if name not in ("without", "after")}
    query |= {"without": without} if without else {}
    path = (
        request.url.path.replace("?", "%3F").replace("#", "%23")
        if request.scope.get("raw_path") is None
        else request.scope["raw_path"].decode("ascii")
    )
    return path + (f"?{urlencode(query)}" if query else "")


@router.get("/")
def show_chains(visit: VisitDep, view: Annotated[str, Query(pattern="^(cards|table)$")] = "cards") -> HTMLResponse:
    """Show all chains with how much is known of each."""
    chains = chain_queries.list_chains(visit.store, visit.statuses)
    totals: dict[str, dict[str, int]] = {label: {} for label in TOTALS}
    for row in ask(visit.store, "totals", statuses=visit.statuses):
        if row["number"]:
            totals[row["label"]][row["status"]] = row["number"]
    totals = {label: dict(sorted(found.items(), key=lambda item: STATUS_ORDER[item[0]])) for label, found in totals.items()}
    values = {"chains": chains, "counts": COUNTS, "totals": totals, "total_names": TOTALS, "view": view, "desk": visit.desk}
    return visit.render("chains.html", **values)


@router.get("/chains/{id:path}")
def show_chain(id: str, visit: VisitDep) -> HTMLResponse:
    """Show one chain: its picture, then every record in tables."""
    view = chain_queries.view_chain(visit.store, id, visit.statuses)
    asked: dict[str, Any] = {"chain": id, "statuses": visit.statuses}
    products = ask(visit.store, "chain_products", **asked)
    producers = ask(visit.store, "chain_producers", **asked)
    tables = tables_of_chain(view, products, producers, _names_in_supplies(visit.store, view), visit.desk)
    picture = picture_chain(view, visit.desk.sources, visit.links.to, {row["product"]["id"]: row["product"] for row in products})
    return visit.render("chain.html", view=view, tables=tables, picture=picture, desk=visit.desk)


def _names_in_supplies(store: Store, view: ChainView) -> dict[str, str]:
    known = {firm.id: firm.name for segment in view.segments for firm in segment.enterprises}
    known |= {item.id: item.name for item in (*view.leaders, *view.members)}
    for id in sorted({row[side] for row in view.supplies for side in ("supplier", "customer")} - set(known)):
        known |= {row["enterprise"]["id"]: row["enterprise"]["name"] for row in ask(store, "enterprise", id=id)}
    return known


@router.get("/enterprises")
def show_enterprises(
    visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "", after: Annotated[str, Query(max_length=300)] = ""
) -> HTMLResponse:
    """Show the firms, a page at a time, or those that a word names."""
    following = None
    if q.strip():
        hits = search(visit.store, q, PAGE_SIZE, ("Enterprise",), visit.statuses)
        firms = [row["enterprise"] | {"matched": hit.matched} for hit in hits for row in ask(visit.store, "enterprise", id=hit.id)]
    else:
        firms, following = enterprise_queries.list_enterprises(visit.store, after, PAGE_SIZE, visit.statuses)
    rows = [_firm_row(firm, visit.desk) for firm in firms]
    table = Table("enterprises", "企业", ("企业", "简称", "角色", "说明", "状态", "来源"), rows)
    return visit.render("enterprises.html", table=table, q=q, after=after, following=following, most=PAGE_SIZE)


def _firm_row(firm: dict[str, Any], desk: Desk) -> tuple[Cell, ...]:
    name = desk.thing("Enterprise", firm["id"], firm["name"], extra=f"按{firm['matched']}找到" if firm.get("matched") else "")
    cells = (name, Cell(firm.get("short_name") or ""), Cell("、".join(firm.get("roles") or [])), Cell(firm.get("description") or ""))
    return (*cells, *desk.trust(firm))


@router.get("/enterprises/{id:path}")
def show_enterprise(id: str, visit: VisitDep, tiers: Annotated[int, Query(ge=1, le=3)] = 1) -> HTMLResponse:
    """Show one firm: its suppliers and customers in a picture, then every record in tables."""
    view = enterprise_queries.view_enterprise(visit.store, id, visit.statuses)
    before = suppliers(visit.store, view.enterprise["id"], tiers, visit.statuses)
    after = customers(visit.store, view.enterprise["id"], tiers, visit.statuses)
    picture = picture_enterprise(view, before[:MOST_DRAWN], after[:MOST_DRAWN], visit.desk.sources, visit.links.to)
    tables = tables_of_enterprise(view, before, after, visit.desk)
    cut = max(len(before), len(after)) > MOST_DRAWN
    facts = _facts(view.enterprise)
    values = {"view": view, "tables": tables, "picture": picture, "tiers": tiers, "cut": cut, "facts": facts, "desk": visit.desk}
    return visit.render("enterprise.html", edges=len(before) + len(after), **values)


def _facts(thing: dict[str, Any]) -> list[tuple[str, str]]:
    """Return a thing's own fields with their Chinese names, provenance left out."""
    record = NODE_TYPES[thing["_label"]]
    found = []
    for name, info in record.model_fields.items():
        value = thing.get(name)
        if value not in (None, "", []) and name not in ("name", "source", "status", "place", "confidence"):
            found.append((str(info.title), "、".join(map(str, value)) if isinstance(value, list) else str(value)))
    return found


@router.get("/search")
def show_search(visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "") -> HTMLResponse:
    """Show what a word names, grouped by kind, with why each was found."""
    hits = search(visit.store, q, 200, statuses=visit.statuses)
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(NODE_TYPES[hit.label].table.zh, []).append(hit)
    return visit.render("search.html", q=q, groups=groups, hits=hits)


@router.get("/sources")
def show_sources(visit: VisitDep) -> HTMLResponse:
    """Show all sources."""
    columns = ("来源", "发布单位", "发布日期", "类别", "许可", "状态")
    rows = []
    for id, source in visit.sources.items():
        texts = (Cell(str(source.get(name) or "")) for name in ("publisher", "published_on", "kind", "licence"))
        status = Cell(STATUS_ZH[source["status"]], kind=f"status-{source['status']}")
        rows.append((Cell(source.get("name", id), visit.links.to("sources", id)), *texts, status))
    return visit.render("sources.html", table=Table("sources", "来源", columns, rows))


@router.get("/sources/{id:path}")
def show_source(id: str, visit: VisitDep) -> HTMLResponse:
    """Show what a source is and how it may be used."""
    source = visit.sources.get(id)
    if source is None:
        raise NotFound(f"图中没有编号为“{id[:60]}”的来源,可在“来源”页查看全部来源")
    return visit.render("source.html", source=source, facts=_facts(source))


@router.get("/about")
def show_about(visit: VisitDep) -> HTMLResponse:
    """Show what the data is, what the statuses mean and how to cite it."""
    return visit.render("about.html")


def error_page(request: Request, error: LianzhangError) -> HTMLResponse:
    """Return the page for an error: what happened and what to do; it needs no store."""
    candidates = [item for item in error.details.get("candidates", ()) if isinstance(item, dict)]
    values = {"error": error, "advice": ADVICE.get(error.status, ("稍后重试", "仍有问题请联系管理员")), "candidates": candidates}
    return _render(request, "error.html", Links(), error.status, **values)

"""The pages: the chains, the firms, one of either, anything else, the figures, search, sources, and what the data is."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from api.core.table_pages import OWN, TableAsk, find_table, send_csv, turn_to
from api.core.templating import environment
from api.gaps.tables import table_moves, tables_of_gaps
from api.gaps.words import count_states
from api.pictures.pictures import picture_chain, picture_enterprise
from api.things.tables import MOST_ROWS, OWN_PAGES, Cell, Desk, Links, Table, table_doubts, table_figures, table_judgements, tables_of_chain
from api.things.things import facts_of, tables_of_enterprise, tables_of_thing
from graph.errors import LianzhangError, NotFound
from graph.model import NODE_TYPES, STATUS_ZH
from graph.stores import Store
from queries.core.answers import STATUS_ORDER, Figure, Hit
from queries.core.catalogue import ask, side_by_side, trusted
from queries.gaps.rules import read_rules
from queries.gaps.weak_links import weak_links
from queries.names.same_firms import doubts, history
from queries.names.search import search
from queries.things import chains as chain_queries
from queries.things import enterprises as enterprise_queries
from queries.things.supply import customers, suppliers
from queries.things.things import MOST_RELATIONS, list_figures, list_sources, view_thing

HIDDEN = "curated,sample"
PAGE_SIZE = 100
MOST_DRAWN = 300  # supplies on each side of a firm in the picture of its page
MOST_OF_CHAIN = 200  # products, and firms, in the picture of a chain's page
MOST_FIGURES = 1000
MOST_DOUBTS = 1000
FIGURE_TEXTS = ("metric", "original", "unit", "qualifier", "scope", "as_of", "place", "note")
COUNTS = {"segments": "环节", "products": "产品", "enterprises": "企业", "leaders": "链主", "projects": "项目", "statements": "数据"}
TOTALS = {"Segment": "环节", "Product": "产品", "Enterprise": "企业", "Project": "项目", "Statement": "公布数据", "SUPPLIES": "供应关系"}
WISHES = ("LEADS", "NEEDS", "OFFERS", "SEEKS_PARTNER", "RECOMMENDS")  # with one of these a firm has something in its four lists
TOTAL_PAGES = {"Enterprise": "/enterprises", "Statement": "/figures"}
ADVICE = {
    400: ("检查语句或地址后重试", "可从首页或搜索重新进入"),
    404: ("检查地址或编号是否完整", "用上方搜索按名称、简称或拼音首字母查找"),
    409: ("从下面的候选里选一个", "或改用编号、全称"),
    422: ("检查地址栏里的参数", "可从首页重新进入"),
    503: ("确认数据文件或数据库服务可用", "请管理员运行 lianzhang load seeds 载入数据,或检查 LIANZHANG_STORE"),
    504: ("稍后重试", "缩小查询范围,例如减少层数"),
}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
templates = Jinja2Templates(env=environment())


@dataclass
class Visit:
    """One request for a page: the store, what is switched off, and the addresses that keep it so."""

    request: Request
    ask: Annotated[TableAsk, Depends()]
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
        return list_sources(self.store)

    @cached_property
    def desk(self) -> Desk:
        """Return what the tables need."""
        return Desk(self.links, {id: source.get("name", id) for id, source in self.sources.items()})

    def render(self, template: str, about: str = "", **values: Any) -> Response:
        """Return a page, or of what it is ``about`` the one table that is asked for: as a page of its own, or as a file."""
        if not self.ask.table:
            return _render(self.request, template, self.links, **{"table_page": self.table_page, **values})
        table = find_table(self.ask.table, values)
        if self.ask.format == "csv":
            return send_csv(table, self.ask, about)
        found = turn_to(table, self.ask, self.links, self.table_page, MOST_ROWS)
        own = [pair for pair in self.request.query_params.multi_items() if pair[0] not in OWN]
        return _render(self.request, "table.html", self.links, found=found, about=about, kept=own, back=_address(self.request, own))

    def table_page(self, table: str, **state: Any) -> str:
        """Return the address of a table of this page, in some state."""
        own = [pair for pair in self.request.query_params.multi_items() if pair[0] not in OWN]
        said = [(name, str(value)) for name, value in state.items() if value != "" and (name, value) != ("page", 1)]
        return _address(self.request, [*own, ("table", table), *said])


VisitDep = Annotated[Visit, Depends()]


def _render(request: Request, template: str, links: Links, status: int = 200, **values: Any) -> HTMLResponse:
    hidden = [STATUS_ZH[word] for word in STATUS_ZH if word not in trusted(links.without.split(","))]
    page = {"links": links, "hidden": hidden, "show_all": _with_query(request, ""), "hide": _with_query(request, HIDDEN), **values}
    return templates.TemplateResponse(request, template, page, status_code=status)


def _with_query(request: Request, without: str) -> str:
    """Return the address of this page with other data switched off."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name not in ("without", "after", "page")]
    return _address(request, [*query, *([("without", without)] if without else [])])


def _address(request: Request, query: list[tuple[str, str]]) -> str:
    """Return the address of this page with other parameters."""
    path = (
        request.url.path.replace("?", "%3F").replace("#", "%23")
        if request.scope.get("raw_path") is None
        else request.scope["raw_path"].decode("ascii")
    )
    return path + (f"?{urlencode(query)}" if query else "")


@router.get("/")
def show_chains(visit: VisitDep, view: Annotated[str, Query(pattern="^(cards|table)$")] = "cards") -> Response:
    """Show all chains with how much is known of each."""
    chains = chain_queries.list_chains(visit.store, visit.statuses)
    totals: dict[str, dict[str, int]] = {label: {} for label in TOTALS}
    for row in ask(visit.store, "totals", statuses=visit.statuses):
        if row["number"]:
            totals[row["label"]][row["status"]] = row["number"]
    totals = {label: dict(sorted(found.items(), key=lambda item: STATUS_ORDER[item[0]])) for label, found in totals.items()}
    values: dict[str, Any] = {"chains": chains, "counts": COUNTS, "totals": totals, "total_names": TOTALS, "view": view, "desk": visit.desk}
    return visit.render("chains.html", total_pages=TOTAL_PAGES, **values)


@router.get("/chains/{id:path}")
def show_chain(id: str, visit: VisitDep) -> Response:
    """Show one chain: its picture, then every record in tables."""
    view, producers, answer = side_by_side(
        partial(chain_queries.view_chain, visit.store, id, visit.statuses),
        partial(ask, visit.store, "chain_producers", chain=id, statuses=visit.statuses),
        partial(weak_links, visit.store, id, visit.statuses),
    )
    links = visit.links
    picture = None
    if not visit.ask.table:
        certificate = partial(_certificate, links, answer.chain_id)
        picture = picture_chain(view, visit.desk.sources, links.thing, answer, certificate, MOST_OF_CHAIN)
    products = [product for segment in answer.segments for product in segment.products]
    values = {
        "weak": answer,
        "gaps": tables_of_gaps(answer, visit.desk),
        "moves": table_moves(answer.stability, read_rules()),
        "counts": {"环节": count_states(answer.segments), "产品": count_states(products)},
        "tables": tables_of_chain(view, producers, visit.desk),
    }
    return visit.render("chain.html", view.chain["name"], view=view, picture=picture, desk=visit.desk, **values)


def _certificate(links: Links, chain: str, _label: str, place: str) -> str:
    return links.of_chain(chain, "certificate", place=place)


@router.get("/enterprises")
def show_enterprises(
    visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "", page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> Response:
    """Show the firms by pinyin, a page at a time, or those that a word names."""
    total = 0
    if q.strip():
        hits = search(visit.store, q, PAGE_SIZE, ("Enterprise",), visit.statuses)
        why = {hit.id: hit.matched for hit in hits}
        firms = [firm | {"matched": why[firm["id"]]} for firm in enterprise_queries.find_enterprises(visit.store, list(why))]
    else:
        firms, total = enterprise_queries.list_by_pinyin(visit.store, page, PAGE_SIZE, visit.statuses)
    rows = [_firm_row(firm, visit.desk) for firm in firms]
    table = Table("enterprises", "企业", ("企业", "简称", "角色", "说明", "状态", "来源"), rows)
    pages = -(-total // PAGE_SIZE)
    return visit.render("enterprises.html", "企业", table=table, q=q, page=page, pages=pages, total=total, most=PAGE_SIZE)


def _firm_row(firm: dict[str, Any], desk: Desk) -> tuple[Cell, ...]:
    name = desk.thing("Enterprise", firm["id"], firm["name"], extra=f"按{firm['matched']}找到" if firm.get("matched") else "")
    cells = (name, Cell(firm.get("short_name") or ""), Cell("、".join(firm.get("roles") or [])), Cell(firm.get("description") or ""))
    return (*cells, *desk.trust(firm))


@router.get("/review")
def show_review(visit: VisitDep) -> Response:
    """Show the pairs of firms that may be one, and what has been judged so far."""
    found = doubts(visit.store, visit.statuses)
    tables = (table_doubts(found[:MOST_DOUBTS], visit.desk), table_judgements(history(visit.store), visit.desk))
    return visit.render("review.html", "企业比对", tables=tables, found=len(found), most=MOST_DOUBTS)


@router.get("/enterprises/{id:path}")
def show_enterprise(id: str, visit: VisitDep, tiers: Annotated[int, Query(ge=1, le=3)] = 1) -> Response:
    """Show one firm: its suppliers and customers in a picture, then every record in tables."""
    view = enterprise_queries.view_enterprise(visit.store, id, visit.statuses, supplies=False)
    before = suppliers(visit.store, view.enterprise["id"], tiers, visit.statuses)
    after = customers(visit.store, view.enterprise["id"], tiers, visit.statuses)
    picture = None
    if not visit.ask.table:
        picture = picture_enterprise(view, before[:MOST_DRAWN], after[:MOST_DRAWN], visit.desk.sources, visit.links.thing)
    tables = tables_of_enterprise(view, before, after, visit.desk)
    cut = max(len(before), len(after)) > MOST_DRAWN
    facts = facts_of(view.enterprise, visit.desk, visit.statuses)
    wishes = any(item.relation in WISHES for item in view.outgoing)
    values = {"view": view, "tables": tables, "picture": picture, "tiers": tiers, "cut": cut, "facts": facts, "desk": visit.desk}
    values["openings"] = visit.links.page(f"/enterprises/{quote(view.enterprise['id'], safe='')}/opportunities") if wishes else ""
    return visit.render("enterprise.html", view.enterprise["name"], edges=len(before) + len(after), **values)


@router.get("/things/{label}/{id:path}", response_model=None)
def show_thing(label: str, id: str, visit: VisitDep) -> Response:
    """Show a thing of any kind: its own fields, every relation in a table, the figures about it."""
    if label in OWN_PAGES:
        return RedirectResponse(visit.links.thing(label, id))
    view = view_thing(visit.store, label, id, visit.statuses)
    kind = NODE_TYPES[label].table.zh
    name = view.thing.get("name") or view.thing.get("metric") or id
    facts = facts_of(view.thing, visit.desk, visit.statuses)
    tables = tables_of_thing(view, visit.desk)
    values = {"thing": view.thing, "name": name, "kind": kind, "facts": facts, "tables": tables, "most": MOST_RELATIONS}
    return visit.render("thing.html", str(name), truncated=view.truncated, desk=visit.desk, **values)


@router.get("/figures")
def show_figures(
    visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "", after: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """Show the published figures with what each is about, all of them or those that hold every word of a text."""
    if q.strip():
        figures, following = _figures_with(visit, q.lower().split()), None
    else:
        figures, following = list_figures(visit.store, after, MOST_FIGURES, visit.statuses)
    table = table_figures(figures[:MOST_FIGURES], visit.desk)
    found = {"found": len(figures), "most": MOST_FIGURES}
    return visit.render("figures.html", "公布数据", table=table, q=q, after=after, following=following, **found)


def _figures_with(visit: Visit, words: list[str]) -> list[Figure]:
    """Return all figures whose subject, metric, wording, scope, date, source or place hold every word."""
    found: list[Figure] = []
    after: str | None = ""
    while after is not None:
        figures, after = list_figures(visit.store, after, 5_000, visit.statuses)
        for figure in figures:
            own = (str(figure.statement.get(field) or "") for field in FIGURE_TEXTS)
            source = visit.desk.sources.get(figure.statement["source"], "")
            text = " ".join((*own, source, *(subject.name for subject in figure.subjects))).lower()
            if all(word in text for word in words):
                found.append(figure)
    return found


@router.get("/search")
def show_search(visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show what a word names, grouped by kind, with why each was found."""
    hits = search(visit.store, q, 200, statuses=visit.statuses)
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(NODE_TYPES[hit.label].table.zh, []).append(hit)
    return visit.render("search.html", q=q, groups=groups, hits=hits)


@router.get("/sources")
def show_sources(visit: VisitDep) -> Response:
    """Show all sources."""
    columns = ("来源", "发布单位", "发布日期", "类别", "许可", "状态")
    rows = []
    for id, source in visit.sources.items():
        texts = (Cell(str(source.get(name) or "")) for name in ("publisher", "published_on", "kind", "licence"))
        status = Cell(STATUS_ZH[source["status"]], kind=f"status-{source['status']}")
        rows.append((Cell(source.get("name", id), visit.links.to("sources", id)), *texts, status))
    return visit.render("sources.html", "来源", table=Table("sources", "来源", columns, rows))


@router.get("/sources/{id:path}")
def show_source(id: str, visit: VisitDep) -> Response:
    """Show what a source is and how it may be used."""
    source = visit.sources.get(id)
    if source is None:
        raise NotFound(f"图中没有编号为“{id[:60]}”的来源,可在“来源”页查看全部来源")
    return visit.render("source.html", source=source, facts=facts_of(source, visit.desk, visit.statuses))


@router.get("/about")
def show_about(visit: VisitDep) -> Response:
    """Show what the data is, what the statuses mean and how to cite it."""
    return visit.render("about.html")


def error_page(request: Request, error: LianzhangError) -> HTMLResponse:
    """Return the page for an error: what happened and what to do; it needs no store."""
    candidates = [item for item in error.details.get("candidates", ()) if isinstance(item, dict)]
    values = {"error": error, "advice": ADVICE.get(error.status, ("稍后重试", "仍有问题请联系管理员")), "candidates": candidates}
    return _render(request, "error.html", _links_of(request), error.status, **values)


def _links_of(request: Request) -> Links:
    """Return links that keep what is switched off, or plain ones where that is not understood."""
    without = request.query_params.get("without", "")
    try:
        trusted(without.split(","))
    except LianzhangError:
        return Links()
    return Links(without.strip())

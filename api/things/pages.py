"""The pages: the chains, the firms, one of either, anything else, the figures,
search, sources, and what the data is."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.core.http import send_workbook
from api.core.page import VisitDep
from graph.errors import NotFound
from graph.model import NODE_TYPES, find_type
from queries.core.answers import Hit
from queries.names.search import renamed, search
from queries.registries.described import read_registries
from queries.things.facts import facts_of
from queries.things.tables import table_figures, table_sources, tables_of_thing
from queries.things.things import MOST_RELATIONS, find_figures, list_figures, view_thing

MOST_FIGURES = 1000

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/things/{label}/{id:id}", response_model=None)
def show_thing(label: str, id: str, visit: VisitDep) -> Response:
    """Show a thing of any kind: its own fields, every relation in a table, the figures about it."""
    if label in NODE_TYPES and NODE_TYPES[label].table.own_page:
        return RedirectResponse(visit.links.thing(label, id))
    view = view_thing(visit.view, label, id)
    kind = NODE_TYPES[label].table.zh
    name = view.thing.get("name") or view.thing.get("metric") or id
    facts = facts_of(view.thing, visit.view.statuses)
    tables = tables_of_thing(view)
    listed = next((room for room, registry in read_registries().registry.items() if label in registry.labels), "")
    values = {
        "thing": view.thing,
        "listed": listed,
        "name": name,
        "kind": kind,
        "facts": facts,
        "tables": tables,
        "most": MOST_RELATIONS,
    }
    return visit.render("thing.html", str(name), truncated=view.truncated, **values)


@router.get("/templates/{kind}.xlsx")
def download_template(kind: str, visit: VisitDep) -> Response:
    """Send the form in which rows of a kind are filled in."""
    from loaders.templates import make_template  # what writes workbooks

    record = find_type(kind)
    if record is None:
        raise NotFound(f"没有“{kind[:60]}”这类表，各类见 /about")
    return send_workbook(make_template(record), f"{record.table.zh}.xlsx")


@router.get("/figures")
def show_figures(
    visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "", after: Annotated[str, Query(max_length=300)] = ""
) -> Response:
    """Show the published figures with what each is about, all of them or those that hold every word of a text."""
    if q.strip():
        figures, following = find_figures(visit.view, q.lower().split()), None
    else:
        figures, following = list_figures(visit.view, after, MOST_FIGURES)
    table = table_figures(figures[:MOST_FIGURES])
    counts = {"found": len(figures), "most": MOST_FIGURES}
    return visit.render("figures.html", "公布数据", table=table, q=q, after=after, following=following, **counts)


@router.get("/search")
def show_search(visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show what a word names, grouped by kind, with why each was found."""
    hits = search(visit.view, q, 200)
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(NODE_TYPES[hit.label].table.zh, []).append(hit)
    return visit.render("search.html", q=q, groups=groups, hits=hits, renamed=renamed(visit.view))


@router.get("/sources")
def show_sources(visit: VisitDep) -> Response:
    """Show all sources."""
    shown = {id: source for id, source in visit.sources.items() if source["status"] in visit.view.scope.yardstick}
    return visit.render("sources.html", "来源", table=table_sources(shown))


@router.get("/sources/{id:id}")
def show_source(id: str, visit: VisitDep) -> Response:
    """Show what a source is and how it may be used."""
    source = visit.sources.get(id)
    if source is None:
        raise NotFound(f"图中没有编号为“{id[:60]}”的来源，可在“来源”页查看全部来源")
    visit.view.refuse_hidden(source)
    return visit.render("source.html", source=source, facts=facts_of(source, visit.view.statuses))


@router.get("/about")
def show_about(visit: VisitDep) -> Response:
    """Show what the data is, what the statuses mean and how to cite it."""
    return visit.render("about.html")

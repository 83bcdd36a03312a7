"""The pages of the chains: one at a glance, its picture and gaps in full, its records; how much there is of all."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.chains.overview import overview, rows_of
from api.core.page import PageRequest, VisitDep, send_file
from api.core.templating import environment
from api.pictures.chains import picture_chain
from api.pictures.files import draw_chain
from graph.errors import NotFound
from queries.core.answers import ChainView
from queries.core.catalogue import side_by_side
from queries.core.table import Table
from queries.gaps.answers import WeakLinks
from queries.gaps.rules import read_rules
from queries.gaps.tables import table_moves, tables_of_gaps
from queries.gaps.weak_links import weak_links
from queries.gaps.words import count_states
from queries.things import chains as chain_queries
from queries.things.listings import COUNTS
from queries.things.systems import list_systems
from queries.things.tables import table_stated_weaknesses, tables_of_chain
from queries.things.things import list_sources
from queries.week.answers import ChainWeek, PressingGap
from queries.week.chain import by_segment, chain_week, mark_of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MOST_OF_CHAIN = 200  # products, and firms, in the picture of a chain's page
TOTAL_PAGES = {"Enterprise": "/enterprises", "Statement": "/figures"}
SHOWN = 12  # gaps beside the picture, in their segments; the rest by segment
OF_SEGMENT = 5  # of these at most
FEW = 8  # segments to look through first
environment().globals["mark_of"] = mark_of
Segment = Annotated[str, Query(max_length=300)]


@router.get("/stock")
def show_chains(visit: VisitDep, view: Annotated[str, Query(pattern="^(cards|table)$")] = "cards") -> Response:
    """Show all chains with how much is known of each."""
    chains, totals = chain_queries.list_chains(visit.view), chain_queries.list_totals(visit.view)
    values: dict[str, Any] = {"totals": totals, "total_pages": TOTAL_PAGES, "systems": list_systems(visit.view)}
    return visit.render("chains.html", chains=chains, counts=COUNTS, view=view, **values)


@router.get("/chains/{id:id}")
def show_chain(id: str, visit: VisitDep, segment: Segment = "") -> Response:
    """Show one chain: its segments as cards and its gaps beside them, of all or of one segment."""
    if visit.ask.table:  # as pages had them before there were rooms
        return _show_everything(visit, id)
    view, said, answer = side_by_side(
        partial(chain_queries.view_chain, visit.view, id),
        partial(chain_week, visit.view, id),
        partial(weak_links, visit.view, id),
    )
    chosen = next((one for one in answer.segments if one.segment_id == segment), None)
    if segment and not chosen:
        raise NotFound(f"{answer.chain}没有编号为“{segment[:60]}”的环节")
    gaps = [gap for gap in said.gaps if not chosen or gap.segment.id == segment]
    groups = by_segment(gaps) if chosen else _first(gaps)
    left = {place: len(own) - len(groups[place]) for place, own in by_segment(gaps).items() if place in groups}
    strips = {one.segment.id: one for one in said.week.segments}
    values = {
        "said": said.week,
        "weak": answer,
        "overview": overview(said.week.segments, view.feeds),
        "rows": rows_of(said.week.segments, {gap.segment.id: gap.score for gap in reversed(said.gaps)}),
        "strips": strips,
        "groups": groups,
        "left": left,
        "more": len(gaps) - sum(map(len, groups.values())) - sum(left.values()),
        "chosen": chosen,
        "looks": said.looks[:FEW],
        "looks_of": len(said.looks),
        "looked": _looked(said.week),
        "stated": _stated(visit, view),
    }
    return visit.render("chain.html", view.chain["name"], view=view, **values)


def _first(gaps: Sequence[PressingGap]) -> dict[tuple[str, str], list[PressingGap]]:
    """Return the gaps beside the picture: the first of each segment while there is room."""
    shown: dict[tuple[str, str], list[PressingGap]] = {}
    room = SHOWN
    for place, own in by_segment(gaps).items():
        if room > 0:
            shown[place] = own[: min(OF_SEGMENT, room)]
            room -= len(shown[place])
    return shown


def _looked(week: ChainWeek) -> str:
    return f"{len(week.segments)} 个环节查过 {week.segments_looked} 个"


@router.get("/chains/{id:id}/graph")
def show_graph(id: str, visit: VisitDep) -> Response:
    """Show the picture that can be explored, and the judgement of every segment and product in tables."""
    view, answer = side_by_side(partial(chain_queries.view_chain, visit.view, id), partial(weak_links, visit.view, id))
    picture = None
    if not visit.ask.table:
        links = visit.links

        def certificate(_label: str, place: str) -> str:
            return links.of_chain(answer.chain_id, "certificate", place=place)

        picture = picture_chain(view, visit.names, links.thing, answer, certificate, MOST_OF_CHAIN)
    values = {"weak": answer, "picture": picture, "stated": _stated(visit, view), **_judged(answer)}
    values["picture_file"] = visit.links.of_chain(answer.chain_id, "picture.html")
    return visit.render("chain_graph.html", view.chain["name"], view=view, **values)


@router.get("/chains/{id:id}/picture.html")
def send_picture(id: str, visit: VisitDep) -> Response:
    """Send the picture of a chain as a file that stands alone."""
    view, answer = chain_queries.view_chain(visit.view, id), weak_links(visit.view, id)
    return send_file(draw_chain(view, visit.names, answer), f"{view.chain['name']}产业链.html")


@router.get("/chains/{id:id}/records")
def show_records(id: str, visit: VisitDep) -> Response:
    """Show every record of one chain in tables."""
    view, tables = _recorded(visit, id)
    return visit.render("chain_records.html", view.chain["name"], view=view, **tables)


def _show_everything(visit: PageRequest, id: str) -> Response:
    """Show the one table that is asked for, of all that there are about a chain."""
    view, tables = _recorded(visit, id)
    return visit.render("chain.html", view.chain["name"], **tables, **_judged(weak_links(visit.view, id)))


def _judged(answer: WeakLinks) -> dict[str, Any]:
    products = [product for segment in answer.segments for product in segment.products]
    counts = {"环节": count_states(answer.segments), "产品": count_states(products)}
    return {"gaps": tables_of_gaps(answer), "moves": table_moves(answer.stability, read_rules()), "counts": counts}


def _recorded(visit: PageRequest, id: str) -> tuple[ChainView, dict[str, Any]]:
    view, producers = side_by_side(
        partial(chain_queries.view_chain, visit.view, id), partial(visit.view.ask, "chain_producers", chain=id)
    )
    return view, {"stated": _stated(visit, view), "tables": tables_of_chain(view, producers)}


def _stated(visit: PageRequest, view: ChainView) -> Table[Any]:
    return table_stated_weaknesses(view, list_sources(visit.view))

"""The pages of the chains: all of them, and everything about one."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.page import VisitDep
from api.pictures.chains import picture_chain
from queries.core.catalogue import side_by_side
from queries.gaps.rules import read_rules
from queries.gaps.tables import table_moves, tables_of_gaps
from queries.gaps.weak_links import weak_links
from queries.gaps.words import count_states
from queries.things import chains as chain_queries
from queries.things.listings import COUNTS
from queries.things.systems import list_systems
from queries.things.tables import table_stated_weaknesses, tables_of_chain
from queries.things.things import list_sources

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

MOST_OF_CHAIN = 200  # products, and firms, in the picture of a chain's page
TOTAL_PAGES = {"Enterprise": "/enterprises", "Statement": "/figures"}


@router.get("/stock")
def show_chains(visit: VisitDep, view: Annotated[str, Query(pattern="^(cards|table)$")] = "cards") -> Response:
    """Show all chains with how much is known of each."""
    chains, totals = chain_queries.list_chains(visit.view), chain_queries.list_totals(visit.view)
    values: dict[str, Any] = {"totals": totals, "total_pages": TOTAL_PAGES, "systems": list_systems(visit.view)}
    return visit.render("chains.html", chains=chains, counts=COUNTS, view=view, **values)


@router.get("/chains/{id:id}")
def show_chain(id: str, visit: VisitDep) -> Response:
    """Show one chain: its picture, then every record in tables."""
    view, producers, answer = side_by_side(
        partial(chain_queries.view_chain, visit.view, id),
        partial(visit.view.ask, "chain_producers", chain=id),
        partial(weak_links, visit.view, id),
    )
    links = visit.links
    picture = None
    if not visit.ask.table:

        def certificate(_label: str, place: str) -> str:
            return links.of_chain(answer.chain_id, "certificate", place=place)

        picture = picture_chain(view, visit.names, links.thing, answer, certificate, MOST_OF_CHAIN)
    products = [product for segment in answer.segments for product in segment.products]
    values = {
        "weak": answer,
        "gaps": tables_of_gaps(answer),
        "moves": table_moves(answer.stability, read_rules()),
        "counts": {"环节": count_states(answer.segments), "产品": count_states(products)},
        "stated": table_stated_weaknesses(view, list_sources(visit.view)),
        "tables": tables_of_chain(view, producers),
    }
    return visit.render("chain.html", view.chain["name"], view=view, picture=picture, **values)

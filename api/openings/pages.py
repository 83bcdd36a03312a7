"""The pages of 卡位入链: the four lists of a chain or a leader, their workbook, suppliers for a need in words, the ledger."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.page import PageRequest, VisitDep
from api.openings.workbooks import make_workbook
from queries.names.search import find_chain, find_enterprise
from queries.openings.answers import Met, Opportunities
from queries.openings.glance import at_a_glance
from queries.openings.ledger import ledger
from queries.openings.lists import chain_opportunities, leader_opportunities
from queries.openings.tables import MEANINGS, table_of_ledger, tables_of_openings

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

NameQuery = Annotated[str, Query(max_length=300)]


@router.get("/chains/{id:id}/opportunities")
def show_chain_opportunities(id: str, visit: VisitDep) -> Response:
    """Show the four lists of all leaders of a chain."""
    return _show(visit, chain_opportunities(visit.view, find_chain(visit.view, id)), "chains")


@router.get("/enterprises/{id:id}/opportunities")
def show_leader_opportunities(id: str, visit: VisitDep) -> Response:
    """Show the four lists of a leader."""
    return _show(visit, leader_opportunities(visit.view, find_enterprise(visit.view, id)), "enterprises")


@router.get("/chains/{id:id}/opportunities.xlsx")
def download_chain_opportunities(id: str, visit: VisitDep) -> Response:
    """Send the four lists of a chain as a workbook."""
    return _send(chain_opportunities(visit.view, find_chain(visit.view, id)))


@router.get("/enterprises/{id:id}/opportunities.xlsx")
def download_leader_opportunities(id: str, visit: VisitDep) -> Response:
    """Send the four lists of a leader as a workbook."""
    return _send(leader_opportunities(visit.view, find_enterprise(visit.view, id)))


def _send(answer: Opportunities) -> Response:
    name = quote(f"卡位入链清单-{answer.subject.name}.xlsx", safe="")
    return Response(make_workbook(answer), media_type=WORKBOOK, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


def _show(visit: PageRequest, answer: Opportunities, kind: str) -> Response:
    links, subject = visit.links, answer.subject
    base = f"/{kind}/{quote(subject.id, safe='')}/opportunities"
    addresses = {
        "subject": links.to(kind, subject.id),
        "xlsx": links.page(f"{base}.xlsx"),
        "json": links.page(f"/api/v1{base}"),
        "ledger": links.page("/ledger", **{"chain" if kind == "chains" else "leader": subject.id}),
    }
    wanted = at_a_glance(answer.needs)
    values = {
        "tables": tables_of_openings(answer),
        "glance": {met: [one for one in wanted if one.met is met] for met in Met},
        "lists": answer.titles,
        "meanings_of": MEANINGS,
    }
    return visit.render("opportunities.html", answer.subject.name, answer=answer, addresses=addresses, **values)


@router.get("/ledger")
def show_ledger(visit: VisitDep, leader: NameQuery = "", chain: NameQuery = "", firm: NameQuery = "") -> Response:
    """Show the ledger: each match as a line of dated steps."""
    store = visit.view
    answer = ledger(
        store,
        leader=find_enterprise(store, leader) if leader else None,
        chain=find_chain(store, chain) if chain else None,
        firm=find_enterprise(store, firm) if firm else None,
    )
    about = f"匹配台账-{answer.subject.name}" if answer.subject else "匹配台账"
    return visit.render("ledger.html", about, answer=answer, table=table_of_ledger(answer))

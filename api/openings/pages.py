"""The pages of 卡位入链: the four lists of a chain or a leader, their workbook, suppliers for a need in words, the ledger."""

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.page import PageRequest, VisitDep
from api.openings.workbooks import make_workbook
from queries.matching.answers import Level
from queries.names.search import find_chain, find_enterprise
from queries.openings.answers import Opening, Opportunities, Stage
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


@dataclass
class Glance:
    """A needed product at a glance: how many local firms could take the place, how many supply it already."""

    product: str
    product_id: str | None
    recorded: bool = False
    able: set[str] = field(default_factory=set)
    supplying: set[str] = field(default_factory=set)


def at_a_glance(needs: list[Opening]) -> dict[str, list[Glance]]:
    """Return the needed products, each once, by whether local firms could take the place, supply it already, or none fits."""
    found: dict[str, Glance] = {}
    for row in needs:
        one = found.setdefault(row.product, Glance(row.product, row.product_id))
        one.recorded |= any(record.record == "NEEDS" for record in row.evidence)
        if row.firm is not None and row.local and row.fit in (Level.high, Level.middle) and row.stage != Stage.dropped:
            (one.able if row.computed else one.supplying).add(row.firm.id)
    groups: dict[str, list[Glance]] = {"able": [], "supplied": [], "none": []}
    for one in found.values():
        groups["able" if one.able else "supplied" if one.supplying else "none"].append(one)
    return groups


def _show(visit: PageRequest, answer: Opportunities, kind: str) -> Response:
    links, subject = visit.links, answer.subject
    base = f"/{kind}/{quote(subject.id, safe='')}/opportunities"
    addresses = {
        "subject": links.to(kind, subject.id),
        "xlsx": links.page(f"{base}.xlsx"),
        "json": links.page(f"/api/v1{base}"),
        "ledger": links.page("/ledger", **{"chain" if kind == "chains" else "leader": subject.id}),
    }
    values = {
        "tables": tables_of_openings(answer),
        "glance": at_a_glance(answer.needs),
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

"""The leaders of the city or of a chain, and as a workbook."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.http import send_workbook
from api.core.page import PageRequest, VisitDep
from api.leaders.workbooks import make_leaders_workbook
from queries.leaders.answers import Leaders
from queries.leaders.leaders import make_leaders
from queries.leaders.tables import table_of_samples, tables_of_leaders
from queries.names.search import find_chain

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/leaders")
def show_leaders(visit: VisitDep) -> Response:
    """Show the leaders of the city: a sentence, who is named by whom, what each lacks; samples last."""
    return _show(visit, "")


@router.get("/chains/{id:id}/leaders")
def show_leaders_of_chain(id: str, visit: VisitDep) -> Response:
    """Show the leaders of a chain."""
    return _show(visit, id)


def _show(visit: PageRequest, chain: str) -> Response:
    answer = _answer(visit, chain)
    about = f"{answer.chain.name}链主" if answer.chain else "链主"
    values = {"answer": answer, "tables": tables_of_leaders(answer), "samples": table_of_samples(answer)}
    return visit.render("leaders.html", about, **values)


def _answer(visit: PageRequest, chain: str) -> Leaders:
    return make_leaders(visit.view, find_chain(visit.view, chain) if chain else None)


@router.get("/leaders.xlsx")
def download_leaders(visit: VisitDep) -> Response:
    """Send the leaders of the city as a workbook."""
    return _send(visit, "")


@router.get("/chains/{id:id}/leaders.xlsx")
def download_leaders_of_chain(id: str, visit: VisitDep) -> Response:
    """Send the leaders of a chain as a workbook."""
    return _send(visit, id)


def _send(visit: PageRequest, chain: str) -> Response:
    answer = _answer(visit, chain)
    name = f"链主-{answer.chain.name}" if answer.chain else "链主"
    return send_workbook(make_leaders_workbook(answer), f"{name}.xlsx")

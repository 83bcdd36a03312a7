"""The desk of a chain, and all that somebody answers for; the chain's desk as a workbook."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.http import send_workbook
from api.core.page import VisitDep
from api.desk.workbooks import make_desk_workbook
from queries.desk.desk import make_desk
from queries.desk.duties import make_duties
from queries.desk.tables import tables_of_desk, tables_of_duties, tables_of_samples
from queries.names.search import find_agency, find_chain

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/chains/{id:id}/desk")
def show_desk(id: str, visit: VisitDep) -> Response:
    """Show the desk of a chain: a sentence, then its parts, each with the rows that it lacks; samples last."""
    answer = make_desk(visit.view, find_chain(visit.view, id))
    tables, samples = tables_of_desk(answer), tables_of_samples(answer)
    return visit.render("desk.html", answer.chain, answer=answer, tables=tables, samples=samples)


@router.get("/chains/{id:id}/desk.xlsx")
def download_desk(id: str, visit: VisitDep) -> Response:
    """Send the desk of a chain as a workbook."""
    answer = make_desk(visit.view, find_chain(visit.view, id))
    return send_workbook(make_desk_workbook(answer), f"工作台-{answer.chain}.xlsx")


@router.get("/agencies/{id:id}/duties")
def show_duties(id: str, visit: VisitDep) -> Response:
    """Show all that a person or an office answers for."""
    answer = make_duties(visit.view, find_agency(visit.view, id))
    return visit.render("duties.html", answer.agency.name, answer=answer, tables=tables_of_duties(answer))

"""The projects of the city or of a chain, what one of them would change, and the projects as a workbook."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.http import send_workbook
from api.core.page import PageRequest, VisitDep
from api.projects.workbooks import make_projects_workbook
from queries.gaps.tables import tables_of_what_if
from queries.names.search import find_chain, find_project
from queries.projects.answers import Projects
from queries.projects.projects import make_projects_answer
from queries.projects.stages import find_stage, show_sums
from queries.projects.tables import tables_of_projects, tables_of_samples
from queries.projects.what_if import project_what_if

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

DAYS = (90, 180, 365)  # that the page offers
StageQuery = Annotated[str, Query(max_length=300)]
DaysQuery = Annotated[int | None, Query(ge=1, le=36500)]


@router.get("/projects")
def show_projects(visit: VisitDep, stage: StageQuery = "", stalled: DaysQuery = None) -> Response:
    """Show the projects of the city: a sentence, the funnel, each of them, what is missing; samples last."""
    return _show(visit, "", stage, stalled)


@router.get("/chains/{id:id}/projects")
def show_projects_of_chain(id: str, visit: VisitDep, stage: StageQuery = "", stalled: DaysQuery = None) -> Response:
    """Show the projects of a chain."""
    return _show(visit, id, stage, stalled)


def _show(visit: PageRequest, chain: str, stage: str, stalled: int | None) -> Response:
    answer = _answer(visit, chain, stage, stalled)
    tables, samples = tables_of_projects(answer), tables_of_samples(answer)
    about = answer.chain.name if answer.chain else "项目"
    most = max((row.projects for row in (*answer.funnel, *answer.samples.funnel)), default=0)
    values = {"answer": answer, "tables": tables, "samples": samples, "days": DAYS, "most": most, "sums": show_sums}
    return visit.render("projects.html", about, **values)


def _answer(visit: PageRequest, chain: str, stage: str, stalled: int | None) -> Projects:
    found = find_chain(visit.view, chain) if chain else None
    return make_projects_answer(visit.view, found, find_stage(stage) if stage else None, stalled)


@router.get("/projects.xlsx")
def download_projects(visit: VisitDep, stage: StageQuery = "", stalled: DaysQuery = None) -> Response:
    """Send the projects of the city as a workbook."""
    return _send(visit, "", stage, stalled)


@router.get("/chains/{id:id}/projects.xlsx")
def download_projects_of_chain(id: str, visit: VisitDep, stage: StageQuery = "", stalled: DaysQuery = None) -> Response:
    """Send the projects of a chain as a workbook."""
    return _send(visit, id, stage, stalled)


def _send(visit: PageRequest, chain: str, stage: str, stalled: int | None) -> Response:
    answer = _answer(visit, chain, stage, stalled)
    name = f"项目-{answer.chain.name}" if answer.chain else "项目"
    return send_workbook(make_projects_workbook(answer), f"{name}.xlsx")


@router.get("/projects/{id:id}/what-if")
def show_project_what_if(id: str, visit: VisitDep) -> Response:
    """Show what a project would change, or why that cannot be said."""
    answer = project_what_if(visit.view, find_project(visit.view, id))
    tables = {one.chain.id: tables_of_what_if(one.what_if) for one in answer.changes}
    return visit.render("project_what_if.html", answer.project.name, answer=answer, tables=tables)

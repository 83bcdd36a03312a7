"""The projects of the city or of a chain, and what one of them would change."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.page import PageRequest, add_book, add_pages
from queries.gaps.tables import tables_of_what_if
from queries.projects.answers import ProjectWhatIf
from queries.projects.questions import project_what_if, projects
from queries.projects.stages import show_sums

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

DAYS = (90, 180, 365)  # that the page offers


def _show_what_if(request: PageRequest, answer: ProjectWhatIf) -> Response:
    tables = {change.chain.id: tables_of_what_if(change.what_if) for change in answer.changes}
    return request.render("project_what_if.html", answer.project.name, answer=answer, tables=tables)


add_book(router, projects, "projects.html", days=DAYS, sums=show_sums)
add_pages(router, project_what_if, _show_what_if)

"""The city at a glance: one page that prints on A4, and the same as a workbook."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.page import VisitDep
from api.core.workbooks import MEDIA_TYPE, make_tables_workbook
from queries.dashboard.answers import Dashboard
from queries.dashboard.dashboard import make_dashboard
from queries.dashboard.tables import notes_of_dashboard, tables_of_dashboard

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def make_dashboard_workbook(answer: Dashboard) -> bytes:
    """Return the workbook of the city at a glance, a sheet for each part."""
    names = {source.id: source.name for source in answer.sources}
    return make_tables_workbook("驾驶舱", [*notes_of_dashboard(answer, {})], [*tables_of_dashboard(answer).values()], names)


@router.get("/dashboard")
def show_dashboard(visit: VisitDep) -> Response:
    """Show the city at a glance."""
    answer = make_dashboard(visit.view)
    return visit.render("dashboard.html", "驾驶舱", answer=answer, tables=tables_of_dashboard(answer))


@router.get("/dashboard.xlsx")
def download_dashboard(visit: VisitDep) -> Response:
    """Send the city at a glance as a workbook."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('驾驶舱.xlsx')}"}
    return Response(make_dashboard_workbook(make_dashboard(visit.view)), media_type=MEDIA_TYPE, headers=headers)

"""The city at a glance: one page that prints on A4, and the same as a workbook."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.page import VisitDep
from api.core.workbooks import MEDIA_TYPE
from api.dashboard.workbooks import make_dashboard_workbook
from queries.dashboard.dashboard import make_dashboard
from queries.dashboard.tables import tables_of_dashboard

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


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

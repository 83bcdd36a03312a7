"""The city at a glance: one page that prints on A4."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.core.page import add_book
from queries.dashboard.questions import dashboard

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
add_book(router, dashboard, "dashboard.html")

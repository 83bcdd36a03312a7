"""The leaders of the city or of a chain."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.core.page import add_book
from queries.leaders.questions import leaders

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
add_book(router, leaders, "leaders.html")

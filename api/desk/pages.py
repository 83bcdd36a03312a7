"""The desk of a chain, and all that somebody answers for."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.core.page import add_book
from queries.desk.questions import desk, duties

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
add_book(router, desk, "desk.html")
add_book(router, duties, "duties.html")

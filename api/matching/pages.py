"""The page of matching: suppliers for a need in words."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.page import VisitDep
from queries.matching.questions import match
from queries.matching.tables import table_of_match

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/match")
def show_match(visit: VisitDep, need: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Show which firms can meet a need in a few words, and why."""
    answer = match.ask(visit.view, need) if need.strip() else None
    table = None if answer is None else table_of_match(answer)
    return visit.render("match.html", need, need=need, answer=answer, table=table)

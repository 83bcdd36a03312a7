"""The journal as a page; a change that was made is taken back there."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.forms import FormDep, see
from api.core.page import PageRequest, VisitDep, add_pages
from loaders.history import undo
from queries.audit.answers import Ended, LoggedAction
from queries.audit.questions import audit
from queries.audit.tables import is_told, table_of_actions, time_of

MOST_UNDONE = 100  # of the latest actions that are offered to be taken back

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def _show(request: PageRequest, answer: Sequence[LoggedAction]) -> Response:
    faults = request.view.store.journal().known().faults
    asked = {name: request.request.query_params.get(name, "") for name in ("since", "thing", "who", "ended")}
    values = {
        "latest": [action for action in answer[:MOST_UNDONE] if action.change],
        "faults": faults,
        "asked": asked,
        "ends": list(Ended),
        "time_of": time_of,
        "is_told": is_told,
    }
    return request.render("audit.html", "操作记录", table=table_of_actions(answer), **values)


add_pages(router, audit, _show)


@router.post("/audit/undo")
def take_back(visit: VisitDep, form: FormDep) -> Response:
    """Take a change back."""
    person = visit.person
    undo(visit.store, form.get("change", ""), person.name, form.get("why", ""), person.role)
    return see(visit.links.page("/audit"))

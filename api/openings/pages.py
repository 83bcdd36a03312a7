"""The pages of 卡位入链: the four lists of a chain or a leader, their workbook,
suppliers for a need in words, the ledger."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.forms import FormDep, see
from api.core.page import PageRequest, VisitDep, add_book, add_pages
from api.openings.workbooks import make_workbook
from graph.errors import LianzhangError
from loaders.matches import record_step
from queries.openings.answers import STAGES, Met, Opportunities
from queries.openings.glance import at_a_glance
from queries.openings.questions import city_needs, ledger, opportunities
from queries.openings.tables import MEANINGS, table_of_ledger, tables_of_openings

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

NameQuery = Annotated[str, Query(max_length=300)]


def _send(_: PageRequest, answer: Opportunities) -> Response:
    name = quote(f"卡位入链清单-{answer.subject.name}.xlsx", safe="")
    return Response(
        make_workbook(answer),
        media_type=WORKBOOK,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def _show(visit: PageRequest, answer: Opportunities) -> Response:
    links, subject, kind = visit.links, answer.subject, "chains" if answer.label == "Chain" else "enterprises"
    base = f"/{kind}/{quote(subject.id, safe='')}/opportunities"
    addresses = {
        "subject": links.to(kind, subject.id),
        "xlsx": links.page(f"{base}.xlsx"),
        "json": links.page(f"/api/v1{base}"),
        "ledger": links.page("/ledger", **{"chain" if kind == "chains" else "leader": subject.id}),
    }
    wanted = at_a_glance(answer.needs)
    values = {
        "tables": tables_of_openings(answer),
        "glance": {met: [need for need in wanted if need.met is met] for met in Met},
        "lists": answer.titles,
        "meanings_of": MEANINGS,
    }
    return visit.render("opportunities.html", answer.subject.name, answer=answer, addresses=addresses, **values)


add_pages(router, opportunities, _show, without="keys")
add_pages(router, opportunities, _send, ".xlsx", without="keys")
add_book(router, city_needs, "needs.html")


@router.get("/ledger")
def show_ledger(visit: VisitDep, leader: NameQuery = "", chain: NameQuery = "", firm: NameQuery = "") -> Response:
    """Show the ledger: each match as a line of dated steps."""
    words = {"leader": leader or None, "chain": chain or None, "firm": firm or None}
    answer = ledger.put(visit.view, ledger.find(visit.view, words))
    about = f"匹配台账-{answer.subject.name}" if answer.subject else "匹配台账"
    return visit.render("ledger.html", about, answer=answer, table=table_of_ledger(answer), **_form({}))


@router.post("/ledger")
def take_step(visit: VisitDep, form: FormDep) -> Response:
    """Keep a step of a match; where that cannot be, say why beside what was written."""
    person = visit.person
    try:
        record_step(visit.store, {"handled_by": person.name, **form}, person.name, person.role)
    except LianzhangError as error:
        answer = ledger.put(visit.view, {})
        page = visit.render(
            "ledger.html", "匹配台账", answer=answer, table=table_of_ledger(answer), **_form(form, error)
        )
        page.status_code = error.status
        return page
    return see(visit.links.page("/ledger"))


def _form(written: Mapping[str, str], error: LianzhangError | None = None) -> dict[str, Any]:
    return {"written": written, "stages": STAGES, "problem": error.message if error else ""}

"""The pages of the weak links: certificates, what if, the rules."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.page import PageRequest, VisitDep, add_pages
from api.gaps.certificates import certificate_file
from api.pictures.curves import draw_served
from graph.errors import LianzhangError
from queries.city.facts import Facts
from queries.gaps.answers import Certificate
from queries.gaps.names import find_landing
from queries.gaps.questions import certificate
from queries.gaps.tables import table_ranking, tables_of_certificate, tables_of_what_if
from queries.gaps.weak_links import examine
from queries.gaps.what_if import what_if
from queries.gaps.words import WHY
from queries.names.search import find_enterprise

NEW_FIRM = "新企业"
OFFERED = 100  # firms, and products, that the fields of the form offer; any other can be typed
FIELDS = 2  # empty fields of each kind that the form has at least

Found = TypeVar("Found")

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

NamesQuery = Annotated[list[str], Query(max_length=50)]


def _show_certificate(visit: PageRequest, answer: Certificate) -> Response:
    tables = tables_of_certificate(answer)
    links, id, names = visit.links, answer.chain_id, {"place": answer.id}
    addresses = {
        "chain": links.to("chains", id),
        "thing": links.thing(answer.label, answer.id),
        "file": links.of_chain(id, "certificate.html", **names),
        "json": "/api/v1" + links.of_chain(id, "certificate", **names),
        "what_if": links.of_chain(id, "what-if", land=f"{NEW_FIRM}:{answer.name}") if answer.label == "Product" else "",
    }
    return visit.render("certificate.html", answer.name, answer=answer, tables=tables, addresses=addresses)


def _send_certificate(_: PageRequest, answer: Certificate) -> Response:
    name = quote(f"{WHY[answer.judgement.state]}-{answer.chain}-{answer.name}.html", safe="")
    return HTMLResponse(
        certificate_file(answer), headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )


add_pages(router, certificate, _show_certificate)
add_pages(router, certificate, _send_certificate, ".html")


@dataclass
class Inputs:
    """The fields of one kind of the what-if form: what was typed, what it means, and what is wrong with it."""

    texts: list[str]
    errors: dict[str, LianzhangError] = field(default_factory=dict)

    @property
    def fields(self) -> list[str]:
        """Return the texts of the fields to show, with empty ones after them."""
        return [*self.texts, *[""] * max(1, FIELDS - len(self.texts))]


def _read(texts: list[str], find: Callable[[str], Found]) -> tuple[Inputs, list[Found]]:
    """Return what the filled fields mean, each with its own error."""
    inputs, things = Inputs(list(dict.fromkeys(text.strip() for text in texts if text.strip()))), []
    for text in inputs.texts:
        try:
            things.append(find(text))
        except LianzhangError as error:
            inputs.errors[text] = error
    return inputs, things


@router.get("/chains/{id:id}/what-if")
def show_what_if(id: str, visit: VisitDep, remove: NamesQuery = [], land: NamesQuery = []) -> Response:  # noqa: B006
    """Show a chain before and after firms leave and others land."""
    facts = examine(visit.view, id).facts
    leaving, removed = _read(remove, lambda text: find_enterprise(visit.view, text))
    landing, landed = _read(land, lambda text: find_landing(visit.view, text))
    values = {"chain": facts.chain, "leaving": leaving, "landing": landing}
    leave = sorted(firm.name for id, firm in facts.firms.items() if facts.local(id))
    values |= {"firms": leave[:OFFERED], "goods": _goods(facts)[:OFFERED]}
    errors = [*leaving.errors.values(), *landing.errors.values()]
    if errors or not (removed or landed):
        return visit.render(
            "what_if.html", facts.chain.name, status=errors[0].status if errors else 200, answer=None, **values
        )
    answer = what_if(visit.view, id, removed, landed)
    sides = (("before", "之前", answer.before), ("after", "之后", answer.after)) if answer.before.risk else ()
    rankings = [table_ranking(f"if-risk-{name}", title, side.risk) for name, title, side in sides]
    values |= {"tables": tables_of_what_if(answer), "rankings": rankings}
    chart = draw_served(answer.before.served, answer.after.served)
    return visit.render("what_if.html", facts.chain.name, answer=answer, chart=chart, **values)


def _goods(facts: Facts) -> list[tuple[str, int]]:
    """Return the chain's products with how many local firms make them, those that nobody makes first."""
    goods = [(place.name, len(facts.makers.get(place.id, ()))) for place in facts.places if place.label == "Product"]
    return sorted(dict(goods).items(), key=lambda item: item[1])

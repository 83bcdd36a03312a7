"""The page 摸底: where to look, and what was found, ticked."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.forms import FormDep, see
from api.core.page import VisitDep
from api.coverage.doing import NONE, take_look
from graph.errors import InputError, LianzhangError
from loaders.history import undo
from loaders.looks import look_id, tags_of_looks
from queries.coverage.answers import OPEN, LookedFor, LookState, PlaceCoverage
from queries.coverage.questions import coverage
from queries.coverage.tables import table_of_chains, table_of_coverage, table_of_products
from queries.things.chains import list_chains

MOST_SHOWN = 15  # segments of all chains that the page lists
FOUND = {"no": "查过没有", "yes": "查过有这些", NONE: "没查过"}

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
LookWord = Annotated[str, Query(max_length=700)]


@router.get("/coverage")
def show_coverage(visit: VisitDep, chain: LookWord = "") -> Response:
    """Show what was looked for of each chain, and where to go next; a chain that is asked for has its own page."""
    return see(visit.links.of_chain(chain, "coverage")) if chain else _page(visit, {"chain": "", "place": ""})


@router.get("/chains/{chain:id}/coverage")
def show_coverage_of(
    visit: VisitDep, chain: str, place: LookWord = "", done: LookWord = "", change: LookWord = ""
) -> Response:
    """Show what was looked for of a chain, each segment and product to be ticked."""
    return _page(visit, {"chain": chain, "place": place}, done=done, change=change)


@router.post("/coverage")
def take_tick(visit: VisitDep, form: FormDep) -> Response:
    """Keep what somebody ticks of a segment or a product, or take the last tick back."""
    asked, person = {"chain": form.get("chain", ""), "place": ""}, visit.person
    try:
        if form.get("undo"):
            undo(visit.store, form["undo"], person.name, role=person.role)
            return see(_address(visit, asked["chain"], done="undone"))
        found, _, place = form.get("look", "").partition("~")
        if found not in FOUND or not place:
            raise InputError("没有选查过没有、查过有这些或没查过")
        told = {name: form.get(name, "").strip() for name in ("by", "as_of", "universe", "method")}
        seen = form.get(f"seen:{look_id(place, told['universe'])}", "" if found != NONE else None)
        named, done = take_look(visit.store, person, place, found, seen=seen, **told)
    except LianzhangError as error:
        page = _page(visit, asked, problem=error.message)
        page.status_code = error.status
        return page
    change = done.change if done.outcome == "changed" else ""
    return see(_address(visit, asked["chain"], place=named.id, done=found, change=change) + "#told")


def _address(visit: VisitDep, chain: str, **more: str) -> str:
    return visit.links.of_chain(chain, "coverage", **more) if chain else visit.links.page("/coverage")


def _page(visit: VisitDep, asked: Mapping[str, str], **values: Any) -> Response:
    answer = coverage.put(visit.view, coverage.find(visit.view, {"chain": asked["chain"] or None}))
    one = answer.chains[0] if asked["chain"] else None
    shown = answer.segments if one else answer.segments[:MOST_SHOWN]
    about = {product.place.id: product for segment in shown for product in (segment, *segment.products)}
    values |= {"answer": answer, "asked": asked, "chain": one, "shown": shown, "told": about.get(asked["place"])}
    tables = {"segments": table_of_coverage(answer), "chains": table_of_chains(answer)}
    return visit.render(
        "coverage.html",
        f"摸底：{one.chain.name}" if one else "摸底",
        sentence=_sentence(answer),
        chains=list_chains(visit.view),
        tables=tables | ({"products": table_of_products(answer)} if one else {}),
        seen=tags_of_looks(visit.store, about),
        today=date.today().isoformat(),
        me=visit.person.name,
        found_zh=FOUND,
        how=how,
        open=OPEN,
        **values,
    )


def _sentence(answer: LookedFor) -> str:
    segments = sum(one.segments for one in answer.chains)
    looked = sum(one.segments_looked for one in answer.chains)
    products, known = (sum(getattr(one, name) for one in answer.chains) for name in ("products", "products_looked"))
    first = next((one for one in answer.segments if one.open), None)
    if not segments:
        return "图里还没有产业链。"
    begun = f"{looked}/{segments} 个环节、{known}/{products} 种产品查过"
    if first is None:
        soonest = min((one.due for one in answer.segments if one.due), default="")
        return "都查过了" + (f"，最早的 {soonest} 到期。" if soonest else "。")
    return f"{begun}；先查{first.place.name}：{'，'.join(first.why[:2])}。"


def how(place: PlaceCoverage) -> str:
    """Return who looked last at a place, among which firms, and when."""
    among = f"只查了{place.universe}" if place.universe else ""
    until = f"{place.due} 到期" if place.due and place.state is LookState.due else ""
    return "，".join(filter(None, (place.as_of, place.by, place.method, among, until)))

"""The page 上链审核: the places that were inferred, to be accepted or refused, many at once."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup, escape

from api.core.forms import FormDep, see
from api.core.page import VisitDep
from api.placing.doing import place_graph
from graph.errors import InputError, LianzhangError
from loaders.placements import Verdict, judge_places
from queries.placing.answers import InferredPlacement, PlacementOf, Placements, PlacementState, Sureness
from queries.placing.questions import placements
from queries.placing.tables import table_of_placements
from queries.things.chains import list_chains

MOST_SHOWN = 50  # on a page, and judged at once
VERDICTS: dict[Verdict, str] = {"accept": "采纳", "refuse": "不收", "undo": "撤销"}
FILTERS = ("chain", "level", "state", "of")
_quoted = re.compile("“([^”]+)”")

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
RegisterWord = Annotated[str, Query(max_length=300)]
Judged = Annotated[list[str], Query(max_length=MOST_SHOWN)]


@router.get("/placements")
def show_placements(
    visit: VisitDep,
    chain: RegisterWord = "",
    level: RegisterWord = "",
    state: RegisterWord = "",
    of: RegisterWord = "",
    verdict: RegisterWord = "",
    judged: Judged = [],  # noqa: B006  # read only
) -> Response:
    """Show the places that wait for somebody, or those in a state; and what was judged just now."""
    asked = {"chain": chain, "level": level, "state": state, "of": of}
    return _page(visit, asked, verdict=verdict, judged=judged)


@router.post("/placements")
def take_verdict(visit: VisitDep, form: FormDep) -> Response:
    """Keep what somebody judges of the places that are ticked, or place the firms of the graph anew."""
    asked = {name: form.get(name, "") for name in FILTERS}
    if form.get("verdict") == "place":
        place_graph(visit.store, visit.person)
        return see(visit.links.page("/placements", **asked))
    ids = [value for name, value in form.items() if name.startswith("take")]
    try:
        verdict = next((each for each in VERDICTS if each == form.get("verdict")), None)
        if verdict is None or not ids:
            raise InputError("没有勾选要审的，或没有点采纳、不收、撤销")
        judge_places(visit.store, ids, verdict, visit.person.name, form.get("why", ""), visit.person.role)
    except LianzhangError as error:
        page = _page(visit, asked, problem=error.message)
        page.status_code = error.status
        return page
    return see(visit.links.page("/placements", **asked, verdict=verdict, judged=ids))


def _page(visit: VisitDep, asked: Mapping[str, str], **values: Any) -> Response:
    level = next((each for each in Sureness if each == asked["level"]), None)
    state = next((each for each in PlacementState if each == asked["state"]), None)
    of = next((each for each in PlacementOf if each == asked["of"]), None)
    found = placements.find(visit.view, {"chain": asked["chain"] or None})
    answer = placements.put(visit.view, found | {"level": level, "state": state, "of": of})
    shown = answer.placements[:MOST_SHOWN]
    values |= {"answer": answer, "asked": asked, "shown": shown, "table": table_of_placements(answer)}
    values |= {
        "levels": list(Sureness),
        "states": list(PlacementState),
        "of_what": list(PlacementOf),
        "verdicts": VERDICTS,
        "marked": marked,
    }
    return visit.render(
        "placements.html",
        "上链审核",
        sentence=_sentence(answer),
        chains=list_chains(visit.view),
        groups=_by_firm(shown),
        **values,
    )


def _sentence(answer: Placements) -> str:
    if not sum(answer.counts.values()):
        return "还没有把企业放上链。"
    counts = ((answer.firms, "家企业"), (answer.parts, "个零件"))
    waiting = "、".join(f"{count:,} {unit}" for count, unit in counts if count)
    if not waiting:
        return "都审完了。"
    first = f"，先审把握在中间的 {answer.middle:,} 项" if answer.middle else ""
    return f"还有 {waiting}等审核{first}。"


def _by_firm(shown: Sequence[InferredPlacement]) -> list[list[InferredPlacement]]:
    groups: dict[str, list[InferredPlacement]] = {}
    for one in shown:
        groups.setdefault(one.firm.id, []).append(one)
    return list(groups.values())


def marked(own: Sequence[InferredPlacement]) -> Markup:
    """Return a firm's scope with the words marked that placed it."""
    words = {word for one in own for word in _quoted.findall(one.why)}
    scope = str(escape(own[0].scope or ""))
    found = sorted((str(escape(word)) for word in words if word), key=len, reverse=True)
    if found:
        scope = re.sub("|".join(map(re.escape, found)), lambda match: f"<mark>{match[0]}</mark>", scope)
    return Markup(scope)  # escaped above

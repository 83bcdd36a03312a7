"""The first page: what to do this week; all gaps, and all chains as strips of their products."""

from functools import partial

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.page import PageRequest, VisitDep
from api.core.patience import Patience
from api.core.templating import environment
from queries.gaps.words import tell_under_way
from queries.week.answers import TileMark, Week
from queries.week.chain import by_segment
from queries.week.tables import hangs, table_of_chains, tables_of_week, tell_who
from queries.week.week import week

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

FIRST = 14  # gaps of the first page, in their segments
FEW = 4  # rows of what stands beside them
SECONDS = 1.5  # that a page waits for what may take longer
MARK_MEANING = {
    TileMark.missing: "查过，没有",
    TileMark.mending: "缺，有项目",
    TileMark.weak: "有，不够",
    TileMark.strong: "够用",
    TileMark.unknown: "不知道有没有",
    TileMark.suspected: "像是缺",
    TileMark.unlisted: "不算缺",
}
patience = Patience()
environment().globals |= {
    "mark_meaning": MARK_MEANING,
    "hangs": hangs,
    "tell_under_way": tell_under_way,
    "tell_who": tell_who,
}


def _soon(visit: PageRequest) -> Week | None:
    """Return the answer, or None where it takes a while; it is made meanwhile."""
    view = visit.view
    return patience.wait((view.store.url, view.version, view.scope), partial(week, view), SECONDS)


def _wait(visit: PageRequest) -> Response:
    answer = visit.render("wait.html", title="本周要办")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/")
def show_week(visit: VisitDep) -> Response:
    """Show what to do this week, the worst gap first."""
    if visit.view.version == "empty":
        return visit.render("week.html", answer=None)
    answer = _soon(visit)
    if answer is None:
        return _wait(visit)
    groups = by_segment(answer.gaps[:FIRST])
    segments = {one.segment.id: one for chain in answer.chains for one in chain.segments}
    return visit.render("week.html", answer=answer, groups=groups, segments=segments, few=FEW)


@router.get("/gaps")
def show_gaps(visit: VisitDep) -> Response:
    """Show all gaps, the most pressing first, and what else is to be done."""
    answer = week(visit.view)
    return visit.render("gaps.html", "最该补的缺口", answer=answer, tables=tables_of_week(answer))


@router.get("/chains")
def show_all(visit: VisitDep) -> Response:
    """Show every chain as a strip of its products, and as a table."""
    answer = week(visit.view)
    return visit.render("all_chains.html", "产业链", answer=answer, table=table_of_chains(answer))

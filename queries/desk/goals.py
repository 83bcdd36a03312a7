"""The city's goal: so many large or leading projects a chain a year; kept, missed or not known.

A project counts in the year in which it was signed. Missed is said only of a year that is over and for which the
chain's list of projects is declared complete, where no project that may count could make up for the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from queries.city.answers import ProjectRow
from queries.city.office import OfficeRules
from queries.city.projects import ENDED
from queries.core.answers import Named, weakest
from queries.core.days import first_day, last_day
from queries.core.reason import Reason
from queries.desk.answers import GoalProject, GoalRow, GoalScope, GoalState
from queries.desk.catalogue import say

CURRENCIES = {"USD": "美元"}
UNSIGNED = ("线索", "洽谈")
BEGUN = ("开工", "在建", "投产")  # stages that a project reaches after it is signed


@dataclass(frozen=True)
class Complete:
    """From when to when a list of projects is declared to have every one that was signed."""

    start: date
    end: date
    status: str
    source: str


@dataclass(frozen=True)
class Period:
    """A year, a half of it, or a district in it; the goal is set for the first alone."""

    scope: GoalScope
    name: str
    start: date
    end: date

    def holds(self, project: GoalProject) -> bool:
        """Tell whether a project was signed in it for sure."""
        signed = project.signed_on
        return signed is not None and self.start <= first_day(signed) and last_day(signed) <= self.end

    def may_hold(self, project: GoalProject) -> bool:
        """Tell whether a project may have been signed in it."""
        signed = project.signed_on
        if signed is None:
            return project.signed_by is None or self.start <= last_day(project.signed_by)
        return first_day(signed) <= self.end and self.start <= last_day(signed)


def judge_project(project: ProjectRow, today: date, rules: OfficeRules) -> GoalProject:
    """Return whether a project counts for the goal, and why; nothing is taken for known that is not written."""
    signed, why_signed = _signed(project, today)
    large, why_large = _large(project, rules)
    counts = False if signed is False or large is False else True if signed and large else None
    return _as_row(project, counts, [reason for reason in (why_large, why_signed) if reason is not None])


def without_goal(project: ProjectRow) -> GoalProject:
    """Return a project where no goal is known that it could count for."""
    return _as_row(project, None, [])


def _as_row(project: ProjectRow, counts: bool | None, why: list[Reason]) -> GoalProject:
    return GoalProject(
        project=Named(id=project.id, name=project.name),
        regions=project.regions,
        signed_on=project.signed_on,
        signed_by=min(
            (step.on for step in project.steps if step.on and step.stage in BEGUN), key=last_day, default=None
        ),
        amount_original=project.amount_original,
        yuan=project.yuan,
        counts=counts,
        why=why,
        status=project.status,
        source=project.source,
        place=project.place,
    )


def _signed(project: ProjectRow, today: date) -> tuple[bool | None, Reason | None]:
    if project.stage == ENDED:
        return False, say("goal_ended")
    if project.signed_on:
        over = first_day(project.signed_on) <= today
        return over, None if over else say("goal_future")
    return (False, say("goal_unsigned")) if project.stage in UNSIGNED else (None, say("goal_undated"))


def _large(project: ProjectRow, rules: OfficeRules) -> tuple[bool | None, Reason]:
    if project.flagship:
        return True, say("goal_flagship")
    if project.amount is None:
        return None, say("goal_no_amount")
    if project.yuan is None:
        return None, say(
            "goal_no_rate", currency=CURRENCIES.get(project.currency, project.currency)
        ) if project.currency else say("goal_no_currency")
    least = rules.goal.yuan.value
    if project.yuan >= least:
        return True, say("goal_large", least=least / 1e8)
    if project.flagship is None:
        return None, say("goal_unsaid", least=least / 1e8)
    return False, say("goal_small", least=least / 1e8)


@dataclass(frozen=True)
class Known:
    """What a goal is judged by: the projects, of which lists are complete, the day, the rules."""

    projects: Sequence[GoalProject]
    lists: Sequence[Complete]
    today: date
    rules: OfficeRules


def judge_goal(known: Known) -> list[GoalRow]:
    """Return what is known of each year, the present one and the latest first, with its halves and districts."""
    projects, lists, today, rules = known.projects, known.lists, known.today, known.rules
    dated = [project.signed_on for project in projects if project.signed_on and project.counts is not False]
    years = {today.year} | {first_day(day).year for day in dated}
    years |= {year for listed in lists for year in range(listed.start.year, listed.end.year + 1)}
    wanted = [year for year in sorted(years, reverse=True) if rules.goal.first_year.value <= year <= today.year]
    return [row for year in wanted for row in _of_year(year, known)]


def _of_year(year: int, known: Known) -> Iterator[GoalRow]:
    start, end = date(year, 1, 1), date(year, 12, 31)
    whole = Period(GoalScope.chain, f"{year} 年", start, end)
    yield _judge(whole, known)
    if not any(
        whole.may_hold(project) and project.signed_on for project in known.projects if project.counts is not False
    ):
        return
    yield _judge(Period(GoalScope.half, f"{year} 年上半年", start, date(year, 6, 30)), known)
    if date(year, 7, 1) <= known.today:
        yield _judge(Period(GoalScope.half, f"{year} 年下半年", date(year, 7, 1), end), known)
    regions = {region.id: region.name for project in known.projects for region in project.regions}
    for id, name in sorted(regions.items()):
        own = [project for project in known.projects if any(region.id == id for region in project.regions)]
        row = _judge(Period(GoalScope.district, f"{year} 年 {name}", start, end), replace(known, projects=own))
        if name != known.rules.goal.city and (row.counted or row.possible):
            yield row


def _judge(period: Period, known: Known) -> GoalRow:
    within = [project for project in known.projects if project.counts is not False and period.may_hold(project)]
    counted = [project for project in within if project.counts and period.holds(project)]
    possible = [project for project in within if project not in counted]
    complete = next(
        (listed for listed in known.lists if listed.start <= period.start and period.end <= listed.end), None
    )
    state, reason = _state(period, len(counted), len(possible), complete is not None, known)
    rests = [(project.status, project.source) for project in counted]
    if state is GoalState.missed and complete is not None:
        rests.append((complete.status, complete.source))
    return GoalRow(
        scope=period.scope,
        name=period.name,
        year=period.start.year,
        counted=[project.project for project in counted],
        possible=[project.project for project in possible],
        state=state,
        reason=reason,
        status=weakest(status for status, _ in rests),
        sources=list(dict.fromkeys([*(source for _, source in rests), known.rules.goal.source])),
    )


def _state(period: Period, counted: int, possible: int, complete: bool, known: Known) -> tuple[GoalState, Reason]:
    needed = int(known.rules.goal.projects.value)
    told = {"count": counted, "needed": needed}
    if counted >= needed:
        return GoalState.kept, say("goal_kept", **told)
    if period.scope is not GoalScope.chain:
        return GoalState.unknown, say("goal_part", **told)
    if known.today <= period.end:
        return GoalState.unknown, say("goal_going", **told)
    if not complete:
        return GoalState.unknown, say("goal_incomplete", **told)
    if counted + possible >= needed:
        return GoalState.unknown, say("goal_possible", possible=possible, **told)
    return GoalState.missed, say("goal_missed_anyway", possible=possible, **told) if possible else say(
        "goal_missed", **told
    )

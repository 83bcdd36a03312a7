"""The projects of a city: how far each is, its amount in yuan where a rate is stated, its dated steps."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from graph.model.nodes import STAGES
from queries.city.answers import ProjectRow, ProjectStep
from queries.city.city import City
from queries.city.local import regions_above
from queries.city.office import OfficeRules, read_office
from queries.city.ties import Tied, read_tied
from queries.core.days import after_months, first_day, last_day
from queries.core.shipped import Threshold
from queries.core.view import View

SIGNED, AT_WORK, ENDED = "签约", "投产", "终止"
BUILT = ("开工", "在建", AT_WORK)
ORDER = {stage: place for place, stage in enumerate(STAGES.choices)}


def read_projects(view: View) -> list[ProjectRow]:
    """Return all projects to be seen, by id; of those that are no samples without what samples say of them."""
    return view.once("projects", lambda: make_projects(view, read_office()))


def projects_under_way(
    view: View, city: City, homes: Iterable[str], months: Threshold
) -> dict[str, tuple[ProjectRow, ...]]:
    """Return the projects that are signed and not longer than so many months at work, as of the day, by the segments
    that they will fill: those in the regions that are home, or of which no region is said."""
    above, own = regions_above(city), {*homes}
    coming: dict[str, list[ProjectRow]] = defaultdict(list)
    for project in read_projects(view):
        regions = [region.id for region in project.regions]
        here = not own or not regions or any(above.get(region, set()) & own for region in regions)
        stage = _stage_on(project, city.today)
        going = stage and ORDER[SIGNED] <= ORDER[stage] < ORDER[AT_WORK]
        if here and (going or (stage == AT_WORK and _fresh(project, city.today, months))):
            for segment in project.segments:
                coming[segment.id].append(project.model_copy(update={"stage": stage}))
    return {segment: tuple(projects) for segment, projects in coming.items()}


def _stage_on(project: ProjectRow, today: str) -> str | None:
    """Return how far a project is on a day: what is dated later is planned, and what was taken up again goes on."""
    day = date.fromisoformat(today)
    dated = {step.stage: first_day(step.on) for step in project.steps if step.on}
    reached = [step.stage for step in project.steps if not step.on or first_day(step.on) <= day]
    stage = project.stage
    if stage in dated and stage not in reached:
        stage = max(reached, key=ORDER.__getitem__, default=None)
    if stage == ENDED and ENDED in dated:
        again = [later for later, on in dated.items() if dated[ENDED] < on <= day]
        stage = max(again, key=ORDER.__getitem__, default=stage)
    return stage


def _fresh(project: ProjectRow, today: str, months: Threshold) -> bool:
    """Tell whether a project went to work within so many months: who looked before may have found nobody."""
    began = [last_day(step.on) for step in project.steps if step.stage == AT_WORK and step.on]
    return bool(began) and after_months(max(began), round(months.value)) >= date.fromisoformat(today)


def is_uncertain(project: ProjectRow, today: str, months: Threshold) -> bool:
    """Tell whether a project may not come: nothing was heard of it for so many months, or it is only signed or planned
    and not known since when; what is being built and expected later is sure."""
    day = date.fromisoformat(today)
    heard = [last_day(step.on) for step in project.steps if step.on and first_day(step.on) <= day]
    if project.stage in BUILT:
        if project.expected_on and last_day(project.expected_on) >= day:
            return False
        return bool(heard) and after_months(max(heard), round(months.value)) < day
    if project.stage != SIGNED and not project.signed_on:
        return True
    return not heard or after_months(max(heard), round(months.value)) < day


def make_projects(view: View, rules: OfficeRules) -> list[ProjectRow]:
    """Return all projects under some rules."""
    out, into = ("ON_CHAIN", "LOCATED_IN", "FILLS", "SIGNED_AT"), ("INVESTS_IN", "PROGRESS_OF")
    return [_project(project, rules) for project in read_tied(view, "Project", out, into)]


def _project(tied: Tied, rules: OfficeRules) -> ProjectRow:
    thing, steps = tied.thing, sorted(_steps(tied), key=_step_order)
    stages = {stage for stage in (thing.get("stage"), *(step.stage for step in steps)) if stage}
    stage = max(stages, key=ORDER.__getitem__, default=None)
    return ProjectRow(
        id=thing["id"],
        name=thing["name"],
        stage=stage,
        since=next((step.on for step in steps if step.stage == stage and step.on), None),
        signed_on=next((step.on for step in steps if step.stage == SIGNED and step.on), None),
        expected_on=thing.get("expected_on"),
        amount=thing.get("amount"),
        currency=thing.get("currency"),
        amount_original=thing.get("amount_original"),
        yuan=rules.yuan(thing.get("amount"), thing.get("currency")),
        flagship=thing.get("flagship"),
        steps=steps,
        chains=tied.named("ON_CHAIN"),
        regions=tied.named("LOCATED_IN"),
        segments=tied.named("FILLS"),
        investors=tied.named("INVESTS_IN"),
        status=thing["status"],
        source=thing["source"],
        place=thing.get("place"),
    )


def _steps(tied: Tied) -> list[ProjectStep]:
    """Return the recorded steps, and a signing at each event where it was signed."""
    recorded = (tie.other for tie in tied.by("PROGRESS_OF"))
    steps = [_step(step, step["stage"], step.get("happened_on"), step.get("handled_by")) for step in recorded]
    signings = tied.by("SIGNED_AT")
    return steps + [_step(at.relation, SIGNED, at.other.get("started_on"), at.other["name"]) for at in signings]


def _step(proof: Mapping[str, Any], stage: str, on: str | None, by: str | None) -> ProjectStep:
    own = {name: proof.get(name) for name in ("status", "source", "place")}
    return ProjectStep(stage=stage, on=on, by=by, **own)


def _step_order(step: ProjectStep) -> tuple[date, int, str]:
    return first_day(step.on) if step.on else date.max, ORDER[step.stage], step.by or ""

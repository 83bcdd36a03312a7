"""The projects of a city: how far each is, its amount in yuan where a rate is stated, its dated steps."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from graph.model.nodes import STAGES
from queries.city.answers import ProjectRow, ProjectStep
from queries.city.office import OfficeRules, read_office
from queries.city.ties import Tied, read_tied
from queries.core.days import first_day
from queries.core.view import View

SIGNED, ENDED = "签约", "终止"
ORDER = {stage: place for place, stage in enumerate(STAGES.choices)}


def read_projects(view: View) -> list[ProjectRow]:
    """Return all projects to be seen, by id; of those that are no samples without what samples say of them."""
    return view.once("projects", lambda: make_projects(view, read_office()))


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

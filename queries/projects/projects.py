"""The projects of the city or of a chain, as the day of the view sees them; what is a sample stands apart."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from queries.city.answers import ProjectRow
from queries.city.city import read_city
from queries.city.lacking import lacking
from queries.city.office import read_office
from queries.city.projects import read_projects
from queries.core.answers import MissingRows, Named, count_statuses
from queries.core.days import first_day, last_day
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import GAPS, State
from queries.gaps.weak_links import weak_links
from queries.projects.answers import FilledSegment, Funnel, ProjectItem, ProjectRows, Projects
from queries.projects.catalogue import say
from queries.projects.funnel import add_up, make_funnel
from queries.projects.stages import FIELDS, OVER, fields_unwritten, show_sums, stand
from queries.things.things import sources_used


def make_projects_answer(view: View, chain: Named | None, stage: str | None, stalled: int | None) -> Projects:
    """Return the projects: of a chain, at a stage, without a step for so many days, where these are asked for."""
    asked = ("projects", chain.id if chain else None, stage, stalled)
    return view.once(asked, lambda: _make(view, chain, stage, stalled))


def _make(view: View, chain: Named | None, stage: str | None, stalled: int | None) -> Projects:
    on_chain = [project for project in _seen(view) if chain is None or any(on.id == chain.id for on in project.chains)]
    items = [_item(view, project, stalled) for project in on_chain]
    real, made_up = ([item for item in items if (item.status == "sample") is sample] for sample in (False, True))
    rows, samples = (_rows(some, stage, stalled) for some in (real, made_up))
    where = chain.name if chain else ""
    points = list(_tell(real, rows, (stage, stalled), where, bool(made_up)))
    proofs = [(item.status, item.source) for item in items]
    proofs += [(step.status, step.source) for item in items for step in item.steps]
    return Projects(
        chain=chain,
        stage=stage,
        stalled_days=stalled,
        as_of=view.scope.day,
        rules_version=read_office().version,
        verdict=f"{'；'.join(points)}。",
        points=points,
        missing=list(_missing(real, where)),
        samples=samples,
        rests_on=count_statuses(status for status, _ in proofs),
        sources=sources_used(view, [source for _, source in proofs]),
        **{name: getattr(rows, name) for name in ProjectRows.model_fields},
    )


def _seen(view: View) -> list[ProjectRow]:
    """Return the projects to be seen, without those that are only on chains of another city."""
    if not view.elsewhere:
        return read_projects(view)
    chains = {project.id: {chain.id for chain in project.chains} for project in read_projects(view.whole)}
    return [
        project
        for project in read_projects(view)
        if not chains[project.id] or chains[project.id] - view.elsewhere.keys()
    ]


def item_of(view: View, id: str) -> ProjectItem:
    """Return one project as the day of the view sees it."""
    return _item(view, next(project for project in read_projects(view) if project.id == id), None)


def _item(view: View, project: ProjectRow, stalled: int | None) -> ProjectItem:
    today, funnel = date.fromisoformat(view.scope.day), stand(project)
    come = [step for step in project.steps if step.on and first_day(step.on) <= today]
    last = max(come, key=lambda step: last_day(step.on or ""), default=None)
    quiet = max(0, (today - last_day(last.on)).days) if last and last.on else None
    late = (today - last_day(project.expected_on)).days if project.expected_on and funnel not in OVER else 0
    still = False if funnel in OVER else None if quiet is None or stalled is None else quiet >= stalled
    return ProjectItem(
        **{name: getattr(project, name) for name in ProjectRow.model_fields},
        funnel=funnel,
        fills=[_fill(view, segment) for segment in project.segments],
        last=last,
        quiet=quiet,
        stalled=still if stalled is not None else None,
        late=late if late > 0 else None,
    )


def _fill(view: View, segment: Named) -> FilledSegment:
    """Return a segment with its state now, by the weak links of its chain."""
    city = read_city(view)
    chains = city.going("PART_OF").select("from", "to").rows()
    home = next((chain for part, chain in chains if part == segment.id and chain in city.names["Chain"]), None)
    if home is None:
        return FilledSegment(segment=segment, chain=None, state=None, gap=None, status=None)
    judged = next(row for row in weak_links(view, home).segments if row.segment_id == segment.id)
    chain = Named(id=home, name=city.names["Chain"][home])
    gap = None if judged.state is State.unknown else judged.state in GAPS
    return FilledSegment(segment=segment, chain=chain, state=judged.state, gap=gap, status=judged.status)


def _rows(items: Sequence[ProjectItem], stage: str | None, stalled: int | None) -> ProjectRows:
    at = [item for item in items if _is_at(item, stage)]
    return ProjectRows(
        funnel=make_funnel(items),
        projects=sorted((item for item in at if stalled is None or item.stalled), key=_order),
        undated=[item for item in at if item.open and item.quiet is None],
    )


def _is_at(item: ProjectItem, stage: str | None) -> bool:
    return stage in (None, item.stage, str(item.funnel))


def _order(item: ProjectItem) -> tuple[bool, bool, int, str]:
    """What stands still the longest comes first, then what has no date, then what is over."""
    return not item.open, item.quiet is None, -(item.quiet or 0), item.id


def _tell(
    items: Sequence[ProjectItem], rows: ProjectRows, asked: tuple[str | None, int | None], where: str, samples: bool
) -> Iterator[Reason]:
    stage, stalled = asked
    if not items:
        yield say("none_but_samples" if samples else "none", where=where)
        return
    if stalled is not None:
        if rows.projects:
            worst = rows.projects[0]
            yield say("stalled", days=stalled, count=len(rows.projects), name=worst.name, quiet=worst.quiet)
        elif dated := sum(_is_at(item, stage) and item.open and item.quiet is not None for item in items):
            yield say("not_stalled", days=stalled, count=dated)
        else:
            yield say("never_dated", days=stalled) if rows.undated else say("nothing_open")
    if late := sum(item.late is not None for item in items):
        yield say("late", count=late)
    if rows.undated:
        yield say("undated", count=len(rows.undated))
    stages = "、".join(f"{row.stage} {row.projects}" for row in rows.funnel if row.projects)
    yield say("count", where=where, count=len(items), stages=stages)
    yield _tell_amount(items)
    if gaps := sum(any(fill.gap for fill in item.fills) for item in items):
        yield say("gaps", count=gaps)
    elif not any(item.fills for item in items):
        yield say("no_segment")


def _tell_amount(items: Sequence[ProjectItem]) -> Reason:
    """Return what the projects come to; what is given up is no investment to come, and is not added."""
    going = [item for item in items if item.funnel is not Funnel.ended]
    sums, ended = add_up(going), len(items) - len(going)
    if not sums:
        return say("no_amount")
    told = {"count": sum(total.projects for total in sums), "sums": show_sums(sums, "和 ")}
    return say("amount_without_ended", ended=ended, **told) if ended else say("amount", **told)


def _missing(items: Iterable[ProjectItem], where: str) -> Iterator[MissingRows]:
    """Yield which rows the graph lacks, and the form of each."""
    known = list(items)
    if not known:
        yield lacking("projects", "projects", say("lack_projects", where=where), say("lack_projects_why"))
        return
    if undated := sum(item.last is None for item in known):
        yield lacking("steps", "progress", say("lack_steps", count=undated), say("lack_steps_why"))
    empty = Counter(field for item in known for field in fields_unwritten(item))
    if fields := "、".join(f"{name} {empty[name]} 个" for name in FIELDS if empty[name]):
        yield lacking("fields", "projects", say("lack_fields", fields=fields), say("lack_fields_why"))

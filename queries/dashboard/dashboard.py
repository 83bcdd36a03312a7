"""The city at a glance, put together from the other questions; samples are left out of every number."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from queries.city.answers import Duty, ProjectRow
from queries.city.posts import read_posts
from queries.city.projects import read_projects
from queries.city.tasks import read_tasks
from queries.core.answers import ChainSummary, Named, count_statuses, weakest
from queries.core.reason import Reason
from queries.core.view import View
from queries.dashboard.answers import ChainLine, Dashboard, NeedLine, PublishedLine
from queries.dashboard.catalogue import say
from queries.dashboard.published import beside
from queries.desk.answers import WorkCounts
from queries.desk.told import count_work
from queries.gaps.answers import State
from queries.gaps.rules import read_rules
from queries.gaps.weak_links import examine
from queries.openings.answers import Met
from queries.openings.glance import city_needs
from queries.openings.ledger import ledger
from queries.projects.answers import Funnel, FunnelRow
from queries.projects.projects import make_projects_answer
from queries.things.chains import list_chains
from queries.things.things import sources_used

SIGNED = (Funnel.signed, Funnel.started, Funnel.running)
SAME = ("fig_same", "fig_bound")


def make_dashboard(view: View) -> Dashboard:
    """Return the city at a glance."""
    return view.once("dashboard", lambda: _make(view, view.real))


def _make(asked: View, view: View) -> Dashboard:
    projects, work = read_projects(view), read_tasks(view)
    recorded = ledger(view)
    chains, needs = list(_chains(view, projects)), list(_needs(view))
    stages = [stage for stage in make_projects_answer(view, None, None, None).funnel if stage.projects]
    published, counts = list(beside(view)), count_work(work)
    points = [*_tell_chains(chains), *_tell_projects(stages), *_tell_needs(needs)]
    points += [_tell_work(counts), *_tell_published(published)]
    proofs = [(row.status, row.source) for listed in (chains, projects, work, published) for row in listed]
    proofs += [(step.status, step.source) for match in recorded.matches for step in match.steps]
    return Dashboard(
        as_of=view.scope.day,
        city=view.city or "、".join(view.cities.values()),
        verdict="；".join(points) + "。",
        points=points,
        chains=chains,
        stages=stages,
        needs=needs,
        ledger=recorded.counts,
        work=counts,
        published=published,
        samples=_samples(asked, view),
        rules_version=read_rules().version,
        rests_on=count_statuses(status for status, _ in proofs),
        sources=sources_used(view, [source for _, source in proofs]),
    )


def _samples(asked: View, view: View) -> int:
    """Return how many rows are left out."""
    both = [(len(read_projects(side)), len(read_tasks(side)), len(ledger(side).matches)) for side in (asked, view)]
    return sum(whole - real for whole, real in zip(*both, strict=True))


def _chains(view: View, projects: Sequence[ProjectRow]) -> Iterator[ChainLine]:
    on_chain = Counter(chain.id for project in projects for chain in project.chains)
    work = {
        chain.id: [task for task in read_tasks(view) if any(on.id == chain.id for on in task.chains)]
        for chain in list_chains(view)
    }
    heads: dict[str, list[str]] = defaultdict(list)
    for post in read_posts(view):
        if post.current and post.duty is Duty.head and not post.collective:
            heads[post.subject.id].append(post.agency.name)
    for chain in list_chains(view):
        yield _chain(view, chain, on_chain[chain.id], count_work(work[chain.id]), "、".join(heads[chain.id]))


def _chain(view: View, chain: ChainSummary, projects: int, work: WorkCounts, head: str) -> ChainLine:
    judged = [verdict for verdict in examine(view, chain.id).verdicts if verdict.place.label == "Product"]
    states = Counter(verdict.state for verdict in judged)
    gaps = [verdict for verdict in judged if verdict.state in (State.missing, State.weak)]
    worst = min(gaps, key=lambda gap: (gap.state.order, -(gap.score or 0), gap.place.id), default=None)
    return ChainLine(
        chain=Named(id=chain.id, name=chain.name),
        missing=states[State.missing],
        weak=states[State.weak],
        strong=states[State.strong],
        unknown=states[State.unknown],
        worst=Named(id=worst.place.id, name=worst.place.name) if worst else None,
        projects=projects,
        work=work.items,
        overdue=work.overdue,
        head=head,
        status=chain.status,
        source=chain.source,
        place=chain.place,
    )


def _needs(view: View) -> Iterator[NeedLine]:
    wanted = city_needs(view).needs
    for met in Met:
        rows = [need for need in wanted if need.met is met]
        status = weakest(need.status for need in rows)
        yield NeedLine(met=met, products=len(rows), recorded=sum(need.recorded for need in rows), status=status)


def _tell_chains(chains: Sequence[ChainLine]) -> Iterator[Reason]:
    known = [chain for chain in chains if chain.missing or chain.weak]
    if not chains:
        yield say("no_chains")
    elif known:
        missing, weak = sum(chain.missing for chain in known), sum(chain.weak for chain in known)
        yield say("gaps", chains=len(chains), known=len(known), missing=missing, weak=weak)
    else:
        yield say("no_gaps", chains=len(chains))
    if count := sum(chain.unknown for chain in chains):
        yield say("unknown", count=count)


def _tell_projects(stages: Sequence[FunnelRow]) -> Iterator[Reason]:
    signed = sum(stage.projects for stage in stages if stage.stage in SIGNED)
    count = sum(stage.projects for stage in stages)
    ended = sum(stage.projects for stage in stages if stage.stage is Funnel.ended)
    told = {"count": count, "signed": signed}
    if not count:
        yield say("no_projects")
    else:
        yield say("projects_ended", ended=ended, **told) if ended else say("projects", **told)


def _tell_needs(needs: Sequence[NeedLine]) -> Iterator[Reason]:
    count = sum(need.products for need in needs)
    met = sum(need.products for need in needs if need.met is not Met.none)
    recorded = sum(need.recorded for need in needs)
    if not count:
        yield say("no_needs")
    elif 0 < recorded < count:
        yield say("needs", count=count, met=met, recorded=recorded)
    else:
        yield say("needs_recorded" if recorded else "needs_inferred", count=count, met=met)


def _tell_work(counts: WorkCounts) -> Reason:
    if counts.overdue or counts.blocked:
        return say("overdue", count=counts.overdue, blocked=counts.blocked)
    if counts.open:
        return say("calm", count=counts.open)
    return say("all_done", count=counts.items) if counts.items else say("no_work")


def _tell_published(published: Sequence[PublishedLine]) -> Iterator[Reason]:
    same = sum(line.difference.code in SAME for line in published)
    if published:
        yield say("published", count=len(published), same=same)

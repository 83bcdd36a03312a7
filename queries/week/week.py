"""What to do this week, put together from what is said first of every chain, the ledger, the projects, what waits."""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from queries.city.city import read_city
from queries.core.answers import Named
from queries.core.days import last_day
from queries.core.reason import Reason
from queries.core.shipped import Strict, Threshold, read_shipped
from queries.core.view import View
from queries.gaps.answers import State
from queries.gaps.rules import read_rules as gap_rules
from queries.names.same_firms import doubts
from queries.openings.answers import Match, Stage
from queries.openings.ledger import ledger
from queries.placing.review import list_placements
from queries.projects.answers import ProjectItem
from queries.projects.projects import make_projects_answer
from queries.things.chains import list_chains
from queries.week.answers import Counts, LookAt, OnSamples, PressingGap, Standstill, ToJudge, Week
from queries.week.catalogue import say
from queries.week.chain import OfChain, add_up, chain_week, in_hand, in_order, rank, tell_leaders

GOING = (Stage.needed, Stage.recommended, Stage.answered, Stage.talking)
WITHOUT_REASON = "remark_dropped_without_reason"


class WeekRules(Strict):
    """What counts as standing still, in days."""

    version: str
    still: Threshold


@cache
def read_rules() -> WeekRules:
    """Return the rules that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(WeekRules, "week/rules.toml")


def week(view: View, top: int | None = None) -> Week:
    """Return what to do this week, with the first ``top`` gaps."""
    whole = view.once("week", lambda: _make(view))
    return whole if top is None else whole.model_copy(update={"gaps": whole.gaps[:top]})


def _make(view: View) -> Week:
    chains = [chain_week(view, chain.id) for chain in list_chains(view)]
    gaps = rank(gap for chain in chains for gap in chain.gaps)
    looks = in_order(look for chain in chains for look in chain.looks)
    counts = add_up(chain.week.counts for chain in chains)
    points = list(_tell(chains, counts, gaps, looks))
    stopped = [*_matches(view), *_projects(view)]
    return Week(
        as_of=view.scope.day,
        rule_version=gap_rules().version,
        data_date=read_city(view).recorded if chains else None,
        verdict="。".join(points) + "。",
        points=points,
        counts=counts,
        of=len(gaps),
        gaps=gaps,
        look_first=looks,
        segments=sum(len(chain.week.segments) for chain in chains),
        segments_looked=sum(chain.week.segments_looked for chain in chains),
        stopped=sorted(stopped, key=lambda one: (one.days is None, -(one.days or 0), one.what.id)),
        to_judge=[*_to_judge(view)],
        chains=[chain.week for chain in sorted(chains, key=_most_known)],
        on_samples=_on_samples(view, gaps),
    )


def _most_known(chain: OfChain) -> tuple[int, int, int, str]:
    counts = chain.week.counts
    return -counts.missing, -counts.weak, -counts.strong, chain.week.chain.id


def _on_samples(view: View, gaps: Sequence[PressingGap]) -> OnSamples | None:
    """Return how many gaps are made up and what is left without samples; nothing where none is."""
    made_up = sum(gap.status == "sample" for gap in gaps)
    if not made_up:
        return None
    left = add_up(chain_week(view.real, chain.id).week.counts for chain in list_chains(view.real))
    return OnSamples(gaps=made_up, of=len(gaps), without=left)


def _tell(
    chains: Sequence[OfChain], counts: Counts, gaps: Sequence[PressingGap], looks: Sequence[LookAt]
) -> Iterator[Reason]:
    pressing = [gap for gap in gaps if not in_hand(gap)]
    if pressing:
        yield _tell_first(pressing)
    elif not chains:
        yield say("no_chains")
    elif gaps:
        yield say("all_in_hand")
    elif not looks or any(chain.week.segments_looked for chain in chains):
        yield say("nothing_pressing")
    else:
        yield say("nothing_looked", chain=looks[0].chain.name, segment=looks[0].segment.name)
    if counts.missing or counts.weak or counts.strong:
        yield say("city_counts", missing=counts.missing, weak=counts.weak, strong=counts.strong)
    if counts.unknown:
        yield say("not_looked", count=f"{counts.unknown:,}")


def _tell_first(pressing: Sequence[PressingGap]) -> Reason:
    """Say what to do first: the most pressing gap, and those of its state beside it in its segment."""
    first = pressing[0]
    beside = [gap for gap in pressing if (gap.segment, gap.state) == (first.segment, first.state)]
    more = f"等 {len(beside)} 种" if len(beside) > 1 else ""
    told = {"chain": first.chain.name, "segment": first.segment.name, "product": first.product.name, "more": more}
    code = "fill_first" if first.state == State.missing else "strengthen_first"
    return say(code, leaders=tell_leaders(beside), **told)


def _matches(view: View) -> Iterator[Standstill]:
    """Yield the matches of the ledger that stand still, and those that were dropped without a reason."""
    for match in ledger(view).matches:
        days = _days(view, match.since)
        if match.state in GOING and (days is None or days >= read_rules().still.value):
            if days is None:
                told = say("no_day", stage=match.state)
            elif match.state is Stage.recommended:
                told = say("waits_for_answer", days=f"{days:,}")
            else:
                told = say("stuck_at", stage=match.state, days=f"{days:,}")
            yield _match(match, told, days)
        elif any(remark.code == WITHOUT_REASON for remark in match.remarks):
            yield _match(match, say("dropped_without_reason"), None)


def _match(match: Match, told: Reason, days: int | None) -> Standstill:
    last = match.steps[-1]
    by = next((step.by for step in reversed(match.steps) if step.by), None)
    about = f"{match.customer.name} ← {match.supplier.name}" + (f" · 经办 {by}" if by else "")
    what = Named(id=match.product_id or match.product, name=match.product or "没有写产品")
    return Standstill(
        kind="Match", what=what, about=about, told=told, days=days, status=last.status, source=last.source
    )


def _days(view: View, since: str | None) -> int | None:
    return max(0, (date.fromisoformat(view.scope.day) - last_day(since)).days) if since else None


def _projects(view: View) -> Iterator[Standstill]:
    """Yield the projects that stand still or are late."""
    answer = make_projects_answer(view, None, None, int(read_rules().still.value))
    for item in (*answer.projects, *answer.samples.projects):
        if item.late:
            yield _project(item, say("project_late", days=f"{item.late:,}"), item.late)
        elif item.stalled:
            yield _project(item, say("stuck_at", stage=item.funnel, days=f"{item.quiet:,}"), item.quiet)


def _project(item: ProjectItem, told: Reason, days: int | None) -> Standstill:
    about = "、".join(chain.name for chain in item.chains) or "没有写产业链"
    what = Named(id=item.id, name=item.name)
    return Standstill(
        kind="Project", what=what, about=about, told=told, days=days, status=item.status, source=item.source
    )


def _to_judge(view: View) -> Iterator[ToJudge]:
    if pairs := len(doubts(view)):
        yield ToJudge(question="review", count=pairs, told=say("same_firms", count=pairs))
    if waiting := len(list_placements(view).placements):
        yield ToJudge(question="placements", count=waiting, told=say("placements", count=waiting))

"""The judgement of a place: its verdict, the action that follows, in words and with its rows."""

from collections.abc import Sequence
from itertools import chain
from math import ceil

from graph.deadline import check
from queries.city.answers import ProjectRow
from queries.city.facts import Facts
from queries.city.projects import is_uncertain
from queries.city.rows import Row
from queries.city.sizes import SourceFirm
from queries.core.answers import STATUS_ORDER, Evidence, Named
from queries.core.reason import Reason
from queries.gaps.answers import (
    GAPS,
    AbsentFrom,
    Action,
    Distance,
    Judged,
    Maker,
    State,
    Suspected,
    UnderWay,
)
from queries.gaps.measures import Measures
from queries.gaps.rules import Rules
from queries.gaps.verdict import Verdict, strength
from queries.gaps.voice import Voice
from queries.gaps.words import say

STATUS_NAMES = {rank: status for status, rank in STATUS_ORDER.items()}
NEAREST = 20  # of the nearest makers elsewhere, by name
SHOWN = 200  # rows of evidence of one kind for one place


def judge(
    facts: Facts, verdict: Verdict, rules: Rules, extensions: Sequence[str] = (), suspected: Suspected | None = None
) -> Judged:
    """Return what is judged of a place, in words and with its rows; ``extensions`` are next steps that its products
    lead to, ``suspected`` what speaks for a gap where nobody looked."""
    check()
    voice, measures = Voice(facts, verdict, rules), verdict.measures
    action, why = action_of(verdict, rules, extensions, facts)
    return Judged(
        state=verdict.state,
        score=verdict.score,
        status=_founded_on(facts, verdict, rules),
        parts=voice.parts(),
        reasons=voice.reasons(),
        action=action,
        action_reason=why,
        absent_from=_absent_from(facts, measures),
        under_way=[_under_way(facts, project, rules) for project in facts.coming_to(measures.place)],
        suspected=suspected,
        distance=_distance(measures),
        firms=[facts.named(firm) for firm in measures.firms],
        evidence=evidence_of(facts, measures),
    )


def _founded_on(facts: Facts, verdict: Verdict, rules: Rules) -> str | None:
    """Return the least founded status that a state needs: of the look, and of
    as many firms and key products as the rules ask for."""
    measures, place, state = verdict.measures, verdict.place, verdict.state
    by_firm, by_place = _best_rows(facts, measures)
    needed = []
    if state in GAPS:
        needed.append(min(STATUS_ORDER[look.row.status] for look in facts.looked_in(place).looks if look.counts))
    enough = rules.state.segment_firms if place.label == "Segment" else rules.state.product_firms
    counted = list[SourceFirm]()
    for source in sorted(measures.sources, key=lambda source: by_firm[source.firm]):
        before = strength(counted, rules)
        if before < enough.value and strength((*counted, source), rules) > before:
            counted.append(source)
            needed.append(by_firm[source.firm])
    if state == State.strong and place.label == "Segment":
        made = sorted(by_place[good.id] for good in measures.keys if good.sources)
        needed += made[: ceil(rules.state.key_products_made.value * len(measures.keys))]
    return None if state == State.unknown else STATUS_NAMES[max(needed)]


def _absent_from(facts: Facts, measures: Measures) -> list[AbsentFrom]:
    """Return the lists in which nobody makes what is asked for here, as far as it is known where firms are."""
    if measures.sources or measures.unplaced:
        return []
    looks = facts.looked_in(measures.place).lists
    return [
        AbsentFrom(universe=look.universe, as_of=look.as_of, status=look.row.status, source=look.row.source)
        for look in looks
    ]


def _under_way(facts: Facts, project: ProjectRow, rules: Rules) -> UnderWay:
    told = {
        key: getattr(project, key)
        for key in ("stage", "since", "expected_on", "amount", "currency", "yuan", "status", "source")
    }
    return UnderWay(
        project=project.name,
        project_id=project.id,
        investors=project.investors,
        uncertain=is_uncertain(project, facts.city.today, rules.under_way.months),
        **told,
    )


def _distance(measures: Measures) -> Distance | None:
    """Return where the nearest makers elsewhere are."""
    nearest = measures.nearest
    if not nearest:
        return None
    firms = [
        Maker(
            firm=Named(id=firm.id, name=firm.name),
            region=firm.region,
            ring=firm.ring,
            status=firm.status,
            source=firm.source,
        )
        for firm in nearest[:NEAREST]
    ]
    return Distance(ring=nearest[0].ring, count=len(nearest), firms=firms)


def _best_rows(facts: Facts, measures: Measures) -> tuple[dict[str, int], dict[str, int]]:
    """Return how well founded it is at best that each local firm is of the
    place, and that each of its products is made here."""
    by_firm: dict[str, int] = {}
    by_place: dict[str, int] = {}
    wanted, firms = {*measures.place.products, measures.place.id}, set(measures.firms)
    for row in chain(facts.rows_at("makes", wanted), facts.rows_at("operates", wanted)):
        if row.start in firms and not row.ended:
            rank = max(STATUS_ORDER[row.status], STATUS_ORDER[facts.firms[row.start].status])
            by_firm[row.start] = min(rank, by_firm.get(row.start, rank))
            by_place[row.end] = min(rank, by_place.get(row.end, rank))
    return by_firm, by_place


def action_of(verdict: Verdict, rules: Rules, extensions: Sequence[str], facts: Facts) -> tuple[Action, Reason]:
    """Return the action that follows from the state, and why."""
    measures, state = verdict.measures, verdict.state
    if state == State.missing:
        coming = [
            project
            for project in facts.coming_to(measures.place)
            if not is_uncertain(project, facts.city.today, rules.under_way.months)
        ]
        return Action.fill, say("fill_under_way", projects=[project.name for project in coming]) if coming else say(
            "fill"
        )
    if state == State.weak:
        return Action.strengthen, say("strengthen")
    if state == State.unknown:
        return Action.survey, say("survey")
    groups = {source.group for source in measures.sources}
    if measures.group_hhi > rules.action.hanging_hhi.value:
        return Action.secure, say("secure_group", groups=len(groups), hhi=measures.group_hhi)
    if measures.riskiest and measures.riskiest[1] >= rules.action.high_risk.value:
        firm, risk = measures.riskiest
        return Action.secure, say("secure_risk", firm=facts.firms[firm].short, risk=risk)
    if lacking := [group for good in measures.goods if good.sources for group in good.lacking]:
        names = ["或".join(facts.product_names[product] for product in sorted(group)) for group in lacking]
        return Action.secure, say("secure_inputs", inputs=[*dict.fromkeys(names)])
    if extensions:
        return Action.extend, say("extend", products=extensions)
    return Action.keep, say("keep")


def evidence_of(facts: Facts, measures: Measures) -> list[Evidence]:
    """Return the rows that a judgement rests on: who looked, who makes it, who
    is in it, who buys it where, what it needs."""
    place = measures.place
    looks = [look.row for look in facts.looked_in(place).looks]
    makes = [row for row in facts.rows_at("makes", place.products) if not row.ended]
    operates = facts.rows_at("operates", [place.id]) if place.label == "Segment" else []
    needs = facts.rows_at("needs", place.products)
    bought = [row for row in facts.rows_at("supplies", place.products) if facts.local(row.end)]
    lacking = [row for row in facts.inputs if row.start in measures.inputs_missing and row.end in place.products]
    shown: list[Row] = []
    for rows in (looks, makes, operates, needs, bought, lacking):
        shown += rows[:SHOWN]
    return [facts.evidence(row) for row in shown]

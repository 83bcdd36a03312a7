"""The gaps of a chain, and the firms from elsewhere that would fill them: recorded ones, and who is barred and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.deadline import check
from queries.city.answers import ProjectRow
from queries.city.facts import Facts
from queries.city.projects import is_uncertain
from queries.city.rows import Row
from queries.core.answers import Evidence
from queries.core.reason import Reason
from queries.gaps.answers import GAPS, State
from queries.gaps.judge import judge
from queries.gaps.measures import Good
from queries.gaps.rules import Rules
from queries.gaps.weak_links import Examined
from queries.targets.answers import How
from queries.targets.catalogue import say
from queries.targets.weights import Weights

HOW = {"PRODUCES": How.makes, "OFFERS": How.offers}


@dataclass(frozen=True)
class GapToClose:
    """A product of the chain that is missing or weak here, and the records that say so; ``coming`` are the firms whose
    project is about to fill it, and those of their groups."""

    product: str
    name: str
    segment: str
    state: State
    score: float
    status: str
    good: Good
    coming: Mapping[str, ProjectRow]
    evidence: tuple[Evidence, ...] = ()

    @property
    def told(self) -> dict[str, Any]:
        """Return what answers say of it."""
        own = {"segment": self.segment, "state": self.state, "score": self.score, "status": self.status}
        return {"product": self.name, "product_id": self.product, **own}


@dataclass(frozen=True)
class Fill:
    """A gap that a firm would fill: how that is known, how well the product fits, the record or the model's reasons."""

    gap: GapToClose
    how: How
    fit: float
    reason: Reason
    row: Row | None = None

    @property
    def closes(self) -> float:
        """Return how much of a full gap it closes: the gap's score in per cent, times the fit."""
        return self.gap.score / 100 * self.fit


@dataclass(frozen=True)
class Barred:
    """A firm that makes or made something and is no target, and why; ``unplaced`` where it may be one."""

    row: Row
    why: Reason
    unplaced: bool = False


def find_gaps(examined: Examined, rules: Rules) -> list[GapToClose]:
    """Return the products that are missing or weak, the worst first."""
    facts, gaps = examined.facts, []
    for verdict in examined.verdicts:
        if verdict.place.label == "Product" and verdict.state in GAPS and verdict.score is not None:
            judged, segments = judge(facts, verdict, rules), segment_names(facts, verdict.place.segments)
            status = judged.status or "inferred"
            gaps.append(
                GapToClose(
                    verdict.place.id,
                    verdict.place.name,
                    segments,
                    verdict.state,
                    verdict.score,
                    status,
                    verdict.measures.goods[0],
                    coming_firms(facts, verdict.place.id, rules),
                    tuple(judged.evidence),
                )
            )
    return sorted(gaps, key=lambda gap: (-gap.score, gap.product))


def coming_firms(facts: Facts, product: str, rules: Rules) -> dict[str, ProjectRow]:
    """Return the firms that come with a product anyhow, and those of their groups, each with its project."""
    coming: dict[str, ProjectRow] = {}
    today, months = facts.city.today, rules.under_way.months
    for project in facts.coming_with(product):
        if not is_uncertain(project, today, months):
            groups = {facts.find(firm.id).group for firm in project.investors}
            makers = (facts.firms[row.start] for row in makers_of(facts, product))
            coming |= {firm.id: project for firm in makers if firm.group in groups}
            coming |= {firm.id: project for firm in project.investors}
    return coming


def segment_names(facts: Facts, segments: Iterable[str]) -> str:
    """Return the names of the chain's segments among some."""
    return "、".join(facts.city.names["Segment"].get(id, id) for id in segments if id in facts.tiers)


def distinct(rows: Iterable[Evidence]) -> list[Evidence]:
    """Return records, each once."""
    return list({(row.record, row.from_id, row.to_id, row.product): row for row in rows}.values())


def recorded_fills(facts: Facts, gaps: Sequence[GapToClose], weights: Weights) -> dict[str, list[Fill]]:
    """Return by firm what open firms from elsewhere are recorded to make, or
    else to offer, of the gaps, in the gaps' order."""
    fits = {"PRODUCES": weights.fit.produces.value, "OFFERS": weights.fit.offers.value}
    fills_of: dict[str, dict[str, Fill]] = {}
    for gap in gaps:
        check()
        for row in sorted(makers_of(facts, gap.product), key=lambda row: (-fits[row.type], row.start)):
            firm = facts.firms[row.start]
            if firm.where == "outside" and not firm.closed and not row.ended and firm.id not in gap.coming:
                fill = Fill(
                    gap,
                    HOW[row.type],
                    fits[row.type],
                    say("makes" if row.type == "PRODUCES" else "offers", product=gap.name),
                    row,
                )
                fills_of.setdefault(row.start, {}).setdefault(gap.product, fill)
    return {firm: list(fills.values()) for firm, fills in fills_of.items()}


def makers_of(facts: Facts, product: str) -> list[Row]:
    """Return the records that somebody makes or offers a product, ended ones too."""
    return facts.rows_at("makes", [product])


def find_barred(facts: Facts, states: Mapping[str, State], gaps: Iterable[GapToClose]) -> Iterator[Barred]:
    """Yield who makes a product that is missing, weak or not known of (its
    state), and is no target; each firm and product once."""
    coming = {gap.product: gap.coming for gap in gaps}
    known: set[tuple[str, str]] = set()
    for row in sorted(facts.makes, key=lambda row: (row.start, row.end, row.ended, row.type)):
        check()
        firm, state = facts.firms[row.start], states.get(row.end, State.strong)
        if (row.start, row.end) in known or state == State.strong:
            continue
        known.add((row.start, row.end))
        gap = state != State.unknown
        project = coming.get(row.end, {}).get(row.start)
        if firm.closed:
            yield Barred(row, say("closed"))
        elif row.ended:
            if firm.where != "local":
                yield Barred(row, say("making_ended"))
        elif project and firm.where != "local":
            yield Barred(row, say("coming", project=project.name, stage=project.stage or "在办"))
        elif firm.where == "unknown":
            yield Barred(row, say("unplaced"), unplaced=True)
        elif firm.where == "local" and gap:
            yield Barred(row, say("local_already", region=firm.region or "所在地不详"))

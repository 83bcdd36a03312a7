"""A portfolio over all chains: the fewest targets that close the most gaps,
with a bound on how far from the best it can be."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from queries.city.city import City, read_city
from queries.city.facts import Facts
from queries.core.answers import STATUS_ORDER, Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import State
from queries.gaps.rules import read_rules
from queries.gaps.weak_links import examine
from queries.targets.answers import Chosen, ClosedGap, CurvePoint, Portfolio
from queries.targets.candidates import Fill, GapToClose, distinct, find_gaps, recorded_fills
from queries.targets.catalogue import say
from queries.targets.cover import SECONDS, Cover, Covering
from queries.targets.weights import read_weights
from queries.targets.words import data_against
from queries.things.things import sources_used

CURVE = 30  # points of the curve, at most
UNIT = 100  # of a score; gaps are weighed in whole hundredths, so that sums are exact
QUICK = 2.0  # seconds for a point of the curve


@dataclass(frozen=True)
class Held:
    """All gaps of all chains in order, and by firm the gaps, by index, that it is recorded to be able to fill."""

    gaps: list[tuple[Facts, GapToClose]]
    fills: dict[str, dict[int, Fill]]
    unknown: dict[str, int]

    def closed(self, index: int) -> ClosedGap:
        """Return a gap as an answer holds it."""
        facts, gap = self.gaps[index]
        return ClosedGap(chain=facts.chain.name, chain_id=facts.chain.id, **gap.told)

    @property
    def weights(self) -> list[int]:
        """Return the weight of each gap: its score in hundredths."""
        return [max(1, round(gap.score * UNIT)) for _, gap in self.gaps]

    def covering(self, seconds: float = SECONDS) -> Covering:
        """Return the firms as sets of the gaps that they close."""
        return Covering({firm: sorted(fills) for firm, fills in self.fills.items()}, self.weights, seconds)


def make_portfolio(view: View, most: int | None = None) -> Portfolio:
    """Return the portfolio of at most so many firms (by default as many as close anything more)."""
    return view.once(("portfolio", most), lambda: _answer(view, most))


def _answer(view: View, most: int | None) -> Portfolio:
    city = read_city(view)
    held = _hold(view, city)
    covering = held.covering()
    cover = covering.at_most(len(covering.ids) if most is None else most)
    chosen = _chosen(held, covering, cover)
    closable = set(covering.coverable)
    rows = distinct(
        [row for _, gap in held.gaps for row in gap.evidence] + [row for pick in chosen for row in pick.evidence]
    )
    return Portfolio(
        most=most,
        weights_version=read_weights().version,
        rule_version=read_rules().version,
        as_of=city.today,
        data_date=city.recorded,
        gaps=len(held.gaps),
        weight=sum(held.weights) / UNIT,
        closable=covering.total / UNIT,
        closed=cover.value / UNIT,
        bound=cover.bound / UNIT,
        short=_short(cover),
        method=cover.method,
        fewest=cover.fewest,
        statement=_statement(cover),
        targets=chosen,
        curve=_curve(held, cover),
        unclosable=[held.closed(index) for index in range(len(held.gaps)) if index not in closable],
        unknown=held.unknown,
        notes=[*_notes(held)],
        rests_on=dict(sorted(Counter(row.status for row in rows).items())),
        sources=sources_used(view, [row.source for row in rows]),
    )


def _hold(view: View, city: City) -> Held:
    rules, weights = read_rules(), read_weights()
    gaps: list[tuple[Facts, GapToClose]] = []
    fills: dict[str, dict[int, Fill]] = defaultdict(dict)
    unknown = {}
    for chain in sorted(city.names["Chain"]):
        examined = examine(view, chain)
        own = find_gaps(examined, rules)
        place = {gap.product: len(gaps) + number for number, gap in enumerate(own)}
        gaps += [(examined.facts, gap) for gap in own]
        for firm, recorded in recorded_fills(examined.facts, own, weights).items():
            fills[firm] |= {place[fill.gap.product]: fill for fill in recorded}
        states = [verdict.state for verdict in examined.verdicts if verdict.place.label == "Product"]
        if number := states.count(State.unknown):
            unknown[examined.facts.chain.name] = number
    return Held(gaps, dict(fills), unknown)


def _chosen(held: Held, covering: Covering, cover: Cover) -> list[Chosen]:
    """Return the chosen firms, each time the one that adds most, the first by id of equals."""
    covered: set[int] = set()
    chosens = []
    for id in covering.greedy(len(cover.chosen), cover.chosen):
        fresh = sorted(covering.sets[id] - covered, key=lambda index: (-held.weights[index], index))
        covered |= covering.sets[id]
        same = [twin for twin, own in covering.sets.items() if twin != id and own == covering.sets[id]]
        chosens.append(_one(held, id, fresh, len(covering.sets[id]) - len(fresh), covered, same))
    return chosens


def _one(held: Held, id: str, fresh: Sequence[int], also: int, covered: set[int], same: Sequence[str]) -> Chosen:
    facts = held.gaps[fresh[0]][0]
    firm, fills = facts.firms[id], [held.fills[id][index] for index in fresh]
    rows = [fill.row for fill in fills if fill.row]
    statuses = [firm.status, *(row.status for row in rows), *(fill.gap.status for fill in fills)]
    return Chosen(
        firm=Named(id=id, name=firm.name),
        region=firm.region,
        adds=sum(held.weights[index] for index in fresh) / UNIT,
        closed=sum(held.weights[index] for index in covered) / UNIT,
        gaps=[held.closed(index) for index in fresh],
        also=also,
        same=[facts.named(twin) for twin in same],
        why_not=list(data_against(statuses)),
        status=max(statuses, key=STATUS_ORDER.__getitem__),
        source=rows[0].source,
        evidence=[facts.evidence(row) for row in rows],
    )


def _curve(held: Held, cover: Cover) -> list[CurvePoint]:
    """Return what at most so many firms close, up to as many as were chosen; a firm more never closes less."""
    covering = held.covering(QUICK)
    points: list[CurvePoint] = []
    for most in range(1, min(len(cover.chosen), CURVE) + 1):
        exact = not points or points[-1].method == "exact"
        reached = cover if most == len(cover.chosen) else covering.reach(most, exact)
        closed = max(reached.value / UNIT, points[-1].closed if points else 0)
        points.append(CurvePoint(most=most, closed=closed, bound=reached.bound / UNIT, method=reached.method))
    return points


def _short(cover: Cover) -> float:
    """Return by what share of the bound a choice may fall short, to the next tenth of a per cent above."""
    return math.ceil((cover.bound - cover.value) / cover.bound * 1000) / 1000 if cover.bound else 0.0


def _statement(cover: Cover) -> Reason:
    """Return in words how good the choice is, and by what that is known."""
    if not cover.chosen:
        return say("nobody_fills")
    value, bound = cover.value / UNIT, cover.bound / UNIT
    if cover.method == "exact":
        return say("best_and_fewest" if cover.fewest else "best", firms=len(cover.chosen), value=value)
    return say("greedy", firms=len(cover.chosen), value=value, bound=bound, short=_short(cover))


def _notes(held: Held) -> Iterator[Reason]:
    yield say("note_filled")
    yield say("note_registered_only")
    if held.unknown:
        yield say("note_unknown", count=sum(held.unknown.values()))

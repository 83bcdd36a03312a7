"""The verdict on a place: from what was measured to state and score, by the
rules and nothing else, made once a place and carried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from queries.city.answers import Ring
from queries.city.facts import Place
from queries.city.sizes import Size, SourceFirm
from queries.gaps.answers import GAPS, State
from queries.gaps.measures import Good, Measures
from queries.gaps.rules import Rules

BY_GOOD = ("no_producer", "needed", "downstream", "elsewhere")  # parts of the score that a product has by itself


@dataclass(frozen=True)
class Verdict:
    """What a place is judged to be: its state, that of each of its products by
    id, the points of each part and their sum, the score.

    ``worst`` is the product of which the first parts are, where the place has one of known state. ``standing`` are the
    products and ``leaders`` the leaders that stand on its missing and weak products. Where the state is not known there
    is none of these, and the score is None.
    """

    measures: Measures
    state: State
    goods: Mapping[str, State]
    standing: frozenset[str]
    leaders: frozenset[str]
    points: Mapping[str, float]
    score: float | None
    worst: Good | None = None

    @property
    def place(self) -> Place:
        """Return the place."""
        return self.measures.place


def verdict_of(measures: Measures, rules: Rules) -> Verdict:
    """Return the verdict on a place; the points are rounded so that what is shown adds up."""
    goods = {good.id: state_of_good(good, rules) for good in measures.goods}
    state = goods[measures.goods[0].id] if measures.place.label == "Product" else _state_of(measures, goods, rules)
    if state == State.unknown:
        return Verdict(measures, state, goods, frozenset(), frozenset(), {}, None)
    weak = [good for good in measures.goods if goods[good.id] in GAPS]
    standing = frozenset(product for good in weak for product in good.standing) - {*measures.place.products}
    leaders = frozenset(leader for good in weak for leader in good.leaders)
    weights = rules.score.by_key()
    known = {
        good.id: (good, _shares_of_good(good, rules)) for good in measures.goods if goods[good.id] != State.unknown
    }
    worst, shares = max(
        known.values(),
        key=lambda pair: (sum(pair[1][key] * weights[key].points for key in BY_GOOD), pair[0].id),
        default=(None, _shares_of_firms(measures, rules)),
    )
    shares |= _shares_of_network(measures, rules)
    points = {key: round(shares[key] * weight.points, 2) for key, weight in weights.items()}
    return Verdict(measures, state, goods, standing, leaders, points, round(sum(points.values()), 2), worst)


def strength(sources: Sequence[SourceFirm], rules: Rules) -> float:
    """Return as how many sources some firms count: those of a group as one at most, small ones as a part of one."""
    if not sources:
        return 0.0
    parts = {Size.small: rules.size.small.value, Size.micro: rules.size.micro.value}
    groups: dict[str, float] = {}
    for source in sources:
        groups[source.group] = min(1.0, groups.get(source.group, 0.0) + min(1.0, parts.get(source.size, 1.0)))
    return sum(groups.values())


def _state_of(measures: Measures, goods: Mapping[str, State], rules: Rules) -> State:
    """Return the state of a segment: known where the least and the most that the records allow come to the same.

    Strong by the firms that are known; missing or weak only where it was looked for and where even the firms that may
    be there would not make it strong, or there at all. It is never strong while a product that others need is missing
    with all that could stand in for it, or too many are missing, nor better than all of its products, of which those do
    not count that lack an essential input and are not proven to have it from somewhere.
    """
    firms, share = rules.state.segment_firms.value, rules.state.key_products_made.value
    many = rules.state.proven_firms.value
    whole = [
        good for good in measures.goods if good.proven or not good.lacking or strength(good.sources, rules) >= many
    ]
    lacking = any(good.blocks for good in measures.goods) or measures.not_missing < share
    strong = not lacking and (not measures.goods or any(goods[good.id] == State.strong for good in whole))
    if strong and strength(measures.sources, rules) >= firms and measures.key_made >= share:
        return State.strong
    at_most = strength((*measures.sources, *measures.unplaced), rules)
    perhaps = not lacking and (not measures.goods or any(goods[good.id] in NOT_WEAK for good in whole))
    if not measures.looked or (perhaps and at_most >= firms and measures.key_possible >= share):
        return State.unknown
    if not measures.sources:
        return State.unknown if measures.unplaced else State.missing
    return State.weak


NOT_WEAK = (State.strong, State.unknown)


def state_of_good(good: Good, rules: Rules) -> State:
    """Return the state of a product in the same way; more makers never make it worse."""
    enough = rules.state.product_firms.value
    if strength(good.sources, rules) >= enough:
        return State.strong
    if not good.looked:
        return State.unknown
    most = max(float(good.unnamed), strength((*good.sources, *good.perhaps), rules))
    if most >= enough:
        return State.unknown
    if not good.sources:
        return State.unknown if good.possible else State.missing
    return State.weak


def lack_of(good: Good, rules: Rules) -> float:
    """Return how large a gap is, from 0 to 1: full where nobody makes it here, else by in how few hands it is, or how
    small these are."""
    if not good.sources:
        return 1.0
    few = 1 / max(1.0, strength(good.sources, rules))
    return rules.scale.weak_most.value * _concentration(max(good.hhi, few), rules)


def _concentration(hhi: float, rules: Rules) -> float:
    low = min(rules.scale.hhi_low.value, 0.99)
    return max(0.0, (hhi - low) / (1 - low))


def hardness_of(good: Good, rules: Rules) -> float:
    """Return how hard it is to have it from elsewhere, from 0 to 1; what must be fetched from near is nowhere farther
    away."""
    if good.anywhere:
        return min(1.0, rules.elsewhere.anywhere.value)
    ring = good.ring if good.ring == Ring.circle or not good.nearby else None
    return min(1.0, float(getattr(rules.elsewhere, ring.code if ring else "none").value))


def _shares_of_good(good: Good, rules: Rules) -> dict[str, float]:
    """Return the parts of a product's score as shares of their full points: a gap, times who needs it, times how hard
    it is to have it from elsewhere."""
    scale, lack = rules.scale, lack_of(good, rules)
    needed = min(1.0, len(good.wanted_by) / scale.needed_firms.value)
    below = min(1.0, len(good.standing) / scale.downstream_products.value) / 2
    below += min(1.0, len(good.leaders) / scale.downstream_leaders.value) / 2
    need, hard = max(min(1.0, scale.unneeded.value), needed, below), hardness_of(good, rules)
    least = 0.0 if good.anywhere else min(1.0, scale.reach_least.value)
    reach = least + (1 - least) * hard
    return {
        "no_producer": lack * (hard if good.anywhere else 1.0),
        "needed": lack * needed * reach,
        "downstream": lack * below * reach,
        "elsewhere": lack * need * hard,
    }


def _shares_of_firms(measures: Measures, rules: Rules) -> dict[str, float]:
    """Return the same of a segment of which no product is known of: of its firms alone."""
    groups = len({source.group for source in measures.sources})
    gap = rules.scale.weak_most.value * _concentration(1 / groups, rules) if groups else 1.0
    return dict.fromkeys(BY_GOOD, 0.0) | {"no_producer": gap}


def _shares_of_network(measures: Measures, rules: Rules) -> dict[str, float]:
    """Return the parts that are of all firms of a place; only what is known counts."""
    risk = measures.riskiest
    return {
        "inputs": len(measures.inputs_missing) / measures.inputs_known if measures.inputs_known else 0.0,
        "single_point": len(measures.single) / measures.in_network if measures.in_network else 0.0,
        "systemic_risk": min(1.0, risk[1] / rules.scale.systemic_risk.value) if risk else 0.0,
    }

"""The verdict on a place: from what was measured to state and score, by the
rules and nothing else, made once a place and carried."""

from collections.abc import Mapping
from dataclasses import dataclass

from queries.city.facts import Place
from queries.gaps.answers import GAPS, State
from queries.gaps.measures import Good, Measures
from queries.gaps.rules import Rules


@dataclass(frozen=True)
class Verdict:
    """What a place is judged to be: its state, that of each of its products by
    id, the points of each part and their sum, the score.

    ``standing`` are the products and ``leaders`` the leaders that stand on its missing and
    weak products. Where the state is not known there is none of these, and the score is None.
    """

    measures: Measures
    state: State
    goods: Mapping[str, State]
    standing: frozenset[str]
    leaders: frozenset[str]
    points: Mapping[str, float]
    score: float | None

    @property
    def place(self) -> Place:
        """Return the place."""
        return self.measures.place


def verdict_of(measures: Measures, rules: Rules) -> Verdict:
    """Return the verdict on a place; the points are rounded so that what is shown adds up."""
    goods = {good.id: state_of_good(good, rules) for good in measures.goods}
    state = goods[measures.goods[0].id] if measures.place.label == "Product" else _state_of(measures, rules)
    if state == State.unknown:
        return Verdict(measures, state, goods, frozenset(), frozenset(), {}, None)
    weak = [good for good in measures.goods if goods[good.id] in GAPS]
    standing = frozenset(product for good in weak for product in good.standing) - {*measures.place.products}
    leaders = frozenset(leader for good in weak for leader in good.leaders)
    shares = _shares_of(measures, rules, goods, len(standing), len(leaders))
    points = {key: round(shares[key] * weight.points, 2) for key, weight in rules.score.by_key().items()}
    return Verdict(measures, state, goods, standing, leaders, points, round(sum(points.values()), 2))


def _state_of(measures: Measures, rules: Rules) -> State:
    """Return the state of a segment: known where the least and the most that the records allow come to the same.

    Strong by the firms that are known; missing or weak only where it was looked for and
    where even the firms that may be there would not make it strong, or there at all.
    """
    firms, share = rules.state.segment_firms.value, rules.state.key_products_made.value
    if len(measures.firms) >= firms and measures.key_made >= share:
        return State.strong
    at_most = len(measures.firms) + len(measures.unplaced)
    if not measures.looked or (at_most >= firms and measures.key_possible >= share):
        return State.unknown
    if not measures.firms:
        return State.unknown if at_most else State.missing
    return State.weak


def state_of_good(good: Good, rules: Rules) -> State:
    """Return the state of a product in the same way; more makers never make it worse."""
    enough = rules.state.product_firms.value
    if len(good.makers) >= enough:
        return State.strong
    if not good.looked or good.possible >= enough:
        return State.unknown
    if not good.makers:
        return State.unknown if good.possible else State.missing
    return State.weak


def _shares_of(
    measures: Measures, rules: Rules, states: Mapping[str, State], standing: int, leaders: int
) -> dict[str, float]:
    """Return each part of the score as a share of its full points; only what is known counts."""
    scale, goods = rules.scale, measures.goods
    low = min(scale.hhi_low.value, 0.99)
    known = [good.hhi if good.makers else 1.0 for good in goods if states[good.id] != State.unknown]
    if not known and measures.firms:  # of no product is it known who makes it: the firms alone
        known = [1 / len(measures.firms)]
    bought = len(measures.outside_rows) + len(measures.local_rows)
    empty = float(measures.looked and not measures.firms)
    return {
        "no_producer": sum(state == State.missing for state in states.values()) / len(goods) if goods else empty,
        "concentration": sum(max(0.0, (hhi - low) / (1 - low)) for hhi in known) / len(known) if known else empty,
        "outside": len(measures.outside_rows) / bought if bought else 0.0,
        "inputs": len(measures.inputs_missing) / measures.inputs_known if measures.inputs_known else 0.0,
        "downstream": min(1.0, standing / scale.downstream_products.value) / 2
        + min(1.0, leaders / scale.downstream_leaders.value) / 2,
        "single_point": len(measures.single) / measures.in_network if measures.in_network else 0.0,
        "systemic_risk": min(1.0, measures.riskiest[1] / scale.systemic_risk.value) if measures.riskiest else 0.0,
    }

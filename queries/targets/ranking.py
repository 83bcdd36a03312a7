"""The ranking of targets by their weighted factors, and how it moves when each weight is moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.deadline import check
from queries.core.answers import Named
from queries.gaps.weak_links import correlation
from queries.targets.answers import Shift, WeightMoved, WeightStability
from queries.targets.candidates import Fill
from queries.targets.factors import Factors
from queries.targets.weights import Weights, moved_weights


@dataclass(frozen=True)
class RankedTarget:
    """A firm with the gaps that it would fill, the main one first, and its factors."""

    firm: Named
    fills: tuple[Fill, ...]
    factors: Factors


def points_of(factors: Factors, weights: Mapping[str, float]) -> dict[str, float]:
    """Return the points of each factor, rounded so that what is shown adds up."""
    return {key: round(factors.values[key] * points, 2) for key, points in weights.items()}


def weighted(factors: Factors, weights: Mapping[str, float]) -> float:
    """Return the score, 0 to 100."""
    return round(sum(points_of(factors, weights).values()), 2)


def rank(targets: Sequence[RankedTarget], weights: Mapping[str, float]) -> list[RankedTarget]:
    """Return targets by score, equals by how much of the gaps they close, then by id."""
    return sorted(targets, key=lambda one: (-weighted(one.factors, weights), -one.factors.values["gap"], one.firm.id))


def stability(targets: Sequence[RankedTarget], weights: Weights, top: int) -> WeightStability:
    """Return how the first targets of a ranking, which is given in its order,
    change with each weight moved by a fifth."""
    base, names = weights.factor.points, weights.factor.by_key()
    scores = [weighted(one.factors, base) for one in targets]
    first = [one.firm for one in targets[:top]]
    listed = {firm.id for firm in first}
    variants = []
    for moved, points in moved_weights(weights):
        check()
        fresh = [one.firm for one in rank(targets, points)]
        place = {firm.id: number for number, firm in enumerate(fresh, 1)}
        shifts = [Shift(firm=firm, before=number, after=place[firm.id]) for number, firm in enumerate(first, 1)]
        key, _, factor = moved.partition(" ×")
        variants.append(
            WeightMoved(
                moved=moved,
                name=names[key].name,
                factor=float(factor),
                rank_correlation=correlation(scores, [weighted(one.factors, points) for one in targets]),
                left=[one.firm for one in shifts if one.after > top],
                entered=[firm for firm in fresh[:top] if firm.id not in listed],
                shifts=[one for one in shifts if one.after <= top and one.after != one.before],
            )
        )
    known = [one.rank_correlation for one in variants if one.rank_correlation is not None]
    return WeightStability(top=top, least_correlation=min(known, default=None), variants=variants)

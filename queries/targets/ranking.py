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
    return sorted(
        targets, key=lambda target: (-weighted(target.factors, weights), -target.factors.values["gap"], target.firm.id)
    )


def stability(targets: Sequence[RankedTarget], weights: Weights, top: int) -> WeightStability:
    """Return how the first targets of a ranking, which is given in its order,
    change with each weight moved by a fifth."""
    base, names = weights.factor.points, weights.factor.by_key()
    scores = [weighted(target.factors, base) for target in targets]
    first = [target.firm for target in targets[:top]]
    listed = {firm.id for firm in first}
    variants = []
    for moved, points in moved_weights(weights):
        check()
        fresh = [target.firm for target in rank(targets, points)]
        place = {firm.id: number for number, firm in enumerate(fresh, 1)}
        shifts = [Shift(firm=firm, before=number, after=place[firm.id]) for number, firm in enumerate(first, 1)]
        key, _, factor = moved.partition(" ×")
        variants.append(
            WeightMoved(
                moved=moved,
                name=names[key].name,
                factor=float(factor),
                rank_correlation=correlation(scores, [weighted(target.factors, points) for target in targets]),
                left=[shift.firm for shift in shifts if shift.after > top],
                entered=[firm for firm in fresh[:top] if firm.id not in listed],
                shifts=[shift for shift in shifts if shift.after <= top and shift.after != shift.before],
            )
        )
    known = [variant.rank_correlation for variant in variants if variant.rank_correlation is not None]
    return WeightStability(top=top, least_correlation=min(known, default=None), variants=variants)

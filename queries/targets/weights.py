"""The weights of the factors by which targets are ranked, read from ``weights.toml``: every number with its reason."""

from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import model_validator

from queries.core.shipped import Strict, Threshold, read_shipped
from queries.gaps.rules import Weight, moved_points

SHARE = 0.2  # by which each weight is moved


class FactorWeights(Strict):
    """The factors, 100 points together, in the order in which they are shown."""

    gap: Weight
    leaders: Weight
    fit: Weight
    links: Weight
    near: Weight
    second: Weight

    @model_validator(mode="after")
    def _whole(self) -> "FactorWeights":
        total = sum(self.points.values())
        if abs(total - 100) > 1e-9:
            raise ValueError(f"各因素的 points 合计应为 100,这里是 {total:g}")
        return self

    @property
    def points(self) -> dict[str, float]:
        """Return the points of each factor."""
        return {key: weight.points for key, weight in self.by_key().items()}

    def by_key(self) -> dict[str, Weight]:
        """Return each factor by its key."""
        return {key: getattr(self, key) for key in type(self).model_fields}


class FitWeights(Strict):
    """How well a product fits by what is known of the firm."""

    produces: Threshold
    offers: Threshold
    inferred: Threshold


class Inferring(Strict):
    """How many firms the model may name for a product, among which first ones they must be, and on what ground."""

    most: Threshold
    within: Threshold
    alike: Threshold


class Scales(Strict):
    """Up to where a measure counts, and how much the weaker kinds count."""

    leaders_full: Threshold
    leader_concerned: Threshold
    links_full: Threshold
    leader_adjacent: Threshold
    second_full: Threshold
    input_unknown: Threshold


class Weights(Strict):
    """One version of the weights."""

    version: str
    factor: FactorWeights
    fit: FitWeights
    inferred: Inferring
    scale: Scales


@cache
def read_weights() -> Weights:
    """Return the weights that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(Weights, "targets/weights.toml")


def moved_weights(weights: Weights) -> Iterator[tuple[str, Mapping[str, float]]]:
    """Yield the points with each moved down and up by a fifth, made up for by the others, and what was moved."""
    for key, factor, points in moved_points(weights.factor.points, SHARE):
        yield f"{key} ×{factor:g}", points

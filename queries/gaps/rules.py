"""The rules of states, scores and actions, read from ``rules.toml``: every number with its reason."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Self

from pydantic import Field, model_validator

from queries.core.shipped import Strict, Threshold, read_shipped


class Weight(Strict):
    """A part of the score: what it is called, how many points it can give, and for what."""

    points: float = Field(ge=0)
    name: str
    why: str


class Hundred(Strict):
    """Weights that give 100 points together, in the order in which they are shown."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = sum(self.points.values())
        if abs(total - 100) > 1e-9:
            raise ValueError(f"各项的满分(points)合计应为 100,这里是 {total:g}")
        return self

    @property
    def points(self) -> dict[str, float]:
        """Return the points of each part."""
        return {key: weight.points for key, weight in self.by_key().items()}

    def by_key(self) -> dict[str, Weight]:
        """Return each part by its key."""
        return {key: getattr(self, key) for key in type(self).model_fields}


class StateRules(Strict):
    """What makes a place strong."""

    segment_firms: Threshold
    product_firms: Threshold
    proven_firms: Threshold
    key_products_made: Threshold


class SizeRules(Strict):
    """As what part of a source a small firm counts."""

    small: Threshold
    micro: Threshold


class ScoreRules(Hundred):
    """The parts of the score."""

    no_producer: Weight
    needed: Weight
    downstream: Weight
    elsewhere: Weight
    inputs: Weight
    single_point: Weight
    systemic_risk: Weight


class ScaleRules(Strict):
    """From where on, and up to where, a measure counts."""

    hhi_low: Threshold
    weak_most: Threshold
    needed_firms: Threshold
    unneeded: Threshold
    reach_least: Threshold
    downstream_products: Threshold
    downstream_leaders: Threshold
    systemic_risk: Threshold


class ElsewhereRules(Strict):
    """How hard it is to have something from where its nearest makers are."""

    circle: Threshold
    province: Threshold
    country: Threshold
    abroad: Threshold
    unknown: Threshold
    none: Threshold
    anywhere: Threshold


class UnderWayRules(Strict):
    """After how many months without a step a project is not sure to come."""

    months: Threshold


class SuspectRules(Strict):
    """What speaks for a gap where nobody looked, and how much it moves a product forward."""

    leader: Threshold
    named: Threshold
    nobody: Threshold

    def by_key(self) -> dict[str, Threshold]:
        """Return each number by its key."""
        return {key: getattr(self, key) for key in type(self).model_fields}


class ActionRules(Strict):
    """What a strong place still lacks."""

    hanging_hhi: Threshold
    high_risk: Threshold
    near: Threshold


class Rules(Strict):
    """One version of the rules."""

    version: str
    state: StateRules
    size: SizeRules
    score: ScoreRules
    scale: ScaleRules
    elsewhere: ElsewhereRules
    under_way: UnderWayRules
    suspect: SuspectRules
    action: ActionRules


@cache
def read_rules() -> Rules:
    """Return the rules that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(Rules, "gaps/rules.toml")


def variants(rules: Rules, share: float = 0.2) -> Iterator[tuple[str, Rules]]:
    """Yield the rules with each number moved down and up by a share, one at a time, and what was moved.

    A weight that is moved is made up for by the others in proportion, so that the score stays out of 100.
    """
    whole = rules.model_dump()
    for section in ("state", "size", "scale", "elsewhere"):
        for key, threshold in whole[section].items():
            for factor in (1 - share, 1 + share):
                moved = threshold | {"value": threshold["value"] * factor}
                yield f"{section}.{key} ×{factor:g}", _with(whole, section, {key: moved})
    weights = whole["score"]
    for key, factor, points in moved_points(rules.score.points, share):
        moved = {name: weight | {"points": points[name]} for name, weight in weights.items()}
        yield f"score.{key} ×{factor:g}", _with(whole, "score", moved)


def moved_points(points: Mapping[str, float], share: float) -> Iterator[tuple[str, float, dict[str, float]]]:
    """Yield points (100 together) with each moved down and up by a share, the
    others in proportion: what is moved, by what factor."""
    for key, own in points.items():
        for factor in (1 - share, 1 + share):
            rest = (100 - own * factor) / (100 - own)
            yield (
                key,
                factor,
                {name: own * factor if name == key else value * rest for name, value in points.items()},
            )


def _with(whole: dict[str, Any], section: str, changed: dict[str, Any]) -> Rules:
    return Rules.model_validate(whole | {section: whole[section] | changed})

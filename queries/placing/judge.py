"""What a firm's evidence comes to: the segments and products that it takes, each with score, level and reasons.

The weights are those of two logistic regressions (Cox, 1958), of any and of the main places, learned from labelled firms
by ``python -m benchmarks.placing fit``; whoever trades is judged by how much of the scope is selling.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from queries.core.reason import Reason
from queries.placing.answers import Level
from queries.placing.catalogue import say
from queries.placing.evidence import Evidence, Said
from queries.placing.yardstick import Yardstick

Floats = NDArray[np.float64]
MOST_REASONS = 3
MOST_PRODUCTS = 8
MAIN = 2.0  # a main place counts so much more than any, where places are put in order


class Weights(BaseModel):
    """Of a logistic regression: one number a feature, and the last for none."""

    model_config = ConfigDict(frozen=True)
    any: list[float]
    main: list[float]


class Trade(Weights):
    """Of a segment of trade, and the service that who stands there gives."""

    product: str


class Model(BaseModel):
    """What was learned, and from when on a likelihood is a placement."""

    model_config = ConfigDict(frozen=True)
    version: str
    learned_on: str
    features: list[str]
    trade_features: list[str]
    places: Weights
    trades: dict[str, Trade]
    from_any: float
    from_main: float
    from_trade: float
    from_product: float
    high: float
    middle: float


@dataclass(frozen=True, slots=True)
class Placement:
    """A place of a firm, a segment's number or a product's id, with how likely it is."""

    of: int | str
    score: float
    main: float
    level: Level
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """The places of a firm, the likeliest first."""

    firm: str
    segments: tuple[Placement, ...]
    products: tuple[Placement, ...]


@cache
def read_model() -> Model:
    """Return the weights that ship."""
    return Model.model_validate(json.loads((files("queries") / "placing" / "weights.json").read_text("utf-8")))


def likelihood(rows: Sequence[Sequence[float]], weights: Sequence[float]) -> Floats:
    """Return the likelihood of each row of features."""
    made: Floats = 1 / (1 + np.exp(-(np.asarray(rows) @ np.asarray(weights[:-1]) + weights[-1])))
    return made


def judge(evidence: Sequence[Evidence], yardstick: Yardstick, model: Model) -> list[Placed]:
    """Return where each firm stands."""
    found = [one.features() for one in evidence]
    rows = [row for features in found for _, row in features]
    likely = likelihood(rows, model.places.any) if rows else np.empty(0)
    main = likelihood(rows, model.places.main) if rows else np.empty(0)
    told = [one.trade() for one in evidence]
    trades = {
        yardstick.number[segment]: (trade, likelihood(told, trade.any), likelihood(told, trade.main))
        for segment, trade in model.trades.items()
        if segment in yardstick.number and told
    }
    placed, at = [], 0
    for number, (one, features) in enumerate(zip(evidence, found, strict=True)):
        until = at + len(features)
        taken = {
            place: (float(score), float(leading))
            for (place, _), score, leading in zip(features, likely[at:until], main[at:until], strict=True)
            if place not in trades and (score > model.from_any or leading > model.from_main)
        }
        at = until
        taken |= {
            place: (float(any_[number]), float(leading[number]))
            for place, (_, any_, leading) in trades.items()
            if any_[number] > model.from_trade
        }
        placed.append(_placed(one, yardstick, model, taken, trades.keys()))
    return placed


def _placed(
    one: Evidence, yardstick: Yardstick, model: Model, taken: Mapping[int, tuple[float, float]], trades: Mapping[int, object] | set[int]
) -> Placed:
    order = sorted(taken, key=lambda place: (-(taken[place][1] * MAIN + taken[place][0]), place))
    segments = tuple(
        Placement(place, *taken[place], _level(taken[place][0], model), _why(one, place, place in trades)) for place in order
    )
    return Placed(one.firm.id, segments, _products(one, yardstick, model, taken))


def _level(score: float, model: Model) -> Level:
    return Level.high if score >= model.high else Level.middle if score >= model.middle else Level.low


def _why(one: Evidence, place: int, trades: bool) -> tuple[Reason, ...]:
    if trades:
        sold = [item.text for item in one.items if item.sells][:5]
        return (say("trades", items=sold, count=len(sold)),) if sold else (say("trades_by_name", name=one.firm.name),)
    said = one.places.get(place, Said())
    best = sorted(said.words.items(), key=lambda pair: -pair[1][0])[:MOST_REASONS]
    return tuple(say(f"by_{channel}", item=text, share=strength) for text, (strength, channel) in best)


def _products(one: Evidence, yardstick: Yardstick, model: Model, taken: Mapping[int, tuple[float, float]]) -> tuple[Placement, ...]:
    """Return what the firm makes, as far as it stands where that is made; of one that stands nowhere nothing is said."""
    if not taken:
        return ()
    found: list[Placement] = []
    for id, (strength, text) in one.products.items():
        product = yardstick.products[id]
        score = strength if taken.keys() & set(product.places) else strength * 0.3
        if score >= model.from_product:
            found.append(Placement(id, score, score, _level(score, model), (say("names_product", item=text, product=product.name),)))
    by_name = {product.formerly: product for product in yardstick.products.values()}
    for segment, trade in model.trades.items():
        place = yardstick.number.get(segment, -1)
        if place in taken and (product := by_name.get(trade.product)):
            score = min(1.0, 0.4 + taken[place][1])
            found.append(Placement(product.id, score, score, _level(taken[place][0], model), (say("gives", product=product.name),)))
    best: dict[int | str, Placement] = {}
    for each in sorted(found, key=lambda each: (-each.score, str(each.of))):
        best.setdefault(each.of, each)
    return tuple(best.values())[:MOST_PRODUCTS]

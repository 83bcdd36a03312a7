"""What a firm's evidence comes to: the segments and products that it takes, each with score, level and reasons.

Whether a place is one is told by two logistic regressions (Cox, 1958), of any and of the main places, their order by a
conditional logit (McFadden, 1974); all are learned from labelled firms by ``python -m benchmarks.placing fit``. Whoever
trades is judged by how much of the scope is selling.
"""

import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from queries.core.reason import Reason
from queries.placing.answers import Sureness
from queries.placing.catalogue import say
from queries.placing.evidence import Floats, PlaceEvidence
from queries.placing.phrases import Phrase
from queries.placing.yardstick import Yardstick

MOST_REASONS = 3
MOSTLY = 0.5  # of a firm's items: who says hardly anything else stands there
MOST_PRODUCTS = 8
SAME_CHAIN, ELSEWHERE = (
    0.7,
    0.4,
)  # how much it counts that a product is named that belongs elsewhere than the firm stands
SAID = 0.7  # how well a product of a place must be named, or the typical one is likelier
TYPICAL = 0.9  # how much the likelihood of a place counts for its typical product


class PlaceWeights(BaseModel):
    """One number a feature, and the last for none: for being a place, a main one, and before others."""

    model_config = ConfigDict(frozen=True)
    any: list[float]
    main: list[float]
    order: list[float]


class PlacingModel(BaseModel):
    """What was learned, and from when on a likelihood is a placement."""

    model_config = ConfigDict(frozen=True)
    version: str
    learned_on: str
    features: list[str]
    trade_features: list[str]
    places: PlaceWeights
    trades: dict[str, PlaceWeights]
    from_any: float
    from_main: float
    from_trade: float
    from_first: float
    from_product: float
    high: float
    middle: float


@dataclass(frozen=True, slots=True)
class Placement:
    """A place of a firm, a segment's number or a product's id, with how likely it is."""

    of: int | str
    score: float
    level: Sureness
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """The places of a firm, the likeliest first."""

    firm: str
    segments: tuple[Placement, ...]
    products: tuple[Placement, ...]


@cache
def read_model() -> PlacingModel:
    """Return the weights that ship."""
    return PlacingModel.model_validate(json.loads((files("queries") / "placing" / "weights.json").read_text("utf-8")))


def likelihood(rows: Floats, weights: Sequence[float]) -> Floats:
    """Return the likelihood of each row of features."""
    made: Floats = 1 / (1 + np.exp(-weighed(rows, weights)))
    return made


def weighed(rows: Floats, weights: Sequence[float]) -> Floats:
    """Return what each row of features comes to."""
    made: Floats = rows @ np.asarray(weights[:-1]) + weights[-1]
    return made


class _Likely(NamedTuple):
    """How likely it is that a place is one, and how far before others it stands."""

    any: float
    order: float


def judge(evidence: PlaceEvidence, yardstick: Yardstick, model: PlacingModel) -> list[Placed]:
    """Return where each firm stands."""
    rows, weights = evidence.features, model.places
    any_, order = likelihood(rows, weights.any), weighed(rows, weights.order)
    # long scopes, of which the weights are, hardly say such a thing
    any_ = np.where(evidence.plainly >= MOSTLY, np.maximum(any_, model.middle + 0.1), any_)
    took = (any_ > model.from_any) | (likelihood(rows, weights.main) > model.from_main)
    trades = {
        yardstick.number[segment]: [
            _Likely(*both)
            for both in zip(
                likelihood(evidence.trade, trade.any).tolist(),
                weighed(evidence.trade, trade.order).tolist(),
                strict=True,
            )
        ]
        for segment, trade in model.trades.items()
        if segment in yardstick.number
    }
    places, scores, orders, taken_alone = evidence.places.tolist(), any_.tolist(), order.tolist(), took.tolist()
    placed = []
    for number, (start, end) in enumerate(pairwise(evidence.starts)):
        own = {place: each[number] for place, each in trades.items()}
        before = dict(zip(places[start:end], orders[start:end], strict=True)) | {
            place: each.order for place, each in own.items()
        }
        taken = {
            places[row]: _Likely(scores[row], orders[row])
            for row in range(start, end)
            if taken_alone[row] and places[row] not in trades
        }
        taken |= {place: each for place, each in own.items() if each.any > model.from_trade}
        # who stands on some chain stands where most speaks for it
        if taken and (first := max(before, key=before.__getitem__)) not in taken:
            likely = (
                own[first] if first in own else _Likely(scores[start + places[start:end].index(first)], before[first])
            )
            if likely.any > model.from_first:
                taken[first] = likely
        placed.append(_placed(evidence, number, yardstick, model, taken, trades))
    return placed


def _placed(
    evidence: PlaceEvidence,
    firm: int,
    yardstick: Yardstick,
    model: PlacingModel,
    taken: Mapping[int, _Likely],
    trades: Container[int],
) -> Placed:
    order = sorted(taken, key=lambda place: (-taken[place].order, place))
    segments = tuple(
        Placement(
            place, taken[place].any, _level(taken[place].any, model), _why(evidence, firm, place, place in trades)
        )
        for place in order
    )
    return Placed(evidence.firms[firm].id, segments, _products(evidence.phrases[firm], yardstick, model, taken))


def _level(score: float, model: PlacingModel) -> Sureness:
    return Sureness.high if score >= model.high else Sureness.middle if score >= model.middle else Sureness.low


def _why(evidence: PlaceEvidence, firm: int, place: int, trades: bool) -> tuple[Reason, ...]:
    if trades:
        sold = [phrase.text for phrase in evidence.phrases[firm] if phrase.sells][:5]
        name = evidence.firms[firm].name
        return (say("trades", items=sold, count=len(sold)),) if sold else (say("trades_by_name", name=name),)
    best = sorted(evidence.words(firm, place).items(), key=lambda pair: -pair[1][0])[:MOST_REASONS]
    return tuple(say(channel, item=text, share=strength) for text, (strength, channel) in best)


class _Named(NamedTuple):
    """A product with how likely it is, and the item that names it; or the segment of which it is typical."""

    of: str
    score: float
    item: str | None
    segment: str = ""


def _products(
    phrases: Sequence[Phrase], yardstick: Yardstick, model: PlacingModel, taken: Mapping[int, _Likely]
) -> tuple[Placement, ...]:
    """Return what the firm makes where it stands; of a place where nothing is said the typical product. Of a firm that
    stands nowhere nothing is said."""
    if not taken:
        return ()
    named: dict[str, tuple[float, str]] = {}  # how well a product is named at most, and in which item
    for phrase in phrases:
        for id, strength in phrase.products:
            if strength >= model.from_product and strength > named.get(id, (0.0, ""))[0]:
                named[id] = strength, phrase.text
    found: dict[str, _Named] = {}
    chains = {yardstick.places[place].chain for place in taken}
    for id, (strength, text) in named.items():
        product = yardstick.products[id]
        at = [taken[place].any for place in product.places if place in taken]
        if at:
            sure = 0.5 + max(at) / 2
        else:
            beside = any(yardstick.places[place].chain in chains for place in product.places)
            sure = SAME_CHAIN if beside else ELSEWHERE
        if (score := strength * sure) >= model.from_product:
            found[id] = _Named(id, score, text)
    said = {place for each in found.values() if each.score >= SAID for place in yardstick.products[each.of].places}
    for place in sorted(taken.keys() - said):
        if (typical := yardstick.places[place].typical) and typical not in found:
            found[typical] = _Named(typical, taken[place].any * TYPICAL, None, yardstick.places[place].name)
    return tuple(
        _product(each, yardstick, model) for each in _in_turn(found.values(), yardstick, taken)[:MOST_PRODUCTS]
    )


def _product(named: _Named, yardstick: Yardstick, model: PlacingModel) -> Placement:
    name = yardstick.products[named.of].name
    if named.item is None:
        why = say("typical", segment=named.segment, product=name)
        return Placement(named.of, named.score, Sureness.low, (why,))
    why = say("names_product", item=named.item, product=name)
    return Placement(named.of, named.score, _level(named.score, model), (why,))


def _in_turn(found: Iterable[_Named], yardstick: Yardstick, taken: Mapping[int, _Likely]) -> list[_Named]:
    """Return products in order: the likeliest of each place before the second of any."""
    turns: Counter[int] = Counter()
    order: list[tuple[int, float, str, _Named]] = []
    for each in sorted(found, key=lambda each: (-each.score, each.of)):
        own = [place for place in yardstick.products[each.of].places if place in taken]
        place = max(own, key=lambda place: taken[place].order, default=-1)
        order.append((turns[place], -each.score, each.of, each))
        turns[place] += 1
    return [each for *_, each in sorted(order, key=lambda row: row[:3])]

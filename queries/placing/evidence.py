"""What speaks for firms' standing in segments: their scopes item by item, their names, their classes of industry.

Firms are read many at a time: what each phrase says is looked up, what it comes to is counted for all at once.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queries.placing.phrases import (
    BARE,
    BULK,
    BY_THE_SHIP,
    CHANNELS,
    CODES,
    DEVELOPS,
    MAKES,
    NUMBER,
    PLAIN,
    RETAIL,
    SELLS,
    SIDES,
    WEAK,
    WHOLESALE,
    Phrase,
    PhraseReader,
    says,
)
from queries.placing.yardstick import Yardstick

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
# what is so of the firm as a whole, or of a place beside the firm's others
CONTEXT = ("sold", "trades", "builds", "items", "best", "relative", "certain")
FEATURES = (*CHANNELS, *CONTEXT)
# what tells a firm that trades
TRADE = (
    "sold",
    "share",
    "first",
    "wholesale",
    "retail",
    "online",
    "bulk",
    "foreign",
    "trades",
    "builds",
    "makes",
    "things",
    "general",
    "retail_only",
    "shop",
    "abroad",
    "bulk_share",
    "bulk_first",
    "retail_share",
    "wholesale_share",
    "named",
    "does",
    "fabricates",
)
_trades = (
    "商贸",
    "贸易",
    "经贸",
    "工贸",
    "商行",
    "商社",
    "百货",
    "超市",
    "批发",
    "经营部",
    "商店",
    "物资",
    "购物",
    "便利",
)
_builds = ("建筑", "施工", "装饰", "装修", "市政", "园林", "路桥", "劳务", "房地产", "置业", "物业")
_retail = ("零售", "百货", "超市", "专卖")
_online = ("互联网销售", "网上销售", "网上贸易", "网络销售", "线上销售", "线上线下", "电子商务", "网上经营", "网店")
_shop = ("店", "服务点", "加油站", "连锁", "超市", "门市", "药房", "商行", "百货")
_abroad = ("国际贸易", "进出口", "对外贸易", "供应链", "国贸")
_general = (
    "日用百货", "五金", "办公用品", "建筑材料", "建材", "劳保用品", "电子产品", "文具", "工艺品", "针纺织品",
    "机电设备",
)  # fmt: skip
_side = np.array([NUMBER[SIDES.get(channel, "early_other")] for channel in CHANNELS])
_weak = np.array([channel in WEAK for channel in CHANNELS])
_form = re.compile(r"股份|有限|责任|公司|集团|分公司|总公司|中心|示例\d*")


@dataclass(frozen=True, slots=True)
class RegisteredFirm:
    """What a register says of a firm: ``industries`` are codes or names of classes."""

    id: str
    name: str
    scope: str = ""
    industries: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlaceEvidence:
    """All that speaks for places of some firms: a row for each firm and place, the places of a firm side by side."""

    firms: Sequence[RegisteredFirm]
    phrases: Sequence[Sequence[Phrase]]  # of each firm
    names: Sequence[Sequence[tuple[int, str, str]]]  # of each firm: place, word, channel
    starts: Sequence[int]  # the first row of each firm, and the end
    places: Numbers
    features: Floats  # in the order of ``FEATURES``
    plainly: Floats  # the share of the items that name the place by its very word, as what is made or done
    trade: Floats  # a row for each firm, in the order of ``TRADE``

    def words(self, firm: int, place: int) -> Mapping[str, tuple[float, str]]:
        """Return what speaks for a place of a firm, with how strongly it does and by which channel."""
        words: dict[str, tuple[float, str]] = {}
        for phrase in self.phrases[firm]:
            if told := phrase.best.get(place):
                words[phrase.text] = max(words.get(phrase.text, (0.0, "")), told)
        for at, text, channel in self.names[firm]:
            if at == place:
                words.setdefault(f"名称中的“{text}”", (0.5, channel))
        return words


class RegisterReader:
    """Reads firms against a yardstick."""

    def __init__(self, yardstick: Yardstick) -> None:
        """Keep the yardstick."""
        self._most = len(yardstick.places)
        self._phrases = PhraseReader(yardstick)

    def read(self, firms: Sequence[RegisteredFirm]) -> PlaceEvidence:
        """Return what speaks for the places of firms."""
        items = Items([self._phrases.scope(firm.scope) for firm in firms])
        names = [self._phrases.name(_form.sub("", firm.name)) for firm in firms]
        more = np.array([*self._beside(firms, names)], np.float64).reshape(-1, 4).T
        said, best = items.each("codes"), items.each("best")
        codes, strengths = items.all("codes"), items.all("strengths", np.float64)
        channels = codes % CODES

        keys = np.concatenate([items.firm[said], more[0].astype(np.int64)]) * self._most
        keys += np.concatenate([codes // CODES, more[1].astype(np.int64)])
        known, first, known_as = np.unique(keys, return_index=True, return_inverse=True)
        order = np.lexsort((first, known // self._most))  # places of a firm as they come up
        row_of = np.empty_like(order)
        row_of[order] = np.arange(len(order))

        features = np.zeros((len(known), len(FEATURES)))
        cells, at = features.reshape(-1), row_of[known_as] * len(FEATURES)
        np.maximum.at(cells, at[: len(said)] + channels, strengths)
        np.maximum.at(cells, at[len(said) :] + more[2].astype(np.int64), more[3])
        at = at[: len(said)]
        np.maximum.at(cells, at + _side[channels], strengths / (1 + items.position[said] / 3))
        special = np.where(_weak[channels], 0.0, strengths * items.all("specials", np.float64))
        np.maximum.at(cells, at + NUMBER["special"], special)

        row = row_of[np.searchsorted(known, items.firm[best] * self._most + items.all("best"))]
        most, of = items.all("most", np.float64), items.number[items.firm[best]]
        for channel, share in (("times", 5), ("part", of)):
            features[:, NUMBER[channel]] = np.minimum(1.0, np.bincount(row, most / share, len(known)))
        plainly = np.bincount(row, items.all("plainly", np.float64) / of, len(known)).astype(np.float64)

        whole = _whole(firms, items)
        firm = known[order] // self._most
        _complete(features, firm, whole)
        trade = _trade(firms, items, whole, features, firm)
        starts = np.searchsorted(firm, np.arange(len(firms) + 1)).tolist()
        return PlaceEvidence(firms, items.of, names, starts, known[order] % self._most, features, plainly, trade)

    def _beside(
        self, firms: Sequence[RegisteredFirm], names: Sequence[Sequence[tuple[int, str, str]]]
    ) -> Iterator[tuple[int, int, int, float]]:
        """Yield what is said beside the scopes: of which firm, for which place, by which channel, how strongly."""
        for number, (firm, said) in enumerate(zip(firms, names, strict=True)):
            for place, _word, channel in said:
                yield number, place, NUMBER[channel], 1.0
            for industry in firm.industries:
                for place, strength in self._phrases.of_class(industry):
                    yield number, place, NUMBER["industry"], strength


class Items:
    """The items of the scopes of some firms, one after another."""

    def __init__(self, of: Sequence[Sequence[Phrase]]) -> None:
        """Number them by firm and by position in its scope."""
        self.of = of
        self.flat = [*chain.from_iterable(of)]
        self.number = np.array([len(phrases) for phrases in of], np.int64)
        self.firm = np.repeat(np.arange(len(of)), self.number)
        self.first = np.cumsum(self.number) - self.number
        self._flags = np.fromiter(map(attrgetter("flags"), self.flat), np.int64, len(self.flat))
        self.position = np.arange(len(self.flat)) - self.first[self.firm]

    def all(self, column: str, kind: type[np.generic] = np.int64) -> NDArray[Any]:
        """Return all that the items have in a column."""
        return np.fromiter(chain.from_iterable(map(attrgetter(column), self.flat)), kind)

    def each(self, column: str) -> Numbers:
        """Return for each of these of which item it is."""
        lengths = np.fromiter(map(len, map(attrgetter(column), self.flat)), np.int64, len(self.flat))
        return np.repeat(np.arange(len(self.flat)), lengths)

    def is_(self, flags: int) -> Numbers:
        """Return 1 for each item of which any of these is so, 0 for others."""
        told: Numbers = (self._flags & flags != 0).astype(np.int64)
        return told

    def count(self, flags: Numbers) -> Numbers:
        """Return of how many items of each firm it is so."""
        return np.bincount(self.firm, flags, len(self.number)).astype(np.int64)

    def begin(self, flags: Numbers) -> Numbers:
        """Return whether it is so of the first item of each firm; not where there is none."""
        told = np.zeros(len(self.number), np.int64)
        told[self.number > 0] = flags[self.first[self.number > 0]]
        return told


def _whole(firms: Sequence[RegisteredFirm], items: Items) -> Floats:
    """Return of each firm which share of the items is sold, whether the name tells of trade or of building and the
    scope does too, and how many items there are: the first of ``CONTEXT``."""
    number = np.maximum(items.number, 1)
    made = items.count(items.is_(MAKES | DEVELOPS)) / number
    trades, builds = (np.array([says(firm.name, words) for firm in firms], float) for words in (_trades, _builds))
    sold = items.count(items.is_(SELLS)) / number
    return np.stack([sold, trades * (1 - made), builds * (1 - made), np.minimum(number, 20) / 20], axis=1)


def _complete(features: Floats, firm: Numbers, whole: Floats) -> None:
    """Fill in what is so of the firms, and of each place beside the others of the firm."""
    best = features[:, : NUMBER["early_make"]].max(axis=1)
    top = np.zeros(len(whole))
    np.maximum.at(top, firm, best)
    top[top == 0] = 1.0
    features[:, len(CHANNELS) :] = np.column_stack([whole[firm], best, best / top[firm], best >= PLAIN])


def _trade(firms: Sequence[RegisteredFirm], items: Items, whole: Floats, features: Floats, firm: Numbers) -> Floats:
    """Return what tells whether firms trade, in the order of ``TRADE``."""
    _, trades, builds, _ = whole.T
    sells, made = items.is_(SELLS), items.count(items.is_(MAKES))
    only = items.count(sells | (items.is_(BARE) & (trades != 0)[items.firm]))
    goods = np.maximum(items.count(sells), 1)
    bulk = items.is_(BY_THE_SHIP)
    first_sold = np.flatnonzero(sells)[np.unique(items.firm[sells == 1], return_index=True)[1]]
    bulk_first = np.zeros(len(firms))
    bulk_first[items.firm[first_sold]] = bulk[first_sold]
    most = np.zeros((len(firms), 3))
    for number, channel in enumerate(("name", "early_do", "early_make")):
        np.maximum.at(most[:, number], firm, features[:, NUMBER[channel]])
    told = np.array([_told(each) for each in firms], float).reshape(len(firms), -1).T
    wholesale, retail, online, bulky, foreign, general, retail_only, shop, abroad = told
    return np.column_stack(
        [
            np.minimum(only, 10) / 10,
            only / np.maximum(items.number, 1),
            items.begin(sells),
            wholesale,
            retail,
            online,
            bulky,
            foreign,
            trades,
            builds,
            made > 0,
            np.minimum(made, 5) / 5,
            general,
            retail_only,
            shop,
            abroad,
            items.count(bulk) / goods,
            bulk_first,
            items.count(items.is_(RETAIL)) / goods,
            items.count(items.is_(WHOLESALE)) / goods,
            most,
        ]
    )


def _told(firm: RegisteredFirm) -> tuple[float, ...]:
    """Return what words of the scope and the name tell of trade."""
    scope, name = firm.scope, firm.name
    wholesale, retail = "批发" in scope, says(scope, _retail)
    return (
        wholesale,
        retail,
        says(scope, _online),
        says(scope, BULK),
        "进出口" in scope,
        min(sum(map(scope.count, _general)), 5) / 5,
        retail and not wholesale,
        says(name, _shop),
        says(name, _abroad),
    )

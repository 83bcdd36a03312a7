"""What speaks for a firm's standing in a segment: its scope item by item, its name, its classes of industry."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from queries.placing.scope import ScopeItem, read_scope
from queries.placing.yardstick import Found, RegisterWord, WordKind, Yardstick, plain

# how strongly each of these speaks for a place, each from 0 to 1
CHANNELS = (
    "word_make", "word_develop", "word_bare", "word_sell", "word_serve", "grows", "does", "sells",
    "product_make", "product_develop", "product_bare", "product_sell", "product_serve", "service", "service_other",
    "class_make", "class_other", "wider", "early_make", "early_do", "early_other", "times",
    "name", "name_product", "industry", "special", "part",
)  # fmt: skip
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
# where what an item says counts by how early it stands, and what is said too weakly to be special
SIDES = dict.fromkeys(("word_make", "word_develop", "product_make", "product_develop", "class_make"), "early_make")
SIDES |= dict.fromkeys(("does", "service", "grows", "sells"), "early_do")
WEAK = {f"{of}_{deed}" for of in ("word", "product") for deed in ("sell", "serve", "bare")}
PLAIN = 0.99  # the strength of a word that is all that an item names
KEPT = 50_000  # items of scopes of which it is kept what they say
# how sure it is that who does this with a thing makes it, or gives the service
SURE_OF_PRODUCT = {"make": 1.0, "develop": 0.7, "bare": 0.5, "serve": 0.2, "sell": 0.0}
SURE_OF_SERVICE = {"make": 0.9, "develop": 0.9, "bare": 0.8, "serve": 1.0, "sell": 0.3}
SOLD = ("销售", "批发", "零售", "贸易", "经营")  # a word of an activity that is selling
_channel = {name: number for number, name in enumerate(CHANNELS)}
_trades = re.compile("商贸|贸易|经贸|工贸|商行|商社|百货|超市|批发|经营部|商店|物资|购物|便利")
_builds = re.compile("建筑|施工|装饰|装修|市政|园林|路桥|劳务|房地产|置业|物业")
_wholesale, _retail = re.compile("批发"), re.compile("零售|百货|超市|专卖")
_online = re.compile("互联网销售|网上销售|网上贸易|网络销售|线上销售|线上线下|电子商务|网上经营|网店")
_bulk = re.compile("煤炭|煤制品|焦炭|矿产品|矿石|石油制品|燃料油|钢材|生铁|有色金属|大宗|成品油")
_foreign = re.compile("进出口")
_shop = re.compile("店|服务点|加油站|连锁|超市|门市|药房|商行|百货")
_abroad = re.compile("国际贸易|进出口|对外贸易|供应链|国贸")
_general = re.compile("日用百货|五金|办公用品|建筑材料|建材|劳保用品|电子产品|文具|工艺品|针纺织品|机电设备")
_form = re.compile(r"股份|有限|责任|公司|集团|分公司|总公司|中心|示例\d*")


@dataclass(frozen=True, slots=True)
class RegisteredFirm:
    """What a register says of a firm: ``industries`` are codes or names of classes."""

    id: str
    name: str
    scope: str = ""
    industries: tuple[str, ...] = ()


@dataclass(slots=True)
class Said:
    """What speaks for one place: the strength of each channel, and the best words with the item they stand in."""

    strength: list[float] = field(default_factory=lambda: [0.0] * len(CHANNELS))
    words: dict[str, tuple[float, str]] = field(default_factory=dict)  # what is named -> strength, channel
    plainly: float = 0.0  # the share of the items that name the place by its very word, as what is made or done

    def raise_to(self, channel: str, strength: float) -> None:
        """Let a channel speak as strongly as it does by this."""
        number = _channel[channel]
        if strength > self.strength[number]:
            self.strength[number] = strength

    def count(self, text: str, told: tuple[float, str], items: int) -> None:
        """Count an item of so many, with how strongly it speaks and by which channel."""
        if told[0] >= PLAIN and SIDES.get(told[1]):
            self.plainly += 1 / items
        for channel, share in (("times", 5), ("part", items)):
            number = _channel[channel]
            self.strength[number] = min(1.0, self.strength[number] + told[0] / share)
        self.words[text] = max(self.words.get(text, (0.0, "")), told)


@dataclass
class FirmEvidence:
    """All that speaks for places and products of a firm."""

    firm: RegisteredFirm
    items: list[ScopeItem]
    places: dict[int, Said] = field(default_factory=dict)
    products: dict[str, tuple[float, str]] = field(default_factory=dict)  # id -> strength, the item

    def features(self) -> list[tuple[int, list[float]]]:
        """Return each place with what is known for and beside it, in the order of ``FEATURES``."""
        best = {place: max(said.strength[: _channel["early_make"]]) for place, said in self.places.items()}
        return [(place, [*said.strength, *self._context(place, best)]) for place, said in self.places.items()]

    def _context(self, place: int, best: dict[int, float]) -> Sequence[float]:
        top = max(best.values(), default=0.0) or 1.0
        sold, trades, builds, items = self._whole
        return (sold, trades, builds, items, best[place], best[place] / top, float(best[place] >= PLAIN))

    @cached_property
    def _whole(self) -> tuple[float, float, float, float]:
        """Return which share of the items is sold, whether the name tells of trade or of building and the scope does
        too, and how many items there are."""
        number = max(1, len(self.items))
        sold = sum(item.sells for item in self.items) / number
        made = sum(item.deed in ("make", "develop") for item in self.items) / number
        trades = float(bool(_trades.search(self.firm.name)))
        builds = float(bool(_builds.search(self.firm.name)))
        return sold, trades * (1 - made), builds * (1 - made), min(number, 20) / 20

    def trade(self) -> list[float]:
        """Return what tells whether the firm trades, in the order of ``TRADE``."""
        _, trades, builds, _ = self._whole
        scope, number = self.firm.scope, len(self.items)
        only = sum(item.deed == "sell" or (trades and item.deed == "bare") for item in self.items)
        made = sum(item.deed == "make" for item in self.items)
        goods = [item for item in self.items if item.sells]
        return [
            min(only, 10) / 10,
            only / max(1, number),
            float(bool(self.items) and self.items[0].deed == "sell"),
            float(bool(_wholesale.search(scope))),
            float(bool(_retail.search(scope))),
            float(bool(_online.search(scope))),
            float(bool(_bulk.search(scope))),
            float(bool(_foreign.search(scope))),
            trades,
            builds,
            float(made > 0),
            min(made, 5) / 5,
            min(len(_general.findall(scope)), 5) / 5,
            float(bool(_retail.search(scope)) and not _wholesale.search(scope)),
            float(bool(_shop.search(self.firm.name))),
            float(bool(_abroad.search(self.firm.name))),
            sum(bool(_bulk.search(item.text)) for item in goods) / max(1, len(goods)),
            float(bool(goods) and bool(_bulk.search(goods[0].text))),
            sum(
                any("零" in verb for verb in item.verbs) and not any("批" in verb for verb in item.verbs)
                for item in goods
            )
            / max(1, len(goods)),
            sum(any("批" in verb for verb in item.verbs) for item in goods) / max(1, len(goods)),
            self._most("name"),
            self._most("early_do"),
            self._most("early_make"),
        ]

    def _most(self, channel: str) -> float:
        return max((said.strength[_channel[channel]] for said in self.places.values()), default=0.0)


def _channel_of(kind: WordKind, deed: str) -> str:
    """Return by which channel a word speaks that names a thing with which something is done; none: by no one."""
    if kind is WordKind.makes:
        return f"word_{deed}"
    if kind is WordKind.grows:
        return "grows" if deed in ("make", "bare") else ""
    if kind is WordKind.product:
        return f"product_{deed}"
    if kind is WordKind.service:
        return "service" if deed in ("serve", "bare") else "service_other"
    if kind is WordKind.industry:
        return "class_make" if deed in ("make", "develop") else "class_other"
    return ""


class RegisterReader:
    """Reads firms against a yardstick; what an item says is worked out once."""

    def __init__(self, yardstick: Yardstick) -> None:
        """Keep the yardstick."""
        self.yardstick = yardstick
        self._rarity: dict[str, float] = {}
        self._found = lru_cache(maxsize=KEPT)(yardstick.found)
        self._of_item = lru_cache(maxsize=KEPT)(self._weigh)
        self._of_products = lru_cache(maxsize=KEPT)(self._products_of)

    def read(self, firm: RegisteredFirm) -> FirmEvidence:
        """Return what speaks for the places of a firm."""
        items = read_scope(firm.scope)
        found = FirmEvidence(firm, items)
        for position, item in enumerate(items):
            best: dict[int, tuple[float, str]] = {}  # how strongly the item speaks for each place, and by which channel
            for place, channel, strength, special in self._of_item(item):
                said = found.places.setdefault(place, Said())
                said.raise_to(channel, strength)
                said.raise_to(SIDES.get(channel, "early_other"), strength / (1 + position / 3))
                said.raise_to("special", special)
                best[place] = max(best.get(place, (0.0, "")), (strength, channel))
            for place, told in best.items():
                found.places[place].count(item.text, told, len(items))
            for product, strength in self._of_products(item).items():
                if strength > found.products.get(product, (0.0, ""))[0]:
                    found.products[product] = strength, item.text
        self._read_name(found)
        self._read_classes(found)
        return found

    def _special(self, word: str) -> float:
        """Return how special a word is: a general one is a part of many others."""
        if word not in self._rarity:
            self._rarity[word] = 1 / math.log2(2 + self.yardstick.holding(word))
        return self._rarity[word]

    def _read_name(self, found: FirmEvidence) -> None:
        name = plain(_form.sub("", found.firm.name))
        for text in [found.word for found in self.yardstick.found(name)]:
            for word in self.yardstick.words[text]:
                if word.kind is WordKind.industry:
                    continue
                channel = "name_product" if word.kind in (WordKind.product, WordKind.service) else "name"
                for place, _share in word.places:
                    said = found.places.setdefault(place, Said())
                    said.raise_to(channel, 1.0)
                    said.words.setdefault(f"名称中的“{text}”", (0.5, channel))

    def _read_classes(self, found: FirmEvidence) -> None:
        for industry in found.firm.industries:
            for _, in_it, place, share in self._words(plain(industry)):
                said = found.places.setdefault(place, Said())
                said.raise_to("industry", in_it.quality * share)

    def _weigh(self, item: ScopeItem) -> list[tuple[int, str, float, float]]:
        """Return what an item says for each place: by which channel, how strongly, and how special that is."""
        what, deed = plain(item.what), item.deed
        best: dict[tuple[int, str], tuple[float, str]] = {}

        def add(place: int, channel: str, strength: float, text: str) -> None:
            if strength > best.get((place, channel), (0.0, ""))[0]:
                best[place, channel] = strength, text

        for word, found, place, share in self._words(what):
            if channel := _channel_of(word.kind, deed):
                add(place, channel, found.quality * share, found.word)
        for form in self._forms(item, what):
            for word, found, place, share in self._words(form):
                if word.kind in (WordKind.does, WordKind.grows, WordKind.sells):
                    add(place, str(word.kind), max(found.quality, 0.5) * share, found.word)
                elif word.kind is WordKind.service:
                    add(place, "service", found.quality * share, found.word)
        if deed in ("make", "develop") and (longer := self.yardstick.ends.get(what)):
            of = [place for product in longer for place in self.yardstick.products[product].places]
            for place in set(of):
                add(place, "wider", of.count(place) / len(of), what)
        return [
            (place, channel, strength, 0.0 if channel in WEAK else strength * self._special(text))
            for (place, channel), (strength, text) in best.items()
        ]

    def _words(self, text: str) -> Iterator[tuple[RegisterWord, Found, int, float]]:
        """Yield the words in a text with each place that they speak for, where the text means that place's word."""
        elsewhere = self.yardstick.elsewhere(text)
        for found in self._found(text):
            for word in self.yardstick.words[found.word]:
                for place, share in word.places:
                    if not any(
                        start <= found.start and found.end <= end and place in of for start, end, of in elsewhere
                    ):
                        yield word, found, place, share

    def _products_of(self, item: ScopeItem) -> Mapping[str, float]:
        """Return how well an item names each product that it says to be made, or service that it says to be given."""
        what, best = plain(item.what), dict[str, float]()

        def add(text: str, quality: float) -> None:
            for word in self.yardstick.words[text]:
                service = word.kind in (WordKind.service, WordKind.means)
                if word.kind is WordKind.product or service:
                    share = SURE_OF_SERVICE[item.deed] if service else SURE_OF_PRODUCT[item.deed]
                    best[word.of] = max(best.get(word.of, 0.0), quality * share)

        for found in self._found(what):
            add(found.word, found.quality)
        for form in self._forms(item, what):
            for found in self._found(form):
                if any(word.kind in (WordKind.service, WordKind.means) for word in self.yardstick.words[found.word]):
                    add(found.word, found.quality if item.deed != "sell" or found.word.endswith(SOLD) else 0.0)
        return best

    @staticmethod
    def _forms(item: ScopeItem, what: str) -> tuple[str, ...]:
        """Return an item with its verbs, as words of activities are written."""
        return tuple(dict.fromkeys([plain(item.text), *(plain(what + verb) for verb in item.verbs)]))

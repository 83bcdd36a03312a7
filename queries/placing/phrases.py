"""What the phrases of registers say: of an item of a scope, which places and products it speaks for, and how strongly."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from queries.placing.scope import ScopeItem, read_sentence, sentences
from queries.placing.yardstick import WordKind, Yardstick, plain

# how strongly each of these speaks for a place, each from 0 to 1
CHANNELS = (
    "word_make", "word_develop", "word_bare", "word_sell", "word_serve", "grows", "does", "sells",
    "product_make", "product_develop", "product_bare", "product_sell", "product_serve", "service", "service_other",
    "class_make", "class_other", "wider", "early_make", "early_do", "early_other", "times",
    "name", "name_product", "industry", "special", "part",
)  # fmt: skip
NUMBER = {name: number for number, name in enumerate(CHANNELS)}
# where what an item says counts by how early it stands, and what is said too weakly to be special
SIDES = dict.fromkeys(("word_make", "word_develop", "product_make", "product_develop", "class_make"), "early_make")
SIDES |= dict.fromkeys(("does", "service", "grows", "sells"), "early_do")
WEAK = {f"{of}_{deed}" for of in ("word", "product") for deed in ("sell", "serve", "bare")}
PLAIN = 0.99  # the strength of a word that is all that an item names
KEPT = 100_000  # phrases of which it is kept what they say: of a register of any size the commonest
# how sure it is that who does this with a thing makes it, or gives the service
SURE_OF_PRODUCT = {"make": 1.0, "develop": 0.7, "bare": 0.5, "serve": 0.2, "sell": 0.0}
SURE_OF_SERVICE = {"make": 0.9, "develop": 0.9, "bare": 0.8, "serve": 1.0, "sell": 0.3}
SOLD = ("销售", "批发", "零售", "贸易", "经营")  # a word of an activity that is selling
BULK = (
    "煤炭", "煤制品", "焦炭", "矿产品", "矿石", "石油制品", "燃料油", "钢材", "生铁", "有色金属", "大宗", "成品油",
)  # fmt: skip
DONE = (WordKind.does, WordKind.grows, WordKind.sells)  # words of what is done, with the verb in them
SERVICES = (WordKind.service, WordKind.means)


class Spoken(NamedTuple):
    """That something speaks for a place: by which channel, how strongly, and how special what says so is."""

    place: int
    channel: str
    strength: float
    special: float


class Match(NamedTuple):
    """A word in a text: how well it names the text, and the places that it does not mean there."""

    word: str
    quality: float
    barred: frozenset[int]


@dataclass(frozen=True, slots=True)
class Phrase:
    """An item of a scope with all that it says, ready to be counted for any firm that has it."""

    text: str
    deed: str
    sells: bool
    bulk: bool  # sold by the shipload
    retail: bool  # sold, and in retail alone
    wholesale: bool
    places: tuple[int, ...]  # of each that the item speaks for, by each channel
    channels: tuple[int, ...]
    sides: tuple[int, ...]  # the channel of how early that is said
    strengths: tuple[float, ...]
    specials: tuple[float, ...]
    best: Mapping[int, tuple[float, str]]  # place -> how strongly the item speaks for it at most, and by which channel
    most: tuple[float, ...]  # these strengths
    plainly: tuple[float, ...]  # 1 where the item names the place by its very word, as what is made or done
    products: tuple[tuple[str, float], ...]


class PhraseReader:
    """Reads phrases against a yardstick; what the commonest say is worked out once."""

    def __init__(self, yardstick: Yardstick) -> None:
        """Keep the yardstick."""
        self.yardstick = yardstick
        self._of_word = lru_cache(maxsize=None)(self._speaking)  # of the words of the yardstick, which are so many
        self._of_text = lru_cache(maxsize=KEPT)(self._find)
        self._of_item = lru_cache(maxsize=KEPT)(self._read)
        self._of_sentence: Callable[[str], tuple[Phrase, ...]] = lru_cache(maxsize=KEPT)(self._read_sentence)
        self.of_class = lru_cache(maxsize=KEPT)(self._read_class)

    def scope(self, text: str) -> list[Phrase]:
        """Return what the items of a scope say, in the order in which they stand."""
        return [phrase for sentence in sentences(text) for phrase in self._of_sentence(sentence)]

    def name(self, bare: str) -> list[tuple[int, str, str]]:
        """Return the places that words in a firm's name speak for, with the word and the channel."""
        said = []
        for text, *_ in self.yardstick.found(plain(bare)):
            for word in self.yardstick.words[text]:
                if word.kind is not WordKind.industry:
                    channel = "name_product" if word.kind in (WordKind.product, WordKind.service) else "name"
                    said += [(place, text, channel) for place, _share in word.places]
        return said

    def _read_class(self, industry: str) -> list[tuple[int, float]]:
        """Return how strongly the name of a class of industry speaks for places."""
        return [
            (place, quality * share)
            for text, quality, barred in self._find(plain(industry))
            for word in self.yardstick.words[text]
            for place, share in word.places
            if place not in barred
        ]

    def _read_sentence(self, sentence: str) -> tuple[Phrase, ...]:
        return tuple(map(self._of_item, read_sentence(sentence)))

    def _read(self, item: ScopeItem) -> Phrase:
        what, deed, sells = plain(item.what), item.deed, item.sells
        forms = [self._find(form) for form in _forms(item, what)]
        best: dict[int, tuple[float, str]] = {}  # how strongly the item speaks for each place, and by which channel
        spoken = list(self._weigh(what, deed, forms))
        for place, channel, strength, _ in spoken:
            best[place] = max(best.get(place, (0.0, "")), (strength, channel))
        retail, wholesale = ("零" in "".join(item.verbs)), ("批" in "".join(item.verbs))
        places, channels, strengths, specials = zip(*spoken, strict=True) if spoken else ((), (), (), ())
        return Phrase(
            text=item.text,
            deed=deed,
            sells=sells,
            bulk=sells and says(item.text, BULK),
            retail=sells and retail and not wholesale,
            wholesale=sells and wholesale,
            places=places,
            channels=tuple(NUMBER[channel] for channel in channels),
            sides=tuple(NUMBER[SIDES.get(channel, "early_other")] for channel in channels),
            strengths=strengths,
            specials=specials,
            best=best,
            most=tuple(strength for strength, _ in best.values()),
            plainly=tuple(float(strength >= PLAIN and channel in SIDES) for strength, channel in best.values()),
            products=tuple(self._products(what, deed, forms)),
        )

    def _weigh(self, what: str, deed: str, forms: list[list[Match]]) -> Iterator[Spoken]:
        """Yield what an item says for each place, by each channel."""
        best: dict[tuple[int, str], tuple[float, str]] = {}

        def add(place: int, channel: str, strength: float, text: str) -> None:
            if strength > best.get((place, channel), (0.0, ""))[0]:
                best[place, channel] = strength, text

        for text, quality, barred in self._of_text(what):
            for place, channel, share in self._of_word(text, deed)[0]:
                if place not in barred:
                    add(place, channel, quality * share, text)
        for form in forms:
            for text, quality, barred in form:
                for place, channel, share in self._of_word(text, deed)[1]:
                    if place not in barred:
                        sure = quality if channel == "service" else max(quality, 0.5)
                        add(place, channel, sure * share, text)
        if deed in ("make", "develop") and (longer := self.yardstick.ends.get(what)):
            of = [place for product in longer for place in self.yardstick.products[product].places]
            for place in sorted(set(of)):
                add(place, "wider", of.count(place) / len(of), what)
        for (place, channel), (strength, text) in best.items():
            yield Spoken(place, channel, strength, 0.0 if channel in WEAK else strength * self._special(text))

    def _products(self, what: str, deed: str, forms: list[list[Match]]) -> Iterator[tuple[str, float]]:
        """Yield how well an item names each product that it says to be made, or service that it says to be given."""
        best: dict[str, float] = {}

        def add(text: str, quality: float) -> None:
            for product, share in self._of_word(text, deed)[2]:
                best[product] = max(best.get(product, 0.0), quality * share)

        for text, quality, _ in self._of_text(what):
            add(text, quality)
        for form in forms:
            for text, quality, _ in form:
                if self._of_word(text, deed)[3]:
                    add(text, quality if deed != "sell" or text.endswith(SOLD) else 0.0)
        return ((product, strength) for product, strength in best.items() if strength)

    def _find(self, text: str) -> list[Match]:
        """Return the words in a text, each with the places that the text does not mean by it."""
        if not (found := self.yardstick.found(text)):
            return []
        elsewhere = self.yardstick.elsewhere(text)
        return [
            Match(
                word, quality, _none.union(*(of for begin, until, of in elsewhere if begin <= start and end <= until))
            )
            if elsewhere
            else Match(word, quality, _none)
            for word, quality, start, end in found
        ]

    def _speaking(self, text: str, deed: str) -> "Speaking":
        """Return what a word says of a thing with which something is done."""
        of_thing, of_deed, products = list[Voice](), list[Voice](), list[tuple[str, float]]()
        words = self.yardstick.words[text]
        for word in words:
            if channel := _channel_of(word.kind, deed):
                of_thing += [(place, channel, share) for place, share in word.places]
            if word.kind in DONE or word.kind is WordKind.service:
                of_deed += [(place, str(word.kind), share) for place, share in word.places]
            if word.kind is WordKind.product:
                products.append((word.of, SURE_OF_PRODUCT[deed]))
            elif word.kind in SERVICES:
                products.append((word.of, SURE_OF_SERVICE[deed]))
        return of_thing, of_deed, products, any(word.kind in SERVICES for word in words)

    def _special(self, word: str) -> float:
        """Return how special a word is: a general one is a part of many others."""
        return 1 / math.log2(2 + self.yardstick.holding(word))


Voice = tuple[int, str, float]  # a place, the channel, the share
# what a word says of a thing, what it says of what is done, its products with how sure they are, is it of a service
Speaking = tuple[list[Voice], list[Voice], list[tuple[str, float]], bool]
_none: frozenset[int] = frozenset()


def says(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a text has any of some words."""
    return any(word in text for word in words)


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


def _forms(item: ScopeItem, what: str) -> list[str]:
    """Return an item with its verbs, as words of activities are written."""
    return [*dict.fromkeys([plain(item.text), *(plain(what + verb) for verb in item.verbs)])]

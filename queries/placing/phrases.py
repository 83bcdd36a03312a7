"""What the phrases of registers say: which places and products an item of a scope speaks for, and how strongly."""

import math
import re
from collections.abc import Callable, Container, Mapping, Sequence
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
KEPT = 300_000  # sentences, and items of lists, of which it is kept what they say: of any register the commonest
# how sure it is that who does this with a thing makes it, or gives the service
SURE_OF_PRODUCT = {"make": 1.0, "develop": 0.7, "bare": 0.5, "serve": 0.2, "sell": 0.0}
SURE_OF_SERVICE = {"make": 0.9, "develop": 0.9, "bare": 0.8, "serve": 1.0, "sell": 0.3}
SOLD = ("销售", "批发", "零售", "贸易", "经营")  # a word of an activity that is selling
BULK = (
    "煤炭", "煤制品", "焦炭", "矿产品", "矿石", "石油制品", "燃料油", "钢材", "生铁", "有色金属", "大宗", "成品油",
)  # fmt: skip
DONE = (WordKind.does, WordKind.grows, WordKind.sells)  # words of what is done, with the verb in them
SERVICES = (WordKind.service, WordKind.means)
CODES = len(CHANNELS)
# what is done with what an item names; of what is sold whether in retail alone, wholesale, by the shipload
MAKES, DEVELOPS, BARE, SELLS, RETAIL, WHOLESALE, BY_THE_SHIP = (1 << bit for bit in range(7))
_FLAGS = {"make": MAKES, "develop": DEVELOPS, "bare": BARE}
_bulk = re.compile("|".join(BULK))
_Voice = tuple[int, float, float]  # place and channel as a code, the share, how well the word names a text at least
_silent, _least = (0.0, 0.0), (0.0, "")


class Phrase(NamedTuple):
    """An item of a scope with all that it says, ready to be counted for any firm that has it."""

    text: str
    flags: int  # what is done with what it names
    codes: tuple[int, ...]  # of each place that it speaks for by each channel: place * len(CHANNELS) + channel
    strengths: tuple[float, ...]  # how strongly it does
    specials: tuple[float, ...]  # how special the word is by which it does
    best: Mapping[int, tuple[float, str]]  # place -> how strongly it speaks for it at most, and by which channel
    most: tuple[float, ...]  # these strengths
    plainly: tuple[bool, ...]  # whether it names the place by its very word, as what is made or done
    products: tuple[tuple[str, float], ...]  # how well it names a product that is made, or a service that is given

    @property
    def sells(self) -> bool:
        """Tell whether what it names is sold and not made."""
        return bool(self.flags & SELLS)


class PhraseReader:
    """Reads phrases against a yardstick; what the commonest say is worked out once."""

    def __init__(self, yardstick: Yardstick) -> None:
        """Keep the yardstick."""
        self.yardstick = yardstick
        self._of_word = lru_cache(maxsize=None)(self._speaking)  # of the words of the yardstick, which are so many
        self._of_text = lru_cache(maxsize=KEPT)(yardstick.found)
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
            for text, quality, barred in self.yardstick.found(plain(industry))
            for word in self.yardstick.words[text]
            for place, share in word.places
            if place not in barred
        ]

    def _read_sentence(self, sentence: str) -> tuple[Phrase, ...]:
        items = read_sentence(sentence)
        if len(items) == 1:  # it is kept as a sentence
            return (self._read(items[0]),)
        return tuple(map(self._of_item, items))

    def _read(self, item: ScopeItem) -> Phrase:
        what, deed = plain(item.what), item.deed
        said: dict[int, tuple[float, float]] = {}
        named: dict[str, float] = {}

        def add(voices: Sequence[_Voice], quality: float, special: float, barred: Container[int]) -> None:
            for code, share, least in voices:
                if (strength := max(quality, least) * share) > said.get(code, _silent)[0] and (
                    not barred or code // CODES not in barred
                ):
                    said[code] = strength, special

        def name(products: Sequence[tuple[str, float]], quality: float) -> None:
            for product, share in products:
                if (strength := quality * share) > named.get(product, 0.0):
                    named[product] = strength

        for text, quality, barred in self._of_text(what):
            word = self._of_word(text, deed)
            add(word.of_thing, quality, word.special, barred)
            name(word.products, quality)
        for form in _forms(item, what):
            for text, quality, barred in self.yardstick.found(form):
                word = self._of_word(text, deed)
                add(word.of_deed, quality, word.special, barred)
                if word.serves and (deed != "sell" or text.endswith(SOLD)):
                    name(word.products, quality)
        if deed in ("make", "develop") and (longer := self.yardstick.ends.get(what)):
            of = [place for product in longer for place in self.yardstick.products[product].places]
            wider = [(place * CODES + NUMBER["wider"], of.count(place) / len(of), 0.0) for place in sorted(set(of))]
            add(wider, 1.0, self._special(what), ())
        return _phrase(item, said, named)

    def _speaking(self, text: str, deed: str) -> "_Speaking":
        """Return what a word says of a thing with which something is done."""
        of_thing, of_deed, products = list[_Voice](), list[_Voice](), list[tuple[str, float]]()
        words = self.yardstick.words[text]
        for word in words:
            if channel := _channel_of(word.kind, deed):
                of_thing += [(place * CODES + NUMBER[channel], share, 0.0) for place, share in word.places]
            if word.kind in DONE or word.kind is WordKind.service:
                least = 0.5 if word.kind in DONE else 0.0
                of_deed += [(place * CODES + NUMBER[word.kind], share, least) for place, share in word.places]
            if word.kind is WordKind.product:
                products.append((word.of, SURE_OF_PRODUCT[deed]))
            elif word.kind in SERVICES:
                products.append((word.of, SURE_OF_SERVICE[deed]))
        serves = any(word.kind in SERVICES for word in words)
        return _Speaking(of_thing, of_deed, products, serves, self._special(text))

    def _special(self, word: str) -> float:
        """Return how special a word is: a general one is a part of many others."""
        return 1 / math.log2(2 + self.yardstick.holding(word))


class _Speaking(NamedTuple):
    """What a word says: of a thing, of what is done with it; its products with how sure they are; whether it is of a
    service; how special it is."""

    of_thing: Sequence[_Voice]
    of_deed: Sequence[_Voice]
    products: Sequence[tuple[str, float]]
    serves: bool
    special: float


def _phrase(item: ScopeItem, said: Mapping[int, tuple[float, float]], named: Mapping[str, float]) -> Phrase:
    best: dict[int, tuple[float, str]] = {}
    for code, (strength, _) in said.items():
        place, channel = divmod(code, CODES)
        told = strength, CHANNELS[channel]
        if told > best.get(place, _least):
            best[place] = told
    return Phrase(
        item.text,
        _flags(item),
        tuple(said),
        tuple([strength for strength, _ in said.values()]),
        tuple([special for _, special in said.values()]),
        best,
        tuple([strength for strength, _ in best.values()]),
        tuple([strength >= PLAIN and channel in SIDES for strength, channel in best.values()]),
        tuple(named.items()),
    )


def _flags(item: ScopeItem) -> int:
    if (deed := item.deed) != "sell":
        return _FLAGS.get(deed, 0)
    verbs = "".join(item.verbs)
    lots = WHOLESALE if "批" in verbs else RETAIL if "零" in verbs else 0
    return SELLS | lots | (BY_THE_SHIP if _bulk.search(item.text) else 0)


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

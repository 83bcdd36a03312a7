"""What firms are placed on: the words by which a register names what is done in a segment, or what a product is."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from graph.names.names import make_id
from queries.core.view import View
from queries.placing.scope import register

SHORTEST = 2  # signs of a word that may speak for a place
_signs = re.compile(r"[\s()\[\]·/、,.\-_'\"“”]+")
_aside = re.compile(r"[((][^()()]*[))]")
_other = re.compile(r"^(?:其他|专业|未列明|专门)+|未列明")
_trade = re.compile(r"(?:制造业|制造|加工业|加工|生产|业)$")
_and = re.compile(r"[、和及]")
_same = re.compile("|".join(sorted(map(re.escape, register().same), key=len, reverse=True)))


class WordKind(StrEnum):
    """Whose word it is: of a segment, by what is done; of a product; of a class of industries."""

    makes = "makes"
    does = "does"
    sells = "sells"
    grows = "grows"
    product = "product"
    service = "service"
    means = "means"  # how a register names a product, beside its names
    industry = "industry"


@dataclass(frozen=True, slots=True)
class RegisterWord:
    """A word with what it stands for: the places on the chains, each with its share."""

    kind: WordKind
    of: str
    places: tuple[tuple[int, float], ...]


class Found(NamedTuple):
    """A word in a text: how well it names the text, and the places that the text does not mean by it."""

    word: str
    quality: float
    barred: Container[int]


@dataclass(frozen=True)
class FirmPlace:
    """A segment as a place for firms: ``formerly`` is the one that it was split from, or itself; ``typical`` the id of
    the product that who says no more is likeliest to make."""

    id: str
    name: str
    chain: str
    formerly: str
    typical: str = ""


@dataclass(frozen=True)
class Made:
    """A product (service) as something that firms make: ``formerly`` is the name that it had when it got its id."""

    id: str
    name: str
    formerly: str
    places: tuple[int, ...]


@dataclass
class Yardstick:
    """The segments and products of a graph, and the words that speak for them."""

    places: list[FirmPlace] = field(default_factory=list)
    products: dict[str, Made] = field(default_factory=dict)
    words: dict[str, list[RegisterWord]] = field(default_factory=lambda: defaultdict(list))
    others: dict[str, set[int]] = field(
        default_factory=dict
    )  # what holds a word of these segments and is none of theirs
    ends: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # the ends of products' names

    @cached_property
    def _begins(self) -> dict[str, tuple[list[int], list[int]]]:
        """Return by their first signs how long words are, and those that mean something else, the longest first."""
        lengths: dict[str, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
        for number, words in enumerate(([*self.words], [*self.others])):
            for word in words:
                lengths[word[:SHORTEST]][number].add(len(word))
        return {
            begin: (sorted(own, reverse=True), sorted(others, reverse=True)) for begin, (own, others) in lengths.items()
        }

    @cached_property
    def number(self) -> dict[str, int]:
        """Return the number of each segment."""
        return {place.id: number for number, place in enumerate(self.places)}

    def found(self, text: str) -> list[Found]:
        """Return the words in a text with how well each names it, from 0 to 1; a Chinese name has its head at its end.

        A word within a longer one is left out: 锂电池 is no 电池.
        """
        begins_at = self._begins.get
        begins = [
            (start, begun)
            for start in range(len(text) - SHORTEST + 1)
            if (begun := begins_at(text[start : start + SHORTEST]))
        ]
        if not (found := _longest(text, self.words, [(start, own) for start, (own, _) in begins if own])):
            return []
        elsewhere = _longest(text, self.others, [(start, others) for start, (_, others) in begins if others])
        return [
            Found(
                word,
                _quality(start, end, len(text)),
                {
                    place
                    for other, begin, until in elsewhere
                    if begin <= start and end <= until
                    for place in self.others[other]
                }
                if elsewhere
                else (),
            )
            for word, start, end in found
        ]

    def holding(self, word: str) -> int:
        """Return how often words hold a word or an end of a product's name."""
        return self._holding[word]

    @cached_property
    def _holding(self) -> Counter[str]:
        held, asked = Counter[str](), self.words.keys() | self.ends.keys()
        for long in self.words:
            ends = range(SHORTEST, len(long) + 1)
            for word in {long[start:end] for end in ends for start in range(end - SHORTEST + 1)} & asked:
                held[word] += long.count(word)
        return held

    def add(self, text: str, kind: WordKind, of: str, places: Iterable[tuple[int, float]]) -> None:
        """Add a word."""
        if len(bare := plain(_aside.sub("", unicodedata.normalize("NFKC", text)))) >= SHORTEST:
            self.words[bare].append(RegisterWord(kind, of, tuple(places)))


def _longest(
    text: str, words: Container[str], begins: Sequence[tuple[int, Sequence[int]]]
) -> list[tuple[str, int, int]]:
    """Return the words in a text with where they stand, without those within longer ones; ``begins`` are where some may
    begin, and how long these are."""
    found: list[tuple[str, int, int]] = []
    until, whole = 0, len(text)  # how far the words reach that begin before
    for start, lengths in begins:
        for length in lengths:
            end = start + length
            if end <= until:
                break
            if end <= whole and (word := text[start:end]) in words:
                found.append((word, start, end))
                until = end
                break
    return found


def _quality(start: int, end: int, whole: int) -> float:
    """Return how well a word names a text by where it stands in it."""
    share = (end - start) / whole
    if end < whole:
        return 0.35 * share
    return 1.0 if start == 0 else 0.5 + 0.45 * share


def plain(text: str) -> str:
    """Return a text as words are compared: half width, small letters, without blanks and signs, one word of those that
    registers use for the same."""
    bare = _signs.sub("", unicodedata.normalize("NFKC", text)).lower()
    return _same.sub(lambda match: register().same[match[0]], bare)


def read_yardstick(view: View) -> Yardstick:
    """Return what firms of a view are placed on."""
    return view.once("yardstick of places", lambda: _read(view))


def _read(view: View) -> Yardstick:
    rows = view.ask_each(["placing_segments", "placing_products", "placing_belongs", "placing_classes"])
    at: dict[str, list[str]] = defaultdict(list)
    for row in rows["placing_belongs"]:
        at[row["product"]].append(row["segment"])
    classed: dict[str, list[str]] = defaultdict(list)
    for row in rows["placing_classes"]:
        classed[row["product"]].append(row["code"])
    segments = [row["segment"] | {"chain": row["chain"]} for row in rows["placing_segments"]]
    products = [
        row["product"] | {"segments": at[row["product"]["id"]], "classes": classed[row["product"]["id"]]}
        for row in rows["placing_products"]
    ]
    return make_yardstick(segments, products, {row["code"]: row["name"] for row in rows["placing_classes"]})


def make_yardstick(
    segments: Sequence[Mapping[str, Any]], products: Sequence[Mapping[str, Any]], classes: Mapping[str, str]
) -> Yardstick:
    """Return the yardstick of segments (id, name, chain, formerly, typical_product, register_…), products (id, name,
    kind, aliases, register_words, segments, classes) and names of classes by code."""
    made, ids = Yardstick(), {row["name"]: row["id"] for row in products}
    for number, row in enumerate(segments):
        typical = ids.get(row.get("typical_product") or "", "")
        made.places.append(FirmPlace(row["id"], row["name"], row["chain"], row.get("formerly") or row["id"], typical))
        made.add(row["name"], WordKind.makes, row["name"], [(number, 1.0)])
        for word in row.get("register_not") or ():
            made.others.setdefault(plain(word), set()).add(number)
        for kind in (WordKind.makes, WordKind.does, WordKind.sells, WordKind.grows):
            for word in row.get(f"register_{kind}") or ():
                made.add(word, kind, row["name"], [(number, 1.0)])
    classed: dict[str, Counter[int]] = defaultdict(Counter)
    for row in products:
        product = _made(row, made.number)
        made.products[product.id] = product
        kind = WordKind.service if row.get("kind") == "服务" else WordKind.product
        for name in filter(None, (row["name"], *(row.get("aliases") or ()))):
            made.add(name, kind, product.id, [(place, 1.0) for place in product.places])
            bare = plain(name)
            for start in range(1, len(bare) - SHORTEST + 1):
                made.ends[bare[start:]].add(product.id)
        for word in row.get("register_words") or ():
            made.add(word, WordKind.means, product.id, ())
        for code in row.get("classes") or ():
            classed[code].update(product.places)
    for code, counts in classed.items():
        for word in _words_of(classes.get(code, "")):
            made.add(
                word, WordKind.industry, code, [(place, count / counts.total()) for place, count in counts.items()]
            )
    return made


def _made(row: Mapping[str, Any], number: Mapping[str, int]) -> Made:
    """Return a product; its id tells which of its names it had at first."""
    first = next((alias for alias in row.get("aliases") or () if make_id("prod", alias) == row["id"]), row["name"])
    places = tuple(number[segment] for segment in row["segments"] if segment in number)
    return Made(row["id"], row["name"], first, places)


def _words_of(name: str) -> list[str]:
    """Return what a class is of: its name without what says that it is one."""
    return _and.split(_trade.sub("", _other.sub("", _aside.sub("", name))))

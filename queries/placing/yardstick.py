"""What firms are placed on: the words by which a register names what is done in a segment, or what a product is."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from graph.names.names import make_id
from queries.core.view import View

SHORTEST = 2  # signs of a word that may speak for a place
_signs = re.compile(r"[\s()\[\]·/、,.\-_'\"“”]+")
_aside = re.compile(r"[((][^()()]*[))]")
_other = re.compile(r"^(?:其他|专业|未列明|专门)+|未列明")
_trade = re.compile(r"(?:制造业|制造|加工业|加工|生产|业)$")
_and = re.compile(r"[、和及]")


class Kind(StrEnum):
    """Whose word it is: of a segment, by what is done; of a product; of a class of industries."""

    makes = "makes"
    does = "does"
    sells = "sells"
    grows = "grows"
    other = "not"  # what holds a word of the segment and means something else
    product = "product"
    service = "service"
    industry = "industry"


@dataclass(frozen=True, slots=True)
class Word:
    """A word with what it stands for: the places on the chains, each with its share."""

    kind: Kind
    of: str
    places: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Place:
    """A segment as a place for firms: ``formerly`` is the one that it was split from, or itself."""

    id: str
    name: str
    chain: str
    formerly: str


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

    places: list[Place] = field(default_factory=list)
    products: dict[str, Made] = field(default_factory=dict)
    words: dict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))
    ends: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # the ends of products' names

    @cached_property
    def longest(self) -> int:
        """Return how many signs the longest word has."""
        return max(map(len, self.words), default=0)

    @cached_property
    def number(self) -> dict[str, int]:
        """Return the number of each segment."""
        return {place.id: number for number, place in enumerate(self.places)}

    def found(self, text: str) -> Iterator[tuple[str, float]]:
        """Yield the words in a text with how well each names it, from 0 to 1: a Chinese name has its head at its end."""
        whole = len(text)
        for start in range(whole - SHORTEST + 1):
            for end in range(start + SHORTEST, min(whole, start + self.longest) + 1):
                if (word := text[start:end]) in self.words:
                    share = (end - start) / whole
                    at_end = 1.0 if start == 0 else 0.5 + 0.45 * share
                    yield word, at_end if end == whole else 0.35 * share

    def add(self, text: str, kind: Kind, of: str, places: Iterable[tuple[int, float]]) -> None:
        """Add a word."""
        if len(bare := plain(text)) >= SHORTEST:
            self.words[bare].append(Word(kind, of, tuple(places)))


def plain(text: str) -> str:
    """Return a text as words are compared: half width, small letters, without blanks and signs."""
    return _signs.sub("", unicodedata.normalize("NFKC", text)).lower()


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


def make_yardstick(segments: Sequence[Mapping[str, Any]], products: Sequence[Mapping[str, Any]], classes: Mapping[str, str]) -> Yardstick:
    """Return the yardstick of segments (id, name, chain, formerly, register_…), products (id, name, kind, aliases,
    segments, classes) and names of classes by code."""
    made = Yardstick()
    for number, row in enumerate(segments):
        made.places.append(Place(row["id"], row["name"], row["chain"], row.get("formerly") or row["id"]))
        made.add(row["name"], Kind.makes, row["name"], [(number, 1.0)])
        for kind in (Kind.makes, Kind.does, Kind.sells, Kind.grows, Kind.other):
            for word in row.get(f"register_{kind}") or ():
                made.add(word, kind, row["name"], [(number, 1.0)])
    classed: dict[str, Counter[int]] = defaultdict(Counter)
    for row in products:
        at = tuple(made.number[segment] for segment in row["segments"] if segment in made.number)
        aliases = [alias for alias in row.get("aliases") or () if alias]
        first = next((alias for alias in aliases if make_id("prod", alias) == row["id"]), row["name"])
        made.products[row["id"]] = Made(row["id"], row["name"], first, at)
        kind = Kind.service if row.get("kind") == "服务" else Kind.product
        for name in (row["name"], *aliases):
            made.add(name, kind, row["id"], [(place, 1.0) for place in at])
            bare = plain(name)
            for start in range(1, len(bare) - SHORTEST + 1):
                made.ends[bare[start:]].add(row["id"])
        for code in row.get("classes") or ():
            classed[code].update(at)
    for code, counts in classed.items():
        total = counts.total()
        for word in _words_of(classes.get(code, "")):
            made.add(word, Kind.industry, code, [(place, count / total) for place, count in counts.items()])
    return made


def _words_of(name: str) -> list[str]:
    """Return what a class is of: its name without what says that it is one."""
    return _and.split(_trade.sub("", _other.sub("", _aside.sub("", name))))

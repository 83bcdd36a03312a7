"""From channels to a ranking: learned weights, a share of likelihood for each
candidate, a level in words, and the reasons."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from queries.core.reason import Reason
from queries.matching.answers import Level
from queries.matching.catalogue import say
from queries.matching.channels import CHANNELS, Channels, Places, ask, features, largest, look, times
from queries.matching.derived import TRAITS, Derived
from queries.matching.grams import Floats, plain, shared_words
from queries.matching.index import OfferIndex
from queries.matching.offers import Need

CANDIDATES = 400
FIRST = {
    "all_bm25": 1.0,
    "all_covered": 1.0,
    "main_products": 1.0,
    "peers": 0.5,
    "factors": 0.5,
    "like_the_best": 1.0,
    "trades": 1.0,
}
"""How much each channel, over its largest value, counts in the choice of the candidates."""
KINDS = ("deviations", "rank")
EMBEDDED = 2.0  # weight of an embedding's likeness, over its largest: nothing was learned for it
FELLOWS, FEW = TRAITS.index("同行业企业数的对数"), 3
MEANINGS = 4  # readings of a need in pinyin that are told
LETTERS = 4  # letters from which a need without Chinese is also read as pinyin


@dataclass(frozen=True)
class RankerWeights:
    """The weights of one version, and the shares from which a match is 高 and 中.

    ``values``: of every kind of every channel, then of the traits; ``known``:
    of the logarithm of how many known needs were met.
    """

    version: str
    values: Floats
    known: float
    high: float
    middle: float

    def level(self, share: float) -> Level:
        """Return a share of likelihood in words."""
        return Level.high if share >= self.high else Level.middle if share >= self.middle else Level.low


@dataclass(frozen=True)
class Suggestion:
    """A supplier for a need: ``score`` is its share of the likelihood among the
    candidates (0 to 1), ``why`` the reasons in words.

    ``product``: the product of the supplier that covers most of the need, and ``covered`` which part of it (0 to 1).
    """

    supplier: str
    name: str
    score: float
    level: Level
    product: str | None
    covered: float
    why: list[Reason]


@dataclass(frozen=True)
class Ranking:
    """The answer to a need, best first; ``remarks`` say how it was read, or why nothing was found."""

    need: str
    ranked: list[Suggestion]
    remarks: list[Reason]


@cache
def read_weights() -> RankerWeights:
    """Return the weights that ship."""
    return parse_weights(json.loads(files("queries.matching").joinpath("weights.json").read_text("utf-8")))


def parse_weights(said: dict[str, Any]) -> RankerWeights:
    """Return weights from their JSON form: by channel, one for each kind, and by trait."""
    channels = [said["channels"][channel][kind] for kind in range(len(KINDS)) for channel in CHANNELS]
    values = np.array([*channels, *(said["traits"][trait] for trait in TRAITS)])
    return RankerWeights(said["version"], values, said["known"], said["high"], said["middle"])


def candidates(values: NDArray[np.float32]) -> Places:
    """Return the suppliers that are worth a look, by the plain sum of some channels."""
    first = times(values, np.array([FIRST.get(channel, 0.0) for channel in CHANNELS], np.float32) / largest(values))
    if len(first) <= CANDIDATES:
        return np.argsort(-first, kind="stable")
    least = np.partition(first, -CANDIDATES)[-CANDIDATES]
    rows = np.flatnonzero(first >= least)
    return rows[np.argsort(-first[rows], kind="stable")][:CANDIDATES]


def inputs(derived: Derived, values: NDArray[np.float32], rows: Places) -> Floats:
    """Return what the weights multiply: the features of some suppliers and their traits."""
    return np.column_stack([features(values, rows), derived.traits[rows]])


def rank(
    derived: Derived,
    need: Need,
    most: int,
    *,
    related: Mapping[str, str] | None = None,
    likeness: Callable[[str], Floats] | None = None,
    known: Mapping[str, int] | None = None,
) -> Ranking:
    """Return the suppliers of a need, best first.

    ``related``: products (plain) that stand in a known relation to the need, with the relation in words; it is told
    among the reasons and does not count: on the dev needs it made no ranking better. ``likeness``: one more likeness of
    every supplier (an embedding's), off by default. ``known``: how many other needs each supplier is known to have met.
    """
    weights = read_weights()
    text, remarks = _read(derived, need.text)
    asked = ask(derived, text)
    if not len(asked.grams) and likeness is None:
        return Ranking(need.id, [], [*remarks, say("nothing_alike", need=need.text[:60])])
    channels = look(derived, asked)
    rows = candidates(channels.values)
    beside = np.zeros(len(derived.index))
    if likeness is not None:
        beside = np.maximum(likeness(text), 0.0)
        beside /= max(float(beside.max()), 1e-9)
        rows = np.union1d(rows, np.argsort(-beside, kind="stable")[:CANDIDATES])
    met = np.array([(known or {}).get(derived.index.suppliers[row], 0) for row in rows])
    scores = (
        times(inputs(derived, channels.values, rows), weights.values)
        + EMBEDDED * beside[rows]
        + weights.known * np.log1p(met)
    )
    shares = np.exp(scores - scores.max())
    shares /= float(shares.sum())
    eligible = np.ones(len(rows), dtype=bool)
    if is_foreign(text) and likeness is None:
        words = _words_of(text)
        eligible = np.array([_says(derived.index, int(row), words) for row in rows])
    own = np.array([derived.index.suppliers[row] == need.firm for row in rows])
    if own.any():
        remarks.append(say("own_left_out"))
    rows, shares, met = (array[eligible & ~own] for array in (rows, shares, met))
    alike = int(np.sum(shares == shares.max(initial=0.0)))
    if alike > 1:
        more = alike == len(rows) == CANDIDATES < len(derived.index)
        remarks.append(say("at_least_equal" if more else "equal", count=alike))
    order = np.lexsort((rows, -shares))[:most]
    best_rows = zip(
        rows[order].tolist(), shares[order].tolist(), beside[rows[order]].tolist(), met[order].tolist(), strict=True
    )
    best = [_suggest(derived, channels, asked.text, *numbers, related or {}) for numbers in best_rows]
    return Ranking(need.id, best, remarks)


def _suggest(
    derived: Derived,
    channels: Channels,
    need: str,
    row: int,
    share: float,
    beside: float,
    met: int,
    related: Mapping[str, str],
) -> Suggestion:
    index = derived.index
    inside = slice(index.held.indptr[row], index.held.indptr[row + 1])
    product, covered = None, 0.0
    if inside.start < inside.stop:
        at = int(np.argmax(channels.products[inside] * derived.share[inside]))
        covered = float(channels.products[inside][at])
        product = index.products[index.held.indices[inside][at]] if covered > 0 else None
    value = dict(zip(CHANNELS, channels.values[row].tolist(), strict=True))
    why = list[Reason]()
    if product and (words := shared_words(need, product)):
        why.append(say("product_covers", product=product, words=_quoted(words), covered=covered))
    why += [
        say("product_related", product=index.products[held], relation=related[index.products[held]])
        for held in index.held.indices[inside]
        if index.products[held] in related
    ]
    if words := shared_words(need, plain(index.names[row])):
        why.append(say("in_name", words=_quoted(words)))
    for trade in index.industries[row]:
        if words := shared_words(need, plain(trade)):
            why.append(say("in_industry", industry=trade, words=_quoted(words)))
    if value["trades"] >= 0.5 and index.industries[row]:
        why.append(say("usual_in_industry", industry=index.industries[row][0]))
    if value["factors"] >= 0.5 or value["like_the_best"] >= 0.5:
        why.append(say("like_the_nearest"))
    if beside >= 0.5:
        why.append(say("embedding"))
    alike = bool(why)
    if index.industries[row] and (fellows := round(10 ** float(derived.traits[row, FELLOWS]))) <= FEW:
        why.append(say("few_in_industry", count=fellows))
    if met:
        why.append(say("has_met", count=met))
    if not alike and value["all_bm25"] > 0:
        why.insert(0, say("stray_letters"))
    elif not alike:
        why.insert(0, say("only_peers_alike" if value["peers"] > 0 else "no_common_letters"))
    return Suggestion(
        index.suppliers[row],
        index.names[row],
        round(share, 6),
        read_weights().level(share),
        product,
        round(covered, 3),
        why,
    )


def _quoted(words: list[str]) -> str:
    return "".join(f"“{word}”" for word in words)


def _read(derived: Derived, text: str) -> tuple[str, list[Reason]]:
    """Return the need as it is read, with remarks: letters may be the pinyin of (a part of) a product."""
    if not is_foreign(text):
        return text, []
    letters = "".join(letter for letter in plain(text) if letter.isalnum())
    meant = derived.read_pinyin(letters, MEANINGS)
    if meant:
        code = "read_as_pinyin_or" if meant[1:] else "read_as_pinyin"
        return meant[0], [say(code, word=meant[0], others=_quoted(meant[1:]))]
    return text, [say("not_chinese")]


def is_foreign(text: str) -> bool:
    """Tell whether a need is written in letters alone, and long enough to be a
    word or pinyin rather than an abbreviation."""
    letters = plain(text)
    return letters.isascii() and sum(letter.isalpha() for letter in letters) >= LETTERS


def _words_of(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", text).lower()) if len(word) > 1]


def _says(index: OfferIndex, row: int, words: list[str]) -> bool:
    """Tell whether a supplier writes one of some words in a product, its name or an industry."""
    inside = slice(index.held.indptr[row], index.held.indptr[row + 1])
    texts = [
        plain(index.names[row]),
        *map(plain, index.industries[row]),
        *(index.products[product] for product in index.held.indices[inside]),
    ]
    return any(word in text for word in words for text in texts)

"""Names to firms: short forms, contractions and slips against all known names,
ranked, each with a reason and how sure it is.

A character counts by how rare it is among the names. A name is like another by the share of the asked characters
that it has in their order (neighbours count for more), then by how much of its core they are and by whether both
begin alike. Edit distance is not asked: 海尔模具 and 海信模具 differ in one character and are two firms.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.names.names import FirmName, normal, normalise, split_name
from graph.names.verdicts import IN_ORDER, SAME_CORE

# What the exchanges put before and after a short name, of what is not the
# firm's: special treatment, new shares, a share's class.
_mark = re.compile(
    r"^(?:s?\*?st|pt|xd|xr|dr|退市|[snc])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?:-uw|-[uw]|[ab]股?|退)$"
)
_loose_form = re.compile(r"(?<=..)(?:股份|集团)$")
_whole_form = re.compile(r"(?<=..)(?:公司|企业)$")
# The one-letter names of the provinces, and of Shenzhen, with the first digits of their codes (GB/T 2260).
SIGNS = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23", "沪": "31",
    "苏": "32", "浙": "33",
    "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41", "鄂": "42", "湘": "43", "粤": "44", "桂": "45",
    "琼": "46", "渝": "50",
    "川": "51", "贵": "52", "黔": "52", "云": "53", "滇": "53", "藏": "54", "陕": "61", "甘": "62", "陇": "62",
    "青": "63", "宁": "64",
    "新": "65", "深": "4403",
}  # fmt: skip
# Set on every second pair of docs/same-firms.md, measured on the others: no
# figure moves by 0.002 when one of them is halved.
BESIDE, CORE, BEGIN = 0.5, 0.1, 0.1
ENOUGH = 0.5  # below this share of the asked characters, by weight, nothing is said
LOOKED_AT = 60  # names that are compared character by character
LONGEST = 60
SHORTEST = 3  # characters that a contraction must have to be sure

Rows = NDArray[np.int32]


@dataclass(frozen=True)
class Alike:
    """A firm that a name may mean: which of its names is alike, how much (0 to
    1), why, and whether no other firm fits as well."""

    id: str
    name: str
    score: float
    sure: bool
    reason: str


class NameIndex:
    """All words that firms go by, each with its firm's id: characters and pairs
    of them, with the words that hold them."""

    def __init__(self, ids: Sequence[str], words: Sequence[str]) -> None:
        known = pl.DataFrame({"id": ids, "word": words}, schema={"id": pl.String, "word": pl.String}).sort("word", "id")
        # ties go by the names, not by the order of rows
        self._ids, self._words = (
            known["id"].to_list(),
            known["word"].to_list(),
        )
        self._exact: list[str] = known.select(normal(pl.col("word")))["word"].to_list()
        grams, rows = _grams(self._exact)
        order = np.argsort(grams, kind="stable")
        grams, rows = grams[order], rows[order]
        first = np.ones(len(grams), bool)
        first[1:] = (grams[1:] != grams[:-1]) | (rows[1:] != rows[:-1])
        self._rows: Rows = rows[first]
        self._grams, starts = np.unique(grams[first], return_index=True)
        self._starts = np.append(starts, len(self._rows))

    def find(self, text: str, most: int = 10) -> list[Alike]:
        """Return the firms that a name may mean, the likest first, each once; none where too little is alike."""
        whole = _mark.sub("", _mark.sub("", normalise(text)))[:LONGEST]
        parts = split_name(whole)
        asked = whole.removesuffix(parts.form) if _whole_form.search(whole) else whole
        weights = [self._weight(ord(sign)) for sign in asked]
        likely = self._likely(asked)
        best: dict[str, tuple[float, int]] = {}
        for row in likely:
            score = self._score(asked, parts, weights, row)
            if score > best.get(self._ids[row], (0.0, 0))[0]:
                best[self._ids[row]] = score, row
        sure, why = self._surely(parts, likely)
        ranked = sorted(
            best.items(), key=lambda item: (item[0] not in why, -item[1][0], len(self._exact[item[1][1]]), item[0])
        )
        return [
            Alike(
                id,
                self._words[row],
                round(score, 3),
                id == sure,
                why.get(id) or _reason(asked, parts, self._exact[row]),
            )
            for id, (score, row) in ranked[:most]
        ]

    def _holders(self, gram: int) -> Rows:
        """Return the rows of the words that hold a character or a pair."""
        # of its own type: an int would be compared as floats, all of them
        at = int(np.searchsorted(self._grams, np.uint64(gram)))
        if at == len(self._grams) or self._grams[at] != gram:
            return self._rows[:0]
        return self._rows[self._starts[at] : self._starts[at + 1]]

    def _weight(self, gram: int) -> float:
        return max(math.log((len(self._exact) + 1) / (len(self._holders(gram)) + 0.5)), 0.01)

    def _likely(self, asked: str) -> list[int]:
        """Return the rows of the words that share most with a name, by the weight of common characters and pairs."""
        shared = np.zeros(len(self._exact), np.float32)
        for gram in np.unique(_grams([asked])[0]):
            shared[self._holders(int(gram))] += self._weight(int(gram))
        count = min(LOOKED_AT, len(shared))
        rows = np.argpartition(-shared, count - 1)[:count] if count else np.empty(0, np.int64)
        return sorted(int(row) for row in rows if shared[row] > 0)

    def _score(self, asked: str, parts: FirmName, weights: list[float], row: int) -> float:
        """Return how like a known name is, 0 to 1; 0 where less than ``ENOUGH`` of what is asked is there in order."""
        name = self._exact[row][:LONGEST]
        known = split_name(name)
        pairs = sum(map(min, weights, weights[1:]))
        gain = _in_order(asked, name, weights, BESIDE)
        if asked[0] in SIGNS and asked[0] not in name and known.place.startswith(SIGNS[asked[0]]):
            gain += weights[0]
        share = gain / (sum(weights) + BESIDE * pairs)
        if share < ENOUGH and parts.core != known.core:
            return 0.0
        inner = _loose_form.sub("", asked)
        covered = _in_order(inner, known.core, weights, 0) / sum(self._weight(ord(sign)) for sign in known.core)
        begins = asked[0] in (name[0], known.core[0])
        return (share + CORE * min(covered, 1.0) + BEGIN * begins) / (1 + CORE + BEGIN)

    def _surely(self, asked: FirmName, rows: list[int]) -> tuple[str, dict[str, str]]:
        """Return the one firm that a name surely means (or nothing), and the firms that fit it best with why."""
        same = {self._ids[row]: "名称相同" for row in rows if self._exact[row] == asked.exact}
        cores = {self._ids[row]: SAME_CORE for row in rows if _same_core(asked, split_name(self._exact[row]))}
        fitting = same or cores
        if not fitting and not asked.form:
            holding = self.holders_in_order(asked)
            fitting = {id: IN_ORDER for id, begins in holding.items() if begins}
            if len(holding) > 1:
                return "", fitting
        return next(iter(fitting)) if len(fitting) == 1 else "", fitting

    def holders_in_order(self, asked: FirmName) -> dict[str, bool]:
        """Return the firms with a name that has every character of another in
        its order, each with whether it, or its core, begins alike.

        A name of which too little is left without its place (青岛海尔) is the short form of nothing in particular.
        """
        text = _loose_form.sub("", asked.exact)
        if len(_loose_form.sub("", asked.core)) < SHORTEST:
            return {}
        begins_alike: dict[str, bool] = {}
        for row in self._holding(text):
            name = self._exact[row]
            if _is_within(text, name):
                begins = text[0] in (name[0], split_name(name).core[0])
                begins_alike[self._ids[row]] = begins or begins_alike.get(self._ids[row], False)
        return begins_alike

    def _holding(self, text: str) -> list[int]:
        """Return the rows of the words that hold every character of a text, in whatever order."""
        rows = None
        for code in sorted(set(map(ord, text)), key=lambda code: len(self._holders(code))):
            holders = self._holders(code)
            rows = holders if rows is None else rows[np.isin(rows, holders, assume_unique=True)]
        return [] if rows is None else rows.tolist()


def _grams(words: Sequence[str]) -> tuple[NDArray[np.uint64], Rows]:
    """Return the characters and the pairs of neighbours of all words as numbers, each with the row of its word."""
    codes = np.frombuffer(
        "".join(f"{word}\n" for word in words).encode("utf-32-le", "surrogatepass"), np.uint32
    ).astype(np.uint64)
    end = codes == ord("\n")
    row = (np.cumsum(end) - end).astype(np.int32)
    pair = ~end[:-1] & ~end[1:]
    pairs = (codes[:-1][pair] << np.uint64(32)) | codes[1:][pair]
    return np.concatenate([codes[~end], pairs]), np.concatenate([row[~end], row[:-1][pair]])


def _in_order(asked: str, name: str, weights: list[float], beside: float) -> float:
    """Return the most weight of asked characters that a name has in their
    order; two that are neighbours in both count for more."""
    best = [0.0] * (len(name) + 1)  # over all prefixes of the name
    last = [-math.inf] * (len(name) + 1)  # of those whose last character is the one before
    for number, sign in enumerate(asked):
        weight = weights[number]
        extra = beside * min(weight, weights[number - 1]) if number else 0.0
        now, ending, most = [0.0], [-math.inf], 0.0
        for place, character in enumerate(name):
            here = max(best[place], last[place] + extra) + weight if character == sign else -math.inf
            most = max(most, best[place + 1], here)
            ending.append(here)
            now.append(most)
        best, last = now, ending
    return best[-1]


def _is_within(text: str, name: str) -> bool:
    """Tell whether a name has every character of a text in its order."""
    rest = iter(name)
    return all(sign in rest for sign in text)


def _same_core(asked: FirmName, known: FirmName) -> bool:
    """Tell whether a known name says all that is asked and differs only in a
    place or a legal form that was left out."""
    agree = (asked.place in ("", known.place), asked.district in ("", known.district), asked.form in ("", known.form))
    return asked.core == known.core and all(agree)


def _reason(asked: str, parts: FirmName, name: str) -> str:
    """Say in words what two names have in common, and what speaks against their being one firm's."""
    known = split_name(name)
    common = _common(asked, name[:LONGEST])
    words = [f"{len(common)}/{len(asked)} 个字依次相同({common})"]
    if parts.core == known.core:
        words = [SAME_CORE]
    if parts.place and known.place:
        words.append("地名相同" if parts.place == known.place else "地名不同")
    if parts.form and known.form and parts.form != known.form:
        words.append("公司形式不同")
    return ",".join(words)


def _common(asked: str, name: str) -> str:
    """Return the longest text that both have in order."""
    best = [""] * (len(name) + 1)
    for sign in asked:
        now = [""]
        for place, character in enumerate(name):
            now.append(best[place] + sign if sign == character else max(best[place + 1], now[place], key=len))
        best = now
    return best[-1]

"""Firms that may be one: the pairs that a person has to look at, why, and what has been judged of them so far."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import polars as pl

from graph.deadline import check
from graph.model.nodes import Enterprise, Region
from graph.model.undertakings import LocatedIn
from graph.names.comparisons import Pair, pair_of, read_judgements
from graph.names.index import NameIndex
from graph.names.marks import unmarked
from graph.names.names import FirmName, city_of_region, normalise, split_name
from queries.core.answers import Named
from queries.core.view import View
from queries.names.answers import ComparedFirm, DifferentBy, Doubt, Judgement, SameBy
from queries.names.search import comparisons_of, names_of_firms

VALID, UNUSABLE = "有效", "格式不符"
MOST_FITTING = 3  # a short name whose characters are in more names than this says nothing of any of them
REASONS = tuple(SameBy)
CODE, STOCK, NAME, FORMER, MARKS, NAME_ALIAS, ALIAS, CORE, CONTRACTION = REASONS


class _Firm:
    """A firm as it is compared: its name in parts, its other names, where it is."""

    def __init__(self, row: dict[str, Any], regions: list[str]) -> None:
        self.row, self.regions = row, regions
        self.exact = normalise(row["name"])
        bare, self.formers = unmarked(row["name"])
        self.parts: FirmName = split_name(bare)
        others = (normalise(word) for word in (row["short_name"], *(row["aliases"] or ())) if word)
        self.others = {word for word in others if word != self.exact}
        self.cities = (
            {self.parts.place} if self.parts.place else {city for text in regions if (city := city_of_region(text))}
        )
        self.code = row["uscc"] if row["uscc_check"] != UNUSABLE else None

    def side(self) -> ComparedFirm:
        """Return what a reader is shown."""
        fields = ("id", "name", "short_name", "uscc", "stock_code", "status", "source", "place")
        return ComparedFirm(region="、".join(self.regions) or None, **{name: self.row[name] for name in fields})


def doubts(view: View) -> list[Doubt]:
    """Return the pairs of firms that may be one and have not been judged, the plainest first.

    Two firms with different valid credit codes are two, and so are two of like
    names in different cities: they are not listed.
    """
    return view.once("doubts", lambda: _doubts(view))


def history(view: View) -> list[Judgement]:
    """Return every judgement that is to be seen, the latest first, each with whether it still stands."""
    firms = view.store.nodes(Enterprise).filter(pl.col("status").is_in(view.statuses))
    names = dict(firms.select("id", "name").iter_rows())
    rows = read_judgements(view.store).to_dicts()
    last = {pair_of(row["from"], row["to"]): place for place, row in enumerate(rows)}
    own = ("verdict", "decided_at", "decided_by", "reason", "status", "source", "place", "note")
    judgements = [
        Judgement(
            enterprise=Named(id=row["from"], name=names[row["from"]]),
            other=Named(id=row["to"], name=names[row["to"]]),
            stands=last[pair_of(row["from"], row["to"])] == place,
            **{name: row[name] for name in own},
        )
        for place, row in enumerate(rows)
        if row["status"] in view.statuses and row["from"] in names and row["to"] in names
    ]
    return judgements[::-1]


def _doubts(view: View) -> list[Doubt]:
    firms = _read(view)
    judged = comparisons_of(view)
    reasons: dict[Pair, set[SameBy]] = defaultdict(set)
    for reason, ids in _groups(firms.values()):
        for first, second in combinations(sorted(ids), 2):
            check()
            reasons[first, second].add(reason)
    for first, second in _contractions(firms, names_of_firms(view)):
        reasons[pair_of(first, second)].add(CONTRACTION)
    in_doubt = []
    for (first, second), why in reasons.items():
        check()
        left, right = firms[first], firms[second]
        if not judged.settled(first, second) and not _are_two(left, right, why):
            ordered = sorted(why, key=REASONS.index)
            in_doubt.append(Doubt(left=left.side(), right=right.side(), reasons=ordered, against=_against(left, right)))
    return sorted(in_doubt, key=_rank)


def _rank(doubt: Doubt) -> tuple[int, int, str, str, str]:
    return REASONS.index(doubt.reasons[0]), len(doubt.against), doubt.left.name, doubt.left.id, doubt.right.id


def _read(view: View) -> dict[str, _Firm]:
    names = dict(view.store.nodes(Region).select("id", "name").iter_rows())
    regions: dict[str, list[str]] = defaultdict(list)
    for frame in view.store.edges(LocatedIn, ("Enterprise", "Region")):
        for firm, region in (
            frame.filter(pl.col("status").is_in(view.statuses)).select("from", "to").sort("from", "to").iter_rows()
        ):
            regions[firm].append(names[region])
    rows = view.store.nodes(Enterprise).filter(pl.col("status").is_in(view.statuses)).sort("id").iter_rows(named=True)
    return {row["id"]: _Firm(row, regions[row["id"]]) for row in rows}


def _groups(firms: Iterable[_Firm]) -> Iterator[tuple[SameBy, set[str]]]:
    """Yield the firms that share a code, a name (one may say that it was the other's, or have marks) or the core of
    one, with what they share."""
    shared: dict[tuple[SameBy, str], set[str]] = defaultdict(set)
    for firm in firms:
        id = firm.row["id"]
        for reason, word in (
            (CODE, firm.code),
            (STOCK, firm.row["stock_code"]),
            (NAME, firm.exact),
            (MARKS, firm.parts.exact),
            (CORE, firm.parts.core),
        ):
            if word and (reason != CORE or len(word) > 1):
                shared[reason, word].add(id)
        for word in firm.others:
            shared[ALIAS, word].add(id)
        for word in firm.formers:
            shared[FORMER, word].add(id)
    for (reason, word), ids in shared.items():
        if reason == FORMER:
            for other in (shared.get((MARKS, word), set()) | shared.get((ALIAS, word), set())) - ids:
                yield from ((FORMER, {other, id}) for id in ids)
        elif reason == MARKS:
            plain = shared.get((NAME, word), set())
            for id in ids - plain:
                yield from ((MARKS, {id, other}) for other in ids - {id})
        elif len(ids) > 1:
            yield reason, ids
        for named in shared.get((NAME, word), set()) - ids if reason == ALIAS else ():
            for alias_holder in ids:
                yield NAME_ALIAS, {named, alias_holder}


def _contractions(firms: dict[str, _Firm], index: NameIndex) -> Iterator[Pair]:
    """Yield firms with a name without a legal form, each with the few whose
    names have its characters in order and begin alike."""
    for id, firm in firms.items():
        check()
        if firm.parts.form:
            continue
        fitting = {
            candidate: begins
            for candidate, begins in index.holders_in_order(firm.parts).items()
            if candidate != id and candidate in firms
        }
        if len(fitting) <= MOST_FITTING:
            yield from ((id, candidate) for candidate, begins in fitting.items() if begins)


def _are_two(left: _Firm, right: _Firm, why: set[SameBy]) -> bool:
    """Tell whether two firms are surely two: other valid codes, or other cities where no code is shared."""
    codes = left.row["uscc_check"] == right.row["uscc_check"] == VALID and left.code != right.code
    cities = bool(left.cities and right.cities) and not _meet(left.cities, right.cities)
    return codes or (cities and not why & {CODE, STOCK, FORMER})


def _meet(left: set[str], right: set[str]) -> bool:
    """Tell whether two firms can be in one place; a province holds its cities."""
    pairs = ((a, b) for a in left for b in right)
    return any(a == b or (a[:2] == b[:2] and "0000" in (a[2:], b[2:])) for a, b in pairs)


def _against(left: _Firm, right: _Firm) -> list[DifferentBy]:
    """Say what speaks against two firms being one."""
    sides = (
        (left.code, right.code, DifferentBy.other_code),
        (left.row["stock_code"], right.row["stock_code"], DifferentBy.other_stock_code),
        (left.parts.form, right.parts.form, DifferentBy.other_form),
        (left.parts.district, right.parts.district, DifferentBy.other_district),
    )
    return [
        words for left_value, right_value, words in sides if left_value and right_value and left_value != right_value
    ]

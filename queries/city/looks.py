"""Who looked for makers, where, among which firms, when, and what was found: the coverage records as a chain meets
them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import polars as pl

from graph.model.nodes import EVERY_CLASS, FOUND, NOT_FOUND
from queries.city.city import City
from queries.city.local import grouped, regions_above
from queries.city.rows import Row, rows_of
from queries.core.days import after_months, last_day
from queries.core.shipped import Strict, Threshold, read_shipped


class LookRules(Strict):
    """After how many months a look is due again."""

    version: str
    months: Threshold


@cache
def look_rules() -> LookRules:
    """Return the rules that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(LookRules, "city/looks.toml")


@dataclass(frozen=True)
class Look:
    """A coverage record at a segment or a product; ``whole`` where its region is the city or contains it.

    ``universe`` are the firms among which was looked, in words; nothing: all that there are. ``found`` is what came of
    it, where somebody said so. It is ``due`` again after that day, and from then on says nothing of a gap. ``asked``:
    the place itself was asked for, not its segment or all firms of a class.
    """

    id: str
    name: str
    region: str
    whole: bool
    universe: str
    found: str
    method: str
    as_of: str
    due: str
    fresh: bool
    by: str
    asked: bool
    row: Row

    @property
    def counts(self) -> bool:
        """Tell whether it says what there is in the whole city, and still does."""
        return self.whole and self.fresh and not self.universe


@dataclass(frozen=True)
class LookedAt:
    """What the looks at a segment or a product come to."""

    looks: tuple[Look, ...] = ()

    @property
    def whole(self) -> bool:
        """Tell whether it was looked for in the whole city."""
        return any(look.counts for look in self.looks)

    @property
    def last_told(self) -> Look | None:
        """Return the look that says last what was found; that at the place itself goes before that at its segment."""
        said = [look for look in self.looks if look.counts and look.found]
        return max(said, key=lambda look: (look.as_of, look.asked, look.id), default=None)

    @property
    def found(self) -> str:
        """Return what was said last to have been found."""
        return self.last_told.found if self.last_told else ""

    @property
    def asked(self) -> bool:
        """Tell whether the place itself was asked for, or its whole segment found empty: firms of which it is not known
        what they make, or where they are, do not make it here then."""
        return self.found == NOT_FOUND or any(look.counts and look.asked for look in self.looks)

    @property
    def lists(self) -> list[Look]:
        """Return the looks through lists that do not hold all firms, the newest of each list."""
        newest: dict[str, Look] = {}
        for look in self.looks:
            if look.universe and look.whole and look.found != FOUND:
                newest.setdefault(look.universe, look)
        return [*newest.values()]


def looks_at(
    city: City, segments: Iterable[str], segments_of: Mapping[str, tuple[str, ...]], homes: set[str]
) -> dict[str, tuple[Look, ...]]:
    """Return the looks at each of some segments, and at each product with those at its segments; the newest first."""
    records = {row["id"]: row for row in city.nodes["Coverage"].filter(~pl.col("ended")).iter_rows(named=True)}
    if not records:
        return {}
    covers = city.going("COVERS").filter(pl.col("from").is_in([*records]))
    regions = grouped(covers.filter(pl.col("to_label") == "Region"), "from", "to")
    above = regions_above(city)
    over_home = {region for home in homes for region in above.get(home, ())}

    def look(row: Row, asked: bool) -> Look:
        record, own = records[row.start], regions.get(row.start, ())
        everywhere = not homes or (not own and bool(record["universe"]))
        due = _due(record["as_of"])
        return Look(
            id=record["id"],
            name=record["name"],
            region="、".join(city.names["Region"].get(region, region) for region in own),
            whole=everywhere or bool(over_home & {*own}),
            universe=record["universe"] or "",
            found=record["found"] or "",
            method=record["method"] or "",
            as_of=record["as_of"] or "",
            due=due,
            fresh=not due or city.today <= due,
            by=record["looked_by"] or "",
            asked=asked,
            row=row,
        )

    found: dict[str, dict[str, Look]] = defaultdict(dict)
    for row in rows_of("COVERS", covers.filter(pl.col("to_label") != "Region")):
        found[row.end][row.start] = look(row, asked=True)
    classed = _of_classes(city, records.values(), segments_of)
    for record, places in classed.items():
        proof = (records[record]["status"], records[record]["source"], records[record]["place"])
        for place in places:
            found[place].setdefault(record, look(Row("COVERS", record, place, *proof), asked=False))
    looks = {segment: found[segment] for segment in sorted({*segments}) if segment in found}
    for product, own in segments_of.items():
        at_segments = [one for segment in own for one in found.get(segment, {}).values()]
        looks[product] = {one.id: replace(one, asked=False) for one in at_segments} | found.get(product, {})
    return {
        place: tuple(sorted(own.values(), key=lambda one: (one.as_of, one.whole, one.id), reverse=True))
        for place, own in looks.items()
        if own
    }


def _due(as_of: str | None) -> str:
    """Return the last day on which a look still says what there is; nothing for one without a date."""
    if not as_of:
        return ""
    return after_months(last_day(as_of), round(look_rules().months.value)).isoformat()


def _of_classes(
    city: City, records: Iterable[Mapping[str, Any]], segments_of: Mapping[str, tuple[str, ...]]
) -> dict[str, list[str]]:
    """Return by record that looks through classes of industry the products of these, and the segments of which it has
    every product."""
    asked = {row["id"]: row["classes"] for row in records if row["classes"]}
    if not asked:
        return {}
    codes = dict(city.nodes["Industry"].select("id", "code").drop_nulls().iter_rows())
    classes = {
        product: [_digits(codes[industry]) for industry in own if industry in codes]
        for product, own in grouped(city.going("CLASSIFIED_AS"), "from", "to").items()
    }
    products_of: dict[str, set[str]] = defaultdict(set)
    for product, segments in segments_of.items():
        for segment in segments:
            products_of[segment].add(product)
    places = {}
    for record, words in asked.items():
        every, begins = EVERY_CLASS in words, tuple(_digits(word) for word in words)
        there = {
            product
            for product in segments_of
            if every or any(code.startswith(begins) for code in classes.get(product, ()))
        }
        whole = {segment for segment, own in products_of.items() if own <= there}
        places[record] = sorted(there | whole)
    return places


def _digits(code: str) -> str:
    """Return the digits of a class: the letter before them says nothing more."""
    return code.lstrip("ABCDEFGHIJKLMNOPQRST") or code

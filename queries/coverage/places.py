"""A segment or a product that somebody says he looked at, and the regions that are home to its chains."""

from typing import NamedTuple

import polars as pl

from graph.errors import NotFound
from queries.city.city import City, read_city
from queries.city.facts import segments_of_chains
from queries.city.local import find_homes
from queries.core.answers import Named
from queries.core.view import View
from queries.names.search import find_product, find_segment


class LookPlace(NamedTuple):
    """A place to look at, and where to look."""

    place: Named
    regions: tuple[Named, ...]


def find_look_place(view: View, word: str) -> LookPlace:
    """Return the segment or product that an id, a name or an alias means, a segment before a product; raises
    ``NotFound`` and ``Ambiguous``."""
    try:
        place, label = find_segment(view, word), "Segment"
    except NotFound:
        place, label = find_product(view, word), "Product"
    city = read_city(view)
    segments = [place.id] if label == "Segment" else _ends(city, "BELONGS_TO", place.id)
    chains = [chain for segment in segments for chain in _ends(city, "PART_OF", segment)]
    homes = {home.id: home for chain in chains for home in find_homes(city, chain, segments_of_chains(city, [chain]))}
    return LookPlace(place, tuple(homes.values()))


def _ends(city: City, name: str, start: str) -> list[str]:
    return city.going(name).filter(pl.col("from") == start)["to"].to_list()

"""Who speaks: the leaders of a chain, the firms of a leader's group, and from which city they are seen."""

from collections import defaultdict
from collections.abc import Iterable

import polars as pl

from queries.city.city import City
from queries.city.facts import segments_of_chains
from queries.city.local import find_homes, regions_above
from queries.core.answers import Named


def leaders_of(city: City, chain: str) -> list[str]:
    """Return the firms that lead a chain, sorted."""
    leads = city.going("LEADS").filter((pl.col("to") == chain) & (pl.col("from_label") == "Enterprise"))
    return sorted(set(leads["from"]))


def chains_led_by(city: City, firm: str) -> list[str]:
    """Return the chains that a firm leads, sorted."""
    return sorted(set(city.going("LEADS").filter(pl.col("from") == firm)["to"]))


def groups_below(city: City, firms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return for each firm itself and all firms below it in its group, itself first."""
    below: dict[str, list[str]] = defaultdict(list)
    for child, parent in city.going("SUBSIDIARY_OF").select("from", "to").iter_rows():
        below[parent].append(child)
    groups = {}
    for firm in firms:
        reached, waiting = {firm}, [firm]
        while waiting:
            fresh = set(below[waiting.pop()]) - reached
            reached |= fresh
            waiting += sorted(fresh)
        groups[firm] = (firm, *sorted(reached - {firm}))
    return groups


def products_of(city: City, chain: str) -> set[str]:
    """Return the products of a chain."""
    segments = segments_of_chains(city, [chain])
    return set(city.going("BELONGS_TO").filter(pl.col("to").is_in(segments))["from"])


def find_city(city: City, firm: str, chains: list[str]) -> tuple[Named, ...]:
    """Return the home regions of the chains that a firm leads; of a firm that
    leads none, those of any chain that it is in."""
    asked = chains or sorted(city.names["Chain"])
    homes = {home.id: home for chain in asked for home in find_homes(city, chain, segments_of_chains(city, [chain]))}
    if not chains:
        above = regions_above(city)
        located = city.going("LOCATED_IN").filter((pl.col("from") == firm) & (pl.col("from_label") == "Enterprise"))[
            "to"
        ]
        own = {region for place in located for region in above.get(place, ())}
        homes = {id: home for id, home in homes.items() if id in own} or homes
    return tuple(homes[id] for id in sorted(homes))

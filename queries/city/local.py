"""What is local: which regions are home to a chain, where firms are, and to which group they belong."""

from collections import defaultdict
from collections.abc import Mapping
from operator import attrgetter
from typing import Literal, NamedTuple

import polars as pl

from queries.city.answers import Ring
from queries.city.city import City
from queries.core.answers import Named

Where = Literal["local", "outside", "unknown"]
NATION, CITY = "国家", "市"


class CityFirm(NamedTuple):
    """A firm and where it is, seen from the chain's city, and how far away; ``group`` is the firm at the top of its
    group; ``only``: it makes what is registered of it and nothing else; ``turnover`` in yuan."""

    id: str
    name: str
    short: str
    where: Where
    region: str
    group: str
    closed: bool
    status: str
    source: str
    only: bool = False
    ring: Ring = Ring.local
    turnover: float | None = None
    staff: float | None = None


def grouped(frame: pl.DataFrame, key: str, value: str) -> dict[str, tuple[str, ...]]:
    """Return the values of each key, sorted, each once."""
    members_of: dict[str, list[str]] = defaultdict(list)
    for group, member in frame.select(key, value).unique().sort(key, value).iter_rows():
        members_of[group].append(member)
    return {group: tuple(members) for group, members in members_of.items()}


def find_homes(city: City, chain: str, segments: list[str]) -> tuple[Named, ...]:
    """Return the chain's region; where it names none, the regions that its segments were looked through in."""
    located = city.going("LOCATED_IN")
    homes = set(located.filter((pl.col("from_label") == "Chain") & (pl.col("from") == chain))["to"])
    if not homes:
        covers = city.going("COVERS")
        records = covers.filter(pl.col("to").is_in(segments) & (pl.col("to_label") == "Segment"))["from"].to_list()
        homes = set(covers.filter(pl.col("from").is_in(records) & (pl.col("to_label") == "Region"))["to"])
    return tuple(Named(id=id, name=city.names["Region"].get(id, id)) for id in sorted(homes))


def regions_above(city: City) -> dict[str, set[str]]:
    """Return for each region itself and all that contain it."""
    located = city.going("LOCATED_IN").filter(pl.col("from_label") == "Region")
    parents = grouped(located, "from", "to")
    above = {}
    for region in city.names["Region"]:
        reached, waiting = {region}, [region]
        while waiting:
            fresh = set(parents.get(waiting.pop(), ())) - reached
            reached |= fresh
            waiting += fresh
        above[region] = reached
    return above


def _regions(city: City, firms: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the regions that each firm is in, by itself or by its park, sorted."""
    located = city.going("LOCATED_IN")
    own = located.filter((pl.col("from_label") == "Enterprise") & pl.col("from").is_in(firms)).select("from", "to")
    parks = city.going("IN_PARK").filter((pl.col("from_label") == "Enterprise") & pl.col("from").is_in(firms))
    of_park = located.filter(pl.col("from_label") == "Park").select(
        pl.col("from").alias("park"), pl.col("to").alias("region")
    )
    by_park = parks.join(of_park, left_on="to", right_on="park").select("from", pl.col("region").alias("to"))
    return grouped(pl.concat([own, by_park]), "from", "to")


def find_firms(city: City, ids: list[str], homes: set[str]) -> dict[str, CityFirm]:
    """Return firms by id with where they are, seen from the regions that are home; no home: everywhere is."""
    known: dict[str, CityFirm] = city.placed.setdefault(frozenset(homes), {})
    if missing := [id for id in ids if id not in known]:
        known |= _find_firms(city, missing, homes)
    return {id: known[id] for id in ids if id in known}


def _find_firms(city: City, ids: list[str], homes: set[str]) -> dict[str, CityFirm]:
    above, regions = regions_above(city), _regions(city, ids)
    over_home = {region for home in homes for region in above.get(home, ())} - homes
    groups, ring_of = _groups(city), _rings(city, homes, above)
    firms, names = {}, city.names["Region"]
    known = city.nodes["Enterprise"].filter(pl.col("id").is_in(ids))
    for id, name, short, status, source, closed, only, turnover, staff, insured in known.select(
        "id", "name", "short_name", "status", "source", "ended", "makes_only", "turnover", "staff", "insured"
    ).iter_rows():
        own = regions.get(id, ())
        where: Where = "unknown"
        if not homes or any(above.get(region, set()) & homes for region in own):
            where = "local"
        elif any(region not in over_home for region in own):
            where = "outside"
        region = "、".join(sorted(names.get(region, region) for region in own))
        group = groups.get(id, id)
        ring = Ring.local
        if where != "local":
            ring = min(
                (ring_of[region] for region in own if region in ring_of), default=Ring.unknown, key=attrgetter("order")
            )
        size = turnover, insured if staff is None else staff
        firms[id] = CityFirm(
            id, name, short or name, where, region, group, closed, status, source, bool(only), ring, *size
        )
    return firms


def _rings(city: City, homes: set[str], above: Mapping[str, set[str]]) -> dict[str, Ring]:
    """Return how far each region is from the regions that are home; what contains one of them is not known to be."""
    regions = city.nodes["Region"].select("id", "name", "kind").rows()
    parts = {region for region, own in above.items() if len(own) > 1}
    nations = {id for id, name, kind in regions if kind == NATION or (id not in parts and name.endswith("国"))}
    over_home = {region for home in homes for region in above.get(home, ())} - homes
    cities = homes | {id for id, name, kind in regions if id in over_home and (kind == CITY or name.endswith("市"))}
    pairs = [*city.going("NEXT_TO").select("from", "to").iter_rows()]
    circle = {end for pair in pairs if not cities.isdisjoint(pair) for end in pair} - cities | (cities - homes)
    rings = {}
    for region, own in above.items():
        if not own.isdisjoint(homes):
            rings[region] = Ring.local
        elif region in over_home:
            rings[region] = Ring.unknown
        elif not own.isdisjoint(circle):
            rings[region] = Ring.circle
        elif own & over_home - nations:
            rings[region] = Ring.province
        elif own & over_home:
            rings[region] = Ring.country
        else:
            rings[region] = Ring.abroad if own & nations else Ring.unknown
    return rings


def _groups(city: City) -> dict[str, str]:
    """Return the top of the group of each firm that has a parent; a ring of owners goes by its first id."""
    parents = dict(
        city.going("SUBSIDIARY_OF").sort("from", "to").select("from", "to").unique("from", keep="first").iter_rows()
    )
    top_of = {}
    for firm in parents:
        chain = [firm]
        while chain[-1] in parents and parents[chain[-1]] not in chain:
            chain.append(parents[chain[-1]])
        ring = chain[-1] in parents
        top_of[firm] = min(chain[chain.index(parents[chain[-1]]) :]) if ring else chain[-1]
    return top_of

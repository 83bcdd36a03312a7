"""What is local: the regions of chains, else the city that a firm is in."""

import re
from collections.abc import Sequence

import polars as pl

from graph.model.nodes import Region
from queries.city.city import City
from queries.city.facts import segments_of_chains
from queries.city.local import find_homes, regions_above
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.local_share.answers import ShareOf
from queries.local_share.catalogue import say

CITY = re.compile(r"\d{4}|11|12|31|50")  # the codes of cities, those of the state among them


def find_home(view: View, city: City, subject: ShareOf, chains: Sequence[str]) -> tuple[list[Named], Reason]:
    """Return the regions that are local, and why: those of the chains, else the city of the firm itself."""
    found = {home.id: home for chain in chains for home in find_homes(city, chain, segments_of_chains(city, [chain]))}
    names = [city.names["Chain"].get(chain, chain) for chain in chains]
    regions = "、".join(home.name for home in found.values())
    if subject.label == "Chain":
        return [*found.values()], say("home_of_chain", regions=regions) if found else say("no_home")
    if found:
        code = "home_of_led" if len(chains) == 1 else "home_of_many"
        return [*found.values()], say(code, regions=regions, chains="、".join(names), count=len(chains))
    own = _own_city(view, city, subject.id)
    regions = "、".join(region.name for region in own)
    code = "no_home" if not own else "home_of_chainless" if chains else "home_of_firm"
    return own, say(code, regions=regions)


def _own_city(view: View, city: City, firm: str) -> list[Named]:
    """Return the city that a firm is in, or where it is only known more widely or there is no code, that region."""
    located = city.going("LOCATED_IN")
    own = located.filter((pl.col("from_label") == "Enterprise") & (pl.col("from") == firm))["to"].to_list()
    above = regions_above(city)
    codes = _codes(view)
    cities = {region for place in own for region in above.get(place, ()) if CITY.fullmatch(codes.get(region, ""))}
    names = city.names["Region"]
    return [Named(id=id, name=names[id]) for id in sorted(cities or {*own}) if id in names]


def _codes(view: View) -> dict[str, str]:
    """Return the codes of regions, without the zeros that fill them up."""
    codes = view.store.nodes(Region).select("id", "code").drop_nulls()
    return {id: re.sub(r"(?:00)+$", "", code) for id, code in codes.iter_rows()}

"""What a firm is grouped by in a picture: the segment that it works in, or the district where it is."""

from collections.abc import Mapping

import polars as pl

from queries.city.city import read_city
from queries.core.view import View

TYPES = {"segment": "OPERATES_IN", "district": "LOCATED_IN"}


def groups_of_firms(view: View, by: str) -> Mapping[str, str]:
    """Return the name of each firm's segment or district by the firm's id: of several the first by name."""

    def make() -> Mapping[str, str]:
        city = read_city(view)
        edges = city.going(TYPES[by]).filter(pl.col("from_label") == "Enterprise")
        names = {id: name for label in edges["to_label"].unique() for id, name in city.names[label].items()}
        groups: dict[str, str] = {}
        for firm, place in edges.select("from", "to").iter_rows():
            groups[firm] = min(groups.get(firm, names[place]), names[place])
        return groups

    return view.once(("groups of firms", by), make)

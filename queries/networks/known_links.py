"""The links that the back-test and its model take: who makes what, who supplies whom, from the graph or from rows."""

from collections.abc import Collection, Iterable
from typing import Literal

import numpy as np
import polars as pl

from queries.city.city import City
from queries.networks.link_prediction import KnownLinks


def links_of(city: City, kind: Literal["PRODUCES", "SUPPLIES"], also: Collection[str] = ()) -> KnownLinks:
    """Return the firms' links that go on: to products, or to the firms that
    they supply, which they are described by what they make.

    Firms and items are in the order of their ids; ``also`` are items that stand
    among them though nobody is linked to them.
    """
    industries = city.nodes["Industry"].select(industry="id", industry_name="name")
    belongs = (
        city.going("IN_INDUSTRY").select(id="from", industry="to").sort("id", "industry").unique("id", keep="first")
    )
    firms = (
        city.nodes["Enterprise"]
        .select("id", "name", "short_name")
        .join(belongs, "id", "left")
        .join(industries, "industry", "left")
    )
    words = ["name", "short_name", "industry_name"]
    items = city.nodes["Product"].select("id", "name", text="name")
    if kind == "SUPPLIES":
        made = (
            city.going("PRODUCES")
            .select(id="from", product="to")
            .join(items.select(product="id", made="name"), "product")
        )
        made = made.sort("id", "product").group_by("id").agg(pl.col("made").str.join(" "))
        firms = firms.join(made, "id", "left")
        words.append("made")
    firms = firms.with_columns(text=pl.concat_str(words, separator=" ", ignore_nulls=True))
    return make_links(city.going(kind).select("from", "to"), firms, items if kind == "PRODUCES" else firms, also)


def links_from_rows(rows: Iterable[tuple[str, str, str | None]]) -> KnownLinks:
    """Return links from rows of firm, item and the firm's industry, or null."""
    table = pl.DataFrame([*rows], {"from": pl.String, "to": pl.String, "industry": pl.String}, orient="row")
    firms = (
        table.select(id="from", industry="industry").sort("id", "industry", nulls_last=True).unique("id", keep="first")
    )
    text = pl.concat_str("id", "industry", separator=" ", ignore_nulls=True)
    items = table.select(id="to", name="to", text="to").unique("id")
    return make_links(table.select("from", "to"), firms.with_columns(name="id", text=text), items)


def make_links(pairs: pl.DataFrame, firms: pl.DataFrame, items: pl.DataFrame, also: Collection[str] = ()) -> KnownLinks:
    """Return the links of ``from`` and ``to`` once each, with the firms and
    items that they have; none from a firm to itself."""
    pairs = pairs.filter(pl.col("from") != pl.col("to")).unique()
    firms = firms.join(pairs.select(id="from"), "id", "semi").sort("id").with_row_index("firm")
    items = items.filter(pl.col("id").is_in([*pairs["to"].unique(), *also])).sort("id").with_row_index("item")
    groups = firms["industry"].rank("dense").cast(pl.Int64).fill_null(0) - 1
    numbered = (
        pairs.join(firms.select("firm", **{"from": "id"}), "from")
        .join(items.select("item", to="id"), "to")
        .sort("firm", "item")
    )
    never = firms.select("id", "firm").join(items.select("id", "item"), "id")
    return KnownLinks(
        pairs=numbered.select("firm", "item").to_numpy().astype(np.int64),
        firms=firms["name"].to_list(),
        items=items["name"].to_list(),
        firm_texts=firms["text"].to_list(),
        item_texts=items["text"].to_list(),
        groups=groups.to_numpy().astype(np.int64),
        never=never.select("firm", "item").to_numpy().astype(np.int64),
    )

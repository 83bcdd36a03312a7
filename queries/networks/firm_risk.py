"""Systemic risk of the graph's own firms: their supplies as a network of what
each makes, essentiality from the products' inputs.

A firm is split into units, one for each product that it supplies. A supply of p to a firm goes to those of its units
whose product needs p, else to all of them, else to its end use. The industry of a unit is its product; an input is
essential where INPUT_TO says so, and counts as non-essential where the graph knows the supply but no such input.
Amounts are not known: ``ASSUMPTIONS`` says what stands in for them, and the ranks are compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain

import numpy as np
import polars as pl

from queries.city.city import City
from queries.networks.cascade_arrays import Floats
from queries.networks.systemic_risk import ESSENTIAL, NON_ESSENTIAL, Closures, SupplyNetwork, systemic_risk

ASSUMPTIONS = {
    "links": "供应金额未知，每条供应关系按同样大小计",
    "purchases": "供应金额未知，每家客户的采购总额按同样大小计，在投入品与供应商之间平分",
}
MOST_KINDS = (
    2_000  # products that stand as industries of their own; beyond, those that are essential to nothing are one
)
END, OTHER = "\x00end", "\x00other"


@dataclass(frozen=True)
class FirmNetwork:
    """Supplies between units under one assumption; ``unit_firm`` is the firm of each unit, sorted."""

    network: SupplyNetwork
    unit_firm: pl.Series

    def closures(self, groups: Sequence[Iterable[str]], tolerance: float = 0.01) -> Floats:
        """Return what closing each group of firms at once costs, as a share of
        all output; 0 for firms that supply nobody."""
        units = [sorted({unit for firm in group for unit in self.units.get(firm, ())}) for group in groups]
        starts = np.fromiter(accumulate(map(len, units), initial=0), np.int64)
        closing = Closures(starts, np.fromiter(chain.from_iterable(units), np.int64))
        return systemic_risk(self.network, closing, tolerance=tolerance).esri

    @cached_property
    def units(self) -> Mapping[str, range]:
        """Return the units of each firm."""
        runs = self.unit_firm.rle().struct
        firms, lengths = runs.field("value"), runs.field("len")
        ends = lengths.cum_sum()
        return {firm: range(end - length, end) for firm, length, end in zip(firms, lengths, ends, strict=True)}


def firm_network(city: City, supplies: pl.DataFrame | None = None, assumption: str = "links") -> FirmNetwork | None:
    """Return the network of a city's supplies, or of other ones in the columns
    ``from``, ``to``, ``good``; None where there are none."""
    rows = (
        (city.supplies if supplies is None else supplies).select("from", "to", pl.col("good").fill_null(OTHER)).unique()
    )
    rows = rows.filter(pl.col("from") != pl.col("to"))
    if rows.is_empty():
        return None
    rows = _few_kinds(rows, city)
    links = _links(rows, city)
    weight = pl.lit(1.0)
    if assumption == "purchases":
        weight = 1.0 / (pl.col("good").n_unique().over("to") * pl.col("from").n_unique().over("to", "good"))
    amounts = rows.with_columns(weight.alias("amount")).join(links, on=["from", "to", "good"])
    amounts = amounts.with_columns(pl.col("amount") / pl.len().over("from", "to", "good"))
    units = (
        pl.concat([amounts.select(firm="from", kind="good"), amounts.select(firm="to", kind="into")])
        .unique()
        .sort("firm", "kind")
    )
    kinds = units.select("kind").unique().sort("kind").with_row_index("industry")
    units = units.with_row_index("unit").join(kinds, on="kind", maintain_order="left")
    placed = amounts.join(units.rename({"unit": "seller"}), left_on=["from", "good"], right_on=["firm", "kind"]).join(
        units.rename({"unit": "buyer"}), left_on=["to", "into"], right_on=["firm", "kind"], suffix="_buyer"
    )
    placed = placed.sort("seller", "buyer")
    network = SupplyNetwork.build(
        placed["seller"], placed["buyer"], placed["amount"], units["industry"], _essentiality(kinds, city)
    )
    return FirmNetwork(network, units["firm"])


def _few_kinds(rows: pl.DataFrame, city: City) -> pl.DataFrame:
    """Return the rows with at most ``MOST_KINDS`` kinds of goods, or all of those that are essential to something."""
    if rows["good"].n_unique() <= MOST_KINDS:
        return rows
    needed = city.going("INPUT_TO").filter(pl.col("essential"))
    essential = pl.concat([needed["from"], needed["to"]]).unique()
    return rows.with_columns(
        pl.when(pl.col("good").is_in(essential.implode())).then("good").otherwise(pl.lit(OTHER)).alias("good")
    ).unique()


def _links(rows: pl.DataFrame, city: City) -> pl.DataFrame:
    """Return for each supply the products of the customer that it goes into: ``from``, ``to``, ``good``, ``into``."""
    sold = rows.select(pl.col("from").alias("to"), pl.col("good").alias("into")).unique()
    known = city.going("INPUT_TO").select(pl.col("from").alias("good"), pl.col("to").alias("into")).unique()
    pairs = rows.join(sold, on="to", how="left").join(
        known.with_columns(fits=pl.lit(True)), on=["good", "into"], how="left"
    )
    pairs = pairs.with_columns(pl.col("into").fill_null(END), pl.col("fits").fill_null(False))
    return pairs.filter(pl.col("fits") | ~pl.col("fits").any().over("from", "to", "good")).drop("fits")


def _essentiality(kinds: pl.DataFrame, city: City) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    table = np.full((len(kinds), len(kinds)), NON_ESSENTIAL, np.int8)
    place = dict(kinds.select("kind", "industry").iter_rows())
    for source, target in city.going("INPUT_TO").filter(pl.col("essential")).select("from", "to").iter_rows():
        if source in place and target in place:
            table[place[source], place[target]] = ESSENTIAL
    return table

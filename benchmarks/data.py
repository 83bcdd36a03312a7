"""Made-up firms and supplies of any size, the same for every run: names 示例…,
out-degree 5, in-degree a truncated power law."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from queries.networks.systemic_risk import SupplyNetwork

Places = NDArray[np.int64]

SUPPLIES = 5
PRODUCTS = 500


def make_network(firms: int, industries: int = 100, seed: int = 20261123) -> SupplyNetwork:
    """Build what ``draw_network`` draws."""
    return SupplyNetwork.build(**draw_network(firms, industries, seed))


def draw_network(firms: int, industries: int = 100, seed: int = 20261123) -> dict[str, Any]:
    """Return what ``SupplyNetwork.build`` takes.

    Truncated power-law out-degrees (exponent 2.3, cap 128, mean 8), no self-links, random essentiality.
    """
    random = np.random.default_rng(seed)
    degrees = np.arange(1, 129, dtype=np.float64)
    low = next(low for low in range(128) if _mean(degrees[low:]) >= 8)
    # Between two lowest degrees, mix them so that the mean is 8.
    share = (8 - _mean(degrees[low - 1 :])) / (_mean(degrees[low:]) - _mean(degrees[low - 1 :]))
    starts = low - 1 + (random.random(firms) < share)
    drawn = np.where(
        starts == low, _draw(random, degrees[low:], firms), _draw(random, degrees[low - 1 :], firms)
    ).astype(np.int64)
    supplier = np.repeat(np.arange(firms), drawn)
    buyer = (supplier + random.integers(1, firms, supplier.size)) % firms
    kinds = random.choice(3, (industries, industries), p=(0.3, 0.4, 0.3))
    amount, industry = random.lognormal(3, 1.5, supplier.size), random.integers(0, industries, firms)
    return {"supplier": supplier, "buyer": buyer, "amount": amount, "industry": industry, "essentiality": kinds}


def _mean(degrees: NDArray[np.float64]) -> float:
    return float((degrees * degrees**-2.3).sum() / (degrees**-2.3).sum())


def _draw(random: np.random.Generator, degrees: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    return random.choice(degrees, number, p=degrees**-2.3 / (degrees**-2.3).sum())


def make_clusters(
    firms: int, size: int = 500, inside: float = 0.7, seed: int = 20261124
) -> tuple[Places, Places, Places]:
    """Return suppliers, customers and each firm's cluster: five links a firm, a
    share of them inside, firms unequally active.

    A firm's chance to be an end of a link goes with its activity (lognormal,
    sigma 1), so that many firms have few links or none.
    """
    random = np.random.default_rng(seed)
    cluster = np.sort(random.integers(0, max(firms // size, 1), firms))
    activity = np.concatenate([[0.0], np.cumsum(random.lognormal(0, 1, firms))])
    number = SUPPLIES * firms
    source = _place(activity, random.random(2 * number), 0, firms)
    inner = random.random(2 * number) < inside
    first = np.where(inner, np.searchsorted(cluster, cluster[source]), 0)
    last = np.where(inner, np.searchsorted(cluster, cluster[source], "right"), firms)
    target = _place(activity, random.random(2 * number), first, last)
    links = (
        pl.DataFrame({"s": source, "t": target})
        .filter(pl.col("s") != pl.col("t"))
        .unique(maintain_order=True)
        .head(number)
    )
    return links["s"].to_numpy(), links["t"].to_numpy(), cluster


def _place(
    activity: NDArray[np.float64], drawn: NDArray[np.float64], first: Places | int, last: Places | int
) -> Places:
    at = activity[first] + drawn * (activity[last] - activity[first])
    return np.clip(np.searchsorted(activity, at, "right") - 1, first, np.asarray(last) - 1)


def make_files(folder: Path, firms: int, seed: int = 20261123) -> tuple[Path, Path]:
    """Write ``enterprises.csv`` and ``supplies.csv`` for a number of firms,
    five supplies each, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    numbers = pl.Series("n", np.arange(firms))
    ids = pl.select(pl.concat_str(pl.lit("sample-"), numbers.cast(pl.String).str.zfill(8)).alias("id"))["id"]
    enterprises = pl.DataFrame(
        {
            "id": ids,
            "name": pl.select(pl.concat_str(pl.lit("示例"), numbers.cast(pl.String), pl.lit("号制造有限公司")))[
                "literal"
            ],
        }
    )
    proof = [pl.lit("sample-2026").alias("source"), pl.lit("sample").alias("status"), pl.lit("0.1").alias("confidence")]
    enterprises.with_columns(proof).write_csv(folder / "enterprises.csv")
    customers = np.repeat(np.arange(firms), SUPPLIES)
    # A supplier's number of customers falls off as a power law of exponent 2.3: draw suppliers by rank^(-1/1.3).
    ranks = np.arange(1, firms + 1, dtype=np.float64) ** (-1 / 1.3)
    suppliers = random.permutation(firms)[random.choice(firms, size=customers.size, p=ranks / ranks.sum())]
    edges = pl.DataFrame({"s": suppliers, "c": customers, "p": random.integers(0, PRODUCTS, customers.size)})
    edges = edges.filter(pl.col("s") != pl.col("c")).unique(maintain_order=True)
    table = edges.select(
        ids[edges["s"]].alias("supplier"),
        ids[edges["c"]].alias("customer"),
        pl.concat_str(pl.lit("示例产品"), pl.col("p").cast(pl.String)).alias("product"),
    )
    table.with_columns(proof).write_csv(folder / "supplies.csv")
    return folder / "enterprises.csv", folder / "supplies.csv"

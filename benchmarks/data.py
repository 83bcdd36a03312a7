"""Made-up firms and supplies of any size, the same for every run: names 示例…, out-degree 5, in-degree a truncated power law."""

from pathlib import Path

import numpy as np
import polars as pl

SUPPLIES = 5
PRODUCTS = 500


def make_files(folder: Path, firms: int, seed: int = 20261123) -> tuple[Path, Path]:
    """Write ``enterprises.csv`` and ``supplies.csv`` for a number of firms, five supplies each, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    numbers = pl.Series("n", np.arange(firms))
    ids = pl.select(pl.concat_str(pl.lit("sample-"), numbers.cast(pl.String).str.zfill(8)).alias("id"))["id"]
    enterprises = pl.DataFrame(
        {"id": ids, "name": pl.select(pl.concat_str(pl.lit("示例"), numbers.cast(pl.String), pl.lit("号制造有限公司")))["literal"]}
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

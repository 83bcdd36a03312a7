"""Two editions of a list that a platform exports, and a made record of what was looked through: names 示例…, codes of
nowhere, scopes put together from names of GB/T 4754, some rows with products of the chains that come with the program.

``python -m benchmarks.editions FOLDER [FIRMS]`` writes them, to be dropped on the page 载入.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.exports import make_export

ROOT = Path(__file__).parent.parent
TAXONOMY = ROOT / "seeds" / "taxonomy"
LOOKED = (
    "integrated-circuits",
    "smart-appliances",
)  # chains of which the made record says that they were looked through
FIRMS = 20_000
MADE_BY = 4  # firms that make each product, as far as they go
FADING = 3  # of so many products one has no maker any more in the second edition
GONE, CHANGED, NEW = 0.03, 0.04, 0.02  # shares of the rows from one edition to the next
PRODUCTS_HEAD = "做哪些"  # a head that nobody knows: it is named on the page
SOURCE, DAYS = "示例企业导出", ("2026-10", "2026-11")


@dataclass(frozen=True)
class Editions:
    """The files, and how many rows of the first are gone from the second, changed or new in it."""

    coverage: Path
    first: Path
    second: Path
    gone: int
    changed: int
    new: int


def make_editions(folder: Path, firms: int = FIRMS, seed: int = 20261130) -> Editions:
    """Write the record of what was looked through, and two editions of a list of some firms."""
    random = np.random.default_rng(seed)
    new = int(firms * NEW)
    export, _ = make_export(folder / "raw", firms + new, seed)
    rows = pl.read_csv(export / "导出.csv", infer_schema=False).with_columns(
        pl.Series("经营范围", _scopes(random, firms + new)),
        pl.lit("青岛市").alias("所属城市"),
        pl.lit("存续").alias("登记状态"),
    )
    products = [
        name for chain in LOOKED for name in pl.read_csv(TAXONOMY / chain / "products.csv", infer_schema=False)["name"]
    ]
    made = dict(enumerate(product for product in products for _ in range(MADE_BY)))  # by the number of the row
    rows = rows.with_columns(pl.Series(PRODUCTS_HEAD, [made.get(number, "") for number in range(len(rows))]))
    fading = {number for number, _ in made.items() if number // MADE_BY % FADING == 0 and number < firms}
    chosen = random.permutation(np.arange(min(len(made), firms), firms))
    gone = fading | {*chosen[: int(firms * GONE)].tolist()}
    changed = {*chosen[int(firms * GONE) : int(firms * (GONE + CHANGED))].tolist()}

    folder.mkdir(parents=True, exist_ok=True)
    first, second, coverage = (folder / name for name in ("企业导出-10月.csv", "企业导出-11月.csv", "摸底记录.csv"))
    numbered = rows.with_row_index("n")
    numbered.filter(pl.col("n") < firms).drop("n").write_csv(first, include_bom=True)
    later = numbered.filter(~pl.col("n").is_in([*gone]))
    later = later.with_columns(
        pl.when(pl.col("n").is_in([*changed]))
        .then(pl.lit("示例路改 1 号"))
        .otherwise(pl.col("企业地址"))
        .alias("企业地址")
    )
    later.drop("n").write_csv(second, include_bom=True)
    _write_coverage(coverage)
    return Editions(coverage, first, second, len(gone), len(changed), new)


def _scopes(random: np.random.Generator, firms: int) -> list[str]:
    """Return the scopes of some firms: three to five trades of the catalogue each."""
    trades = pl.read_csv(TAXONOMY / "industries.csv", infer_schema=False)
    names = trades.filter(pl.col("code").str.len_chars() == 4)["name"].to_list() or trades["name"].to_list()
    picked = random.integers(0, len(names), (firms, 5))
    counts = random.integers(3, 6, firms)
    return [
        f"一般项目：{'；'.join(names[place] for place in places[:count])}。"
        for places, count in zip(picked.tolist(), counts.tolist(), strict=True)
    ]


def _write_coverage(path: Path) -> None:
    segments = [";".join(pl.read_csv(TAXONOMY / chain / "segments.csv", infer_schema=False)["id"]) for chain in LOOKED]
    pl.DataFrame(
        {
            "名称": [f"示例摸底-{chain}" for chain in LOOKED],
            "环节": segments,
            "区域": ["3702"] * len(LOOKED),
            "方法": ["示例：逐家走访"] * len(LOOKED),
            "截至": ["2026-06"] * len(LOOKED),
            "来源": ["示例摸底 2026-06"] * len(LOOKED),
            "状态": ["据报道"] * len(LOOKED),
        }
    ).write_csv(path, include_bom=True)


if __name__ == "__main__":
    print(make_editions(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else FIRMS))

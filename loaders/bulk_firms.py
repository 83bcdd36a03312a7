"""The firms that no other firm resembles: told apart in columns, so that only the rest is looked at one by one.

A firm is alone when its codes, its name and a coarse form of its name (every place and legal form left out, so that
names with the same core have the same coarse form) occur nowhere else, in the rows or in the graph. Such a firm can
neither match another nor contradict it: one-by-one identity would give it the same id.
"""

import polars as pl

from loaders.names import FORMS, normal, places

WHO = "__who"
KEYS = ("exact", "coarse", "uscc", "stock_code")


def find_alone(frame: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Return for each row whether it is alone and brings its own id (an id, or the code of a firm that is known by the same name)."""
    codes = known.filter(pl.col("uscc").is_not_null()).select("uscc", pl.col("id").alias("__by_code")).unique("uscc", keep="none")
    rows = frame.select("id", "name", "uscc", "stock_code", "aliases").join(codes, on="uscc", how="left", maintain_order="left")
    own = pl.coalesce("id", "__by_code")
    marked = _keyed(rows).with_columns(pl.coalesce(own, pl.format("row {}", pl.int_range(pl.len()))).alias(WHO))
    there = _keyed(known).with_columns(pl.col("id").alias(WHO))
    lone = own.is_not_null() & pl.col("aliases").is_null() & own.is_unique()
    lone &= pl.col("uscc").is_null() | pl.col("__by_code").is_not_null() | ~pl.col("id").is_in(known["id"].implode())
    for key in KEYS:
        both = pl.concat([marked.select(key, WHO), there.select(key, WHO)]).drop_nulls(key)
        shared = both.unique().filter(pl.col(key).is_duplicated()).get_column(key)
        lone &= pl.col(key).is_null() | ~pl.col(key).is_in(shared.unique().implode())
    aliases = pl.concat([marked.select("aliases"), there.select("aliases")]).explode("aliases").drop_nulls()
    lone &= ~pl.col("exact").is_in(aliases.select(normal(pl.col("aliases"))).get_column("aliases").implode())
    names = there.select(WHO, pl.col("name").alias("__name"), pl.col("uscc").alias("__code"))
    same = pl.col("__name").is_null() | ((pl.col("__name") == pl.col("name")) & pl.col("__code").eq_missing(pl.coalesce("uscc", "__code")))
    return marked.join(names, on=WHO, how="left", maintain_order="left").select((lone & same).alias("alone")).get_column("alone")


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    bare = pl.col("exact").str.replace_many(dict.fromkeys(_left_out(), ""), leftmost=True)
    return frame.with_columns(normal(pl.col("name")).alias("exact")).with_columns(
        pl.when(bare == "").then(pl.col("exact")).otherwise(bare).alias("coarse")
    )


def _left_out() -> list[str]:
    return sorted([*places(), *FORMS, "(", ")"], key=len, reverse=True)

"""The firms that no other firm resembles: told apart in columns, so that only the rest is looked at one by one.

A firm is alone when its codes, its name and a coarse form of its name (every place and legal form left out, so that
names with the same core have the same coarse form) occur nowhere else, in the rows or in the graph. Such a firm can
neither match another nor contradict it: one-by-one identity would give it the same id.
"""

import numpy as np
import polars as pl

from graph.names.names import FORMS, normal, places

WHO = "__who"
KEYS = ("exact", "coarse", "uscc", "stock_code")


def find_alone(frame: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Return for each row whether it is alone and brings its own id (an id, or
    the code of a firm that is known by the same name)."""
    codes = (
        known.filter(pl.col("uscc").is_not_null())
        .select("uscc", pl.col("id").alias("__by_code"))
        .unique("uscc", keep="none")
    )
    rows = frame.select("id", "name", "uscc", "stock_code", "aliases").join(
        codes, on="uscc", how="left", maintain_order="left"
    )
    own = rows.select(pl.coalesce("id", "__by_code")).to_series()
    marked, there = _keyed(rows), _keyed(known)
    who = pl.Series(WHO, np.arange(1, len(rows) + 1), dtype=pl.UInt64)  # never the hash of an id, but for one in 10^13
    marked = marked.with_columns(who.zip_with(own.is_null(), own.hash()))
    there = there.with_columns(known["id"].hash().alias(WHO))
    lone = own.is_not_null() & rows["aliases"].is_null() & own.is_unique()
    lone &= rows["uscc"].is_null() | rows["__by_code"].is_not_null() | ~rows["id"].is_in(known["id"].implode())
    for key in KEYS:
        both = pl.concat([marked.select(key, WHO), there.select(key, WHO)]).drop_nulls(key)
        several = both.filter(pl.col(key).is_duplicated()).unique()
        shared = several.filter(pl.col(key).is_duplicated()).get_column(key)
        lone &= marked[key].is_null() | ~marked[key].is_in(shared.unique().implode())
    aliases = pl.concat([rows["aliases"], known["aliases"]]).explode().drop_nulls().to_frame("alias")
    lone &= ~marked["exact"].is_in(aliases.select(normal(pl.col("alias")).hash()).to_series().implode())
    if known.is_empty():
        return lone.alias("alone")
    names = known.select(pl.col("id").alias("__own"), pl.col("name").alias("__name"), pl.col("uscc").alias("__code"))
    # one that a person has written in is known by two rows: what files say, and what people say
    lone &= own.is_null() | ~own.is_in(names["__own"].filter(names["__own"].is_duplicated()).implode())
    names = names.unique("__own")
    beside = rows.with_columns(own.alias("__own")).join(names, on="__own", how="left", maintain_order="left")
    same = (pl.col("__name") == pl.col("name")) & pl.col("__code").eq_missing(pl.coalesce("uscc", "__code"))
    return lone & beside.select((pl.col("__name").is_null() | same).alias("alone")).to_series()


def _keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the hashes of what tells firms apart: two firms of one hash are only looked at one by one."""
    bare = pl.col("exact").str.replace_many(dict.fromkeys(_left_out(), ""), leftmost=True)
    coarse = pl.when(bare == "").then(pl.col("exact")).otherwise(bare).alias("coarse")
    keyed = frame.select(normal(pl.col("name")).alias("exact"), "uscc", "stock_code").with_columns(coarse)
    return keyed.select(pl.when(pl.col(key).is_not_null()).then(pl.col(key).hash()).alias(key) for key in KEYS)


def _left_out() -> list[str]:
    return sorted([*places(), *FORMS, "(", ")"], key=len, reverse=True)

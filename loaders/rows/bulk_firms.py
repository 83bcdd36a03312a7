"""The firms that no other firm resembles: told apart in columns, so that only the rest is looked at one by one.

A firm is alone when its codes, all its names, a coarse form of its name (every place and legal form left out, so that
names with the same core have the same coarse form) and its id occur nowhere else, in the rows or in the graph. Such a
firm can neither match another nor contradict it: one-by-one identity would give it the same id.
"""

import polars as pl

from graph.names.names import FORMS, city_of_region, normal, places, split_name
from loaders.rows.known_firms import AS_SAID, UNUSABLE, new_id

WHO = "__who"
KEYS = ("coarse", "uscc", "stock_code", "word")


def ids_of_alone(frame: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Return for each row that is alone its id: its own, that of the firm with its code, or a new one; null for the
    others, which have to be looked at one by one."""
    codes = (
        known.filter(pl.col("uscc").is_not_null())
        .select("uscc", pl.col("id").alias("__by_code"))
        .unique("uscc", keep="none")
    )
    rows = frame.select("id", "name", "uscc", "stock_code", "aliases").join(
        codes, on="uscc", how="left", maintain_order="left"
    )
    told = rows.select(pl.coalesce("id", "__by_code")).to_series()
    own = told.zip_with(told.is_not_null(), _new_ids(frame, told.is_null()))
    is_known = own.is_in(known["id"].implode())
    lone = own.is_unique() & (
        rows["__by_code"].is_not_null() | ~is_known | (rows["uscc"].is_null() & told.is_not_null())
    )
    ours, theirs = _named(rows, own), _named(known, known["id"])
    for key in KEYS:
        marked = _keyed(ours, key)
        both = pl.concat([marked, _keyed(theirs, key)])
        several = both.filter(pl.col(key).is_duplicated()).unique()
        shared = several.filter(pl.col(key).is_duplicated()).get_column(key).unique()
        lone &= ~ours[WHO].is_in(marked.filter(pl.col(key).is_in(shared.implode())).get_column(WHO).implode())
    if known.is_empty():
        return own.zip_with(lone, pl.Series([None], dtype=pl.String))
    names = known.select(pl.col("id").alias("__own"), pl.col("name").alias("__name"), pl.col("uscc").alias("__code"))
    # one that a person has written in is known by two rows: what files say, and what people say
    lone &= ~own.is_in(names["__own"].filter(names["__own"].is_duplicated()).implode())
    names = names.unique("__own")
    beside = rows.with_columns(own.alias("__own")).join(names, on="__own", how="left", maintain_order="left")
    same = (pl.col("__name") == pl.col("name")) & pl.col("__code").eq_missing(pl.coalesce("uscc", "__code"))
    lone &= beside.select(pl.col("__name").is_null() | same).to_series()
    return own.zip_with(lone, pl.Series([None], dtype=pl.String))


def _new_ids(frame: pl.DataFrame, wanted: pl.Series) -> pl.Series:
    """Return the ids that rows would have as firms that nobody knows, where they are ``wanted``."""
    code = pl.when(pl.col("uscc_check") != UNUSABLE).then(pl.col("uscc"))
    region = next((pl.col(name) for name in (AS_SAID, "region") if name in frame.columns), pl.lit(None))
    asked = frame.filter(wanted).select(
        code.alias("code"), normal(pl.col("name")).alias("exact"), region.alias("where")
    )
    ids = [
        new_id(code, exact, "" if code else split_name(exact).place or city_of_region(where))
        for code, exact, where in asked.iter_rows()
    ]
    return pl.Series("id", [None] * len(frame), dtype=pl.String).scatter(wanted.arg_true(), ids)


def _named(frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Return what tells firms apart, with whose it is."""
    said = frame.select(normal(pl.col("name")).alias("exact"), "uscc", "stock_code", "aliases")
    return said.with_columns(ids.hash().alias(WHO))


def _keyed(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return the hashes of one thing that tells firms apart: two firms of one hash are only looked at one by one."""
    if key == "word":
        aliases = frame.select(pl.col("aliases").alias(key), WHO).explode(key).drop_nulls()
        words = pl.concat([frame.select(pl.col("exact").alias(key), WHO), aliases.select(normal(pl.col(key)), WHO)])
    elif key == "coarse":
        bare = pl.col("exact").str.replace_many(dict.fromkeys(_left_out(), ""), leftmost=True)
        words = frame.select(pl.when(bare == "").then(pl.col("exact")).otherwise(bare).alias(key), WHO)
    else:
        words = frame.select(key, WHO)
    return words.drop_nulls().with_columns(pl.col(key).hash())


def _left_out() -> list[str]:
    return sorted([*places(), *FORMS, "(", ")"], key=len, reverse=True)

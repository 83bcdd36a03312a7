"""Rows onto what is there: which are new, which change something, which say nothing new.

A row fills what is empty. It replaces what is there, and the provenance as a whole, only where it is at least as well
founded: confirmed before reported before curated before inferred before sample. Aliases add up.
"""

from dataclasses import dataclass

import polars as pl

from graph.model import Record, columns

RANK = {"sample": 0, "inferred": 1, "curated": 2, "reported": 3, "confirmed": 4}
PROOF = ("source", "status", "confidence", "place", "valid_from", "valid_to", "note")
UNION = ("aliases", "roles")
ORDER = "__order"
OUTCOME = "__outcome"


@dataclass
class Merged:
    """Full rows to insert and to update, and each incoming row's outcome by its ``__order``."""

    new: pl.DataFrame
    changed: pl.DataFrame
    outcomes: pl.DataFrame


def merge(incoming: pl.DataFrame, there: pl.DataFrame, record: type[Record], keys: list[str], now: str) -> Merged:
    """Fold the incoming rows, in their order, onto the rows that are there; both have every column of the type."""
    fields = [name for name in columns(record) if name != "recorded_at"]
    body = list(dict.fromkeys([*keys, *fields]))
    old = there.select([*body, "recorded_at"])
    order = incoming.select(*keys, ORDER)
    rows = incoming.select([*body, ORDER]).unique(body, keep="first", maintain_order=True)
    turn = pl.int_range(pl.len()).over(keys).alias("__turn")
    rows = rows.with_columns(turn)
    final = old.select(body).join(rows.select(keys).unique(), on=keys, how="semi", nulls_equal=True)
    last = rows["__turn"].max()
    for number in range(int(last) + 1 if isinstance(last, int) else 0):
        final = _fold(final, rows.filter(pl.col("__turn") == number).select(body), keys, body)
    known = old.select(keys).with_columns(pl.lit(True).alias("__known"))
    final = final.join(known, on=keys, how="left", nulls_equal=True)
    new = final.filter(pl.col("__known").is_null()).drop("__known")
    kept = final.filter(pl.col("__known")).drop("__known")
    changed = kept.join(old.select(body), on=keys, how="inner", nulls_equal=True, suffix="__was").filter(_differs(body, keys)).select(body)
    stamp = pl.lit(now).alias("recorded_at")
    return Merged(new.with_columns(stamp), changed.with_columns(stamp), _outcomes(order, new, changed, keys))


def _fold(base: pl.DataFrame, rows: pl.DataFrame, keys: list[str], body: list[str]) -> pl.DataFrame:
    """Put one row of each key onto the base."""
    values = [name for name in body if name not in keys]
    both = base.join(rows, on=keys, how="full", coalesce=True, nulls_equal=True, suffix="__new")
    absent = pl.col("status").is_null()
    weaker = _rank("status__new") < _rank("status")
    only_base = pl.col("status__new").is_null()
    made: list[pl.Expr] = []
    for name in values:
        old, fresh = pl.col(name), pl.col(f"{name}__new")
        if name in PROOF:
            value = pl.when(only_base | (weaker & ~absent)).then(old).otherwise(fresh)
        elif name in UNION:
            value = pl.when(old.is_null()).then(fresh).when(fresh.is_null()).then(old).otherwise(pl.concat_list(old, fresh).list.unique(maintain_order=True))
        else:
            value = pl.when(weaker).then(pl.coalesce(old, fresh)).otherwise(pl.coalesce(fresh, old))
        made.append(value.alias(name))
    return both.select(*keys, *made).select(body)


def _rank(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(RANK, default=None, return_dtype=pl.Int8)


def _differs(body: list[str], keys: list[str]) -> pl.Expr:
    return pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"{name}__was")) for name in body if name not in keys])


def _outcomes(order: pl.DataFrame, new: pl.DataFrame, changed: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    marks = pl.concat([
        new.select(keys).with_columns(pl.lit("new").alias(OUTCOME)), changed.select(keys).with_columns(pl.lit("changed").alias(OUTCOME)),
    ])  # fmt: skip
    first = pl.int_range(pl.len()).over(keys) == 0
    outcome = pl.when((pl.col(OUTCOME) == "new") & ~first).then(pl.lit("same")).otherwise(pl.col(OUTCOME).fill_null("same"))
    return order.join(marks, on=keys, how="left", nulls_equal=True, maintain_order="left").with_columns(outcome.alias(OUTCOME)).select(ORDER, OUTCOME)

"""Rows onto what is there: which are new, which change something, which say nothing new.

A row fills what is empty. It replaces what is there, and the provenance as a whole, only where it is at least as well
founded: confirmed before reported before curated before inferred before sample. Aliases and roles add up, sorted:
whichever row came first. A value that comes from another source than the record's own is named with it in
``field_sources``: "field|source|status". Rows of one load that contradict one another are folded in their order first,
so that loading them again changes nothing.
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

from graph.model import EDITS, Record, columns
from loaders.rows.edits import Marks, Row, held, released, written_over

RANK = {"sample": 0, "inferred": 1, "curated": 2, "reported": 3, "confirmed": 4}
PROOF = ("source", "status", "confidence", "place", "valid_from", "valid_to", "note")
UNION = ("aliases", "name_dates", "roles")
YIELDS = "__yields"  # of a row that knows a thing by a former name: it fills what is empty, and changes nothing
FIELD_SOURCES = "field_sources"
CROWD = 500
TABLE = "__table"
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
    body = _body(record, keys)
    incoming = incoming.with_columns(pl.col(name).list.unique().list.sort() for name in UNION if name in body)
    was = there.select(body)
    old = released(was)
    if YIELDS not in incoming.columns:
        incoming = incoming.with_columns(pl.lit(False).alias(YIELDS))
    alone = _is_alone(incoming, old, keys)
    if alone.any():
        rest = merge(incoming.filter(~alone), there, record, keys, now)
        return _with_new(rest, incoming if alone.all() else incoming.filter(alone), body, now)
    rows = _without_repetitions(incoming.select([*body, ORDER, YIELDS]), keys)
    final, moved = _fold_all(
        old.join(rows.select(keys).unique(), on=keys, how="semi", nulls_equal=True), rows, keys, body
    )
    final = final.join(
        old.select(keys).with_columns(pl.lit(True).alias("__known")), on=keys, how="left", nulls_equal=True
    )
    new = final.filter(pl.col("__known").is_null()).drop("__known")
    known = held(final.filter(pl.col("__known")).drop("__known"))
    changed = (
        known.join(was, on=keys, how="inner", nulls_equal=True, suffix="__was")
        .filter(_differs(body, keys))
        .select(body)
    )
    stamp = pl.lit(now).alias("recorded_at")
    return Merged(
        new.with_columns(stamp),
        changed.with_columns(stamp),
        _outcomes(incoming.select(ORDER), moved, new, changed, keys),
    )


def write(
    incoming: pl.DataFrame, there: pl.DataFrame, record: type[Record], keys: list[str], now: str, marks: Marks
) -> Merged:
    """Put the rows that people wrote over the rows that are there, in their order; ``incoming`` says of which table."""
    body = _body(record, keys)
    standing = {_key(row, keys): row for row in there.select(body).iter_rows(named=True)}
    before, after = dict(standing), dict[tuple[Any, ...], Row]()
    outcomes: list[tuple[int, str]] = []
    for row in incoming.iter_rows(named=True):
        key, own = _key(row, keys), {name: row[name] for name in body}
        made = written_over(standing.get(key), own, marks[row[TABLE]], record, keys)
        outcomes.append((row[ORDER], "same" if made == standing.get(key) else "changed" if key in before else "new"))
        standing[key] = after[key] = made
    frame = pl.DataFrame([*after.values()], schema={name: there.schema[name] for name in body}, orient="row")
    frame = frame.with_columns(pl.lit(now).alias("recorded_at"))
    known = pl.Series([key in before for key in after], dtype=pl.Boolean)
    moved = pl.Series([row != before.get(key) for key, row in after.items()], dtype=pl.Boolean)
    told = pl.DataFrame(outcomes, schema={ORDER: incoming.schema[ORDER], OUTCOME: pl.String}, orient="row")
    return Merged(frame.filter(~known), frame.filter(known & moved), told)


def _key(row: Row, keys: list[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in keys)


def _body(record: type[Record], keys: list[str]) -> list[str]:
    return list(dict.fromkeys([*keys, *(name for name in columns(record) if name != "recorded_at")]))


def _is_alone(incoming: pl.DataFrame, old: pl.DataFrame, keys: list[str]) -> pl.Series:
    """Tell which rows are the only ones of their key, here and there; two keys of one hash are not."""
    hashes = incoming.select(keys).hash_rows()
    return hashes.is_unique() & ~hashes.is_in(old.select(keys).hash_rows().implode())


def _with_new(merged: Merged, alone: pl.DataFrame, body: list[str], now: str) -> Merged:
    """Add rows that are new as they stand."""
    new = alone.select(*body, pl.lit(now).alias("recorded_at"))
    outcomes = pl.concat([merged.outcomes, alone.select(ORDER, pl.lit("new").alias(OUTCOME))])
    whole = new if merged.new.is_empty() else pl.concat([merged.new, new])  # a copy is large
    return Merged(whole, merged.changed, outcomes)


def _without_repetitions(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Leave out rows that repeat the row before them; where one thing has very
    many rows, of those that say the same keep the last."""
    several = rows.filter(~pl.struct(keys).is_unique())
    if several.is_empty():
        return rows
    several = several.with_columns(several.drop(ORDER).hash_rows().alias("__said"))
    several = several.filter(pl.col("__said").ne_missing(pl.col("__said").shift(1).over(keys)))
    crowded = several.select(pl.len().over(keys) > CROWD).to_series()
    last = (
        several.filter(crowded)
        .with_columns(pl.col(ORDER).min().over("__said"))
        .unique("__said", keep="last", maintain_order=True)
    )
    return pl.concat(
        [rows.filter(pl.struct(keys).is_unique()), several.filter(~crowded).drop("__said"), last.drop("__said")]
    )


def _fold_all(
    base: pl.DataFrame, rows: pl.DataFrame, keys: list[str], body: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Put the rows of each key onto its base in turn; return the end of it, and
    for each key the row that first moved something."""
    rows = rows.with_columns(pl.int_range(pl.len()).over(keys).alias("__turn"))
    settled: list[pl.DataFrame] = []
    moved: list[pl.DataFrame] = []
    last = rows["__turn"].max()
    for number in range(int(last) + 1 if isinstance(last, int) else 0):
        step = rows.filter(pl.col("__turn") == number).drop("__turn")
        settled.append(base.join(step, on=keys, how="anti", nulls_equal=True))
        base = base.join(step, on=keys, how="semi", nulls_equal=True)
        after = _fold(base, step.select([*body, YIELDS]), keys, body)
        stood = after.join(base, on=keys, how="inner", nulls_equal=True, suffix="__was").filter(~_differs(body, keys))
        moved.append(step.join(stood, on=keys, how="anti", nulls_equal=True).select([*keys, ORDER]))
        base = after
    if not moved:
        return base, rows.select([*keys, ORDER])
    return pl.concat([*settled, base]), pl.concat(moved).unique(keys, keep="first", maintain_order=True)


def _fold(base: pl.DataFrame, rows: pl.DataFrame, keys: list[str], body: list[str]) -> pl.DataFrame:
    """Put one row of each key onto the base."""
    values = [name for name in body if name not in keys]
    both = base.join(rows, on=keys, how="full", coalesce=True, nulls_equal=True, suffix="__new")
    absent = pl.col("status").is_null()
    weaker = (_rank("status__new") < _rank("status")) | pl.col(YIELDS).fill_null(False)
    only_base = pl.col("status__new").is_null()
    made: list[pl.Expr] = []
    for name in values:
        if name in (FIELD_SOURCES, EDITS):
            continue
        old, fresh = pl.col(name), pl.col(f"{name}__new")
        if name in PROOF:
            value = pl.when(only_base | (weaker & ~absent)).then(old).otherwise(fresh)
        elif name in UNION:
            both_lists = pl.concat_list(old, fresh).list.unique().list.sort()
            says_no_more = fresh.is_null() | (fresh.list.set_difference(old).list.len() == 0)
            value = pl.when(old.is_null()).then(fresh).when(says_no_more).then(old).otherwise(both_lists)
        else:
            value = pl.when(weaker).then(pl.coalesce(old, fresh)).otherwise(pl.coalesce(fresh, old))
        made.append(value.alias(name))
    made += [pl.coalesce(name, f"{name}__new").alias(name) for name in (FIELD_SOURCES, EDITS)]
    merged = both.select(*keys, *made)
    return _with_field_sources(merged, both.filter(_is_mixed()), keys, values).select(body)


def _is_mixed() -> pl.Expr:
    """Tell where a row meets a record of another source or status, or one that is mixed already."""
    differs = (pl.col("source") != pl.col("source__new")) | (pl.col("status") != pl.col("status__new"))
    return (
        pl.col("status").is_not_null()
        & pl.col("status__new").is_not_null()
        & (differs | pl.col(FIELD_SOURCES).is_not_null())
    )


def _with_field_sources(merged: pl.DataFrame, mixed: pl.DataFrame, keys: list[str], values: list[str]) -> pl.DataFrame:
    if mixed.is_empty():
        return merged
    own = [name for name in values if name not in (*PROOF, FIELD_SOURCES, EDITS, "aliases")]
    sources = [_field_sources(row, own) for row in mixed.iter_rows(named=True)]
    marks = mixed.select(*keys, pl.Series("__found", sources, dtype=pl.List(pl.String)), pl.lit(True).alias("__mixed"))
    value = pl.when(pl.col("__mixed")).then(pl.col("__found")).otherwise(pl.col(FIELD_SOURCES))
    return merged.join(marks, on=keys, how="left", nulls_equal=True, maintain_order="left").with_columns(
        value.alias(FIELD_SOURCES)
    )


def _field_sources(row: dict[str, Any], fields: list[str]) -> list[str] | None:
    """Return which fields of a record have another source than the record, after a row has been put onto it."""
    entries = {entry.split("|", 1)[0]: entry for entry in row[FIELD_SOURCES] or []}
    weaker = bool(row[YIELDS]) or RANK[row["status__new"]] < RANK[row["status"]]
    same = (row["source"], row["status"]) == (row["source__new"], row["status__new"])
    for name in fields:
        old, fresh = row[name], row[f"{name}__new"]
        if name in UNION and old is not None and fresh is not None:
            if not set(fresh if weaker else old) <= set(old if weaker else fresh) and not same:
                side = "__new" if weaker else ""
                entries.setdefault(name, f"{name}|{row[f'source{side}']}|{row[f'status{side}']}")
        elif weaker:
            if old is None and fresh is not None:
                entries[name] = f"{name}|{row['source__new']}|{row['status__new']}"
        elif fresh is not None:
            entries.pop(name, None)
        elif old is not None and not same:
            entries.setdefault(name, f"{name}|{row['source']}|{row['status']}")
    side = "" if weaker else "__new"
    own = f"{row[f'source{side}']}|{row[f'status{side}']}"
    return [entries[name] for name in sorted(entries) if entries[name] != f"{name}|{own}"] or None


def _rank(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(RANK, default=None, return_dtype=pl.Int8)


def _differs(body: list[str], keys: list[str]) -> pl.Expr:
    return pl.any_horizontal([pl.col(name).ne_missing(pl.col(f"{name}__was")) for name in body if name not in keys])


def _outcomes(
    order: pl.DataFrame, moved: pl.DataFrame, new: pl.DataFrame, changed: pl.DataFrame, keys: list[str]
) -> pl.DataFrame:
    """Return each row's outcome: a thing is ``new`` or ``changed`` once, by the row that first said so."""
    marks = pl.concat(
        [part.select(*keys, pl.lit(word).alias(OUTCOME)) for part, word in ((new, "new"), (changed, "changed"))]
    )
    marks = moved.join(marks, on=keys, how="inner", nulls_equal=True).select(ORDER, OUTCOME)
    return order.join(marks, on=ORDER, how="left", maintain_order="left").with_columns(
        pl.col(OUTCOME).fill_null("same")
    )

"""Which row is which thing: its own id, or the id of what has the same key."""

import polars as pl

from graph.model import Node
from graph.model.nodes import Enterprise
from graph.names.names import make_id, normal
from loaders.rows.firms import NO_AGES, Ages, Cities, Identified, identify_firms
from loaders.rows.known_firms import TakenFor
from loaders.rows.problems import Contradiction

__all__ = ["Contradiction", "Identified", "identify_nodes"]


def identify_nodes(
    frame: pl.DataFrame,
    record: type[Node],
    known: pl.DataFrame,
    cities: Cities | None = None,
    taken_for: TakenFor | None = None,
    ages: Ages = NO_AGES,
) -> Identified:
    """Give every row an id: its own, or that of the thing with the same key, or a new one.

    ``cities`` tells where known firms are, ``taken_for`` which of them are judged to be another, ``ages`` when sources
    were made.
    """
    if record is Enterprise:
        return identify_firms(frame, known, cities or {}, taken_for or {}, ages)
    if record.label() == "Source":
        return Identified(frame.with_columns(pl.coalesce("id", "name").alias("id")))
    keys = [part for part in record.table.key if part in frame.columns] or ["name"]
    key = pl.concat_str([normal(pl.col(part)).fill_null("") for part in keys], separator="|")
    own = _known_keys(record, known, keys)
    rows = [*zip(frame["id"], frame.select(key.alias("key"))["key"], strict=True)]
    ids: dict[int, str] = {}
    for position in sorted(range(len(rows)), key=lambda position: rows[position][0] is None):
        given, value = rows[position]
        ids[position] = given or own.get(value) or make_id(record.table.prefix, value)
        own.setdefault(value, ids[position])
    frame = frame.with_columns(pl.Series("id", [ids[position] for position in range(len(rows))], dtype=pl.String))
    return Identified(_keep_names(frame, known, pl.Series([given is None for given, _ in rows], dtype=pl.Boolean)))


def _keep_names(frame: pl.DataFrame, known: pl.DataFrame, asked: pl.Series) -> pl.DataFrame:
    """Put back the name of what is known where a row without an id (``asked``) only knew one of its aliases."""
    first = known.unique("id", keep="first", maintain_order=True)
    names = first.select("id", pl.col("name").alias("__kept"), pl.col("aliases").alias("__others"))
    both = frame.join(names, on="id", how="left", maintain_order="left")
    by_alias = (
        asked
        & both["__kept"].is_not_null()
        & (both.select(normal(pl.col("name")) != normal(pl.col("__kept"))).to_series())
    )
    by_alias &= (
        both["__others"].list.eval(normal(pl.element())).list.contains(both.select(normal(pl.col("name"))).to_series())
    )
    name = pl.when(by_alias.fill_null(False)).then(pl.col("__kept")).otherwise(pl.col("name")).alias("name")
    return both.with_columns(name).drop("__kept", "__others")


def _known_keys(record: type[Node], known: pl.DataFrame, keys: list[str]) -> dict[str, str]:
    if record.table.key != ("name",):
        parts = [part for part in keys if part in known.columns]
        if len(parts) < len(keys):
            return {}
        key = pl.concat_str([normal(pl.col(part)).fill_null("") for part in parts], separator="|")
        return dict(known.select(key.alias("key"), "id").iter_rows())
    names = known.select(normal(pl.col("name")), "id")
    aliases = (
        known.select("aliases", "id")
        .explode("aliases")
        .drop_nulls()
        .select(normal(pl.col("aliases")).alias("name"), "id")
    )
    return dict(pl.concat([aliases, names]).iter_rows())

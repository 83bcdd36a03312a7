"""Edges into the store: what is new is copied, what says more is updated, what is known is left alone.

What is there is held as hashes (two of the key, one of the content, 64 bits each): 5 million edges take 120 MB.
"""

from dataclasses import dataclass

import polars as pl

from graph.model import Edge, columns
from graph.stores import Ends, Store, Writer
from graph.stores.base import schema
from loaders.merge import ORDER, OUTCOME, merge

HASHES = {"__k1": pl.UInt64, "__k2": pl.UInt64, "__content": pl.UInt64, "__mine": pl.Boolean}
KEY = ["__k1", "__k2"]


@dataclass
class EdgeLoader:
    """Applies frames of edges to a store within one load."""

    store: Store
    writer: Writer | None
    now: str

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, Ends], pl.DataFrame] = {}
        self.counts: dict[str, int] = {}

    def apply(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> pl.DataFrame:
        """Write a frame of edges (``from``, ``to``, the model's columns, ``__order``) and return each row's outcome."""
        keys = ["from", "to", *record.table.key]
        frame = _complete(frame, record)
        known = self._index(record, ends)
        hashed = _hashed(frame, record, keys)
        marked = hashed.join(known, on=KEY, how="left", maintain_order="left", suffix="_was")
        first = pl.struct(KEY).is_first_distinct() & pl.struct(KEY).is_unique()
        unknown = pl.col("__content_was").is_null()
        fresh = marked.filter(unknown & first)
        same = marked.filter(pl.col("__content_was") == pl.col("__content"))
        slow = marked.filter((unknown & ~first) | (pl.col("__content_was") != pl.col("__content")))
        self._insert(record, ends, fresh.with_columns(pl.lit(self.now).alias("recorded_at")), fresh)
        outcomes = [fresh.select(ORDER, pl.lit("new").alias(OUTCOME)), same.select(ORDER, pl.lit("same").alias(OUTCOME))]
        if not slow.is_empty():
            outcomes.append(self._merge_slow(record, ends, slow, keys))
        return pl.concat(outcomes)

    def _merge_slow(self, record: type[Edge], ends: Ends, slow: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
        wanted = slow.select(keys).unique()
        reader = self.writer if self.writer is not None and self.writer.has_written() else self.store
        parts = [part.join(wanted, on=keys, how="semi", nulls_equal=True) for part in reader.edges(record, ends)]
        there = pl.concat(parts) if parts else slow.select(["from", "to", *columns(record)]).clear()
        merged = merge(slow, there, record, keys, self.now)
        self._insert(record, ends, merged.new, _hashed(merged.new, record, keys))
        if self.writer is not None and not merged.changed.is_empty():
            self.writer.update_edges(record, ends, merged.changed)
        mine = slow.filter(pl.col("__mine").fill_null(False))[ORDER].implode()
        again = (pl.col(OUTCOME) == "changed") & pl.col(ORDER).is_in(mine)
        return merged.outcomes.with_columns(pl.when(again).then(pl.lit("same")).otherwise(pl.col(OUTCOME)).alias(OUTCOME))

    def _insert(self, record: type[Edge], ends: Ends, frame: pl.DataFrame, hashed: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        if self.writer is not None:
            self.writer.insert_edges(record, ends, frame)
        self.counts[record.type_name] = self.counts.get(record.type_name, 0) + len(frame)
        mine = hashed.select(*KEY, "__content", pl.lit(True).alias("__mine"))
        self._known[record.type_name, ends] = pl.concat([self._known[record.type_name, ends], mine])

    def _index(self, record: type[Edge], ends: Ends) -> pl.DataFrame:
        if (record.type_name, ends) not in self._known:
            keys = ["from", "to", *record.table.key]
            parts = [_hashed(part, record, keys).select(*KEY, "__content", pl.lit(False).alias("__mine")) for part in self.store.edges(record, ends)]
            self._known[record.type_name, ends] = pl.concat(parts) if parts else pl.DataFrame(schema=HASHES)
        return self._known[record.type_name, ends]


def _complete(frame: pl.DataFrame, record: type[Edge]) -> pl.DataFrame:
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in schema(record).items() if name not in frame.columns]
    blank = [pl.col(name).fill_null("") for name in record.table.key]
    return frame.with_columns(missing).with_columns(blank).select([*schema(record), ORDER])


def _hashed(frame: pl.DataFrame, record: type[Edge], keys: list[str]) -> pl.DataFrame:
    content = [name for name in ("from", "to", *columns(record)) if name != "recorded_at"]
    return frame.with_columns(
        frame.select(keys).hash_rows(seed=1).alias("__k1"),
        frame.select(keys).hash_rows(seed=2).alias("__k2"),
        frame.select(content).hash_rows(seed=3).alias("__content"),
    )

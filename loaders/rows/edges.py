"""Edges into the store: what is new is copied at once, what is known is left
alone, and what is contested waits for the end.

What is there is held as hashes (two of the key, one of the content, 64 bits each): 5 million edges take 120 MB. An edge
is contested where rows of one load, or a row and the store, differ about it (or two keys share one hash): only all its
rows together, in their order and with their whole keys, say what it is in the end, so that the same files again change
nothing.
"""

from dataclasses import dataclass, field

import polars as pl

from graph.model import EDGE_TYPES, Edge, columns
from graph.stores import Ends, Tables, Writer
from graph.stores.base import schema
from loaders.files.sheets import ROW
from loaders.rows.edits import Marks
from loaders.rows.merge import ORDER, OUTCOME, TABLE, merge, write
from loaders.rows.touched import WAS, Touched

HASHES = {"__k1": pl.UInt64, "__k2": pl.UInt64, "__content": pl.UInt64, "__mine": pl.Boolean}
KEY, PROOF_OF_KEY = "__k1", "__k2"
WHERE = [TABLE, ROW]
OUTCOMES = {TABLE: pl.Int64, ROW: pl.UInt32, OUTCOME: pl.String}
AT_ONCE = 500_000


@dataclass
class EdgeLoader:
    """Applies frames of edges to a store within one load."""

    store: Tables
    writer: Writer | None
    now: str
    marks: Marks = field(default_factory=dict)
    touched: Touched | None = None

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, Ends], pl.DataFrame] = {}
        self._contested: dict[tuple[str, Ends], list[pl.DataFrame]] = {}
        self.counts: dict[str, int] = {}

    def apply(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> pl.DataFrame:
        """Write a frame of edges (``from``, ``to``, the model's columns, table,
        row) and return the outcomes that are settled."""
        hashed = _hashed(_complete(frame, record), record)
        known = self._index(record, ends)
        known = known.filter(pl.col(KEY).is_in(hashed[KEY].implode()))
        marked = hashed.join(known, on=KEY, how="left", maintain_order="left", suffix="_was")
        itself = pl.col(f"{PROOF_OF_KEY}_was") == pl.col(PROOF_OF_KEY)
        marked = marked.with_columns(pl.col("__mine") & itself)
        unknown = pl.col("__content_was").is_null()
        if self.touched is not None:
            was = unknown.not_() & pl.col("__mine").not_().fill_null(True)
            self.touched.add_edges(record, ends, marked.select("from", "to", *record.table.key, was.alias(WAS)))
        unsettled = (unknown & pl.col(KEY).is_duplicated()) | (pl.col("__content_was") != pl.col("__content")) | ~itself
        unsettled = unsettled | pl.lit(bool(self.marks))
        waiting = self._contested.setdefault((record.type_name, ends), [])
        contested = pl.concat([marked.filter(unsettled)[KEY], *(part[KEY] for part in waiting)]).unique()
        is_contested = pl.col(KEY).is_in(contested.implode())
        plain = marked.filter(~is_contested) if len(contested) else marked
        if len(plain) < len(marked):
            waiting.append(marked.filter(is_contested))
        fresh, same = plain.filter(unknown), plain.filter(~unknown)
        self._insert(record, ends, fresh.with_columns(pl.lit(self.now).alias("recorded_at")), fresh)
        return pl.concat(
            [fresh.select(*WHERE, pl.lit("new").alias(OUTCOME)), same.select(*WHERE, pl.lit("same").alias(OUTCOME))]
        )

    def finish(self) -> pl.DataFrame:
        """Fold the rows of contested edges onto what is there and return their outcomes."""
        outcomes = [pl.DataFrame(schema=OUTCOMES)]
        for (name, ends), parts in self._contested.items():
            if not parts:
                continue
            rows = pl.concat(parts).with_columns(pl.int_range(pl.len()).alias(ORDER))
            pieces = len(rows) // AT_ONCE + 1
            for piece in range(pieces):
                outcomes.append(self._settle(EDGE_TYPES[name], ends, rows.filter(pl.col("__k1") % pieces == piece)))
            parts.clear()
        return pl.concat(outcomes)

    def _settle(self, record: type[Edge], ends: Ends, rows: pl.DataFrame) -> pl.DataFrame:
        """Merge rows; what this load itself has put in counts as new already
        (and is nowhere to be read in a dry run)."""
        keys = ["from", "to", *record.table.key]
        mine = pl.col("__mine").fill_null(False)
        merging = rows if self.writer is not None else rows.filter(~mine)
        wanted = merging.select(keys).unique()
        reader = self.writer if self.writer is not None and self.writer.has_written() else self.store
        parts = [
            _with_whole_keys(part, record).join(wanted, on=keys, how="semi") for part in reader.edges(record, ends)
        ]
        there = pl.concat(parts) if parts else rows.select(["from", "to", *columns(record)]).clear()
        if self.marks:
            merged = write(merging, there, record, keys, self.now, self.marks)
        else:
            merged = merge(merging, there, record, keys, self.now)
        self._insert(record, ends, merged.new, _hashed(merged.new, record))
        if self.writer is not None and not merged.changed.is_empty():
            self.writer.update_edges(record, ends, merged.changed)
        outcome = pl.when(mine).then(pl.lit("same")).otherwise(pl.col(OUTCOME)).alias(OUTCOME)
        return rows.join(merged.outcomes, on=ORDER, how="left").select(*WHERE, outcome)

    def _insert(self, record: type[Edge], ends: Ends, frame: pl.DataFrame, hashed: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        if self.writer is not None:
            self.writer.insert_edges(record, ends, frame)
        self.counts[record.type_name] = self.counts.get(record.type_name, 0) + len(frame)
        mine = hashed.select(KEY, PROOF_OF_KEY, "__content", pl.lit(True).alias("__mine"))
        self._known[record.type_name, ends] = pl.concat([self._known[record.type_name, ends], mine])

    def _index(self, record: type[Edge], ends: Ends) -> pl.DataFrame:
        if (record.type_name, ends) not in self._known:
            columns_of_index = [KEY, PROOF_OF_KEY, "__content", pl.lit(False).alias("__mine")]
            parts = [
                _hashed(_with_whole_keys(part, record), record).select(columns_of_index)
                for part in self.store.edges(record, ends)
            ]
            self._known[record.type_name, ends] = (
                pl.concat(parts).unique(KEY, keep="any") if parts else pl.DataFrame(schema=HASHES)
            )
        return self._known[record.type_name, ends]


def _complete(frame: pl.DataFrame, record: type[Edge]) -> pl.DataFrame:
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in schema(record).items() if name not in frame.columns
    ]
    return _with_whole_keys(frame.with_columns(missing), record).select([*schema(record), *WHERE])


def _with_whole_keys(frame: pl.DataFrame, record: type[Edge]) -> pl.DataFrame:
    """Return edges whose keys have no nulls; a store that an older model filled may hold some."""
    return frame.with_columns(pl.col(name).fill_null("") for name in record.table.key)


def _hashed(frame: pl.DataFrame, record: type[Edge]) -> pl.DataFrame:
    keys = ["from", "to", *record.table.key]
    content = [name for name in ("from", "to", *columns(record)) if name != "recorded_at"]
    return frame.with_columns(
        frame.select(keys).hash_rows(seed=1).alias("__k1"),
        frame.select(keys).hash_rows(seed=2).alias("__k2"),
        frame.select(content).hash_rows(seed=3).alias("__content"),
    )

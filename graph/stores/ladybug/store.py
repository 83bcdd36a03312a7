"""The embedded store: Ladybug files, one generation a load, read by processes of their own."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import StoreEmpty
from graph.model import Edge, Node
from graph.stores.base import MOST_OUTSIDE, Ends, Reader, Result, schema, tidy
from graph.stores.ladybug.dialect import LADYBUG
from graph.stores.ladybug.files import FileShelf
from graph.stores.ladybug.generations import Generations, Ready
from graph.stores.ladybug.journal import FileJournal
from graph.stores.ladybug.notes import read_notes, write_note
from graph.stores.ladybug.pool import Limits, Pool
from graph.stores.ladybug.tables import having, read_edges, read_nodes
from graph.stores.ladybug.writer import LadybugWriter
from graph.stores.outside import Outside

CORES = os.cpu_count() or 1
READERS = max(1, min(CORES, 8))  # queries at once; each has a core and a pool of its own
OUTSIDE = Limits(memory=384 << 20, size=MOST_OUTSIDE)  # one query from outside could fill any pool: it has another one
LONG = 600.0  # seconds for one slice of a whole table


def _tidied(names: list[str], rows: list[list[Any]]) -> list[dict[str, Any]]:
    """Return rows by name; only columns that hold more than plain values need their values looked at one by one."""
    if not rows:
        return []
    columns = [
        column if {*map(type, column)}.isdisjoint((dict, list)) else map(tidy, column)
        for column in zip(*rows, strict=True)
    ]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _close(*pools: Pool) -> None:
    for pool in pools:
        pool.close()


@dataclass(frozen=True)
class _Whole:
    """The file of one generation, asked for whole tables."""

    pool: Pool
    file: Ready
    known: dict[tuple[Ready, str], list[list[Any]]]
    slice: int = 50_000

    def rows(self, query: str) -> list[list[Any]]:
        """Return all rows of a query."""
        return self.pool.read(self.file, query, {}, LONG)[1]

    def schema_rows(self, query: str) -> list[list[Any]]:
        """Return all rows of a query about the tables, asked once for a file."""
        key = (self.file, query)
        if key not in self.known:
            for gone in [asked for asked in self.known if asked[0] != self.file]:
                self.known.pop(gone, None)
            self.known[key] = self.rows(query)
        return self.known[key]

    def frame(self, query: str) -> pl.DataFrame:
        """Return the answer of a query as a frame."""
        return self.pool.frame(self.file, query, LONG)


class LadybugStore:
    """``ladybug:///path/graph.lbug``: a file on this machine, read by many, written by one load at a time."""

    def __init__(self, path: Path) -> None:
        self.url = f"ladybug://{path}"
        self._known: dict[tuple[Ready, str], list[list[Any]]] = {}
        self._held: Ready | None = None
        self._readers = Pool(READERS)
        self._outside = Pool(max(1, CORES // 2), OUTSIDE)
        self.generations = Generations(path, partial(_close, self._readers, self._outside))
        self._journal = FileJournal(self.generations.folder / "journal.sqlite")

    def read(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        seconds: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Run one read-only query on the current generation."""
        return self._read(self._readers, query, parameters, seconds, limit)

    def outside(self) -> Reader:
        """Return the reader for Cypher from outside, which has processes of its
        own, without files, sockets or much memory."""
        return Outside(
            LADYBUG,
            lambda query, seconds, limit: self._read(self._outside, query.text, query.parameters, seconds, limit),
        )

    def check_outside(self) -> list[str]:
        """Raise ``CypherClosed`` where the system cannot limit the processes
        for Cypher from outside; nothing else need be set."""
        with self._current() as file:
            if file is not None:
                self._outside.start(file)
        return []

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type."""
        with self._current() as file:
            frames = list(read_nodes(_Whole(self._readers, file, self._known), record)) if file else []
        return pl.concat(frames) if frames else pl.DataFrame(schema=schema(record))

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type between two labels."""
        with self._current() as file:
            if file is not None:
                yield from read_edges(_Whole(self._readers, file, self._known), record, ends)

    @contextmanager
    def load(self, fresh: bool = False) -> Iterator[LadybugWriter]:
        """Build the next generation and swap it in when the block ends without an error."""
        with self.generations.lock():
            if not fresh:
                self.generations.ready()  # nothing is built where the current one is gone or damaged
            writer = LadybugWriter(self.generations, fresh)
            try:
                yield writer
                writer.commit()
            except BaseException:
                writer.abandon()
                raise

    def pinned(self) -> "LadybugStore":
        """Return the store as it stands now, with the same processes: it reads the file of this generation."""
        pinned = copy(self)
        pinned._held = self.generations.ready()
        return pinned

    def version(self) -> str:
        """Return the name of the current generation."""
        return self.generations.version() if self._held is None else self.generations.version_of(self._held.path)

    def version_at_hand(self) -> str | None:
        """Return the name of the current generation: whether another one is current is seen in no time."""
        return self.version() if self._held is not None else self.generations.version_at_hand()

    def having(self, names: Sequence[str]) -> list[str]:
        """Return which of some labels and relationship types the current file
        has a table for; of no file, all: to read it says why."""
        with self._current() as file:
            return having(_Whole(self._readers, file, self._known), names) if file else [*names]

    def note(self, key: str, value: str | None = None) -> str | None:
        """Read or write a small text in the generation's side file."""
        ready = self.generations.ready()
        if ready is None:
            return None
        if value is not None:
            write_note(ready.path, key, value)
        return read_notes(ready.path).get(key)

    def lasting(self, key: str, value: str | None = None) -> str | None:
        """Read or write a small text beside the generations."""
        kept = self.generations.folder / "kept"
        if value is not None:
            write_note(kept, key, value)
        return read_notes(kept).get(key)

    def ledger(self) -> str | None:
        """Return what was loaded into the current generation."""
        return self.generations.ledger()

    def keep_ledger(self, text: str) -> None:
        """Keep what was loaded beside the current generation."""
        self.generations.keep_ledger(text)

    def ledgers(self) -> list[str]:
        """Return what was loaded into each generation."""
        return self.generations.ledgers()

    def shelf(self) -> FileShelf:
        """Return the folder beside the generations."""
        return FileShelf(self.generations.folder / "loads")

    def unfinished(self) -> bool:
        """Return no: what was not finished was never the current generation."""
        return False

    def journal(self) -> FileJournal:
        """Return the journal, a file beside the generations."""
        return self._journal

    def ping(self) -> None:
        """Open the current generation."""
        self.read("RETURN 1 AS ok", seconds=5)

    def gauges(self) -> dict[str, int]:
        """Return how many queries wait, of the pages and from outside, and how many processes were replaced."""
        pools = {"": self._readers, "outside_": self._outside}
        return {
            f"{name}{what}": getattr(pool, what)
            for name, pool in pools.items()
            for what in ("waiting", "running", "replaced")
        }

    def close(self) -> None:
        """End the processes."""
        _close(self._readers, self._outside)

    def _read(
        self, pool: Pool, query: str, parameters: Mapping[str, Any] | None, seconds: float, limit: int | None
    ) -> Result:
        with self._current() as file:
            if file is None:
                raise StoreEmpty(f"图还是空的: {self.url} 没有数据,请先运行 lianzhang load seeds")
            names, rows, truncated = pool.read(file, query, parameters or {}, seconds, limit)
        return Result(names, _tidied(names, rows), truncated)

    @contextmanager
    def _current(self) -> Iterator[Ready | None]:
        """Lend the current file, None before the first load; it is what was written before it is read and after."""
        ready = self._held or self.generations.ready()
        try:
            yield ready
        except Exception:
            if ready is not None:
                self.generations.confirm(ready)
            raise
        if ready is not None:
            self.generations.confirm(ready)

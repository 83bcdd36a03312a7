"""The embedded store: Ladybug files, one generation a load."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

import ladybug
import polars as pl

from graph.cypher.outside import Outside
from graph.errors import QueryError, StoreUnavailable
from graph.model import Edge, Node
from graph.stores.base import Ends, Reader, Result, schema, tidy
from graph.stores.ladybug.dialect import LADYBUG
from graph.stores.ladybug.generations import Generations
from graph.stores.ladybug.tables import MAPPED, read_edges, read_nodes, translated
from graph.stores.ladybug.writer import LadybugWriter

READ_POOL = 512 << 20  # a cap; answers are held in it whole
HIDDEN = {"_ID", "_SRC", "_DST"}


class _Generation:
    """One opened, read-only graph file with its connections."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.database = ladybug.Database(str(path), read_only=True, buffer_pool_size=READ_POOL, max_db_size=MAPPED)
            self.database.init_database()
        except RuntimeError as error:
            raise StoreUnavailable(f"打不开图文件 {path}: {error}。它可能损坏或由更新的版本写成,请重新载入或换一个 --store") from error
        self.idle: LifoQueue[ladybug.Connection] = LifoQueue()

    @contextmanager
    def connection(self) -> Iterator[ladybug.Connection]:
        """Lend a connection; one thread at a time has it."""
        try:
            connection = self.idle.get_nowait()
        except Empty:
            connection = ladybug.Connection(self.database)
        try:
            yield connection
        finally:
            self.idle.put(connection)


class LadybugStore:
    """``ladybug:///path/graph.lbug``: a file on this machine, read by many, written by one load at a time."""

    def __init__(self, path: Path) -> None:
        self.url = f"ladybug://{path}"
        self.generations = Generations(path)
        self._opened: _Generation | None = None
        self._guard = threading.Lock()

    def read(self, query: str, parameters: Mapping[str, Any] | None = None, *, seconds: float = 60.0, limit: int | None = None) -> Result:
        """Run one read-only query on the current generation."""
        with self._current().connection() as connection:
            connection.set_query_timeout(max(1, int(seconds * 1000)))
            with translated(seconds):
                answer = connection.execute(query, dict(parameters or {}))
                if isinstance(answer, list):
                    raise QueryError("一次只能执行一条语句,请去掉分号之后的部分")
                names = answer.get_column_names()
                rows: list[dict[str, Any]] = []
                while answer.has_next():
                    if limit is not None and len(rows) >= limit:
                        return Result(names, rows, truncated=True)
                    values: Any = answer.get_next()
                    rows.append({name: tidy(_plain(value)) for name, value in zip(names, values, strict=True)})
                return Result(names, rows)

    def outside(self) -> Reader:
        """Return the reader for Cypher from outside."""
        return Outside(LADYBUG, lambda query, seconds, limit: self.read(query.text, query.parameters, seconds=seconds, limit=limit))

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type."""
        if self.generations.current() is None:
            return pl.DataFrame(schema=schema(record))
        with self._current().connection() as connection, translated(0):
            connection.set_query_timeout(0)
            frames = list(read_nodes(connection, record))
        return pl.concat(frames) if frames else pl.DataFrame(schema=schema(record))

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type between two labels."""
        if self.generations.current() is None:
            return
        with self._current().connection() as connection, translated(0):
            connection.set_query_timeout(0)
            yield from read_edges(connection, record, ends)

    @contextmanager
    def load(self) -> Iterator[LadybugWriter]:
        """Build the next generation and swap it in when the block ends without an error."""
        with self.generations.lock():
            writer = LadybugWriter(self.generations)
            try:
                yield writer
            except BaseException:
                writer.abandon()
                raise
            writer.commit()

    def version(self) -> str:
        """Return the name of the current generation."""
        return self.generations.version()

    def note(self, key: str, value: str | None = None) -> str | None:
        """Read or write a small text in the generation's side file."""
        current = self.generations.current()
        if current is None:
            return None
        path = current.with_suffix(".json")
        notes: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        if value is not None:
            notes[key] = value
            fresh = path.with_suffix(".json.new")
            fresh.write_text(json.dumps(notes, ensure_ascii=False), "utf-8")
            fresh.replace(path)
        return notes.get(key)

    def ping(self) -> None:
        """Open the current generation."""
        self.read("RETURN 1 AS ok", seconds=5)

    def close(self) -> None:
        """Let go of the opened file."""
        with self._guard:
            self._opened = None

    def _current(self) -> _Generation:
        path = self.generations.current()
        if path is None:
            raise StoreUnavailable(f"图还是空的: {self.url} 没有数据,请先运行 lianzhang load seeds")
        with self._guard:
            if self._opened is None or self._opened.path != path:
                self._opened = _Generation(path)
            return self._opened


def _plain(value: Any) -> Any:
    """Return nodes, relationships and paths as plain dicts without the store's internal ids."""
    if isinstance(value, dict):
        if "_NODES" in value:
            return {"nodes": _plain(value["_NODES"]), "relationships": _plain(value["_RELS"])}
        return {"_label" if name == "_LABEL" else name: _plain(item) for name, item in value.items() if name not in HIDDEN}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value

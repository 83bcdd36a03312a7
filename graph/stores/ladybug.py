"""The embedded store: Ladybug files, one generation a load."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, LifoQueue
from typing import Any

import ladybug
import polars as pl

from graph.errors import LianzhangError, QueryError, QueryTimeout, StoreUnavailable, WriteRefused
from graph.model import EDGES, NODES, Edge, Node, columns, name_of
from graph.stores.base import Ends, Result, schema, tidy
from graph.stores.generations import Generations

READ_POOL = 256 << 20
WRITE_POOL = 1 << 30
CHUNK = 500_000
HIDDEN = {"_ID", "_SRC", "_DST"}


class _Generation:
    """One opened, read-only graph file with its connections."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.database = ladybug.Database(str(path), read_only=True, buffer_pool_size=READ_POOL)
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
            with _translated(seconds):
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

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type."""
        if self.generations.current() is None:
            return pl.DataFrame(schema=schema(record))
        kept = ", ".join(f"n.`{name}` AS `{name}`" for name in columns(record))
        frames = list(self._frames(f"MATCH (n:`{record.label()}`) RETURN {kept}", schema(record)))
        return pl.concat(frames) if frames else pl.DataFrame(schema=schema(record))

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type between two labels."""
        if self.generations.current() is None:
            return
        yield from self._frames(_edges_query(record, ends), schema(record))

    @contextmanager
    def load(self) -> Iterator["LadybugWriter"]:
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

    def _frames(self, query: str, types: dict[str, Any]) -> Iterator[pl.DataFrame]:
        with self._current().connection() as connection, _translated(0):
            connection.set_query_timeout(0)
            yield from _frames(connection, query, types)


class LadybugWriter:
    """Writes into a private copy, made at the first write."""

    def __init__(self, generations: Generations) -> None:
        self.generations = generations
        self.building: Path | None = None
        self._database: ladybug.Database | None = None
        self._connection: ladybug.Connection | None = None

    def has_written(self) -> bool:
        """Tell whether a new generation has been begun."""
        return self.building is not None

    def insert_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Copy new nodes in."""
        self._run(f"COPY `{record.label()}` FROM $frame", frame.select(list(columns(record))))

    def insert_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Copy new edges in."""
        options = f" (from='{ends[0]}', to='{ends[1]}')" if len(record.table.ends) > 1 else ""
        self._run(f"COPY `{record.type_name}` FROM $frame{options}", frame.select(["from", "to", *columns(record)]))

    def update_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Set every property of the given nodes."""
        changed = [name for name in columns(record) if name != "id"]
        names = {"id": "k_id"} | {name: f"v_{name}" for name in changed}
        sets = ", ".join(f"n.`{name}` = `v_{name}`" for name in changed)
        self._run(f"LOAD FROM $frame MATCH (n:`{record.label()}`) WHERE n.id = k_id SET {sets}", frame.select(list(names)).rename(names))

    def update_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Set every property of the given edges."""
        names = {"from": "k_from", "to": "k_to"} | {name: f"v_{name}" for name in columns(record)}
        keys = "".join(f" AND r.`{name}` = `v_{name}`" for name in record.table.key)
        sets = ", ".join(f"r.`{name}` = `v_{name}`" for name in columns(record) if name not in record.table.key)
        pattern = f"MATCH (a:`{ends[0]}`)-[r:`{record.type_name}`]->(b:`{ends[1]}`) WHERE a.id = k_from AND b.id = k_to{keys}"
        self._run(f"LOAD FROM $frame {pattern} SET {sets}", frame.select(list(names)).rename(names))

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type as the unfinished generation has them."""
        yield from _frames(self._writing(), _edges_query(record, ends), schema(record))

    def commit(self) -> None:
        """Swap the finished generation in; nothing happens where nothing was written."""
        if self.building is None or self._connection is None or self._database is None:
            return
        self._connection.execute("CHECKPOINT")
        self._shut()
        self.generations.commit(self.building)

    def abandon(self) -> None:
        """Throw the unfinished generation away."""
        self._shut()
        if self.building is not None:
            for left in self.building.parent.glob(self.building.name + "*"):
                left.unlink(missing_ok=True)

    def _shut(self) -> None:
        with suppress(RuntimeError):
            if self._connection is not None:
                self._connection.close()
            if self._database is not None:
                self._database.close()
        self._connection = self._database = None

    def _run(self, statement: str, frame: pl.DataFrame) -> None:
        if frame.is_empty():
            return
        with _translated(0):
            self._writing().execute(statement, {"frame": frame})

    def _writing(self) -> ladybug.Connection:
        if self._connection is None:
            self.building = self.generations.begin()
            self._database = ladybug.Database(str(self.building), buffer_pool_size=WRITE_POOL)
            self._connection = ladybug.Connection(self._database)
            _prepare(self._connection)
        return self._connection


def _prepare(connection: ladybug.Connection) -> None:
    """Make the tables, columns and end pairs that the model has and the file lacks."""
    present = {row[1] for row in _rows(connection, "CALL show_tables() RETURN *")}
    types: tuple[type[Node] | type[Edge], ...] = (*NODES, *EDGES)
    for record in types:
        name = name_of(record)
        if name not in present:
            connection.execute(_ddl(record))
            continue
        there = {row[1] for row in _rows(connection, f"CALL table_info('{name}') RETURN *")}
        for column, kind in columns(record).items():
            if column not in there:
                connection.execute(f"ALTER TABLE `{name}` ADD `{column}` {kind}")
        if issubclass(record, Edge):
            pairs = {(row[0], row[1]) for row in _rows(connection, f"CALL show_connection('{name}') RETURN *")}
            for start, end in record.table.ends:
                if (start, end) not in pairs:
                    connection.execute(f"ALTER TABLE `{name}` ADD FROM `{start}` TO `{end}`")


def _ddl(record: type[Node] | type[Edge]) -> str:
    fields = ", ".join(f"`{name}` {kind}" for name, kind in columns(record).items())
    if issubclass(record, Edge):
        ends = ", ".join(f"FROM `{start}` TO `{end}`" for start, end in record.table.ends)
        return f"CREATE REL TABLE `{record.type_name}`({ends}, {fields})"
    return f"CREATE NODE TABLE `{record.label()}`({fields}, PRIMARY KEY(`id`))"


def _edges_query(record: type[Edge], ends: Ends) -> str:
    kept = ", ".join(f"r.`{name}` AS `{name}`" for name in columns(record))
    return f"MATCH (a:`{ends[0]}`)-[r:`{record.type_name}`]->(b:`{ends[1]}`) RETURN a.id AS `from`, b.id AS `to`, {kept}"


def _frames(connection: ladybug.Connection, query: str, types: dict[str, Any]) -> Iterator[pl.DataFrame]:
    answer = connection.execute(query)
    assert not isinstance(answer, list)
    for batch in answer.get_as_arrow(CHUNK).to_batches(max_chunksize=CHUNK):
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        yield frame.cast(pl.Schema(types))


def _rows(connection: ladybug.Connection, query: str) -> list[Any]:
    answer = connection.execute(query)
    assert not isinstance(answer, list)
    return answer.get_all()


def _plain(value: Any) -> Any:
    """Return nodes, relationships and paths as plain dicts without the store's internal ids."""
    if isinstance(value, dict):
        if "_NODES" in value:
            return {"nodes": _plain(value["_NODES"]), "relationships": _plain(value["_RELS"])}
        return {"_label" if name == "_LABEL" else name: _plain(item) for name, item in value.items() if name not in HIDDEN}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@contextmanager
def _translated(seconds: float) -> Iterator[None]:
    """Turn the engine's errors into the project's own."""
    try:
        yield
    except LianzhangError:
        raise
    except RuntimeError as error:
        text = str(error)
        if "Interrupted" in text:
            raise QueryTimeout(f"查询超过 {seconds:g} 秒仍未结束,已停止。请缩小范围或加 LIMIT") from error
        if "read-only" in text:
            raise WriteRefused("这里只能读,不能写。要改数据请用 lianzhang load") from error
        raise QueryError(f"查询不能执行: {text.splitlines()[0]}") from error

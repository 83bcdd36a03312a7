"""Ladybug's tables: made from the model, read in slices, with the engine's errors turned into the project's own."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import ladybug
import polars as pl

from graph.errors import LianzhangError, QueryError, QueryTimeout, StoreUnavailable, WriteRefused
from graph.model import EDGES, NODES, Edge, Node, Record, columns, ends_of, name_of
from graph.model.kinds import Kind
from graph.stores.base import Ends, schema

MAPPED = 1 << 38  # address space that a file may grow into; the engine's own 8 TiB fails under a limit

FEW = 2_000  # rows that are not worth a frame: what makes frames takes 0.2 s to come into a process
DAMAGE = (
    "corrupted",
    "Assertion failed",
    "past the end of the file",
    "out of bounds for file",
    "basic_string",
    "bad_alloc",
)
DAMAGED = "图文件里的内容读不出来,它可能损坏: 请用 lianzhang verify 核对,损坏的用 lianzhang rollback 退回上一代"
UNWRITTEN = ("Cannot write to file", "No space left on device", "Disk quota exceeded")


def prepare(connection: ladybug.Connection) -> None:
    """Make the tables, columns and end pairs that the model has and the file lacks."""
    connection.execute("BEGIN TRANSACTION")
    present = {row[1] for row in rows(connection, "CALL show_tables() RETURN *")}
    types: tuple[type[Node] | type[Edge], ...] = (*NODES, *EDGES)
    for record in types:
        name = name_of(record)
        if name not in present:
            connection.execute(ddl(record))
            continue
        there = {row[1] for row in rows(connection, f"CALL table_info('{name}') RETURN *")}
        for column, kind in columns(record).items():
            if column not in there:
                connection.execute(f"ALTER TABLE `{name}` ADD `{column}` {column_type(kind)}")
        if issubclass(record, Edge):
            pairs = {(row[0], row[1]) for row in rows(connection, f"CALL show_connection('{name}') RETURN *")}
            for start, end in ends_of(record):
                if (start, end) not in pairs:
                    connection.execute(f"ALTER TABLE `{name}` ADD FROM `{start}` TO `{end}`")
    connection.execute("COMMIT")


def ddl(record: type[Node] | type[Edge]) -> str:
    """Return the statement that makes a type's table."""
    fields = ", ".join(f"`{name}` {column_type(kind)}" for name, kind in columns(record).items())
    if issubclass(record, Edge):
        ends = ", ".join(f"FROM `{start}` TO `{end}`" for start, end in ends_of(record))
        return f"CREATE REL TABLE `{record.type_name}`({ends}, {fields})"
    return f"CREATE NODE TABLE `{record.label()}`({fields}, PRIMARY KEY(`id`))"


def column_type(kind: Kind) -> str:
    """Return the engine's type of a column of a kind."""
    return {"float": "DOUBLE", "bool": "BOOLEAN", "list": "STRING[]"}.get(kind.name, "STRING")


def rows(connection: ladybug.Connection, query: str) -> list[Any]:
    """Return all rows of a query as lists."""
    answer = connection.execute(query)
    assert not isinstance(answer, list)
    return answer.get_all()


class GraphFile(Protocol):
    """Something that a graph file can be asked through."""

    @property
    def slice(self) -> int:
        """Return how many rows of one answer it can hold."""

    def rows(self, query: str) -> list[list[Any]]:
        """Return all rows of a query."""

    def schema_rows(self, query: str) -> list[list[Any]]:
        """Return all rows of a query about the tables, which stay as they are for as long as a file is read."""

    def frame(self, query: str) -> pl.DataFrame:
        """Return the answer of a query as a frame."""


@dataclass(frozen=True)
class Direct:
    """A connection of this process's own, to a file that is being written."""

    connection: ladybug.Connection
    slice: int = 200_000

    def rows(self, query: str) -> list[list[Any]]:
        """Return all rows of a query."""
        return rows(self.connection, query)

    schema_rows = rows

    def frame(self, query: str) -> pl.DataFrame:
        """Return the answer of a query as a frame."""
        answer = self.connection.execute(query)
        assert not isinstance(answer, list)
        with closing(answer):
            frame = pl.from_arrow(answer.get_as_arrow(self.slice))
        assert isinstance(frame, pl.DataFrame)
        return frame


def read_nodes(asked: GraphFile, record: type[Node]) -> Iterator[pl.DataFrame]:
    """Yield all nodes of a type in slices."""
    pattern = f"MATCH (a:`{record.label()}`)"
    if returned := _returned(asked, "a", record):
        yield from _slices(asked, pattern, "a", record.label(), returned, record)


def read_edges(asked: GraphFile, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
    """Yield all edges of a type between two labels in slices: ``from``, ``to`` and every column of the model."""
    pattern = f"MATCH (a:`{ends[0]}`)-[r:`{record.type_name}`]->(b:`{ends[1]}`)"
    returned = _returned(asked, "r", record)
    if returned and ends in {
        (row[0], row[1]) for row in asked.schema_rows(f"CALL show_connection('{record.type_name}') RETURN *")
    }:
        yield from _slices(asked, pattern, "r", ends[0], f"a.id AS `from`, b.id AS `to`, {returned}", record)


def having(asked: GraphFile, names: Sequence[str]) -> list[str]:
    """Return which of some labels and relationship types have a table."""
    there = {row[1] for row in asked.schema_rows("CALL show_tables() RETURN *")}
    return [name for name in names if name in there]


def _returned(asked: GraphFile, variable: str, record: type[Record]) -> str:
    """Return what a query has to return of a type: null for a column that a
    file of an older model lacks, nothing for a whole table."""
    table = name_of(record)
    if not having(asked, [table]):
        return ""
    there = {row[1] for row in asked.schema_rows(f"CALL table_info('{table}') RETURN *")}
    return ", ".join(f"{f'{variable}.`{name}`' if name in there else 'NULL'} AS `{name}`" for name in columns(record))


def _slices(
    asked: GraphFile, pattern: str, counted: str, label: str, returned: str, record: type[Record]
) -> Iterator[pl.DataFrame]:
    """Yield an answer in slices by the place of ``a`` in its table, for the
    engine holds an answer whole; a small one comes as rows."""
    types = pl.Schema(schema(record))
    number = asked.rows(f"{pattern} RETURN count({counted})")[0][0]
    if number <= FEW:
        if number:
            yield pl.DataFrame(asked.rows(f"{pattern} RETURN {returned}"), types, orient="row")
        return
    last = asked.rows(f"MATCH (a:`{label}`) RETURN max(offset(id(a)))")[0][0]
    step = max(1, (last + 1) * asked.slice // number)
    for start in range(0, last + 1, step):
        part = f" WHERE offset(id(a)) >= {start} AND offset(id(a)) < {start + step}" if step <= last else ""
        yield asked.frame(f"{pattern}{part} RETURN {returned}").cast(types)


def translate(text: str, kind: str, seconds: float) -> LianzhangError:
    """Return what the engine says as an error of the project's own; ``kind`` is ``value``
    for parameters, ``many`` for two statements, ``damage`` for text that is none."""
    if kind == "many":
        return QueryError("一次只能执行一条语句,请去掉分号之后的部分")
    if kind == "damage" or any(sign in text for sign in DAMAGE):
        return StoreUnavailable(DAMAGED)
    if kind == "value":
        return QueryError(f"查询或参数不能使用: {text}")
    if "Interrupted" in text:
        return QueryTimeout(f"查询超过 {seconds:g} 秒仍未结束,已停止。请缩小范围或加 LIMIT")
    if "read-only" in text:
        return WriteRefused("这里只能读,不能写。要改数据请用 lianzhang load")
    if any(sign in text for sign in UNWRITTEN):
        return StoreUnavailable("写不进图文件: 磁盘满了或不能写,请腾出空间、检查权限后重试;现行数据没有改动")
    return QueryError(f"查询不能执行: {text.splitlines()[0]}")


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the engine raises in this process into the project's own errors."""
    try:
        yield
    except LianzhangError:
        raise
    except UnicodeDecodeError as error:
        raise translate(str(error), "damage", 0) from error
    except (ValueError, TypeError) as error:
        raise translate(str(error), "value", 0) from error
    except RuntimeError as error:
        raise translate(str(error), "engine", 0) from error

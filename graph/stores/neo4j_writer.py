"""A load on the server: the constraints that it needs, and what it writes, in batches."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, LiteralString, cast

import neo4j
import polars as pl

from graph.model import NODES, Edge, Node, columns
from graph.stores.base import BATCH, Ends

if TYPE_CHECKING:
    from graph.stores.neo4j import Neo4jStore

# batches that are sent side by side: the server takes one core for each; two that lock one another are retried
AT_ONCE = 2


def prepare(session: neo4j.Session) -> None:
    """Make the constraints and indexes that the model asks for and the database
    lacks: ids are unique, people ask by names and codes."""
    there = {row["name"] for row in session.run("SHOW INDEXES YIELD name")}
    unique = [*((node.label(), node.label()) for node in NODES), ("meta", "_Meta")]
    wanted = {
        f"{name.lower()}_id": f"CONSTRAINT {{}} IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.id IS UNIQUE"
        for name, label in unique
    }
    for node in (node for node in NODES if node.table.searched):
        for key in ("name", "uscc"):
            if key in node.model_fields:
                wanted[f"{node.label().lower()}_{key}"] = (
                    f"INDEX {{}} IF NOT EXISTS FOR (n:`{node.label()}`) ON (n.{key})"
                )
    for name, statement in wanted.items():
        if name not in there:
            session.run(cast(LiteralString, f"CREATE {statement.format(f'`{name}`')}")).consume()


class Neo4jWriter:
    """Writes in batches; a load that is killed is completed by running it again, for it sees what was written."""

    def __init__(self, store: "Neo4jStore") -> None:
        self.store = store
        self._begun = False
        self._ledger: str | None = None

    def clear(self) -> None:
        """Remove every node and edge of the model, some at a time, and what is known of how they were loaded."""
        self._begin()
        self.store.write("MATCH (m:`_Meta` {id: 'graph'}) REMOVE m.ledger", {})
        for node in NODES:
            query = f"MATCH (n:`{node.label()}`) CALL {{ WITH n DETACH DELETE n }} IN TRANSACTIONS OF {BATCH} ROWS"
            with self.store.session() as session:
                session.run(cast(LiteralString, query)).consume()

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self.store.set_version(unfinished=True)

    def keep_ledger(self, text: str) -> None:
        """Keep what was loaded in the statement that ends this load."""
        self._ledger = text

    def commit(self) -> None:
        """Give the graph its version, where anything was written, and keep what was loaded."""
        if self._begun:
            self.store.set_version(ledger=self._ledger)
        elif self._ledger is not None:
            self.store.keep_ledger(self._ledger)

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type as they are now."""
        return self.store.nodes(record)

    def has_written(self) -> bool:
        """Tell whether a batch has been sent."""
        return self._begun

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type as they are now."""
        return self.store.edges(record, ends)

    def insert_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Create nodes that the difference found to be new; the constraint on id keeps them single."""
        shape = _Shape.of(frame.select(list(columns(record))), [])
        self._send(f"UNWIND $rows AS row CREATE (:`{record.label()}` {{{shape.pairs()}}})", shape)

    def insert_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Create edges that the difference, made under the load lock, found to be new."""
        shape = _Shape.of(frame.select(["from", "to", *columns(record)]), ["from", "to"])
        self._send(
            f"UNWIND $rows AS row {_match(ends)} CREATE (a)-[:`{record.type_name}` {{{shape.pairs()}}}]->(b)", shape
        )

    def update_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Set every property of the given nodes; what is null goes away."""
        names = ["id", *(name for name in columns(record) if name != "id")]
        shape = _Shape(frame.select(names), names, {})
        self._send(f"UNWIND $rows AS row MATCH (n:`{record.label()}` {{id: row[0]}}) SET {shape.sets('n', 1)}", shape)

    def update_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Set every property of the given edges, found by ends and key; what is null goes away."""
        keys = record.table.key
        names = ["from", "to", *keys, *(name for name in columns(record) if name not in keys)]
        shape = _Shape(frame.select(names), names, {})
        self._send(f"UNWIND $rows AS row {_found(record, ends)} SET {shape.sets('r', 2 + len(keys))}", shape)

    def delete_nodes(self, record: type[Node], ids: pl.Series) -> None:
        """Remove nodes with all their edges."""
        shape = _Shape(ids.rename("id").to_frame(), ["id"], {})
        self._send(f"UNWIND $rows AS row MATCH (n:`{record.label()}` {{id: row[0]}}) DETACH DELETE n", shape)

    def delete_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Remove the given edges, found by ends and key."""
        names = ["from", "to", *record.table.key]
        shape = _Shape(frame.select(names), names, {})
        self._send(f"UNWIND $rows AS row {_found(record, ends)} DELETE r", shape)

    def _send(self, statement: str, shape: "_Shape") -> None:
        if shape.frame.is_empty():
            return
        self._begin()
        turns = math.ceil(len(shape.frame) / BATCH / AT_ONCE)
        size = math.ceil(len(shape.frame) / turns / AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            try:
                for done in [
                    pool.submit(self._send_batch, statement, shape, part) for part in shape.frame.iter_slices(size)
                ]:
                    done.result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _send_batch(self, statement: str, shape: "_Shape", part: pl.DataFrame) -> None:
        self.store.write(statement, {"rows": part.rows()} | shape.constants)


@dataclass(frozen=True)
class _Shape:
    """A frame as it is sent: columns that vary in rows, columns with one value
    as parameters, empty columns not at all."""

    frame: pl.DataFrame
    names: list[str]
    constants: dict[str, Any]

    @classmethod
    def of(cls, frame: pl.DataFrame, ends: list[str]) -> "_Shape":
        """Sort a frame's columns; ``ends`` stay in the rows, first."""
        constants = {}
        varying = list(ends)
        for name in frame.columns:
            column = frame[name]
            if name in ends or column.null_count() == len(column):
                continue
            if column.dtype != pl.List and column.null_count() == 0 and column.n_unique() == 1:
                constants[name] = column[0]
            else:
                varying.append(name)
        return cls(frame.select(varying or frame.columns[:1]), varying, constants)

    def pairs(self) -> str:
        """Return the properties of a pattern in CREATE."""
        rows = [f"`{name}`: row[{position}]" for position, name in enumerate(self.names) if name not in ("from", "to")]
        return ", ".join([*rows, *(f"`{name}`: ${name}" for name in self.constants)])

    def sets(self, variable: str, start: int) -> str:
        """Return the assignments of a SET, from the column at ``start`` on."""
        return ", ".join(
            f"{variable}.`{name}` = row[{position}]" for position, name in enumerate(self.names) if position >= start
        )


def _found(record: type[Edge], ends: Ends) -> str:
    """Return the pattern that finds the edge of a row by its ends, which are first, and its key, which is next."""
    own = " AND ".join(
        f"coalesce(r.`{name}`, '') = row[{position}]" for position, name in enumerate(record.table.key, 2)
    )
    return f"{_match(ends)} MATCH (a)-[r:`{record.type_name}`]->(b){' WHERE ' + own if own else ''}"


def _match(ends: Ends) -> str:
    return f"MATCH (a:`{ends[0]}` {{id: row[0]}}) MATCH (b:`{ends[1]}` {{id: row[1]}})"

"""What people wrote in a graph, gathered from it and laid on another: files folded anew lose nothing of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from graph.model import EDGES, EDITS, NODE_TYPES, NODES, Edge, Node, Record, ends_of
from graph.model.edits import Edit, read_edits
from graph.model.nodes import Source
from graph.stores import Ends, Tables
from graph.stores.base import schema
from graph.stores.frames import Frames
from loaders.rows.directory import Directory
from loaders.rows.edits import Row, over, released

EVER = "~"  # after every moment
VOUCHED = ("name", "source", "status", "confidence")  # what a row cannot be without


@dataclass
class _Row:
    """A row as it stands in the graph, and what of it people wrote; ``made`` tells that no file knows it."""

    record: type[Record]
    ends: Ends | None
    row: Row
    edits: Mapping[str, Edit]
    made: bool
    laid: set[str] = field(default_factory=set)

    def due(self, before: str) -> dict[str, Edit]:
        """Return what was written until a moment and is not laid yet; records count whole seconds, and in the same one
        a person is taken to have written before a load."""
        return {name: edit for name, edit in self.edits.items() if name not in self.laid and edit.at <= before}


class PeopleWords:
    """All rows of a graph that people wrote in."""

    def __init__(self, graph: Tables) -> None:
        self.graph = graph
        self.rows = [*_rows_of(graph)]
        self.called: dict[str, str] = {}  # ids that are others now
        self.told: list[str] = []
        self._sources = {str(edit.value) for row in self.rows for edit in row.edits.values() if edit.field == "source"}

    def lay(self, onto: "Onto", before: str = EVER) -> None:
        """Put on a graph what was written until a moment, as far as it has the rows; at the end all of it: what nobody
        else knows then is what a person vouches for."""
        last = before == EVER
        waiting = [row for row in self.rows if row.due(before)]
        for row in (row for row in waiting if row.ends is None):
            self._lay_node(onto, row, before, last)
        if last:
            self._keep_ends(onto, waiting)
        for row in (row for row in waiting if row.ends is not None):
            self._lay_edge(onto, row, before, last)
        if last:
            self._keep_sources(onto)

    def _lay_node(self, onto: "Onto", row: _Row, before: str, last: bool) -> None:
        assert issubclass(row.record, Node)
        there = onto.node(row.record, self._id(row.row["id"]))
        if there is None and last and not row.made:
            id = self._found(onto, row.record, row.row)
            if id != row.row["id"]:
                self.called[row.row["id"]] = id
            there = onto.node(row.record, id)
        if there is None and not (row.made or last):
            return
        made = self._over(row, there, before, {"id": self._id(row.row["id"])})
        if there is None:
            onto.frames.insert_nodes(row.record, _frame(row.record, made))
        else:
            onto.frames.update_nodes(row.record, _frame(row.record, made))

    def _lay_edge(self, onto: "Onto", row: _Row, before: str, last: bool) -> None:
        assert issubclass(row.record, Edge)
        assert row.ends is not None
        ids = [self._id(row.row[end]) for end in ("from", "to")]
        if any(onto.node(NODE_TYPES[label], id) is None for label, id in zip(row.ends, ids, strict=True)):
            return
        key = {"from": ids[0], "to": ids[1]} | {name: row.row.get(name) for name in row.record.table.key}
        there = onto.edge(row.record, row.ends, key)
        if there is None and not (row.made or last):
            return
        made = self._over(row, there, before, key)
        if there is None:
            onto.frames.insert_edges(row.record, row.ends, _frame(row.record, made))
        else:
            onto.frames.update_edges(row.record, row.ends, _frame(row.record, made))

    def _over(self, row: _Row, there: Row | None, before: str, key: Row) -> Row:
        due = row.due(before)
        row.laid |= {*due}
        if there is None:
            base = dict.fromkeys(row.row) | key | {"recorded_at": row.row["recorded_at"]}
            edits = dict(due) if row.made else self._vouched(row, due)
            return over(base, {name: replace(edit, base=None) for name, edit in sorted(edits.items())})
        stood = read_edits(there)
        base = there | {name: edit.base for name, edit in stood.items()}
        made = stood | {name: edit.over(base.get(name)) for name, edit in due.items()}
        return over(base, dict(sorted(made.items())))

    def _vouched(self, row: _Row, due: Mapping[str, Edit]) -> dict[str, Edit]:
        """Return the entries of a row that no file knows any more: its name is the person's word now."""
        latest = max(due.values(), key=lambda edit: edit.at)
        name = row.row.get("name") or ""
        zh = row.record.table.zh
        self._sources.add(str(row.row.get("source")))
        self.told.append(f"{zh}{f' {name}' if name else ''}: 文件里没有它了,{latest.by} 写的留着")
        own = {
            name: replace(latest, field=name, value=row.row[name], base=None, grows=False)
            for name in VOUCHED
            if row.row.get(name) is not None
        }
        return own | dict(due)

    def _keep_ends(self, onto: "Onto", waiting: list[_Row]) -> None:
        """Keep the nodes between which people wrote something, though nothing else says that they are there."""
        for row in (row for row in waiting if row.ends is not None):
            for label, end in zip(row.ends or (), ("from", "to"), strict=True):
                record, id = NODE_TYPES[label], row.row[end]
                if onto.node(record, self._id(id)) is not None:
                    continue
                known = self.graph.nodes(record).filter(pl.col("id") == id)
                for node in known.iter_rows(named=True):
                    mine = _Row(record, None, node, row.due(EVER), made=False)
                    if (found := self._found(onto, record, node)) != id:
                        self.called[id] = found
                    if onto.node(record, self._id(id)) is None:
                        edits = self._vouched(mine, {name: row.edits[name] for name in [*row.edits][:1]})
                        own = {name: edit for name, edit in edits.items() if name in VOUCHED}
                        base = dict.fromkeys(node) | {"id": id, "recorded_at": node["recorded_at"]}
                        onto.frames.insert_nodes(record, _frame(record, over(base, own)))
                        onto.forget(record)

    def _keep_sources(self, onto: "Onto") -> None:
        """Keep the sources that people's rows name."""
        missing = self._sources - {*onto.frames.nodes(Source)["id"]}
        kept = self.graph.nodes(Source).filter(pl.col("id").is_in([*missing]))
        if len(kept):
            onto.frames.insert_nodes(Source, kept)

    def _found(self, onto: "Onto", record: type[Node], row: Row) -> str:
        """Return the node that is meant now by a row that files called otherwise: it has its code or its name."""
        directory = onto.directory(record)
        for word in (row.get("uscc"), row.get("name")):
            if word:
                found = directory.find(pl.Series([str(word)]), [record.label()], prefixes=False)
                if found["id"][0] is not None:
                    return str(found["id"][0])
        return str(row["id"])

    def _id(self, id: str) -> str:
        return self.called.get(id, id)


@dataclass
class Onto:
    """A graph in memory that is written into, asked for single rows."""

    frames: Frames
    _directories: dict[type[Node], Directory] = field(default_factory=dict)

    def node(self, record: type[Node], id: str) -> Row | None:
        """Return a node."""
        found = self.frames.nodes(record).filter(pl.col("id") == id)
        return next(found.iter_rows(named=True), None)

    def edge(self, record: type[Edge], ends: Ends, key: Row) -> Row | None:
        """Return an edge by its ends and key."""
        same = [pl.col(name).fill_null("") == (value or "") for name, value in key.items()]
        frames = (frame.filter(*same) for frame in self.frames.edges(record, ends))
        return next((row for frame in frames for row in frame.iter_rows(named=True)), None)

    def directory(self, record: type[Node]) -> Directory:
        """Return the names of a type's nodes."""
        if record not in self._directories:
            self._directories[record] = Directory()
            self._directories[record].add(record.label(), self.frames.nodes(record))
        return self._directories[record]

    def forget(self, record: type[Node]) -> None:
        """Forget the names of a type's nodes: there are more now."""
        self._directories.pop(record, None)


def by_files(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows as files alone have them, without those that people made."""
    return (
        released(frame)
        .filter(pl.col("status").is_not_null())
        .with_columns(pl.lit(None, frame.schema[EDITS]).alias(EDITS))
    )


def people_of(row: Mapping[str, Any]) -> dict[str, Edit]:
    """Return what people wrote in a row, without what editions of lists did."""
    return {name: edit for name, edit in read_edits(row).items() if not edit.edition}


def _rows_of(graph: Tables) -> Iterator[_Row]:
    written = pl.col(EDITS).is_not_null()
    for node in NODES:
        for row in graph.nodes(node).filter(written).iter_rows(named=True):
            yield from _as_row(node, None, row)
    for edge in EDGES:
        for ends in ends_of(edge):
            for frame in graph.edges(edge, ends):
                for row in frame.filter(written).iter_rows(named=True):
                    yield from _as_row(edge, ends, row)


def _as_row(record: type[Record], ends: Ends | None, row: Row) -> Iterator[_Row]:
    if edits := people_of(row):
        made = "status" in edits and edits["status"].base is None
        yield _Row(record, ends, row, edits, made)


def _frame(record: type[Record], row: Row) -> pl.DataFrame:
    types = schema(record)
    return pl.DataFrame([{name: row.get(name) for name in types}], schema=types, orient="row")

"""The one interface to a store; what a back end must do, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from graph.journal import Journal
from graph.model import PROVENANCE, Edge, Node, Record, columns
from graph.model.kinds import Kind

Rows = list[dict[str, Any]]
Ends = tuple[str, str]
BATCH = 10_000
MOST_OUTSIDE = 16 << 20  # bytes of one answer to Cypher from outside


@dataclass(frozen=True)
class Result:
    """What a query returned: its columns in order, its rows, and whether the row limit cut it."""

    columns: list[str]
    rows: Rows
    truncated: bool = False


class Tables(Protocol):
    """A graph as whole tables: all that a load asks of what is there."""

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type with every column of the model."""

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type between two labels, in frames: ``from``, ``to`` and every column of the model."""


class StoreShelf(Protocol):
    """Small files that are kept beside a graph whatever its version: what each load said."""

    def put(self, name: str, content: bytes) -> None:
        """Keep a file; it is on the disk then."""

    def get(self, name: str) -> bytes:
        """Return a file; raises ``StoreUnavailable`` where it is gone."""

    def names(self, start: str = "") -> list[str]:
        """Return the names of the files that begin so, sorted."""

    def remove(self, start: str) -> None:
        """Remove the files whose names begin so."""


class Writer(Tables, Protocol):
    """One load in progress, read as this load sees it; nothing that it writes is half visible on the embedded store."""

    def insert_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Add nodes whose ids are not in the store yet."""

    def insert_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Add edges between nodes that are there; ``frame`` has ``from`` and ``to`` first."""

    def update_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Replace every property of nodes that are in the store."""

    def update_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Replace every property of edges that are in the store, found by ends
        and key; no key there is an empty one."""

    def delete_nodes(self, record: type[Node], ids: pl.Series) -> None:
        """Remove nodes with all their edges."""

    def delete_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Remove the given edges, found by ends and key; no key there is an empty one."""

    def has_written(self) -> bool:
        """Tell whether anything has been written so far."""

    def keep_ledger(self, text: str) -> None:
        """Keep what was loaded, as it is when this load is done: both are seen at once."""


class Reader(Protocol):
    """A way to read the graph with a query that somebody outside has written."""

    def read(
        self, query: str, parameters: Mapping[str, Any] | None = None, *, seconds: float, limit: int | None
    ) -> Result:
        """Run one query that only reads the graph, within so many seconds and rows; every other one is refused."""


class Store(Tables, Protocol):
    """A graph store for the life of the process."""

    url: str

    def read(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        seconds: float = 60.0,
        limit: int | None = None,
    ) -> Result:
        """Run one read-only Cypher query; the store itself refuses writes, ends
        it after ``seconds`` and cuts at ``limit`` rows."""

    def outside(self) -> Reader:
        """Return the reader for Cypher from outside: ``read`` is for the project's own queries only."""

    def check_outside(self) -> list[str]:
        """Raise ``CypherClosed`` where Cypher from outside cannot be kept
        within bounds here; return what else should be set, in words."""

    def load(self, fresh: bool = False) -> AbstractContextManager[Writer]:
        """Begin a load; leaving the block without an error makes it visible, one load at a time.

        One that is ``fresh`` begins with an empty graph, which takes the place of what is there.
        """

    def pinned(self) -> "Store":
        """Return the store as it stands now: it answers from this version, whatever is loaded meanwhile.

        On Neo4j, which keeps no versions, only ``version`` stands still: who
        must know asks the store itself whether it moved.
        """

    def version(self) -> str:
        """Return a text that changes whenever the graph does."""

    def version_at_hand(self) -> str | None:
        """Return the version where it can be told at once, None where the store has to be asked for it."""

    def gauges(self) -> Mapping[str, int]:
        """Return what a server tells of the store beside its own measures:
        queries that wait, that run, processes replaced."""

    def having(self, names: Sequence[str]) -> list[str]:
        """Return which of some labels and relationship types can be asked for:
        a file that an older model wrote lacks those since."""

    def note(self, key: str, value: str | None = None) -> str | None:
        """Return the small text kept under ``key`` beside this version of the graph, after writing it if given."""

    def lasting(self, key: str, value: str | None = None) -> str | None:
        """Return the small text kept under ``key`` whatever the version, after writing it if given."""

    def ledger(self) -> str | None:
        """Return what was loaded into this version, as the last load kept it; None where nothing is kept of that."""

    def keep_ledger(self, text: str) -> None:
        """Keep what was loaded beside the current version, at once; a load keeps it with the version that it makes."""

    def ledgers(self) -> list[str]:
        """Return the same of every version that can be gone back to."""

    def shelf(self) -> StoreShelf:
        """Return where files are kept beside the graph."""

    def unfinished(self) -> bool:
        """Tell whether a load was ended before it was done and has left some of what it wrote."""

    def journal(self) -> Journal:
        """Return what was done to this store and by whom."""

    def ping(self) -> None:
        """Raise ``StoreUnavailable`` where the store does not answer."""

    def close(self) -> None:
        """Let go of every connection."""


def polars_type(kind: Kind) -> Any:
    """Return the polars type of a column of a kind."""
    return {"float": pl.Float64, "bool": pl.Boolean, "list": pl.List(pl.String)}.get(kind.name, pl.String)


def schema(record: type[Record]) -> dict[str, Any]:
    """Return the polars types of a type's columns; edges begin with ``from`` and ``to``."""
    ends = {"from": pl.String, "to": pl.String} if issubclass(record, Edge) else {}
    return ends | {name: polars_type(kind) for name, kind in columns(record).items()}


def tidy(value: Any) -> Any:
    """Return a value as both stores answer it: absent properties left out, provenance last."""
    if value is None or isinstance(value, (str, float, int)):
        return value
    if isinstance(value, dict):
        present = {name: tidy(item) for name, item in value.items() if item is not None}
        if "_label" in present:
            return {name: present[name] for name in sorted(present, key=_rank)}
        return present
    if isinstance(value, (list, tuple)):
        return [tidy(item) for item in value]
    return value


def _rank(name: str) -> tuple[int, str]:
    front = {"_label": 0, "id": 1, "name": 2}
    return (front.get(name, 4 if name in PROVENANCE else 3), name)

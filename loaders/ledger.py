"""What was loaded into a graph: one entry a load, and what each load said, on the store's shelf.

The graph is what the standing loads said, folded in their order onto the base (what was there before loads were kept),
with what people wrote on top. What a load said are its valid rows, before they are identified and merged: the very same
rows can be folded again without one of the others.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any
from uuid import uuid4

import polars as pl

from graph.errors import NotFound
from graph.model import EDGE_TYPES, NODE_TYPES, Record
from graph.stores import Store
from graph.stores.base import StoreShelf
from loaders.rows.kept import packed
from loaders.rows.readings.days import day_of, without_day
from loaders.rows.touched import EDGE_SCHEMA, NODE_SCHEMA, Touched

FORMAT = 1
BUNDLE = 8 << 20  # bytes of packed rows in one file of the shelf
NODES_SAID, EDGES_SAID = "nodes", "edges"  # the names of what a load says something of, in its files


class LoadState(StrEnum):
    """Whether the graph holds what a load said; ``older`` ones were not kept."""

    standing = "standing"
    taken_back = "taken_back"
    older = "older"


@dataclass(frozen=True)
class TableSaid:
    """A table of a load: its type, its fields, whether it is somebody else's list, and only names things in passing."""

    record: str
    fields: tuple[str | None, ...] = ()
    listing: bool = False
    in_passing: bool = False


@dataclass(frozen=True)
class LoadRecord:
    """A load: who loaded which files when, what was said of them, and what came of it.

    ``list`` and ``edition`` are the name and the day of a list that is made again and again; ``after`` is the load of
    the edition before, ``sure`` that a person said that it is the next one, ``apart`` the source of one that it has too
    little in common with; ``report`` is what the load's report counted, file by file; ``touched`` names what it says
    something of on the shelf.
    """

    id: str
    at: str
    by: str
    files: tuple[str, ...] = ()
    source: str = ""
    list: str = ""
    edition: str = ""
    after: str = ""
    sure: bool = False
    apart: str = ""
    leader: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    state: LoadState = LoadState.standing
    back_at: str = ""
    back_by: str = ""
    why: str = ""
    why_not: str = ""
    tables: tuple[TableSaid, ...] = ()
    touched: str = ""
    report: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LoadLedger:
    """The loads of a version of the graph in their order; ``base`` names what was there before them on the shelf.

    ``ended`` are the types of which something ends with an edition of a list.
    """

    base: str = ""
    loads: tuple[LoadRecord, ...] = ()
    ended: tuple[str, ...] = ()

    @property
    def standing(self) -> list[LoadRecord]:
        """Return the loads that the graph holds."""
        return [load for load in self.loads if load.state is LoadState.standing]

    @property
    def needed(self) -> set[str]:
        """Return the folders of the shelf without which it cannot be folded anew."""
        return {self.base, *(name for load in self.standing for name in (load.id, load.touched))}

    def find(self, id: str) -> LoadRecord:
        """Return a load; raises ``NotFound``."""
        for load in self.loads:
            if load.id == id:
                return load
        raise NotFound(f"没有编号为 {id[:60]} 的载入,请看载入记录(lianzhang loads)")

    def after(self, load: LoadRecord) -> LoadRecord | None:
        """Return the first standing load of a later edition of the same list."""
        later = (other for other in self.standing if load.list and other.list == load.list)
        return next((other for other in later if other.edition > load.edition), None)

    def before(self, name: str, edition: str) -> list[LoadRecord]:
        """Return the standing loads of the edition of a list before a day, the latest one there is."""
        earlier = [load for load in self.standing if name and load.list == name and load.edition < edition]
        last = max((load.edition for load in earlier), default="")
        return [load for load in earlier if load.edition == last]

    def text(self) -> str:
        """Return it as JSON."""
        return json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False)

    @classmethod
    def of(cls, text: str | None) -> "LoadLedger":
        """Return the ledger that a text is; none is an empty one."""
        told = json.loads(text or "{}")
        return cls(told.get("base", ""), tuple(map(_record, told.get("loads", ()))), tuple(told.get("ended", ())))


def _record(told: Mapping[str, Any]) -> LoadRecord:
    known = {name: value for name, value in told.items() if name in {each.name for each in fields(LoadRecord)}}
    tables = tuple(TableSaid(**{**table, "fields": tuple(table["fields"])}) for table in told.get("tables", ()))
    return LoadRecord(
        **{**known, "files": tuple(told.get("files", ())), "tables": tables, "state": LoadState(told["state"])}
    )


def read_ledger(store: Store) -> LoadLedger:
    """Return what was loaded into the current version of a store."""
    return LoadLedger.of(store.ledger())


def edition_of(source: str) -> tuple[str, str]:
    """Return the name of a list and the day of its edition, as its source tells; nothing where it tells no day."""
    day = day_of(source)
    name = without_day(source) if day else ""
    return (name, day) if name else ("", "")


class Bundles:
    """Frames on their way to the shelf, some in a file; ``close`` puts the last ones there."""

    def __init__(self, shelf: StoreShelf, folder: str) -> None:
        self.shelf, self.folder = shelf, folder
        self._parts: list[tuple[str, bytes]] = []
        self._number = self._files = 0

    def add(self, name: str, frame: pl.DataFrame) -> None:
        """Take a frame of a part; those of one part are read again in their order."""
        self._parts.append((f"{name}/{self._number:06d}", packed(frame, "zstd")))
        self._number += 1
        if sum(len(content) for _, content in self._parts) > BUNDLE:
            self.close()

    def close(self) -> None:
        """Put on the shelf what waits."""
        if not self._parts:
            return
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in self._parts:
                archive.writestr(name, content)
        self.shelf.put(f"{self.folder}/{self._files:04d}.zip", buffer.getvalue())
        self._files += 1
        self._parts.clear()


def read_bundles(shelf: StoreShelf, folder: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield the frames that were kept in a folder, each with the name of its part."""
    for file in shelf.names(f"{folder}/"):
        with zipfile.ZipFile(io.BytesIO(shelf.get(file))) as archive:
            for name in archive.namelist():
                yield name.rpartition("/")[0], pl.read_ipc(archive.read(name))


def keep_touched(load: LoadRecord, touched: Touched, shelf: StoreShelf) -> LoadRecord:
    """Put on the shelf what a load says something of; return its record, which names that."""
    folder = f"{load.id}-touched-{uuid4().hex[:8]}"
    bundles = Bundles(shelf, folder)
    for part, frames in ((NODES_SAID, touched.nodes()), (EDGES_SAID, touched.edges())):
        for frame in frames:
            bundles.add(part, frame)
    bundles.close()
    return replace(load, touched=folder)


def read_touched(load: LoadRecord, shelf: StoreShelf) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the nodes and the edges that a load says something of."""
    nodes, edges = [pl.DataFrame(schema=NODE_SCHEMA)], [pl.DataFrame(schema=EDGE_SCHEMA)]
    for part, frame in read_bundles(shelf, load.touched):
        (nodes if part == NODES_SAID else edges).append(frame)
    return pl.concat(nodes), pl.concat(edges)


def record_named(name: str) -> type[Record]:
    """Return a type by its label or relationship type."""
    return {**NODE_TYPES, **EDGE_TYPES}[name]


def sweep(store: Store) -> None:
    """Remove from the shelf what no version of the graph needs any more; to be called while nobody else can be
    writing."""
    kept = [LoadLedger.of(text) for text in store.ledgers()]
    needed = {name for ledger in kept for name in ledger.needed}
    shelf = store.shelf()
    for folder in {name.partition("/")[0] for name in shelf.names()} - needed:
        shelf.remove(f"{folder}/")


def with_load(ledger: LoadLedger, load: LoadRecord) -> LoadLedger:
    """Return a ledger with one load more, or with a load as it is now."""
    if any(other.id == load.id for other in ledger.loads):
        return replace(ledger, loads=tuple(load if other.id == load.id else other for other in ledger.loads))
    return replace(ledger, loads=(*ledger.loads, load))

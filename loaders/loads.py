"""The loads of a store: looked at, rehearsed, taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from graph.errors import Conflict
from graph.journal import JournalEntry
from graph.model import EDGES, EDITS, NODES, ends_of
from graph.moments import now
from graph.stores import Store, open_store
from graph.stores.base import StoreShelf
from loaders.editions import Due
from loaders.folding import Folding
from loaders.ledger import LoadLedger, LoadRecord, LoadState, read_ledger, record_named, with_load
from loaders.memory import KEY
from loaders.recording import ended, entered, open_ledger
from loaders.rejects import write_rejects
from loaders.replay import Difference, apart, become, replay
from loaders.report import Report, Step, silent
from loaders.rows.touched import Touched
from loaders.run import Options, opened

LOADED, TAKEN_BACK = "载入", "撤回载入"
MOST_SHOWN = 1_000
UNTOLD = ("recorded_at", "source", "place", "field_sources", EDITS)  # who says it is not what is said


@dataclass(frozen=True)
class TakenBack:
    """What came of taking a load back: its record, what of the graph came, went and changed, and what people wrote of
    things that no file has any more."""

    record: LoadRecord
    difference: Difference
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class EndedThing:
    """Something that ends with an edition; ``what`` it is in words, an edge by the names of its ends."""

    label: str
    id: str
    name: str
    day: str


@dataclass(frozen=True)
class ChangedRow:
    """A node that is another, with the fields that are, before and after."""

    label: str
    id: str
    name: str
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class NewRow:
    """A node that was not there."""

    label: str
    id: str
    name: str


@dataclass
class Rehearsal:
    """What a load would make: its report, the graph as it would be, and what would be new, changed, ended."""

    report: Report
    store: Store
    edition: LoadRecord | None
    version: str
    gone: list[EndedThing] = field(default_factory=list)
    gone_count: int = 0
    changed: list[ChangedRow] = field(default_factory=list)
    changed_count: int = 0
    new: list[NewRow] = field(default_factory=list)


def read_loads(store: Store) -> list[LoadRecord]:
    """Return every load, the newest first: those that stand, those taken back, and those of before loads were kept."""
    ledger = read_ledger(store)
    loads = [replace(load, why_not=why_not(ledger, load)) for load in ledger.loads]
    return [*reversed([*_older(store, ledger), *loads])]


def find_load(store: Store, id: str) -> LoadRecord:
    """Return a load; raises ``NotFound``."""
    return next((load for load in read_loads(store) if load.id == id), None) or read_ledger(store).find(id)


def why_not(ledger: LoadLedger, load: LoadRecord) -> str:
    """Return why a load cannot be taken back, or nothing."""
    if load.state is LoadState.taken_back:
        return f"{load.back_by} 已于 {load.back_at} 撤回"
    if load.state is LoadState.older:
        return "它在载入逐次留底之前,没有留下当时说了什么,不能撤回"
    if later := ledger.after(load):
        return f"后来的一期《{later.source}》({later.at[:10]} 载入)站在它上面,请先撤回那一期"
    return ""


def take_back(store: Store, id: str, by: str, why: str = "", step: Step = silent) -> TakenBack:
    """Take a load back: the graph is what the other loads make, in their order, with what people wrote on top.

    Raises ``NotFound``, and ``Conflict`` where it is taken back already, a later edition of its list stands on it, or
    what it said was not kept.
    """
    find_load(store, id)  # before anything is locked
    with store.load() as writer:
        open_ledger(store, writer, step)
        ledger = read_ledger(store)
        load = find_load(store, id)
        if told := why_not(ledger, load):
            raise Conflict(f"不能撤回 {load.id}({'、'.join(load.files)[:100]}): {told}")
        load = replace(ledger.find(id), state=LoadState.taken_back, back_at=now(), back_by=by, why=why)
        frames, rest, kept = replay(store, with_load(ledger, load), step)
        difference = become(store, writer, frames, step)
        writer.keep_ledger(rest.text())
    store.note(KEY, "")  # the same files again are to be read
    told = f"去掉 {sum(difference.gone.values()):,},改回 {sum(difference.changed.values()):,}"
    if difference.new:
        told += f",重现 {sum(difference.new.values()):,}"
    names = "、".join(load.files)
    store.journal().append(JournalEntry(TAKEN_BACK, by, name=names, why=why, told=told, version=store.version()))
    return TakenBack(load, difference, kept)


@contextmanager
def rehearse(paths: list[Path], store: Store, options: Options) -> Iterator[Rehearsal]:
    """Make a load in a copy of the graph, which lasts as long as the block; nothing is written to the store."""
    came = opened(paths, options)
    came.open(store)
    with TemporaryDirectory(prefix="lianzhang-") as folder:
        version, ledger = store.version(), read_ledger(store)
        copy = open_store(f"ladybug://{folder}/graph.lbug")
        try:
            options.step("抄一份现在的图", 0)
            _copy(store, copy)
            shelf, about, touched = _Above(copy.shelf(), store.shelf()), came.about, Touched()
            due = None
            with copy.load() as writer:
                Folding(copy, writer, came.report, options.step, check=came.check, touched=touched).run(came.tables)
                came.check()
                if options.rejects:
                    came.report.rejects_written = write_rejects(came.tables, options.rejects)
                if any(table.report.read for table in came.tables):
                    ledger = entered(ledger, about, came.tables, touched, shelf)
                    graph = writer if writer.has_written() else copy
                    ledger, due = ended(ledger, graph, writer, shelf, came.report)
            report = came.done()
            report.dry_run, report.version = True, version
            edition = next((load for load in ledger.loads if report.after and load.id == report.after), None)
            rehearsal = Rehearsal(report, copy, edition, version)
            options.step("比较前后", 0)
            _compare(rehearsal, store, due)
            yield rehearsal
        finally:
            copy.close()


def _copy(store: Store, copy: Store) -> None:
    """Write a graph into an empty store."""
    with copy.load(fresh=True) as writer:
        for node in NODES:
            if len(frame := store.nodes(node)):
                writer.insert_nodes(node, frame)
        for edge in EDGES:
            for ends in ends_of(edge):
                for frame in store.edges(edge, ends):
                    writer.insert_edges(edge, ends, frame)


def _compare(rehearsal: Rehearsal, store: Store, due: Due | None) -> None:
    """Tell what is new and changed, and what ends."""
    names: dict[tuple[str, str], str] = {}
    for node in NODES:
        there, then = store.nodes(node), rehearsal.store.nodes(node)
        if there.is_empty() and then.is_empty():
            continue
        own = [name for name in then.columns if name not in UNTOLD]
        new, changed, _ = apart(there.select(own), then.select(own), ["id"])
        if due is not None:  # what ends is told as that
            changed = changed.join(due.nodes.filter(pl.col("label") == node.label()), on="id", how="anti")
        rehearsal.changed_count += len(changed)
        rehearsal.new += [NewRow(node.label(), *row) for row in new.select("id", "name").head(MOST_SHOWN).iter_rows()]
        changed = changed.head(MOST_SHOWN)
        stood = there.filter(pl.col("id").is_in(changed["id"].implode()))
        before = {row["id"]: row for row in stood.iter_rows(named=True)}
        for row in changed.iter_rows(named=True):
            was = before[row["id"]]
            fields = {name: (was[name], value) for name, value in row.items() if was[name] != value}
            rehearsal.changed.append(ChangedRow(node.label(), row["id"], row["name"], fields))
        if due is not None:
            names |= {(node.label(), id): name for id, name in then.select("id", "name").iter_rows()}
    if due is None:
        return
    rehearsal.gone_count = len(due.nodes) + len(due.edges)
    for label, id, day in due.nodes.select("label", "id", "__day").head(MOST_SHOWN).iter_rows():
        rehearsal.gone.append(EndedThing(label, id, names.get((label, id), id), day))
    columns = ("type", "start", "end", "from", "to", "__day")
    for name, start, end, one, other, day in due.edges.select(columns).head(MOST_SHOWN).iter_rows():
        between = f"{names.get((start, one), one)} → {names.get((end, other), other)}"
        rehearsal.gone.append(EndedThing(name, f"{one}→{other}", f"{record_named(name).table.zh}: {between}", day))


class _Above:
    """A shelf over another one, which is only read."""

    def __init__(self, own: StoreShelf, below: StoreShelf) -> None:
        self.own, self.below = own, below

    def put(self, name: str, content: bytes) -> None:
        """Keep a file on the own shelf."""
        self.own.put(name, content)

    def get(self, name: str) -> bytes:
        """Return a file of either."""
        return (self.own if name in self.own.names(name) else self.below).get(name)

    def names(self, start: str = "") -> list[str]:
        """Return the names on both."""
        return sorted({*self.own.names(start), *self.below.names(start)})

    def remove(self, start: str) -> None:
        """Remove from the own one."""
        self.own.remove(start)


def _older(store: Store, ledger: LoadLedger) -> Iterator[LoadRecord]:
    """Yield the loads that the journal tells of and the ledger does not."""
    if ledger.loads and not ledger.base:
        return  # there was nothing before
    known = {load.id for load in ledger.loads}
    for entry in store.journal().entries():
        if entry.action == LOADED and entry.change not in known and not entry.change:
            yield LoadRecord(
                f"older-{entry.number}",
                f"{entry.at[:19]}Z",
                entry.who,
                tuple(entry.name.split("、")),
                state=LoadState.older,
                why_not=why_not(ledger, LoadRecord("", "", "", state=LoadState.older)),
            )

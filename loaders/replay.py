"""The graph made again from what was loaded: the standing loads folded in their order, people's words on top."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import polars as pl

from graph.model import EDGES, NODES, Edge, Node, ends_of, name_of
from graph.model.nodes import Enterprise
from graph.stores import Ends, Store, Tables, Writer
from graph.stores.base import StoreShelf, schema
from graph.stores.frames import Frames
from loaders.editions import mark_ends
from loaders.files.sheets import Sheet
from loaders.folding import Folding
from loaders.ledger import (
    Bundles,
    LoadLedger,
    LoadRecord,
    keep_touched,
    read_bundles,
    read_ledger,
    record_named,
    with_load,
)
from loaders.report import FileReport, Report, Step, silent
from loaders.rows.directory import Directory
from loaders.rows.touched import Touched
from loaders.tables import InputTable
from loaders.written import EVER, Onto, PeopleWords, by_files


@dataclass
class Difference:
    """How many nodes and edges came and went by type, and how many are other than they were."""

    new: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, new: pl.DataFrame, changed: pl.DataFrame, gone: pl.DataFrame) -> None:
        """Add rows of a type."""
        for counts, frame in ((self.new, new), (self.changed, changed), (self.gone, gone)):
            if len(frame):
                counts[name] = counts.get(name, 0) + len(frame)


def replay(
    store: Store, ledger: LoadLedger, step: Step = silent, keep: bool = True
) -> tuple[Frames, LoadLedger, list[str]]:
    """Return the graph that the standing loads of a ledger make, with what people wrote in the store; the ledger, which
    names what each load says something of now where that is to be kept; and what is told of people's rows that no file
    has any more."""
    shelf, frames = store.shelf(), read_base(store.shelf(), ledger.base)
    written, onto = PeopleWords(store), Onto(frames)
    moments = [*(load.at for load in ledger.standing), EVER]
    for load, (_, following) in zip(ledger.standing, pairwise(moments), strict=True):
        step(f"重放 {'、'.join(load.files)[:40]}", 0)
        touched = replayed(load, frames, shelf)
        ledger = with_load(ledger, keep_touched(load, touched, shelf)) if keep else ledger
        written.lay(onto, following)
    written.lay(onto)
    return frames, mark_ends(ledger, frames, frames, shelf)[0], written.told


def replayed(load: LoadRecord, frames: Frames, shelf: StoreShelf) -> Touched:
    """Fold what a load said onto a graph in memory; return what it says something of now."""
    tables, touched, report = tables_of(load, shelf), Touched(), Report()
    if not load.leader or not leader_problem(load.leader, frames, tables):
        Folding(frames, frames, report, touched=touched, now=load.at).run(tables)
    return touched


def leader_problem(name: str, graph: Tables, tables: list[InputTable]) -> str:
    """Return why the leader that whole files are about is not known, or nothing."""
    if any(table.record is Enterprise and not table.in_passing for table in tables):
        return ""
    directory = Directory()
    directory.add("Enterprise", graph.nodes(Enterprise))
    return directory.find(pl.Series([name]), ["Enterprise"])["problem"][0] or ""


def tables_of(load: LoadRecord, shelf: StoreShelf) -> list[InputTable]:
    """Return the tables of a load with the valid rows that they had."""
    rows: dict[str, list[pl.DataFrame]] = {}
    for part, frame in read_bundles(shelf, load.id):
        rows.setdefault(part, []).append(frame)
    tables: list[InputTable] = []
    for index, said in enumerate(load.tables):
        record = record_named(said.record)
        sheet = Sheet(Path(load.source or "载入"), None, [], iter(()))
        counts = FileReport(load.source, None, said.record)
        table = InputTable(index, sheet, record, [*said.fields], counts, listing=said.listing)
        table.in_passing = said.in_passing
        table.again = rows.get(str(index), [])
        tables.append(table)
    return tables


def become(store: Store, writer: Writer, frames: Frames, step: Step = silent) -> Difference:
    """Write into a store what makes it the graph of some frames; when something was recorded is no difference."""
    made = Difference()
    step("写入", 0)
    later: list[tuple[type[Edge], Ends, pl.DataFrame, pl.DataFrame]] = []
    for edge in EDGES:
        for ends in ends_of(edge):
            there = pl.concat([pl.DataFrame(schema=schema(edge)), *store.edges(edge, ends)])
            wanted = pl.concat([pl.DataFrame(schema=schema(edge)), *frames.edges(edge, ends)])
            keys = ["from", "to", *edge.table.key]
            new, changed, gone = apart(there, wanted, keys)
            if len(gone):
                writer.delete_edges(edge, ends, gone)
            later.append((edge, ends, new, changed))
            made.count(name_of(edge), new, changed, gone)
    for node in NODES:
        new, changed, gone = apart(store.nodes(node), frames.nodes(node), ["id"])
        if len(gone):
            writer.delete_nodes(node, gone["id"])
        if len(new):
            writer.insert_nodes(node, new)
        if len(changed):
            writer.update_nodes(node, changed)
        made.count(node.label(), new, changed, gone)
    for edge, ends, new, changed in later:
        if len(new):
            writer.insert_edges(edge, ends, new)
        if len(changed):
            writer.update_edges(edge, ends, changed)
    return made


def mend(store: Store, writer: Writer) -> None:
    """Take out what a load has left that did not come to its end."""
    frames, _, _ = replay(store, read_ledger(store), keep=False)
    become(store, writer, frames)


def read_base(shelf: StoreShelf, base: str) -> Frames:
    """Return the graph that was there before loads were kept."""
    frames = Frames()
    for part, frame in read_bundles(shelf, base) if base else ():
        kind, *ends = part.split(":")
        record = record_named(kind)
        types = schema(record)
        lacking = [pl.lit(None).alias(name) for name in types if name not in frame.columns]
        whole = frame.with_columns(lacking).select(pl.col(name).cast(kind) for name, kind in types.items())
        if issubclass(record, Edge):
            frames.insert_edges(record, (ends[0], ends[1]), whole)
        else:
            assert issubclass(record, Node)
            frames.insert_nodes(record, whole)
    return frames


def keep_base(store: Store, base: str, step: Step = silent) -> None:
    """Put on the shelf the graph as files alone have made it so far."""
    step("留下现在的图", 0)
    bundles = Bundles(store.shelf(), base)
    for node in NODES:
        bundles.add(node.label(), by_files(store.nodes(node)))
    for edge in EDGES:
        for start, end in ends_of(edge):
            for frame in store.edges(edge, (start, end)):
                bundles.add(f"{edge.type_name}:{start}:{end}", by_files(frame))
    bundles.close()


def apart(
    there: pl.DataFrame, wanted: pl.DataFrame, keys: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return which rows are wanted and new, which are others than they were, and which are there and not wanted."""
    there = there.with_columns(pl.col(name).fill_null("") for name in keys)
    wanted = wanted.with_columns(pl.col(name).fill_null("") for name in keys)
    new = wanted.join(there, on=keys, how="anti", maintain_order="left")
    gone = there.join(wanted, on=keys, how="anti", maintain_order="left")
    both = wanted.join(there, on=keys, how="inner", suffix="__was", maintain_order="left")
    own = [name for name in wanted.columns if name not in (*keys, "recorded_at")]
    changed = both.filter(pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}__was")) for name in own))
    return new, changed.select(wanted.columns), gone

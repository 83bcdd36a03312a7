"""Lists that are made again and again: what an edition has no more ends with its day, as long as nobody else says it.

An end is an entry in the row's ``edits``, as people's words are: files go on being folded beneath it, and it is taken
off again where a list has the thing again, or its edition is taken back.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from graph.model import EDITS, Edge, Node, Record
from graph.model.edits import Edit, read_edits
from graph.stores import Ends, Tables, Writer
from graph.stores.base import StoreShelf, schema
from loaders.ledger import LoadLedger, LoadRecord, read_touched, record_named
from loaders.rows.edits import Row, over
from loaders.rows.touched import EDGE_KEY, OWN, WAS, key_of

FIELD = "valid_to"
HALF = 0.5
NODE_KEY = ("label", "id")
DUE = {"__day": pl.String, "__number": pl.Int64}
BY_TITLE = "HOLDS"


@dataclass(frozen=True)
class Due:
    """What ends: nodes and edges, each with its day and the number of the load that does not have it any more."""

    nodes: pl.DataFrame
    edges: pl.DataFrame

    def of(self, number: int) -> "Due":
        """Return what ends with one load: nodes, and the edges that do not end with one of these."""
        nodes = self.nodes.filter(pl.col("__number") == number)
        edges = self.edges.filter(pl.col("__number") == number)
        for label, end in (("start", "from"), ("end", "to")):
            edges = edges.join(nodes, left_on=[label, end], right_on=["label", "id"], how="anti")
        return Due(nodes, edges)


def _several(loads: list[LoadRecord]) -> list[str]:
    """Return the lists of which there is more than one edition."""
    days: dict[str, set[str]] = {}
    for load in loads:
        days.setdefault(load.list, set()).add(load.edition)
    return sorted(name for name, own in days.items() if name and len(own) > 1)


def _sayings(loads: list[LoadRecord], shelf: StoreShelf) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return all nodes and all edges that loads say something of, with the list and the edition that say it."""
    nodes: list[pl.DataFrame] = []
    edges: list[pl.DataFrame] = []
    for number, load in enumerate(loads):
        of_load = {"__number": number, "__list": load.list, "__edition": load.edition}
        told = [pl.lit(value).alias(name) for name, value in of_load.items()]
        for frames, frame in zip((nodes, edges), read_touched(load, shelf), strict=True):
            frames.append(frame.with_columns(told))
    return pl.concat(nodes, how="vertical_relaxed"), pl.concat(edges, how="vertical_relaxed")


def find_due(ledger: LoadLedger, shelf: StoreShelf) -> Due:
    """Return what ends with an edition of a list."""
    loads = ledger.standing
    if not (several := _several(loads)):
        none = [pl.DataFrame(schema={**dict.fromkeys(key, pl.String), **DUE}) for key in (NODE_KEY, EDGE_KEY)]
        return Due(*none)
    nodes, edges = _sayings(loads, shelf)
    ended = [_due_of(name, loads, nodes, edges) for name in several]
    return Due(pl.concat([due.nodes for due in ended]), pl.concat([due.edges for due in ended]))


def _due_of(name: str, loads: list[LoadRecord], nodes: pl.DataFrame, edges: pl.DataFrame) -> Due:
    """Return what ends of one list: of one that gives titles these alone, for a firm that loses one goes on."""
    mine = pl.col("__list") == name
    own_loads = [load for load in loads if load.list == name]
    main = {record_named(word) for load in own_loads for word in _main(load)}
    ending = [kind.label() for kind in main if issubclass(kind, Node) and not kind.table.yardstick]
    of_edges = {kind.type_name for kind in main if issubclass(kind, Edge)}
    subjects = nodes.filter(mine & pl.col(OWN) & pl.col("label").is_in(ending))
    if len(edges.filter(mine & (pl.col("type") == BY_TITLE))):
        subjects, of_edges = subjects.clear(), {BY_TITLE}
    about = subjects.select("label", "id").unique()
    starts = about.rename({"label": "start", "id": "from"})
    ends = about.rename({"label": "end", "id": "to"})
    incident = [
        edges.join(starts, on=["start", "from"], how="semi"),
        edges.join(ends, on=["end", "to"], how="semi"),
        edges.filter(pl.col("type").is_in([*of_edges])),
    ]
    asked = pl.concat(incident).unique()
    days = sorted({load.edition for load in own_loads})
    return Due(
        _ended(nodes.join(about, on=NODE_KEY, how="semi"), NODE_KEY, name, days, own_loads, loads),
        _ended(asked, EDGE_KEY, name, days, own_loads, loads),
    )


def _ended(
    said: pl.DataFrame, key: tuple[str, ...], name: str, days: list[str], own: list[LoadRecord], loads: list[LoadRecord]
) -> pl.DataFrame:
    """Return which of some things end: none but this list says them, none said them before it, its newest editions do
    not."""
    mine = pl.col("__list") == name
    facts = said.group_by(key).agg(
        pl.col("__edition").filter(mine).max().alias("__last"),
        mine.all().alias("__only"),
        pl.col(WAS).sort_by("__number").first().alias("__before"),
    )
    following = dict(pairwise(days))
    first_of = {load.edition: number for number, load in reversed([*enumerate(loads)]) if load in own}
    gone = facts.filter(pl.col("__only") & ~pl.col("__before") & (pl.col("__last") != days[-1]))
    day = pl.col("__last").replace_strict(following, default=None, return_dtype=pl.String)
    gone = gone.with_columns(day.alias("__day"))
    number = pl.col("__day").replace_strict(first_of, default=None, return_dtype=pl.Int64)
    return gone.with_columns(number.alias("__number")).select(*key, *DUE)


def mark_ends(ledger: LoadLedger, graph: Tables, writer: Writer, shelf: StoreShelf) -> tuple[LoadLedger, Due]:
    """End in a graph what editions of lists have no more, and take off the ends of what they have again; return the
    ledger, which knows of which types something has ended, and what has."""
    due, loads = find_due(ledger, shelf), ledger.standing
    places = {str(label): frame for (label,), frame in due.nodes.group_by("label")}
    of_edges = due.edges.group_by("type", "start", "end")
    places |= {":".join(map(str, place)): frame for place, frame in of_edges}
    for place in sorted({*places, *ledger.ended}):
        name, *ends = place.split(":")
        record = record_named(name)
        if issubclass(record, Edge):
            _mark_edges(record, (ends[0], ends[1]), places.get(place, due.edges.clear()), loads, graph, writer)
        else:
            assert issubclass(record, Node)
            _mark_nodes(record, places.get(place, due.nodes.clear()), loads, graph, writer)
    return replace(ledger, ended=tuple(sorted(places))), due


def _mark_nodes(record: type[Node], due: pl.DataFrame, loads: list[LoadRecord], graph: Tables, writer: Writer) -> None:
    there = graph.nodes(record)
    changed = _changed(there.join(due.select("id", *DUE), on="id", how="left"), record, loads)
    if len(changed):
        writer.update_nodes(record, changed)


def _mark_edges(
    record: type[Edge], ends: Ends, due: pl.DataFrame, loads: list[LoadRecord], graph: Tables, writer: Writer
) -> None:
    key = ["from", "to", "key"]
    for there in [*graph.edges(record, ends)]:
        told = there.with_columns(key_of(record)).join(due.select(*key, *DUE), on=key, how="left")
        changed = _changed(told, record, loads)
        if len(changed):
            writer.update_edges(record, ends, changed)


def _changed(told: pl.DataFrame, record: type[Record], loads: list[LoadRecord]) -> pl.DataFrame:
    """Return which rows are others with the ends that are due."""
    ended = pl.col(EDITS).list.join(" ").str.contains('"edition": true', literal=True)
    asked = told.filter(pl.col("__day").is_not_null() | ended).iter_rows(named=True)
    rows = [made for row in asked if (made := _with_end(row, loads)) is not None]
    types = schema(record)
    return pl.DataFrame([{name: row[name] for name in types} for row in rows], schema=types, orient="row")


def _with_end(row: Row, loads: list[LoadRecord]) -> Row | None:
    """Return a row with the end that is due, or without the one that is not any more; None where nothing changes, as
    where a person or a file has said until when it holds."""
    edits = read_edits(row)
    stood = edits.get(FIELD)
    if stood is not None and not stood.edition:
        return None
    base = row | {name: edit.base for name, edit in edits.items()}
    rest = {name: edit for name, edit in edits.items() if name != FIELD}
    said = base[FIELD]
    if row["__day"] is None or (said is not None and said <= row["__day"]):
        return None if stood is None else over(base, rest)
    load = loads[row["__number"]]
    why = f"{load.source} 里没有了"
    end = Edit(FIELD, row["__day"], said, load.source, load.at, load.id, why, edition=True)
    if stood == end:
        return None
    return over(base, dict(sorted((rest | {FIELD: end}).items())))


def is_next(before: LoadRecord, now: LoadRecord, shelf: StoreShelf) -> bool:
    """Tell whether a list looks like the next edition of another: it has at least half of what that was about."""
    (was, was_between), (own, own_between) = (_subjects(load, shelf) for load in (before, now))
    there = len(was.join(own, on=NODE_KEY, how="semi")) + len(was_between.join(own_between, on=EDGE_KEY, how="semi"))
    return there >= HALF * (len(was) + len(was_between))


def has_editions(load: LoadRecord) -> bool:
    """Tell whether a list may be an edition of another: one of things of a year has that of another year beside it."""
    return not all("year" in record_named(word).table.key for word in _main(load))


def _subjects(load: LoadRecord, shelf: StoreShelf) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what a list is about: nodes, or edges where it is one of these."""
    nodes, edges = read_touched(load, shelf)
    main = _main(load)
    own = nodes.filter(pl.col(OWN) & pl.col("label").is_in(main)).select(NODE_KEY).unique()
    return own, edges.filter(pl.col("type").is_in(main)).select(EDGE_KEY).unique()


def _main(load: LoadRecord) -> list[str]:
    """Return the types that a load's tables are about, without what these only name."""
    return [table.record for table in load.tables if not table.in_passing]

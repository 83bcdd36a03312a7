"""The one door for what people change: each change says who makes it and why, is checked as a row of a file is, and
stands over what files say until it is taken back; the journal keeps each of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal
from uuid import uuid4

import polars as pl

from graph.errors import Conflict, InputError, LianzhangError, NotFound
from graph.journal import JournalEntry, Outcome
from graph.model import (
    EDGE_TYPES,
    NODE_TYPES,
    Edge,
    Node,
    Record,
    columns,
    ends_of,
    heads,
    name_of,
)
from graph.model.edits import Edit, read_edits, tag_of
from graph.moments import now
from graph.names.comparisons import read_comparisons
from graph.stores import Ends, Store, Tables
from loaders.folding import Folding
from loaders.report import Report
from loaders.rows.directory import Directory
from loaders.rows.edits import NOT_WRITTEN, Mark, Pins
from loaders.tables import InputTable, Row, add_rows

UNDONE = "撤销"
RESTORED = "恢复"
MOST_WHY = 2_000  # signs that a reason may have
MOST_TEXT = 4_000  # signs of the longest text that a field takes
MOST_REFUSED = 50  # fields, or values of one, that the journal keeps of what was refused
RECENT = 2_000  # entries that are looked through for what was not ended: each change looks


@dataclass(frozen=True)
class Change:
    """What somebody makes of one row: ``key`` tells which, ``set`` what else it holds; None ends it today.

    ``seen`` is the tag of the row that the writer saw (``tag_of``); with it the key holds ids, not names. ``pins`` are
    entries of people that are to stand instead of a ``set``. ``told`` is what the journal is to say of it besides.
    """

    record: type[Record]
    key: Row
    set: Row | None
    by: str
    why: str = ""
    seen: str | None = None
    role: str = ""
    pins: Pins | None = None
    told: str = ""

    @property
    def action(self) -> str:
        """Return in a word what is done."""
        return UNDONE if self.pins is not None else "终止" if self.set is None else "修改"

    @property
    def fields(self) -> Row:
        """Return what is written, by field."""
        if self.set is None:
            return {"valid_to": date.today().isoformat()}
        known = heads(self.record)
        return {known.get(name.lower(), name): value for name, value in self.set.items()}

    def check(self) -> None:
        """Raise ``InputError`` for a field that the type does not have, or that is no field to be written."""
        if len(self.why) > MOST_WHY:
            raise InputError(f"为什么改: 至多 {MOST_WHY:,} 字,这里有 {len(self.why):,} 字,请写短些")
        own, links = writable(self.record), {link.name: link.zh for link in self.record.table.links}
        for name in self.fields:
            if name in links:
                raise InputError(f"{links[name]}({name})是关系,不是字段;请用“{self.record.table.zh}”的表载入")
            if name in self.key and self.key[name] == self.fields[name]:
                continue
            if not _is_plain(self.fields[name]):
                raise InputError(f"{name}: 应为一个值、一列文字或 null,不能是嵌套的内容")
            if name not in own:
                near = get_close_matches(name, own, 1, 0.5)
                hint = f",是不是 {near[0]}" if near else f";可改的有 {'、'.join(own)}"
                raise InputError(f"{self.record.table.zh}没有可改的字段“{name[:60]}”{hint}")


@dataclass(frozen=True)
class Done:
    """What came of a change, and why where it was refused; the id of the change and the row as it stands."""

    outcome: Literal["new", "changed", "same", "refused"]
    reason: str = ""
    change: str = field(default="", compare=False)
    row: Row = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class _Begun:
    """A change with its id, the row that it is about as it stood, and the row that is loaded of it; of an edge the
    names of its ``ends``."""

    change: Change
    id: str
    before: Row | None
    ends: str = ""

    @property
    def row(self) -> Row:
        """Return the row as one of a file: what stands, with what is written over it."""
        record = self.change.record
        stood = {name: value for name, value in (self.before or {}).items() if name in record.model_fields}
        stood.pop("field_sources", None)
        return stood | self.change.key | self.change.fields

    def mark(self, at: str) -> Mark:
        """Return what makes its row a person's."""
        change = self.change
        written = {*change.fields, *change.key} - {"id", *_key_names(change.record)}
        return Mark(self.id, change.by, at, change.why, frozenset(written), change.pins)

    def entry(self, outcome: Outcome, told: str = "", version: str = "") -> JournalEntry:
        """Return what the journal says of it."""
        change, before = self.change, self.before or {}
        fields = change.fields if change.pins is None else dict.fromkeys(change.pins)
        after = fields if change.pins is None else {name: _told(pin) for name, pin in change.pins.items()}
        own = ("aliases",) if "name" in fields and "aliases" in columns(change.record) else ()
        entry = JournalEntry(
            action=change.action if self.before or outcome is Outcome.refused else "新增",
            who=change.by,
            outcome=outcome,
            role=change.role,
            thing=thing_of(change.record, change.key),
            key={name: change.key.get(name) for name in _key_names(change.record)},
            name=str(before.get("name") or change.fields.get("name") or self.ends),
            why=change.why[:MOST_WHY],
            told="；".join(filter(None, (change.told, told))),
            change=self.id,
            version=version,
            before={
                name: _as_it_was(before, name) for name in (*fields, *own)
            },  # a new name makes the old one an alias
            after={name: _short(value) for name, value in after.items()},
        )
        return _clipped(entry) if outcome is Outcome.refused else entry


class ReadOnce:
    """The tables of a graph, each read once: what stands while many changes begin, or after they have ended."""

    def __init__(self, graph: Tables) -> None:
        self._graph = graph
        self._nodes: dict[type[Node], pl.DataFrame] = {}
        self._edges: dict[tuple[type[Edge], Ends], list[pl.DataFrame]] = {}
        self._directories: dict[tuple[str, ...], Directory] = {}

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type."""
        if record not in self._nodes:
            self._nodes[record] = self._graph.nodes(record)
        return self._nodes[record]

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type between two labels."""
        if (record, ends) not in self._edges:
            self._edges[record, ends] = [*self._graph.edges(record, ends)]
        yield from self._edges[record, ends]

    def directory(self, labels: tuple[str, ...]) -> Directory:
        """Return what the things of some labels are called."""
        if labels not in self._directories:
            directory = self._directories[labels] = Directory(self._taken_for)
            for label in labels:
                directory.add(label, self.nodes(NODE_TYPES[label]))
        return self._directories[labels]

    @cached_property
    def _taken_for(self) -> dict[str, str]:
        return read_comparisons(self).taken_for


def apply(store: Store, changes: Sequence[Change]) -> list[Done]:
    """Make changes in one load and return what came of each; where one is
    stale, none is made: ``Conflict`` carries the newer row."""
    report, tables, begun = Report(), list[InputTable](), list[_Begun]()
    try:
        with store.load() as writer:
            recover(store)
            read, new = ReadOnce(store), _names_of(changes)
            for change in changes:
                begun.append(_begin(read, change, new))
                add_rows(tables, change.record, [begun[-1].row], report)
            if report.failed:
                raise InputError(report.failed[0]["reason"])
            for table in tables:
                table.as_written = True
            for one in begun:
                store.journal().append(one.entry(Outcome.begun))
            at = now()
            marks = {table.index: one.mark(at) for table, one in zip(tables, begun, strict=True)}
            Folding(store, writer, report, marks=marks).run(tables)
    except LianzhangError as error:
        for one in begun:
            store.journal().append(one.entry(Outcome.refused, error.message))
        for change in changes[len(begun) :]:
            refuse(store, change, error)
        raise
    read = ReadOnce(store)
    return [_finish(store, read, table, one) for table, one in zip(tables, begun, strict=True)]


def refuse(store: Store, change: Change, error: LianzhangError) -> None:
    """Write down a change that was refused before it was begun."""
    store.journal().append(_Begun(change, uuid4().hex, None).entry(Outcome.refused, error.message))


def recover(store: Store) -> None:
    """Settle in the journal what was begun and not ended, for the process was killed: the graph says what came of it.

    To be called while nobody else can be writing.
    """
    ends: dict[str, JournalEntry] = {}
    for entry in store.journal().entries(RECENT):
        if entry.change:
            ends[entry.change] = entry
    for entry in ends.values():
        if entry.outcome is Outcome.begun:
            edits = read_edits(standing(store, record_of(entry.thing), entry.key) or {})
            of_it = [is_of(entry, name, edits.get(name)) for name in {*edits, *entry.after}]
            there = all(of_it) if entry.action == UNDONE else any(of_it)
            told = "进程中断,事后核对: 已写入" if there else "进程中断,事后核对: 没有写入"
            outcome = Outcome.done if there else Outcome.refused
            store.journal().append(JournalEntry(entry.action, entry.who, outcome, change=entry.change, told=told))


def writable(record: type[Record]) -> list[str]:
    """Return the fields of a type that people write."""
    return [name for name in record.model_fields if name not in (*NOT_WRITTEN, *_key_names(record))]


def thing_of(record: type[Record], key: Mapping[str, Any]) -> str:
    """Return in one text which row a key is: ``Label:id``, or ``TYPE:`` with the ends and the rest of the key."""
    if issubclass(record, Node):
        return f"{record.label()}:{key.get('id') or key.get('name')}"
    return f"{name_of(record)}:" + "→".join(str(key.get(name) or "") for name in _key_names(record))


def record_of(thing: str) -> type[Record]:
    """Return the type of a row that ``thing_of`` has named."""
    name = thing.partition(":")[0]
    record = NODE_TYPES.get(name) or EDGE_TYPES.get(name)
    if record is None:
        raise NotFound(f"模型里没有 {name[:60]} 这一类")
    return record


def _is_plain(value: Any) -> bool:
    """Tell whether a value is one that a cell may hold: a word, a number, yes or no, nothing, or several words."""
    parts = value if isinstance(value, (list, tuple)) else [value]
    return all(part is None or isinstance(part, (str, int, float, bool)) for part in parts)


def _key_names(record: type[Record]) -> tuple[str, ...]:
    """Return the columns that tell rows of a type apart."""
    if issubclass(record, Edge):
        return (*(name for name, _ in record.table.end_columns), *record.table.key)
    return ("id",)


def standing(store: Tables, record: type[Record], key: Mapping[str, Any]) -> Row | None:
    """Return a row as it stands, its ends being ids; None where there is none."""
    if issubclass(record, Edge):
        (start, _), (end, _) = record.table.end_columns
        wanted = {"from": key.get(start), "to": key.get(end)} | {name: key.get(name) for name in record.table.key}
        frames = [frame for ends in ends_of(record) for frame in store.edges(record, ends)]
    else:
        assert issubclass(record, Node)
        wanted, frames = {"id": key.get("id")}, [store.nodes(record)]
    # a part of a key that is not given is empty
    same = [pl.col(name).fill_null("") == (value or "") for name, value in wanted.items()]
    rows = (row for frame in frames for row in frame.filter(*same).iter_rows(named=True))
    return next(rows, None)


def _names_of(changes: Sequence[Change]) -> dict[str, str]:
    """Return the names of the nodes that changes are about, by id: some may be new, and known to nobody else yet."""
    nodes = (change for change in changes if issubclass(change.record, Node))
    return {str(one.key.get("id")): str(one.fields["name"]) for one in nodes if one.fields.get("name")}


def _begin(read: ReadOnce, change: Change, new: Mapping[str, str]) -> _Begun:
    """Return a change with the row that it is about; raises ``Conflict`` where that is not the one that was seen."""
    change.check()
    key, ends = _with_ids(read, change, new)
    change = replace(change, key=key)
    row = standing(read, change.record, change.key)
    if change.seen is not None and (row is None or tag_of(row) != change.seen):
        told = f"{_last(row)}" if row else "现在没有这一行"
        raise Conflict(f"{change.record.table.zh}：你打开之后这一行改过了，{told}；请看过再改", newer=row)
    return _Begun(change, uuid4().hex, row, ends)


def _with_ids(read: ReadOnce, change: Change, new: Mapping[str, str]) -> tuple[Row, str]:
    """Return a key with ids where its ends are named otherwise, and the names of its ends in one text; what names
    nothing stays, and is refused as a row."""
    record, key = change.record, change.key
    if not issubclass(record, Edge):
        return key, ""
    found, names = dict(key), list[str]()
    for side, (column, _) in enumerate(record.table.end_columns):
        labels = sorted({ends[side] for ends in ends_of(record)})
        known = [read.nodes(NODE_TYPES[label]) for label in labels]
        directory = read.directory((*labels,))
        (answer,) = directory.find(pl.Series([str(key.get(column) or "")]), labels).iter_rows(named=True)
        found[column] = answer["id"] or key.get(column)
        end = str(found[column] or "")
        named = (nodes.filter(pl.col("id") == end)["name"] for nodes in known)
        names.append(next((str(each[0]) for each in named if len(each)), new.get(end, end)))
    rest = "、".join(str(key[name]) for name in record.table.key[:2] if key.get(name))
    return found, " → ".join(names) + (f"（{rest}）" if rest else "")


def _last(row: Row) -> str:
    """Return who wrote last in a row, and when."""
    edits = sorted(read_edits(row).values(), key=lambda edit: edit.at)
    return f"{edits[-1].by} 于 {_moment(edits[-1].at)} 改过" if edits else f"现在的记录于 {row['recorded_at']}"


def _moment(at: str) -> str:
    """Return a moment by the clock of this machine."""
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M}"


def _finish(store: Store, read: ReadOnce, table: InputTable, begun: _Begun) -> Done:
    refused = [problem.reason for _, problems in table.refused for listed in problems.values() for problem in listed]
    refused += [bad.reason for bad in table.sheet.bad]
    outcome: Literal["new", "changed", "same"] = (
        "new" if table.report.new else "changed" if table.report.changed else "same"
    )
    end, told = (
        (Outcome.refused, ";".join(refused)) if refused else (Outcome.done, "" if outcome != "same" else "没有变化")
    )
    store.journal().append(begun.entry(end, told, store.version()))
    row = standing(read, begun.change.record, begun.change.key) or {}
    return Done("refused" if refused else outcome, told if refused else "", begun.id, row)


def _short(value: Any) -> Any:
    """Return a value without what is longer than any field takes: that is refused, and the journal need not hold it."""
    return value[:MOST_TEXT] + "…" if isinstance(value, str) and len(value.strip()) > MOST_TEXT else value


def _clipped(entry: JournalEntry) -> JournalEntry:
    """Return the entry of what was refused as the journal keeps it, however much was sent."""
    after = {name[:200]: _cut(value) for name, value in [*entry.after.items()][:MOST_REFUSED]}
    before = {name: value for name, value in entry.before.items() if name in after}
    key = {name: _cut(value) for name, value in entry.key.items()}
    own = {name: getattr(entry, name)[:MOST_WHY] for name in ("thing", "name", "told")}
    return replace(entry, before=before, after=after, key=key, **own)


def _cut(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_cut(part) for part in value[:MOST_REFUSED]]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return value if len(text) <= MOST_WHY else text[:MOST_WHY] + "…"


def _as_it_was(row: Row, name: str) -> Any:
    """Return what a field held, with who had written it there."""
    return _told(edit) if (edit := read_edits(row).get(name)) else {"value": row.get(name)}


def _told(edit: Edit | None) -> Any:
    return {"edit": asdict(edit)} if edit else None


def is_of(made: JournalEntry, name: str, edit: Edit | None) -> bool:
    """Tell whether a field stands as a change left it; one that took another back left what had stood before."""
    if made.action != UNDONE:
        return edit is not None and edit.change == made.change
    pin = pin_of(made.after.get(name))
    return name in made.after and (edit and edit.change) == (pin and pin.change)


def pin_of(told: Any) -> Edit | None:
    """Return the entry of a person that a field had, if any."""
    return Edit(**told["edit"]) if isinstance(told, dict) and "edit" in told else None

"""What people wrote looked back at: a change taken back, those after a generation made again, what a journal lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from graph.errors import Conflict, LianzhangError, NotFound
from graph.journal import JournalEntry, Outcome, settled
from graph.model import EDGES, EDITS, NODES, columns, ends_of
from graph.model.edits import Edit, read_edits, tag_of
from graph.stores import Store
from loaders.changes import RESTORED, UNDONE, Change, Done, ReadOnce, apply, is_of, pin_of, record_of, standing


def undo(store: Store, change: str, by: str, why: str = "", role: str = "") -> Done:
    """Take a change back, as a change: what stood before it stands again; one that made a row ends the row, or gives
    it to the files that have brought it since.

    Raises ``NotFound`` for a change that the journal does not know as done, ``Conflict`` where somebody has written
    over it since.
    """
    (done,) = undo_all(store, [change], by, why, role)
    return done


def undo_all(store: Store, changes: Sequence[str], by: str, why: str = "", role: str = "") -> list[Done]:
    """Take changes back in one load, all or none; raises as ``undo`` does."""
    wanted, told = {*changes}, dict[str, list[JournalEntry]]()
    for entry in store.journal().entries():
        if entry.change in wanted:
            told.setdefault(entry.change, []).append(entry)
    read = ReadOnce(store)
    back = [_back(read, change, told.get(change, ()), by, why or f"撤销 {change}", role) for change in changes]
    return apply(store, back)


def _back(read: ReadOnce, change: str, told: Sequence[JournalEntry], by: str, why: str, role: str) -> Change:
    """Return the change that takes one back of which the journal has told."""
    made = next((entry for entry in told if entry.outcome is Outcome.begun), None)
    if made is None or told[-1].outcome is not Outcome.done:
        raise NotFound(f"操作记录里没有做成了的改动 {change[:60]},可用 lianzhang audit 查看")
    record, key = record_of(made.thing), {**made.key}
    row = standing(read, record, key)
    if row is None:
        raise NotFound(f"图中没有 {made.thing} 这一行了,无从撤销")
    edits = read_edits(row)
    own = {name for name in columns(record) if is_of(made, name, edits.get(name))}
    if not own or any(_moved_on(edits.get(name), made.before[name]) for name in {*made.after} - own):
        raise Conflict(f"{record.table.zh}: 这次改动之后又有人改过,或已撤销过;请先撤销后来的改动", newer=row)
    if made.action == "新增" and not _is_of_files(edits):
        return Change(record, key, None, by, why, tag_of(row), role)
    pins = {name: pin_of(made.before.get(name)) for name in own}
    return Change(record, key, {}, by, why, tag_of(row), role, pins)


def unwritten(store: Store) -> list[str]:
    """Return in words what the journal lacks of what people wrote in the graph: it was emptied, or is another's.

    After a restore the graph may hold what the journal of another store tells of.
    """
    entries = [*store.journal().entries()]
    if any(entry.action == "恢复" for entry in entries):
        return []
    known = {entry.change for entry in entries}
    frames = [store.nodes(node) for node in NODES]
    frames += [frame for edge in EDGES for ends in ends_of(edge) for frame in store.edges(edge, ends)]
    rows = (row for frame in frames for row in frame.filter(pl.col(EDITS).is_not_null()).iter_rows(named=True))
    lost = {edit.change for row in rows for edit in read_edits(row).values()} - known
    return [f"图里有 {len(lost):,} 次人写的改动,记录里没有"] if lost else []


def redo(store: Store, generation: int) -> tuple[int, list[str]]:
    """Make the changes again that people made after a generation of an embedded store, in their order.

    Return how many were made, and of each that could not be made what it was and why.
    """
    made, failed = 0, list[str]()
    entries = settled(store.journal().entries())
    whole = [place for place, entry in enumerate(entries) if _is_whole(entry, generation)]
    for entry in entries[max(whole, default=-1) + 1 :]:
        number = entry.version.partition("-")[0]
        if (
            not entry.change
            or not entry.thing
            or entry.outcome is not Outcome.done
            or not number.isdecimal()
            or int(number) <= generation
        ):
            continue
        pins = {name: pin_of(told) for name, told in entry.after.items()} if entry.action == UNDONE else None
        told = f"退回之后重做 {entry.change}"
        record, key, fields = record_of(entry.thing), {**entry.key}, {**entry.after}
        change = Change(record, key, fields, entry.who, entry.why, role=entry.role, told=told)
        try:
            (done,) = apply(store, [replace(change, set={}, pins=pins) if pins is not None else change])
        except LianzhangError as error:
            failed.append(f"{entry.who} {entry.at[:19]} {entry.name or entry.thing}: {error.message}")
            continue
        if done.outcome == "refused":
            failed.append(f"{entry.who} {entry.at[:19]} {entry.name or entry.thing}: {done.reason}")
        else:
            made += 1
    return made, failed


def _is_whole(entry: JournalEntry, generation: int) -> bool:
    """Tell whether an entry is a restoring that a generation holds: what was written before it, if anything, is of
    another numbering."""
    number = entry.version.partition("-")[0]
    return entry.action == RESTORED and number.isdecimal() and int(number) <= generation


def _is_of_files(edits: Mapping[str, Edit]) -> bool:
    """Tell whether files say a row too, that a person made: they give it a status."""
    return "status" not in edits or edits["status"].base is not None


def _moved_on(edit: Edit | None, told: Any) -> bool:
    """Tell whether a field is somebody else's now than it was before a change that left it as it was."""
    was = pin_of(told)
    return (edit and edit.change) != (was and was.change)

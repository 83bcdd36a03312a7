"""The one door for what people change: each change says who makes it and why,
and is loaded as a row of its type like any other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from graph.errors import Conflict, InputError
from graph.model import Edge, Node, Record, ends_of
from graph.stores import Store
from loaders.report import Report
from loaders.run import Options, load_tables
from loaders.tables import InputTable, Row, add_rows


@dataclass(frozen=True)
class Change:
    """What somebody makes of one row: ``key`` tells which, ``set`` what else it holds.

    ``seen`` is when the row that the writer saw was recorded (``recorded_at``); with it the key holds ids, not names.
    """

    record: type[Record]
    key: Row
    set: Row
    by: str
    why: str = ""
    seen: str | None = None


@dataclass(frozen=True)
class Done:
    """What came of a change, and why where it was refused."""

    outcome: Literal["new", "changed", "same", "refused"]
    reason: str = ""


def apply(store: Store, changes: Sequence[Change]) -> list[Done]:
    """Make changes in one load and return what came of each; where one is
    stale, none is made: ``Conflict`` carries the newer row."""
    report, tables = Report(), list[InputTable]()
    with store.load() as writer:
        for change in changes:
            _refuse_stale(store, change)
            add_rows(tables, change.record, [change.key | change.set], report)
        if report.failed:
            raise InputError(report.failed[0]["reason"])
        load_tables(tables, store, writer, report, Options())
    return [_done(table) for table in tables]


def _refuse_stale(store: Store, change: Change) -> None:
    if change.seen is None:
        return
    newer = _standing(store, change)
    if newer is None or newer["recorded_at"] != change.seen:
        told = f"现在的记录于 {newer['recorded_at']}" if newer else "现在没有这一行"
        raise Conflict(
            f"{change.record.table.zh}: 这一行改过了,你看到的记录于 {change.seen},{told};请重新打开再改", newer=newer
        )


def _standing(store: Store, change: Change) -> dict[str, Any] | None:
    """Return the row that a change is about as it stands, its ends being ids."""
    record, key = change.record, change.key
    if issubclass(record, Edge):
        (start, _), (end, _) = record.table.end_columns
        wanted = {"from": key[start], "to": key[end]} | {name: key.get(name) for name in record.table.key}
        frames = [frame for ends in ends_of(record) for frame in store.edges(record, ends)]
    else:
        assert issubclass(record, Node)
        wanted, frames = {"id": key["id"]}, [store.nodes(record)]
    # a part of a key that is not given is empty
    same = [pl.col(name).fill_null("") == (value or "") for name, value in wanted.items()]
    rows = (row for frame in frames for row in frame.filter(*same).iter_rows(named=True))
    return next(rows, None)


def _done(table: InputTable) -> Done:
    refused = [problem.reason for _, problems in table.refused for of_row in problems.values() for problem in of_row]
    refused += [bad.reason for bad in table.sheet.bad]
    if refused:
        return Done("refused", ";".join(refused))
    return Done("new" if table.report.new else "changed" if table.report.changed else "same")

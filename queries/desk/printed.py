"""How the terminal and CSV tell of the desk: one table of all its parts, which JSON and the workbook have apart."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from queries.core.table import Column, Table, text_of
from queries.desk.answers import Desk, Duties
from queries.desk.tables import tables_of_desk, tables_of_duties, tables_of_samples


class PrintedLine(NamedTuple):
    """A row of one of the tables as a line of the whole."""

    part: str
    what: str
    more: str
    status: str | None
    source: str


COLUMNS: list[Column[PrintedLine]] = [
    Column("部分", lambda line: line.part),
    Column("什么", lambda line: line.what),
    Column("怎样", lambda line: line.more),
    Column("状态", lambda line: line.status, "status"),
    Column("来源", lambda line: line.source),
]


def desk(answer: Desk) -> Table[PrintedLine]:
    """Return all parts of a desk as one table, the made-up rows last."""
    tables = [*tables_of_desk(answer).values(), *tables_of_samples(answer).values()]
    return Table("desk", "工作台", COLUMNS, _lines(tables))


def duties(answer: Duties) -> Table[PrintedLine]:
    """Return all that somebody answers for as one table."""
    return Table("duties", "职责", COLUMNS, _lines(list(tables_of_duties(answer).values())))


def _lines(tables: Sequence[Table[Any]]) -> list[PrintedLine]:
    """Return each row as a line: its first column, then the others that say something, each with its head."""
    lines = []
    for table in tables:
        own = [column for column in table.in_files if column.on != "page" and column.head not in ("状态", "来源")]
        for item in table.items:
            first, *rest = ((column.head, text_of(column, item, {}, "、")) for column in own)
            more = "；".join(f"{head} {text}" for head, text in rest if text)
            lines.append(PrintedLine(table.title, first[1], more, getattr(item, "status", None), _source(item)))
    return lines


def _source(item: Any) -> str:
    return "、".join(getattr(item, "sources", None) or filter(None, [getattr(item, "source", "")]))


def notes_of_desk(answer: Desk, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, by which day and rules it is, and that there are samples."""
    yield answer.verdict
    yield f"截至 {answer.as_of}，规则 {answer.rules_version}"
    if answer.samples.any:
        yield "另有示例（虚构）行，只作演示，没有算进上面这句话"


def notes_of_duties(answer: Duties, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, and by which day it is."""
    yield answer.verdict
    if answer.collective:
        yield "这是统称，没有点名是哪一位、哪一家"
    yield f"截至 {answer.as_of}"

"""Answers of several tables: all as one for the terminal and CSV, the rows that are missing, samples apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from queries.core.answers import MissingRows, Overview
from queries.core.table import Ask, Column, Table, text_of


class PrintedLine(NamedTuple):
    """A row of one of the tables as a line of the whole."""

    part: str
    what: str
    more: str
    status: str | None
    source: str


LINES: list[Column[PrintedLine]] = [
    Column("部分", lambda line: line.part),
    Column("什么", lambda line: line.what),
    Column("怎样", lambda line: line.more),
    Column("状态", lambda line: line.status, "status"),
    Column("来源", lambda line: line.source),
]
MISSING: list[Column[MissingRows]] = [
    Column("缺哪些行", lambda lacking: lacking.what),
    Column("为什么要", lambda lacking: lacking.why),
    Column("空表", lambda lacking: Ask(f"templates/{lacking.form}.xlsx", f"下载“{lacking.form_name}”空表"), on="page"),
    Column("空表", lambda lacking: f"lianzhang template {lacking.form} --out {lacking.form}.xlsx", on="text"),
]


@dataclass(frozen=True)
class Book:
    """The tables of an answer by what they show, under a title: those that count, and the made-up ones apart."""

    title: str
    tables: Mapping[str, Table[Any]]
    samples: Mapping[str, Table[Any]] = field(default_factory=dict)

    @property
    def whole(self) -> Table[PrintedLine]:
        """Return all tables as one, for the terminal and CSV."""
        return as_one("whole", self.title, [*self.tables.values(), *self.samples.values()])

    def notes(self, answer: Overview) -> Iterator[str]:
        """Yield what is said beside the tables: the verdict, the day and the rules, and that there are samples."""
        yield answer.verdict
        yield f"截至 {answer.as_of}，规则 {answer.rules_version}"
        if self.samples:
            yield "另有示例（虚构）行，只作演示，没有算进上面这句话"


def as_one(id: str, title: str, tables: Iterable[Table[Any]]) -> Table[PrintedLine]:
    """Return several tables as one: each row a line of its first column, then what the others say, with their heads."""
    lines = []
    for table in tables:
        own = [column for column in table.in_files if column.on != "page" and column.head not in ("状态", "来源")]
        for item in table.items:
            first, *rest = ((column.head, text_of(column, item, {}, "、")) for column in own)
            more = "；".join(f"{head} {text}" for head, text in rest if text)
            lines.append(PrintedLine(table.title, first[1], more, getattr(item, "status", None), _source(item)))
    return Table(id, title, LINES, lines)


def _source(item: Any) -> str:
    return "、".join(getattr(item, "sources", None) or filter(None, [getattr(item, "source", "")]))


MADE_UP = "这是示例（虚构），只作演示，不可引用"


def table_of_missing(rows: Sequence[MissingRows]) -> Table[MissingRows]:
    """Return the rows that the graph lacks, each with its form."""
    return Table("missing", "还缺哪些行", MISSING, rows, "填好的空表由“载入”交回；没有登记不等于没有。", "没有")


def as_samples(tables: Mapping[str, Table[Any]]) -> dict[str, Table[Any]]:
    """Return the tables of what is made up under names that say so, without those that have no row."""
    return {name: _as_sample(table) for name, table in tables.items() if table.items}


def _as_sample(table: Table[Any]) -> Table[Any]:
    return replace(table, id=f"sample-{table.id}", title=f"示例 {table.title}", note="")

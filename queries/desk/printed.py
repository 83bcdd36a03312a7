"""How the terminal and CSV tell of the desk: one table of all its parts, which JSON and the workbook have apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from queries.core.parts import PrintedLine, as_one
from queries.core.table import Table
from queries.desk.answers import Desk, Duties
from queries.desk.tables import tables_of_desk, tables_of_duties, tables_of_samples


def desk(answer: Desk) -> Table[PrintedLine]:
    """Return all parts of a desk as one table, the made-up rows last."""
    tables = [*tables_of_desk(answer).values(), *tables_of_samples(answer).values()]
    return as_one("desk", "工作台", tables)


def duties(answer: Duties) -> Table[PrintedLine]:
    """Return all that somebody answers for as one table."""
    return as_one("duties", "职责", tables_of_duties(answer).values())


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

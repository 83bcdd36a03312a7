"""The desk of a chain as a workbook: a sheet for each of its parts, the made-up rows on sheets of their own."""

from dataclasses import replace
from pathlib import Path

from api.core.workbooks import make_tables_workbook
from graph.outputs import write_bytes
from queries.desk.answers import Desk
from queries.desk.tables import tables_of_desk, tables_of_samples


def make_desk_workbook(answer: Desk) -> bytes:
    """Return the workbook of a desk."""
    lines = [answer.verdict, f"截至 {answer.as_of}，规则 {answer.rules_version}"]
    samples = [replace(table, note="虚构，只作演示") for table in tables_of_samples(answer).values()]
    names = {source.id: source.name for source in answer.sources}
    tables = [*tables_of_desk(answer).values(), *samples]
    return make_tables_workbook(f"{answer.chain}产业链工作台", lines, tables, names)


def write_desk_workbook(answer: Desk, path: Path) -> None:
    """Write the workbook of a desk to a file."""
    write_bytes(path, make_desk_workbook(answer))

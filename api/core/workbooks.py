"""Any tables as an Excel workbook: a sheet each, with what they are, the day, the status and the source of each row."""

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph.errors import InputError
from graph.outputs import check_writable, write_bytes
from queries.core.answers import Overview
from queries.core.parts import Book
from queries.core.table import Number, Table, text_of

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL, WIDEST, NAME = 32_000, 48, 31  # signs of a cell, of a column's width, of a sheet's name


def check_workbook_file(path: Path) -> None:
    """Raise ``InputError`` for a file that is not to be a workbook, ``OutputError`` where it cannot be written."""
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path} 应以 .xlsx 结尾")
    check_writable(path)


def write_book(book: Book, answer: Overview, path: Path) -> None:
    """Write the tables of an answer to a workbook."""
    write_bytes(path, make_workbook(book, answer))


def make_workbook(book: Book, answer: Overview) -> bytes:
    """Return a workbook: a sheet for each table of an answer, above it the verdict, the day and the rules."""
    lines, sources = [*book.notes(answer)], {source.id: source.name for source in answer.sources}
    tables = [*book.tables.values(), *(replace(sample, note="虚构，只作演示") for sample in book.samples.values())]
    return _make([(f"{book.title}：{table.title}", table) for table in tables], lines, sources)


def make_sheet(title: str, table: Table[Any], lines: Sequence[str], sources: Mapping[str, str]) -> bytes:
    """Return a workbook of one table, below its title and some lines."""
    return _make([(title, table)], lines, sources)


def _make(tables: Sequence[tuple[str, Table[Any]]], lines: Sequence[str], sources: Mapping[str, str]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, plain) as made:
        cell = {"border": 1, "border_color": "#B8C2CC", "valign": "top", "text_wrap": True}
        looks = {
            "title": made.add_format({"bold": True, "font_size": 14}),
            "line": made.add_format({"valign": "top"}),
            "head": made.add_format(cell | {"bold": True, "bg_color": "#DDE6F0"}),
            "text": made.add_format(cell | {"num_format": "@"}),
            "number": made.add_format(cell),
        }
        for title, table in tables:
            page = made.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:NAME])
            _write(page, [title, *lines, *filter(None, [table.note])], table, sources, looks)
    return buffer.getvalue()


def _write(
    page: Any,
    lines: Sequence[str],
    table: Table[Any],
    sources: Mapping[str, str],
    looks: Mapping[str, Any],
) -> None:
    for number, line in enumerate(lines):
        page.write_string(number, 0, line[:CELL], looks["line" if number else "title"])
    start = len(lines)
    columns = table.in_files
    rows = [[(column.of(item), text_of(column, item, sources, "、")) for column in columns] for item in table.items]
    for place, column in enumerate(columns):
        page.write_string(start, place, column.head, looks["head"])
        wide = max([_width(column.head), *(_width(row[place][1]) for row in rows)])
        page.set_column(place, place, min(WIDEST, wide + 3))
    for number, row in enumerate(rows, start + 1):
        for place, (value, text) in enumerate(row):
            plain = value.value if isinstance(value, Number) else value
            if isinstance(plain, (int, float)) and not isinstance(plain, bool) and text == f"{plain:g}":
                page.write_number(number, place, plain, looks["number"])
            else:
                page.write_string(number, place, text[:CELL], looks["text"])
    if not rows:
        page.write_string(start + 1, 0, table.empty, looks["line"])
    page.freeze_panes(start + 1, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(start)


def _width(text: str) -> int:
    """Return how wide a text is; a Chinese character is two wide."""
    wide = [[unicodedata.east_asian_width(sign) in "WFA" for sign in line] for line in text.split("\n")]
    return max(len(line) + sum(line) for line in wide)

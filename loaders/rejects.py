"""Refused rows, written with a reason column, so that they can be mended and loaded again.

A spreadsheet makes 9.13702E+17 of a code in a CSV: so the rows of a table are given as a workbook whose cells are text,
and only those that no sheet holds whole (a long cell, a ragged row, very many) in the form of their file. What would
run as a formula gets an apostrophe in front, and in a CSV a long number ``="…"``; ``InputTable`` takes both off again.
"""

import csv
import io
import json
import re
from pathlib import Path

import polars as pl

from graph.outputs import writing
from loaders.files.heads import REASON_HEADS
from loaders.files.sheets import ROW, BadRow
from loaders.report import shown
from loaders.tables import InputTable

EXCEL_CELL = 32_767
MOST_ROWS = 100_000  # of a workbook: more is only slow
WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods")
JSON_LINES = (".jsonl", ".ndjson")
_risky = re.compile(r"\s*(?:[=@]|[+\-](?!\d+(?:[.,]\d+)*%?\s*$))")
_digits = re.compile(r"0\d+|\d{12,}")
_no_xml = re.compile("[\x00\ufffe\uffff\ud800-\udfff]")
_unfit = re.compile(r"[^\w()()-]+")

Row = tuple[int, list[str], str]


def write_rejects(tables: list[InputTable], folder: Path) -> list[str]:
    """Write one file for each table with refused rows and return their paths."""
    written: dict[str, None] = {}
    for table in (table for table in tables if table.piece is None):
        rows = _refused(table, [part for part in tables if part.piece and is_same_sheet(part, table)])
        if not rows:
            continue
        suffix = _suffix(table, rows)
        stem = shown(table.sheet.path.stem) + (f"-{table.sheet.name}" if table.sheet.name else "")
        stem = _unfit.sub("_", stem).encode()[:200].decode("utf-8", "ignore")
        target = folder / f"{stem}-rejects{suffix}"
        for number in range(2, len(written) + 2):
            if str(target) in written:
                target = folder / f"{stem}-rejects-{number}{suffix}"
        with writing(target) as fresh:
            _write(fresh, target.suffix, table, rows)
        written[str(target)] = None
    return list(written)


def _suffix(table: InputTable, rows: list[Row]) -> str:
    """Return what kind of file can hold the rows whole."""
    suffix, width = table.sheet.path.suffix.lower(), len(table.sheet.heads)
    if suffix in JSON_LINES:
        return suffix
    fits = all(
        len(cells) == width and all(len(cell) < EXCEL_CELL and not _no_xml.search(cell) for cell in cells)
        for _, cells, _ in rows
    )
    if fits and len(rows) <= MOST_ROWS:
        return ".xlsx"
    return suffix if suffix == ".tsv" else ".csv"


def is_same_sheet(part: InputTable, table: InputTable) -> bool:
    """Tell whether two tables have the rows of one sheet."""
    return (part.sheet.path, part.sheet.name) == (table.sheet.path, table.sheet.name)


def _refused(table: InputTable, pieces: list[InputTable]) -> list[Row]:
    """Return the refused rows of a sheet in their order: number, cells as they came, reasons."""
    width = len(table.sheet.heads)
    rows: dict[int, Row] = {bad.row: (bad.row, _cells(bad, table), bad.reason) for bad in table.sheet.bad}
    for raw, problems in (refused for part in (table, *pieces) for refused in part.refused):
        for row in raw.select(ROW, *(pl.col(str(index)) for index in range(width))).iter_rows():
            before = [rows[row[0]][2]] if row[0] in rows else []
            reasons = dict.fromkeys([*before, *(problem.reason for problem in problems[row[0]])])
            rows[row[0]] = row[0], [cell or "" for cell in row[1:]], ";".join(reasons)
    return [rows[number] for number in sorted(rows)]


def _cells(bad: BadRow, table: InputTable) -> list[str]:
    """Return an unreadable row: its own cells, else its text in the first; a
    ragged row stays ragged until it is mended."""
    return bad.cells if bad.cells is not None else [bad.text, *[""] * (len(table.sheet.heads) - 1)]


def _write(target: Path, suffix: str, table: InputTable, rows: list[Row]) -> None:
    width = len(table.sheet.heads)
    own_columns = [index for index, head in enumerate(table.sheet.heads) if head not in REASON_HEADS]
    heads = [table.sheet.heads[index] for index in own_columns]
    spare = len(own_columns) - width or None  # a ragged row loses the old reason from its end
    cut = [
        (number, [cells[index] for index in own_columns] if len(cells) == width else cells[:spare], reason)
        for number, cells, reason in rows
    ]
    if suffix == ".xlsx":
        _write_xlsx(target, table, heads, cut)
    elif suffix in JSON_LINES:
        _write_jsonl(target, table, heads, cut)
    else:
        _write_csv(target, heads, cut, "\t" if suffix == ".tsv" else ",")


def _safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if _risky.match(text) else text


def _write_csv(target: Path, heads: list[str], rows: list[Row], delimiter: str) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        writer.writerow([*heads, REASON_HEADS[0]])
        for _, cells, reason in rows:
            writer.writerow([*(f'="{cell}"' if _digits.fullmatch(cell) else _safe(cell) for cell in cells), reason])


def _write_jsonl(target: Path, table: InputTable, heads: list[str], rows: list[Row]) -> None:
    broken = {bad.row: bad.text for bad in table.sheet.bad}
    with target.open("w", encoding="utf-8") as stream:
        for number, cells, reason in rows:
            line = {head: _safe(cell) for head, cell in zip(heads, cells, strict=False) if cell}
            line = {"原文": broken[number]} if number in broken else line
            stream.write(json.dumps(line | {REASON_HEADS[0]: reason}, ensure_ascii=False) + "\n")


def _write_xlsx(target: Path, table: InputTable, heads: list[str], rows: list[Row]) -> None:
    name = re.sub(r"[\[\]:*?/\\']", "_", table.sheet.name or table.record.table.zh)[:31]
    buffer = io.BytesIO()
    import xlsxwriter  # only where rows are refused

    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        page = book.add_worksheet("_" if name.lower() in ("", "history") else name)
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        page.write_row(0, 0, [*heads, REASON_HEADS[0]], bold)
        for number, (_, cells, reason) in enumerate(rows, 1):
            for column, cell in enumerate([*map(_safe, cells), reason[:EXCEL_CELL]]):
                page.write_string(number, column, cell, text)
        page.set_column(0, len(heads), 18, text)
    target.write_bytes(buffer.getbuffer())

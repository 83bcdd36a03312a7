"""Refused rows, written in the form of their file with a reason column, so that they can be mended and loaded again."""

import csv
import json
from pathlib import Path

import polars as pl
import xlsxwriter

from graph.model.kinds import FORMULA
from loaders.heads import REASON_HEADS
from loaders.sheets import ROW
from loaders.tables import Table

EXCEL_CELL = 32_767


def write_rejects(tables: list[Table], folder: Path) -> list[str]:
    """Write one file for each table with refused rows and return their paths."""
    written: list[str] = []
    for table in tables:
        rows = _rows(table)
        if not rows and not table.sheet.bad:
            continue
        source = table.sheet.path
        stem = f"{source.stem}-{table.sheet.name}-rejects" if table.sheet.name else f"{source.stem}-rejects"
        suffix = {".json": ".jsonl"}.get(source.suffix.lower(), source.suffix.lower())
        target = folder / (stem + (".xlsx" if suffix in (".xlsx", ".xls", ".xlsm", ".ods") else suffix))
        if str(target) in written:
            target = folder / source.resolve().parent.name / target.name
        target.parent.mkdir(parents=True, exist_ok=True)
        {".xlsx": _write_xlsx, ".jsonl": _write_jsonl, ".ndjson": _write_jsonl}.get(target.suffix, _write_csv)(target, table, rows)
        written.append(str(target))
    return written


def _rows(table: Table) -> list[list[str]]:
    width = len(table.sheet.heads)
    rows: list[tuple[int, list[str]]] = []
    for raw, problems in table.refused:
        for row in raw.select(ROW, *(pl.col(str(index)) for index in range(width))).iter_rows():
            reason = ";".join(problem.reason for problem in problems[row[0]])
            rows.append((row[0], [*(_safe(cell or "") for cell in row[1:]), reason]))
    return [row for _, row in sorted(rows, key=lambda item: item[0])]


def _safe(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if pl.select(pl.lit(text[:300]).str.contains(FORMULA)).item() else text


def _write_csv(target: Path, table: Table, rows: list[list[str]]) -> None:
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter="\t" if target.suffix == ".tsv" else ",", lineterminator="\n")
        writer.writerow([*table.sheet.heads, REASON_HEADS[0]])
        writer.writerows(rows)
        padding = [""] * (len(table.sheet.heads) - 1)
        writer.writerows([_safe(bad.text), *padding, bad.reason] for bad in table.sheet.bad)


def _write_jsonl(target: Path, table: Table, rows: list[list[str]]) -> None:
    heads = [*table.sheet.heads, REASON_HEADS[0]]
    with target.open("w", encoding="utf-8") as stream:
        for row in rows:
            stream.write(json.dumps({head: cell for head, cell in zip(heads, row, strict=True) if cell}, ensure_ascii=False) + "\n")
        for bad in table.sheet.bad:
            stream.write(json.dumps({"原文": bad.text, REASON_HEADS[0]: bad.reason}, ensure_ascii=False) + "\n")


def _write_xlsx(target: Path, table: Table, rows: list[list[str]]) -> None:
    with xlsxwriter.Workbook(str(target), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet((table.sheet.name or table.record.table.zh)[:31])
        bold = book.add_format({"bold": True})
        page.write_row(0, 0, [*table.sheet.heads, REASON_HEADS[0]], bold)
        for number, row in enumerate(rows, 1):
            page.write_row(number, 0, [cell[:EXCEL_CELL] for cell in row])
        page.set_column(0, len(table.sheet.heads), 18)

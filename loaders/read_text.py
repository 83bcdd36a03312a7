"""Delimited text: CSV and its relatives, in the encodings that offices use, streamed."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from graph.errors import InputError
from loaders.heads import find_header
from loaders.sheets import CHUNK_ROWS, ROW, BadRow, Sheet, raw_frame

SAMPLE = 1 << 20
BLOCK = 16 << 20
DELIMITERS = ",\t;"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path) -> list[Sheet]:
    """Return the one table of a CSV, TSV or semicolon file; raises ``InputError`` where it is not text or has no head."""
    encoding = find_encoding(path)
    csv.field_size_limit(1 << 30)
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        sample = stream.read(SAMPLE)
    if not sample.strip():
        raise InputError("文件是空的,应有一行表头和至少一行数据")
    delimiter, rows = _sample_rows(sample)
    header = find_header(rows)
    if header is None:
        raise InputError(f"前 {len(rows)} 行里没有可识别的表头;第一行是 {delimiter.join(rows[0])[:100]!r}")
    sheet = Sheet(path, None, [head.strip() for head in rows[header]], iter(()))
    sheet.chunks = _chunks(sheet, encoding, delimiter, header)
    return [sheet]


def find_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-8 if valid, else UTF-16 by its zero bytes, else GB18030."""
    with path.open("rb") as stream:
        start = stream.read(SAMPLE)
    for mark, name in BOMS:
        if start.startswith(mark):
            return name
    zeros = start[:4096].count(0)
    if zeros > len(start[:4096]) // 8:
        return "utf-16-le" if start[1:2] == b"\0" else "utf-16-be"
    for name in ("utf-8", "gb18030"):
        if _decodes(path, name):
            return name
    raise InputError("文件编码认不出,应为 UTF-8、GB18030 或 UTF-16。请用 WPS/Excel 另存为“CSV UTF-8”")


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample_rows(sample: str) -> tuple[str, list[list[str]]]:
    best: tuple[int, str, list[list[str]]] = (-1, ",", [])
    for delimiter in DELIMITERS:
        rows = []
        for row in csv.reader(io.StringIO(sample), delimiter=delimiter):
            rows.append(row)
            if len(rows) >= 30:
                break
        header = find_header(rows)
        width = len(rows[header]) if header is not None else 0
        if width > best[0]:
            best = (width, delimiter, rows)
    return best[1], best[2]


def _chunks(sheet: Sheet, encoding: str, delimiter: str, header: int) -> Iterator[pl.DataFrame]:
    """Stream with Arrow; what Arrow cannot take (a giant cell, a stray quote) goes through Python's reader, row by row."""
    done = 0
    try:
        for frame in _arrow_chunks(sheet, encoding, delimiter, header):
            done = int(frame[ROW][-1]) if len(frame) else done
            yield frame
    except pa.ArrowInvalid:
        skipped = {bad.row for bad in sheet.bad}
        yield from _slow_chunks(sheet, encoding, delimiter, header, done, skipped)


def _arrow_chunks(sheet: Sheet, encoding: str, delimiter: str, header: int) -> Iterator[pl.DataFrame]:
    width = len(sheet.heads)
    names = [str(index) for index in range(width)]
    skipped: list[int] = []

    def on_invalid(row: Any) -> str:
        number = header + 1 + len(skipped) if row.number is None else int(row.number)
        skipped.append(number)
        if row.text.strip():
            sheet.bad.append(BadRow(number, row.text, f"这一行有 {row.actual_columns} 列,表头有 {width} 列,请检查引号和分隔符"))
        return "skip"

    with arrow_csv.open_csv(
        sheet.path,
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=BLOCK, skip_rows=header + 1, column_names=names, encoding="utf-8" if encoding == "utf-8-sig" else encoding
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=on_invalid
        ),
        convert_options=arrow_csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, check_utf8=True),
    ) as reader:
        seen = 0
        pending: list[pl.DataFrame] = []
        for batch in reader:
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            pending.append(frame)
            if sum(map(len, pending)) >= CHUNK_ROWS:
                yield _numbered(pl.concat(pending), seen, header, skipped)
                seen += sum(map(len, pending))
                pending = []
        if pending:
            yield _numbered(pl.concat(pending), seen, header, skipped)


def _numbered(frame: pl.DataFrame, seen: int, header: int, skipped: list[int]) -> pl.DataFrame:
    """Add each row's number, counting the rows that were skipped before it."""
    rows = np.arange(seen, seen + len(frame)) + header + 2
    holes = np.sort(np.array(skipped, dtype=np.int64))
    rows = rows + np.searchsorted(holes - np.arange(len(holes)), rows, side="right")
    return frame.with_columns(pl.Series(ROW, rows, dtype=pl.UInt32))


def _slow_chunks(sheet: Sheet, encoding: str, delimiter: str, header: int, done: int, skipped: set[int]) -> Iterator[pl.DataFrame]:
    width = len(sheet.heads)
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    with sheet.path.open(encoding=encoding, errors="replace", newline="") as stream:
        for number, row in enumerate(csv.reader(stream, delimiter=delimiter), 1):
            if number <= max(done, header + 1) or number in skipped or not any(row):
                continue
            if len(row) != width:
                sheet.bad.append(BadRow(number, delimiter.join(row)[:2000], f"这一行有 {len(row)} 列,表头有 {width} 列,请检查引号和分隔符"))
                continue
            rows.append([*row])
            numbers.append(number)
            if len(rows) >= CHUNK_ROWS:
                yield raw_frame(rows, numbers, width)
                rows, numbers = [], []
    if rows:
        yield raw_frame(rows, numbers, width)

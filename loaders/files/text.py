"""Delimited text: CSV and its relatives, in the encodings that offices use, streamed."""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from graph.encodings import find_encoding, open_text
from graph.errors import InputError
from loaders.files.heads import count_heads, find_header, heads_at
from loaders.files.quotes import CleanBytes, Fault, Lines, Odd, TextRow, read_rows
from loaders.files.sheets import CHUNK_ROWS, MAX_COLUMNS, ROW, BadRow, Sheet, raw_frame, text_above

SAMPLE = 1 << 20
BLOCK = 16 << 20
CHUNK_BYTES = 2 * BLOCK
CELL_LIMIT = 1 << 20
TEXT_LIMIT = 100_000
DELIMITERS = ",\t;"


@dataclass
class _Layout:
    """How a file is cut: its encoding and delimiter, the row of its heads, and on which line that row ends.

    ``longer`` are rows, with their numbers, that only had empty cells too many.
    """

    sheet: Sheet
    encoding: str
    delimiter: str
    header: int
    lines: int
    skipped: list[int] = field(default_factory=list)
    longer: list[tuple[int, list[str | None]]] = field(default_factory=list)


def read_text(path: Path, also: frozenset[str] = frozenset()) -> list[Sheet]:
    """Return the one table of a CSV, TSV or semicolon file; raises
    ``InputError`` where it is not text or has no head."""
    encoding = find_encoding(path)
    csv.field_size_limit(CELL_LIMIT)
    with open_text(path, encoding) as stream:
        sample = stream.read(SAMPLE)
    if not sample.strip():
        raise InputError("文件是空的,应有一行表头和至少一行数据")
    delimiter, rows, ends = _sample_rows(sample, also)
    header = find_header(rows, also)
    if header is None:
        first = next((row for row in rows if any(row)), [])
        raise InputError(f"前 {len(rows)} 行里没有可识别的表头;第一行是 {delimiter.join(first)[:100]!r}")
    heads, above, header = heads_at(rows, header)
    if len(heads) > MAX_COLUMNS:
        raise InputError(f"表头有 {len(heads)} 列,超过上限 {MAX_COLUMNS} 列,请检查分隔符")
    sheet = Sheet(path, None, [head.strip() for head in heads], iter(()), above=text_above(rows[:above]))
    sheet.chunks = _chunks(_Layout(sheet, encoding, delimiter, header, ends[header]))
    return [sheet]


def _sample_rows(sample: str, also: frozenset[str]) -> tuple[str, list[list[str]], list[int]]:
    """Return the delimiter under which the header has the most heads, then is widest, the first rows, and the line on
    which each ends: a cell that lists much has more semicolons than the table has columns."""
    best: tuple[tuple[int, int], str, list[list[str]], list[int]] = ((-1, -1), ",", [], [])
    for delimiter in DELIMITERS:
        lines = Lines(io.StringIO(sample, newline=""))
        first = list(itertools.islice(read_rows(lines, delimiter, None), 30))
        rows = [row.cells for row in first]
        header = find_header(rows, also)
        fit = (0, 0) if header is None else (count_heads(rows[header], also), len(rows[header]))
        if fit > best[0]:
            best = (fit, delimiter, rows, [row.last for row in first])
    return best[1:]


def _chunks(layout: _Layout) -> Iterator[pl.DataFrame]:
    """Stream with Arrow; from where something is odd (a giant cell, a stray quote, a line of another encoding) row by
    row."""
    done = 0
    try:
        for frame in _arrow_chunks(layout):
            done = int(frame[ROW][-1]) if len(frame) else done
            yield _without_blank(frame, len(layout.sheet.heads))
        yield from _longer(layout)
    except (pa.ArrowInvalid, Odd):
        layout.sheet.bad[:] = [bad for bad in layout.sheet.bad if bad.row <= done]
        layout.longer[:] = [row for row in layout.longer if row[0] <= done]
        yield from _longer(layout)
        yield from _slow_chunks(layout, done)


def _longer(layout: _Layout) -> Iterator[pl.DataFrame]:
    """Yield the rows that only had empty cells too many."""
    if layout.longer:
        numbers, rows = zip(*layout.longer, strict=True)
        yield raw_frame([*rows], [*numbers], len(layout.sheet.heads))


def _only_longer(cells: list[str], width: int) -> bool:
    """Tell whether a row has more cells than there are heads, and nothing in them."""
    return len(cells) > width and not any(map(str.strip, cells[width:])) and any(map(str.strip, cells[:width]))


def _arrow_chunks(layout: _Layout) -> Iterator[pl.DataFrame]:
    """Yield numbered frames; ragged rows become bad rows."""
    sheet, width = layout.sheet, len(layout.sheet.heads)
    names = [str(index) for index in range(width)]

    def on_invalid(row: Any) -> str:
        number = int(row.number) + layout.header + 1
        layout.skipped.append(number)
        if row.text.strip():
            bad = _ragged(number, row.text, layout)
            if _only_longer(bad.cells or [], width):
                layout.longer.append((number, [*(bad.cells or [])[:width]]))
            else:
                sheet.bad.append(bad)
        return "skip"

    types = dict.fromkeys(names, pa.string())
    with (
        open_text(sheet.path, layout.encoding) as text,
        arrow_csv.open_csv(
            pa.PythonFile(CleanBytes(text, layout.encoding, layout.delimiter, width, layout.lines), "r"),
            read_options=arrow_csv.ReadOptions(use_threads=False, block_size=BLOCK, column_names=names),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=on_invalid,
            ),
            convert_options=arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=False, check_utf8=True),
        ) as reader,
    ):
        seen = 0
        pending: list[pl.DataFrame] = []
        for batch in reader:
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            pending.append(frame)
            if sum(map(len, pending)) >= CHUNK_ROWS or len(pending) * BLOCK >= CHUNK_BYTES:
                yield _numbered(pl.concat(pending), seen, layout)
                seen += sum(map(len, pending))
                pending = []
        if pending:
            yield _numbered(pl.concat(pending), seen, layout)


def _numbered(frame: pl.DataFrame, seen: int, layout: _Layout) -> pl.DataFrame:
    """Add each row's number, counting the rows that were skipped before it."""
    rows = np.arange(seen, seen + len(frame)) + layout.header + 2
    holes = np.sort(np.array(layout.skipped, dtype=np.int64))
    rows = rows + np.searchsorted(holes - np.arange(len(holes)), rows, side="right")
    return frame.with_columns(pl.Series(ROW, rows, dtype=pl.UInt32))


def _without_blank(frame: pl.DataFrame, width: int) -> pl.DataFrame:
    """Leave out rows in which every cell is empty, as spreadsheets write them below a table."""
    return frame.filter(
        pl.any_horizontal([pl.col(str(index)).str.strip_chars().str.len_bytes() > 0 for index in range(width)])
    )


def _slow_chunks(layout: _Layout, done: int) -> Iterator[pl.DataFrame]:
    width = len(layout.sheet.heads)
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    with open_text(layout.sheet.path, layout.encoding) as stream:
        lines = Lines(stream, layout.encoding)
        for number, row in enumerate(read_rows(lines, layout.delimiter, width, layout.lines), layout.header + 2):
            if number <= done:
                continue
            if bad := _bad_row(number, row, layout):
                layout.sheet.bad.append(bad)
            elif any(map(str.strip, row.cells)):
                rows.append([*row.cells[:width]])
                numbers.append(number)
            if len(rows) >= CHUNK_ROWS:
                yield raw_frame(rows, numbers, width)
                rows, numbers = [], []
    if rows:
        yield raw_frame(rows, numbers, width)


def _bad_row(number: int, row: TextRow, layout: _Layout) -> BadRow | None:
    """Return why a row cannot be taken, if so."""
    heads = layout.sheet.heads
    if row.fault is Fault.too_large:
        column = heads[len(row.cells) - 1] if len(row.cells) <= len(heads) else ""
        cells = [cell[:1000] for cell in row.cells] + [""] * (len(heads) - len(row.cells))
        reason = f"{column}: 这一格超过 {CELL_LIMIT} 字,请缩短;如果内容不该这么长,请检查引号是否成对"
        return BadRow(number, cells[len(row.cells) - 1], reason, column, cells)
    text = layout.delimiter.join(row.cells)[:TEXT_LIMIT]
    if row.fault:
        where = f"第 {row.first} 行" if row.first == row.last else f"第 {row.first}-{row.last} 行"
        return BadRow(number, text, row.fault.value.format(where=where), cells=row.cells)
    if row.odd:
        return BadRow(number, text, row.odd, cells=row.cells)
    if len(row.cells) != len(heads) and any(map(str.strip, row.cells)) and not _only_longer(row.cells, len(heads)):
        return _ragged(number, text, layout, row.cells)
    return None


def _ragged(number: int, text: str, layout: _Layout, cells: list[str] | None = None) -> BadRow:
    """Return a row whose cells are more or fewer than the heads."""
    cells = cells or next(csv.reader(io.StringIO(text[:TEXT_LIMIT], newline=""), delimiter=layout.delimiter), [])
    reason = f"这一行有 {len(cells)} 列,表头有 {len(layout.sheet.heads)} 列,请检查引号和分隔符"
    return BadRow(number, text[:TEXT_LIMIT], reason, cells=cells)

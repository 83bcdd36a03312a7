"""Delimited text: CSV and its relatives, in the encodings that offices use, streamed."""

import codecs
import csv
import io
import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from graph.errors import InputError
from loaders.files.heads import find_header
from loaders.files.sheets import CHUNK_ROWS, MAX_COLUMNS, ROW, BadRow, Sheet, raw_frame, text_above

SAMPLE = 1 << 20
BLOCK = 16 << 20
PLAINLY = 1000  # bytes beyond the first of their characters: GB18030 is valid UTF-8 for a word (联通), not for hundreds
CELL_LIMIT = 1 << 20
TEXT_LIMIT = 100_000
DELIMITERS = ",\t;"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
WORKBOOKS = ((b"PK\x03\x04", "xlsx"), (b"\xd0\xcf\x11\xe0", "xls"))
UNREADABLE = "\ufffd"


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
    with path.open(encoding=encoding, errors="replace", newline="") as stream:
        sample = stream.read(SAMPLE)
    if not sample.strip():
        raise InputError("文件是空的,应有一行表头和至少一行数据")
    delimiter, rows, ends = _sample_rows(sample, also)
    header = find_header(rows, also)
    if header is None:
        first = next((row for row in rows if any(row)), [])
        raise InputError(f"前 {len(rows)} 行里没有可识别的表头;第一行是 {delimiter.join(first)[:100]!r}")
    if len(rows[header]) > MAX_COLUMNS:
        raise InputError(f"表头有 {len(rows[header])} 列,超过上限 {MAX_COLUMNS} 列,请检查分隔符")
    sheet = Sheet(path, None, [head.strip() for head in rows[header]], iter(()), above=text_above(rows[:header]))
    sheet.chunks = _chunks(_Layout(sheet, encoding, delimiter, header, ends[header]))
    return [sheet]


def find_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-16 by its zero
    bytes, else UTF-8 if valid, else GB18030."""
    with path.open("rb") as stream:
        start = stream.read(SAMPLE)
    for mark, name in BOMS:
        if start.startswith(mark):
            return name
    for mark, kind in WORKBOOKS:
        if start.startswith(mark):
            raise InputError(f"这不是文本,而是 Excel 工作簿(或压缩包),请把扩展名改为 .{kind} 再载入")
    names = ["utf-8", "gb18030"]
    if (zeros := start.count(0)) and (wide := _wide_encoding(start)):
        names.insert(0 if zeros > len(start) // 8 else 1, wide)
    if _is_plainly_utf8(start):
        return "utf-8"
    for name in names:
        if _decodes(path, name):
            return name
    raise InputError("文件编码认不出,应为 UTF-8、GB18030 或 UTF-16。请用 WPS/Excel 另存为“CSV UTF-8”")


def _is_plainly_utf8(start: bytes) -> bool:
    """Tell whether the start of a file has so much that is valid only as UTF-8 that the rest need not be looked at."""
    with suppress(UnicodeDecodeError):
        text = codecs.getincrementaldecoder("utf-8")().decode(start)
        return not start.count(0) and len(start) == SAMPLE and len(start) - len(text) > PLAINLY
    return False


def _wide_encoding(start: bytes) -> str | None:
    """Return the byte order in which UTF-16 shows delimiters and line ends, if
    any: zero bytes alone do not tell (U+9500)."""
    marks = {name: start[:8192].decode(name, "replace") for name in ("utf-16-le", "utf-16-be")}
    signs = {name: sum(text.count(mark) for mark in "\n\r" + DELIMITERS) for name, text in marks.items()}
    best = max(signs, key=lambda name: signs[name])
    return best if signs[best] else None


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


def _sample_rows(sample: str, also: frozenset[str]) -> tuple[str, list[list[str]], list[int]]:
    """Return the delimiter under which the header is widest, the first rows, and the line on which each ends."""
    best: tuple[int, str, list[list[str]], list[int]] = (-1, ",", [], [])
    for delimiter in DELIMITERS:
        rows: list[list[str]] = []
        ends: list[int] = []
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) >= 30:
                break
        header = find_header(rows, also)
        width = len(rows[header]) if header is not None else 0
        if width > best[0]:
            best = (width, delimiter, rows, ends)
    return best[1:]


def _chunks(layout: _Layout) -> Iterator[pl.DataFrame]:
    """Stream with Arrow; what it cannot take (a giant cell, a stray quote) goes through Python's reader, row by row."""
    done = 0
    try:
        for frame in _arrow_chunks(layout):
            done = int(frame[ROW][-1]) if len(frame) else done
            yield _without_blank(frame, len(layout.sheet.heads))
        yield from _longer(layout)
    except (pa.ArrowInvalid, UnicodeError):
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
        number = int(row.number) - layout.lines + layout.header + 1
        layout.skipped.append(number)
        if row.text.strip():
            bad = _ragged(number, row.text, layout)
            if _only_longer(bad.cells or [], width):
                layout.longer.append((number, [*(bad.cells or [])[:width]]))
            else:
                sheet.bad.append(bad)
        return "skip"

    encoding = "utf-8" if layout.encoding == "utf-8-sig" else layout.encoding
    types = dict.fromkeys(names, pa.string())
    with arrow_csv.open_csv(
        sheet.path,
        read_options=arrow_csv.ReadOptions(
            use_threads=False, block_size=BLOCK, skip_rows=layout.lines, column_names=names, encoding=encoding
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=layout.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=on_invalid,
        ),
        convert_options=arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=False, check_utf8=True),
    ) as reader:
        seen = 0
        pending: list[pl.DataFrame] = []
        for batch in reader:
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            pending.append(frame)
            if sum(map(len, pending)) >= CHUNK_ROWS:
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


class _Lines:
    """The lines of a file for ``csv``, which can leave out the rest of a row that ``csv`` gave up."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._quotes = 0
        self.start = ""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._stream)
        self.start = self.start or line[: 2 * CELL_LIMIT]
        self._quotes += line.count('"')
        return line

    def begin(self) -> None:
        """Begin with a new row."""
        self.start, self._quotes = "", 0

    def skip(self) -> None:
        """Leave out what belongs to the quoted cell in which the row was given up."""
        if self._quotes % 2:
            next((line for line in self._stream if line.count('"') % 2), None)


def _rows(stream: TextIO, layout: _Layout) -> Iterator[tuple[int, list[str] | BadRow]]:
    """Yield every row with its number, also those that hold too large a cell."""
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=layout.delimiter)
    for number in itertools.count(1):
        lines.begin()
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, _too_large(number, lines.start, layout)
            lines.skip()


def _too_large(number: int, start: str, layout: _Layout) -> BadRow:
    before = next(csv.reader([start[: CELL_LIMIT - 1]], delimiter=layout.delimiter), [""])
    heads = layout.sheet.heads
    column = heads[len(before) - 1] if len(before) <= len(heads) else ""
    cells = [cell[:1000] for cell in before] + [""] * (len(heads) - len(before))
    reason = f"{column}: 这一格超过 {CELL_LIMIT} 字,请缩短;如果内容不该这么长,请检查引号是否成对"
    return BadRow(number, cells[len(before) - 1], reason, column, cells)


def _slow_chunks(layout: _Layout, done: int) -> Iterator[pl.DataFrame]:
    width = len(layout.sheet.heads)
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    with layout.sheet.path.open(encoding=layout.encoding, errors="replace", newline="") as stream:
        for number, read in _rows(stream, layout):
            if number <= max(done, layout.header + 1):
                continue
            row = read[:width] if not isinstance(read, BadRow) and _only_longer(read, width) else read
            bad = row if isinstance(row, BadRow) else _check_row(number, row, layout)
            if bad:
                layout.sheet.bad.append(bad)
            elif not isinstance(row, BadRow) and any(map(str.strip, row)):
                rows.append([*row])
                numbers.append(number)
            if len(rows) >= CHUNK_ROWS:
                yield raw_frame(rows, numbers, width)
                rows, numbers = [], []
    if rows:
        yield raw_frame(rows, numbers, width)


def _check_row(number: int, row: list[str], layout: _Layout) -> BadRow | None:
    if len(row) != len(layout.sheet.heads) and any(map(str.strip, row)):
        return _ragged(number, layout.delimiter.join(row), layout, row)
    if any(UNREADABLE in cell for cell in row):
        text = layout.delimiter.join(row)[:TEXT_LIMIT]
        return BadRow(
            number, text, f"这一行有按 {layout.encoding} 读不出的字,请用 WPS/Excel 另存为“CSV UTF-8”再载入", cells=row
        )
    return None


def _ragged(number: int, text: str, layout: _Layout, cells: list[str] | None = None) -> BadRow:
    """Return a row whose cells are more or fewer than the heads."""
    cells = cells or next(csv.reader(io.StringIO(text[:TEXT_LIMIT], newline=""), delimiter=layout.delimiter), [])
    reason = f"这一行有 {len(cells)} 列,表头有 {len(layout.sheet.heads)} 列,请检查引号和分隔符"
    return BadRow(number, text[:TEXT_LIMIT], reason, cells=cells)

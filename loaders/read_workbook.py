"""Workbooks (xlsx, xls, ods): every sheet with a known header, with notes above it and merged heads allowed for."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from graph.errors import InputError
from loaders.heads import LOOK_AHEAD, all_heads, clean_head, find_header, join_headers
from loaders.sheets import CHUNK_ROWS, Sheet, cell_text, raw_frame

UNPACKED_LIMIT = 2 << 30
HELPER_SHEETS = ("填写说明", "选项")


def read_workbook(path: Path) -> list[Sheet]:
    """Return the tables of a workbook; raises ``InputError`` where it is broken, locked, too large or has no known head."""
    _check_archive(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
        pages = [book.get_sheet_by_name(name) for name in book.sheet_names if name not in HELPER_SHEETS]
        sheets = [sheet for page in pages if page.height and (sheet := _read_page(path, page))]
    except (CalamineError, OSError, ValueError) as error:
        raise InputError(f"工作簿打不开({type(error).__name__}: {error}),文件可能损坏、加密或不是 Excel 文件,请用 WPS/Excel 另存一份再试") from error
    if not sheets:
        raise InputError("工作簿里没有一张表有可识别的表头,可用 lianzhang template 生成空表对照")
    return sheets


def _check_archive(path: Path) -> None:
    if path.suffix.lower() == ".xls":
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"工作簿打不开: 不是完整的压缩包({error}),文件可能没有传完,请重新获取") from error
    if unpacked > UNPACKED_LIMIT:
        raise InputError(f"工作簿解压后有 {unpacked >> 20} MB,超过上限 {UNPACKED_LIMIT >> 20} MB,请拆分后载入")


def _read_page(path: Path, page: CalamineSheet) -> Sheet | None:
    rows: list[list[Any]] = page.to_python(skip_empty_area=False)
    top = [[cell_text(cell) for cell in row] for row in rows[:LOOK_AHEAD]]
    _spread_merged(top, page)
    header = find_header(top)
    if header is None:
        return None
    heads = top[header]
    if header and any(clean_head(cell) in all_heads() for cell in top[header - 1]):
        heads = join_headers(top[header - 1], heads)
    last = max((index for index, head in enumerate(heads) if head), default=-1)
    return Sheet(path, page.name, heads[: last + 1], _chunks(rows, header + 1, last + 1))


def _spread_merged(top: list[list[str]], page: CalamineSheet) -> None:
    """Write the text of a merged head into each cell that it covers."""
    for (row, left), (bottom, right) in page.merged_cell_ranges or []:
        if row >= len(top) or left >= len(top[row]):
            continue
        for y in range(row, min(bottom + 1, len(top))):
            for x in range(left, min(right + 1, len(top[y]))):
                top[y][x] = top[y][x] or top[row][left]


def _chunks(rows: list[list[Any]], start: int, width: int) -> Iterator[pl.DataFrame]:
    kept: list[list[str | None]] = []
    numbers: list[int] = []
    for number in range(start, len(rows)):
        texts: list[str | None] = [cell_text(cell) for cell in rows[number][:width]]
        if not any(texts):
            continue
        kept.append(texts)
        numbers.append(number + 1)
        if len(kept) >= CHUNK_ROWS:
            yield raw_frame(kept, numbers, width)
            kept, numbers = [], []
    if kept:
        yield raw_frame(kept, numbers, width)

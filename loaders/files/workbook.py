"""Workbooks (xlsx, xls, ods): every sheet with a known header, with notes above it and merged heads allowed for."""

import io
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
from python_calamine import CalamineWorkbook, PasswordError, SheetVisibleEnum

from graph.errors import InputError
from loaders.files.archives import check_archive
from loaders.files.heads import LOOK_AHEAD, find_header, heads_at
from loaders.files.marks import BookMarks, SheetMarks, read_marks
from loaders.files.sheets import CHUNK_ROWS, MAX_COLUMNS, Sheet, cell_text, raw_frame, text_above

HELPER_SHEETS = ("填写说明", "选项")
ZIPPED, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
DAMAGED = "文件可能损坏,请用 WPS/Excel 另存一份再试"
FILE_LIMIT = 100 << 20
SECONDS = 300
# A damaged .xls can make the reader ask for all memory there is, which ends its
# process: so that process is not this one.
READ_APART = """
import io, pickle, sys
from python_calamine import CalamineWorkbook, SheetVisibleEnum
book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
pages = [book.get_sheet_by_name(name) for name in book.sheet_names]
seen = [about.visible == SheetVisibleEnum.Visible for about in book.sheets_metadata]
read = [
    (page.name, page.to_python(skip_empty_area=False), page.merged_cell_ranges or [], visible)
    for page, visible in zip(pages, seen)
]
sys.stdout.buffer.write(pickle.dumps(read))
"""

Corner = tuple[int, int]


class _Page(NamedTuple):
    """One sheet: its rows of cells, the corners of its merged areas, and whether it is shown."""

    name: str
    rows: list[list[Any]]
    merged: list[tuple[Corner, Corner]]
    visible: bool = True


def read_workbook(path: Path, also: frozenset[str] = frozenset()) -> list[Sheet]:
    """Return the tables of a workbook; raises ``InputError`` where it is
    broken, locked, too large or has no known head."""
    if (size := path.stat().st_size) > FILE_LIMIT:
        raise InputError(
            f"工作簿有 {size >> 20} MB,超过上限 {FILE_LIMIT >> 20} MB,没有读;请拆成几份,或另存为“CSV UTF-8”再载入"
        )
    data = path.read_bytes()
    _check_kind(path, data)
    pages = _read_apart(data) if data.startswith(COMPOUND) else _read_here(data)
    marks, unread = BookMarks(), False
    if data.startswith(ZIPPED):
        try:
            marks = read_marks(path)
        except Exception:  # damage where the reader of the cells found none
            unread = True
    wanted = [page for page in pages if page.rows and page.name not in HELPER_SHEETS]
    read = {page.name: _read_page(path, page, marks, also) for page in wanted}
    sheets = [sheet for sheet in read.values() if sheet]
    if not sheets:
        raise InputError("工作簿里没有一张表有可识别的表头,可用 lianzhang template 生成空表对照")
    if unread:
        sheets[0].warnings.append("工作簿有损坏的地方,没有查隐藏的行与 Excel 错误值,请用 WPS/Excel 另存一份再试")
    if left := [name for name, sheet in read.items() if not sheet]:
        sheets[0].warnings.append(f"没有可识别的表头、因而没有读的表: {'、'.join(left)[:300]}")
    return sheets


def _read_here(data: bytes) -> list[_Page]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        seen = {about.name: about.visible == SheetVisibleEnum.Visible for about in book.sheets_metadata}
        pages = [book.get_sheet_by_name(name) for name in book.sheet_names if name not in HELPER_SHEETS]
        return [
            _Page(page.name, page.to_python(skip_empty_area=False), page.merged_cell_ranges or [], seen[page.name])
            for page in pages
        ]
    except PasswordError as error:
        raise InputError("工作簿有密码保护,请去掉密码另存一份再试") from error
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # damage makes the reader panic too, and a panic is no Exception
        raise InputError(f"工作簿打不开({type(error).__name__}: {error}),{DAMAGED}") from error


def _read_apart(data: bytes) -> list[_Page]:
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ_APART], input=data, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"工作簿读了 {SECONDS} 秒还没有读完,{DAMAGED}") from error
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] if done.returncode == 1 else []
        if last and "PasswordError" in last[0]:
            raise InputError("工作簿有密码保护,请去掉密码另存一份再试")
        raise InputError(f"工作簿打不开({''.join(last)[:200] or '内容不合格式'}),{DAMAGED}")
    return [_Page(*page) for page in pickle.loads(done.stdout)]


def _check_kind(path: Path, data: bytes) -> None:
    if not data:
        raise InputError("文件是空的,应为 Excel 工作簿,请重新获取")
    if data.startswith(ZIPPED):
        check_archive(path)
    elif not data.startswith(COMPOUND):
        page = data[:2000].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")
        hint = (
            "它像是网页,请在浏览器或 Excel 里打开后另存为 .xlsx"
            if page
            else "文件可能没有传完,请重新获取,或用 WPS/Excel 另存一份再试"
        )
        raise InputError(f"工作簿打不开: 内容不是 Excel 工作簿(xlsx、xls、ods)。{hint}")
    elif ENCRYPTED in data:
        raise InputError("工作簿有密码保护,请去掉密码另存一份再试")


def _read_page(path: Path, page: _Page, marks: BookMarks, also: frozenset[str]) -> Sheet | None:
    rows, own = page.rows, marks.sheets.get(page.name, SheetMarks())
    for (y, x), error in own.errors.items():
        if y < len(rows) and x < len(rows[y]):
            rows[y][x] = error
    for (y, x), steps in own.indents.items():
        if y < len(rows) and x < len(rows[y]) and isinstance(rows[y][x], str):
            rows[y][x] = "  " * steps + rows[y][x]
    top = [[cell_text(cell) for cell in row] for row in rows[:LOOK_AHEAD]]
    _spread_merged(top, page)
    header = find_header(top, also)
    if header is None:
        return None
    heads, first, header = heads_at(top, header)
    _spread_down(rows, page, header)
    last = max((index for index, head in enumerate(heads) if head), default=-1)
    if last >= MAX_COLUMNS:
        raise InputError(f"{page.name} 的表头有 {last + 1} 列,超过上限 {MAX_COLUMNS} 列,请删去多余的列")
    told = _hidden(page, own, header)
    chunks = _chunks(rows, header + 1, last + 1)
    return Sheet(
        path,
        page.name,
        heads[: last + 1],
        chunks,
        warnings=told,
        above=text_above(top[:first]),
        since_1904=marks.since_1904,
    )


def _hidden(page: _Page, own: SheetMarks, header: int) -> list[str]:
    """Say what of a sheet nobody sees and is loaded all the same."""
    told = [] if page.visible else [f"表“{page.name}”是隐藏的,也已载入"]
    rows = [row for row in sorted(own.rows) if header < row < len(page.rows) and any(map(cell_text, page.rows[row]))]
    if rows:
        told.append(f"表“{page.name}”有 {len(rows)} 个隐藏行也已载入: 第 {_runs(rows)} 行")
    if own.columns:
        told.append(f"表“{page.name}”的隐藏列 {'、'.join(own.columns[:10])} 也已读")
    return told


def _runs(rows: list[int]) -> str:
    """Return rows counted from 0 as people write them: 3-7、9."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    texts = [f"{first + 1}-{last + 1}" if last > first else f"{first + 1}" for first, last in runs]
    return "、".join(texts[:10]) + ("…" if len(texts) > 10 else "")


def _spread_merged(top: list[list[str]], page: _Page) -> None:
    """Write the text of a merged head into each cell that it covers."""
    for (row, left), (bottom, right) in page.merged:
        if row >= len(top) or left >= len(top[row]):
            continue
        for y in range(row, min(bottom + 1, len(top))):
            for x in range(left, min(right + 1, len(top[y]))):
                top[y][x] = top[y][x] or top[row][left]


def _spread_down(rows: list[list[Any]], page: _Page, header: int) -> None:
    """Write the value of a cell that is merged downwards below the head into each of its rows, for all of which it
    holds."""
    for (top, left), (bottom, right) in page.merged:
        if top <= header or left != right or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and cell_text(row[left]) == "":
                row[left] = rows[top][left]


def _indented(cell: Any) -> str:
    """Return a cell as text, with the blanks by which it is indented: in a parts list they say what goes into what."""
    text = cell_text(cell)
    return cell.rstrip() if isinstance(cell, str) and text else text


def _chunks(rows: list[list[Any]], start: int, width: int) -> Iterator[pl.DataFrame]:
    filled: list[list[str | None]] = []
    numbers: list[int] = []
    for number in range(start, len(rows)):
        texts: list[str | None] = [_indented(cell) for cell in rows[number][:width]]
        if not any(texts):
            continue
        filled.append(texts)
        numbers.append(number + 1)
        if len(filled) >= CHUNK_ROWS:
            yield raw_frame(filled, numbers, width)
            filled, numbers = [], []
    if filled:
        yield raw_frame(filled, numbers, width)

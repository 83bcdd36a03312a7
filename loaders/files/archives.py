"""Workbooks measured before they are opened: how much they unpack to, and how many cells their sheets span.

A file of 1 MB can unpack to 1 GB, and one cell in the last corner of a sheet makes the reader ask for 17,000 million
cells, which ends the whole process: what is too large is refused here.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from graph.errors import InputError

UNPACKED_LIMIT = 1 << 30
RATIO_LIMIT = 200
RATIO_FROM = 64 << 20
CELL_LIMIT = 30_000_000
PIECE, WINDOW = 4 << 20, 1 << 15
_reference = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})(\d{1,7})["']""")
_wide = re.compile(rb"""\br\s*=\s*["']([A-Z]{2,3})\d""")


def check_archive(path: Path) -> None:
    """Raise ``InputError`` where a zipped workbook is broken or too large to be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(path, archive)
            for name in archive.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _check_span(name, *_span_of_xlsx(_pieces(archive, name)))
                elif name == "content.xml":
                    _check_span(name, *_span_of_ods(_pieces(archive, name)))
    except InputError:
        raise
    except expat.ExpatError as error:
        raise InputError(f"工作簿里的 XML 是坏的({error}),请用 WPS/Excel 另存一份再试") from error
    except Exception as error:  # zipfile answers to damage with a dozen different errors
        raise InputError(
            f"工作簿打不开: 压缩包是坏的({type(error).__name__}: {error}),文件可能没有传完,请重新获取"
        ) from error


def _check_size(path: Path, archive: zipfile.ZipFile) -> None:
    """Unpack every entry piece by piece: what the directory of the archive says of sizes may be a lie."""
    unpacked, packed = 0, max(1, path.stat().st_size)
    for name in archive.namelist():
        for piece in _pieces(archive, name):
            unpacked += len(piece)
            if unpacked > UNPACKED_LIMIT:
                raise InputError(f"工作簿解压后超过上限 {UNPACKED_LIMIT >> 20} MB,请拆分后载入")
            if unpacked > RATIO_FROM and unpacked / packed > RATIO_LIMIT:
                raise InputError(
                    f"工作簿只有 {packed >> 10} KB,解压后却超过 {unpacked >> 20} MB,像是压缩炸弹,没有载入;"
                    "请另存一份再试"
                )


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as stream:
        while piece := stream.read(PIECE):
            yield piece


def _check_span(name: str, rows: int, columns: int) -> None:
    if rows * columns > CELL_LIMIT:
        span = f"工作簿的 {name} 用到第 {rows} 行、第 {columns} 列,共 {rows * columns:,} 格,超过上限 {CELL_LIMIT:,} 格"
        raise InputError(f"{span}。请删去远处多余的单元格,或拆分后载入")


def _span_of_xlsx(pieces: Iterator[bytes]) -> tuple[int, int]:
    """Return the row of the last cell and the widest column."""
    rows, columns, left = 0, 26, b""
    for piece in pieces:
        text = left + piece
        columns = max([columns, *(_column(letters) for letters in set(_wide.findall(text)))])
        last = max(text.rfind(b' r="'), text.rfind(b" r='")) + WINDOW
        rows = max([rows, *(int(row) for _, row in _reference.findall(text, max(0, last - 2 * WINDOW), last))])
        left = text[-64:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _span_of_ods(pieces: Iterator[bytes]) -> tuple[int, int]:
    """Return the last row and the widest column that hold a value, repeated
    ones counted as often as they stand there."""
    best, at = (0, 0), {"row": 0, "repeat": 1, "column": 0, "valued": 0, "rows": 0, "width": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal best
        if tag == "table:table":
            at.update(row=0, rows=0, width=0)
        elif tag == "table:table-row":
            at.update(repeat=_repeat(attributes, "table:number-rows-repeated"), column=0, valued=0)
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            at["column"] += _repeat(attributes, "table:number-columns-repeated")
            if any(name.startswith(("office:", "table:formula")) for name in attributes):
                at["valued"] = at["column"]

    def end(tag: str) -> None:
        nonlocal best
        if tag == "table:table-row":
            at["row"] += at["repeat"]
            if at["valued"]:
                at.update(rows=at["row"], width=max(at["width"], at["valued"]))
                best = max(best, (at["rows"], at["width"]), key=lambda span: span[0] * span[1])

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    for piece in pieces:
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return best


def _repeat(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return int(text) if text.isdecimal() else 1

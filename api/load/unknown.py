"""The columns of files that nobody knows the kind of, so that a person can say what they are."""

from collections.abc import Iterator
from pathlib import Path

from graph.encodings import find_encoding, open_text
from loaders.files.sheets import Sheet, cell_text
from loaders.files.text import read_text
from loaders.files.workbook import read_workbook
from loaders.layouts.spelling import clean_head

BOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
FIRST_SIGNS = 64 << 10
DELIMITERS = (",", "\t", ";", "|")
FIRST_ROWS = 25
LEAST = 2  # cells of a row of heads
LARGEST = 20 << 20  # bytes of a file that is read again only to show its columns
MOST = 5  # sheets of a file


def sheets_of(path: Path, known: frozenset[str]) -> list[Sheet]:
    """Return the tables of a file by taking its first rows of words for heads; none where even that tells nothing."""
    try:
        if path.stat().st_size > LARGEST:
            return []
        if path.suffix.lower() in TEXTS:
            return read_text(path, known | _first_of_text(path))
        if path.suffix.lower() in BOOKS:
            return read_workbook(path, known | frozenset(_first_of_book(path)))[:MOST]
    except Exception:  # why it cannot be read is told where it is loaded
        return []
    return []


def _first_of_text(path: Path) -> frozenset[str]:
    with open_text(path, find_encoding(path)) as stream:
        text = stream.read(FIRST_SIGNS)
    for line in text.splitlines():
        for sign in DELIMITERS:
            cells = [cell.strip().strip('"') for cell in line.split(sign)]
            if sum(map(bool, cells)) >= LEAST:
                return frozenset(clean_head(cell) for cell in cells if cell)
    return frozenset()


def _first_of_book(path: Path) -> Iterator[str]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names[:MOST]:
        for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=FIRST_ROWS):
            cells = [cell_text(cell) for cell in row]
            if sum(bool(cell) and not cell[0].isdigit() for cell in cells) >= LEAST:
                yield from (clean_head(cell) for cell in cells if cell)
                break

"""What a workbook says that its reader does not hand over: error values, what is hidden, how far cells are indented,
from when its days count."""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

PIECE = 4 << 20
BOOK, LINKS, STYLES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
_worth_reading = re.compile(
    rb"""\bt\s*=\s*["']e["']|\bhidden\s*=\s*["'](?:1|true)["']|visibility\s*=\s*["'](?:coll|filt)"""
)
_letters = re.compile(r"([A-Z]+)(\d+)")


@dataclass
class SheetMarks:
    """The error values of a sheet and the steps that its cells are indented by row and column, and its hidden rows and
    columns, all counted from 0."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    indents: dict[tuple[int, int], int] = field(default_factory=dict)
    rows: set[int] = field(default_factory=set)
    columns: list[str] = field(default_factory=list)


@dataclass
class BookMarks:
    """What is said of a workbook and of each of its sheets by name."""

    since_1904: bool = False
    sheets: dict[str, SheetMarks] = field(default_factory=dict)


def read_marks(path: Path) -> BookMarks:
    """Return what a zipped workbook says beside its cells; nothing where its parts are not where they belong."""
    marks = BookMarks()
    with zipfile.ZipFile(path) as archive:
        there = set(archive.namelist())
        if "content.xml" in there and _is_worth(archive, "content.xml"):
            _read_ods(archive, marks)
        if not {BOOK, LINKS} <= there:
            return marks
        targets: dict[str, str] = {}
        indented = _indented_styles(archive) if STYLES in there else {}

        def link(tag: str, said: dict[str, str]) -> None:
            if tag == "Relationship":
                targets[said.get("Id", "")] = posixpath.normpath(posixpath.join("/xl", said.get("Target", "")))[1:]

        def sheet(tag: str, said: dict[str, str]) -> None:
            if tag == "workbookPr" and said.get("date1904") in ("1", "true"):
                marks.since_1904 = True
            part = targets.get(said.get("id", ""), "") if tag == "sheet" else ""
            if part in there and (indented or _is_worth(archive, part)):
                marks.sheets[said.get("name", "")] = _read_sheet(archive, part, indented)

        _parse(archive, LINKS, link)
        _parse(archive, BOOK, sheet)
    return marks


def _is_worth(archive: zipfile.ZipFile, name: str) -> bool:
    """Tell quickly whether a part has anything of interest: most have not, and are long."""
    left = b""
    for piece in _pieces(archive, name):
        if _worth_reading.search(left + piece):
            return True
        left = piece[-64:]
    return False


def _indented_styles(archive: zipfile.ZipFile) -> dict[int, int]:
    """Return the styles of cells that indent them, each with its steps."""
    steps: dict[int, int] = {}
    at = {"style": -1, "cells": 0}

    def start(tag: str, said: dict[str, str]) -> None:
        if tag == "cellXfs":
            at["cells"] = 1
        elif tag == "xf" and at["cells"]:
            at["style"] += 1
        elif tag == "alignment" and at["cells"] and (step := int(said.get("indent", "0") or 0)):
            steps[at["style"]] = step

    def end(tag: str) -> None:
        if tag == "cellXfs":
            at["cells"] = 0

    if b"indent=" in archive.read(STYLES):
        _parse(archive, STYLES, start, end, lambda _: None)
    return steps


def _read_sheet(archive: zipfile.ZipFile, name: str, indented: dict[int, int]) -> SheetMarks:
    marks = SheetMarks()
    at = {"row": -1, "column": -1}
    value: list[str] | None = None

    def start(tag: str, said: dict[str, str]) -> None:
        nonlocal value
        if tag == "row":
            at["row"], at["column"] = int(said["r"]) - 1 if "r" in said else at["row"] + 1, -1
            if said.get("hidden") in ("1", "true"):
                marks.rows.add(at["row"])
        elif tag == "c":
            place = _letters.fullmatch(said.get("r", ""))
            at["column"] = _column(place[1]) if place else at["column"] + 1
            value = [] if said.get("t") == "e" else None
            if step := indented.get(int(said.get("s", "0"))):
                marks.indents[at["row"], at["column"]] = step
        elif tag == "col" and said.get("hidden") in ("1", "true"):
            first, last = int(said.get("min", 1)), int(said.get("max", 1))
            marks.columns += [_named(number) for number in range(first, min(last, first + 50) + 1)]
        elif tag == "v" and value is not None:
            value.clear()

    def text(data: str) -> None:
        if value is not None:
            value.append(data)

    def end(tag: str) -> None:
        nonlocal value
        if tag == "v" and value is not None:
            marks.errors[at["row"], at["column"]] = "".join(value).strip()
            value = None

    _parse(archive, name, start, end, text)
    return marks


def _read_ods(archive: zipfile.ZipFile, marks: BookMarks) -> None:
    """Of an OpenDocument sheet the hidden rows: its errors are text there."""
    at, sheet = 0, SheetMarks()

    def start(tag: str, said: dict[str, str]) -> None:
        nonlocal at, sheet
        if tag == "table":
            at, sheet = 0, marks.sheets.setdefault(said.get("name", ""), SheetMarks())
        elif tag == "table-row":
            repeat = int(said.get("number-rows-repeated", "1"))
            if said.get("visibility") in ("collapse", "filter"):
                sheet.rows.update(range(at, at + min(repeat, 100_000)))
            at += repeat

    _parse(archive, "content.xml", start)


def _parse(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Read a part piece by piece; names come without their prefixes."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, said: start(_bare(tag), {_bare(key): value for key, value in said.items()})
    if end and text:
        parser.EndElementHandler, parser.CharacterDataHandler = (lambda tag: end(_bare(tag))), text
    for piece in _pieces(archive, name):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as stream:
        while piece := stream.read(PIECE):
            yield piece


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _named(number: int) -> str:
    """Return the letters of a column that is counted from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters

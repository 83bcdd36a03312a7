"""Rows of delimited text by the quotes in it: a cell may run over lines, but a quote that is open by mistake takes no
rows with it.

A quoted cell that does not close, or has text behind its closing quote, or holds lines that are rows themselves,
refuses its own row; the lines that it ran over are read again as rows of their own.
"""

import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TextIO

from graph.encodings import plain_text, told_line

CELL_LIMIT = 1 << 20
PIECE = 4 << 20
LINE_LIMIT = 64 << 20
ALONE = "这一行的引号不成对,请检查引号和分隔符"

Line = tuple[str, str]  # its text, and what is odd about it


class Odd(Exception):
    """Something in a text has to be looked at row by row."""


class Fault(StrEnum):
    """Why a row cannot be read; the words name its lines."""

    open = "引号不成对: 从{where}开始的引号没有关上,或关上之后还有字;请检查引号和分隔符"
    swallowed = "引号不成对: {where}的引号之间像是好几行;只有第一行没有载入,其余各行已分开读。请检查引号和分隔符"
    too_large = "一格太大"


@dataclass(frozen=True)
class TextRow:
    """The cells of a row, the lines that it stands on, and what is wrong with it."""

    cells: list[str]
    first: int
    last: int
    odd: str = ""
    fault: Fault | None = None


class Lines:
    """The lines of a text; those that were read too far can be given back."""

    def __init__(self, stream: TextIO, encoding: str = "utf-8") -> None:
        self._stream, self._encoding = stream, encoding
        self._given_back: deque[Line] = deque()
        self.number = 0
        self.quotes = 0

    def take(self) -> Line | None:
        """Return the next line, of a giant one the start."""
        if self._given_back:
            self.number += 1
            line = self._given_back.popleft()
            self.quotes += line[0].count('"')
            return line
        text = self._stream.readline(LINE_LIMIT)
        if not text:
            return None
        self.number += 1
        self.quotes += text.count('"')
        last = text
        while len(last) == LINE_LIMIT and last[-1] not in "\r\n":
            last = self._stream.readline(LINE_LIMIT)
            self.quotes += last.count('"')
        return told_line(text, self._encoding)

    def give_back(self, lines: list[Line]) -> None:
        """Have lines come again, each to stand alone: one with half a pair of quotes is odd."""
        self.number -= len(lines)
        self._given_back.extendleft(
            (text, odd or (ALONE if text.count('"') % 2 else "")) for text, odd in reversed(lines)
        )


def read_rows(lines: Lines, delimiter: str, width: int | None, skip: int = 0) -> Iterator[TextRow]:
    """Yield the rows after ``skip`` lines; ``width`` is how many cells a row should have, None: not known."""
    for _ in range(skip):
        lines.take()
    while (line := lines.take()) is not None:
        if '"' in line[0] or len(line[0]) > CELL_LIMIT:
            yield _quoted_row(lines, line, delimiter, width)
        else:
            yield TextRow(line[0].rstrip("\r\n").split(delimiter), lines.number, lines.number, line[1])


def _quoted_row(lines: Lines, start: Line, delimiter: str, width: int | None) -> TextRow:
    taken, first = [start], lines.number
    lines.quotes = start[0].count('"') if len(start[0]) < LINE_LIMIT else lines.quotes

    def feed() -> Iterator[str]:
        yield start[0]
        while (line := lines.take()) is not None:
            taken.append(line)
            yield line[0]

    fault: Fault | None = None
    cells: list[str] = []
    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except csv.Error as error:
        fault = Fault.too_large if "limit" in str(error) else Fault.open
    rest, last = taken[1:], lines.number
    if _holds_rows(taken, cells, delimiter, width, fault):
        lines.give_back(rest)
        cells = start[0].rstrip("\r\n").split(delimiter)
        return TextRow(cells, first, last, start[1], Fault.swallowed if last > first else Fault.open)
    odd = next((told for _, told in taken if told and (told != ALONE or len(taken) == 1)), "")
    if fault is Fault.too_large:
        while lines.quotes % 2 and lines.take() is not None:
            last = lines.number
        before = next(csv.reader([start[0][: CELL_LIMIT - 1]], delimiter=delimiter), [""])
        return TextRow(before, first, last, odd, fault)
    if fault:
        cells = "".join(text for text, _ in taken).rstrip("\r\n").split(delimiter)
    return TextRow(cells, first, last, odd, fault)


def _holds_rows(taken: list[Line], cells: list[str], delimiter: str, width: int | None, fault: Fault | None) -> bool:
    """Tell whether the lines that a quoted cell ran over are rows themselves."""
    if len(taken) == 1 or (width is not None and width < 2):
        return False
    if width is None:
        return fault is not None
    texts = [text for text, _ in taken if text.strip()]
    alike = (text.count(delimiter) + 1 == width or _width(text, delimiter) == width for text in texts)
    if fault or len(cells) != width:
        return sum([*alike][1:]) * 2 >= len(texts) - 1
    return all(alike) and (width > 4 or len(texts) > 2)  # with few commas that may be chance


def _width(text: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([text], delimiter=delimiter, strict=True), []))
    except csv.Error:
        return 0


class CleanBytes(io.RawIOBase):
    """A text as UTF-8 for Arrow, looked at before it is handed over: raises ``Odd`` where a row of it is odd."""

    def __init__(self, text: TextIO, encoding: str, delimiter: str, width: int, skip: int) -> None:
        self._text, self._encoding, self._delimiter, self._width = text, encoding, delimiter, width
        self._ready, self._open = b"", ""
        for _ in range(skip):
            text.readline()

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return some of the text, nothing at its end."""
        while (size < 0 or len(self._ready) < size) and (piece := self._piece()):
            self._ready += piece.encode()
        size = len(self._ready) if size < 0 else size
        given, self._ready = self._ready[:size], self._ready[size:]
        return given

    def _piece(self) -> str:
        """Return the next whole rows; what the last line leaves open waits for the next piece."""
        whole = ""
        while not whole:
            added = self._text.read(PIECE)
            added += self._text.readline(PIECE)
            if (not added and self._open) or (added and added[-1] not in "\r\n" and len(added) > PIECE):
                raise Odd
            if not added:
                return ""
            plain = plain_text(added, self._encoding)
            if plain is None:
                raise Odd
            plain = self._open + plain
            end = self._end_of_rows(plain) if '"' in plain else len(plain)
            whole, self._open = plain[:end], plain[end:]
            if len(self._open) > 2 * CELL_LIMIT:
                raise Odd
        return whole

    def _end_of_rows(self, text: str) -> int:
        """Return where the last row that is whole ends; raises ``Odd`` where a row is odd."""
        if not _open_quote(self._delimiter).search(text):
            return len(text)
        lines = Lines(io.StringIO(text, newline=""))
        for row in read_rows(lines, self._delimiter, self._width):
            if row.fault is Fault.open and lines.take() is None:
                return sum(map(len, itertools.islice(io.StringIO(text, newline=""), row.first - 1)))
            if row.fault:
                raise Odd
        return len(text)


@cache
def _open_quote(delimiter: str) -> re.Pattern[str]:
    """Return what a cell looks like that begins with a quote and does not end with one on its line."""
    return re.compile(rf'(?:[{delimiter}\r\n]|\A)"(?!(?:[^"\r\n]++|"")*+"(?:[{delimiter}\r\n]|\Z))')

"""Rows of tables: in which order they stand, and as CSV."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from api.core.csv_text import csv_of


def sort_key(value: Any) -> tuple[Any, ...]:
    """Return by what a cell is sorted: numbers by size, then texts by pinyin and the numbers within them, nothing at the end."""
    if value in ("", None):
        return (2,)
    try:
        return (0, float(value))
    except ValueError:
        parts = re.split(r"(\d+)", str(value))
        return (1, [(1, int(part), "") if part.isdecimal() else (0, 0, _spelled(part)) for part in parts if part])


def _spelled(text: str) -> str:
    return " ".join(map(_pinyin, text.lower()))


@lru_cache(maxsize=20_000)
def _pinyin(sign: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(sign, style=Style.TONE3)[0] if sign > "\x7f" else sign


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV for spreadsheets: marked as UTF-8, each cell on one line."""
    return "\ufeff" + csv_of(heads, ([" ".join(cell.split()) for cell in row] for row in rows), newline="\r\n")

"""A sheet: one table of a file as raw text, with where it came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from graph.model import Record

ROW = "__row"
CHUNK_ROWS = 300_000
MAX_COLUMNS = 2_000


@dataclass(frozen=True)
class BadRow:
    """A row that could not even be read as a row of its table; ``column`` names
    the cell at fault where there is one."""

    row: int
    text: str
    reason: str
    column: str = ""
    cells: list[str] | None = None


@dataclass
class Sheet:
    """Raw rows as text: columns ``0``, ``1``, … and ``__row``, the row's number as a spreadsheet shows it.

    ``above`` is what stands above the heads: a title, a unit, when it was made. A reader of a known format sets
    ``record`` (its heads are then our fields) and says in ``warnings`` what it met;
    ``since_1904``: the numbers of its days count from 1904.
    """

    path: Path
    name: str | None
    heads: list[str]
    chunks: Iterator[pl.DataFrame]
    bad: list[BadRow] = field(default_factory=list)
    record: type[Record] | None = None
    warnings: list[str] = field(default_factory=list)
    above: str = ""
    since_1904: bool = False


def raw_frame(rows: list[list[str | None]], numbers: list[int], width: int) -> pl.DataFrame:
    """Return rows of text as a frame of ``width`` columns; short rows are filled with nulls."""
    columns: dict[str, Any] = {
        str(index): pl.Series([row[index] if index < len(row) else None for row in rows], dtype=pl.String)
        for index in range(width)
    }
    return pl.DataFrame(columns | {ROW: pl.Series(numbers, dtype=pl.UInt32)})


def cell_text(value: Any) -> str:
    """Return a cell as text: whole numbers without ``.0``, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if hasattr(value, "isoformat"):
        text: str = value.isoformat()
        return text.removesuffix("T00:00:00")
    return str(value).strip()


def text_above(rows: list[list[str]]) -> str:
    """Return what stands in the rows above the heads, each cell once."""
    return " ".join(dict.fromkeys(cell.strip() for row in rows for cell in row if cell.strip()))[:2000]

"""Tables as CSV that a spreadsheet opens without running anything."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

SIGNS = ("=", "+", "-", "@")  # a spreadsheet may take what begins so, after blanks or not, for a formula
NUMBER = re.compile(r"[+-]?[\d.,]+(?:e[+-]?\d+)?%?", re.IGNORECASE)


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[str]], newline: str = "\n") -> str:
    """Return a table as CSV in which no cell is a formula; plain numbers stay numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline)
    writer.writerows([_safe(_one_line_end(cell)) for cell in row] for row in (heads, *rows))
    return text.getvalue()


def write_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as CSV for spreadsheets: marked as UTF-8, each cell on one line."""
    return "\ufeff" + csv_of(heads, ([" ".join(cell.split()) for cell in row] for row in rows), newline="\r\n")


def _one_line_end(text: str) -> str:
    """Return a text without carriage returns: the writer leaves them without
    quotes, so that what follows would begin a row."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _safe(text: str) -> str:
    risky = text.startswith(("\t", "\r", "\n")) or (
        text.lstrip().startswith(SIGNS) and not NUMBER.fullmatch(text.strip())
    )
    return f"'{text}" if risky else text

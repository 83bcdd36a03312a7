"""Tables as CSV that a spreadsheet opens without running anything."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet may take what begins so for a formula
NUMBER = re.compile(r"[+-]?[\d.,]+(?:e[+-]?\d+)?%?", re.IGNORECASE)


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[str]], newline: str = "\n") -> str:
    """Return a table as CSV in which no cell is a formula; plain numbers stay numbers."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=newline)
    writer.writerow(heads)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue()


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(RISKY) and not NUMBER.fullmatch(text) else text

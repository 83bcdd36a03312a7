"""What is known of a list while its cells are read, and how cells are taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from graph.model import Record
from loaders.files.sheets import ROW
from loaders.rows.as_meant import LIMIT, Note

NO_WORDS = ("无", "-", "--", "—", "/", "暂无", "不详")  # nothing that is to be kept


@dataclass
class Listing:
    """What is known of a table whose rows are read: its type, the heads of its fields, whether it is a list that
    somebody else made, what stands above it, the day on which it was made, as far as that is said, and what the heads
    of what it says of persons are kept for."""

    record: type[Record]
    heads: Mapping[str, str]
    listing: bool
    unit: str = ""
    day: str = ""
    purposes: Mapping[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    title: str = ""

    def note(self, frame: pl.DataFrame, name: str, told: pl.Expr, head: str = "") -> None:
        """Note the cells of a column for which something is told, under its head or another."""
        said = frame.with_columns(told.alias("__told")).filter(pl.col("__told").is_not_null())
        for row, value, text in said.select(ROW, name, "__told").iter_rows():
            self.notes.append(Note(row, head or self.heads.get(name, ""), (value or "")[:LIMIT], text))


Reading = Callable[[pl.DataFrame, Listing], pl.DataFrame]


def text_of(name: str) -> pl.Expr:
    """Return the cells of a column without blanks around them, empty ones as null."""
    return pl.col(name).str.strip_chars().replace("", None)


def or_none(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return the cells of a column that may not be there."""
    return text_of(name) if name in frame.columns else pl.lit(None, dtype=pl.String)


def joined(*texts: pl.Expr) -> pl.Expr:
    """Return what some texts say together."""
    return pl.concat_str(*texts, separator="；", ignore_nulls=True).replace("", None)

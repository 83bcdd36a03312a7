"""What people wrote: kept on its row beside what files say there, and over it whatever is loaded later.

The store's column ``edits`` of a row holds one entry, JSON, for each field that a person wrote. A load takes the
people's values off, folds the rows of files onto what files said before, and puts the people's values back on; so a
person's last word is what is read, and what files say in the meantime is not lost.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from graph.model import EDITS, Record, columns
from graph.model.edits import Edit, read_edits

Row = dict[str, Any]
Pins = Mapping[str, Edit | None]
NOT_WRITTEN = ("recorded_at", "field_sources", EDITS)


@dataclass(frozen=True)
class Mark:
    """What makes the rows of a table a person's: who wrote them when and why, and which fields were written.

    ``pins`` are entries that are to stand instead (None: none): a change that takes another back writes these.
    """

    change: str
    by: str
    at: str
    why: str = ""
    fields: frozenset[str] = frozenset()
    pins: Pins | None = None

    def over(self, edits: Mapping[str, Edit], base: Row, row: Row, written: Iterable[str]) -> dict[str, Edit]:
        """Return the entries of a row after this change; one that says what stands already stays as it is."""
        if self.pins is not None:
            standing = {name: entry for name, entry in {**edits, **self.pins}.items() if entry is not None}
            return dict(sorted(standing.items()))
        made = dict(edits)
        for name in written:
            if name not in edits or edits[name].value != row[name]:
                made[name] = Edit(name, row[name], base.get(name), self.by, self.at, self.change, self.why)
        return dict(sorted(made.items()))


Marks = Mapping[int, Mark]
"""The marks of the tables that are a person's, by the number of the table."""


def released(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows as files alone have them; one that a person made has no status then."""
    return _each(frame, lambda row: row | {name: entry.base for name, entry in read_edits(row).items()})


def known_to_files(there: pl.DataFrame, written: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return the nodes that rows of files are compared with: what files say of them, and then what people say of some.

    A thing that a person has given another name or code is known by both; ``written`` are rows of people themselves.
    """
    edited = there.filter(pl.col(EDITS).is_not_null())
    if edited.is_empty() and written is None:
        return there
    said = [released(there).filter(pl.col("name").is_not_null()), edited]
    if written is not None:
        mine = written.join(there.select("id"), on="id", how="semi")
        said.append(mine.select(name for name in there.columns if name in mine.columns))
    return pl.concat(said, how="diagonal_relaxed")


def held(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows with what people wrote over what files say, which the entries keep."""

    def hold(row: Row) -> Row:
        edits = {name: entry.over(row[name]) for name, entry in read_edits(row).items()}
        return over(row, edits)

    return _each(frame, hold)


def written_over(there: Row | None, row: Row, mark: Mark, record: type[Record], keys: Sequence[str]) -> Row:
    """Return a row after a person's change: the one that is ``there`` with the fields written, or a new one."""
    own = [name for name in columns(record) if name not in keys and name not in NOT_WRITTEN]
    if there is None:
        written = [name for name in own if row[name] is not None or name in mark.fields]
        return over(row, mark.over({}, {}, row, written))
    own_code = {"uscc_check"} if "uscc" in mark.fields else set()
    edits = read_edits(there)
    base = there | {name: entry.base for name, entry in edits.items()}
    made = mark.over(edits, base, row, [name for name in own if name in mark.fields | own_code])
    stood = there.get("aliases") or []
    names = sorted({*stood, *(row.get("aliases") or ())})
    if mark.pins is None and "aliases" not in mark.fields and len(names) > len(stood):  # the old name is one now
        made["aliases"] = _grown(mark, names, base["aliases"], edits.get("aliases"))
    return over(base, dict(sorted(made.items())))


def _grown(mark: Mark, names: list[str], base: Any, before: Edit | None) -> Edit:
    """Return the entry of names that a change adds to those that stood; what files say is added to it, unless somebody
    has written the names themselves."""
    grows = before is None or before.grows
    return Edit("aliases", names, base, mark.by, mark.at, mark.change, mark.why, grows=grows)


def over(row: Row, edits: Mapping[str, Edit]) -> Row:
    """Return a row as files have it with some entries, and what they write, on top."""
    entries = [json.dumps(asdict(entry), ensure_ascii=False, sort_keys=True) for entry in edits.values()]
    return row | {name: entry.value for name, entry in edits.items()} | {EDITS: entries or None}


def _each(frame: pl.DataFrame, make: Callable[[Row], Row]) -> pl.DataFrame:
    """Return a frame with those rows made anew that a person has written in."""
    edited = pl.col(EDITS).is_not_null()
    rows = [make(row) for row in frame.filter(edited).iter_rows(named=True)]
    if not rows:
        return frame
    return pl.concat([frame.filter(~edited), pl.DataFrame(rows, schema=frame.schema, orient="row")])

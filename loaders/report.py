"""What a load did: counts that add up to the files' rows, every refused row
with its reason, both sides of each conflict."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from loaders.rows.problems import Contradiction, RowProblem

Step = Callable[[str, int], None]


def silent(_text: str, _rows: int) -> None:
    """Show nothing."""


def shown(path: Path | str) -> str:
    """Return a path as it can be printed: a name that is not UTF-8 (GBK, from
    an old archive) with marks for its bytes."""
    return os.fsencode(path).decode("utf-8", "replace")


@dataclass(frozen=True)
class Reject:
    """A row that was not loaded: where it stands, the first bad cell, and every reason."""

    file: str
    row: int | None
    column: str
    value: str
    reason: str
    sheet: str | None = None
    problems: list[RowProblem] = field(default_factory=list)


@dataclass(frozen=True)
class ReadOtherwise:
    """A cell or a row that was read otherwise than it stood, and how."""

    file: str
    row: int
    column: str
    value: str
    note: str
    sheet: str | None = None


@dataclass
class FileReport:
    """One table's part in a load."""

    file: str
    sheet: str | None
    kind: str
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    unknown_columns: list[str] = field(default_factory=list)


@dataclass
class Report:
    """A whole load; ``read == new + changed + same + len(rejected rows)``.

    ``id`` is that of its record; ``after`` that of the edition of its list before, of which ``gone`` things end.
    """

    dry_run: bool = False
    files: list[FileReport] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    conflicts: list[Contradiction] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[ReadOtherwise] = field(default_factory=list)
    rejects_written: list[str] = field(default_factory=list)
    nodes: dict[str, int] = field(default_factory=dict)
    edges: dict[str, int] = field(default_factory=dict)
    version: str = ""
    id: str = ""
    after: str = ""
    gone: int = 0

    def total(self, name: str) -> int:
        """Return a count over all files."""
        return sum(int(getattr(file, name)) for file in self.files)

    @property
    def bad(self) -> bool:
        """Tell whether anything was refused or could not be read."""
        return bool(self.rejected or self.failed)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as it is printed and written: totals first."""
        totals = {name: self.total(name) for name in ("read", "new", "changed", "same")}
        return (
            totals
            | {"rejected": [asdict(reject) for reject in self.rejected]}
            | {name: value for name, value in asdict(self).items() if name != "rejected"}
        )

    def kept(self) -> dict[str, Any]:
        """Return what the record of a load keeps of its report: the counts of each table, and what was told."""
        own = {name: getattr(self, name) for name in ("warnings", "nodes", "edges", "after", "gone")}
        return own | {"files": [asdict(file) for file in self.files]}

    @classmethod
    def of(cls, kept: Mapping[str, Any], version: str, id: str) -> "Report":
        """Return the report of a load as its record has kept it."""
        files = [FileReport(**file) for file in kept["files"]]
        return cls(**{**kept, "files": files, "version": version, "id": id})

    def noted(self) -> list[tuple[str, int, ReadOtherwise]]:
        """Return what was read otherwise, alike together: how, how often, and the first of them."""
        counted = Counter((each.file, each.column, each.note) for each in self.notes)
        first = {(each.file, each.column, each.note): each for each in reversed(self.notes)}
        return [(key[2], number, first[key]) for key, number in counted.most_common()]

    def reasons(self) -> list[tuple[str, int]]:
        """Return the different reasons with how often each was met, the commonest first."""
        counted = Counter(
            f"{reject.column}: {reject.reason.split('“')[0].split('(')[0][:60]}" for reject in self.rejected
        )
        return counted.most_common()

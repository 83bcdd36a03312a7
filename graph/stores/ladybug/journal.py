"""The journal of an embedded store: a file of SQLite in the folder of its generations, which outlives each of them."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from graph.errors import StoreUnavailable
from graph.journal import Head, Journal, JournalEntry

WAIT = 10.0  # seconds that a writer waits for another
TABLES = (
    "CREATE TABLE IF NOT EXISTS entries (number INTEGER PRIMARY KEY, hash TEXT NOT NULL, text TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER, hash TEXT)",
)


class FileJournal(Journal):
    """A journal in one file; every entry is on the disk when it is told to be added."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def append(self, entry: JournalEntry) -> JournalEntry:
        """Add an entry."""
        with self._writing() as base:
            added = entry.chained(_head(base))
            _insert(base, added)
        return added

    def entries(self, last: int = 0, after: int = 0) -> Iterator[JournalEntry]:
        """Yield all entries, the last so many, or those after a number."""
        return self._found("number > ? ORDER BY number DESC LIMIT ?", after, last or -1)

    def pick(self, numbers: Sequence[int]) -> Iterator[JournalEntry]:
        """Yield the entries of some numbers."""
        which = "number IN (SELECT value FROM json_each(?)) ORDER BY number DESC"
        return self._found(which, json.dumps([*numbers]))

    def _found(self, which: str, *values: int | str) -> Iterator[JournalEntry]:
        if not self.path.exists():
            return
        with self._open() as base:
            rows = base.execute(f"SELECT text, hash FROM entries WHERE {which}", values).fetchall()
        yield from (JournalEntry.of(text, hash) for text, hash in reversed(rows))

    def head(self) -> Head:
        """Return the last entry."""
        if not self.path.exists():
            return Head()
        with self._open() as base:
            return _head(base)

    def fill(self, entries: Iterable[JournalEntry]) -> None:
        """Write the entries of a backup."""
        with self._writing() as base:
            base.execute("DELETE FROM entries")
            base.execute("DELETE FROM head")
            for entry in entries:
                _insert(base, entry)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"不能写操作记录 {self.path}: {error.strerror},请检查目录权限") from error
        with self._open() as base:
            base.execute("BEGIN IMMEDIATE")
            yield base
            base.execute("COMMIT")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)) as base:
                base.execute("PRAGMA synchronous = FULL")
                for table in TABLES:
                    base.execute(table)
                yield base
        except sqlite3.Error as error:
            advice = "请检查权限与磁盘;文件坏了就从备份取回,或把它移到别处(此前的记录从此断开)"
            raise StoreUnavailable(f"操作记录 {self.path} 读写不了: {error};{advice}") from error


def _head(base: sqlite3.Connection) -> Head:
    row = base.execute("SELECT number, hash FROM head").fetchone()
    return Head(*row) if row else Head()


def _insert(base: sqlite3.Connection, entry: JournalEntry) -> None:
    base.execute("INSERT INTO entries VALUES (?, ?, ?)", (entry.number, entry.hash, entry.text()))
    base.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (entry.number, entry.hash))

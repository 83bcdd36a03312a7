"""The journal of a server's graph: nodes of a label of its own beside ``_Meta``, which are no part of the graph."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from graph.journal import Head, Journal, JournalEntry

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from graph.stores.neo4j import Neo4jStore

BATCH = 1_000
# Setting a property takes the lock of the head first: two writers come one after the other.
HEAD = """MERGE (h:`_Meta` {id: 'graph'}) SET h.journal_turn = coalesce(h.journal_turn, 0) + 1
RETURN h.journal_number AS number, h.journal_hash AS hash"""
ADD = """MATCH (h:`_Meta` {id: 'graph'})
UNWIND $rows AS row CREATE (:`_Meta`:`_Journal` {number: row.number, hash: row.hash, text: row.text})
WITH h, max(row.number) AS number, last(collect(row.hash)) AS hash
SET h.journal_number = number, h.journal_hash = hash"""
LAST = "MATCH (h:`_Meta` {id: 'graph'}) RETURN h.journal_number AS number, h.journal_hash AS hash"
FORGET = "MATCH (h:`_Meta` {id: 'graph'}) REMOVE h.journal_number, h.journal_hash"


class ServerJournal(Journal):
    """A journal in the database of the graph."""

    def __init__(self, store: "Neo4jStore") -> None:
        super().__init__()
        self.store = store

    def append(self, entry: JournalEntry) -> JournalEntry:
        """Add an entry."""

        def add(head: Head) -> list[JournalEntry]:
            return [entry.chained(head)]

        return self._add(add)[0]

    def entries(self, last: int = 0, after: int = 0) -> Iterator[JournalEntry]:
        """Yield all entries, the last so many, or those after a number."""
        return self._found("e.number > $first", first=max(after, self.head().number - last if last else 0))

    def pick(self, numbers: Sequence[int]) -> Iterator[JournalEntry]:
        """Yield the entries of some numbers."""
        return self._found("e.number IN $numbers", numbers=[*numbers])

    def _found(self, which: str, **values: Any) -> Iterator[JournalEntry]:
        query = f"MATCH (e:`_Journal`) WHERE {which} RETURN e.text AS text, e.hash AS hash ORDER BY e.number"
        rows = self.store.read(query, values).rows
        yield from (JournalEntry.of(str(row["text"]), str(row["hash"])) for row in rows)

    def head(self) -> Head:
        """Return the last entry."""
        rows = self.store.read(LAST).rows
        return Head(int(rows[0]["number"]), str(rows[0]["hash"])) if rows and rows[0].get("hash") else Head()

    def fill(self, entries: Iterable[JournalEntry]) -> None:
        """Write the entries of a backup."""
        self.store.write("MATCH (e:`_Journal`) DELETE e", {})
        self.store.write(FORGET, {})
        whole = [*entries]
        for start in range(0, len(whole), BATCH):
            self._add(partial(_as_they_are, whole[start : start + BATCH]))

    def _add(self, made: Callable[[Head], list[JournalEntry]]) -> list[JournalEntry]:
        """Write what is made of the head that stands, while nobody else does."""

        def work(transaction: "ManagedTransaction") -> list[JournalEntry]:
            row = transaction.run(HEAD).single(strict=True)
            entries = made(Head(int(row["number"]), str(row["hash"])) if row["hash"] else Head())
            rows = [{"number": entry.number, "hash": entry.hash, "text": entry.text()} for entry in entries]
            transaction.run(ADD, rows=rows).consume()
            return entries

        return self.store.within(work)


def _as_they_are(entries: list[JournalEntry], _: Head) -> list[JournalEntry]:
    return entries

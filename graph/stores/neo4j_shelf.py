"""The shelf of a server's graph: nodes of a label of its own beside ``_Meta``, which are no part of the graph."""

from typing import TYPE_CHECKING

from graph.errors import StoreUnavailable

if TYPE_CHECKING:
    from graph.stores.neo4j import Neo4jStore

PUT = "MERGE (s:`_Meta`:`_Shelf` {name: $name}) SET s.content = $content"
GET = "MATCH (s:`_Shelf` {name: $name}) RETURN s.content AS content"
NAMES = "MATCH (s:`_Shelf`) WHERE s.name STARTS WITH $start RETURN s.name AS name ORDER BY name"
REMOVE = "MATCH (s:`_Shelf`) WHERE s.name STARTS WITH $start DELETE s"


class ServerShelf:
    """Files as bytes of nodes; each is as large as one message may be."""

    def __init__(self, store: "Neo4jStore") -> None:
        self.store = store

    def put(self, name: str, content: bytes) -> None:
        """Keep a file."""
        self.store.write(PUT, {"name": name, "content": content})

    def get(self, name: str) -> bytes:
        """Return a file."""
        found = self.store.within(lambda transaction: transaction.run(GET, name=name).single())
        if found is None:
            raise StoreUnavailable(f"{self.store.url} 里的 {name} 不见了;请从备份恢复")
        return bytes(found["content"])

    def names(self, start: str = "") -> list[str]:
        """Return the names that begin so."""
        return [str(row["name"]) for row in self.store.read(NAMES, {"start": start}).rows]

    def remove(self, start: str) -> None:
        """Remove files."""
        self.store.write(REMOVE, {"start": start})

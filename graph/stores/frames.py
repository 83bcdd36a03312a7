"""A graph in memory, as the frames that stores read and write: what loads are folded onto to see what would be."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from graph.model import Edge, Node
from graph.stores.base import Ends, schema


@dataclass
class Frames:
    """Tables that are written as a load writes into a store, and read as they then are."""

    _nodes: dict[type[Node], pl.DataFrame] = field(default_factory=dict)
    _edges: dict[tuple[type[Edge], Ends], pl.DataFrame] = field(default_factory=dict)

    def nodes(self, record: type[Node]) -> pl.DataFrame:
        """Return all nodes of a type."""
        return self._nodes.get(record, pl.DataFrame(schema=schema(record)))

    def edges(self, record: type[Edge], ends: Ends) -> Iterator[pl.DataFrame]:
        """Yield all edges of a type between two labels."""
        if (record, ends) in self._edges:
            yield self._edges[record, ends]

    def insert_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Add nodes."""
        self._nodes[record] = pl.concat([self.nodes(record), frame.select([*schema(record)])])

    def insert_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Add edges."""
        self._edges[record, ends] = pl.concat([*self.edges(record, ends), frame.select([*schema(record)])])

    def update_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Replace nodes."""
        self.delete_nodes(record, frame["id"])
        self.insert_nodes(record, frame)

    def update_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Replace edges."""
        self.delete_edges(record, ends, frame)
        self.insert_edges(record, ends, frame)

    def delete_nodes(self, record: type[Node], ids: pl.Series) -> None:
        """Remove nodes; their edges are not looked for."""
        self._nodes[record] = self.nodes(record).filter(~pl.col("id").is_in(ids.implode()))

    def delete_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Remove edges, found by ends and key."""
        there = next(self.edges(record, ends), None)
        if there is not None:
            keys = [pl.col("from"), pl.col("to"), *(pl.col(name).fill_null("") for name in record.table.key)]
            self._edges[record, ends] = there.join(frame, on=keys, how="anti", maintain_order="left")

    def has_written(self) -> bool:
        """Return yes: what is here is all that there is."""
        return True

    def keep_ledger(self, text: str) -> None:
        """Keep nothing."""

"""What the rows of a load say something of: nodes by id, edges by their ends and key; and whether that was there
before."""

from collections.abc import Iterator

import polars as pl

from graph.model import Edge, Node
from graph.stores import Ends
from loaders.rows.kept import packed

OWN, WAS = "own", "was"  # that a list is about it, not only names it; that it was there before the load
KEY_SIGN = "\x1f"
EDGE_KEY = ("type", "start", "end", "from", "to", "key")
NODE_SCHEMA = {"label": pl.String, "id": pl.String, OWN: pl.Boolean, WAS: pl.Boolean}
EDGE_SCHEMA = dict.fromkeys(EDGE_KEY, pl.String) | {WAS: pl.Boolean}


class Touched:
    """The nodes and edges of a load, packed as they come."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._edges: list[bytes] = []

    def add_nodes(self, record: type[Node], frame: pl.DataFrame) -> None:
        """Take nodes: ``id``, ``own``, ``was``."""
        frame = frame.group_by("id", maintain_order=True).agg(pl.col(OWN).any(), pl.col(WAS).any())
        self._nodes.append(packed(frame.select(pl.lit(record.label()).alias("label"), "id", OWN, WAS), "zstd"))

    def add_edges(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> None:
        """Take edges: ``from``, ``to``, the columns of their key, ``was``."""
        same = {"type": record.type_name, "start": ends[0], "end": ends[1]}
        told = frame.select(
            *(pl.lit(value).alias(name) for name, value in same.items()), "from", "to", key_of(record), WAS
        )
        self._edges.append(packed(told, "zstd"))

    def nodes(self) -> Iterator[pl.DataFrame]:
        """Yield the nodes."""
        return map(pl.read_ipc, self._nodes)

    def edges(self) -> Iterator[pl.DataFrame]:
        """Yield the edges."""
        return map(pl.read_ipc, self._edges)


def key_of(record: type[Edge]) -> pl.Expr:
    """Return what tells apart the edges of a type between the same two nodes, as one text."""
    parts = [pl.col(name).fill_null("") for name in record.table.key]
    return (pl.concat_str(parts, separator=KEY_SIGN) if parts else pl.lit("")).alias("key")

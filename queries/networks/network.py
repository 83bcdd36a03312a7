"""The doorway to the supply network: read once per version of the graph, as
arrays and as a sorted ``networkx`` graph."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.errors import InputError
from graph.model import Node
from graph.model.edges import MemberOf, Supplies
from graph.model.nodes import Cluster, Enterprise
from graph.names.comparisons import as_one, read_comparisons
from queries.core.view import View

if TYPE_CHECKING:
    import networkx as nx

# networks at once: of 100,000 firms and 500,000 supplies one takes 12 MB, and 100 MB more with its networkx graph
KEPT = 4

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
FIRMS = ("Enterprise", "Enterprise")


class Layout(NamedTuple):
    """Neighbours in one array (CSR): node i has ``ends[starts[i]:starts[i + 1]]``, in rising order."""

    starts: Ints  # shape (nodes + 1,)
    ends: Places  # shape (edges,)


@dataclass(frozen=True, eq=False)
class Network:
    """Who supplies whom: ``source[k]`` supplies ``target[k]``, places in
    ``ids``, sorted, each pair once; made by ``of`` or read."""

    ids: list[str]
    source: Places
    target: Places

    @classmethod
    def of(cls, graph: "nx.DiGraph[Any]") -> "Network":
        """Return the network of a directed networkx graph, its nodes sorted;
        raises ``InputError`` where they cannot be."""
        if not graph.is_directed():
            raise InputError("供应网络应为有向图(networkx.DiGraph),这里是无向图")
        try:
            ids = sorted(graph)
        except TypeError as error:
            raise InputError(f"节点应能互相比较大小,例如都是文字: {error}") from error
        place = {node: number for number, node in enumerate(ids)}
        ends = np.array([(place[source], place[target]) for source, target in graph.edges()], np.int64).reshape(-1, 2)
        return cls.between(ids, ends[:, 0], ends[:, 1])

    @classmethod
    def between(cls, ids: list[str], source: NDArray[Any], target: NDArray[Any]) -> "Network":
        """Return the network of sorted ids and of pairs in any order, as places
        in ``ids``; a pair that comes again counts once."""
        nodes = max(len(ids), 1)
        pairs = np.sort(source.astype(np.int64) * nodes + target)
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # numpy.unique is ten times slower here
        return cls(ids, *_kept((pairs // nodes).astype(np.int32), (pairs % nodes).astype(np.int32)))

    @cached_property
    def customers(self) -> Layout:
        """Lay out whom each firm supplies."""
        return _layout(len(self.ids), self.source, self.target)

    @cached_property
    def suppliers(self) -> Layout:
        """Lay out by whom each firm is supplied."""
        order = np.argsort(self.target, kind="stable")
        return _layout(len(self.ids), self.target[order], self.source[order])

    @cached_property
    def neighbours(self) -> Layout:
        """Lay out the undirected view: each firm's partners, one that both
        supplies and buys once, the firm itself never."""
        apart = self.source != self.target
        both = (self.source[apart], self.target[apart])
        twofold = Network.between(self.ids, np.concatenate(both), np.concatenate(both[::-1]))
        return twofold.customers

    @cached_property
    def graph(self) -> "nx.DiGraph[str]":
        """Return the same as a networkx graph that cannot be changed: nodes and edges in rising order."""
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(self.ids)
        ids = self.ids
        graph.add_edges_from(
            (ids[source], ids[target])
            for source, target in zip(self.source.tolist(), self.target.tolist(), strict=True)
        )
        nx.freeze(graph)
        return graph


def read_network(view: View) -> Network:
    """Return the firms and supplies that a view shows, read at the first question after a load.

    Firms that are judged to be one are one.
    """
    return view.once("network", lambda: _read(view))


def read_clusters(view: View) -> list[tuple[str, str]]:
    """Return which firm is declared a member of which cluster, as pairs of ids
    in order where all three are to be seen."""
    firms, clusters = _ids(view, Enterprise), _ids(view, Cluster)
    pairs = [
        pair
        for frame in view.store.edges(MemberOf, ("Enterprise", "Cluster"))
        for pair in frame.filter(
            pl.col("status").is_in(view.statuses),
            pl.col("from").is_in(firms.implode()),
            pl.col("to").is_in(clusters.implode()),
        )
        .select("from", "to")
        .iter_rows()
    ]
    return sorted(set(pairs))


def _read(view: View) -> Network:
    ids = _ids(view, Enterprise)
    taken_for = {id: survivor for id, survivor in read_comparisons(view.store).taken_for.items() if survivor in ids}
    ids = ids.filter(~ids.is_in(list(taken_for)))
    places = pl.Enum(ids)
    ends = [(np.empty(0, np.uint32), np.empty(0, np.uint32))]
    for frame in view.store.edges(Supplies, FIRMS):
        known = as_one(frame.filter(pl.col("status").is_in(view.statuses)), taken_for).select(
            pl.col("from", "to").cast(places, strict=False).to_physical()  # null for a firm that is left out
        )
        ends.append(tuple(known.drop_nulls().to_numpy().T))
    source, target = (np.concatenate(part) for part in zip(*ends, strict=True))
    return Network.between(ids.to_list(), source, target)


def _ids(view: View, record: type[Node]) -> pl.Series:
    return view.store.nodes(record).filter(pl.col("status").is_in(view.statuses))["id"].sort()


def _layout(nodes: int, source: Places, target: Places) -> Layout:
    """Lay out pairs that are sorted by ``source`` and then by ``target``."""
    return Layout(*_kept(np.searchsorted(source, np.arange(nodes + 1)).astype(np.int64), target))


def _kept(*arrays: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    for array in arrays:
        array.setflags(write=False)  # shared by all who ask
    return arrays

"""The structure measures beside networkx, in one process, on made-up clusters
of firms; the answers must be the same."""

import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from benchmarks.data import make_clusters
from queries.networks.network import Network
from queries.networks.structure import (
    NodeRanking,
    agreement,
    articulation_points,
    betweenness,
    bridges,
    communities,
    pagerank,
    strong_components,
)

SOURCES = 20
SEED = 7
TURNS = 3


class Pair(NamedTuple):
    """One measure as both sides have it, and whether two answers are the same."""

    name: str
    ours: Callable[[Network], Any]
    theirs: Callable[[Any, Any], Any]  # of the directed graph and its undirected view
    same: Callable[[Any, Any], bool]


def _same_ranking(ours: NodeRanking, theirs: dict[str, float]) -> bool:
    return bool(np.allclose(ours.values, [theirs[node] for node in ours.ids], rtol=1e-9, atol=0))


def _same_groups(ours: list[list[str]], theirs: list[set[str]]) -> bool:
    return set(map(frozenset, ours)) == set(map(frozenset, theirs))


def _same_edges(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> bool:
    return set(map(frozenset, ours)) == set(map(frozenset, theirs))


MEASURES = (
    Pair(
        "articulation", articulation_points, lambda _, both: set(nx.articulation_points(both)), lambda a, b: set(a) == b
    ),
    Pair("bridges", bridges, lambda _, both: list(nx.bridges(both)), _same_edges),
    Pair(
        "strong",
        lambda network: strong_components(network).members,
        lambda graph, _: list(nx.strongly_connected_components(graph)),
        _same_groups,
    ),
    Pair("pagerank", pagerank, lambda graph, _: nx.pagerank(graph), _same_ranking),
    Pair(
        "betweenness",
        lambda network: betweenness(network, SOURCES, SEED),
        lambda graph, _: nx.betweenness_centrality(graph, k=SOURCES, seed=SEED),
        _same_ranking,
    ),
)


def structure(firms: str) -> dict[str, Any]:
    """Time what is built once a version, each measure on both sides once it is
    built, and the communities with their comparison."""
    _warm()
    source, target, cluster = make_clusters(int(firms))
    ids = [f"sample-{firm:08d}" for firm in range(int(firms))]
    seconds, network = timed(lambda: _built(ids, source, target))
    graph_seconds, graph = timed(lambda: network.graph)
    both = graph.to_undirected()
    row: dict[str, Any] = {"firms": len(ids), "links": len(network.source), "arrays": seconds, "graph": graph_seconds}
    for pair in MEASURES:
        row[pair.name] = beside(pair, network, graph, both)
    spent, groups = timed(lambda: communities(network, SEED))
    declared = [(ids[firm], f"cluster-{number}") for firm, number in enumerate(cluster.tolist())]
    compared, agreed = timed(lambda: agreement(groups, declared))
    return row | {
        "communities": {"seconds": spent, "compared": compared, "groups": len(groups.members), "score": agreed.score},
        "declared": int(cluster.max()) + 1,
    }


def beside(pair: Pair, network: Network, graph: Any, both: Any) -> dict[str, Any]:
    """Time our side three times (the median counts), the other once, and insist on the same answer."""
    runs = [timed(lambda: pair.ours(network)) for _ in range(TURNS)]
    theirs, answer = timed(lambda: pair.theirs(graph, both))
    assert pair.same(runs[0][1], answer), pair.name
    ours = statistics.median(spent for spent, _ in runs)
    return {"ours": ours, "networkx": theirs, "ratio": round(theirs / ours, 1)}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many seconds a piece of work took, and what it returned."""
    start = time.perf_counter()
    result = work()
    return round(time.perf_counter() - start, 4), result


def _built(ids: list[str], source: Any, target: Any) -> Network:
    network = Network.between(ids, source, target)
    assert len(network.customers.ends) == len(network.suppliers.ends) <= len(network.neighbours.ends)
    return network


def _warm() -> None:
    """Have both sides import and compile what they need, which is not timed."""
    network = Network.of(nx.gnm_random_graph(50, 100, seed=SEED, directed=True))
    for pair in MEASURES:
        pair.ours(network)
        pair.theirs(network.graph, network.graph.to_undirected())
    agreement(communities(network, SEED), [(node, "one") for node in network.ids])

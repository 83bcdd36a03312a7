"""The structure measures against networkx, on small random graphs of every kind, and the same to the last digit."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from network_parts import digraphs
from sklearn.metrics import adjusted_mutual_info_score

from graph.errors import InputError
from queries.networks.network import Network
from queries.networks.structure import (
    Groups,
    NodeRanking,
    agreement,
    articulation_points,
    betweenness,
    bridges,
    communities,
    pagerank,
    strong_components,
)

ROOT = Path(__file__).parent.parent
graphs = st.one_of(
    digraphs(),
    st.builds(
        lambda nodes, edges, seed: nx.gnm_random_graph(nodes, edges, seed=seed, directed=True),
        st.integers(2, 60), st.integers(0, 120), st.integers(0, 10**6),
    ),
)  # fmt: skip
SMALL = [
    nx.DiGraph(),
    nx.empty_graph(1, nx.DiGraph),
    nx.DiGraph([(0, 0)]),
    nx.DiGraph([(0, 1), (1, 0)]),
    nx.empty_graph(3, nx.DiGraph),
]
everywhere: Callable[..., Any] = pytest.mark.parametrize("graph", SMALL, ids=["none", "one", "loop", "pair", "apart"])


def assert_ranked(ranking: NodeRanking, wanted: dict[Any, float]) -> None:
    assert dict(zip(ranking.ids, ranking.values.tolist(), strict=True)) == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    assert list(ranking.ids) == [
        node for _, node in sorted((-value, node) for node, value in zip(ranking.ids, ranking.values, strict=True))
    ]


def assert_in_order(groups: list[list[Any]]) -> None:
    assert groups == sorted((sorted(group) for group in groups), key=lambda group: (-len(group), group[0]))


def check_articulation_points(graph: "nx.DiGraph[Any]") -> None:
    assert articulation_points(Network.of(graph)) == sorted(set(nx.articulation_points(graph.to_undirected())))


def check_bridges(graph: "nx.DiGraph[Any]") -> None:
    wanted = sorted((min(edge), max(edge)) for edge in nx.bridges(graph.to_undirected()))
    assert bridges(Network.of(graph)) == wanted


def check_strong_components(graph: "nx.DiGraph[Any]") -> None:
    groups = strong_components(Network.of(graph)).members
    assert_in_order(groups)
    assert {frozenset(group) for group in groups} == {
        frozenset(group) for group in nx.strongly_connected_components(graph)
    }


def check_pagerank(graph: "nx.DiGraph[Any]") -> None:
    network = Network.of(graph)
    assert_ranked(pagerank(network), nx.pagerank(network.graph))
    assert_ranked(pagerank(network, 0.5, 1e-10), nx.pagerank(network.graph, 0.5, tol=1e-10))


def check_betweenness(graph: "nx.DiGraph[Any]") -> None:
    network = Network.of(graph)
    for sources in {2, 5, len(graph)} & set(range(2, len(graph) + 1)):
        assert_ranked(betweenness(network, sources, 7), nx.betweenness_centrality(network.graph, k=sources, seed=7))
    assert_ranked(betweenness(network, 1000, 7), nx.betweenness_centrality(network.graph))


def check_communities(graph: "nx.DiGraph[Any]") -> None:
    groups = communities(Network.of(graph), 7).members
    assert_in_order(groups)
    assert sorted(node for group in groups for node in group) == sorted(graph)
    undirected = graph.to_undirected()
    assert all(nx.is_connected(undirected.subgraph(group)) for group in groups)


MEASURES = [
    check_articulation_points,
    check_bridges,
    check_strong_components,
    check_pagerank,
    check_betweenness,
    check_communities,
]
check_names = [check.__name__.removeprefix("check_") for check in MEASURES]


@pytest.mark.parametrize("check", MEASURES, ids=check_names)
@given(graph=graphs)
def test_a_measure_is_that_of_networkx(check: Callable[["nx.DiGraph[Any]"], None], graph: "nx.DiGraph[Any]") -> None:
    check(graph)


@pytest.mark.parametrize("check", MEASURES, ids=check_names)
@everywhere
def test_a_measure_of_next_to_nothing(check: Callable[["nx.DiGraph[Any]"], None], graph: "nx.DiGraph[Any]") -> None:
    check(graph)


def test_a_long_chain_needs_no_deep_stack() -> None:
    network = Network.of(nx.path_graph(100_000, nx.DiGraph))
    assert len(articulation_points(network)) == 99_998
    last: tuple[Any, Any] = bridges(network)[-1]
    assert last == (99_998, 99_999)
    assert len(strong_components(network).members) == 100_000


def test_an_edge_both_ways_is_one_edge_and_a_bridge() -> None:
    network = Network.of(nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c"), ("c", "c")]))
    assert articulation_points(network) == ["b"]
    assert bridges(network) == [("a", "b"), ("b", "c")]
    assert strong_components(network).members == [["a", "b"], ["c"]]


def test_the_top_of_a_ranking() -> None:
    star = Network.of(nx.DiGraph([(leaf, "hub") for leaf in "cab"]))
    assert [node for node, _ in pagerank(star).top(3)] == ["hub", "a", "b"]
    assert pagerank(star).top(0) == []
    assert math.isclose(sum(value for _, value in pagerank(star).top(99)), 1)


def planted() -> "nx.DiGraph[Any]":
    return nx.planted_partition_graph(5, 30, 0.4, 0.01, seed=3, directed=True)


def test_planted_groups_are_found() -> None:
    groups = communities(Network.of(planted()), 1)
    nodes: list[Any] = list(range(150))
    assert groups.members == [nodes[first : first + 30] for first in range(0, 150, 30)]
    assert agreement(groups, [(node, f"集群{node // 30}") for node in nodes]).score == pytest.approx(1)


def test_communities_are_as_good_as_those_of_louvain() -> None:
    better = []
    for seed in range(60):
        graph = nx.gnm_random_graph(10 + seed, 30 + 2 * seed, seed=seed, directed=True)
        undirected = graph.to_undirected()
        peer = nx.community.louvain_communities(undirected, seed=7)
        groups = communities(Network.of(graph), 7).members
        better.append(nx.community.modularity(undirected, map(set, groups)) - nx.community.modularity(undirected, peer))
    assert np.mean(better) >= 0
    assert min(better) > -0.05


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=40))
def test_agreement_is_adjusted_mutual_information(pairs: list[tuple[int, int]]) -> None:
    ids, number, declared = range(len(pairs)), [group for group, _ in pairs], [str(cluster) for _, cluster in pairs]
    agreed = agreement(
        Groups([f"{place:02d}" for place in ids], np.array(number)),
        [(f"{place:02d}", declared[place]) for place in ids],
    )
    assert agreed.memberships == len(pairs)
    assert agreed.score == pytest.approx(adjusted_mutual_info_score(declared, number), abs=1e-9)


def test_agreement_is_over_what_is_declared() -> None:
    groups = Groups(list("abcd"), np.array([0, 0, 1, 1]))
    assert agreement(groups, [("a", "k"), ("b", "k"), ("c", "l"), ("x", "l"), ("a", "k")]).memberships == 3
    assert agreement(groups, [("a", "k"), ("a", "l"), ("c", "l")]).memberships == 3
    assert agreement(groups, [("a", "k"), ("x", "l")]).score is None
    assert agreement(groups, []).score is None


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        (lambda network: pagerank(network, alpha=1.0), "alpha"),
        (lambda network: pagerank(network, tolerance=0.0), "tolerance"),
        (lambda network: pagerank(network, alpha=0.9999, tolerance=1e-12), "没有收敛"),
        (lambda network: betweenness(network, 1, 7), "2 个源点"),
        (lambda network: communities(network, -1), "seed"),
    ],
)
def test_what_cannot_be_asked(measure: Callable[[Network], object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        measure(Network.of(nx.DiGraph([(0, 1), (1, 0), (2, 0)])))


PROGRAM = """
import json
import networkx as nx
from queries.networks.network import Network
from queries.networks import structure as s
edges = {(f"n{i % 97}", f"n{i * i % 89}") for i in range(400)}
graph = nx.DiGraph()
graph.add_edges_from(edges)
network = Network.of(graph)
ranked = [s.pagerank(network), s.betweenness(network, 10, 7)]
grouped = [s.strong_components(network), s.communities(network, 7)]
declared = {(f"n{i}", f"k{i % 7}") for i in range(97)}
print(json.dumps([
    s.articulation_points(network), s.bridges(network), [[r.ids, [v.hex() for v in r.values.tolist()]] for r in ranked],
    [g.members for g in grouped], [s.agreement(g, declared).score.hex() for g in grouped], list(graph)[:5],
]))
"""


def test_the_same_to_the_last_digit_whatever_the_hash_seed() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            cwd=ROOT,
            capture_output=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "2", "3")
    ]
    *measures, shuffled = zip(*map(json.loads, said), strict=True)
    assert len(set(map(str, shuffled))) > 1, "the hash seeds should have put the nodes in different orders"
    assert [len(set(map(str, measure))) for measure in measures] == [1] * len(measures)

"""Measures of a network's structure: pure functions of a ``Network``, the same to the last digit for the same input.

Each says what networkx says of ``network.graph``; the work is done by numba, scipy and graspologic-native (Leiden).
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import graspologic_native
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from graph.deadline import check
from graph.errors import InputError
from queries.networks.network import Ints, Layout, Network

Floats = NDArray[np.float64]
STEPS = 1000  # of the power method: at alpha 0.85 a hundred reach 1e-7, and 230 the limit of float64
AT_ONCE = 5_000_000  # links that are walked between two looks at the deadline
PASSES = 5  # of Leiden over the network: measured, more change little


@dataclass(frozen=True, eq=False)
class NodeRanking:
    """All nodes by a measure, the highest first and equal ones by id: ``values[k]`` is that of ``ids[k]``."""

    ids: list[str]
    values: Floats

    def top(self, number: int) -> list[tuple[str, float]]:
        """Return the first ones with their values."""
        return list(zip(self.ids[:number], self.values[:number].tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Groups:
    """A division of all nodes: ``number[i]`` is the group of ``ids[i]``; 0 is
    the largest, equal ones go by their first id."""

    ids: list[str]
    number: Ints

    @cached_property
    def members(self) -> list[list[str]]:
        """Return the ids of each group, sorted."""
        ids = [self.ids[place] for place in np.argsort(self.number, kind="stable").tolist()]
        cuts = [0, *np.cumsum(np.bincount(self.number)).tolist()]
        return [ids[begin:end] for begin, end in pairwise(cuts)]


@dataclass(frozen=True)
class Agreement:
    """How far groups agree with declared ones: 1 the same, about 0 chance; ``None`` where there is nothing to compare.

    ``score`` is the adjusted mutual information over ``memberships`` declared memberships.
    """

    score: float | None
    memberships: int


def articulation_points(network: Network) -> list[str]:
    """Return the ids of the nodes without which the undirected view has more components, sorted."""
    from queries.networks.structure_loops import find_cuts

    check()
    cuts, _, _ = find_cuts(*network.neighbours)
    return [network.ids[place] for place in np.flatnonzero(cuts).tolist()]


def bridges(network: Network) -> list[tuple[str, str]]:
    """Return the edges without which the undirected view has more components, as sorted pairs of sorted ids."""
    from queries.networks.structure_loops import find_cuts

    check()
    _, parent, bridge = find_cuts(*network.neighbours)
    below = np.flatnonzero(bridge)
    ends = np.sort(np.stack([below, parent[below]], axis=1), axis=1)
    return [(network.ids[start], network.ids[end]) for start, end in ends[np.lexsort(ends.T[::-1])].tolist()]


def strong_components(network: Network) -> Groups:
    """Return the largest groups in which every firm supplies every other, through others or itself."""
    from scipy.sparse.csgraph import connected_components

    check()
    if not network.ids:
        return _groups(network, np.empty(0, np.int64))
    _, number = connected_components(_matrix(network.customers), directed=True, connection="strong")
    return _groups(network, number)


def pagerank(network: Network, alpha: float = 0.85, tolerance: float = 1e-6) -> NodeRanking:
    """Rank the nodes by PageRank; like networkx it stops once a step moves them
    by less than ``tolerance`` each on average.

    Nodes without customers give to all alike. Brin, Page: The anatomy of a large-scale hypertextual web search engine,
    Computer Networks 30:107 (1998). Raises ``InputError`` for what does not converge.
    """
    if not (0 <= alpha < 1 and tolerance > 0):
        raise InputError(f"alpha 应在 0(含)与 1 之间,tolerance 应大于 0,这里是 {alpha} 与 {tolerance}")
    nodes = len(network.ids)
    if not nodes:
        return NodeRanking([], np.empty(0))
    incoming, given = _matrix(network.suppliers), np.diff(network.customers.starts)
    weight = 1 / np.maximum(given, 1)
    idle = np.flatnonzero(given == 0)
    rank = np.full(nodes, 1 / nodes)
    for _ in range(STEPS):
        check()
        before = rank
        rank = alpha * (incoming @ (before * weight) + before[idle].sum() / nodes) + (1 - alpha) / nodes
        if np.abs(rank - before).sum() < nodes * tolerance:
            return _ranking(network, rank)
    raise InputError(f"PageRank 走了 {STEPS} 步还没有收敛到 tolerance {tolerance:g},请放宽它或减小 alpha {alpha:g}")


def betweenness(network: Network, sources: int, seed: int) -> NodeRanking:
    """Rank the nodes by the share of shortest paths through them, from a number of sources drawn with the seed.

    The same as ``networkx.betweenness_centrality(network.graph, k=sources,
    seed=seed)``: the very sources, directed paths, every edge of length one, as
    shares of all pairs. From no fewer than two; more than there are nodes means all.
    """
    from queries.networks.structure_loops import sum_dependencies

    nodes = len(network.ids)
    if sources < 2:
        raise InputError(f"介数至少要从 2 个源点算起,这里是 {sources}(只有一个源点时,它自己的介数没有定义)")
    everyone = sources >= nodes
    drawn = list(range(nodes)) if everyone else random.Random(seed).sample(range(nodes), sources)
    total, step = np.zeros(nodes), max(1, AT_ONCE // max(1, len(network.source)))
    for first in range(0, len(drawn), step):
        check()
        sum_dependencies(*network.customers, *network.suppliers, np.array(drawn[first : first + step], np.int64), total)
    if nodes <= 2:
        return _ranking(network, total)
    if everyone:
        return _ranking(network, total * (1 / ((nodes - 1) * (nodes - 2))))
    scale = np.full(nodes, 1 / (sources * (nodes - 2)))
    scale[drawn] = 1 / ((sources - 1) * (nodes - 2))  # from itself a source has no paths through it
    return _ranking(network, total * scale)


def communities(network: Network, seed: int) -> Groups:
    """Return groups dense within and sparse between: Leiden on the undirected view, by modularity at resolution 1.

    Traag, Waltman, van Eck: From Louvain to Leiden: guaranteeing well-connected
    communities, Scientific Reports 9:5233 (2019).
    """
    check()
    if not 0 <= seed < 2**64:
        raise InputError(f"seed 应为 0 至 2^64 之间的整数,这里是 {seed}")
    starts, ends = network.neighbours
    nodes = len(network.ids)
    if not len(ends):  # the library wants an edge
        return _groups(network, np.arange(nodes))
    _, group_of = graspologic_native.leiden_csr(starts, ends, np.ones(len(ends)), nodes, iterations=PASSES, seed=seed)
    return _groups(network, np.array([group_of[node] for node in range(nodes)], np.int64))


def agreement(groups: Groups, declared: Iterable[tuple[str, str]]) -> Agreement:
    """Compare groups with declared ones, given as pairs of id and declared
    group; ids that are in no group are passed over.

    One that is declared in two groups counts in each. Vinh, Epps, Bailey: Information theoretic
    measures for clusterings comparison, Journal of Machine Learning Research 11:2837 (2010).
    """
    from sklearn.metrics import adjusted_mutual_info_score  # takes a second, and only this function needs it

    number = dict(zip(groups.ids, groups.number.tolist(), strict=True))
    pairs = sorted((name, number[node]) for node, name in set(declared) if node in number)
    if len(pairs) < 2:
        return Agreement(None, len(pairs))
    names, numbers = zip(*pairs, strict=True)
    return Agreement(float(adjusted_mutual_info_score(names, numbers)), len(pairs))


def _matrix(layout: Layout) -> csr_array:
    nodes = len(layout.starts) - 1
    return csr_array((np.ones(len(layout.ends)), layout.ends, layout.starts.astype(np.int32)), shape=(nodes, nodes))


def _ranking(network: Network, values: Floats) -> NodeRanking:
    order = np.argsort(-values, kind="stable")
    return NodeRanking([network.ids[place] for place in order.tolist()], values[order])


def _groups(network: Network, number: NDArray[np.integer]) -> Groups:
    """Number groups anew: by size, then by their first id."""
    _, first, number, size = np.unique(number, return_index=True, return_inverse=True, return_counts=True)
    fresh = np.empty(len(size), np.int64)
    fresh[np.lexsort((first, -size))] = np.arange(len(size))
    return Groups(network.ids, fresh[number])

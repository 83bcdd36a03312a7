"""The inner loops of the structure measures, compiled; ``starts`` and ``ends``
are a ``Layout`` of ``queries.networks.network``."""

from typing import Any

import numpy as np
from numba import njit

compiled: Any = njit(nogil=True, cache=True)


@compiled
def find_cuts(starts, ends):
    """Search an undirected simple graph depth first; return which nodes cut it,
    each node's parent, and where that edge is a bridge.

    Hopcroft, Tarjan: Algorithm 447, Communications of the ACM 16:372 (1973). ``low`` is the earliest node that a branch
    reaches by one edge that is not in the tree: where it stays below its parent, the parent is all that holds it.
    """
    nodes = len(starts) - 1
    discovered, low = np.full(nodes, -1, np.int32), np.zeros(nodes, np.int32)
    parent, upcoming = np.full(nodes, -1, np.int32), starts[:-1].copy()
    cuts, bridge = np.zeros(nodes, np.bool_), np.zeros(nodes, np.bool_)
    clock = 0
    for root in range(nodes):
        if discovered[root] >= 0:
            continue
        at, branches = root, 0
        discovered[root] = low[root] = clock
        clock += 1
        while True:
            if upcoming[at] < starts[at + 1]:
                to = ends[upcoming[at]]
                upcoming[at] += 1
                if discovered[to] < 0:
                    parent[to] = at
                    discovered[to] = low[to] = clock
                    clock += 1
                    at = to
                elif to != parent[at]:
                    low[at] = min(low[at], discovered[to])
                continue
            above = parent[at]
            if above < 0:
                break
            bridge[at] = low[at] > discovered[above]
            if above == root:
                branches += 1
            elif low[at] >= discovered[above]:
                cuts[above] = True
            low[above] = min(low[above], low[at])
            at = above
        cuts[root] = branches > 1
    return cuts, parent, bridge


@compiled
def sum_dependencies(starts, ends, back_starts, back_ends, sources, total):
    """Add to ``total`` what shortest paths from the sources depend on each node, in the order of the sources.

    Brandes: A faster algorithm for betweenness centrality, Journal of Mathematical Sociology 25:163 (2001). ``back_*``
    is the layout of the edges turned round. Sums go in the order in which networkx takes them.
    """
    nodes = len(starts) - 1
    paths, share = np.zeros(nodes), np.zeros(nodes)
    away, queue = np.full(nodes, -1, np.int32), np.empty(nodes, np.int32)
    for source in sources:
        reached = 1
        queue[0], away[source], paths[source] = source, 0, 1.0
        begun = 0
        while begun < reached:
            node = queue[begun]
            begun += 1
            for place in range(starts[node], starts[node + 1]):
                to = ends[place]
                if away[to] < 0:
                    away[to] = away[node] + 1
                    queue[reached] = to
                    reached += 1
                if away[to] == away[node] + 1:
                    paths[to] += paths[node]
        for turn in range(reached - 1, 0, -1):
            node = queue[turn]
            part = (1.0 + share[node]) / paths[node]
            for place in range(back_starts[node], back_starts[node + 1]):
                before = back_ends[place]
                if away[before] == away[node] - 1:
                    share[before] += paths[before] * part
            total[node] += share[node]
        for turn in range(reached):
            node = queue[turn]
            away[node], paths[node], share[node] = -1, 0.0, 0.0

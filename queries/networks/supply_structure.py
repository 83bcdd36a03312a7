"""The supply network as a whole: its single points, its knots, who stands in
the middle, its communities beside the clusters."""

from graph.model import NODE_TYPES
from queries.core.answers import Named
from queries.core.view import View
from queries.networks.answers import Bridge, Measured, SupplyStructure
from queries.networks.network import read_clusters, read_network
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

SOURCES, SEED = 200, 20261124
SMALLEST = 2  # firms in a component or a community that is worth showing


def supply_structure(view: View, most: int) -> SupplyStructure:
    """Return the structure of the supply network."""
    return view.once(("structure", most), lambda: _measure(view, most))


def _measure(view: View, most: int) -> SupplyStructure:
    network = read_network(view)
    names = dict(view.store.nodes(NODE_TYPES["Enterprise"]).select("id", "name").iter_rows())

    def named(ids: list[str]) -> list[Named]:
        return [Named(id=id, name=names[id]) for id in ids]

    def measured(ranking: NodeRanking) -> list[Measured]:
        return [
            Measured(firm=Named(id=id, name=names[id]), value=value) for id, value in ranking.top(most) if value > 0
        ]

    single, cuts, detected = articulation_points(network), bridges(network), communities(network, SEED)
    compared = agreement(detected, read_clusters(view))
    groups = [members for members in detected.members if len(members) >= SMALLEST]
    loops = [members for members in strong_components(network).members if len(members) >= SMALLEST]
    return SupplyStructure(
        firms=len(network.ids),
        links=len(network.source),
        single_points=named(single[:most]),
        single_points_count=len(single),
        bridges=[Bridge(one=left, other=right) for left, right in (named(list(pair)) for pair in cuts[:most])],
        bridges_count=len(cuts),
        loops=[named(members) for members in loops[:most]],
        pagerank=measured(pagerank(network)),
        betweenness=measured(betweenness(network, SOURCES, SEED)) if len(network.ids) > 1 else [],
        communities=[named(members) for members in groups[:most]],
        communities_count=len(groups),
        cluster_agreement=compared.score,
        cluster_memberships=compared.memberships,
    )

"""Parts that the tests of the network and of its structure share."""

import networkx as nx
from hypothesis import strategies as st


@st.composite
def digraphs(draw: st.DrawFn) -> "nx.DiGraph[str]":
    """Small directed graphs with lone nodes, loops and pairs both ways, their nodes and edges in no order."""
    ids = draw(st.lists(st.text("ab青岛🚢z", min_size=1, max_size=3), unique=True, max_size=12))
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(ids)
    if ids:
        graph.add_edges_from(draw(st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=30)))
    return graph

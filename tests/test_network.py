"""The doorway: what is read from a store, and what stands for a networkx graph."""

from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from network_parts import digraphs
from view_parts import under

from graph.errors import InputError
from graph.stores import Store
from loaders.run import load
from queries.networks.network import Network, read_clusters, read_network

FIRMS = "id,name,source,status\nb,示例乙,S,confirmed\na,示例甲,S,confirmed\nc,示例丙,S,sample\nd,示例丁,S,confirmed\ne,示例戊,S,curated\n"
SUPPLIES = (
    "supplier,customer,product,source,status\n"
    "b,a,螺栓,S,confirmed\nb,a,螺母,S,sample\na,b,轴,S,confirmed\na,c,轴,S,confirmed\nc,a,垫圈,S,confirmed\na,e,轴,S,sample\n"
)


def load_text(store: Store, folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    report = load([folder], store)
    assert not report.bad, (report.failed, report.rejected)


def edges_of(network: Network) -> list[tuple[str, str]]:
    return [(network.ids[i], network.ids[j]) for i, j in zip(network.source, network.target, strict=True)]


def test_both_stores_are_read_alike(full_store: Store, seeded_store: Store) -> None:
    network, embedded = read_network(under(full_store)), read_network(under(seeded_store))
    assert network.ids == sorted(row["id"] for row in full_store.read("MATCH (e:Enterprise) RETURN e.id AS id").rows)
    pairs = full_store.read(
        "MATCH (a:Enterprise)-[:SUPPLIES]->(b:Enterprise) RETURN DISTINCT a.id AS a, b.id AS b"
    ).rows
    assert edges_of(network) == sorted((row["a"], row["b"]) for row in pairs)
    assert len(pairs) > 10
    assert network.ids == embedded.ids
    assert np.array_equal(network.source, embedded.source)
    assert np.array_equal(network.target, embedded.target)
    assert read_clusters(under(full_store)) == read_clusters(under(seeded_store))


def test_an_empty_store_is_an_empty_network(store: Store) -> None:
    network = read_network(under(store))
    assert (network.ids, len(network.source), len(network.graph)) == ([], 0, 0)
    assert read_clusters(under(store)) == []


def test_what_is_switched_off_is_left_out_with_its_edges(store: Store, tmp_path: Path) -> None:
    load_text(store, tmp_path / "in", enterprises=FIRMS, supplies=SUPPLIES)
    whole = read_network(under(store))
    assert whole.ids == ["a", "b", "c", "d", "e"]
    assert edges_of(whole) == [("a", "b"), ("a", "c"), ("a", "e"), ("b", "a"), ("c", "a")]
    known = read_network(under(store, ["confirmed", "curated"]))
    assert known.ids == ["a", "b", "d", "e"]
    assert edges_of(known) == [("a", "b"), ("b", "a")]


def test_a_network_is_read_once_a_version(store: Store, tmp_path: Path) -> None:
    load_text(store, tmp_path / "in", enterprises=FIRMS, supplies=SUPPLIES)
    first = read_network(under(store))
    assert read_network(under(store)) is first
    assert read_network(under(store, ["confirmed", "sample", "reported", "curated", "inferred"])) is first
    assert read_network(under(store, ["confirmed"])) is not first
    load_text(store, tmp_path / "more", supplies="supplier,customer,product,source,status\nd,e,轴,S,confirmed\n")
    assert edges_of(read_network(under(store)))[-1] == ("d", "e")


def test_memberships_need_all_their_statuses(store: Store, tmp_path: Path) -> None:
    clusters = "id,name,source,status\nk,示例集群,S,confirmed\nl,示例二集群,S,sample\n"
    members = "enterprise,cluster,source,status\nb,k,S,confirmed\na,k,S,confirmed\na,l,S,confirmed\nc,k,S,confirmed\nd,k,S,sample\n"
    load_text(store, tmp_path / "in", enterprises=FIRMS, clusters=clusters, member_of=members)
    assert read_clusters(under(store)) == [("a", "k"), ("a", "l"), ("b", "k"), ("c", "k"), ("d", "k")]
    assert read_clusters(under(store, ["confirmed"])) == [("a", "k"), ("b", "k")]


@given(digraphs())
def test_a_graph_goes_through_the_doorway_and_back(graph: "nx.DiGraph[str]") -> None:
    network = Network.of(graph)
    assert network.ids == list(network.graph) == sorted(graph)
    assert edges_of(network) == list(network.graph.edges) == sorted(graph.edges)
    for place, firm in enumerate(network.ids):
        for layout, wanted in (
            (network.customers, set(graph.successors(firm))),
            (network.suppliers, set(graph.predecessors(firm))),
            (network.neighbours, (set(graph.successors(firm)) | set(graph.predecessors(firm))) - {firm}),
        ):
            assert [network.ids[end] for end in layout.ends[layout.starts[place] : layout.starts[place + 1]]] == sorted(
                wanted
            )


def test_the_order_of_a_store_is_that_of_its_ids() -> None:
    ids = ["青岛", "z", "🚢", "é", "\uffff", "A"]
    assert pl.Series(ids).sort().to_list() == sorted(ids)


def test_what_is_shared_cannot_be_changed() -> None:
    network = Network.of(nx.DiGraph([("a", "b")]))
    with pytest.raises(nx.NetworkXError, match="Frozen"):
        network.graph.add_edge("b", "a")
    with pytest.raises(ValueError, match="read-only"):
        network.source[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        network.neighbours.ends[0] = 1


def test_supplies_of_several_products_are_one_edge() -> None:
    assert edges_of(Network.of(nx.MultiDiGraph([("b", "a"), ("b", "a"), ("a", "b")]))) == [("a", "b"), ("b", "a")]


@pytest.mark.parametrize(
    ("graph", "message"), [(nx.Graph([("a", "b")]), "有向图"), (nx.DiGraph([("a", 1)]), "比较大小")]
)
def test_what_is_no_network_is_refused(graph: "nx.DiGraph[str]", message: str) -> None:
    with pytest.raises(InputError, match=message):
        Network.of(graph)

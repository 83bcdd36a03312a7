"""The model agrees with itself: what a type says of others is there, and no two types answer to one word or one place."""

from collections import Counter

import pytest

from graph.model import (
    EDGE_TYPES,
    EDGES,
    NODE_TYPES,
    NODES,
    Edge,
    Node,
    ends_of,
    extended,
    file_name,
    find_type,
    name_of,
    searched,
)


@pytest.mark.parametrize("record", NODES, ids=lambda record: record.__name__)
def test_the_links_of_a_node_are_ends_of_their_edges(record: type[Node]) -> None:
    for link in record.table.links:
        ends = {pair[link.reverse] for pair in ends_of(EDGE_TYPES[link.edge])}
        assert record.label() in ends, link.name
    assert {relation for _, relation in record.table.expected} <= set(EDGE_TYPES)


@pytest.mark.parametrize("record", EDGES, ids=lambda record: record.__name__)
def test_an_edge_joins_types_of_the_model_and_has_words_both_ways(record: type[Edge]) -> None:
    assert ends_of(record)
    assert {label for pair in ends_of(record) for label in pair} <= set(NODE_TYPES)
    assert all(record.table.words)
    assert set(record.table.key) <= set(record.model_fields)


def test_every_type_has_words_of_its_own() -> None:
    for record in (*NODES, *EDGES):
        assert [find_type(word) for word in (file_name(record), name_of(record), record.table.zh)] == [record] * 3
    places = Counter(node.table.searched for node in NODES if node.table.searched)
    assert (max(places.values()), len(places)) == (1, len(searched()))


def test_what_a_test_adds_is_gone_again() -> None:
    class Visit(Node):
        table = NODE_TYPES["Event"].table

    before = [*NODE_TYPES]
    with extended(Visit):
        assert [*NODE_TYPES] == [*before, "Visit"]
        assert ("Visit", "Chain") in ends_of(EDGE_TYPES["ON_CHAIN"])
    assert [*NODE_TYPES] == before
    assert ("Visit", "Chain") not in ends_of(EDGE_TYPES["ON_CHAIN"])

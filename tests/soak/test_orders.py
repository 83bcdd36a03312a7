"""The same graph gives the same answers: every GET route, for every id, of the seeds loaded in two orders, on both stores."""

from pathlib import Path

import pytest
from address_parts import answers, routes
from conftest import SEEDS, empty_neo4j
from neo4j_server import Server
from test_scope import in_two_orders, turned_round

from graph.stores import open_store
from loaders.run import load


def test_two_orders_of_one_store(tmp_path: Path) -> None:
    stores = [open_store(f"ladybug://{tmp_path}/{name}/g.lbug") for name in ("one", "other")]
    in_two_orders(tmp_path / "turned", stores, SEEDS)
    first, second = (answers(store, routes(store)) for store in stores)
    for store in stores:
        store.close()
    assert len(first) > 2_500
    assert [address for address in {**first, **second} if first.get(address) != second.get(address)] == []


@pytest.mark.neo4j
@pytest.mark.timeout(3_600)
def test_both_stores(tmp_path: Path, neo4j_instance: Server) -> None:
    embedded, server = open_store(f"ladybug://{tmp_path}/g.lbug"), empty_neo4j(neo4j_instance)
    assert not load([SEEDS], embedded).bad
    assert not load(turned_round(SEEDS, tmp_path / "turned"), server).bad
    on_embedded, on_server = (answers(store, routes(store)) for store in (embedded, server))
    embedded.close()
    server.close()
    assert [
        address for address in {**on_embedded, **on_server} if on_embedded.get(address) != on_server.get(address)
    ] == []

"""Shared parts: both stores, the shipped seeds loaded once, a client, a page server.

A server or a browser that cannot be had fails the test where LIANZHANG_REQUIRE_NEO4J or LIANZHANG_REQUIRE_BROWSER is
set (``make test`` and CI set both); only ``make test-embedded`` leaves the Neo4j tests out, by their mark.
"""

import os
import socket
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import settings

from benchmarks.leader import make_leader

sys.path.insert(0, str(Path(__file__).parent))

from neo4j_server import Server, neo4j_server
from soak_parts import SOAK

from api.app import create_app
from graph.memory import give_back_memory
from graph.settings import Settings
from graph.stores import Store, open_store
from graph.stores.neo4j import Neo4jStore
from loaders.run import load
from queries.core.cache import CACHE

collect_ignore_glob = [] if SOAK else ["soak/*"]  # make soak
settings.register_profile("lianzhang", deadline=None)  # a busy machine is no defect
settings.load_profile("lianzhang")

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
_seeded: dict[str, str] = {}


CACHE.most = 128 << 20  # what was made of graphs that are gone stays as long as there is room


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the user's own graph and settings out of the tests."""
    for field in Settings.model_fields:
        monkeypatch.delenv(f"LIANZHANG_{field.upper()}", raising=False)
    monkeypatch.setenv("LIANZHANG_LOAD_NICE", "0")  # tests side by side would starve what steps back for them
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data"))
    monkeypatch.setattr("api.week.pages.SECONDS", 600.0)  # a busy machine gets the page, not word that it is being made


@pytest.fixture(autouse=True, scope="module")
def _leave_nothing() -> Iterator[None]:
    """Let go of the stores that a module's tests opened and left: each has processes of its own, and a machine that
    runs thousands of tests would be full of them."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # that they were left is known
        give_back_memory()


@pytest.fixture(scope="session")
def seeded_store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an embedded store with all seeds."""
    url = f"ladybug://{tmp_path_factory.mktemp('seeded')}/graph.lbug"
    store = open_store(url)
    report = load([SEEDS], store)
    assert not report.bad, (report.failed, report.rejected[:5])
    store.close()
    return url


@pytest.fixture(scope="session")
def seeded_store(seeded_store_url: str) -> Iterator[Store]:
    """An embedded store with all seeds, for reading."""
    store = open_store(seeded_store_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def neo4j_instance() -> Iterator[Server]:
    """A real Neo4j for the session."""
    with neo4j_server() as server:
        yield server


def neo4j_settings(server: Server) -> Settings:
    """Return settings with the server's credentials."""
    return Settings(neo4j_user=server.user, neo4j_password=server.password)


def empty_neo4j(server: Server) -> Neo4jStore:
    """Return the server's store with everything in it deleted."""
    store = Neo4jStore(server.uri, neo4j_settings(server))
    with store.driver.session() as session:
        session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
    return store


@pytest.fixture
def neo4j_store(neo4j_instance: Server) -> Iterator[Store]:
    """An empty Neo4j store."""
    store = empty_neo4j(neo4j_instance)
    yield store
    store.close()


@pytest.fixture
def neo4j_seeded_url(neo4j_instance: Server) -> str:
    """The URL of a Neo4j with all seeds, loaded again only where another test has changed the graph."""
    store = Neo4jStore(neo4j_instance.uri, neo4j_settings(neo4j_instance))
    if store.version() != _seeded.get(neo4j_instance.uri):
        empty_neo4j(neo4j_instance).close()
        report = load([SEEDS], store)
        assert not report.bad, (report.failed, report.rejected[:5])
        _seeded[neo4j_instance.uri] = store.version()
    store.close()
    return neo4j_instance.uri


@pytest.fixture
def neo4j_env(neo4j_instance: Server, neo4j_seeded_url: str) -> dict[str, str]:
    """The environment that makes a program use the seeded Neo4j."""
    return {
        "LIANZHANG_STORE": neo4j_seeded_url,
        "LIANZHANG_NEO4J_USER": neo4j_instance.user,
        "LIANZHANG_NEO4J_PASSWORD": neo4j_instance.password,
    }


@pytest.fixture(params=["ladybug", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind in turn."""
    if request.param == "neo4j":
        yield request.getfixturevalue("neo4j_store")
        return
    embedded = open_store(f"ladybug://{tmp_path}/graph.lbug")
    yield embedded
    embedded.close()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Store]:
    """An empty embedded store."""
    made = open_store(f"ladybug://{tmp_path}/graph/graph.lbug")
    yield made
    made.close()


@pytest.fixture(params=["ladybug", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def full_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store of each kind with all seeds, for reading."""
    if request.param == "ladybug":
        yield request.getfixturevalue("seeded_store")
        return
    url = request.getfixturevalue("neo4j_seeded_url")
    server = Neo4jStore(url, neo4j_settings(request.getfixturevalue("neo4j_instance")))
    yield server
    server.close()


@pytest.fixture
def server_store(neo4j_instance: Server, neo4j_seeded_url: str) -> Iterator[Store]:
    """The seeded Neo4j, to be compared with the embedded store: that one with itself would agree whatever it says."""
    server = Neo4jStore(neo4j_seeded_url, neo4j_settings(neo4j_instance))
    yield server
    server.close()


@pytest.fixture
def client(seeded_store: Store) -> TestClient:
    """A client of the app over the seeded embedded store (not entered, so the store stays open)."""
    return TestClient(create_app(seeded_store, Settings()), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def live_url(seeded_store_url: str) -> Iterator[str]:
    """The address of the app, served on loopback."""
    import uvicorn

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(open_store(seeded_store_url), Settings()), host="127.0.0.1", port=port, log_level="warning"
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        assert thread.is_alive(), "the app did not start"
        assert time.monotonic() < deadline, "the app did not start in 30 s"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the server, so that ``-m 'not neo4j'`` leaves exactly that out; side by side, one process has the one server.

    A module's other tests stay together, for what they share is made once.
    """
    needing = {"neo4j_instance", "neo4j_store", "neo4j_seeded_url", "neo4j_env"}
    for item in items:
        if needing & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.neo4j)
        of_server = item.get_closest_marker("neo4j") is not None
        item.add_marker(pytest.mark.xdist_group("neo4j" if of_server else item.nodeid.partition("::")[0]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to go on where tests are sent anywhere though they are in groups: each process would have a Neo4j then."""
    if getattr(session.config.option, "loadgroup", False) and not all("@" in item.nodeid for item in session.items):
        raise pytest.UsageError("xdist groups nothing under this pytest: see the pins in pyproject.toml")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say at once what failed: whoever stops a run that hangs has not seen its summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        print(
            f"\nFAILED {report.nodeid} ({report.when})\n{report.longreprtext[:1500]}\n…\n{report.longreprtext[-1500:]}",
            file=sys.__stderr__,
            flush=True,
        )


@pytest.fixture(scope="session")
def big_leader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An embedded store with a leader of ten thousand suppliers, for reading."""
    folder = tmp_path_factory.mktemp("leader")
    store = open_store(f"ladybug://{folder}/graph.lbug")
    report = load([make_leader(folder / "in", 10_000)], store)
    assert not report.bad, report.rejected[:3]
    yield store
    store.close()

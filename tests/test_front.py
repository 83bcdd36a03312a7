"""What stands before the routes: hosts, bodies, kept answers, deadlines, measures."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Self

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.server import front
from api.server.shelf import Kept, Shelf
from graph import deadline
from graph.errors import Busy, WorkStopped
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load

STORY = Path(__file__).parent / "data" / "story"
MORE = "id,名称,来源,状态\nz{number},示例{number}号有限公司,示例,示例\n"
LOCAL = "http://127.0.0.1:8000"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Store]:
    """A store with the story in it, that may be changed."""
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    assert not load([STORY], store).bad
    yield store
    store.close()


def client_of(store: Store, **settings: Any) -> TestClient:
    """Return a client of the app over a store."""
    return TestClient(create_app(store, Settings(**settings)), base_url=LOCAL, raise_server_exceptions=False)


def scope_of(method: str, path: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """Return a request as a server hands it to the app."""
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": [(b"host", b"localhost"), *headers],
        "server": ("127.0.0.1", 8000), "client": ("127.0.0.1", 1),
    }  # fmt: skip


def load_more(store: Store, folder: Path, number: int) -> None:
    """Load one more firm."""
    path = folder / "企业.csv"
    path.write_text(MORE.format(number=number), "utf-8")
    assert not load([path], store).bad


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1:8000",
        "localhost:9",
        "LocalHost",
        "localhost.",
        "[::1]",
        "[::1]:8000",
        "chain.office.local:80",
    ],
)
def test_own_hosts_are_let_in(seeded_store: Store, host: str) -> None:
    assert (
        client_of(seeded_store, hosts="chain.office.local, other").get("/healthz", headers={"Host": host}).status_code
        == 200
    )


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:127.0.0.1", "", "[::2]",
     "10.0.0.1", "localhost@evil.example", "[::1].evil.example", "localhost:80@evil.example", "[::1", "localhost:8x", "xlocalhost", "127.0.0.1 evil.example"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/healthz", "/api/v1/chains", "/static/lianzhang.css", "/docs"])
def test_another_host_is_kept_out_of_everything(seeded_store: Store, host: str, path: str) -> None:
    answer = client_of(seeded_store).get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert "LIANZHANG_HOSTS" in answer.json()["detail"]
    assert "产业链" not in answer.text.replace("LIANZHANG", "")


def test_a_large_body_is_not_read(story: Store) -> None:
    app = create_app(story, Settings())
    taken = 0

    async def ask(headers: list[tuple[bytes, bytes]]) -> list[Any]:
        sent: list[Any] = []

        async def receive() -> Any:
            nonlocal taken
            taken += 1
            return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = scope_of("POST", "/api/v1/cypher", *headers)
        await app(scope, receive, send)
        return sent

    told = asyncio.run(ask([(b"content-length", b"104857600")]))
    assert (told[0]["status"], taken) == (413, 0)
    streamed = asyncio.run(ask([(b"transfer-encoding", b"chunked")]))
    assert streamed[0]["status"] == 413
    assert taken <= front.BODY // 65_536 + 1


def test_a_body_that_does_not_come_is_not_waited_for(story: Store) -> None:
    app = create_app(story, Settings(request_seconds=0.2))
    sent: list[Any] = []

    async def receive() -> Any:
        return await asyncio.Future()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = scope_of("POST", "/api/v1/cypher", (b"content-length", b"9"))
    asyncio.run(asyncio.wait_for(app(scope, receive, send), 20))
    assert sent[0]["status"] == 408


def test_an_answer_is_made_once_for_a_version_and_anew_after_a_load(story: Store, tmp_path: Path) -> None:
    client = client_of(story)
    first = client.get("/api/v1/enterprises")
    again = client.get("/api/v1/enterprises")
    assert again.content == first.content
    assert dict(again.headers) == dict(first.headers)
    assert "lianzhang_kept_answers_total 1.0" in client.get("/metrics").text
    same = client.get("/api/v1/enterprises", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    load_more(story, tmp_path, 1)
    after = client.get("/api/v1/enterprises", headers={"If-None-Match": first.headers["etag"]})
    assert after.status_code == 200
    assert after.headers["etag"] != first.headers["etag"]
    assert len(after.json()["items"]) == len(first.json()["items"]) + 1


@pytest.mark.parametrize("given", ["{tag}", '"x", {tag}', "{strong}"])
def test_every_way_to_name_the_version_is_understood(story: Store, given: str) -> None:
    client = client_of(story)
    for path in ("/api/v1/chains", "/", "/sources"):
        tag = client.get(path).headers["etag"]
        named = given.format(tag=tag, strong=tag.removeprefix("W/"))
        assert client.get(path, headers={"If-None-Match": named}).status_code == 304
        assert client.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_what_is_not_there_is_not_unchanged(story: Store) -> None:
    client = client_of(story)
    tag = client.get("/api/v1/chains").headers["etag"]
    for path, status in (("/api/v1/enterprises/none", 404), ("/none", 404), ("/api/v1/enterprises?size=0", 422)):
        assert client.get(path, headers={"If-None-Match": tag}).status_code == status
    assert client.get("/api/v1/enterprises", headers={"If-None-Match": tag}).status_code == 304


def test_head_is_get_without_its_body(story: Store) -> None:
    client = client_of(story)
    for path in ("/", "/api/v1/chains", "/healthz", "/api/v1/enterprises/none"):
        got, asked = client.get(path), client.head(path)
        assert (asked.status_code, asked.content) == (got.status_code, b"")
        assert asked.headers.get("etag") == got.headers.get("etag")


@pytest.mark.parametrize(
    ("given", "packed"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("notgzip", False),
        ("gzipx", False),
        ("deflate,gzip", True),
        ("gzip;q=0.0, br", False),
        ("identity", False),
    ],
)
def test_gzip_goes_to_who_takes_it(seeded_store: Store, given: str, packed: bool) -> None:
    client = client_of(seeded_store)
    client.get("/api/v1/chains")
    answer = client.get("/api/v1/chains", headers={"Accept-Encoding": given})
    assert (answer.headers.get("content-encoding") == "gzip") is packed


def test_the_day_is_part_of_the_version(story: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(story)
    today = client.get("/api/v1/chains").headers["etag"]

    class Tomorrow(date):
        @classmethod
        def today(cls) -> Self:
            return cls(2199, 1, 1)

    monkeypatch.setattr(front, "date", Tomorrow)
    answer = client.get("/api/v1/chains", headers={"If-None-Match": today})
    assert answer.status_code == 200
    assert answer.headers["etag"] != today


def test_filters_and_addresses_are_kept_apart(seeded_store: Store) -> None:
    client = client_of(seeded_store)
    addresses = [
        "/api/v1/chains",
        "/api/v1/chains?without=sample",
        "/api/v1/chains?without=curated,sample",
        "/api/v1/enterprises?size=3",
    ]
    fresh = {address: client_of(seeded_store, cache_mb=0).get(address).content for address in addresses}
    for _ in range(2):
        assert {address: client.get(address).content for address in addresses} == fresh
    assert len(set(fresh.values())) == 4


def test_a_kept_answer_in_gzip_says_the_same(seeded_store: Store) -> None:
    client = client_of(seeded_store)
    client.get("/api/v1/chains")
    packed = client.get("/api/v1/chains", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/api/v1/chains", headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_errors_are_not_kept_and_the_shelf_has_a_limit(story: Store) -> None:
    client = client_of(story, cache_mb=1)
    assert client.get("/api/v1/enterprises/none").status_code == 404
    assert client.get("/api/v1/enterprises/none").status_code == 404
    assert "lianzhang_kept_answers_total 0.0" in client.get("/metrics").text
    shelf = Shelf(most=10_000)
    for number in range(100):
        shelf.put(b"v1", (str(number).encode(), b""), Kept(200, [], b"x" * 1000, "/"))
    assert shelf.weight <= 10_000
    assert shelf.get(b"v1", (b"99", b"")) is not None
    assert shelf.get(b"v1", (b"0", b"")) is None
    shelf.put(b"v2", (b"1", b""), Kept(200, [], b"x", "/"))
    assert shelf.get(b"v1", (b"99", b"")) is None
    assert shelf.weight == shelf.answers[b"1", b""].weight


def add_route(client: TestClient, path: str, answer: Any) -> None:
    """Add a route to a client's app."""
    app = client.app
    assert isinstance(app, FastAPI)
    app.get(path)(answer)
    app.router.routes.insert(0, app.router.routes.pop())


def test_work_ends_when_its_time_is_up(story: Store) -> None:
    client = client_of(story, request_seconds=0.3)
    done = threading.Event()

    def work() -> None:
        try:
            while True:
                deadline.check()
        finally:
            done.set()

    add_route(client, "/api/v1/work", work)
    answer = client.get("/api/v1/work")
    assert (answer.status_code, answer.json()["title"]) == (504, WorkStopped.title)
    assert done.is_set()


def test_work_ends_when_the_client_has_left(story: Store) -> None:
    client = client_of(story)
    begun, ended = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        try:
            while True:
                deadline.check()
        except WorkStopped:
            ended.set()
            raise

    add_route(client, "/api/v1/work", work)

    async def ask() -> None:
        scope = scope_of("GET", "/api/v1/work")
        waiting = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            if waiting:
                return waiting.pop()
            await asyncio.to_thread(begun.wait, 10)
            return {"type": "http.disconnect"}

        async def send(_: Any) -> None:
            return

        await asyncio.wait_for(client.app(scope, receive, send), 10)

    asyncio.run(ask())
    assert ended.is_set()


def test_one_makes_what_many_ask_for_at_once(story: Store) -> None:
    made = 0
    guard = threading.Lock()
    started, go_on = threading.Event(), threading.Event()

    def work() -> dict[str, int]:
        nonlocal made
        with guard:
            made += 1
        started.set()
        go_on.wait(10)
        return {"made": made}

    with TestClient(create_app(story, Settings()), base_url=LOCAL) as client:
        add_route(client, "/api/v1/work", work)
        with ThreadPoolExecutor(8) as threads:
            answers = [threads.submit(client.get, "/api/v1/work") for _ in range(8)]
            started.wait(10)
            go_on.set()
            assert {answer.result().text for answer in answers} == {'{"made":1}'}


def test_too_many_at_once_are_told_when_to_come_back(story: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(story)
    add_route(client, "/api/v1/busy", _busy)
    answer = client.get("/api/v1/busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    monkeypatch.setattr(front, "MOST", 0)
    answer = client.get("/api/v1/chains")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, str(front.RETRY_AFTER))
    assert answer.headers["content-type"] == "application/problem+json"
    monkeypatch.undo()
    assert client.get("/api/v1/chains").status_code == 200


def _busy() -> None:
    raise Busy("等", retry_after=7)


def test_the_waiting_line_is_in_the_measures(client: TestClient) -> None:
    text = client.get("/metrics").text
    for name in (
        "requests_working",
        "queries_waiting",
        "queries_running",
        "queries_replaced",
        "queries_outside_waiting",
    ):
        assert f"\nlianzhang_{name} " in text


def test_every_answer_carries_the_safety_headers(client: TestClient) -> None:
    for path in (
        "/",
        "/api/v1/chains",
        "/api/v1/chains",
        "/api/v1/none",
        "/none",
        "/static/lianzhang.css",
        "/metrics",
        "/healthz",
    ):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["content-security-policy"] == front.POLICY, path
        assert (headers["x-frame-options"], headers["referrer-policy"]) == ("DENY", "no-referrer"), path
    assert "form-action 'self'" in front.POLICY


def test_no_route_but_healthz_goes_without_the_key(seeded_store: Store) -> None:
    client = client_of(seeded_store, api_key="geheim")
    app = client.app
    assert isinstance(app, FastAPI)
    paths = {getattr(route, "path", "") for route in app.routes} | {
        "/static/lianzhang.css",
        "/vis/vis-network.min.js",
        "/",
        "/none",
    }
    for path in sorted(paths - {"", "/healthz"}):
        assert client.get(path.replace("{id:path}", "x").replace("{id}", "x")).status_code == 401, path
    assert client.get("/api/v1/chains", headers={"X-API-Key": "geheim"}).status_code == 200
    assert client.get("/api/v1/chains", headers={"X-API-Key": "other"}).status_code == 401


def test_what_is_refused_says_how_to_come_in(seeded_store: Store) -> None:
    """Without these headers no browser asks for the key, and no program knows what it may do."""
    answer = client_of(seeded_store, api_key="geheim").get("/")
    assert answer.headers["www-authenticate"].startswith("Basic realm=")
    refused = client_of(seeded_store).post("/api/v1/chains")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    large = client_of(seeded_store).post("/api/v1/cypher", content=b"x" * (front.BODY + 1))
    assert (large.status_code, large.headers["connection"]) == (413, "close")


@pytest.mark.parametrize("kept", [0, 64])
def test_every_answer_of_a_version_says_how_it_may_be_kept(seeded_store: Store, kept: int) -> None:
    client = client_of(seeded_store, cache_mb=kept)
    tag = client.get("/api/v1/chains").headers["etag"]
    for given in ({}, {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}):
        headers = client.get("/api/v1/chains", headers=given).headers
        assert (headers["etag"], headers["cache-control"]) == (tag, "no-cache")
        assert "accept-encoding" in headers["vary"].lower(), "or a cache hands gzip to who does not take it"
    same = client.get("/api/v1/chains", headers={"If-None-Match": tag})
    assert (same.status_code, same.headers["etag"]) == (304, tag)


def test_a_small_answer_is_not_packed(seeded_store: Store) -> None:
    client = client_of(seeded_store)
    for _ in range(2):
        answer = client.get("/api/v1/same-firms/history", headers={"Accept-Encoding": "gzip"})
        assert len(answer.content) < front.PACKED
        assert "content-encoding" not in answer.headers


def test_an_answer_that_is_made_again_weighs_once() -> None:
    shelf = Shelf(most=10_000)
    for length in (1000, 10, 2000):
        shelf.put(b"v", (b"a", b""), Kept(200, [], b"x" * length, "/"))
        assert shelf.weight == sum(answer.weight for answer in shelf.answers.values())

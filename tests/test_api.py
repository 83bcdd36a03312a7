"""The JSON API over the seeded store: typed answers, problems, cursors, tags, keys; schemathesis over every route."""

import base64
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from fastapi.testclient import TestClient
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.routing import Mount, Route

from api.app import check_exposure, create_app
from api.core.routes import router_of
from api.rooms import PAGES
from graph.errors import InputError
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load
from queries.questions import QUESTIONS

STORY = Path(__file__).parent / "data" / "story"
SAFE = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
}


@pytest.fixture(scope="module")
def story_app(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A client over a store with the story in it."""
    store = open_store(f"ladybug://{tmp_path_factory.mktemp('api')}/g.lbug")
    assert not load([STORY], store).bad
    return TestClient(create_app(store, Settings()), raise_server_exceptions=False)


def test_chains_and_one_chain(client: TestClient) -> None:
    chains = client.get("/api/v1/chains").json()["items"]
    assert len(chains) == 24
    by_id = client.get(f"/api/v1/chains/{chains[0]['id']}").json()
    assert by_id == client.get(f"/api/v1/chains/{chains[0]['name']}").json()
    assert by_id["chain"]["name"] == chains[0]["name"]
    assert all(segment["source"] and segment["status"] for segment in by_id["segments"])
    products = [product for segment in by_id["segments"] for product in segment["products"]]
    assert products
    assert all(product["source"] and product["status"] and product["kind"] for product in products)


def test_statements_with_what_they_are_about(client: TestClient) -> None:
    first = client.get("/api/v1/statements", params={"size": 5}).json()
    rest = client.get("/api/v1/statements", params={"size": 500, "cursor": first["next"]}).json()
    assert len(first["items"]) + len(rest["items"]) >= 77
    assert first["items"][0]["subjects"] == [{"label": "Region", "id": "3702", "name": "青岛市"}]
    assert rest["next"] is None
    left = client.get("/api/v1/statements", params={"size": 500, "without": "reported,sample"}).json()["items"]
    assert {item["statement"]["status"] for item in left} == {"confirmed"}


def test_suppliers_customers_paths(story_app: TestClient) -> None:
    items = story_app.get("/api/v1/enterprises/a/suppliers", params={"tiers": 2}).json()["items"]
    assert items[0]["supplier"] == {"id": "b", "name": "示例乙芯片有限公司"}
    assert {item["tier"] for item in items} == {1, 2}
    assert story_app.get("/api/v1/enterprises/示例丙/customers").json()["items"][0]["customer"]["id"] == "b"
    found = story_app.get("/api/v1/paths", params={"from": "d", "to": "a"}).json()["items"]
    assert [path["length"] for path in found] == [1, 3, 3]


def test_search_and_enterprise(story_app: TestClient) -> None:
    assert story_app.get("/api/v1/search", params={"q": "slj"}).json()["items"][0]["id"] == "a"
    firm = story_app.get("/api/v1/enterprises/a").json()
    assert firm["enterprise"]["uscc_check"] == "校验位不符"
    assert {item["relation"] for item in firm["outgoing"]} == {"PRODUCES", "OPERATES_IN", "SUPPLIES"}


def test_lists_page_by_cursor(story_app: TestClient) -> None:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = story_app.get("/api/v1/enterprises", params={"size": 3, "cursor": cursor}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == ["a", "b", "c", "d"]


def test_statuses_are_switched_off_by_one_parameter(story_app: TestClient) -> None:
    items = story_app.get(
        "/api/v1/enterprises/a/suppliers", params={"tiers": 3, "without": "sample,inferred,reported"}
    ).json()["items"]
    assert {item["status"] for item in items} == {"confirmed"}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/v1/chains/none", 404, "图中没有产业链"),
        ("/api/v1/enterprises/none", 404, "图中没有企业"),
        ("/api/v1/enterprises/a/suppliers?tiers=0", 422, "tiers"),
        ("/api/v1/enterprises/a/suppliers?without=nonsense", 422, "没有这种数据状态"),
        ("/api/v1/paths?from=a&to=a", 422, "同一家企业"),
        ("/api/v1/paths?from=a", 422, "to"),
        ("/api/v1/nothing", 404, "Not Found"),
    ],
)
def test_errors_are_problems(story_app: TestClient, path: str, status: int, words: str) -> None:
    answer = story_app.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["instance"] == path.split("?")[0]
    assert words in body["detail"]


def test_what_a_word_may_mean_is_listed_with_the_refusal(tmp_path: Path) -> None:
    (tmp_path / "enterprises.csv").write_text(
        "id,name,short_name,source\nx,示例一厂,示例厂,s\ny,示例二厂,示例厂,s\nz,别的厂,,s\n", "utf-8"
    )
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    assert not load([tmp_path / "enterprises.csv"], store).bad
    client = TestClient(create_app(store, Settings()), raise_server_exceptions=False)
    answer = client.get("/api/v1/enterprises/示例厂")
    assert (answer.status_code, answer.json()["status"]) == (409, 409)
    assert sorted(item["id"] for item in answer.json()["candidates"]) == ["x", "y"]
    assert {item["name"] for item in answer.json()["candidates"]} == {"示例一厂", "示例二厂"}
    assert client.get("/api/v1/enterprises/nothing").json()["candidates"] == []


def test_cypher_over_http(story_app: TestClient) -> None:
    good = story_app.post("/api/v1/cypher", json={"query": "MATCH (c:Chain) RETURN c.id AS id"})
    assert good.json() == {"columns": ["id"], "rows": [{"id": "demo"}], "truncated": False}
    assert story_app.post("/api/v1/cypher", json={"query": "CREATE (c:Chain {id: 'x'})"}).status_code == 403
    assert story_app.post("/api/v1/cypher", json={"query": "MATC"}).status_code == 400
    assert story_app.post("/api/v1/cypher", json={"query": "RETURN 1 AS a", "limit": 5000}).status_code == 422


def test_health_metrics_and_docs(story_app: TestClient) -> None:
    assert story_app.get("/healthz").json() == {"status": "ok"}
    assert story_app.get("/readyz").json()["status"] == "ok"
    story_app.get("/api/v1/chains")
    assert (
        'lianzhang_requests_total{method="GET",route="/api/v1/chains",status="200"}' in story_app.get("/metrics").text
    )
    page = story_app.get("/docs").text
    assert not re.findall(r'(?:src|href)="https?://', page)
    for asset in re.findall(r'(?:src|href)="(/[^"]+)"', page):
        assert story_app.get(asset).status_code == 200, asset


def test_an_empty_or_absent_store_is_503(tmp_path: Path) -> None:
    for url in (f"ladybug://{tmp_path}/none.lbug", "bolt://127.0.0.1:1"):
        client = TestClient(create_app(open_store(url), Settings()), raise_server_exceptions=False)
        answer = client.get("/api/v1/chains")
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_a_key_is_asked_for_where_one_is_set(seeded_store: Store) -> None:
    client = TestClient(create_app(seeded_store, Settings(api_key="geheim-口令")))
    assert client.get("/api/v1/chains").status_code == 401
    assert client.get("/").status_code == 401
    assert client.get("/healthz").status_code == 200
    basic = base64.b64encode("officer:geheim-口令".encode()).decode()
    for headers in ({"Authorization": f"Basic {basic}"}, {"Authorization": b"Bearer " + "geheim-口令".encode()}):
        assert client.get("/api/v1/chains", headers=headers).status_code == 200  # type: ignore[arg-type]
    for wrong in ("Basic !!!", "Bearer no", "Basic " + base64.b64encode(b"\xff\xfe").decode()):
        assert client.get("/api/v1/chains", headers={"Authorization": wrong}).status_code == 401


KEY = "geheim"


def paths_of(routes: Iterable[Any]) -> Iterator[str]:
    """Every path that the app answers, with something in the place of what varies; of files under a mount, one."""
    for route in routes:
        if isinstance(route, (Route, Mount)):
            yield re.sub(r"\{[^}]*\}", "x", route.path) + ("/x" if isinstance(route, Mount) else "")


def test_no_route_but_healthz_answers_without_the_key(seeded_store: Store) -> None:
    client = TestClient(create_app(seeded_store, Settings(api_key=KEY)), raise_server_exceptions=False)
    rooms = [*router_of(QUESTIONS).routes, *(route for room in PAGES for route in room.router.routes)]
    paths = {*paths_of([*rooms, *client.app.routes]), "/no-such-page"}  # type: ignore[attr-defined]
    assert {"/metrics", "/docs", "/openapi.json", "/readyz", "/static/x", "/vis/x", "/"} <= paths
    assert len(paths) > 50
    for path in paths - {"/healthz"}:
        for method in ("GET", "HEAD", "POST", "OPTIONS"):
            for headers in ({}, {"X-API-Key": "wrong"}, {"X-API-Key": ""}, {"Authorization": "Bearer "}):
                assert client.request(method, path, headers=headers).status_code == 401, (method, path, headers)
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/chains", "/", "/metrics", "/openapi.json", "/readyz"])
def test_the_key_is_taken_in_a_header_of_its_own(seeded_store: Store, path: str) -> None:
    client = TestClient(create_app(seeded_store, Settings(api_key=KEY)))
    assert client.get(path, headers={"X-API-Key": KEY}).status_code == 200
    assert client.get(path, headers={"X-API-Key": KEY + "x"}).status_code == 401


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
        ("example", False),
    ],
)
def test_only_loopback_goes_without_a_key(host: str, allowed: bool) -> None:
    if allowed:
        check_exposure(host, Settings())
    else:
        with pytest.raises(InputError, match="LIANZHANG_API_KEY"):
            check_exposure(host, Settings())
    check_exposure(host, Settings(api_key="x", hosts="chain.office.local"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_all_addresses_need_the_names_that_are_ours(host: str) -> None:
    with pytest.raises(InputError, match="LIANZHANG_HOSTS"):
        check_exposure(host, Settings(api_key="x"))


def test_pages_may_not_be_framed_and_load_only_from_here(client: TestClient) -> None:
    """On every kind of answer: a page, data, a file of ours, what is kept, what is unchanged, what is not there, what is refused."""
    tag = client.get("/").headers["etag"]
    asked = [
        ("/", {}),
        ("/", {}),
        ("/", {"If-None-Match": tag}),
        ("/api/v1/chains", {}),
        ("/static/lianzhang.css", {}),
        ("/no-such-page", {}),
    ]
    asked += [("/api/v1/enterprises/none", {}), ("/healthz", {}), ("/", {"Host": "elsewhere.example"})]
    for path, headers in asked:
        answer = client.get(path, headers=headers)
        found = {name: answer.headers.get(name) for name in SAFE}
        assert found == SAFE, (path, headers, answer.status_code)


def test_every_route_keeps_to_its_description(story_app: TestClient) -> None:
    description = schemathesis.openapi.from_asgi("/openapi.json", story_app.app)
    results = list(description.get_all_operations())
    operations = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(operations) == len(results)
    assert len(operations) >= 11
    for operation in operations:

        @hypothesis.settings(max_examples=20, database=None, suppress_health_check=list(hypothesis.HealthCheck))
        @hypothesis.given(case=operation.as_strategy())
        def keep(case: schemathesis.Case[Any]) -> None:
            # A well-formed request may still ask for what makes no sense (from == to, a status that is none): 422.
            case.call_and_validate(excluded_checks=[positive_data_acceptance], timeout=120)

        keep()

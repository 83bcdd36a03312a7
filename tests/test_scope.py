"""What is left out is left out everywhere: by routes, pages and commands; what a chain is made of stays; names mean the same."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from address_parts import answers, routes
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from test_cli import run
from view_parts import under

from api.app import create_app
from api.core.routes import router_of
from api.rooms import PAGES
from graph.errors import InputError, LianzhangError, NotFound
from graph.model import NODES, yardstick
from graph.scope import NAMED, Scope
from graph.settings import Settings
from graph.statuses import STATUS_ZH
from graph.stores import Store, open_store
from loaders.run import load
from queries.city.city import _ended, read_city
from queries.core.view import View
from queries.names.search import find_chain, find_enterprise
from queries.questions import QUESTIONS
from queries.things.chains import list_chains, view_chain
from queries.things.supply import suppliers

STORY = Path(__file__).parent / "data" / "story"
NOTHING = ",".join(STATUS_ZH)
CHAINS = ("integrated-circuits", "smart-appliances", "new-energy-vehicles", "modern-logistics", "exhibitions")
LISTS = (
    "chains",
    "enterprises",
    "statements",
    "same-firms",
    "same-firms/history",
    "ledger",
    "search?q=示例",
    "portfolio",
    "structure",
)
LIST_PAGES = (
    "/",
    "/enterprises",
    "/figures",
    "/review",
    "/ledger",
    "/portfolio",
    "/search?q=示例",
    "/stock?view=table",
)
MOST = 200  # addresses that are compared here; ``make soak`` compares all, on both stores
OF_CHAIN = ("", "/weak-links", "/targets", "/opportunities", "/what-if")


def with_(address: str, words: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}without={words}"


@pytest.mark.parametrize(
    ("words", "statuses"),
    [
        ("", tuple(STATUS_ZH)),
        ("sample", ("confirmed", "reported", "curated", "inferred")),
        ("示例, 整理", ("confirmed", "reported", "inferred")),
        ("示例、推断；curated", ("confirmed", "reported")),
        (NOTHING, ()),
    ],
)
def test_a_scope_is_what_its_words_leave(words: str, statuses: tuple[str, ...]) -> None:
    assert Scope.without(words).statuses == statuses
    assert Scope.of(statuses[::-1]) == Scope.without(words)


def test_scopes_have_names_and_words_that_are_none_are_refused() -> None:
    assert [Scope.without(words).name for words in NAMED.values()] == list(NAMED)
    assert Scope.without("curated").name == ""
    assert Scope.without(NAMED["只用有来源的"]).statuses == ("confirmed", "reported")
    with pytest.raises(InputError, match="没有这种数据状态: exemple"):
        Scope.without("sample,exemple")


def test_the_yardstick_is_seen_but_where_nothing_is_and_where_it_is_a_sample() -> None:
    assert {*yardstick()} == {"Source", "Chain", "Segment", "Product", "PART_OF", "FEEDS", "BELONGS_TO", "INPUT_TO"}
    for kind in yardstick():
        assert Scope.without("curated,inferred,reported").of_kind(kind) == tuple(STATUS_ZH)
        assert "sample" not in Scope.without("sample").of_kind(kind)
        assert Scope.without(NOTHING).of_kind(kind) == ()
    assert Scope.without("curated").of_kind("Enterprise") == ("confirmed", "reported", "inferred", "sample")


def test_the_yardstick_of_every_chain_stands_whatever_is_left_out(seeded_store: Store) -> None:
    whole, founded = under(seeded_store), under(seeded_store, ["confirmed", "reported"])
    assert [chain.id for chain in list_chains(founded)] == [chain.id for chain in list_chains(whole)]
    for chain in CHAINS:
        seen_whole, seen_founded = (view_chain(view, chain) for view in (whole, founded))
        assert [(item.id, [product.id for product in item.products]) for item in seen_whole.segments] == [
            (item.id, [product.id for product in item.products]) for item in seen_founded.segments
        ]
        assert (seen_whole.feeds, seen_whole.inputs) == (seen_founded.feeds, seen_founded.inputs)
        assert {firm.status for item in seen_founded.segments for firm in item.enterprises} <= {"confirmed", "reported"}
    for kind in ("PART_OF", "BELONGS_TO", "INPUT_TO", "FEEDS"):
        links, left = (read_city(view).edges[kind].select("from", "to") for view in (whole, founded))
        assert len(links) > 0
        assert links.equals(left)


@pytest.fixture(scope="module")
def sample_names(seeded_store: Store) -> list[str]:
    """The names that only samples have."""
    named: dict[str, set[str]] = {}
    for record in NODES:
        nodes = seeded_store.nodes(record)
        for name, status in nodes.select("name", "status").iter_rows() if "name" in nodes.columns else ():
            named.setdefault(name, set()).add(status)
    only_samples = [name for name, statuses in named.items() if statuses == {"sample"} and len(name) > 4]
    assert len(only_samples) > 60
    return only_samples


def addresses_of_lists() -> Iterator[str]:
    for chain in CHAINS:
        yield from (f"/api/v1/chains/{chain}{rest}" for rest in OF_CHAIN)
        yield from (f"/chains/{chain}{rest}" for rest in ("", "/targets", "/opportunities", "/what-if"))
        yield f"/things/Segment/{chain}"
    yield from (f"/api/v1/{name}" for name in LISTS)
    yield from LIST_PAGES
    yield from (
        "/sources",
        "/about",
        "/rules",
        "/things/Region/3702",
        "/api/v1/match?need=压缩机",
        "/match?need=压缩机",
    )


@pytest.mark.parametrize("address", [*addresses_of_lists()])
def test_nothing_that_is_hidden_is_named(client: TestClient, sample_names: list[str], address: str) -> None:
    text = client.get(with_(address, "sample")).text
    asked = [name for name in sample_names if name in text]
    assert asked == []


@pytest.mark.parametrize("address", [f"/api/v1/{name}" for name in LISTS])
def test_lists_are_empty_where_nothing_is_to_be_seen(client: TestClient, address: str) -> None:
    answer = client.get(with_(address, NOTHING))
    assert answer.status_code == 200
    body = answer.json()
    assert [value for value in body.values() if isinstance(value, list) and value and isinstance(value[0], dict)] == []


@pytest.mark.parametrize("address", LIST_PAGES)
def test_pages_of_lists_are_empty_where_nothing_is_to_be_seen(
    client: TestClient, sample_names: list[str], address: str
) -> None:
    page = client.get(with_(address, NOTHING))
    assert page.status_code == 200
    assert not [name for name in (*sample_names, "集成电路") if name in page.text.split("<main")[1]]


@pytest.mark.parametrize("without", [NOTHING, "sample"])
def test_a_hidden_thing_is_a_404_that_says_so(client: TestClient, without: str) -> None:
    firm = quote("示例空调有限公司")
    addresses = [f"/enterprises/{{}}{rest}" for rest in ("", "/suppliers", "/customers", "/opportunities")]
    id = client.get(f"/api/v1/enterprises/{firm}").json()["enterprise"]["id"]
    asked = [f"/api/v1{address.format(firm)}" for address in addresses]
    asked += [f"/enterprises/{quote(id, safe='')}", f"/enterprises/{quote(id, safe='')}/opportunities"]
    asked += [
        f"/api/v1/paths?from={firm}&to={firm}",
        f"/api/v1/chains/smart-appliances/what-if?remove={firm}",
        f"/api/v1/ledger?firm={firm}",
    ]
    if without == NOTHING:
        asked += [f"/api/v1/chains/smart-appliances{rest}" for rest in OF_CHAIN]
        asked += [f"/chains/smart-appliances{rest}" for rest in ("", "/targets", "/opportunities", "/what-if")]
        asked += [
            "/things/Segment/new-displays.panels",
            "/api/v1/chains/new-displays/certificate?place=new-displays.panels",
        ]
    for address in asked:
        answer = client.get(with_(address, without))
        assert (answer.status_code, "隐藏" in answer.text) == (404, True), address


@pytest.mark.parametrize("without", [NOTHING, "全部的"])
def test_commands_say_the_same(seeded_store_url: str, without: str) -> None:
    for command in (
        ["suppliers", "示例空调"],
        ["weak-links", "集成电路"],
        ["opportunities", "--chain", "集成电路"],
        ["targets", "集成电路"],
    ):
        done = run(*command, "--without", without, store=seeded_store_url, check=1)
        assert done.returncode == 1
        assert ("隐藏" if without == NOTHING else "没有这种数据状态") in done.stderr
    empty = run("chains", "--without", without, "--format", "json", store=seeded_store_url, check=None)
    assert (empty.returncode, empty.stdout.strip()) == ((0, "[]") if without == NOTHING else (1, ""))


ROUTES: dict[str, Any] = {
    route.path: route
    for router in (router_of(QUESTIONS), *(room.router for room in PAGES))
    for route in router.routes
    if isinstance(route, APIRoute) and "GET" in (route.methods or ())
}


@pytest.mark.parametrize("path", sorted(ROUTES))
def test_a_parameter_that_a_route_does_not_know_is_refused(client: TestClient, path: str) -> None:
    own = {"place": "x", "q": "x", "need": "x", "from": "a", "to": "b"}
    needed = {
        field.alias: own.get(field.alias, "x")
        for field in ROUTES[path].dependant.query_params
        if field.field_info.is_required()
    }
    answer = client.get(
        re.sub(r"{\w+(:id)?}", "smart-appliances", path), params={**needed, "witout": "sample"}, follow_redirects=False
    )
    assert answer.status_code == 422
    assert "没有参数“witout”" in answer.text
    assert path.startswith("/api/") == answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("/api/v1/chains?witout=sample", "without"),
        ("/enterprises?pag=2", "page"),
        ("/api/v1/enterprises?sise=9", "size"),
    ],
)
def test_a_slip_in_a_parameter_is_answered_with_the_name_that_was_meant(
    client: TestClient, address: str, meant: str
) -> None:
    assert f"是不是 {meant}? " in client.get(address).text
    assert "是不是" not in client.get(f"{address.partition('?')[0]}?zzz=1").text


def test_a_view_stays_with_its_version(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load([STORY], store)
    view = View.of(store)
    path = tmp_path / "企业.csv"
    path.write_text("id,名称,来源,状态\nz,示例新来有限公司,示例,示例\n", "utf-8")
    assert not load([path], store).bad
    with pytest.raises(NotFound):
        find_enterprise(view, "示例新来有限公司")
    assert view.version != store.version()
    assert find_enterprise(View.of(store), "示例新来有限公司").id == "z"
    assert suppliers(view, "a") == suppliers(View.of(store), "a")
    store.close()


def test_names_mean_the_same_whatever_is_hidden(seeded_store: Store) -> None:
    for word in ("集成电路", "jcdl", "integrated-circuits"):
        assert {
            find_chain(under(seeded_store, statuses), word).id for statuses in (None, ["confirmed"], ["sample"])
        } == {"integrated-circuits"}
    with pytest.raises(NotFound, match=r"状态是“示例”.*已被隐藏"):
        find_enterprise(under(seeded_store, ["confirmed"]), "示例空调")


def test_an_answer_over_whose_making_a_load_came_is_made_anew(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load([STORY], store)
    app = create_app(store, Settings())
    seen: list[str] = []

    @app.get("/swapping")
    def swapping() -> list[str]:
        if not seen:
            path = tmp_path / "企业.csv"
            path.write_text("id,名称,来源,状态\nz,示例新来有限公司,示例,示例\n", "utf-8")
            assert not load([path], store).bad
        seen.append(store.version())
        return seen

    assert TestClient(app).get("/swapping").json() == seen
    assert (len(seen), len(set(seen))) == (2, 1)
    store.close()


def turned_round(seeds: Path, folder: Path) -> list[Path]:
    """Copy the files of seeds with their rows turned round, and return them in the other order."""
    paths = []
    for path in sorted(seeds.rglob("*.csv"), reverse=True):
        lines = path.read_text("utf-8-sig").splitlines()
        copy = folder / path.relative_to(seeds)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("\n".join([lines[0], *lines[:0:-1]]) + "\n", "utf-8")
        paths.append(copy)
    return paths


def in_two_orders(folder: Path, stores: list[Store], seeds: Path) -> None:
    """Load the seeds into one store as they are, and into another turned round: files and rows."""
    for store, paths in zip(stores, ([seeds], turned_round(seeds, folder)), strict=True):
        report = load(paths, store)
        assert not report.bad, report.rejected[:3]


def test_the_same_graph_gives_the_same_answers_in_whatever_order_it_was_loaded(tmp_path: Path) -> None:
    stores = [open_store(f"ladybug://{tmp_path}/{name}/g.lbug") for name in ("one", "other")]
    in_two_orders(tmp_path / "turned", stores, Path(__file__).parent.parent / "seeds")
    asked = list(routes(stores[0]))
    asked = asked[:: max(1, len(asked) // MOST)]
    first, second = (answers(store, iter(asked)) for store in stores)
    assert [address for address in first if first[address] != second[address]] == []
    for store in stores:
        store.close()


ENDS = {
    "2025": "2025-12-31", "2026-02": "2026-02-31", "2026-H1": "2026-06-30", "2026-H2": "2026-12-31", "2026-Q1": "2026-03-31",
    "2026-Q2": "2026-06-30", "2026-Q3": "2026-09-30", "2026-Q4": "2026-12-31", "2026-07-01": "2026-07-01",
}  # fmt: skip


@pytest.mark.parametrize(("until", "last"), ENDS.items())
def test_what_holds_until_a_time_has_ended_after_its_last_day(until: str, last: str) -> None:
    following = f"{last[:-2]}{int(last[-2:]) + 1:02d}"
    frame = pl.DataFrame({"valid_to": [until, None]})
    assert [frame.select(_ended(day)).to_series().to_list() for day in (last, following)] == [
        [False, False],
        [True, False],
    ]


def test_names_are_asked_for_as_of_the_same_day(seeded_store: Store) -> None:
    view = View.of(seeded_store, Scope.without("sample", "2020-01-01"))
    assert (view.whole.scope.day, view.whole.scope.hidden, view.whole.version) == ("2020-01-01", [], view.version)
    assert view.whole.whole is view.whole
    assert [
        View.of(seeded_store, Scope.without(NOTHING)).scope.yardstick,
        list_chains(View.of(seeded_store, Scope.without(NOTHING))),
    ] == [
        (),
        [],
    ]


def test_settings_come_from_where_they_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert Settings().store == "ladybug:///somewhere/lianzhang/graph.lbug"
    assert Settings(hosts=" a.local, ,b.local ").host_names == ["a.local", "b.local"]
    assert (Settings().query_rows, Settings().query_seconds, Settings().request_seconds) == (1000, 5.0, 30.0), (
        "as docs and help say"
    )


def test_every_error_has_the_status_that_its_reader_acts_on() -> None:
    """4xx: ask otherwise; 503: ask again; 504: ask for less; 500 is for what nobody can help."""
    wanted = {
        "InputError": 422, "NotFound": 404, "Ambiguous": 409, "QueryError": 400, "WriteRefused": 403, "CypherClosed": 403,
        "QueryTimeout": 504, "WorkStopped": 504, "Busy": 503, "StoreUnavailable": 503, "ServiceUnavailable": 503, "OutputError": 500,
        "LoadBusy": 409, "Conflict": 409, "TagMissing": 428, "UploadTooLarge": 413, "UploadTooSlow": 408,
    }  # fmt: skip
    assert {kind.__name__: kind.status for kind in LianzhangError.__subclasses__()} == wanted

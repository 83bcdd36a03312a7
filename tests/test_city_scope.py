"""A scope of one city: its chains alone are seen, by queries, routes, pages and commands; firms and products are everybody's."""

import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from test_cli import run

from api.app import create_app
from graph.errors import NotFound
from graph.scope import Scope
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load
from queries.city.city import read_city
from queries.core.view import View
from queries.names.search import find_chain, find_enterprise, search
from queries.things.chains import list_chains, view_chain

STORY = Path(__file__).parent / "data" / "story"

CITIES = {
    "chains.csv": "id,name,region,source,status\nq,家电,青岛市,s,示例\ny,葡萄酒,烟台市,s,示例\nn,海洋牧场,,s,示例\n",
    "segments.csv": "id,name,chain,tier,source,status\n" + "".join(f"{c}-s,环节{c},{c},上游,s,示例\n" for c in "qyn"),
    "products.csv": "id,name,segments,source,status\n" + "".join(f"{c}-p,产品{c},{c}-s,s,示例\n" for c in "qyn"),
    "regions.csv": "id,name,source,status\nqd,青岛市,s,示例\nyt,烟台市,s,示例\n",
    "enterprises.csv": "id,name,region,chains,source,status\nf,某厂,青岛市,葡萄酒,s,示例\n",
    "sources.csv": "id,name,kind,source,status\ns,说明,示例,s,示例\n",
}


def write_cities(folder: Path) -> None:
    folder.mkdir()
    for name, text in CITIES.items():
        (folder / name).write_text(text, "utf-8")


@pytest.fixture
def two_cities(store: Store, tmp_path: Path) -> Store:
    """A store of three chains: of Qingdao, of Yantai, and of no city in particular."""
    folder = tmp_path / "cities"
    write_cities(folder)
    report = load([folder], store)
    assert not report.bad, (report.failed, report.rejected)
    return store


def test_a_scope_of_one_city_has_its_chains_alone(two_cities: Store) -> None:
    every, here = View.of(two_cities), View.of(two_cities, Scope.without(city="青岛"))
    assert every.cities == {"qd": "青岛市", "yt": "烟台市"}
    assert {chain.id for chain in list_chains(every)} == {"q", "y", "n"}
    for city in ("青岛", "青岛市", "qd"):
        assert {chain.id for chain in list_chains(View.of(two_cities, Scope.without(city=city)))} == {"q", "n"}
    assert set(read_city(here).names["Chain"]) == {"q", "n"}
    assert [hit.id for hit in search(here, "葡萄酒") if hit.label == "Chain"] == []
    assert [hit.id for hit in search(every, "葡萄酒") if hit.label == "Chain"] == ["y"]
    assert find_enterprise(here, "某厂").id == "f"  # firms are everybody's
    for ask in (lambda: view_chain(here, "y"), lambda: find_chain(here, "葡萄酒")):
        with pytest.raises(NotFound, match="“葡萄酒”是烟台市的产业链，现在只看青岛"):
            ask()
    with pytest.raises(NotFound, match="没有城市“威海”的产业链；有链的城市：烟台市、青岛市"):
        View.of(two_cities, Scope.without(city="威海"))


def test_pages_and_routes_keep_to_one_city(two_cities: Store) -> None:
    client = TestClient(create_app(two_cities, Settings()), raise_server_exceptions=False)

    def ids(address: str) -> set[str]:
        return {chain["id"] for chain in client.get(f"/api/v1/chains{address}").json()["items"]}

    assert (ids(""), ids("?city=青岛"), ids("?city=全部")) == ({"q", "y", "n"}, {"q", "n"}, {"q", "y", "n"})
    for route in (
        "/api/v1/chains/y",
        "/api/v1/chains/y/weak-links",
        "/api/v1/chains/y/targets",
        "/chains/y/what-if",
        "/chains/y/desk",
        "/chains/y",
    ):
        assert (route, client.get(f"{route}?city=青岛").status_code) == (route, 404)
        assert (route, client.get(f"{route}?city=烟台").status_code) == (route, 200)
    assert "有链的城市：烟台市、青岛市" in client.get("/api/v1/portfolio?city=威海").json()["detail"]
    page = client.get("/?city=青岛").text
    assert "葡萄酒" not in page
    assert re.search(r"环节</dt><dd>2</dd>", client.get("/stock?city=青岛").text)
    assert re.search(r'aria-current="true">青岛市</a>', page)
    assert 'name="city" value="青岛"' in page  # the search form keeps it
    assert "/chains/q?city=%E9%9D%92%E5%B2%9B" in page
    assert 'aria-label="哪个城市的产业链"' in client.get("/").text
    one = TestClient(create_app(two_cities, Settings(city="烟台")), raise_server_exceptions=False)
    assert "葡萄酒" in one.get("/").text
    assert "家电" not in one.get("/").text
    assert "家电" in one.get("/?city=全部").text


def test_where_there_is_one_city_nobody_is_asked_which(client: TestClient) -> None:
    assert "哪个城市的产业链" not in client.get("/").text
    assert client.get("/api/v1/chains?city=青岛").json() == client.get("/api/v1/chains").json()


def test_a_city_is_no_reason_to_show_nothing_where_no_chain_says_its_own(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    client = TestClient(create_app(store, Settings(city="青岛")), raise_server_exceptions=False)
    assert 'href="/loads' in client.get("/").text
    assert client.get("/about").status_code == 200
    assert not load([STORY], store).bad
    assert client.get("/api/v1/chains").json()["items"]
    store.close()


def test_commands_take_the_city_and_the_environment_says_it(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    write_cities(folder)
    url = f"ladybug://{tmp_path}/g.lbug"
    run("load", str(folder), store=url)

    def chains(*more: str, server: str = "") -> set[str]:
        done = run("chains", "--format", "json", *more, store=url, LIANZHANG_CITY=server)
        return {chain["id"] for chain in json.loads(done.stdout)}

    assert chains("--city", "烟台") == {"y", "n"}
    assert chains(server="青岛") == {"q", "n"}
    assert chains("--city", "全部", server="青岛") == {"q", "y", "n"}
    refused = run("weak-links", "葡萄酒", "--city", "青岛", store=url, check=1)
    assert "烟台市的产业链" in refused.stderr

"""Systems of industries side by side, and the chains of those that hold today; what a city calls weak stands on its
chain's page as its word."""

from pathlib import Path

from fastapi.testclient import TestClient
from view_parts import under

from api.app import create_app
from graph.settings import Settings
from graph.stores import Store
from loaders.run import load
from queries.things.chains import list_chains
from queries.things.systems import chains_out_of_use, list_systems

STORY = Path(__file__).parent / "data" / "story"
ROWS = {
    "systems.csv": "id,name,valid_from,valid_to,source,status\n"
    "old,示例旧体系,,2020,s1,confirmed\nnew,示例新体系,2021,,s1,confirmed\n",
    "chains.csv": "id,name,source,status\nonce,示例旧链,s1,confirmed\n",
    "in_system.csv": "subject,system,source,status\nonce,old,s1,confirmed\ndemo,old,s1,confirmed\n"
    "demo,new,s1,confirmed\n",
    "sectors.csv": "name,system,group,tracks,chains,source,status\n示例门类,new,先导产业,赛道甲;赛道乙,demo,s1,reported\n",
}


def test_the_chains_of_the_systems_that_hold_today_are_listed(store: Store, tmp_path: Path) -> None:
    for name, text in ROWS.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert not load([STORY, tmp_path], store).bad

    view = under(store)
    assert {system.thing["id"]: holds for system, holds in list_systems(view)} == {"old": False, "new": True}
    assert chains_out_of_use(view) == {"once"}
    assert "demo" in {chain.id for chain in list_chains(view)}
    assert "once" not in {chain.id for chain in list_chains(view)}

    client = TestClient(create_app(store, Settings(request_seconds=600)))
    home = client.get("/stock").text
    assert "示例旧体系</a>（2 项，今天不用）" in home
    assert "示例新体系</a>（2 项，2021 起）" in home
    assert client.get("/chains/once").status_code == 200
    assert "示例门类" in client.get("/things/System/new").text
    assert "示例门类" in client.get("/chains/demo/records").text


def test_the_two_systems_of_the_seeds_stand_side_by_side(full_store: Store) -> None:
    view = under(full_store)
    sizes = {system.thing["id"]: (len(system.ties), holds) for system, holds in list_systems(view)}
    assert sizes == {"sys-24-chains": (24, True), "sys-10-plus-1": (11, True)}
    assert chains_out_of_use(view) == set()
    assert len(list_chains(view)) == 24

    sectors = full_store.read("MATCH (s:Sector)-[r:ON_CHAIN]->(c:Chain) RETURN DISTINCT r.status AS status").rows
    assert [row["status"] for row in sectors] == ["inferred"]


def test_what_the_city_calls_weak_is_its_word(full_store: Store) -> None:
    client = TestClient(create_app(full_store, Settings(request_seconds=300)))
    graph = client.get("/chains/new-energy-vehicles/graph").text
    assert graph.index('id="gaps"') < graph.index('id="weaknesses"')
    page = client.get("/chains/new-energy-vehicles").text
    gaps, said = page.index('id="table-chain-gaps"'), page.index('id="weaknesses"')
    assert gaps < said
    section = page[said : page.index("</section>", said)]
    words = ["市里自己说的短板", "来源的话", "财联社", "2025-01-27", "关键部件的本地配套能力待增强", "据报道"]
    assert [word for word in words if word not in section] == []
    assert 'id="weaknesses"' not in client.get("/chains/textile-apparel").text
    assert client.get("/chains/new-energy-vehicles?table=weaknesses&format=csv").status_code == 200

"""Firms placed on chains by what a register says of them: read, placed, judged by people, and not asked again."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_parts import client_of
from view_parts import under

from api.core.people import KEEPER, Role
from api.people.users import Users
from api.placing.doing import place_graph
from benchmarks import placing as bench
from graph.errors import InputError, NotFound, StoreEmpty
from graph.model.edges import OperatesIn, Produces
from graph.model.nodes import Enterprise
from graph.scope import Scope
from graph.stores import Store
from loaders.loads import read_loads
from loaders.placements import SOURCE, judge_places
from loaders.run import load_rows
from queries.core.view import View
from queries.placing import run
from queries.placing.answers import Placements, PlacementState, Sureness
from queries.placing.evidence import RegisteredFirm
from queries.placing.review import list_placements
from queries.placing.run import place, place_files
from queries.placing.scope import read_scope
from queries.placing.yardstick import Yardstick, read_yardstick

ROOT = Path(__file__).resolve().parent.parent
CHAINS = [{"id": "boats", "name": "示例船链", "source": "s", "status": "sample"}]
SEGMENTS: list[dict[str, Any]] = [
    {"id": "boats.hulls", "name": "船体", "chain": "boats", "register_makes": "船舶;钢质船"},
    {"id": "boats.repair", "name": "修船", "chain": "boats", "register_does": "船舶修理;船舶维护"},
    {
        "id": "boats.new",
        "name": "新拆的环节",
        "chain": "boats",
        "register_makes": "示例舾装件",
        "formerly": "boats.hulls",
    },
]
PRODUCTS: list[dict[str, Any]] = [
    {"name": "渔船", "kind": "产品", "segments": "boats.hulls", "aliases": "捕捞船"},
    {"name": "船坞服务", "kind": "服务", "segments": "boats.repair", "register_words": "船舶进坞修理"},
]
PROOF = {"source": "s", "status": "curated"}


def firm(id: str, scope: str | None, name: str = "", **more: Any) -> dict[str, Any]:
    return {
        "id": id,
        "name": name or f"示例{id}号公司",
        "business_scope": scope,
        "source": "s",
        "status": "reported",
        **more,
    }


@pytest.fixture
def boats(store: Store) -> Store:
    """A store with a small chain whose segments say how registers write of them."""
    from graph.model.nodes import Chain, Product, Segment, Source

    load_rows(Source, [{"id": "s", "name": "示例来源", "source": "s", "status": "sample"}], store)
    for record, rows in ((Chain, CHAINS), (Segment, SEGMENTS), (Product, PRODUCTS)):
        assert not load_rows(record, [PROOF | row for row in rows], store).bad
    return store


def places(yardstick: Yardstick, scope: str, name: str = "示例公司") -> tuple[set[str], set[str]]:
    """The segments and products that a scope places a firm on."""
    ((one,),) = place([RegisteredFirm("x", name, scope)], yardstick)
    return (
        {yardstick.places[int(each.of)].id for each in one.segments},
        {yardstick.products[str(each.of)].name for each in one.products},
    )


@pytest.fixture(scope="module")
def seeds(seeded_store: Store) -> Yardstick:
    """The yardstick of the seeds."""
    return read_yardstick(View.of(seeded_store, Scope()))


def read(text: str) -> list[tuple[str, str]]:
    return [(item.what, item.deed) for item in read_scope(text)]


@pytest.mark.parametrize(
    ("scope", "items"),
    [
        ("集成电路制造；集成电路销售", [("集成电路", "make"), ("集成电路", "sell")]),
        ("五金、建材、电缆的销售", [("五金", "sell"), ("建材", "sell"), ("电缆", "sell")]),
        ("销售：五金、建材；软件开发", [("五金", "sell"), ("建材", "sell"), ("软件", "develop")]),
        ("淀粉、粉丝加工销售。", [("淀粉", "make"), ("粉丝", "make")]),
        ("一般项目：船舶修理（不含国际船舶）；货物进出口", [("船舶", "serve"), ("货物", "sell")]),
        ("家禽养殖", [("家禽", "make")]),
        ("研发、生产、销售：水泵（依法须经批准的项目，经相关部门批准后方可开展经营活动）", [("水泵", "make")]),
        ("", []),
    ],
)
def test_a_scope_is_read_item_by_item(scope: str, items: list[tuple[str, str]]) -> None:
    assert read(scope) == items


@given(st.text(max_size=300) | st.text("制造销售、，；：（）()研发。的及零售批发电池", max_size=80))
def test_any_scope_is_read(text: str) -> None:
    items = read_scope(text)
    assert all(item.what for item in items)
    assert items == read_scope(text)


def test_a_maker_stands_where_the_thing_is_made_a_seller_does_not(seeds: Yardstick) -> None:
    segments, products = places(seeds, "轮胎制造；橡胶制品制造", "示例轮胎有限公司")
    assert any(segment.startswith("advanced-polymers-metals.") for segment in segments)
    assert any("胎" in product for product in products)
    segments, products = places(seeds, "轮胎销售；橡胶制品销售", "示例商贸有限公司")
    assert {segment.split(".")[0] for segment in segments} <= {"modern-commerce"}
    assert not any("胎" in product for product in products)


def test_boilerplate_places_nothing(seeds: Yardstick) -> None:
    scope = "一般项目：技术服务、技术开发、技术咨询、技术交流、技术转让、技术推广；企业管理咨询；货物进出口；广告设计、代理。（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
    assert places(seeds, scope) == (set(), set())
    assert places(seeds, "建筑工程施工；劳务分包；物业管理", "示例建筑工程有限公司") == (set(), set())
    assert places(seeds, "") == (set(), set())


def test_the_same_in_every_process(tmp_path: Path, seeded_store_url: str) -> None:
    rows = [
        {"id": str(n), "name": f"示例{n}", "scope": scope}
        for n, scope in enumerate(["软件开发、网络技术开发", "家具、灯具零售", "水产品养殖、加工、销售"])
    ]
    (tmp_path / "f.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    for seed in ("1", "2"):
        command = [
            sys.executable,
            "-c",
            "from api.cli import main; main()",
            "place",
            "--firms",
            str(tmp_path / "f.jsonl"),
        ]
        command += ["--out", str(tmp_path / f"{seed}.jsonl"), "--store", seeded_store_url]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "2.jsonl").read_bytes()


def test_a_file_is_placed_and_its_bad_rows_told(boats: Store, tmp_path: Path) -> None:
    lines = [
        {"id": "a", "name": "示例甲船厂", "scope": "船舶制造；渔船制造", "industry": None},
        {"id": "b", "name": "示例乙", "scope": "示例舾装件制造", "industry": "船舶制造"},
        {"id": "a", "name": "again", "scope": ""},
        {"id": "c", "name": None},
        {"id": "d", "name": "示例丁", "scope": None},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\nnot json\n"
    (tmp_path / "firms.jsonl").write_text(text, "utf-8")
    done = place_files(tmp_path / "firms.jsonl", tmp_path / "placed.jsonl", read_yardstick(under(boats)))
    placed = [json.loads(line) for line in (tmp_path / "placed.jsonl").read_text("utf-8").splitlines()]
    assert [row["id"] for row in placed] == ["a", "b", "d"]
    assert (done.firms, len(done.bad)) == (3, 3)
    assert placed[0]["segments"][0] | {"score": 0, "level": "", "why": []} == {
        "id": "boats.hulls", "name": "船体", "score": 0, "level": "", "why": [],
    }  # fmt: skip
    assert "渔船" in {product["id"] for product in placed[0]["products"]}
    assert all("经营范围" in why or "名称" in why for row in placed for each in row["segments"] for why in each["why"])
    assert [(each["id"], each.get("newer")) for each in placed[1]["segments"]] == [("boats.hulls", "boats.new")]
    assert placed[2] == {"id": "d", "segments": [], "products": []}


def test_without_segments_it_says_so(embedded: Store, tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_text('{"id": "a", "name": "b"}', "utf-8")
    with pytest.raises(StoreEmpty):
        place_files(tmp_path / "f.jsonl", tmp_path / "o.jsonl", read_yardstick(under(embedded)))


def judged(store: Store) -> Placements:
    return list_placements(under(store))


def test_people_judge_and_are_not_asked_again(boats: Store) -> None:
    firms = [firm("a", "船舶制造"), firm("b", "船舶修理"), firm("c", "软件"), firm("d", None)]
    assert not load_rows(Enterprise, firms, boats).bad
    written = place_graph(boats, KEEPER)
    assert (written.new > 0, written.changed, written.gone) == (True, 0, 0)
    waiting = {one.id: one for one in judged(boats).placements}
    assert {"a~boats.hulls", "b~boats.repair"} <= {*waiting}
    assert {one.firm.id for one in waiting.values()} == {"a", "b"}
    assert {(one.status, one.source) for one in waiting.values()} == {("inferred", SOURCE)}
    again = place_graph(boats, KEEPER)
    assert (again.new, again.changed, again.gone, again.same) == (0, 0, 0, written.new)

    judge_places(boats, ["a~boats.hulls"], "accept", "示例审核员", "见过")
    judge_places(boats, ["b~boats.repair"], "refuse", "示例审核员")
    left = {one.id for one in judged(boats).placements}
    assert left.isdisjoint({"a~boats.hulls", "b~boats.repair"})
    accepted = list_placements(under(boats), state=PlacementState.accepted).placements
    assert [(one.id, one.status, one.judged_by, one.judged_why) for one in accepted] == [
        ("a~boats.hulls", "reported", "示例审核员", "见过")
    ]
    for frame in boats.edges(OperatesIn, ("Enterprise", "Segment")):
        ends = {row["from"]: row["valid_to"] for row in frame.iter_rows(named=True)}
        assert (ends["a"], ends["b"] is None) == (None, False)

    load_rows(Enterprise, [firm("a", "船舶制造"), firm("b", "船舶修理")], boats)
    place_graph(boats, KEEPER)
    assert {one.id for one in judged(boats).placements} == left
    with pytest.raises(InputError, match="已经审过"):
        judge_places(boats, ["a~boats.hulls"], "accept", "示例审核员")
    with pytest.raises(NotFound):
        judge_places(boats, ["a~nowhere"], "accept", "示例审核员")

    load_rows(Enterprise, [firm("b", "船舶修理；船舶维护；拖船")], boats)  # the register says something else
    place_graph(boats, KEEPER)
    (asked,) = [one for one in judged(boats).placements if one.id == "b~boats.repair"]
    assert (asked.state, asked.judged_by) == (PlacementState.again, "示例审核员")
    judge_places(boats, ["b~boats.repair"], "accept", "示例审核员")
    assert "b~boats.repair" in {
        one.id for one in list_placements(under(boats), state=PlacementState.accepted).placements
    }
    judge_places(boats, ["b~boats.repair"], "undo", "示例审核员")
    assert [one.state for one in judged(boats).placements if one.id == "b~boats.repair"] == [PlacementState.again]


def test_what_is_not_inferred_any_more_ends_and_what_is_stated_stays(boats: Store) -> None:
    load_rows(Enterprise, [firm("a", "船舶制造", segments="boats.hulls"), firm("b", "船舶修理")], boats)
    written = place_graph(boats, KEEPER)
    assert written.stated == 1
    (stated,) = [
        row
        for frame in boats.edges(OperatesIn, ("Enterprise", "Segment"))
        for row in frame.iter_rows(named=True)
        if row["from"] == "a"
    ]
    assert (stated["source"], stated["placed_on"]) == ("s", None)
    load_rows(Enterprise, [firm("b", "物业管理")], boats)
    assert place_graph(boats, KEEPER).gone >= 1
    assert [one.id for one in judged(boats).placements if one.id == "b~boats.repair"] == []
    assert {load.files for load in read_loads(boats)} >= {("企业上链",)}


def test_routes_place_and_judge_and_viewers_do_not(boats: Store, tmp_path: Path) -> None:
    load_rows(Enterprise, [firm("a", "船舶制造；渔船制造"), firm("b", "船舶修理")], boats)
    client = client_of(boats, tmp_path)
    answer = client.post("/api/v1/place", json={"firms": [{"id": "x", "name": "示例", "scope": "船舶修理"}]})
    assert answer.status_code == 200, answer.text
    assert [each["id"] for each in answer.json()["firms"][0]["segments"]] == ["boats.repair"]
    assert client.get("/api/v1/placements").json()["placements"] == []
    assert client.post("/api/v1/placements").json()["new"] > 0
    listed = client.get("/api/v1/placements", params={"chain": "示例船链"}).json()
    assert listed["firms"] == 2
    ids = [one["id"] for one in listed["placements"]]
    levels = client.get("/api/v1/placements", params={"level": "高"}).json()["placements"]
    assert {one["level"] for one in levels} <= {str(Sureness.high)}
    told = client.patch("/api/v1/placements", json={"ids": ids, "verdict": "accept", "why": "走访过"})
    assert (told.status_code, told.json()) == (200, {"judged": len(ids)})
    assert client.get("/api/v1/placements", params={"state": "采纳"}).json()["counts"]["采纳"] == len(ids)
    journal = client.get("/audit").text
    assert "审核：（空） → 采纳" in journal
    assert "审核时的依据" not in journal  # a fingerprint
    assert "（空） → （空）" not in journal
    assert client.patch("/api/v1/placements", json={"ids": ids, "verdict": "undo"}).status_code == 200
    assert client.get("/api/v1/placements").json()["counts"]["待审"] == len(ids)
    for wrong in (
        {"ids": [], "verdict": "accept"},
        {"ids": ids, "verdict": "maybe"},
        {"ids": ["~"], "verdict": "accept"},
    ):
        assert client.patch("/api/v1/placements", json=wrong).status_code in (404, 422)

    key = Users(tmp_path / "users.json").add("示例读者", Role.viewer)
    viewer = {"Authorization": f"Bearer {key}"}
    assert client.patch("/api/v1/placements", json={"ids": ids, "verdict": "accept"}, headers=viewer).status_code == 403
    assert client.post("/api/v1/placements", headers=viewer).status_code == 403
    asked = client.post("/api/v1/place", json={"firms": [{"id": "x", "name": "示例"}]}, headers=viewer)
    assert asked.status_code == 200


def test_what_is_inferred_can_be_left_out(boats: Store) -> None:
    load_rows(Enterprise, [firm("b", "船舶修理")], boats)
    place_graph(boats, KEEPER)
    made = list(boats.edges(Produces, ("Enterprise", "Product")))
    assert all(row["status"] == "inferred" for frame in made for row in frame.iter_rows(named=True))
    from queries.things.chains import view_chain

    def standing(*left_out: str) -> list[str]:
        view = under(
            boats,
            [status for status in ("confirmed", "reported", "curated", "inferred", "sample") if status not in left_out],
        )
        segments = {each.id: each for each in view_chain(view, "boats").segments}
        return [one.id for one in segments["boats.repair"].enterprises]

    assert (standing(), standing("inferred")) == (["b"], [])


@pytest.mark.skipif(not bench.DATA.is_dir(), reason="the labelled rows are not part of the project")
def test_the_figures_on_dev_have_not_fallen(seeds: Yardstick) -> None:
    firms, gold = bench.read_dev()
    runs = [bench.score(bench.cross_validate(firms, gold, seeds, seed)) for seed in range(2)]
    mean = {name: float(np.mean([run[name] for run in runs])) for name in runs[0]}
    least = {
        "segment F1": 0.66,
        "chain F1": 0.75,
        "first is main": 0.52,
        "none left alone": 0.81,
        "product recall@5": 0.45,
    }
    assert {name: mean[name] for name in least if mean[name] < least[name]} == {}


def test_several_processes_place_what_one_does(boats: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scopes = ("船舶制造；渔船制造", "船舶修理", "服装销售")
    lines = [{"id": str(n), "name": f"示例{n}公司", "scope": scopes[n % 3]} for n in range(50)]
    (tmp_path / "f.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    yardstick = read_yardstick(under(boats))
    alone = place_files(tmp_path / "f.jsonl", tmp_path / "alone.jsonl", yardstick)
    monkeypatch.setattr(run, "FEW", 20)
    monkeypatch.setattr(run, "BATCH", 7)
    assert place_files(tmp_path / "f.jsonl", tmp_path / "many.jsonl", yardstick) == alone
    assert (tmp_path / "many.jsonl").read_bytes() == (tmp_path / "alone.jsonl").read_bytes()
    assert alone.firms == 50
    assert alone.placed

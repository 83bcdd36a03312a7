"""Who looked, where, among which firms, and what that says: coverage by product, class and list, ticks, censuses."""

import json
import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient
from gap_parts import BASE, TODAY, firm, look, put
from test_cli import run

from api.app import create_app
from graph.errors import InputError
from graph.scope import Scope
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import Options, load
from queries.core.view import View
from queries.coverage.answers import LookedFor
from queries.coverage.questions import coverage
from queries.gaps.answers import ProductState, SegmentState, State
from queries.gaps.weak_links import weak_links
from queries.gaps.words import places_of

MAKER = firm("A", products="foil", segments="demo.raw")
VAGUE = firm("B", segments="demo.raw")
CLASSES = {"ore": "0810", "foil": "3251", "chip": "3973", "motor": "3812"}
CLASSED = {
    "industries": [
        {"id": f"gbt-{code}", "code": code, "name": f"示例行业{code}", "system": "GB/T 4754-2017"}
        for code in CLASSES.values()
    ],
    "products": [row | {"gbt4754": CLASSES.get(row["id"], "")} for row in BASE["products"]],
}


def places(store: Store, day: str = TODAY) -> dict[str, SegmentState | ProductState]:
    answer = weak_links(View.of(store, Scope(day=day)), "demo")
    return {id: judged for (_, id), judged in places_of(answer).items()}  # type: ignore[misc]


def states(store: Store, day: str = TODAY) -> dict[str, str]:
    return {id: str(judged.state.value) for id, judged in places(store, day).items()}


def codes(judged: Any) -> list[str]:
    return [reason.code for reason in judged.reasons]


def test_a_firm_without_product_may_make_any_unless_the_product_itself_was_asked_for(
    store: Store, tmp_path: Path
) -> None:
    put(store, tmp_path, enterprises=[MAKER, VAGUE], coverages=[look("demo.raw")])
    assert (states(store)["ore"], states(store)["foil"]) == ("未知", "未知")
    put(
        store,
        tmp_path,
        enterprises=[MAKER, VAGUE],
        coverages=[look("demo.raw"), look("", name="问过矿石", products="ore")],
    )
    assert (states(store)["ore"], states(store)["foil"]) == ("缺链", "未知")


def test_a_firm_makes_only_what_is_registered_where_somebody_said_so(store: Store, tmp_path: Path) -> None:
    only = VAGUE | {"products": "car", "makes_only": "是"}
    put(store, tmp_path, enterprises=[MAKER, only], coverages=[look("demo.raw")])
    assert (states(store)["ore"], states(store)["foil"]) == ("缺链", "弱链")


@pytest.mark.parametrize(
    ("found", "makers", "state", "code"),
    [
        ("没有", [], "缺链", "looked_and_not_found"),
        ("no", [MAKER | {"products": "ore"}], "弱链", "found_none_but_some"),
        ("有", [], "未知", "found_some_unnamed"),
        ("yes", [MAKER | {"products": "ore"}], "弱链", "looked_and_found"),
    ],
)
def test_what_was_found_is_what_somebody_said(
    store: Store, tmp_path: Path, found: str, makers: list[dict[str, Any]], state: str, code: str
) -> None:
    elsewhere = firm("W", region="", products="ore")
    asked = [look("", name="走访", products="ore", found=found)]
    put(store, tmp_path, enterprises=[VAGUE, elsewhere, *makers], coverages=asked)
    ore = places(store)["ore"]
    assert (ore.state.value, code in codes(ore)) == (state, True)


def test_the_last_word_counts(store: Store, tmp_path: Path) -> None:
    asked = [
        look("", name="先", products="ore", found="有", as_of="2026-01"),
        look("", name="后", products="ore", found="没有", as_of="2026-05"),
    ]
    put(store, tmp_path, enterprises=[VAGUE], coverages=asked)
    assert states(store)["ore"] == "缺链"
    put(store, tmp_path, coverages=[*asked, look("", name="再后", products="ore", found="有", as_of="2026-06")])
    assert states(store)["ore"] == "未知"


def test_a_segment_found_empty_holds_for_its_products(store: Store, tmp_path: Path) -> None:
    elsewhere = firm("W", region="", products="ore", segments="demo.raw")
    put(store, tmp_path, enterprises=[elsewhere], coverages=[look("demo.raw")])
    assert states(store)["demo.raw"] == "未知"
    put(store, tmp_path, coverages=[look("demo.raw", found="没有")])
    assert [states(store)[id] for id in ("demo.raw", "ore", "foil")] == ["缺链"] * 3


@pytest.mark.parametrize(
    ("as_of", "state"), [("2005-01", "未知"), ("2021-11", "缺链"), ("2021-10", "未知"), ("", "缺链")]
)
def test_a_look_is_due_again_after_five_years(store: Store, tmp_path: Path, as_of: str, state: str) -> None:
    put(store, tmp_path, coverages=[look("demo.raw", as_of=as_of)])
    assert states(store)["ore"] == state
    assert ("look_is_due" in codes(places(store)["ore"])) == (state == "未知")


def test_a_list_of_some_firms_is_no_gap_and_says_what_it_lacks(store: Store, tmp_path: Path) -> None:
    listed = [look("demo.raw", name="名录", universe="示例上市公司", as_of="2021")]
    put(store, tmp_path, enterprises=[MAKER], coverages=listed)
    found = places(store)
    assert found["ore"].state is State.unknown
    assert [(one.universe, one.as_of) for one in found["ore"].absent_from] == [("示例上市公司", "2021")]
    assert (found["foil"].absent_from, found["chip"].absent_from) == ([], [])
    put(store, tmp_path, enterprises=[MAKER, firm("W", region="", products="ore")])
    assert places(store)["ore"].absent_from == []


def test_classes_cover_their_products_and_a_segment_all_of_whose_products_they_have(
    store: Store, tmp_path: Path
) -> None:
    put(store, tmp_path, **CLASSED, coverages=[look("", name="普查", classes="C32;08")])
    found = states(store)
    assert [found[id] for id in ("demo.raw", "ore", "foil", "demo.part", "chip")] == [
        "缺链",
        "缺链",
        "缺链",
        "未知",
        "未知",
    ]
    put(store, tmp_path, coverages=[look("", name="全部", classes="全部")])
    assert {*states(store).values()} == {"缺链"}


def test_a_segment_is_looked_through_where_each_product_was(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, coverages=[look("", name="一", products="ore"), look("", name="二", products="foil")])
    assert [states(store)[id] for id in ("ore", "foil", "demo.raw")] == ["缺链", "缺链", "缺链"]


def test_a_list_is_declared_a_census_and_taken_back_with_its_load(store: Store, tmp_path: Path) -> None:
    from loaders.loads import read_loads, take_back

    put(store, tmp_path / "base", **CLASSED)
    listed = tmp_path / "list.csv"
    listed.write_text("企业名称,所在区域,主要产品\n示例箔材有限公司,示例区,箔材\n", "utf-8")
    told = {"source": "示例普查 2026-06", "status": "reported"}
    for census, wanted in (("C39@示例城@2026-06", {"chip"}), ("原料、芯片件@示例城@2026-06", {"ore", "foil", "chip"})):
        assert not load([listed], store, Options(proof=told, census=census)).bad
        known = {id for id in ("ore", "foil", "chip", "motor", "car") if states(store)[id] != "未知"}
        assert known == wanted
        take_back(store, read_loads(store)[0].id, "示例甲")
        assert {*states(store).values()} == {"未知"}


@pytest.mark.parametrize(
    ("census", "said"),
    [
        ("C39", "应写成"),
        ("C39@示例城", "应写成"),
        ("Z9@示例城@2026", "不是行业代码"),
        ("C98@示例城@2026", "没有“C98”"),
        ("C39@没有的城@2026", "区域"),
        ("没有的东西@示例城@2026", "不是行业代码"),
    ],
)
def test_a_census_of_nothing_is_refused_and_nothing_is_loaded(
    store: Store, tmp_path: Path, census: str, said: str
) -> None:
    put(store, tmp_path / "base")
    listed = tmp_path / "list.csv"
    listed.write_text("企业名称,来源,状态\n示例箔材有限公司,示例,据报道\n", "utf-8")
    version = store.version()
    with pytest.raises(InputError, match=said):
        load([listed], store, Options(census=census))
    assert store.version() == version


def test_the_shipped_looks_are_not_due() -> None:
    days = pl.read_csv("seeds/sample/coverages.csv")["as_of"]
    assert all(int(day[:4]) > date.today().year - 4 for day in days)


def asked_of(store: Store, chain: str | None = "demo") -> LookedFor:
    view = View.of(store)
    return coverage.put(view, coverage.find(view, {"chain": chain}))


def client_of(store: Store) -> TestClient:
    return TestClient(create_app(store, Settings()), follow_redirects=False)


def hidden(page: str) -> dict[str, str]:
    """The fields of the form of ticks that its reader does not see."""
    form = page.partition('id="looks"')[2].partition("</form>")[0]
    return {unescape(name): value for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)}


def test_a_tick_is_a_look_and_the_next_takes_its_place(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, enterprises=[VAGUE])
    client = client_of(store)
    told = {"place": "矿石", "found": "no", "by": "示例专班", "as_of": "2026-06"}
    answer = client.post("/api/v1/coverage", json=told)
    assert (answer.status_code, answer.json()["outcome"], answer.json()["id"]) == (200, "new", "ore")
    ore = places(store)["ore"]
    assert (ore.state.value, ore.status, "looked_and_not_found" in codes(ore)) == ("缺链", "reported", True)
    assert client.post("/api/v1/coverage", json=told).json()["outcome"] == "same"
    assert client.post("/api/v1/coverage", json=told | {"found": "yes"}).json()["outcome"] == "changed"
    assert states(store)["ore"] == "未知"  # there are some, and the graph knows none
    assert client.post("/api/v1/coverage", json={"place": "ore", "found": "none"}).status_code == 200
    assert asked_of(store).chains[0].products_looked == 0
    for wrong, said in (
        ({"place": "没有的东西"}, "没有的东西"),
        ({"found": "maybe"}, "found"),
        ({"as_of": "昨天"}, "日期"),
        ({"as_of": "2099-01"}, "今天之后"),
        ({"found": "none", "place": "foil"}, "没有登记过"),
    ):
        refused = client.post("/api/v1/coverage", json=told | wrong)
        assert (400 <= refused.status_code < 500, said in refused.text) == (True, True), refused.text


def test_a_look_through_some_firms_stands_beside_that_through_all(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path)
    client = client_of(store)
    for universe in ("示例规上企业", "示例规上企业", ""):
        told = {"place": "原料", "found": "no", "universe": universe, "as_of": "2026-06"}
        assert client.post("/api/v1/coverage", json=told).status_code == 200
        wanted = ("未知", ["示例规上企业"]) if universe else ("缺链", ["示例规上企业"])
        raw = places(store)["demo.raw"]
        assert (raw.state.value, [one.universe for one in raw.absent_from]) == wanted
    shown = client.get("/chains/demo/graph").text
    assert "名录内没有：示例规上企业（2026-06）" in shown


def test_ticks_of_the_page_are_kept_seen_and_taken_back(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, leads=[{"enterprise": "A", "chain": "demo"}], enterprises=[firm("A", products="car")])
    client = client_of(store)
    page = client.get("/chains/demo/coverage").text
    assert page.index("芯片件：查过没有") < page.index("箔材：查过没有")  # what the leader needs comes first
    told = {"by": "示例甲", "as_of": "2026-11-01", "universe": "", "method": "逐家走访"}
    kept = client.post("/coverage", data=hidden(page) | told | {"look": "no~chip"})
    assert kept.status_code == 303
    shown = client.get(kept.headers["location"].partition("#")[0]).text
    assert "已登记：芯片件 查过没有" in shown
    assert "2026-11-01，示例甲，逐家走访" in shown
    assert states(store)["chip"] == "缺链"
    again = client.post("/coverage", data=hidden(shown) | told | {"look": "yes~chip"})
    assert again.status_code == 303
    stale = client.post("/coverage", data=hidden(shown) | told | {"look": "no~chip"})
    assert (stale.status_code, "有人登记过" in stale.text) == (409, True)
    late = client.post("/coverage", data=hidden(page) | told | {"look": "no~chip"})
    assert late.status_code == 409  # on the page that was open nobody had looked
    shown = client.get(again.headers["location"].partition("#")[0]).text
    undone = client.post("/coverage", data=hidden(shown) | {"undo": re.findall(r'name="undo" value="(\w+)"', shown)[0]})
    assert (undone.status_code, states(store)["chip"]) == (303, "缺链")
    assert client.post("/coverage", data=hidden(shown) | told | {"look": ""}).status_code == 422
    listed = told | {"universe": "示例上市公司"}
    for _ in range(2):
        page = client.get("/chains/demo/coverage").text
        assert client.post("/coverage", data=hidden(page) | listed | {"look": "no~foil"}).status_code == 303


def test_what_a_look_settles_most_is_the_first_to_look_at(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, leads=[{"enterprise": "A", "chain": "demo"}], enterprises=[firm("A", products="car"), VAGUE])
    answer = asked_of(store, None)
    assert [one.place.id for one in answer.segments] == ["demo.part", "demo.raw", "demo.whole"]
    part = answer.segments[0]
    assert ([leader.id for leader in part.leaders], part.users, part.open, part.of) == (["A"], 1, 2, 2)
    assert [reason.code for reason in part.why] == ["never_looked", "leaders_wait", "users_made_here"]
    assert answer.segments[1].uncertain == 1
    one = answer.chains[0]
    assert (one.segments, one.segments_looked, one.products, one.products_looked) == (3, 0, 5, 0)
    put(store, tmp_path, enterprises=[firm("A", products="car")], coverages=[look("demo.part"), look("demo.raw")])
    answer = asked_of(store)
    assert [(one.place.id, one.state.value) for one in answer.segments] == [
        ("demo.raw", "名录查过"),
        ("demo.whole", "没查过"),
        ("demo.part", "名录查过"),
    ]
    raw = answer.segments[0]  # B has no registered product: it may make either
    assert ({one.state.value for one in raw.products}, raw.uncertain, raw.open) == ({"查过仍说不准"}, 1, 2)
    assert raw.why[0].code == "looked_and_unsure"
    assert (answer.chains[0].segments_looked, answer.chains[0].products_looked) == (2, 4)


def test_looks_are_kept_by_command(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/graph.lbug"
    store = open_store(url)
    put(store, tmp_path)
    store.close()
    told = ("--place", "矿石", "--found", "no", "--as-of", "2026-06", "--by", "示例专班")
    assert "已登记“矿石”" in run("coverage", "add", *told, store=url).stderr
    printed = json.loads(run("coverage", "示例链", "--format", "json", store=url).stdout)
    ore = next(one for segment in printed["segments"] for one in segment["products"] if one["place"]["id"] == "ore")
    assert (ore["state"], ore["by"], ore["as_of"]) == ("查过没有", "示例专班", "2026-06")
    assert "没查过" in run("coverage", store=url).stdout
    assert "已去掉" in run("coverage", "remove", "--place", "矿石", "--by", "示例专班", store=url).stderr
    printed = json.loads(run("coverage", "--format", "json", store=url).stdout)
    assert printed["chains"][0]["products_looked"] == 0
    assert run("coverage", "add", *told[:-3], "明天", *told[-2:], store=url, check=None).returncode == 1

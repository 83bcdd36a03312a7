"""Who looked, where, among which firms, and what that says: coverage by product, class and list, ticks, censuses."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from gap_parts import BASE, TODAY, firm, look, put

from graph.errors import InputError
from graph.scope import Scope
from graph.stores import Store
from loaders.run import Options, load
from queries.core.view import View
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

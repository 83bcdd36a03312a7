"""The small graphs with right answers (tests/data/judgement): each chain is a case, read as an analyst would read it."""

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest
from gap_parts import BASE, firm, look, put
from view_parts import under

from graph.stores import Store, open_store
from loaders.run import load
from queries.core.answers import Named
from queries.core.view import View
from queries.gaps.answers import Judged, WeakLinks
from queries.gaps.reached import Landing
from queries.gaps.weak_links import weak_links
from queries.gaps.what_if import what_if
from queries.targets.chain import list_targets

CASES = Path(__file__).parent / "data" / "judgement"
TODAY = "2026-12-01"


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    heads = list(dict.fromkeys(head for row in rows for head in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, heads, restval="")
        writer.writeheader()
        writer.writerows(rows)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def change(folder: Path, kind: str, **changed: dict[str, Any]) -> None:
    """Change rows of a file by their names."""
    rows: list[dict[str, Any]] = [row | changed.get(row["name"], {}) for row in read(folder / f"{kind}.csv")]
    write(folder / f"{kind}.csv", rows)


def loaded(store: Store, folder: Path) -> View:
    report = load([folder], store)
    assert not report.bad, report.rejected[:5]
    return under(store, today=TODAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The cases, with 邻市 beside 甲市 and the sizes of the makers of c5."""
    folder = tmp_path / "cases"
    shutil.copytree(CASES, folder)
    change(folder, "regions", 甲市={"neighbours": "cityN"})
    change(
        folder,
        "enterprises",
        巨头5={"staff": 5000, "turnover": 9e9},
        **{f"小5{number}": {"staff": 8, "turnover": 1_500_000} for number in range(3)},
    )
    return folder


@pytest.fixture
def cases(store: Store, folder: Path) -> View:
    return loaded(store, folder)


def judged(answer: WeakLinks) -> dict[str, Judged]:
    places: dict[str, Judged] = {}
    for segment in answer.segments:
        places[segment.segment] = segment
        places |= {product.product: product for product in segment.products}
    return places


def said(judgement: Judged) -> str:
    return "\n".join(judgement.reasons)


def test_every_case_is_answered_as_an_analyst_would(cases: View) -> None:
    places = {chain: judged(weak_links(cases, chain)) for chain in [f"c{number}" for number in range(1, 15)] + ["c3b"]}
    c1 = places["c1"]["P1"]
    assert (c1.state, [firm.name for firm in c1.firms]) == ("弱链", ["F1"])
    assert "图中别处也没有登记到" in said(c1)

    c2 = places["c2"]["P2"]
    assert c2.state == "缺链"
    assert c2.distance is not None
    assert (c2.distance.ring, [maker.firm.name for maker in c2.distance.firms]) == ("周边城市", ["F20", "F21", "F22"])
    assert all(name in said(c2) for name in ("F20", "F21", "F22", "周边城市", "邻市乙区"))
    assert "别处也没有" not in said(c2)

    c3 = places["c3"]
    assert (c3["A3"].state, c3["B3"].state) == ("缺链", "强链")
    assert "离不开它的产品 1 种：X3" in said(c3["A3"])
    assert "必需的A3查过没有本地企业" in said(c3["X3"])
    assert "H30" in said(c3["X3"])
    assert "强链" not in (c3["环3投入"].state, c3["环3成品"].state)

    c3b = places["c3b"]
    assert {c3b[name].state for name in ("A3b", "B3b")} == {"缺链"}
    assert all("离不开它的产品 1 种：X3b" in said(c3b[name]) for name in ("A3b", "B3b"))
    assert "A3b或B3b" in said(c3b["X3b"])
    assert c3b["环3b成品"].state != "强链"

    assert {name: places["c4"][name].state for name in ("A4", "B4", "C4")} == {"A4": "弱链", "B4": "缺链", "C4": "缺链"}

    giant, unneeded = places["c5"]["G5"], places["c6"]["N6"]
    assert giant.state == "弱链"
    assert giant.score is not None
    assert unneeded.score is not None
    assert giant.score >= unneeded.score + 20
    assert places["c5"]["T5"].state == places["c5"]["环5小"].state == "弱链"
    assert "微型" in said(places["c5"]["T5"])

    assert unneeded.state == "缺链"
    assert unneeded.score < 20
    assert "没有登记到本地谁需要它" in said(unneeded)

    assert places["c7"]["P7"].state == "缺链"
    assert "终止" in said(places["c7"]["P7"])
    assert "F7" in said(places["c7"]["P7"])

    for c8 in (places["c8"]["P8"], places["c8"]["环8"]):
        assert c8.state == "缺链"
        assert [(one.project, one.stage, one.amount, one.uncertain) for one in c8.under_way] == [
            ("项目8", "在建", 5e9, False)
        ]
        assert "项目8" in said(c8)

    c9 = places["c9"]["P9"]
    assert c9.state == "缺链"
    assert c9.distance is not None
    assert (c9.distance.ring, c9.distance.count) == ("周边城市", 5)
    assert "邻市" in said(c9)

    c10 = places["c10"]
    assert [[firm.name for firm in c10[name].firms] for name in ("PA10", "PB10")] == [["F10"], ["F10"]]
    assert "F10" in said(c10["PB10"])

    c11 = places["c11"]["P11"]
    assert c11.state == "未知"
    assert "到期" in said(c11)

    c12 = places["c12"]
    assert (c12["P12"].state, c12["环12"].state) == ("未知", "未知"), "nobody looked: one source is known, not three"
    assert "同属母12，算一家来源" in said(c12["P12"])

    c13 = places["c13"]
    assert (c13["D13"].state, c13["环13"].state) == ("缺链", "弱链")

    assert {places["c14"][f"P14{number}"].state for number in range(9)} == {"未知"}
    assert said(places["c14"]["环14"]).count("含糊14") == 1


def test_the_investor_of_a_project_under_way_is_no_target(cases: View) -> None:
    answer = list_targets(cases, "c8", 20)
    assert [target.firm.name for target in answer.targets] == []
    assert "项目8" in next(firm.why_not for firm in answer.excluded if firm.firm.name == "投8")


def test_a_gap_with_makers_next_door_presses_less(store: Store, folder: Path, tmp_path: Path) -> None:
    def score(view: View) -> float:
        score = judged(weak_links(view, "c9"))["P9"].score
        assert score is not None
        return score

    near = score(loaded(store, folder))
    write(folder / "enterprises.csv", [row for row in read(folder / "enterprises.csv") if "F9" not in row["name"]])
    assert near < score(loaded(open_store(f"ladybug://{tmp_path}/none.lbug"), folder))


def test_a_product_asked_for_by_itself_is_missing_though_a_firm_of_its_segment_is_vague(
    store: Store, folder: Path
) -> None:
    asked = {"name": "V140", "products": "P140", "region": "cityT", "as_of": "2026-06", "source": "t"}
    rows: list[dict[str, Any]] = [*read(folder / "coverages.csv"), asked | {"status": "reported"}]
    write(folder / "coverages.csv", rows)
    places = judged(weak_links(loaded(store, folder), "c14"))
    assert (places["P140"].state, places["P141"].state) == ("缺链", "未知")


FAB = {
    "enterprises": [
        firm("fab", products="chip"),
        firm("maker", products="car"),
        firm("buyer"),
        firm("far", region="else"),
    ],
    "supplies": [{"supplier": "fab", "customer": id, "product": "芯片件"} for id in ("buyer", "far")],
    "leads": [{"enterprise": "maker", "chain": "demo"}],
}


@pytest.mark.parametrize("looked", [True, False])
def test_removing_the_only_maker_reaches_who_buys_and_what_is_made_of_it(
    store: Store, tmp_path: Path, looked: bool
) -> None:
    coverages = [look("demo.raw;demo.part;demo.whole")] if looked else []
    view = under(put(store, tmp_path, **FAB, coverages=coverages), today=TODAY)
    answer = what_if(view, "demo", [Named(id="fab", name="fab")], [])
    reached = {(one.label, one.id): (one.how, one.reason) for one in answer.reached}
    assert {key: how for key, (how, _) in reached.items()} == {
        ("Enterprise", "buyer"): "已知",
        ("Enterprise", "far"): "已知",
        ("Product", "chip"): "已知",
        ("Product", "car"): "推算",
        ("Enterprise", "maker"): "推算",
    }
    assert "没有已知的别的来源" in reached["Enterprise", "buyer"][1]
    assert ("没有别家" if looked else "没有查过") in reached["Product", "chip"][1]
    assert "芯片件" in reached["Enterprise", "maker"][1]
    assert [gap.product_id for gap in answer.gaps_opened] == (["chip"] if looked else [])
    assert any("没有普查" in text for text in answer.unseen) == (not looked)
    changed = {change.id: change for change in answer.changes}
    if looked:
        assert (changed["chip"].before, changed["chip"].after) == ("弱链", "缺链")
        assert changed["car"].score_before is not None
        assert changed["car"].score_after is not None
        assert changed["car"].score_after > changed["car"].score_before, "what lost its input is no better off"
        assert "必需投入无本地来源" in {part.name for part in changed["car"].parts}


def test_what_is_not_registered_is_said_not_to_be_seen(store: Store, tmp_path: Path) -> None:
    view = under(put(store, tmp_path, enterprises=[firm("quiet", segments="demo.raw")]), today=TODAY)
    answer = what_if(view, "demo", [Named(id="quiet", name="quiet")], [])
    assert answer.reached == []
    assert [reason.code for reason in answer.unseen] == ["unseen_products", "unseen_customers"]


def test_landing_reaches_who_wants_it(store: Store, tmp_path: Path) -> None:
    firms = [firm("maker", products="car"), firm("wants"), firm("else", region="else")]
    needs = [{"enterprise": "wants", "product": "chip"}]
    view = under(put(store, tmp_path, enterprises=firms, needs=needs), today=TODAY)
    answer = what_if(view, "demo", [], [Landing(Named(id="new", name="新"), "chip")])
    assert {(one.id, one.how) for one in answer.reached} == {
        ("chip", "已知"), ("wants", "已知"), ("maker", "推算"),
    }  # fmt: skip
    nobody = what_if(view, "demo", [], [Landing(Named(id="new", name="新"), "car")])
    assert [reason.code for reason in nobody.unseen] == ["unseen_wants"]


def test_what_nobody_looked_for_may_be_suspected_and_stays_unknown(store: Store, tmp_path: Path) -> None:
    """By what leaders need and buy elsewhere, by what the city says is weak, by a list; never where a maker is known."""
    view = under(
        put(
            store,
            tmp_path,
            enterprises=[
                firm("lead", products="car"),
                firm("out", region="else", products="chip"),
                firm("here", products="ore"),
            ],
            leads=[{"enterprise": "lead", "chain": "demo"}],
            needs=[{"enterprise": "lead", "product": product} for product in ("chip", "ore")],
            supplies=[{"supplier": "out", "customer": "lead", "product": "芯片件"}],
            weaknesses=[{"name": "芯片靠外面", "chains": "demo", "description": "芯片件本地配套弱", "source": "s2"}],
            coverages=[look("demo.raw", universe="规上企业", products="foil")],
        ),
        today=TODAY,
    )
    answer = weak_links(view, "demo")
    places = judged(answer)
    assert {judgement.state for judgement in places.values()} == {"未知"}
    assert [place.product for place in answer.look_first] == ["芯片件", "箔材", "电机件"]
    suspected = {name: place.suspected for name, place in places.items() if place.suspected}
    assert sorted(suspected) == ["原料", "电机件", "箔材", "芯片件", "部件"]
    assert (suspected["芯片件"].rank, suspected["箔材"].rank, suspected["原料"].rank) == (1, 2, 2)
    assert [reason.code for reason in suspected["芯片件"].reasons] == [
        "suspected_needed", "suspected_bought", "suspected_named", "suspected_nobody",
    ]  # fmt: skip
    assert [reason.code for reason in suspected["箔材"].reasons][:1] == ["suspected_absent"]
    assert "示例普查" in suspected["芯片件"].reasons[2]
    off = weak_links(view, "demo", suspects=False)
    assert off.look_first == []
    assert [judgement.suspected for judgement in judged(off).values()] == [None] * len(places)


@pytest.mark.parametrize(
    ("region", "ring"),
    [("next", "周边城市"), ("own", "本省"), ("other", "国内"), ("lands", "境外"), ("lost", "不明")],
)
def test_how_far_the_nearest_maker_is(store: Store, tmp_path: Path, region: str, ring: str) -> None:
    regions = [
        {"id": "cn", "name": "示例国", "kind": "国家"},
        {"id": "land", "name": "示例省", "parent": "cn"},
        {"id": "city", "name": "示例城", "parent": "land"},
        {"id": "ward", "name": "示例区", "parent": "city"},
        {"id": "nextcity", "name": "示例邻城", "parent": "land", "neighbours": "city"},
        {"id": "next", "name": "示例邻区", "parent": "nextcity"},
        {"id": "own", "name": "示例远城", "parent": "land"},
        {"id": "other", "name": "示例外省", "parent": "cn"},
        {"id": "away", "name": "示例外国", "kind": "国家"},
        {"id": "lands", "name": "示例外城", "parent": "away"},
        {"id": "lost", "name": "示例某地"},
    ]
    firms = [firm("near", region=region, products="ore"), firm("lands", region="lands", products="ore")]
    store = put(store, tmp_path, regions=regions, enterprises=firms, coverages=[look("demo.raw")])
    ore = judged(weak_links(under(store, today=TODAY), "demo"))["矿石"]
    assert ore.distance is not None
    assert (ore.state, ore.distance.ring) == ("缺链", "境外" if ring == "不明" else ring)
    assert ore.distance.firms[0].firm.id == ("lands" if ring in ("境外", "不明") else "near")


@pytest.mark.parametrize(
    ("stage", "on", "expected", "doubt"),
    [
        ("签约", "2026-10", "", False),
        ("签约", "2025-10", "", True),
        ("开工", "2024-03", "2027-06", False),
        ("洽谈", "2026-10", "", None),
        ("签约", "2025-10", "2030", True),
        ("签约", "2027-10", "", None),
        ("规划", "2026-10", "", True),
        ("开工", "2027-06", "", None),
        ("在建", "", "", False),
        ("签约", "", "", True),
        ("投产", "2026-10", "", False),
        ("投产", "2024-10", "", None),
    ],
)
def test_a_project_that_has_not_moved_for_long_is_not_sure_to_come(
    store: Store, tmp_path: Path, stage: str, on: str, expected: str, doubt: bool | None
) -> None:
    view = under(
        put(
            store,
            tmp_path,
            enterprises=[firm("out", region="else", products="ore")],
            projects=[
                {
                    "id": "p",
                    "name": "示例项目",
                    "region": "ward",
                    "fills": "demo.raw",
                    "investors": "out",
                    "expected_on": expected,
                    "stage": "" if on else stage,
                }
            ],
            progress=[{"project": "p", "stage": stage, "happened_on": on}] if on else [],
            coverages=[look("demo.raw")],
        ),
        today=TODAY,
    )
    ore = judged(weak_links(view, "demo"))["矿石"]
    assert ore.state == "缺链"
    assert [one.uncertain for one in ore.under_way] == ([] if doubt is None else [doubt])
    targets = [target.firm.id for target in list_targets(view, "demo", 5).targets]
    assert targets == ([] if doubt is False else ["out"])


def test_a_gap_that_many_hang_on_presses_more_once_its_only_maker_goes(store: Store, tmp_path: Path) -> None:
    firms = [firm("big", products="ore"), *(firm(f"k{number}") for number in range(20))]
    supplies = [{"supplier": "big", "customer": f"k{number}", "product": "矿石"} for number in range(20)]
    needs = [{"enterprise": "k0", "product": "ore"}]
    view = under(
        put(store, tmp_path, enterprises=firms, supplies=supplies, needs=needs, coverages=[look("demo.raw")]),
        today=TODAY,
    )
    answer = what_if(view, "demo", [Named(id="big", name="big")], [])
    ore = next(change for change in answer.changes if change.id == "ore")
    assert (ore.before, ore.after) == ("弱链", "缺链")
    assert ore.score_before is not None
    assert ore.score_after is not None
    assert ore.score_after > ore.score_before


def test_each_product_names_what_it_hangs_on_and_a_need_is_reached(store: Store, tmp_path: Path) -> None:
    firms = [firm("fab", products="ore;foil"), firm("c", products="chip"), firm("m", products="motor"), firm("nd")]
    view = under(put(store, tmp_path, enterprises=firms, needs=[{"enterprise": "nd", "product": "ore"}]), today=TODAY)
    reached = {one.id: one for one in what_if(view, "demo", [Named(id="fab", name="fab")], []).reached}
    assert (reached["c"].reason, reached["m"].reason) == ("在做芯片件，造它离不开矿石", "在做电机件，造它离不开箔材")
    assert (reached["nd"].how, reached["nd"].reason) == ("已知", "登记了需求：矿石，没有已知的本地企业做它了")


def test_no_segment_is_strong_while_all_of_a_choice_is_missing_or_most_products_are(
    store: Store, tmp_path: Path
) -> None:
    products = [
        {"id": id, "name": f"{id}件", "segments": "demo.part"} for id in ("a", "b", "c", "d", "e", "f", "g", "h")
    ]
    inputs = [{"input": id, "product": "car", "essential": "false", "one_of": "屏"} for id in "ab"]
    made = [firm(str(number), products="c;d;e;f;g;h") for number in range(3)]
    kinds: dict[str, Any] = {
        "products": [*products, {"id": "car", "name": "整车件", "segments": "demo.whole"}],
        "coverages": [look("demo.part")],
    }
    choice = judged(
        weak_links(
            under(put(store, tmp_path / "choice", **kinds, input_to=inputs, enterprises=made), today=TODAY), "demo"
        )
    )
    assert (choice["a件"].state, choice["部件"].state) == ("缺链", "弱链")
    few = [firm(str(number), products="c;d") for number in range(3)]
    most = judged(
        weak_links(
            under(
                put(
                    open_store(f"ladybug://{tmp_path}/most.lbug"),
                    tmp_path / "most",
                    **kinds,
                    input_to=[],
                    enterprises=few,
                ),
                today=TODAY,
            ),
            "demo",
        )
    )
    assert (most["c件"].state, most["e件"].state, most["部件"].state) == ("强链", "缺链", "弱链")


def test_many_tiny_makers_press_like_few_and_what_is_bought_anywhere_hardly(store: Store, tmp_path: Path) -> None:
    buyers = [firm(f"k{number}") for number in range(20)]
    tiny = [firm(f"t{number}", products="ore", staff="8") for number in range(4)]
    supplies = [{"supplier": f"t{number % 4}", "customer": f"k{number}", "product": "矿石"} for number in range(20)]
    needs = [{"enterprise": f"k{number}", "product": "foil"} for number in range(20)]
    products = [
        product | {"bought_anywhere": "true" if product["id"] == "foil" else ""} for product in BASE["products"]
    ]
    view = under(
        put(
            store,
            tmp_path,
            products=products,
            enterprises=[*buyers, *tiny],
            supplies=supplies,
            needs=needs,
            coverages=[look("demo.raw")],
        ),
        today=TODAY,
    )
    places = judged(weak_links(view, "demo"))
    ore, foil = places["矿石"], places["箔材"]
    assert (ore.state, foil.state) == ("弱链", "缺链")
    assert ore.score is not None
    assert foil.score is not None
    assert ore.score > 30
    assert foil.score < 10
    assert foil.action_reason.code == "fill_anywhere"

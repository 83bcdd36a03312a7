"""States, scores and actions of weak links: each rule on a chain made for it, on both stores, and what must hold for any."""

from pathlib import Path
from typing import Any

import pytest
from gap_parts import BASE, TODAY, firm, look, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from view_parts import trusted, under

from graph.errors import InputError, NotFound
from graph.stores import Store, open_store
from queries.city.city import read_city
from queries.city.facts import Facts, chain_facts
from queries.city.local import CityFirm, find_firms
from queries.core import shipped
from queries.gaps.answers import Judged, WeakLinks
from queries.gaps.rules import Rules, read_rules, variants
from queries.gaps.weak_links import examine_facts, judge_all, survey, weak_links
from queries.matching.city import offers_of

EVERYWHERE = [look("demo.raw;demo.part;demo.whole")]


def judged(store: Store, folder: Path, **rows: list[dict[str, Any]]) -> dict[str, Judged]:
    answer = weak_links(under(put(store, folder, **rows), today=TODAY), "demo")
    return by_name(answer)


def by_name(answer: WeakLinks) -> dict[str, Judged]:
    return {segment.segment: segment for segment in answer.segments} | {
        product.product: product for segment in answer.segments for product in segment.products
    }


def test_what_nobody_looked_for_is_not_a_gap(store: Store, tmp_path: Path) -> None:
    judgements = judged(store, tmp_path, enterprises=[firm("a", products="chip")])
    assert {judgement.state for judgement in judgements.values()} == {"未知"}
    assert {judgement.score for judgement in judgements.values()} == {None}
    assert {judgement.action for judgement in judgements.values()} == {"摸底"}
    assert all(judgement.parts == [] for judgement in judgements.values())
    assert any("没有登记不等于没有" in reason for reason in judgements["原料"].reasons)


def test_looked_for_and_not_there_is_missing(store: Store, tmp_path: Path) -> None:
    judgements = judged(store, tmp_path, enterprises=[firm("a", products="chip")], coverages=EVERYWHERE)
    assert (judgements["矿石"].state, judgements["矿石"].action) == ("缺链", "补链")
    assert (judgements["芯片件"].state, judgements["芯片件"].action) == ("弱链", "扶持扩产")
    assert (judgements["原料"].state, judgements["部件"].state) == ("缺链", "弱链")
    assert [row.record for row in judgements["矿石"].evidence] == ["COVERS"]
    assert judgements["芯片件"].evidence[-1].from_id == "ore", "the essential input without a local source"


def test_two_makers_and_three_firms_are_strong_without_a_look(store: Store, tmp_path: Path) -> None:
    firms = [firm("a", products="chip"), firm("b", products="chip"), firm("c", segments="demo.part")]
    judgements = judged(store, tmp_path, enterprises=firms)
    assert (judgements["芯片件"].state, judgements["电机件"].state, judgements["部件"].state) == (
        "强链",
        "未知",
        "未知",
    ), "a key product has no known maker"
    firms[2]["products"] = "motor"
    judgements = judged(open_store(f"ladybug://{tmp_path}/again.lbug"), tmp_path / "2", enterprises=firms)
    assert (judgements["芯片件"].state, judgements["电机件"].state, judgements["部件"].state) == (
        "强链",
        "未知",
        "强链",
    )


def test_a_look_at_part_of_the_city_settles_nothing(store: Store, tmp_path: Path) -> None:
    judgements = judged(store, tmp_path, coverages=[look("demo.raw", "ward"), look("demo.part", "land")])
    assert judgements["原料"].state == "未知"
    assert any("没有覆盖全市" in reason for reason in judgements["原料"].reasons)
    assert judgements["部件"].state == "缺链", "who looked through the whole country looked through the city"


def test_only_local_firms_fill_a_place(store: Store, tmp_path: Path) -> None:
    firms = [
        firm("a", region="else", products="ore"),
        firm("b", region="", products="foil"),
        firm("c", region="land", products="chip"),
    ]
    judgements = judged(store, tmp_path, enterprises=firms, coverages=EVERYWHERE)
    assert judgements["矿石"].state == "缺链"
    assert (judgements["箔材"].state, judgements["芯片件"].state) == ("未知", "未知"), (
        "it is not known whether those two are here"
    )
    assert any("所在地不明" in reason for reason in judgements["箔材"].reasons)


def test_a_firm_without_products_may_make_any(store: Store, tmp_path: Path) -> None:
    judgements = judged(store, tmp_path, enterprises=[firm("a", segments="demo.raw")], coverages=EVERYWHERE)
    assert judgements["矿石"].state == "未知"
    assert any("没有登记产品" in reason for reason in judgements["矿石"].reasons)
    assert judgements["原料"].state == "弱链"


def test_unknown_where_the_least_and_the_most_differ(store: Store, tmp_path: Path) -> None:
    """A maker and a firm that may make it: one or two, so weak or strong; three firms whose products are not recorded likewise."""
    firms = [firm("a", products="ore"), *(firm(f"v{number}", segments="demo.raw;demo.part") for number in range(3))]
    judgements = judged(store, tmp_path, enterprises=firms, coverages=EVERYWHERE)
    assert {name: judgements[name].state for name in ("矿石", "箔材", "原料", "部件", "整机")} == {
        "矿石": "未知", "箔材": "未知", "原料": "未知", "部件": "未知", "整机": "缺链",
    }  # fmt: skip
    assert any("没有登记产品，可能生产" in reason for reason in judgements["原料"].reasons)


def test_what_has_ended_counts_no_more(store: Store, tmp_path: Path) -> None:
    firms = [firm("a", products="ore", valid_to="2026-06"), firm("b", products="foil", valid_to="2026")]
    judgements = judged(store, tmp_path, enterprises=firms, coverages=EVERYWHERE)
    assert (judgements["矿石"].state, judgements["箔材"].state) == ("缺链", "弱链"), (
        "the year 2026 is not over on 2026-11-24"
    )


def test_a_closed_firm_fills_no_place_though_its_rows_go_on(store: Store, tmp_path: Path) -> None:
    """The register closes a firm, the rows of what it makes and where it is have no end: whichever way it is of a place, it is not there.

    They stand in tables of their own, since what stands in the row of a firm ends with it.
    """
    shut = [firm(id, region="", valid_to="2020") for id in "mnpq"]
    links: dict[str, list[dict[str, Any]]] = {
        "located_in": [{"subject": id, "region": "ward"} for id in "mpq"],
        "produces": [{"enterprise": "m", "product": "ore"}, {"enterprise": "n", "product": "foil"}],
        "offers": [{"enterprise": "p", "product": "chip"}],
        "operates_in": [{"enterprise": "q", "segment": "demo.whole"}, {"enterprise": "n", "segment": "demo.whole"}],
        "needs": [{"enterprise": "goes on", "product": product} for product in ("ore", "chip")],
    }
    judgements = judged(store, tmp_path, enterprises=[*shut, firm("goes on")], coverages=EVERYWHERE, **links)
    assert {judgement.state for judgement in judgements.values()} == {"缺链"}
    assert {name: judgement.firms for name, judgement in judgements.items() if judgement.firms} == {}
    city = read_city(under(store, today=TODAY))
    assert {id: firm_there.where for id, firm_there in find_firms(city, list("mnpq"), {"city"}).items()} == {
        "m": "local", "n": "unknown", "p": "local", "q": "local",
    }  # fmt: skip
    assert chain_facts(city, "demo").all_makers == {}
    assert offers_of(city) == [], "a closed firm is proposed to nobody"


WHOLE = {  # a chain on which no part of the score is nothing or full
    "segments": [
        {"id": "demo.raw", "name": "原料", "chain": "demo", "tier": "上游"},
        {"id": "demo.part", "name": "部件", "chain": "demo", "tier": "中游"},
        {"id": "demo.dark", "name": "没有查过", "chain": "demo", "tier": "下游"},
    ],
    "products": [
        *({"id": id, "name": f"{id}料", "segments": "demo.raw"} for id in ("ore", "wax", "foil", "glue", "tape")),
        *({"id": id, "name": f"{id}件", "segments": "demo.part"} for id in ("chip", "motor", "board")),
        *({"id": id, "name": f"{id}机", "segments": "demo.dark"} for id in ("salt", "car", "bus", "van", "drone", "toy")),
    ],
    "input_to": [
        {"input": material, "product": product, "essential": essential}
        for essential, pairs in {
            "true": "ore-chip wax-motor foil-motor salt-motor tape-board motor-car car-bus board-van chip-drone",
            "false": "glue-chip motor-toy ore-toy",
        }.items()
        for material, product in (pair.split("-") for pair in pairs.split())
    ],
    "enterprises": [
        firm("a", products="chip;motor"),
        firm("b", products="chip"),
        firm("c", products="chip"),
        firm("d", products="ore;wax"),
        *(firm(id) for id in ("x", "y")),
        *(firm(id, region="else") for id in ("out", "z")),
        firm("nowhere", region=""),
        firm("lead1", products="car"),
        firm("lead2"),
        firm("lead3", products="drone"),
        *(firm(f"far{number}", region="else") for number in range(44)),
    ],
    "leads": [{"enterprise": f"lead{number}", "chain": "demo"} for number in (1, 2, 3)],
    "needs": [{"enterprise": "lead2", "product": "board"}],
    "supplies": [
        *({"supplier": "a", "customer": customer, "product": "chip件"} for customer in "xz"),
        *({"supplier": supplier, "customer": customer, "product": "motor件"} for supplier, customer in ("ay", ("out", "x"), ("nowhere", "x"), ("out", "z"))),
        {"supplier": "b", "customer": "y", "product": "chip件"},
        *({"supplier": f"far{number}", "customer": f"far{number + 1}", "product": "别的货"} for number in range(43)),
    ],
    "coverages": [look("demo.raw;demo.part")],
}  # fmt: skip


def test_every_part_of_a_score_by_hand(tmp_path: Path) -> None:
    """By the points and scales of queries/gaps/rules.toml; chip is strong, motor weak, board missing and the worst.

    Gaps: of chip, whose makers by customers and one are 3:2:1, HHI 14/36: 0.6 × 0.185185 = 0.1111; of motor 0.6; of board 1.
    Wanted: chip by x and y, that buy it, and lead3, whose drone it goes into; motor by x, y and lead1; board by lead2: 3, 3, 1 of 10.
    Below: drone and lead3 on chip: (1/10 + 1/3)/2; car, bus and lead1 on motor (toy takes ore as well): (2/10 + 1/3)/2; van and lead2 on board.
    Nobody elsewhere is known to make them: the larger of both, a quarter at least.

    ============  ======  ==============================================================================================
    no_producer   10      0.1111, 0.6, 1
    needed        35      0.1111 × 0.3 = 1.17; 0.6 × 0.3 = 6.3; 0.1 = 3.5
    downstream    25      0.1111 × 0.21667 = 0.6; 0.6 × 0.26667 = 4; 0.21667 = 5.42
    elsewhere     20      0.1111 × 0.3 = 0.67; 0.6 × 0.3 = 3.6; 0.25 = 5
    inputs        5       of what is made: ore and wax are made, foil is missing, nobody looked for salt: 5/3 = 1.67; of motor a half
    single_point  2       a holds z; b holds nobody; c supplies nobody, so is not in the network: 2/2 = 1
    systemic_risk 3       a sells 3 of 50 supplies, b one: 0.06 of all output, of 0.1: 1.8
    ============  ======  ==============================================================================================
    """
    judgements = judged(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, **WHOLE)
    parts = {
        name: [part.points for part in judgements[name].parts] for name in ("部件", "motor件", "board件", "chip件")
    }
    assert {name: judgements[name].state for name in parts} == {
        "部件": "弱链",
        "motor件": "弱链",
        "board件": "缺链",
        "chip件": "强链",
    }
    assert [part.name for part in judgements["部件"].parts] == [
        "本地缺口", "本地有人要", "下游所系", "外面也难买到", "必需投入无本地来源", "供应网络单点", "系统性风险",
    ]  # fmt: skip
    assert parts == {
        "部件": [10.0, 3.5, 5.42, 5.0, 1.67, 1.0, 1.8],
        "motor件": [6.0, 6.3, 4.0, 3.6, 2.5, 2.0, 1.8],
        "board件": [10.0, 3.5, 5.42, 5.0, 0.0, 0.0, 0.0],
        "chip件": [1.11, 1.17, 0.6, 0.67, 0.0, 1.0, 1.8],
    }
    assert judgements["部件"].score == 28.39
    assert "最紧要的是board件" in judgements["部件"].parts[0].reason


def test_what_must_be_is_strong_at_the_very_limit(tmp_path: Path) -> None:
    """Four firms that make all key products but one that is not known to be missing are strong, and weak where it is; a maker
    and one that may make it may be two, so it is not known."""
    keys = [{"id": id, "name": f"{id}件", "segments": "demo.part"} for id in "pqrs"]
    whole = {"id": "car", "name": "整车件", "segments": "demo.whole"}
    firms = [firm("1", products="p"), firm("2", products="q"), firm("3", products="r")]
    rows: dict[str, list[dict[str, Any]]] = {
        "products": [*keys, whole], "input_to": [{"input": id, "product": "car", "essential": "true"} for id in "pqrs"], "coverages": EVERYWHERE,
    }  # fmt: skip

    def states_with(name: str, firms: list[dict[str, Any]]) -> tuple[str, str, str]:
        judgements = judged(open_store(f"ladybug://{tmp_path}/{name}.lbug"), tmp_path / name, enterprises=firms, **rows)
        return judgements["部件"].state, judgements["p件"].state, judgements["s件"].state

    assert states_with("three", firms) == ("弱链", "弱链", "缺链"), "one that others need is missing"
    strong = [*firms, firm("4", products="p"), firm("5", segments="demo.part", makes_only="")]
    assert states_with("not missing", strong) == ("强链", "强链", "未知")
    assert states_with("two products", [*firms[:2], firm("3", products="q")]) == ("弱链", "弱链", "缺链")
    assert states_with("two firms", [firms[0], firm("2", products="q;r")]) == ("弱链", "弱链", "缺链")
    assert states_with("one may", [*firms[:2], firm("vague", segments="demo.part")]) == ("未知", "未知", "未知")
    assert states_with("second maker", [*firms, firm("4", products="p")])[1] == "强链"


@pytest.mark.parametrize(("others", "action"), [(18, "固链"), (19, "固链"), (20, "保持"), (40, "保持")])
def test_a_strong_place_is_made_firm_from_five_in_a_hundred_on(tmp_path: Path, others: int, action: str) -> None:
    """Two firms make ore; one sells one of all supplies: with 19 others it is exactly the limit of rules.toml."""
    far = [firm(f"{side}{number}", region="else") for number in range(others) for side in ("from", "to")]
    rows = [{"supplier": f"from{number}", "customer": f"to{number}", "product": "别的货"} for number in range(others)]
    judgements = judged(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=[firm("a", products="ore"), firm("b", products="ore"), firm("c"), *far],
        supplies=[{"supplier": "a", "customer": "c", "product": "矿石"}, *rows],
    )
    assert (judgements["矿石"].state, judgements["矿石"].action) == ("强链", action)
    assert ("停产" in judgements["矿石"].action_reason) == (action == "固链")


@pytest.mark.parametrize(
    ("looks", "makers", "state", "status"),
    [
        (["confirmed"], [("sample", "sample")], "弱链", "sample"),
        (["confirmed"], [("confirmed", "sample")], "弱链", "sample"),
        (["confirmed"], [("sample", "confirmed")], "弱链", "sample"),
        (["sample"], [("confirmed", "confirmed")], "弱链", "sample"),
        (["sample", "confirmed"], [("confirmed", "confirmed")], "弱链", "confirmed"),
        (["sample"], [], "缺链", "sample"),
        (["sample", "confirmed"], [], "缺链", "confirmed"),
        ([], [("confirmed", "confirmed"), ("sample", "confirmed")], "强链", "sample"),
        (
            ["sample"],
            [("confirmed", "confirmed"), ("confirmed", "confirmed"), ("sample", "sample")],
            "强链",
            "confirmed",
        ),
        ([], [("sample", "confirmed")], "未知", None),
    ],
)
def test_a_judgement_is_no_better_founded_than_the_least_that_it_needs(
    tmp_path: Path, looks: list[str], makers: list[tuple[str, str]], state: str, status: str | None
) -> None:
    """Of looks and makers (the firm's status, that of what it makes) the best founded ones that are enough, and of these the least."""
    judgements = judged(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=[firm(f"f{number}", status=of) for number, (of, _) in enumerate(makers)],
        produces=[
            {"enterprise": f"f{number}", "product": "ore", "status": of} for number, (_, of) in enumerate(makers)
        ],
        coverages=[{**look("demo.raw", status=of), "name": f"示例普查{number}"} for number, of in enumerate(looks)],
    )
    assert (judgements["矿石"].state, judgements["矿石"].status) == (state, status)


def test_statuses_that_are_off_count_for_nothing(store: Store, tmp_path: Path) -> None:
    put(
        store,
        tmp_path,
        enterprises=[firm("a", products="ore", status="sample")],
        coverages=[look("demo.raw", status="sample")],
    )
    assert by_name(weak_links(under(store, today=TODAY), "demo"))["矿石"].state == "弱链"
    assert by_name(weak_links(under(store, today=TODAY), "demo"))["矿石"].status == "sample"
    without = weak_links(under(store, trusted(["sample"]), TODAY), "demo")
    assert by_name(without)["矿石"].state == "未知"
    assert "sample" not in without.rests_on
    with pytest.raises(NotFound, match="没有编号为“nothing”的产业链"):
        weak_links(under(store), "nothing")


def test_the_parts_are_out_of_a_hundred_and_the_evidence_is_there(store: Store, tmp_path: Path) -> None:
    firms = [firm("a", products="chip"), firm("b", products="car"), firm("o", region="else", products="motor")]
    rows = [
        {"supplier": "o", "customer": "b", "product": "电机件"},
        {"supplier": "a", "customer": "b", "product": "芯片件"},
    ]
    leads = [{"enterprise": "b", "chain": "demo"}]
    answer = weak_links(
        under(put(store, tmp_path, enterprises=firms, supplies=rows, leads=leads, coverages=EVERYWHERE), today=TODAY),
        "demo",
    )
    judgements = by_name(answer)
    for judgement in judgements.values():
        assert all(0 <= part.points <= part.most for part in judgement.parts)
        assert sum(part.most for part in judgement.parts) == 100
    points = {part.name: part.points for part in judgements["电机件"].parts}
    assert points == {  # b buys it and makes the car that needs it; the maker is elsewhere in the country: × (0.4 + 0.6 × 0.6)
        "本地缺口": 10.0, "本地有人要": 2.66, "下游所系": 4.12, "外面也难买到": 3.0, "必需投入无本地来源": 0.0, "供应网络单点": 0.0, "系统性风险": 0.0,
    }  # fmt: skip
    chip = {part.name: part.points for part in judgements["芯片件"].parts}
    assert (chip["本地缺口"], chip["必需投入无本地来源"]) == (6.0, 5.0)
    for row in (row for judgement in judgements.values() for row in judgement.evidence):
        query = f"MATCH (a)-[r:{row.record}]->(b) WHERE a.id = $one AND b.id = $other RETURN r.source AS source, r.status AS status"
        assert {"source": row.source, "status": row.status} in store.read(
            query, {"one": row.from_id, "other": row.to_id}
        ).rows
    assert {item.id for item in answer.sources} == {"s1"}
    assert sum(answer.rests_on.values()) == len(
        {
            (row.record, row.from_id, row.to_id, row.product)
            for judgement in judgements.values()
            for row in judgement.evidence
        }
    )
    assert answer.risk is not None
    assert [(firm.firm.id, firm.rank) for firm in answer.risk.firms] == [("b", 1), ("a", 2)], (
        "both suppliers sell to b alone"
    )


def test_every_maker_is_counted_in_words_and_among_the_rows(tmp_path: Path) -> None:
    firms = [*(firm(id, products="ore") for id in "abc"), firm("d", products="foil;chip"), firm("e", products="foil")]
    judgements = judged(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, enterprises=firms, coverages=EVERYWHERE)
    told = {
        name: next(line for line in judgements[name].reasons if line.startswith("本地企业"))
        for name in ("矿石", "箔材", "芯片件")
    }
    assert told == {
        "矿石": "本地企业 3 家（达到 2 家）：示例a号公司、示例b号公司、示例c号公司",
        "箔材": "本地企业 2 家（达到 2 家）：示例d号公司、示例e号公司",
        "芯片件": "本地企业 1 家（不足 2 家）：示例d号公司",
    }
    assert [row.from_id for row in judgements["矿石"].evidence if row.record == "PRODUCES"] == ["a", "b", "c"]


@pytest.mark.parametrize("leaders", [3, 4, 9])
def test_more_leaders_than_give_full_points_give_no_more(tmp_path: Path, leaders: int) -> None:
    """Chips and cars stand on ore, 2 of 10 products, and three leaders are all that counts: 25 × (0.2 + 1) / 2 = 15."""
    ids = [f"l{number}" for number in range(leaders)]
    judgements = judged(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=[firm(id) for id in ids],
        leads=[{"enterprise": id, "chain": "demo"} for id in ids],
        needs=[{"enterprise": id, "product": "ore"} for id in ids],
        coverages=EVERYWHERE,
    )
    assert {part.name: part.points for part in judgements["矿石"].parts}["下游所系"] == 15.0


def test_the_firms_of_a_group_are_one_source(store: Store, tmp_path: Path) -> None:
    firms = [
        firm("p"),
        *(firm(id, products="ore", parent="p") for id in "ab"),
        *(firm(id, products="ore;foil") for id in "cd"),
        firm("e", products="foil", parent="p"),
    ]
    judgements = judged(store, tmp_path, enterprises=[*firms[:3], firm("f", products="foil")])
    assert (judgements["矿石"].state, judgements["原料"].state) == ("未知", "未知"), "one source, not two"
    judgements = judged(store, tmp_path / "more", enterprises=firms)
    assert {judgements[name].state for name in ("矿石", "箔材", "原料")} == {"强链"}
    assert "同属示例p号公司" in "".join(judgements["矿石"].reasons)


@pytest.mark.parametrize(
    ("sizes", "state"),
    [
        ([{}, {}], "强链"),
        ([{"staff": "2000", "turnover": "900000000"}, {"staff": "8"}], "弱链"),
        ([{"staff": "100", "turnover": "50000000"}] * 3, "弱链"),
        ([{"staff": "100"}] * 4, "强链"),
        ([{"staff": "5", "turnover": "900000000"}] * 7, "弱链"),
        ([{"turnover": "1000000"}] * 8, "强链"),
    ],
)
def test_small_firms_are_a_part_of_a_source(tmp_path: Path, sizes: list[dict[str, str]], state: str) -> None:
    """By the classes of 2017: of 20 persons and 3 million small, of 300 and 20 million medium; both where both are known."""
    firms = [firm(f"f{number}", products="ore", **own) for number, own in enumerate(sizes)]
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    judgements = judged(store, tmp_path, enterprises=firms, coverages=EVERYWHERE)
    assert judgements["矿石"].state == state


def test_a_near_product_is_a_next_step(store: Store, tmp_path: Path) -> None:
    both = [firm(f"x{number}", region="else", products="chip;motor") for number in range(3)]
    firms = [*both, firm("a", products="chip"), firm("b", products="chip")]
    answer = weak_links(under(put(store, tmp_path, enterprises=firms), today=TODAY), "demo")
    assert [(step.product, step.near[0].product) for step in answer.extensions] == [("电机件", "芯片件")]
    assert answer.extensions[0].density == pytest.approx((3 / 5) / (3 / 5 + 1), abs=1e-4)
    assert answer.extensions[0].near[0].proximity == pytest.approx(3 / 5)


@pytest.mark.parametrize(("makers", "steps"), [(8, ["电机件"]), (10, [])])
def test_only_what_is_near_enough_is_a_next_step(tmp_path: Path, makers: int, steps: list[str]) -> None:
    """One of the makers of motors makes the chips that are made here: with p of 1/8 p / (1 + p) is 1/9, with 1/10 it is 1/11, under 0.1."""
    far = [firm(f"x{number}", region="else", products="motor" if number else "motor;chip") for number in range(makers)]
    store = put(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, enterprises=[*far, firm("a", products="chip")])
    assert [step.product for step in weak_links(under(store, today=TODAY), "demo").extensions] == steps


def test_a_strong_place_is_told_to_go_on_to_what_is_made_of_it(tmp_path: Path) -> None:
    """Chips have two makers here, of two groups, in no supply network; those who make chips elsewhere make cars, of which chips are a part."""
    both = [firm(f"x{number}", region="else", products="chip;car") for number in range(3)]
    judgements = judged(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=[*both, firm("a", products="chip"), firm("b", products="chip")],
    )
    assert (judgements["芯片件"].state, judgements["芯片件"].action) == ("强链", "延链")
    assert judgements["芯片件"].action_reason == "本地能力相近的下一步：整车件"


def test_a_chain_without_a_city_takes_that_of_its_looks_or_everywhere(store: Store, tmp_path: Path) -> None:
    chains = [{"id": "demo", "name": "示例链"}]
    firms = [firm("a", region="else", products="ore")]
    answer = weak_links(
        under(put(store, tmp_path, chains=chains, enterprises=firms, coverages=EVERYWHERE), today=TODAY), "demo"
    )
    assert [item.id for item in answer.city] == ["city"]
    assert by_name(answer)["矿石"].state == "缺链"
    anywhere = open_store(f"ladybug://{tmp_path}/anywhere.lbug")
    answer = weak_links(under(put(anywhere, tmp_path / "2", chains=chains, enterprises=firms), today=TODAY), "demo")
    assert (answer.city, [item.name for item in by_name(answer)["矿石"].firms]) == ([], ["示例a号公司"])


def test_the_rules_hold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = read_rules()
    assert sum(weight.points for _, weight in rules.score.by_key().items()) == 100
    moved = list(variants(rules))
    assert len(moved) == len({name for name, _ in moved}) == 2 * (4 + 2 + 7 + 8 + 7)
    for _, shifted in moved:
        assert sum(weight.points for _, weight in shifted.score.by_key().items()) == pytest.approx(100)
    whole = rules.model_dump()
    whole["score"]["needed"]["points"] = 50
    with pytest.raises(ValueError, match="合计应为 100"):
        Rules.model_validate(whole)
    read_rules.cache_clear()
    monkeypatch.setattr(shipped, "tomllib", type("Broken", (), {"loads": staticmethod(lambda _text: {})}))
    with pytest.raises(InputError, match=r"rules\.toml 不能用"):
        read_rules()


def test_stability_says_what_flips(tmp_path: Path) -> None:
    firms = [firm(id, products="ore;foil") for id in "abc"]
    answer = weak_links(
        under(
            put(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, enterprises=firms, coverages=EVERYWHERE),
            today=TODAY,
        ),
        "demo",
    )
    flips = {
        variant.moved: [(flip.place, flip.before, flip.after) for flip in variant.flips]
        for variant in answer.stability.variants
    }
    assert flips["state.segment_firms ×1.2"] == [("原料", "强链", "弱链")]
    assert flips["state.product_firms ×0.8"] == []
    assert answer.stability.flipped == ["原料"]
    assert all(
        variant.rank_correlation is None or -1 <= variant.rank_correlation <= 1 for variant in answer.stability.variants
    )


def test_stability_tells_the_least_correlation(tmp_path: Path) -> None:
    """Nobody is known to want what is missing of raw: 10 + 20 × 0.25 = 15. Part has one maker, and three firms want what it makes:
    0.6 × (10 + 35 × 0.3 + 20 × 0.3) = 15.9. They change places where the gap itself or what is not asked for counts more, or
    the one maker or the three that want it less.
    """
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        products=[
            *({"id": f"r{number}", "name": f"{number}号料", "segments": "demo.raw"} for number in range(9)),
            BASE["products"][2],
        ],
        input_to=[],
        enterprises=[
            firm("a", products=";".join(f"r{number}" for number in range(7))),
            firm("b", products="chip"),
            *(firm(id) for id in "cde"),
            firm("out", region="else"),
        ],
        supplies=[{"supplier": "out", "customer": id, "product": "芯片件"} for id in "cde"],
        coverages=[look("demo.raw;demo.part")],
    )
    answer = weak_links(under(store, today=TODAY), "demo")
    assert [(segment.segment, segment.score) for segment in answer.segments] == [
        ("原料", 15.0),
        ("部件", 15.9),
        ("整机", None),
    ]
    moved = {variant.moved: variant.rank_correlation for variant in answer.stability.variants}
    assert {name for name, least in moved.items() if least == -1} == {
        "score.no_producer ×1.2", "score.needed ×0.8", "scale.unneeded ×1.2", "scale.weak_most ×0.8", "scale.needed_firms ×1.2",
    }  # fmt: skip
    assert set(moved.values()) == {1.0, -1.0}
    assert answer.stability.least_correlation == -1


@pytest.fixture(scope="module")
def seeded_facts(seeded_store: Store) -> list[Facts]:
    city = read_city(under(seeded_store, trusted(), TODAY))
    return [chain_facts(city, chain) for chain in ("integrated-circuits", "smart-appliances", "new-energy-vehicles")]


def states(facts: Facts) -> dict[str, Judged]:
    judgements: dict[str, Judged] = {}
    for segment in judge_all(examine_facts(facts, survey(facts.city, facts.city.supplies)), read_rules()):
        judgements[segment.segment_id] = segment
        judgements |= {product.product_id: product for product in segment.products}
    return judgements


def not_worse(before: dict[str, Judged], after: dict[str, Judged]) -> None:
    """Strong stays strong, weak never becomes missing; weak for certain may become "perhaps strong", which is 未知."""
    for id, judgement in before.items():
        if judgement.state == "强链":
            assert after[id].state == "强链", id
        assert "未知" in (judgement.state, after[id].state) or after[id].state.order >= judgement.state.order, id


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_new_local_producer_never_makes_a_state_worse_and_one_that_goes_never_better(
    seeded_facts: list[Facts], data: st.DataObject
) -> None:
    facts = data.draw(st.sampled_from(seeded_facts))
    before = states(facts)
    products = sorted({product for place in facts.places for product in place.products})
    for number, product in enumerate(data.draw(st.lists(st.sampled_from(products), min_size=1, max_size=3))):
        fresh = CityFirm(f"new{number}", "示例新厂", "示例新厂", "local", "", f"new{number}", False, "sample", "s")
        facts = facts.landed(fresh, product)
    after = states(facts)
    not_worse(before, after)
    makers = sorted({maker for own_makers in facts.makers.values() for maker in own_makers})
    gone = states(facts.without(data.draw(st.lists(st.sampled_from(makers), min_size=1, max_size=4))))
    not_worse(gone, after)
    for judgement in (*before.values(), *after.values(), *gone.values()):
        assert (judgement.score is None) == (judgement.state == "未知")
        assert judgement.score is None or 0 <= judgement.score <= 100


def test_both_stores_judge_the_same(server_store: Store, seeded_store: Store) -> None:
    for chain in ("integrated-circuits", "smart-appliances", "modern-logistics", "exhibitions"):
        for statuses in (trusted(), trusted(["sample"])):
            on_server, embedded = (
                weak_links(under(store, statuses, TODAY), chain).model_dump(exclude={"data_date"})
                for store in (server_store, seeded_store)
            )
            assert on_server == embedded


def test_the_shipped_chains_hold_no_gap_but_where_samples_looked(seeded_store: Store) -> None:
    for row in seeded_store.read("MATCH (c:Chain) RETURN c.id AS id").rows:
        answer = weak_links(under(seeded_store, trusted(["sample"]), TODAY), row["id"])
        assert {judgement.state for judgement in by_name(answer).values()} <= {"强链", "未知"}, answer.chain


def test_a_group_goes_by_its_top_and_a_closed_firm_stands_nowhere(tmp_path: Path) -> None:
    firms = [
        firm("top"),
        firm("mid", parent="top"),
        firm("child", parent="mid"),
        firm("gone", segments="demo.raw", valid_to="2020"),
    ]
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path / "in",
        enterprises=[*firms, firm("raw", segments="demo.raw")],
    )
    city = read_city(under(store, today=TODAY))
    assert {firm.group for firm in find_firms(city, ["top", "mid", "child"], {"city"}).values()} == {"top"}
    assert chain_facts(city, "demo").operators == {"demo.raw": ("raw",)}


def test_an_input_that_another_may_stand_in_for_is_not_essential_by_itself(store: Store, tmp_path: Path) -> None:
    screens = [
        {"input": "chip", "product": "car", "essential": "true", "one_of": "屏"},
        {"input": "motor", "product": "car", "essential": "true", "one_of": "屏"},
        {"input": "ore", "product": "chip", "essential": "true", "one_of": "独一种"},
    ]
    put(store, tmp_path, input_to=screens)
    city = read_city(under(store))
    assert (city.needed_for("car"), city.needed_for("chip")) == (set(), {"ore"})

"""Certificates, what if, the curve of served needs, names, and the risk of the graph's own firms."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from gap_parts import BASE, TODAY, firm, look, put
from hypothesis import given, settings
from hypothesis import strategies as st
from view_parts import trusted, under

from graph.errors import Ambiguous, InputError, NotFound
from graph.names.verdicts import SAME
from graph.stores import Store, open_store
from loaders.judgements import judge
from queries.city.city import City, _with_choices, read_city
from queries.core.answers import Named
from queries.gaps import certificate as certificates
from queries.gaps.certificate import certificate
from queries.gaps.curve import served_curve
from queries.gaps.names import find_landing, find_place
from queries.gaps.reached import Landing
from queries.gaps.weak_links import correlation, examine
from queries.gaps.what_if import _supplies, what_if
from queries.names.search import find_enterprise
from queries.networks.firm_risk import ASSUMPTIONS, firm_network

EVERYWHERE = [look("demo.raw;demo.part;demo.whole")]
FIRMS = [
    firm("a", products="chip"),
    firm("b", products="car"),
    firm("out", region="else", products="ore"),
    firm("nowhere", region="", products="ore"),
    firm("closed", products="ore", valid_to="2020"),
    firm("foiler", products="foil"),
    firm("vague", segments="demo.raw"),
]


@pytest.fixture
def demo(store: Store, tmp_path: Path) -> Store:
    rows = [
        {"supplier": "a", "customer": "b", "product": "芯片件"},
        {"supplier": "out", "customer": "a", "product": "矿石"},
    ]
    leads, needs = [{"enterprise": "b", "chain": "demo"}], [{"enterprise": "a", "product": "ore"}]
    return put(store, tmp_path, enterprises=FIRMS, supplies=rows, leads=leads, needs=needs, coverages=EVERYWHERE)


def test_a_certificate_says_who_needs_it_and_why_nobody_fills_it(demo: Store) -> None:
    answer = certificate(under(demo, today=TODAY), "demo", "Product", "ore")
    assert (answer.name, answer.judgement.state) == ("矿石", "未知"), "a vague firm and one without a place"
    why = {candidate.firm.id: (candidate.fills, candidate.why) for candidate in answer.candidates}
    assert why == {
        "closed": (False, "企业登记为已终止"),
        "out": (False, "生产“矿石”，但在示例外城（国内），不在本地"),
        "nowhere": (False, "生产“矿石”，但没有登记所在地，不能算本地"),
        "vague": (False, "在本环节，没有登记任何产品：可能生产“矿石”，须核实"),
        "foiler": (False, "在本环节，登记的产品是箔材，没有“矿石”"),
        "a": (False, "生产用它的产品“芯片件”，没有登记“矿石”"),
    }
    needed = [
        (demand.kind, [who.id for who in demand.who], demand.into, demand.essential) for demand in answer.needed_by
    ]
    assert needed == [
        ("登记的需求", ["a"], None, None),
        ("本地所产产品的投入", ["a"], "芯片件", True),
        ("牵涉的链主（示例链）", ["b"], None, None),
    ]
    assert [(look.segment, look.whole_city, look.as_of) for look in answer.looked_through] == [
        ("原料", True, "2026-06")
    ]
    assert answer.rule_version
    assert {rule.name for rule in answer.rules} >= {"state.product_firms", "scale.hhi_low"}
    assert [(source.id, source.name) for source in answer.sources] == [("s1", "示例名录")]
    assert answer.data_date is not None
    with pytest.raises(NotFound, match="没有编号为“nothing”的产品"):
        certificate(under(demo, today=TODAY), "demo", "Product", "nothing")


def test_a_segments_certificate_names_the_firms_in_it(demo: Store) -> None:
    answer = certificate(under(demo, today=TODAY), "demo", "Segment", "demo.part")
    assert [(candidate.firm.id, candidate.fills) for candidate in answer.candidates if candidate.fills] == [("a", True)]
    assert answer.judgement.state == "弱链"


def test_what_a_segment_makes_of_its_own_products_needs_nothing_of_it(tmp_path: Path) -> None:
    """Ore goes into foil, of the same segment, and into chips: the segment is needed for chips alone, the ore for both."""
    inputs = [*BASE["input_to"], {"input": "ore", "product": "foil", "essential": "true"}]
    firms = [firm("a", products="foil"), firm("b", products="chip")]
    store = put(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, input_to=inputs, enterprises=firms)

    def needed(label: str, id: str) -> set[tuple[str, str | None]]:
        return {
            (demand.product, demand.into)
            for demand in certificate(under(store, today=TODAY), "demo", label, id).needed_by
        }

    assert needed("Segment", "demo.raw") == {("矿石", "芯片件")}
    assert needed("Product", "ore") == {("矿石", "芯片件"), ("矿石", "箔材")}


def test_a_certificate_says_of_a_closed_firm_that_it_is_closed(tmp_path: Path) -> None:
    """It is here, makes ore and stands in the segment, by rows that go on."""
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=[firm("shut", region="", valid_to="2020")],
        located_in=[{"subject": "shut", "region": "ward"}],
        produces=[{"enterprise": "shut", "product": "ore"}],
        operates_in=[{"enterprise": "shut", "segment": "demo.raw"}],
        coverages=EVERYWHERE,
    )
    for label, id in (("Product", "ore"), ("Product", "foil"), ("Segment", "demo.raw")):
        answer = certificate(under(store, today=TODAY), "demo", label, id)
        assert answer.judgement.state == "缺链"
        assert [(candidate.firm.id, candidate.fills, candidate.why) for candidate in answer.candidates] == [
            ("shut", False, "企业登记为已终止")
        ]


def test_a_certificate_names_the_sources_of_the_firms_that_were_looked_at(tmp_path: Path) -> None:
    """The firm is known from s2; that it makes ore, and that somebody looked, from s1."""
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=[firm("out", region="else", source="s2")],
        produces=[{"enterprise": "out", "product": "ore"}],
        coverages=EVERYWHERE,
    )
    answer = certificate(under(store, today=TODAY), "demo", "Product", "ore")
    assert [
        (candidate.firm.id, candidate.source, [row.source for row in candidate.evidence])
        for candidate in answer.candidates
    ] == [("out", "s2", ["s1"])]
    assert {source.id for source in answer.sources} == {"s1", "s2"}


def test_the_makers_of_the_ten_nearest_products_are_looked_at(tmp_path: Path) -> None:
    """Who makes ore elsewhere makes ten other things, each of which a firm makes here: ore itself is none of the ten."""
    others = [f"n{number}" for number in range(10)]
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        products=[*BASE["products"], *({"id": id, "name": f"{id}件", "segments": "demo.part"} for id in others)],
        enterprises=[
            firm("far", region="else", products=";".join(["ore", *others])),
            *(firm(f"at-{id}", products=id) for id in others),
        ],
    )
    why = {
        candidate.firm.id: candidate.why
        for candidate in certificate(under(store, today=TODAY), "demo", "Product", "ore").candidates
    }
    assert set(why) == {"far", *(f"at-{id}" for id in others)}
    assert why["at-n9"] == "生产相近的产品（关联 0.50）“n9件”，没有登记“矿石”", (
        "far makes both, of two makers of the one"
    )


@pytest.mark.parametrize("firms", [59, 60, 61, 63])
def test_what_a_certificate_cuts_is_counted(tmp_path: Path, firms: int) -> None:
    many = [firm(f"n{number:02d}", region="else", products="ore") for number in range(firms)]
    store = put(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, enterprises=many, coverages=EVERYWHERE)
    answer = certificate(under(store, today=TODAY), "demo", "Product", "ore")
    assert (len(answer.candidates), answer.more_candidates) == (min(firms, 60), max(0, firms - 60))
    assert [candidate.firm.id for candidate in answer.candidates] == [row["id"] for row in many[:60]]


def test_landing_closes_a_gap_and_opens_one_a_tier_up(store: Store, tmp_path: Path) -> None:
    put(
        store,
        tmp_path,
        enterprises=[firm("b", products="car")],
        leads=[{"enterprise": "b", "chain": "demo"}],
        coverages=EVERYWHERE,
    )
    answer = what_if(under(store, today=TODAY), "demo", [], [Landing(Named(id="new:x", name="示例新厂"), "motor")])
    assert [(gap.product, gap.state) for gap in answer.gaps_closed] == [("电机件", "弱链")]
    assert [(gap.product, gap.state) for gap in answer.gaps_opened] == [("箔材", "缺链")]
    assert "上一层新的缺口" in answer.gaps_opened[0].reason
    assert [leader.id for leader in answer.leaders_affected] == ["b"]
    assert (answer.before.served.served_now, answer.after.served.served_now, answer.before.served.needs) == (0, 1, 2)
    again = what_if(under(store, today=TODAY), "demo", [], [Landing(Named(id="b", name="示例b号公司"), "foil")])
    assert [(gap.product, gap.state) for gap in again.gaps_closed] == [("箔材", "弱链")]
    assert again.gaps_opened == []


@pytest.mark.parametrize(
    ("firms", "land", "opened"),
    [
        ([], ["motor"], ["箔材"]),
        ([firm("a", products="motor")], ["motor"], []),  # it was needed here before
        ([firm("a", products="fan")], ["motor"], []),  # by another product that is made here
        ([firm("a", region="else", products="fan")], ["motor"], ["箔材"]),  # not by what is made elsewhere
        ([firm("a", products="foil")], ["motor"], []),
        ([firm("a", region="else", products="foil")], ["motor"], ["箔材"]),
        ([firm("a", products="foil", valid_to="2020")], ["motor"], ["箔材"]),
        ([], ["motor", "foil"], []),  # both land
        ([], ["car"], ["芯片件", "电机件"]),  # one tier up and no more
        ([], ["fan", "motor"], ["箔材"]),  # told once
    ],
)
def test_what_lands_needs_what_nobody_here_made_or_needed(
    tmp_path: Path, firms: list[dict[str, Any]], land: list[str], opened: list[str]
) -> None:
    products = [
        *BASE["products"],
        {"id": "fan", "name": "风扇件", "segments": "demo.part"},
        {"id": "oil", "name": "油", "segments": "demo.raw"},
    ]
    inputs = [
        *BASE["input_to"],
        {"input": "foil", "product": "fan", "essential": "true"},
        {"input": "oil", "product": "motor", "essential": "false"},
    ]
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put(store, tmp_path, products=products, input_to=inputs, enterprises=firms, coverages=EVERYWHERE)
    landings = [Landing(Named(id="new:n", name="示例新厂"), product) for product in land]
    answer = what_if(under(store, today=TODAY), "demo", [], landings)
    assert [gap.product for gap in answer.gaps_opened] == opened


def test_what_lands_supplies_those_that_need_it(tmp_path: Path) -> None:
    """A lands with ore: n → a (ore into chips), a → b (chips), two supplies of one each. All falls with each of the three.

    The other way round (a → n) the end of n would cost only what a sells to it, and that of b only what it buys.
    """
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=[firm("a", products="chip"), firm("b"), firm("c", region="else", products="chip")],
        supplies=[{"supplier": "a", "customer": "b", "product": "芯片件"}],
    )
    answer = what_if(under(store, today=TODAY), "demo", [], [Landing(Named(id="new:n", name="示例新厂"), "ore")])
    assert {risk.firm.id: risk.esri for risk in answer.before.risk} == {"a": 1.0, "b": 1.0}
    assert {risk.firm.id: risk.esri for risk in answer.after.risk} == {"a": 1.0, "b": 1.0, "new:n": 1.0}


def test_a_firm_is_where_its_park_is(tmp_path: Path) -> None:
    parks = [{"id": "in", "name": "示例内园", "region": "ward"}, {"id": "out", "name": "示例外园", "region": "else"}]
    firms = [
        firm("a", region="", products="ore", park="in"),
        firm("b", region="", products="foil", park="out"),
        firm("c", region="", products="chip"),
        firm("d", region="else", products="motor", park="in"),
    ]
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, parks=parks, enterprises=firms, coverages=EVERYWHERE
    )
    seen_firms = examine(under(store, today=TODAY), "demo").facts.firms
    assert {id: (seen.where, seen.region) for id, seen in seen_firms.items()} == {
        "a": ("local", "示例区"), "b": ("outside", "示例外城"), "c": ("unknown", ""), "d": ("local", "示例区、示例外城"),
    }  # fmt: skip


def test_a_firm_judged_to_be_another_goes_as_that_one(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, enterprises=[firm("a", products="chip"), firm("z", products="chip")], coverages=EVERYWHERE)
    judge(store, "a", "z", SAME, "张三")
    answer = what_if(under(store, today=TODAY), "demo", [Named(id="z", name="示例z号公司")], [])
    assert [gap.product for gap in answer.gaps_opened] == ["芯片件"]
    assert [firm_gone.id for firm_gone in answer.removed] == ["a"]


def test_what_a_firm_makes_elsewhere_does_not_land_with_it(store: Store, tmp_path: Path) -> None:
    put(
        store,
        tmp_path,
        enterprises=[firm("out", region="else", products="ore;chip", segments="demo.raw")],
        coverages=EVERYWHERE,
    )
    out = Named(id="out", name="示例out号公司")
    assert [
        gap.product for gap in what_if(under(store, today=TODAY), "demo", [], [Landing(out, "chip")]).gaps_closed
    ] == ["芯片件"]
    both = what_if(under(store, today=TODAY), "demo", [], [Landing(out, "chip"), Landing(out, "ore")])
    assert [gap.product for gap in both.gaps_closed] == ["矿石", "芯片件"]


def test_removing_opens_a_gap_and_costs_output(demo: Store) -> None:
    answer = what_if(under(demo, today=TODAY), "demo", [Named(id="a", name="示例a号公司")], [])
    assert [(gap.product, gap.reason) for gap in answer.gaps_opened] == [
        ("芯片件", "弱链 → 缺链：本地企业退出后没有别家")
    ]
    changes = {change.name: (change.before, change.after) for change in answer.changes}
    assert changes["部件"] == ("弱链", "缺链")
    assert answer.removal_cost == 1.0, "one supply goes out of it and the other into it"
    assert [(segment.segment, segment.state) for segment in answer.before.segments] == [
        ("原料", "未知"),
        ("部件", "弱链"),
        ("整机", "弱链"),
    ]
    assert [segment.state for segment in answer.after.segments] == ["未知", "缺链", "弱链"]
    assert [leader.id for leader in answer.leaders_affected] == ["b"]
    both = what_if(
        under(demo, today=TODAY), "demo", [Named(id="a", name="a")], [Landing(Named(id="n", name="新"), "chip")]
    )
    assert [change.name for change in both.changes if change.before != change.after] == []
    nothing = what_if(under(demo, today=TODAY), "demo", [], [])
    assert (nothing.changes, nothing.gaps_closed, nothing.gaps_opened) == ([], [], [])


def test_the_random_curve_is_the_mean_over_all_orders(store: Store, tmp_path: Path) -> None:
    firms = [
        firm("lead"),
        firm("a", products="ore"),
        firm("b", products="ore;foil"),
        firm("c", products="chip"),
        firm("d", products="chip"),
    ]
    needs = [{"enterprise": "lead", "product": product} for product in ("ore", "foil", "chip", "motor")]
    put(store, tmp_path, enterprises=firms, needs=needs, leads=[{"enterprise": "lead", "chain": "demo"}])
    examined = examine(under(store, today=TODAY), "demo")
    curve = served_curve(examined.facts, examined.risk)
    assert (curve.needs, curve.served_now) == (4, 3)
    serving = [{"a", "b"}, {"b"}, {"c", "d"}]
    orders = list(permutations("abcd"))
    wanted = [
        sum(sum(bool(servers - set(order[:fallen])) for servers in serving) for order in orders) / len(orders) / 4
        for fallen in range(5)
    ]
    assert curve.random == pytest.approx(wanted, abs=1e-6)
    assert curve.by_rank[0] == curve.random[0] == 0.75
    assert curve.by_rank[-1] == 0
    assert curve.random_area == pytest.approx(np.trapezoid(wanted) / 4, abs=1e-6)
    assert curve.firms[0] == "示例b号公司", "without supplies the one that serves most falls first"


def test_the_curve_is_that_of_the_leaders_of_this_chain(tmp_path: Path) -> None:
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        chains=[*BASE["chains"], {"id": "other", "name": "示例别链", "region": "city"}],
        enterprises=[firm("lead"), firm("chief"), firm("a", products="ore"), firm("b", products="chip")],
        leads=[{"enterprise": "lead", "chain": "demo"}, {"enterprise": "chief", "chain": "other"}],
        needs=[{"enterprise": "lead", "product": "ore"}, {"enterprise": "chief", "product": "chip"}],
    )
    curve = served_curve(examine(under(store, today=TODAY), "demo").facts, None)
    assert (curve.needs, curve.served_now, curve.firms) == (1, 1, ["示例a号公司"])


def test_no_leader_no_curve(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, enterprises=[firm("a", products="ore")])
    curve = served_curve(examine(under(store, today=TODAY), "demo").facts, None)
    assert (curve.needs, curve.random, curve.random_area) == (0, [0.0], None)


def test_places_and_landings_by_name(demo: Store) -> None:
    examined = examine(under(demo, today=TODAY), "demo")
    assert find_place(examined, "ore").name == "矿石"
    assert find_place(examined, " 部件 ").label == "Segment"
    assert find_place(examined, "芯片").id == "chip"
    with pytest.raises(Ambiguous, match="对应多个环节或产品"):
        find_place(examined, "件")
    for word in ("", "没有"):
        with pytest.raises(NotFound):
            find_place(examined, word)
    assert find_landing(under(demo), "示例a号公司:箔材") == Landing(Named(id="a", name="示例a号公司"), "foil")
    assert find_landing(under(demo), "全新的厂：矿石").firm == Named(id="new:全新的厂", name="全新的厂")
    with pytest.raises(NotFound, match="没有产品"):
        find_landing(under(demo), "示例a号公司:没有这种")
    for text in ("示例a号公司", ":矿石", "示例a号公司:"):
        with pytest.raises(InputError, match="落地应写成"):
            find_landing(under(demo), text)


def city_of(store: Store) -> City:
    return read_city(under(store, trusted(), TODAY))


def test_closing_a_firm_closes_all_that_it_makes(demo: Store) -> None:
    network = firm_network(city_of(demo))
    assert network is not None
    assert sorted(set(network.unit_firm)) == ["a", "b", "out"]
    closed = network.closures([["a"], ["out"], ["a", "out"], ["b"], ["nobody"]])
    # Two supplies of one unit each: out → a (ore into chips), a → b. Without a: all that out sells and all that a sells.
    assert closed == pytest.approx([1.0, 1.0, 1.0, 1.0, 0.0])
    assert (
        firm_network(city_of(demo), pl.DataFrame(schema={"from": pl.String, "to": pl.String, "good": pl.String}))
        is None
    )


def test_what_is_not_essential_costs_less(store: Store, tmp_path: Path) -> None:
    firms = [firm(id) for id in ("ore1", "odd", "maker", "user")]
    rows = [
        {"supplier": "ore1", "customer": "maker", "product": "矿石"},
        {"supplier": "odd", "customer": "maker", "product": "没有登记的货"},
        {"supplier": "maker", "customer": "user", "product": "芯片件"},
    ]
    put(store, tmp_path, enterprises=firms, supplies=rows)
    network = firm_network(city_of(store))
    assert network is not None
    # Essential ore gone: maker makes nothing, so its own sale and, by lost demand of none, only ore's sale are lost.
    essential, optional = network.closures([["ore1"], ["odd"]])
    assert essential == pytest.approx(2 / 3)
    assert optional == pytest.approx(1 / 3 + 1 / 6)


def test_amounts_under_each_assumption(store: Store, tmp_path: Path) -> None:
    """Customer x buys ore from s1 and s2 and foil from s3, y buys ore from s1; neither sells anything, so a firm costs what it sells.

    By links all four supplies are alike. By purchases x and y buy one each: x half of it ore, half of that from each of the two.
    """
    rows = [
        {"supplier": supplier, "customer": customer, "product": product}
        for supplier, customer, product in (
            ("s1", "x", "矿石"),
            ("s2", "x", "矿石"),
            ("s3", "x", "箔材"),
            ("s1", "y", "矿石"),
        )
    ]
    put(store, tmp_path, enterprises=[firm(id) for id in ("s1", "s2", "s3", "x", "y")], supplies=rows)
    closures = {}
    for assumption in ASSUMPTIONS:
        network = firm_network(city_of(store), assumption=assumption)
        assert network is not None
        closures[assumption] = network.closures([["s1"], ["s2"], ["s3"]]).tolist()
    assert closures["links"] == pytest.approx([2 / 4, 1 / 4, 1 / 4])
    assert closures["purchases"] == pytest.approx([1.25 / 2, 0.25 / 2, 0.5 / 2])


def test_both_assumptions_rank_every_firm(seeded_store: Store) -> None:
    """Every firm with a supply has its share of output, that of one that sells something is more than nothing; what they are: above."""
    city = city_of(seeded_store)
    firms = sorted({*city.supplies["from"], *city.supplies["to"]})
    for assumption in ASSUMPTIONS:
        network = firm_network(city, assumption=assumption)
        assert network is not None
        assert sorted(set(network.unit_firm)) == firms
        scores = dict(zip(firms, network.closures([[firm] for firm in firms]).tolist(), strict=True))
        assert all(0 <= score <= 1 for score in scores.values())
        assert all(scores[supply] > 0 for supply in city.supplies["from"])


def test_rank_correlations_of_little() -> None:
    assert correlation([1.0], [2.0]) is None
    assert correlation([1.0, 1.0], [3.0, 3.0]) == 1.0
    assert correlation([1.0, 1.0], [3.0, 4.0]) == 0.0
    assert correlation([1.0, 2.0, 3.0], [3.0, 2.0, 1.0]) == -1.0


def recipes(links: Iterable[tuple[str, str, bool, str | None]], anywhere: Iterable[str] = (), **chains: str) -> City:
    """A city of products and what goes into what, and no more; each product of the chain that is said of it."""
    rows = [*links]
    products = sorted({end for row in rows for end in row[:2]} | {*chains})
    texts = {"from": pl.String, "to": pl.String}
    inputs = pl.DataFrame(
        [(*row, False) for row in rows],
        schema=texts | {"essential": pl.Boolean, "one_of": pl.String, "ended": pl.Boolean},
        orient="row",
    )
    belongs = pl.DataFrame(
        [(product, chain, False) for product, chain in chains.items()],
        schema=texts | {"ended": pl.Boolean},
        orient="row",
    )
    part_of = pl.DataFrame(
        [(chain, chain, False) for chain in sorted({*chains.values()})],
        schema=texts | {"ended": pl.Boolean},
        orient="row",
    )
    nodes = pl.DataFrame({"id": products, "bought_anywhere": [product in {*anywhere} for product in products]})
    edges = {"INPUT_TO": _with_choices(inputs), "BELONGS_TO": belongs, "PART_OF": part_of}
    return City((), TODAY, {"Product": nodes}, edges)


def test_dependence_ends_at_what_is_bought_anywhere() -> None:
    """Gas → chip → set: where chips are bought anywhere, only the chip stands on the gas, and nothing on the chip."""
    for anywhere, fallen in ((set[str](), {"chip", "set"}), ({"chip"}, {"chip"})):
        city = recipes([("gas", "chip", True, None), ("chip", "set", True, None)], anywhere)
        assert city.standing_on(["gas"]) == fallen
        assert city.standing_on(["chip"]) == (set() if anywhere else {"set"})
        assert city.ending_at(["gas", "chip", "set"]) == anywhere
        assert city.needed_for("set") == {"chip"}


def test_dependence_goes_one_step_into_another_chain() -> None:
    """Wire → chip | board → port: the chip's chain falls, the board that uses the chip as well, the port not."""
    links = [("wire", "chip", True, None), ("chip", "board", True, None), ("board", "port", True, None)]
    city = recipes(links, wire="chips", chip="chips", board="sets", port="ports")
    assert city.standing_on(["wire"]) == {"chip", "board"}
    assert city.standing_on(["chip"]) == {"board"}
    assert city.standing_on(["board"]) == {"port"}


def test_one_of_a_group_is_enough() -> None:
    """Named groups, and the replaceable ones without a name together; one that is alone is no choice, and stops nothing."""
    links = [
        *((screen, "tv", True, "屏") for screen in ("lcd", "oled")),
        *((glue, "tv", False, None) for glue in ("hot", "cold")),
        ("foil", "box", False, None),
    ]
    city = recipes([(*link[:2], link[2], link[3]) for link in links])
    assert [city.standing_on([one]) for one in ("lcd", "hot", "foil")] == [set(), set(), set()]
    assert city.standing_on(["lcd", "oled"]) == city.standing_on(["hot", "cold"]) == {"tv"}
    assert city.standing_on(["lcd"], missing={"oled"}) == {"tv"}
    assert city.standing_on(["lcd"], missing={"cold"}) == set()
    assert (city.needing("lcd"), city.blocks("lcd", {"lcd"}), city.blocks("lcd", {"lcd", "oled"})) == (
        set(),
        False,
        True,
    )


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.booleans(), st.sampled_from([None, "甲", "乙"])), max_size=24
    ),
    st.sets(st.integers(0, 7), max_size=3),
)
def test_what_stands_on_a_product_is_what_falls_with_it(
    links: list[tuple[int, int, bool, str | None]], anywhere: set[int]
) -> None:
    """By hand, over all products again and again: one falls when all of one of its groups have fallen."""
    rows = {(f"p{start}", f"p{end}"): (essential, group) for start, end, essential, group in links if start != end}
    sold = {f"p{number}" for number in anywhere}
    city = recipes([(start, end, *kind) for (start, end), kind in rows.items()], sold)
    groups: dict[tuple[str, str], set[str]] = {}
    for (start, end), (essential, group) in rows.items():
        groups.setdefault((end, group or (start if essential else "")), set()).add(start)
    must = [
        (end, group)
        for (end, name), group in groups.items()
        if not group & sold and (len(group) > 1 or all(rows[start, end][0] for start in group))
    ]
    for product in {end for pair in rows for end in pair}:
        fallen = {product}
        while more := {end for end, group in must if group <= fallen} - fallen:
            fallen |= more
        assert city.standing_on([product]) == fallen - {product}


@pytest.mark.parametrize(
    ("valid_to", "over"),
    [
        (None, False),
        ("2026", False),
        ("2025", True),
        ("2026-11", False),
        ("2026-10", True),
        ("2026-H1", True),
        ("2026-H2", False),
        ("2026-Q3", True),
        ("2026-11-24", False),
        ("2026-11-23", True),
    ],
)
def test_when_something_is_over(tmp_path: Path, valid_to: str | None, over: bool) -> None:
    row: dict[str, Any] = firm("a", products="ore", **({"valid_to": valid_to} if valid_to else {}))
    store = put(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, enterprises=[row])
    assert city_of(store).nodes["Enterprise"]["ended"].to_list() == [over]
    assert city_of(store).going("PRODUCES").height == (not over)


@pytest.mark.parametrize(
    ("valid_to", "last"),
    [
        ("2026", "2026-12-31"),
        ("2026-H1", "2026-06-30"),
        ("2026-H2", "2026-12-31"),
        ("2026-Q1", "2026-03-31"),
        ("2026-Q2", "2026-06-30"),
        ("2026-Q3", "2026-09-30"),
        ("2026-Q4", "2026-12-31"),
        ("2026-02", "2026-02-28"),
        ("2024-02", "2024-02-29"),
        ("2026-04", "2026-04-30"),
        ("2026-12", "2026-12-31"),
        ("2026-05-07", "2026-05-07"),
    ],
)
def test_a_time_goes_on_to_the_end_of_its_last_day(tmp_path: Path, valid_to: str, last: str) -> None:
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, enterprises=[firm("a", products="ore", valid_to=valid_to)]
    )
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    ended = [read_city(under(store, today=day)).nodes["Enterprise"]["ended"].to_list() for day in (last, after)]
    assert ended == [[False], [True]]


def test_places_landings_and_what_is_cut_are_asked_for_and_told_exactly(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    products = [
        {"id": "ore", "name": "矿石", "segments": "demo.raw"},
        {"id": "fine", "name": "精矿石", "segments": "demo.raw"},
    ]
    firms = [firm("b", products="fine"), firm("c", products="fine"), firm("long") | {"name": "青岛海尔模具有限公司"}]
    view = under(
        put(store, tmp_path, products=products, input_to=[], enterprises=firms, coverages=EVERYWHERE), today=TODAY
    )
    assert find_place(examine(view, "demo"), "矿石").id == "ore", "a whole name goes before a part of another"
    for mark in (":", "："):
        assert find_landing(view, f"示例新厂{mark}矿石") == Landing(Named(id="new:示例新厂", name="示例新厂"), "ore")
    assert find_enterprise(view, "海尔模具").id == "long"
    assert find_landing(view, "海尔模具:矿石").firm.id == "new:海尔模具", (
        "what may be a short form of a known firm is a new one here"
    )
    answer = certificate(view, "demo", "Product", "fine")
    assert (len(answer.candidates), answer.more_candidates) == (2, 0)
    monkeypatch.setattr(certificates, "MOST", 1)
    cut = certificate(view, "demo", "Product", "fine")
    assert (len(cut.candidates), cut.more_candidates) == (1, 1)


def test_a_firm_that_left_buys_and_makes_nothing_more(demo: Store) -> None:
    view = under(demo, today=TODAY)
    facts = examine(view, "demo").facts
    left = facts.without(["a"])
    assert "a" in facts.all_makers["chip"]
    assert "chip" not in left.all_makers
    rows = _supplies(facts.city, left, ["a"], [])
    assert not {"a"} & {*rows["from"], *rows["to"]}


def test_only_products_are_gaps_and_what_is_assumed_is_told(store: Store, tmp_path: Path) -> None:
    firms = [firm(f"c{number}", products="chip;motor") for number in range(4)]
    put(store, tmp_path, enterprises=firms, coverages=[look("demo.raw")])
    view = under(store, today=TODAY)
    answer = what_if(view, "demo", [Named(id=firm["id"], name=firm["name"]) for firm in firms], [])
    assert {(change.name, change.before, change.after) for change in answer.changes} >= {("芯片件", "强链", "未知")}
    assert "assumed_left" in [assumption.code for assumption in answer.assumptions]
    landed = what_if(view, "demo", [], [Landing(Named(id="n", name="新"), "ore")])
    assert {change.label for change in landed.changes if change.before == "缺链"} == {"Product", "Segment"}
    assert [gap.product_id for gap in landed.gaps_closed] == ["ore"]
    assert "assumed_left" not in [assumption.code for assumption in landed.assumptions]

"""States, scores and actions of weak links: each rule on a chain made for it, on both stores, and what must hold for any."""

from pathlib import Path
from typing import Any

import pytest
from gap_parts import TODAY, firm, look, put
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from view_parts import trusted, under

from graph.errors import InputError, NotFound
from graph.stores import Store, open_store
from queries.city.city import read_city
from queries.city.facts import Facts, chain_facts
from queries.city.local import Firm
from queries.gaps import rules as rule_file
from queries.gaps.answers import STATE_ORDER, Judged, WeakLinks
from queries.gaps.rules import Rules, read_rules, variants
from queries.gaps.weak_links import examine_facts, judge_all, survey, weak_links

EVERYWHERE = [look("demo.raw;demo.part;demo.whole")]


def judged(store: Store, folder: Path, **rows: list[dict[str, Any]]) -> dict[str, Judged]:
    answer = weak_links(under(put(store, folder, **rows), today=TODAY), "demo")
    return by_name(answer)


def by_name(answer: WeakLinks) -> dict[str, Judged]:
    return {segment.segment: segment for segment in answer.segments} | {
        product.product: product for segment in answer.segments for product in segment.products
    }


def test_what_nobody_looked_for_is_not_a_gap(store: Store, tmp_path: Path) -> None:
    found = judged(store, tmp_path, enterprises=[firm("a", products="chip")])
    assert {one.state for one in found.values()} == {"未知"}
    assert {one.score for one in found.values()} == {None}
    assert {one.action for one in found.values()} == {"摸底"}
    assert all(one.parts == [] for one in found.values())
    assert any("没有登记不等于没有" in reason for reason in found["原料"].reasons)


def test_looked_for_and_not_there_is_missing(store: Store, tmp_path: Path) -> None:
    found = judged(store, tmp_path, enterprises=[firm("a", products="chip")], coverages=EVERYWHERE)
    assert (found["矿石"].state, found["矿石"].action) == ("缺链", "补链")
    assert (found["芯片件"].state, found["芯片件"].action) == ("弱链", "强链")
    assert (found["原料"].state, found["部件"].state) == ("缺链", "弱链")
    assert [row.record for row in found["矿石"].evidence] == ["COVERS"]
    assert found["芯片件"].evidence[-1].from_id == "ore", "the essential input without a local source"


def test_two_makers_and_three_firms_are_strong_without_a_look(store: Store, tmp_path: Path) -> None:
    firms = [firm("a", products="chip"), firm("b", products="chip"), firm("c", segments="demo.part")]
    found = judged(store, tmp_path, enterprises=firms)
    assert (found["芯片件"].state, found["电机件"].state, found["部件"].state) == ("强链", "未知", "未知"), (
        "a key product has no known maker"
    )
    firms[2]["products"] = "motor"
    found = judged(open_store(f"ladybug://{tmp_path}/again.lbug"), tmp_path / "2", enterprises=firms)
    assert (found["芯片件"].state, found["电机件"].state, found["部件"].state) == ("强链", "未知", "强链")


def test_a_look_at_part_of_the_city_settles_nothing(store: Store, tmp_path: Path) -> None:
    found = judged(store, tmp_path, coverages=[look("demo.raw", "ward"), look("demo.part", "land")])
    assert found["原料"].state == "未知"
    assert any("没有覆盖全市" in reason for reason in found["原料"].reasons)
    assert found["部件"].state == "缺链", "who looked through the whole country looked through the city"


def test_only_local_firms_fill_a_place(store: Store, tmp_path: Path) -> None:
    firms = [firm("a", region="else", products="ore"), firm("b", region="", products="foil"), firm("c", region="land", products="chip")]
    found = judged(store, tmp_path, enterprises=firms, coverages=EVERYWHERE)
    assert found["矿石"].state == "缺链"
    assert (found["箔材"].state, found["芯片件"].state) == ("未知", "未知"), "it is not known whether those two are here"
    assert any("所在地不明" in reason for reason in found["箔材"].reasons)


def test_a_firm_without_products_may_make_any(store: Store, tmp_path: Path) -> None:
    found = judged(store, tmp_path, enterprises=[firm("a", segments="demo.raw")], coverages=EVERYWHERE)
    assert found["矿石"].state == "未知"
    assert any("没有登记产品" in reason for reason in found["矿石"].reasons)
    assert found["原料"].state == "弱链"


def test_unknown_where_the_least_and_the_most_differ(store: Store, tmp_path: Path) -> None:
    """A maker and a firm that may make it: one or two, so weak or strong; three firms whose products are not recorded likewise."""
    firms = [firm("a", products="ore"), *(firm(f"v{number}", segments="demo.raw;demo.part") for number in range(3))]
    found = judged(store, tmp_path, enterprises=firms, coverages=EVERYWHERE)
    assert {name: found[name].state for name in ("矿石", "箔材", "原料", "部件", "整机")} == {
        "矿石": "未知", "箔材": "未知", "原料": "未知", "部件": "未知", "整机": "缺链",
    }  # fmt: skip
    assert any("没有登记产品,可能生产" in reason for reason in found["原料"].reasons)


def test_what_has_ended_counts_no_more(store: Store, tmp_path: Path) -> None:
    firms = [firm("a", products="ore", valid_to="2026-06"), firm("b", products="foil", valid_to="2026")]
    found = judged(store, tmp_path, enterprises=firms, coverages=EVERYWHERE)
    assert (found["矿石"].state, found["箔材"].state) == ("缺链", "弱链"), "the year 2026 is not over on 2026-11-24"


def test_statuses_that_are_off_count_for_nothing(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path, enterprises=[firm("a", products="ore", status="sample")], coverages=[look("demo.raw", status="sample")])
    assert by_name(weak_links(under(store, today=TODAY), "demo"))["矿石"].state == "弱链"
    assert by_name(weak_links(under(store, today=TODAY), "demo"))["矿石"].status == "sample"
    without = weak_links(under(store, trusted(["sample"]), TODAY), "demo")
    assert by_name(without)["矿石"].state == "未知"
    assert "sample" not in without.rests_on
    with pytest.raises(NotFound, match="没有编号为“nothing”的产业链"):
        weak_links(under(store), "nothing")


def test_the_parts_add_up_and_the_evidence_is_there(store: Store, tmp_path: Path) -> None:
    firms = [firm("a", products="chip"), firm("b", products="car"), firm("o", region="else", products="motor")]
    rows = [{"supplier": "o", "customer": "b", "product": "电机件"}, {"supplier": "a", "customer": "b", "product": "芯片件"}]
    leads = [{"enterprise": "b", "chain": "demo"}]
    answer = weak_links(
        under(put(store, tmp_path, enterprises=firms, supplies=rows, leads=leads, coverages=EVERYWHERE), today=TODAY), "demo"
    )
    found = by_name(answer)
    for one in found.values():
        assert one.score == pytest.approx(sum(part.points for part in one.parts), abs=1e-9)
        assert all(0 <= part.points <= part.most for part in one.parts)
        assert sum(part.most for part in one.parts) == 100
    points = {part.name: part.points for part in found["电机件"].parts}
    assert points == {
        "无本地企业": 40.0, "企业少而集中": 15.0, "依赖外地供应": 10.0, "必需投入无本地来源": 0.0, "下游所系": 3.25, "供应网络单点": 0.0, "系统性风险": 0.0,
    }  # fmt: skip
    chip = {part.name: part.points for part in found["芯片件"].parts}
    assert (chip["企业少而集中"], chip["必需投入无本地来源"], chip["依赖外地供应"]) == (15.0, 10.0, 0.0)
    for row in (row for one in found.values() for row in one.evidence):
        query = f"MATCH (a)-[r:{row.record}]->(b) WHERE a.id = $one AND b.id = $other RETURN r.source AS source, r.status AS status"
        assert {"source": row.source, "status": row.status} in store.read(query, {"one": row.from_id, "other": row.to_id}).rows
    assert {item.id for item in answer.sources} == {"s1"}
    assert sum(answer.rests_on.values()) == len(
        {(row.record, row.from_id, row.to_id, row.product) for one in found.values() for row in one.evidence}
    )
    assert answer.risk is not None
    assert [(one.firm.id, one.rank) for one in answer.risk.firms] == [("b", 1), ("a", 2)], "both suppliers sell to b alone"


def test_strong_but_of_one_group_is_to_be_made_firm(store: Store, tmp_path: Path) -> None:
    firms = [firm("p"), firm("a", products="ore", parent="p"), firm("b", products="ore;foil", parent="p"), firm("c", products="foil")]
    found = judged(store, tmp_path, enterprises=firms)
    assert (found["矿石"].state, found["矿石"].action) == ("强链", "固链")
    assert (found["箔材"].state, found["箔材"].action) == ("强链", "保持")
    assert found["原料"].action == "固链", "two of three belong to one group"


def test_a_near_product_is_a_next_step(store: Store, tmp_path: Path) -> None:
    both = [firm(f"x{number}", region="else", products="chip;motor") for number in range(3)]
    firms = [*both, firm("a", products="chip"), firm("b", products="chip")]
    answer = weak_links(under(put(store, tmp_path, enterprises=firms), today=TODAY), "demo")
    assert [(step.product, step.near[0].product) for step in answer.extensions] == [("电机件", "芯片件")]
    assert answer.extensions[0].density == pytest.approx((3 / 5) / (3 / 5 + 1), abs=1e-4)
    assert answer.extensions[0].near[0].proximity == pytest.approx(3 / 5)


def test_a_chain_without_a_city_takes_that_of_its_looks_or_everywhere(store: Store, tmp_path: Path) -> None:
    chains = [{"id": "demo", "name": "示例链"}]
    firms = [firm("a", region="else", products="ore")]
    answer = weak_links(under(put(store, tmp_path, chains=chains, enterprises=firms, coverages=EVERYWHERE), today=TODAY), "demo")
    assert [item.id for item in answer.city] == ["city"]
    assert by_name(answer)["矿石"].state == "缺链"
    anywhere = open_store(f"ladybug://{tmp_path}/anywhere.lbug")
    answer = weak_links(under(put(anywhere, tmp_path / "2", chains=chains, enterprises=firms), today=TODAY), "demo")
    assert (answer.city, [item.name for item in by_name(answer)["矿石"].firms]) == ([], ["示例a号公司"])


def test_the_rules_hold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = read_rules()
    assert sum(weight.points for _, weight in rules.score.parts()) == 100
    moved = list(variants(rules))
    assert len(moved) == len({name for name, _ in moved}) == 2 * (3 + 7 + 4)
    for _, one in moved:
        assert sum(weight.points for _, weight in one.score.parts()) == pytest.approx(100)
    whole = rules.model_dump()
    whole["score"]["outside"]["points"] = 50
    with pytest.raises(ValueError, match="合计应为 100"):
        Rules.model_validate(whole)
    read_rules.cache_clear()
    monkeypatch.setattr(rule_file, "tomllib", type("Broken", (), {"loads": staticmethod(lambda _text: {})}))
    with pytest.raises(InputError, match=r"rules\.toml 不能用"):
        read_rules()


def test_stability_says_what_flips(tmp_path: Path) -> None:
    firms = [firm(id, products="ore;foil") for id in "abc"]
    answer = weak_links(
        under(put(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path, enterprises=firms, coverages=EVERYWHERE), today=TODAY), "demo"
    )
    flips = {variant.moved: [(flip.place, flip.before, flip.after) for flip in variant.flips] for variant in answer.stability.variants}
    assert flips["state.segment_firms ×1.2"] == [("原料", "强链", "弱链")]
    assert flips["state.product_firms ×0.8"] == []
    assert answer.stability.flipped == ["原料"]
    assert all(variant.rank_correlation is None or -1 <= variant.rank_correlation <= 1 for variant in answer.stability.variants)


@pytest.fixture(scope="module")
def seeded_facts(seeded_store: Store) -> list[Facts]:
    city = read_city(under(seeded_store, trusted(), TODAY))
    return [chain_facts(city, chain) for chain in ("integrated-circuits", "smart-appliances", "new-energy-vehicles")]


def states(facts: Facts) -> dict[str, Judged]:
    found: dict[str, Judged] = {}
    for segment in judge_all(examine_facts(facts, survey(facts.city, facts.city.supplies)), read_rules()):
        found[segment.segment_id] = segment
        found |= {product.product_id: product for product in segment.products}
    return found


def not_worse(before: dict[str, Judged], after: dict[str, Judged]) -> None:
    """Strong stays strong, weak never becomes missing; weak for certain may become "perhaps strong", which is 未知."""
    for id, one in before.items():
        if one.state == "强链":
            assert after[id].state == "强链", id
        assert "未知" in (one.state, after[id].state) or STATE_ORDER[after[id].state] >= STATE_ORDER[one.state], id


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_new_local_producer_never_makes_a_state_worse_and_one_that_goes_never_better(
    seeded_facts: list[Facts], data: st.DataObject
) -> None:
    facts = data.draw(st.sampled_from(seeded_facts))
    before = states(facts)
    products = sorted({product for place in facts.places for product in place.products})
    for number, product in enumerate(data.draw(st.lists(st.sampled_from(products), min_size=1, max_size=3))):
        fresh = Firm(f"new{number}", "示例新厂", "示例新厂", "local", "", f"new{number}", False, "sample", "s")
        facts = facts.landed(fresh, product)
    after = states(facts)
    not_worse(before, after)
    makers = sorted({maker for found in facts.makers.values() for maker in found})
    gone = states(facts.without(data.draw(st.lists(st.sampled_from(makers), min_size=1, max_size=4))))
    not_worse(gone, after)
    for one in (*before.values(), *after.values(), *gone.values()):
        assert (one.score is None) == (one.state == "未知")
        assert one.score is None or (0 <= one.score <= 100 and one.score == pytest.approx(sum(part.points for part in one.parts), abs=1e-9))


def test_both_stores_judge_the_same(full_store: Store, seeded_store: Store) -> None:
    for chain in ("integrated-circuits", "smart-appliances", "modern-logistics", "exhibitions"):
        for statuses in (trusted(), trusted(["sample"])):
            one, other = (
                weak_links(under(store, statuses, TODAY), chain).model_dump(exclude={"data_date"}) for store in (full_store, seeded_store)
            )
            assert one == other


def test_the_shipped_chains_hold_no_gap_but_where_samples_looked(seeded_store: Store) -> None:
    for row in seeded_store.read("MATCH (c:Chain) RETURN c.id AS id").rows:
        answer = weak_links(under(seeded_store, trusted(["sample"]), TODAY), row["id"])
        assert {one.state for one in by_name(answer).values()} <= {"强链", "未知"}, answer.chain

"""The portfolio: the fewest firms that close the most gaps, against every choice there is, and its bounds."""

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from gap_parts import TODAY, firm, look, put
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import run
from view_parts import under

from graph.stores import Store
from queries.targets.candidates import GapToClose
from queries.targets.cover import GUARANTEE, Cover, Covering
from queries.targets.portfolio import Held, _curve, _short, make_portfolio

MOST = 6
cases = st.integers(1, 7).flatmap(
    lambda many: st.tuples(
        st.lists(st.sets(st.integers(0, many - 1)), max_size=MOST),
        st.lists(st.integers(1, 20), min_size=many, max_size=many),
        st.integers(1, MOST),
    )
)


def covering(sets: list[set[int]], weights: list[int], seconds: float = 10) -> Covering:
    return Covering({f"f{number}": sorted(own) for number, own in enumerate(sets)}, weights, seconds)


def best_of_all(sets: list[set[int]], weights: list[int], most: int) -> tuple[int, int]:
    """Every choice of at most so many sets: the most weight, and the fewest sets that have it."""
    choices = []
    for size in range(min(most, len(sets)) + 1):
        for chosen in combinations(range(len(sets)), size):
            covered = set().union(*(sets[name] for name in chosen)) if chosen else set()
            choices.append((-sum(weights[name] for name in covered), size))
    value, size = min(choices)
    return -value, size


@settings(max_examples=60)
@given(cases)
def test_the_integer_program_finds_the_best_and_fewest(case: tuple[list[set[int]], list[int], int]) -> None:
    sets, weights, most = case
    whole = covering(sets, weights)
    choice = whole.at_most(most)
    assert (choice.value, len(choice.chosen)) == best_of_all(sets, weights, most)
    assert whole.value(choice.chosen) == choice.value
    assert (choice.method, choice.bound, choice.fewest) == ("exact", choice.value, True)
    assert not any(whole.sets[chosen] < wider for chosen in choice.chosen for wider in whole.sets.values())
    assert not any(
        whole.sets[chosen] == whole.sets[wider] for chosen in choice.chosen for wider in whole.sets if wider < chosen
    )


@settings(max_examples=60)
@given(cases)
def test_greedy_keeps_its_guarantee_and_its_bound_holds(case: tuple[list[set[int]], list[int], int]) -> None:
    sets, weights, most = case
    best, _ = best_of_all(sets, weights, most)
    choice = covering(sets, weights).reach(most, exact=False)
    assert choice.value <= best <= choice.bound
    assert choice.value >= GUARANTEE * best - 1e-9
    if any(sets):
        assert choice.method == "greedy"
        assert len(choice.chosen) <= most


def test_without_time_for_a_proof_it_is_greedy_and_says_by_how_much_it_may_fall_short() -> None:
    random = np.random.default_rng(3)
    sets = [set(random.choice(300, 6, replace=False).tolist()) for _ in range(300)]
    choice = covering(sets, random.integers(100, 9000, 300).tolist(), seconds=1e-4).at_most(40)
    assert choice.method == "greedy"
    assert choice.value <= choice.bound < choice.value / GUARANTEE


def test_a_best_choice_holds_no_set_that_adds_nothing() -> None:
    random = np.random.default_rng(4)
    sets = [set(random.choice(300, int(random.integers(1, 6)), replace=False).tolist()) for _ in range(200)]
    whole = covering(sets, random.integers(1500, 7500, 300).tolist())
    choice = whole.reach(200)
    assert choice.method == "exact"
    assert len(whole.greedy(200, choice.chosen)) == len(choice.chosen) < 200


def test_what_may_be_missing_is_never_rounded_away() -> None:
    assert [_short(Cover(("f",), value, 10_000, "greedy")) for value in (10_000, 9_999, 9_686, 0)] == [
        0,
        0.001,
        0.032,
        1,
    ]


def test_the_curve_never_falls_and_ends_at_the_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queries.targets.portfolio.QUICK", 0.0)
    gap = GapToClose("p", "件", "环节", "缺链", 1.0, "reported", None, {})  # type: ignore[arg-type]
    fills = {"f0": [0, 1, 2, 3], "f1": [0, 1, 4], "f2": [2, 3, 5]}
    held = Held([(None, gap)] * 6, {firm: dict.fromkeys(own) for firm, own in fills.items()}, {})  # type: ignore[misc,list-item]
    cover = held.covering().at_most(2)
    assert [(point.most, point.closed, point.method) for point in _curve(held, cover)] == [
        (1, 4, "greedy"),
        (2, 6, "exact"),
    ]


def test_nothing_to_choose_from() -> None:
    choice = covering([set(), set()], [3, 4]).at_most(5)
    assert (choice.chosen, choice.value, choice.bound, choice.method) == ((), 0, 0, "exact")


def two_chains(store: Store, folder: Path) -> Store:
    """The small chain, and another that needs chips too; ``all`` would close as many gaps as ``one`` and ``two`` together."""
    chains = [{"id": "demo", "name": "示例链", "region": "city"}, {"id": "more", "name": "另一链", "region": "city"}]
    segments = [
        {"id": "demo.raw", "name": "原料", "chain": "demo", "tier": "上游"},
        {"id": "demo.part", "name": "部件", "chain": "demo", "tier": "中游"},
        {"id": "demo.whole", "name": "整机", "chain": "demo", "tier": "下游"},
        {"id": "more.part", "name": "另一部件", "chain": "more", "tier": "中游"},
    ]
    products = [
        {"id": "ore", "name": "矿石", "segments": "demo.raw"},
        {"id": "foil", "name": "箔材", "segments": "demo.raw"},
        {"id": "chip", "name": "芯片件", "segments": "demo.part;more.part"},
        {"id": "motor", "name": "电机件", "segments": "demo.part"},
        {"id": "car", "name": "整车件", "segments": "demo.whole"},
    ]
    far = [
        firm(id, region="else", products=made)
        for id, made in (("one", "chip"), ("two", "motor"), ("all", "chip;motor"), ("twin", "chip;motor"))
    ]
    nowhere = {"id": "nowhere", "name": "示例nowhere号公司", "products": "car"}
    local = [firm("lead", products="car")]
    covers = [look("demo.raw;demo.part"), look("more.part")]
    return put(
        store,
        folder,
        chains=chains,
        segments=segments,
        products=products,
        enterprises=[*local, *far, nowhere],
        coverages=covers,
    )


def test_one_firm_that_closes_all_is_chosen_before_two(store: Store, tmp_path: Path) -> None:
    answer = make_portfolio(under(two_chains(store, tmp_path), today=TODAY))
    assert [target.firm.id for target in answer.targets] == ["all"]
    assert [equal.id for equal in answer.targets[0].same] == ["twin"]
    assert {(gap.chain_id, gap.product_id) for gap in answer.targets[0].gaps} == {
        ("demo", "chip"),
        ("more", "chip"),
        ("demo", "motor"),
    }
    assert (
        answer.closed
        == answer.closable
        == answer.bound
        == pytest.approx(sum(gap.score for gap in answer.targets[0].gaps))
    )
    assert (answer.short, answer.method, answer.fewest) == (0, "exact", True)
    assert {(gap.chain_id, gap.product_id) for gap in answer.unclosable} == {("demo", "ore"), ("demo", "foil")}
    assert answer.weight == pytest.approx(answer.closable + sum(gap.score for gap in answer.unclosable))
    assert answer.unknown == {"示例链": 1}
    assert [(point.most, point.closed) for point in answer.curve] == [(1, answer.closed)]
    assert "没有更好的选法" in answer.statement


def test_no_firm_from_elsewhere(store: Store, tmp_path: Path) -> None:
    answer = make_portfolio(under(put(store, tmp_path, coverages=[look("demo.raw")]), today=TODAY))
    assert (answer.targets, answer.closed, answer.bound, answer.short) == ([], 0, 0, 0)
    assert len(answer.unclosable) == answer.gaps == 2
    assert answer.statement == "没有已知的外地企业能补上任何缺口"


def test_the_shipped_chains_answer_the_same_from_both_stores(server_store: Store, seeded_store: Store) -> None:
    on_server, embedded = (make_portfolio(under(store, today=TODAY)) for store in (server_store, seeded_store))
    assert on_server == embedded


def test_the_curve_of_the_shipped_chains_ends_with_all_that_can_be_closed(seeded_store: Store) -> None:
    answer = make_portfolio(under(seeded_store, today=TODAY))
    assert [point.most for point in answer.curve] == list(range(1, len(answer.targets) + 1))
    assert answer.curve[-1].closed == answer.closed == answer.closable
    fewer = make_portfolio(under(seeded_store, today=TODAY), 1)
    assert len(fewer.targets) == 1
    assert fewer.closed == answer.curve[0].closed


def test_the_command_and_the_routes(seeded_store_url: str, client: TestClient) -> None:
    answer = json.loads(run("portfolio", "--format", "json", store=seeded_store_url).stdout)
    assert answer == client.get("/api/v1/portfolio").json()
    done = run("portfolio", "--most", "1", store=seeded_store_url)
    assert client.get("/api/v1/portfolio?most=1").json()["targets"][0]["firm"]["name"] in done.stdout
    assert "没有更好的选法" in done.stderr
    assert run("portfolio", "--most", "0", store=seeded_store_url, check=2).stdout == ""
    assert "示例" not in run("portfolio", "--without", "sample", "--format", "csv", store=seeded_store_url).stdout
    assert client.get("/api/v1/portfolio?most=0").status_code == 422
    listed = client.get("/api/v1/chains/集成电路/targets?top=5")
    assert listed.json()["stability"]["top"] == 5
    assert client.get("/api/v1/chains/集成电路/targets?top=0").status_code == 422
    assert client.get("/api/v1/chains/nothing/targets").status_code == 404


def test_the_pages(client: TestClient) -> None:
    chain = client.get("/chains/integrated-circuits").text
    assert "/chains/integrated-circuits/targets" in chain
    page = client.get("/chains/integrated-circuits/targets").text
    for id in ("targets", "target-factors", "target-without", "target-unknown"):
        assert f'id="table-{id}"' in page
    assert "名次无从变化" in page  # of one firm, so that no table of the moves is drawn
    assert "示例外地碳化硅有限公司" in page
    assert "不可引用" in page
    assert "/chains/integrated-circuits#gaps" in page
    assert "示例外地碳化硅有限公司" not in client.get("/chains/integrated-circuits/targets?without=sample").text
    whole = client.get("/portfolio?most=1").text
    assert 'id="table-portfolio"' in whole
    assert "没有更好的选法" in whole
    assert "/portfolio" in client.get("/").text
    assert 'id="table-rules-targets"' in client.get("/rules").text
    assert client.get("/chains/nothing/targets").status_code == 404

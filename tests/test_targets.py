"""The targets of a chain: who is one, how they are ranked, what is kept apart, on both stores."""

import json
from pathlib import Path
from typing import Any

import pytest
from gap_parts import TODAY, firm, look, put
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from test_cli import run
from view_parts import under

from graph.errors import NotFound
from graph.stores import Store, open_store
from queries.city.city import read_city
from queries.city.facts import chain_facts
from queries.core.answers import Named
from queries.targets.answers import Targets
from queries.targets.chain import list_targets, outside_makers
from queries.targets.factors import Factors
from queries.targets.portfolio import make_portfolio
from queries.targets.ranking import RankedTarget, points_of, rank, stability, weighted
from queries.targets.weights import Weights, moved_weights, read_weights

WEIGHTS = read_weights()
KEYS = list(WEIGHTS.factor.points)


def ask(store: Store, top: int = 20, chain: str = "demo", without: tuple[str, ...] = ()) -> Targets:
    allowed = [status for status in ("confirmed", "reported", "curated", "inferred", "sample") if status not in without]
    return list_targets(under(store, allowed, TODAY), chain, top)


def values(answer: Targets, firm: str) -> dict[str, float]:
    target = next(target for target in answer.targets if target.firm.id == firm)
    return {factor.key: factor.value for factor in target.factors}


def gapped(store: Store, folder: Path, *firms: dict[str, Any], **rows: Any) -> Store:
    """A chain that was looked through: a local firm makes whole cars, nobody makes what they need."""
    own = [firm("lead", products="car"), *firms]
    wanted = {"coverages": [look("demo.raw;demo.part;demo.whole")], "leads": [{"enterprise": "lead", "chain": "demo"}]}
    return put(store, folder, enterprises=own, **wanted, **rows)


def outside(id: str, products: str, **more: str) -> dict[str, Any]:
    return firm(id, region="else", products=products, **more)


def test_firms_from_elsewhere_that_make_what_is_missing_are_targets(store: Store, tmp_path: Path) -> None:
    answer = ask(gapped(store, tmp_path, outside("a", "chip"), outside("b", "car"), firm("c", products="ore")))
    assert [target.firm.id for target in answer.targets] == ["a", "b"]
    first = answer.targets[0]
    assert [(gap.product_id, gap.state, gap.how, gap.fit) for gap in first.gaps] == [("chip", "缺链", "登记为生产", 1)]
    assert first.status == "reported"
    assert ("PRODUCES", "a", "chip", "s1") in {
        (row.record, row.from_id, row.to_id, row.source) for row in first.evidence
    }
    assert first.score == pytest.approx(sum(factor.points for factor in first.factors))
    assert all(factor.points == pytest.approx(factor.value * factor.most, abs=0.006) for factor in first.factors)
    assert all(0 <= factor.value <= 1 and factor.reason for factor in first.factors)
    assert {gap.product_id for gap in answer.without_firms} == {"foil", "motor", "ore"}
    assert all("没有已知的外地企业" in gap.reason for gap in answer.without_firms)


def test_each_factor_counts_what_its_words_say(store: Store, tmp_path: Path) -> None:
    more = {
        "needs": [{"enterprise": "lead", "product": "chip"}],
        "supplies": [{"supplier": "a", "customer": "lead", "product": "chip"}],
    }
    answer = ask(gapped(store, tmp_path, outside("a", "chip"), outside("b", "motor"), firm("kid", parent="b"), **more))
    a, b = values(answer, "a"), values(answer, "b")
    assert a["fit"] == b["fit"] == 1
    scores = {target.firm.id: target.gaps[0].score for target in answer.targets}
    assert (a["gap"], b["gap"]) == pytest.approx((scores["a"] / 100, scores["b"] / 100))
    assert a["leaders"] == pytest.approx(1 / 3, abs=1e-4)  # one that said so
    assert b["leaders"] == pytest.approx(0.5 / 3, abs=1e-4)  # one that stands on it
    # it supplies the leader, which is not counted again as next to its product
    assert a["links"] == pytest.approx(1 / 3, abs=1e-4)
    # a local subsidiary, and the leader's cars take its motors
    assert b["links"] == pytest.approx((1 + 0.5) / 3, abs=1e-4)
    # ore and foil were looked for, nobody makes them
    assert a["second"] == b["second"] == pytest.approx(1 - 1 / 3, abs=1e-4)
    why, against = (" ".join(getattr(answer.targets[0], name)) for name in ("why", "why_not"))
    assert answer.targets[0].firm.id == "a"
    assert "登记了需求的链主：示例lead号公司" in why
    assert "与本地的示例lead号公司有供应关系" in why
    assert "落地后新开 1 个上一层缺口：“矿石”（普查过，本地没有企业）" in against
    second = " ".join(next(target for target in answer.targets if target.firm.id == "b").why_not)
    assert "同集团已有企业在本地（示例kid号公司）" in second
    assert "没有链主登记需求" in second


def test_an_input_that_nobody_looked_for_counts_half(store: Store, tmp_path: Path) -> None:
    firms = [firm("lead", products="car"), outside("a", "chip")]
    answer = ask(put(store, tmp_path, enterprises=firms, coverages=[look("demo.part;demo.whole")]))
    assert values(answer, "a")["second"] == pytest.approx(1 - 0.5 / 3, abs=1e-4)
    assert "没有登记到本地企业，也没有普查" in " ".join(answer.targets[0].why_not)


def test_a_leader_that_makes_the_product_itself_does_not_wait_for_it(store: Store, tmp_path: Path) -> None:
    firms = [firm("lead", products="chip"), outside("a", "chip")]
    rows = {"coverages": [look("demo.part")], "leads": [{"enterprise": "lead", "chain": "demo"}]}
    answer = ask(put(store, tmp_path, enterprises=firms, **rows))
    assert [(gap.product_id, gap.state) for gap in answer.targets[0].gaps] == [("chip", "弱链")]
    assert values(answer, "a")["leaders"] == 0
    assert not any("离不开" in line for line in answer.targets[0].why)


def test_a_product_that_is_made_here_is_not_near_for_that(store: Store, tmp_path: Path) -> None:
    firms = [
        firm("lead", products="chip"),
        firm("x", products="motor"),
        outside("a", "chip"),
        outside("b", "chip;motor;ore"),
    ]
    answer = ask(put(store, tmp_path, enterprises=firms, coverages=[look("demo.part")]))
    # chip: lead, a, b; motor: x, b; ore: b. To itself 1, to motor 1/3, to ore 1/3; here are chip itself and motor.
    assert values(answer, "a")["near"] == pytest.approx((1 / 3) / (1 + 1 / 3 + 1 / 3), abs=1e-4)


@pytest.mark.parametrize(("top", "below"), [("aa", "zz"), ("zz", "aa")])
def test_a_need_is_that_of_the_nearest_leader(store: Store, tmp_path: Path, top: str, below: str) -> None:
    firms = [firm(top), firm(below, parent=top), firm("kid", parent=below), outside("a", "chip")]
    rows = {
        "leads": [{"enterprise": leader, "chain": "demo"} for leader in (top, below)],
        "needs": [{"enterprise": "kid", "product": "chip"}],
    }
    answer = ask(put(store, tmp_path, enterprises=firms, coverages=[look("demo.part")], **rows))
    assert values(answer, "a")["leaders"] == pytest.approx(1 / 3, abs=1e-4)
    assert f"登记了需求的链主：示例{below}号公司" in answer.targets[0].why


def test_what_a_gap_rests_on_is_told_though_the_firms_are_known(store: Store, tmp_path: Path) -> None:
    rows = {"enterprises": [outside("a", "chip")], "coverages": [look("demo.part", status="sample")]}
    answer = ask(put(store, tmp_path, **rows))
    assert (answer.targets[0].status, answer.rests_on) == ("sample", {"reported": 1, "sample": 1})
    whole = make_portfolio(under(store, today=TODAY))
    assert whole.rests_on == answer.rests_on
    assert {(gap.product_id, gap.status) for gap in whole.unclosable} == {("motor", "sample")}


def test_an_input_that_is_only_inferred_may_still_be_missing(store: Store, tmp_path: Path) -> None:
    named = [
        {"id": "chip", "name": "车规芯片件", "segments": "demo.part"},
        {"id": "wafer", "name": "车规芯片片", "segments": "demo.raw"},
    ]
    rows = {"products": named, "input_to": [{"input": "wafer", "product": "chip", "essential": "true"}]}
    answer = ask(
        put(store, tmp_path, enterprises=[outside("a", "chip")], coverages=[look("demo.raw;demo.part")], **rows)
    )
    assert {(gap.product_id, gap.inferred) for gap in answer.targets[0].gaps} == {("chip", False), ("wafer", True)}
    assert values(answer, "a")["second"] == pytest.approx(1 - 1 / 3, abs=1e-4)


def test_an_offer_fits_a_little_less_than_a_product(store: Store, tmp_path: Path) -> None:
    answer = ask(gapped(store, tmp_path, outside("a", "", offers="chip"), outside("b", "chip")))
    assert [(target.firm.id, target.gaps[0].how) for target in answer.targets] == [
        ("b", "登记为生产"),
        ("a", "登记为可提供"),
    ]
    assert values(answer, "a")["fit"] == WEIGHTS.fit.offers.value


def test_who_is_no_target_is_listed_with_the_reason(store: Store, tmp_path: Path) -> None:
    firms = [
        outside("closed", "chip", valid_to="2020"),
        outside("open", "chip"),
        firm("here", products="motor"),
        {"id": "nowhere", "name": "示例nowhere号公司", "products": "foil"},
    ]
    answer = ask(gapped(store, tmp_path, *firms))
    why = {excluded.firm.id: excluded.why_not for excluded in answer.excluded}
    assert why["closed"].startswith("企业登记为已终止")
    assert "已在本地" in why["here"]
    assert [target.firm.id for target in answer.targets] == ["open"]
    assert [(nowhere.firm.id, nowhere.product_id) for nowhere in answer.unplaced] == [("nowhere", "foil")]
    assert "所在地未登记" in answer.unplaced[0].why_not
    assert "foil" in {place.product_id for place in answer.unknown}  # it may be here, so this is no gap
    assert "foil" not in {gap.product_id for gap in answer.without_firms}


def test_who_only_stands_in_a_segment_that_lacks_something_is_asked(store: Store, tmp_path: Path) -> None:
    """Not who is known to make something there, nor who has closed, nor who is here."""
    firms = [
        outside("asked", "", segments="demo.part"),
        {"id": "nowhere", "name": "示例nowhere号公司", "segments": "demo.part"},
        outside("maker", "chip", segments="demo.part"),
        outside("closed", "", segments="demo.part", valid_to="2020"),
        firm("here", segments="demo.raw"),
    ]
    answer = ask(gapped(store, tmp_path, *firms))
    assert {(asked.firm.id, asked.segment_id) for asked in answer.standing} == {
        ("asked", "demo.part"),
        ("nowhere", "demo.part"),
    }
    assert [target.firm.id for target in answer.targets] == ["maker"]
    assert "做其中哪一种没有登记" in answer.standing[0].reason


def test_who_has_closed_or_stopped_to_make_it_is_no_target(store: Store, tmp_path: Path) -> None:
    """The one goes on and its row has ended; the other has closed and its rows, in tables of their own, go on."""
    answer = ask(
        gapped(
            store,
            tmp_path,
            outside("stopped", ""),
            firm("closed", region="", valid_to="2020"),
            located_in=[{"subject": "closed", "region": "else"}],
            produces=[
                {"enterprise": "stopped", "product": "chip", "valid_to": "2020"},
                {"enterprise": "closed", "product": "chip"},
            ],
        )
    )
    assert answer.targets == []
    assert {excluded.firm.id: (excluded.product_id, excluded.why_not) for excluded in answer.excluded if excluded.firm.id != "lead"} == {
        "stopped": ("chip", "登记的生产或供给已经结束"), "closed": ("chip", "企业登记为已终止"),
    }  # fmt: skip
    assert "chip" in {gap.product_id for gap in answer.without_firms}


def test_a_closed_firm_counts_for_no_target_and_in_no_list(tmp_path: Path) -> None:
    """Of the group of a target a firm here has closed, of what nobody looked for a maker elsewhere: both rows of where they are go on."""
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    shut = [firm("kid", region="", valid_to="2020"), firm("gone", region="", valid_to="2020")]
    answer = ask(
        put(
            store,
            tmp_path / "in",
            enterprises=[outside("a", "chip"), outside("b", "ore"), *shut],
            subsidiary_of=[{"enterprise": "kid", "parent": "a"}],
            located_in=[{"subject": "kid", "region": "ward"}, {"subject": "gone", "region": "else"}],
            produces=[{"enterprise": "gone", "product": product} for product in ("ore", "foil")],
            coverages=[look("demo.part")],
        )
    )
    assert values(answer, "a")["links"] == 0
    assert "同集团已有企业在本地" not in " ".join(answer.targets[0].why_not)
    assert {place.product_id: [firm_there.id for firm_there in place.outside] for place in answer.unknown} == {
        "ore": ["b"],
        "foil": [],
        "car": [],
    }
    city = read_city(under(store, today=TODAY))
    assert outside_makers(chain_facts(city, "demo")) == {"a", "b"}, "nor does the model think of it"


def test_a_firm_that_is_here_and_elsewhere_is_no_target(store: Store, tmp_path: Path) -> None:
    answer = ask(gapped(store, tmp_path, firm("both", region="ward;else", products="chip")))
    assert answer.targets == []
    assert [(excluded.firm.id, excluded.product_id) for excluded in answer.excluded if excluded.firm.id == "both"] == [
        ("both", "chip")
    ]


def test_where_nothing_was_looked_for_there_are_no_gaps(store: Store, tmp_path: Path) -> None:
    answer = ask(put(store, tmp_path, enterprises=[outside("a", "chip")]))
    assert (answer.targets, answer.without_firms, answer.total) == ([], [], 0)
    assert {place.product_id for place in answer.unknown} == {"ore", "foil", "chip", "motor", "car"}
    assert all(place.reason.startswith("未知，先普查") for place in answer.unknown)
    assert answer.unknown[0].outside == [Named(id="a", name="示例a号公司")]
    assert any("没有判为缺链或弱链" in note for note in answer.notes)


def test_a_segment_without_products_is_not_passed_over_in_silence(store: Store, tmp_path: Path) -> None:
    products = [{"id": "car", "name": "整车件", "segments": "demo.whole"}]
    answer = ask(gapped(store, tmp_path, outside("a", "", segments="demo.raw"), products=products, input_to=[]))
    assert answer.targets == []
    assert any("环节原料、部件缺或弱，但没有登记产品" in note for note in answer.notes)


def test_a_chain_without_gaps_says_so(store: Store, tmp_path: Path) -> None:
    every = "ore;foil;chip;motor;car"
    answer = ask(gapped(store, tmp_path, firm("x", products=every), firm("y", products=every), outside("z", "chip")))
    assert (answer.targets, answer.without_firms, answer.unknown) == ([], [], [])
    assert any("没有判为缺链或弱链" in note for note in answer.notes)


def test_a_chain_without_a_city_has_no_elsewhere(store: Store, tmp_path: Path) -> None:
    rows = {"chains": [{"id": "demo", "name": "示例链"}], "enterprises": [outside("a", "chip")]}
    answer = ask(put(store, tmp_path, **rows))
    assert answer.targets == []
    assert any("没有所在城市" in note for note in answer.notes)


def test_a_guess_of_the_model_is_always_said_to_be_one(store: Store, tmp_path: Path) -> None:
    named = [{"id": "chip", "name": "车规芯片件", "segments": "demo.part"}, {"id": "old", "name": "工规芯片件"}]
    more = [
        {"id": "car", "name": "整车件", "segments": "demo.whole"},
        {"id": "ore", "name": "矿石", "segments": "demo.raw"},
    ]
    rows = {"products": [*named, *more], "input_to": [{"input": "chip", "product": "car", "essential": "true"}]}
    answer = ask(gapped(store, tmp_path, outside("a", "old"), **rows))
    target = next(target for target in answer.targets if target.firm.id == "a")
    assert (target.inferred, target.status) == (True, "inferred")
    assert target.gaps[0].how == "推断"
    assert target.gaps[0].fit <= WEIGHTS.fit.inferred.value
    assert "由模型推断" in target.why_not[0]
    assert all(row.record != "PRODUCES" for row in target.evidence)
    gap = next(gap for gap in answer.without_firms if gap.product_id == "chip")
    assert [guess.id for guess in gap.guessed] == ["a"]


def test_talks_that_were_given_up_speak_against(store: Store, tmp_path: Path) -> None:
    gapped(store, tmp_path / "one", outside("a", "chip"))
    step = "supplier,customer,product,stage,happened_on,handled_by,note,source,status\n"
    (tmp_path / "matched.csv").write_text(
        f"{step}a,lead,芯片件,放弃,2025-03-01,示例专班,运距太远,s1,reported\n", "utf-8"
    )
    from loaders.run import load

    report = load([tmp_path / "matched.csv"], store)
    assert not report.bad, report.rejected
    against = " ".join(ask(store).targets[0].why_not)
    assert "曾与示例lead号公司对接，“芯片件”，2025-03-01放弃：运距太远" in against


def test_what_is_switched_off_is_not_counted(store: Store, tmp_path: Path) -> None:
    gapped(store, tmp_path, outside("a", "chip"), outside("b", "chip") | {"status": "sample"})
    assert {target.firm.id for target in ask(store).targets} == {"a", "b"}
    assert {target.firm.id for target in ask(store, without=("sample",)).targets} == {"a"}


def test_top_cuts_the_list_and_not_the_count(store: Store, tmp_path: Path) -> None:
    answer = ask(
        gapped(store, tmp_path, outside("a", "chip;motor"), outside("b", "chip"), outside("c", "motor")), top=2
    )
    assert (len(answer.targets), answer.total) == (2, 3)
    assert answer.targets[0].firm.id == "a"
    assert [target.rank for target in answer.targets] == [1, 2]


def test_a_chain_that_is_not_there(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path)
    with pytest.raises(NotFound):
        ask(store, chain="nothing")


def test_the_shipped_chain_answers_the_same_from_both_stores(server_store: Store, seeded_store: Store) -> None:
    on_server, embedded = (
        list_targets(under(store, today=TODAY), "integrated-circuits", 20) for store in (server_store, seeded_store)
    )
    assert on_server == embedded


def test_the_targets_of_the_shipped_chain(seeded_store: Store) -> None:
    answer = list_targets(under(seeded_store, today=TODAY), "integrated-circuits", 20)
    assert [target.firm.name for target in answer.targets][:1] == ["示例外地碳化硅有限公司"]
    assert len(answer.targets[0].factors) == 6
    assert {target.status for target in answer.targets} == {"sample"}


def test_the_command(seeded_store_url: str) -> None:
    answer = json.loads(run("targets", "集成电路", "--top", "20", "--format", "json", store=seeded_store_url).stdout)
    assert answer["chain"] == "集成电路"
    assert [factor["name"] for factor in answer["targets"][0]["factors"]] == [
        weight.name for weight in WEIGHTS.factor.by_key().values()
    ]
    table = run("targets", "集成电路", store=seeded_store_url)
    gap = answer["targets"][0]["factors"][0]
    assert f"{gap['points']:g}/{gap['most']:g}" in table.stdout
    assert "没有已知的外地企业的缺口：湿电子化学品" in table.stderr
    csv = run("targets", "集成电路", "--format", "csv", store=seeded_store_url).stdout.splitlines()
    assert csv[0].startswith("名次,企业,所在地,值得谈,缺口轻重")
    assert run("targets", "集成电路", "--top", "0", store=seeded_store_url, check=2).stdout == ""
    assert "图中没有产业链“没有这条”" in run("targets", "没有这条", store=seeded_store_url, check=1).stderr
    bare = json.loads(
        run("targets", "集成电路", "--without", "sample", "--format", "json", store=seeded_store_url).stdout
    )
    assert bare["targets"] == []


shares = st.lists(st.floats(0, 1).map(lambda number: round(number, 4)), min_size=len(KEYS), max_size=len(KEYS))


def ranked(number: int, numbers: list[float]) -> RankedTarget:
    own = dict(zip(KEYS, numbers, strict=True))
    return RankedTarget(Named(id=f"f{number}", name=f"示例{number}"), (), Factors(own, {}, (), (), (), (), (), (), ()))


@given(st.lists(shares, min_size=1, max_size=12), st.integers(1, 6))
def test_stability_tells_the_moves_of_a_ranking_made_anew(numbers: list[list[float]], top: int) -> None:
    targets = rank([ranked(number, own) for number, own in enumerate(numbers)], WEIGHTS.factor.points)
    answer = stability(targets, WEIGHTS, top)
    assert len(answer.variants) == 2 * len(KEYS)
    for variant, (moved, points) in zip(answer.variants, moved_weights(WEIGHTS), strict=True):
        assert variant.moved == moved
        assert sum(points.values()) == pytest.approx(100)
        key = moved.split(" ")[0]
        assert points[key] == pytest.approx(WEIGHTS.factor.points[key] * variant.factor)
        fresh = sorted(
            targets,
            key=lambda target: (-weighted(target.factors, points), -target.factors.values["gap"], target.firm.id),
        )
        first, after = targets[:top], fresh[:top]
        assert {target.id for target in variant.left} == {target.firm.id for target in first} - {
            target.firm.id for target in after
        }
        assert {target.id for target in variant.entered} == {target.firm.id for target in after} - {
            target.firm.id for target in first
        }
        stay = [target for target in first if target in after]
        shifts = {
            target.firm.id: (first.index(target) + 1, after.index(target) + 1)
            for target in stay
            if first.index(target) != after.index(target)
        }
        assert {shift.firm.id: (shift.before, shift.after) for shift in variant.shifts} == shifts
        old, new = (
            [weighted(target.factors, weights) for target in targets] for weights in (WEIGHTS.factor.points, points)
        )
        if len(set(old)) > 1 and len(set(new)) > 1:
            assert variant.rank_correlation == pytest.approx(spearmanr(old, new).statistic, abs=1e-4)


@given(shares)
def test_every_factor_counts_by_its_weight_and_no_more(numbers: list[float]) -> None:
    """Each part is its share of its weight, and the score all of them, to the rounding of what is shown."""
    factors, weights = ranked(0, numbers).factors, WEIGHTS.factor.points
    wanted = {key: number * weights[key] for key, number in zip(KEYS, numbers, strict=True)}
    assert points_of(factors, weights) == pytest.approx(wanted, abs=0.0051)
    assert weighted(factors, weights) == pytest.approx(sum(wanted.values()), abs=0.0051 * len(KEYS))
    for place in range(len(KEYS)):
        more = ranked(0, [*numbers[:place], 1.0, *numbers[place + 1 :]]).factors
        assert weighted(more, WEIGHTS.factor.points) >= weighted(factors, WEIGHTS.factor.points)


def test_weights_must_add_up_to_a_hundred() -> None:
    whole = WEIGHTS.model_dump()
    whole["factor"]["gap"]["points"] += 1
    with pytest.raises(ValueError, match="合计应为 100"):
        Weights.model_validate(whole)

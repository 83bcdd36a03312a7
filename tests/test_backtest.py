"""The back-test against plain definitions and NetworkX, and its model: what it may know, what it says, what it reaches."""

import json
import random
import tarfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp
from test_chain_knowledge_graph import REAL
from test_cli import run
from view_parts import trusted, under

from graph.stores import Store, open_store
from loaders.run import Options, load
from queries.city.city import read_city
from queries.networks.backtest import (
    ALL,
    ENOUGH,
    LEAST,
    MODEL,
    backtest,
    hide,
    interval,
    measure,
    ranks,
    scorers,
    two_steps,
)
from queries.networks.known_links import links_from_rows, links_of
from queries.networks.link_prediction import PARTS, KnownLinks, Model, Neighbourhood, fit

Row = tuple[str, str, str | None]


def trades(firms: int = 40, seed: int = 1) -> list[Row]:
    """Return links of invented firms of four trades, each making most of what its trade makes and something of its own."""
    draw = random.Random(seed)
    rows: list[Row] = []
    for number in range(firms):
        trade = "钢铁布药"[number % 4]
        own = draw.sample(range(12), 7)
        rows += [(f"企业{number:02}{trade}", f"{trade}{'甲乙丙丁戊己庚辛壬癸子丑'[one]}件", trade) for one in own]
        rows.append((f"企业{number:02}{trade}", f"{trade}独{number}号", trade))
    return rows


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[int]], list[list[int]], list[tuple[int, int]]]:
    """Scores with ties of items and firms, which pairs are known, and some of these asked for (firm, item)."""
    items, firms = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cells = [(firm, item) for item in range(items) for firm in range(firms)]
    scores = [[draw(st.integers(0, 3)) for _ in range(firms)] for _ in range(items)]
    known = draw(st.lists(st.sampled_from(cells), min_size=1, unique=True))
    asked = draw(st.lists(st.sampled_from(known), min_size=1, unique=True))
    taken = [[int((firm, item) in known) for firm in range(firms)] for item in range(items)]
    return scores, taken, asked


@given(tables())
def test_ranks_and_measures_are_the_plain_ones(
    table: tuple[list[list[int]], list[list[int]], list[tuple[int, int]]],
) -> None:
    from scipy.sparse import csr_array

    scores, taken, asked = table
    plain = []
    for firm, item in asked:
        others = [scores[item][candidate] for candidate in range(len(scores[item])) if not taken[item][candidate]]
        mine = scores[item][firm]
        plain.append(1 + sum(score > mine for score in others) + sum(score == mine for score in others) / 2)
    places = ranks(lambda items: np.array(scores, np.float32)[items], csr_array(np.array(taken)), np.array(asked))
    assert places.tolist() == plain
    mrr, two = measure(places, [2])
    assert mrr == pytest.approx(sum(1 / rank for rank in plain) / len(plain))
    assert two == pytest.approx(sum(rank <= 2 for rank in plain) / len(plain))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9).filter(lambda values: np.ptp(values) > 1e-6))
def test_interval_is_students(values: list[float]) -> None:
    mean, low, high = interval(np.array(values))
    theirs = ttest_1samp(values, 0).confidence_interval(0.95)
    assert (mean, low, high) == pytest.approx((np.mean(values), theirs.low, theirs.high))


def test_one_value_has_no_interval() -> None:
    assert interval(np.array([0.5])) == (0.5, None, None)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sampled_from("uvwxyz"), st.none()), min_size=1, max_size=25, unique=True
    )
)
def test_neighbours_are_networkx_ones(rows: list[Row]) -> None:
    links = links_from_rows(rows)
    evidence = Neighbourhood(links, links.pairs)
    graph = nx.Graph((("firm", firm), ("item", item)) for firm, item, _ in rows)
    weights = 1 / np.log(np.maximum(evidence.makers, 2))
    common = (evidence.made @ two_steps(evidence, np.ones(len(links.items)))).toarray()
    rare = (evidence.made @ two_steps(evidence, weights)).toarray()
    for item, name in enumerate(links.items):
        makers = [maker for _, maker in graph["item", name]]
        for firm, own in enumerate(links.firms):
            pairs = [(("firm", own), ("firm", maker)) for maker in makers if maker != own]
            assert common[item, firm] == sum(len(list(nx.common_neighbors(graph, *pair))) for pair in pairs)
            theirs = sum(score for _, _, score in nx.adamic_adar_index(graph, pairs))
            assert rare[item, firm] == pytest.approx(theirs, rel=1e-5)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.floats(0.01, 0.9), st.integers(0, 9))
def test_every_firm_keeps_three(firms: list[int], share: float, seed: int) -> None:
    pairs = np.array([(firm, item) for item, firm in enumerate(firms)])
    hidden = hide(pairs, np.random.default_rng(seed), share)
    had, left = np.bincount(pairs[:, 0], minlength=6), np.bincount(pairs[~hidden, 0], minlength=6)
    assert (left >= np.minimum(had, LEAST)).all()
    assert hidden.sum() == min(int(share * len(pairs)), np.maximum(had - LEAST, 0).sum())


@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing(draw: random.Random) -> None:
    rows = trades()
    mixed = draw.sample(rows, len(rows))
    assert backtest(links_from_rows(mixed), seeds=2) == backtest(links_from_rows(rows), seeds=2)


def test_hidden_links_are_unknown_to_every_method() -> None:
    links = links_from_rows(trades())
    hidden = hide(links.pairs, np.random.default_rng(0))
    changed = links.pairs.copy()
    changed[hidden, 0] = (changed[hidden, 0] + 1) % len(links.firms)
    changed[hidden, 1] = (changed[hidden, 1] + 5) % len(links.items)
    items = np.arange(len(links.items))
    first, second = (scorers(known, links.pairs[~hidden], 0) for known in (links, replace(links, pairs=changed)))
    for name, score in first.items():
        assert np.array_equal(score(items), second[name](items)), name


def test_model_finds_the_trade() -> None:
    links = links_from_rows(trades())
    asked = [item for item, name in enumerate(links.items) if "独" in name]
    scores = fit(links, links.pairs, 0, hide).scores(np.array(asked))
    assert all(
        {links.firms[firm][-1] for firm in np.argsort(-row)[:10]} == {links.items[item][0]}
        for item, row in zip(asked, scores, strict=True)
    )


def test_score_is_the_sum_of_what_is_said() -> None:
    links = links_from_rows(trades())
    model = Model(Neighbourhood(links, links.pairs), np.ones((2, len(PARTS))))
    firm, item = (
        links.firms.index("企业04钢"),
        next(place for place, name in enumerate(links.items) if name == "钢独0号"),
    )
    scores = model.scores(np.array([item]))[0]
    reasons = model.reasons(firm, item)
    assert sum(reason.adds for reason in reasons) == pytest.approx(scores[firm], rel=1e-4)
    told = {reason.part: reason.words for reason in reasons}
    assert told["text"] == "名称相近：已有“钢独4号”"
    assert told["shared"].startswith("与已知的“企业00钢”同有“钢")


def test_a_reason_names_a_few_firms_and_how_many_there_are() -> None:
    rows: list[Row] = [*((f"企业{number}", "针", "布") for number in range(9)), ("新企业", "线", "布")]
    links = links_from_rows(rows)
    model = Model(Neighbourhood(links, links.pairs), np.ones((2, len(PARTS))))
    told = {reason.part: reason.words for reason in model.reasons(links.firms.index("新企业"), links.items.index("针"))}
    assert told["makers"] == "同行企业也有：企业0、企业1、企业2 等 9 家"


def test_what_too_few_links_of_some_draws_say_is_not_told() -> None:
    links = links_from_rows(
        [
            *trades(),
            *(
                (f"企业{number:02}{'钢铁布药'[number % 4]}", f"单{number}另{item}", None)
                for number in range(40)
                for item in range(20)
            ),
        ]
    )
    again = []
    for seed in range(4):
        hidden = hide(links.pairs, np.random.default_rng(seed))
        left = np.bincount(links.pairs[~hidden][:, 1], minlength=len(links.items))
        again.append(int((left[links.pairs[hidden][:, 1]] > 0).sum()))
    assert min(again) < ENOUGH <= max(again), again
    assert {measure.asked for measure in backtest(links, seeds=4).measures} == {ALL}


def test_industry_means_leave_the_firm_itself_out() -> None:
    rows: list[Row] = [
        ("甲", "针", "布"),
        ("乙", "针", "布"),
        ("丙", "线", "布"),
        ("丁", "针", None),
        ("戊", "线", None),
    ]
    links = links_from_rows(rows)
    means = links.over_peers(links.table(links.pairs))
    told = {
        (name, firm): float(means[item, own])
        for item, name in enumerate(links.items)
        for own, firm in enumerate(links.firms)
    }
    thirds = {("针", "甲"): 1, ("针", "乙"): 1, ("针", "丙"): 2, ("线", "甲"): 1, ("线", "乙"): 1}
    assert told == pytest.approx({pair: thirds.get(pair, 0) / 3 for pair in told}, abs=1e-6)


def test_weights_are_never_negative() -> None:
    links = links_from_rows(trades(seed=3))
    assert (fit(links, links.pairs, 0, hide).weights >= 0).all()


def test_buyer_is_no_candidate_for_itself() -> None:
    firms = [f"企业{number}" for number in range(6)]
    links = links_from_rows(
        [(firm, buyer, None) for firm in firms for buyer in firms if firm != buyer] + [("企业0", "企业0", None)]
    )
    assert len(links.pairs) == 30
    assert {links.firms[firm] == links.items[item] for firm, item in links.never} == {True}
    assert links.taken(links.pairs).toarray().all()


def test_few_links_give_no_figures(full_store: Store) -> None:
    city = read_city(under(full_store, trusted(), date.today().isoformat()))
    test = backtest(links_of(city, "SUPPLIES"))
    assert test.links > 0
    assert not test.measures
    assert test.too_few
    assert f"不到 {ENOUGH} 条" in test.too_few


def test_command_takes_a_file(tmp_path: Path) -> None:
    path = tmp_path / "links.jsonl"
    lines = [
        json.dumps({"firm": firm, "item": item, "industry": trade}, ensure_ascii=False)
        for firm, item, trade in trades()
    ]
    path.write_text("\n".join([*lines, '{"firm": "少一半"}', "不是 JSON"]), "utf-8")
    done = run("backtest", "--links", str(path), "--seeds", "2", "--format", "json", store="", check=1)
    test = json.loads(done.stdout)["links"]
    assert test["links"] == len(trades())
    best = max(
        (measured for measured in test["measures"] if measured["asked"] == ALL), key=lambda measured: measured["mrr"][0]
    )
    assert best["method"] != "只看规模"
    assert "第 321 行缺少 firm 或 item" in done.stderr
    assert "第 322 行" in done.stderr
    assert "没有这个文件" in run("backtest", "--links", str(tmp_path / "none"), store="", check=1).stderr


def test_command_says_where_there_is_too_little(seeded_store_url: str) -> None:
    done = run("backtest", store=seeded_store_url)
    assert done.stderr.count("看不出哪种方法好") == 1
    assert "供应: 关系" in next(line for line in done.stderr.splitlines() if "看不出哪种方法好" in line)


@pytest.mark.skipif(not REAL.is_file(), reason="ChainKnowledgeGraph is not beside this checkout; it has no licence")
def test_real_companies_and_products(tmp_path: Path) -> None:
    with tarfile.open(REAL) as archive:
        archive.extractall(tmp_path / "ckg", filter="data")
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load([tmp_path / "ckg"], store, Options(rejects=tmp_path / "rejects"))
    links: KnownLinks = links_of(read_city(under(store, trusted(), date.today().isoformat())), "PRODUCES")
    store.close()
    assert (len(links.pairs), len(links.firms)) == (51_185, 3_832)
    mrr = {measure.method: measure.mrr[0] for measure in backtest(links, seeds=1).measures if measure.asked == ALL}
    assert mrr[MODEL] >= 0.19
    assert all(mrr[MODEL] > value + 0.005 for method, value in mrr.items() if method != MODEL)

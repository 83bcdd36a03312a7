"""What to do this week, on both stores: the order of the gaps, one count everywhere, what waits, what is made up."""

import re
import threading
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from gap_parts import TODAY, firm, look, put
from view_parts import trusted, under

from api.app import create_app
from api.chains.overview import HIGH, MOST, WIDE, overview
from api.core.patience import Patience
from graph.settings import Settings
from graph.stores import Store
from queries.core.answers import Flow, Named
from queries.gaps.answers import State
from queries.gaps.weak_links import weak_links
from queries.week.answers import Counts, SegmentStrip, TileMark
from queries.week.catalogue import say
from queries.week.chain import chain_week
from queries.week.tables import notes_of_week
from queries.week.week import week

REAL = {"source": "s2", "status": "confirmed"}
FIRMS = [
    firm("w", products="car"),
    firm("v", products="car"),
    firm("u", products="car", segments="demo.whole"),
    firm("p", products="motor"),
    firm("out", region="else", products="chip"),
    firm("far", region="else", products="foil"),
]
LOOKS = [look("demo.raw", **REAL), look("demo.part", status="sample")]
LEADS = [{"enterprise": "w", "chain": "demo"}]
NEEDS = [{"enterprise": "w", "product": "chip"}]
PROJECT = {
    "id": "pf", "name": "示例箔材项目", "stage": "开工", "chains": "demo", "fills": "demo.raw", "investors": "far",
    "started_on": "2026-10", "expected_on": "2027-06", "amount": "300000000", "currency": "CNY",
}  # fmt: skip


def story(store: Store, folder: Path) -> Store:
    """A chain with a gap that a firm from elsewhere could fill, one that a project fills, and a place nobody looked at."""
    matched = [{"supplier": "out", "customer": "w", "product": "chip", "stage": "洽谈", "happened_on": "2025-01-10"}]
    return put(
        store, folder, enterprises=FIRMS, coverages=LOOKS, leads=LEADS, needs=NEEDS, projects=[PROJECT], matched=matched
    )  # fmt: skip


def client_of(store: Store) -> TestClient:
    return TestClient(create_app(store, Settings(request_seconds=600)))


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_most_pressing_gap_is_first_and_what_a_project_fills_is_last(store: Store, tmp_path: Path) -> None:
    answer = week(under(story(store, tmp_path), today=TODAY))
    assert {gap.product.id for gap in answer.gaps} == {"ore", "foil", "chip", "motor"}
    assert [gap.rank for gap in answer.gaps] == [1, 2, 3, 4]
    in_hand = [gap for gap in answer.gaps if gap.under_way]
    assert [gap.product.id for gap in in_hand] == [gap.product.id for gap in answer.gaps[-len(in_hand) :]]
    assert "foil" in {gap.product.id for gap in in_hand}
    pressing = [gap.score for gap in answer.gaps if not gap.under_way]
    assert pressing == sorted(pressing, reverse=True)
    assert week(under(store, today=TODAY), 1).gaps == answer.gaps[:1]
    first = answer.gaps[0]
    assert first.product.name in answer.verdict
    assert f"{first.chain.name}的{first.segment.name}" in answer.verdict
    assert answer.verdict in list(notes_of_week(answer, {}))


def test_who_could_fill_a_gap_is_told_with_how_far_one_is(store: Store, tmp_path: Path) -> None:
    gaps = {gap.product.id: gap for gap in week(under(story(store, tmp_path), today=TODAY)).gaps}
    assert [(who.firm.id, who.stage, who.region) for who in gaps["chip"].who] == [("out", "洽谈", "示例外城")]
    assert gaps["foil"].who == []  # it comes with a project anyhow
    mending = gaps["foil"].under_way[0]
    assert (mending.stage, mending.expected_on, mending.amount) == ("开工", "2027-06", 300_000_000)
    assert gaps["foil"].mark is TileMark.mending
    assert [leader.id for leader in gaps["chip"].leaders] == ["w"]


def test_counts_are_the_same_everywhere(store: Store, tmp_path: Path) -> None:
    view = under(story(store, tmp_path), today=TODAY)
    answer, judged = week(view), weak_links(view, "demo")
    states = [product.state for segment in judged.segments for product in segment.products]
    told = {state.code: states.count(state) for state in State}
    [chain] = answer.chains
    for counts in (answer.counts, chain.counts, chain_week(view, "demo").week.counts):
        assert {code: getattr(counts, code) for code in told} == told
    assert answer.of == told["missing"] + told["weak"]
    tiles = [tile.mark for segment in chain.segments for tile in segment.tiles]
    assert len(tiles) == len(states)
    assert tiles.count(TileMark.missing) + tiles.count(TileMark.mending) == told["missing"]
    client = client_of(store)
    assert client.get("/api/v1/gaps").json()["counts"] == answer.counts.model_dump()
    home, page = text_of(client.get("/").text), text_of(client.get("/chains/demo").text)
    counted = f"缺 {told['missing']} 弱 {told['weak']}"
    assert (counted in home, counted in page) == (True, True)


def test_a_segment_never_looks_better_than_its_products(full_store: Store) -> None:
    for chain in week(under(full_store)).chains:
        for segment in chain.segments:
            marks = {tile.mark for tile in segment.tiles}
            if segment.look is TileMark.strong:
                assert not marks & {TileMark.missing, TileMark.mending, TileMark.weak}
                assert TileMark.strong in marks or not marks
                assert segment.state not in (State.missing, State.weak)
            if TileMark.missing in marks:
                assert segment.look is TileMark.missing


def test_what_stands_still_is_told_the_longest_first(store: Store, tmp_path: Path) -> None:
    answer = week(under(story(store, tmp_path), today=TODAY))
    [match] = [one for one in answer.stopped if one.kind == "Match"]
    assert (match.what.id, match.days, match.told.code) == ("chip", 683, "stuck_at")
    assert "停在洽谈 683 天" in match.told
    days = [one.days for one in answer.stopped if one.days is not None]
    assert days == sorted(days, reverse=True)
    assert week(under(store, today="2025-03-01")).stopped == []


def test_where_to_look_first_is_where_nobody_looked(store: Store, tmp_path: Path) -> None:
    answer = week(under(story(store, tmp_path), today=TODAY))
    assert all(look.open for look in answer.look_first)
    assert (answer.segments, answer.segments_looked) == (3, 2)
    assert all(look.segment.id == "demo.whole" or look.why for look in answer.look_first)


def test_what_rests_on_samples_is_said_once_with_what_is_left(store: Store, tmp_path: Path) -> None:
    view = under(story(store, tmp_path), today=TODAY)
    answer = week(view)
    made_up = [gap for gap in answer.gaps if gap.status == "sample"]
    assert answer.on_samples
    assert (answer.on_samples.gaps, answer.on_samples.of) == (len(made_up), len(answer.gaps))
    assert 0 < len(made_up) < len(answer.gaps)
    real = week(under(store, trusted(("sample",)), TODAY))
    assert answer.on_samples.without == real.counts
    assert real.on_samples is None
    home = text_of(client_of(store).get("/").text)
    assert home.count("不可引用") == 1


def test_a_graph_without_gaps_says_where_to_begin(store: Store, tmp_path: Path) -> None:
    view = under(put(store, tmp_path, enterprises=FIRMS[:1]), today=TODAY)
    answer = week(view)
    assert (answer.gaps, answer.on_samples) == ([], None)
    assert answer.points[0].code == "nothing_looked"
    client = client_of(store)
    assert "还没有判明的缺口" in client.get("/").text
    assert client.get("/chains/demo").status_code == 200


def test_an_empty_store_offers_to_load(tmp_path: Path, embedded: Store) -> None:
    page = client_of(embedded).get("/").text
    assert "还没有名录" in page
    assert 'href="/loads"' in page


def test_the_first_page_has_a_gap_with_why_who_and_what_if(store: Store, tmp_path: Path) -> None:
    client = client_of(story(store, tmp_path))
    answer = client.get("/api/v1/gaps?top=1").json()
    gap = answer["gaps"][0]
    page = client.get("/").text
    row = page.split('<tr class="gap">')[1].split("</tr>")[0]
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', row)]
    assert f"/chains/demo/certificate?place={gap['product']['id']}" in links
    ends = {link.partition("?")[0]: link for link in links}
    assert {"/match", "/chains/demo/what-if"} <= ends.keys()
    for link in links:
        assert client.get(link).status_code == 200, link
    assert gap["product"]["name"] in text_of(client.get(ends["/chains/demo/what-if"]).text).split("补上缺口")[0]


def test_a_segment_of_a_chain_has_an_address_of_its_own(store: Store, tmp_path: Path) -> None:
    client = client_of(story(store, tmp_path))
    page = client.get("/chains/demo?segment=demo.raw").text
    half = page.split('class="block gaps-half"')[1].split("</section>")[0]
    gaps = half.split("<tbody>")[1].split("</table>")[0]
    assert ("矿石" in gaps, "箔材" in gaps, "芯片件" in gaps) == (True, True, False)
    assert "在补：" in half
    assert re.search(r'class="card-of[^>]*data-segment="demo\.raw" aria-current="true"', page)
    wrong = client.get("/chains/demo?segment=none")
    assert (wrong.status_code, "没有编号为“none”的环节" in wrong.text) == (404, True)
    assert 'href="/chains/demo/graph"' in page


def strip(id: str, tier: str, name: str = "示例环节") -> SegmentStrip:
    return SegmentStrip(
        segment=Named(id=id, name=name), tier=tier, state=State.unknown, look=TileMark.unknown, firms=0,
        looked=say("not_looked_at"), tiles=[], counts=Counts(),
    )  # fmt: skip


@pytest.mark.parametrize("many", [1, 2, 7, 10, 16, MOST])
def test_cards_stand_in_the_frame_and_never_on_each_other(many: int) -> None:
    tiers = ("上游", "上游", "中游", "中游", "下游", "服务")
    segments = [strip(f"s{number:02}", tiers[number % len(tiers)]) for number in range(many)]
    feeds = [
        Flow(upstream=f"s{a:02}", downstream=f"s{b:02}", status="curated", source="s")
        for a in range(many)
        for b in range(a + 1, min(many, a + 4))
    ]
    drawn = overview(segments, feeds)
    assert drawn
    assert [card.segment for card in drawn.cards] == segments
    for number, card in enumerate(drawn.cards):
        assert 0 <= card.x <= card.x + card.wide <= WIDE
        assert 0 <= card.y <= card.y + card.high <= HIGH
        assert card.high >= 30
        for other in drawn.cards[number + 1 :]:
            beside = card.x + card.wide <= other.x or other.x + other.wide <= card.x
            assert beside or card.y + card.high <= other.y or other.y + other.high <= card.y, (card, other)


def test_more_segments_than_there_is_room_for_are_rows() -> None:
    assert overview([strip(f"s{number}", "上游") for number in range(MOST + 1)], []) is None
    assert overview([], []) is None


def test_a_page_waits_a_little_and_the_work_goes_on() -> None:
    patience, may_end, made = Patience(), threading.Event(), list[int]()

    def make() -> str:
        may_end.wait()
        made.append(1)
        return "made"

    assert patience.wait("key", make, 0.01) is None
    assert patience.wait("key", make, 0.01) is None
    may_end.set()
    assert patience.wait("key", make, 600) == "made"
    assert made == [1]

    def fail() -> str:
        raise ValueError("示例")

    with pytest.raises(ValueError, match="示例"):
        patience.wait("other", fail, 600)
    with pytest.raises(ValueError, match="示例"):  # made anew: what went wrong is not kept
        patience.wait("other", fail, 600)

import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from gap_parts import firm, look, put
from test_pages import addresses, picture_of
from view_parts import rows_with_once, under

from api.app import create_app
from api.core.draw import draw
from api.core.links import NoLinks, SiteLinks
from api.pictures.curves import LEFT, TOP, draw_served
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load
from queries.core.answers import Named
from queries.gaps.answers import GAPS, Curve, State
from queries.gaps.certificate import certificate
from queries.gaps.reached import Landing
from queries.gaps.rules import read_rules
from queries.gaps.tables import RULE_SECTIONS, tables_of_what_if
from queries.gaps.weak_links import weak_links
from queries.gaps.what_if import what_if
from queries.gaps.words import RULE_ZH, WHY, mark_of, moved_zh, places_of

EVIL = "<script>alert(1)</script>"
CARS = "new-energy-vehicles"
CHIPS = "integrated-circuits"
LANDING = "新企业:车规级碳化硅功率模块"


def rows_of(page: str, id: str) -> list[str]:
    """Return the rows of a table's body."""
    table = page.split(f'id="table-{id}"')[1].split("</table>")[0]
    return re.findall(r"<tr>.*?</tr>", table.split("<tbody>")[1], re.DOTALL)


def text_of(html: str) -> str:
    """Return what is read of a piece of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def odd_client(tmp_path: Path) -> TestClient:
    """A client over a chain of hostile names, looked through, with a gap, a leader and a firm."""
    rows = {
        "regions.csv": "id,name,kind,source,status\n1,示例市,地级市,s,sample\n",
        "chains.csv": f"id,name,source,status\nodd/链?,{EVIL},s,sample\n",
        "segments.csv": f"id,name,chain,tier,source,status\nseg/1,{EVIL}环节,odd/链?,上游,s,sample\n",
        "products.csv": f"id,name,segments,source,status\np/1,{EVIL}甲,seg/1,s,sample\np/2,{EVIL}乙,seg/1,s,sample\n",
        "enterprises.csv": f"id,name,segments,products,region,source,status\nf/1,{EVIL}厂,seg/1,p/1,示例市,s,sample\n",
        "coverages.csv": f"name,segments,region,method,as_of,source,status\n{EVIL}记录,seg/1,示例市,{EVIL},2026-01,s,sample\n",
    }
    for name, text in rows.items():
        (tmp_path / name).write_text(text, "utf-8")
    store = open_store(f"ladybug://{tmp_path}/odd.lbug")
    report = load([tmp_path / name for name in rows], store)
    assert not report.rejected, report.rejected
    return TestClient(create_app(store, Settings()))


def test_targets_of_hostile_names_are_shown_as_they_are_written(odd_client: TestClient) -> None:
    page = odd_client.get(f"/chains/{quote('odd/链?', safe='')}/targets")
    assert page.status_code == 200
    assert EVIL not in page.text
    assert "&lt;script&gt;" in page.text
    assert odd_client.get("/portfolio").status_code == 200


def test_a_chain_lists_every_segment_with_its_state_and_certificate(client: TestClient, seeded_store: Store) -> None:
    page, answer = client.get(f"/chains/{CHIPS}/graph").text, weak_links(under(seeded_store), CHIPS)
    rows = rows_of(page, "gap-segments")
    assert len(rows) == len(answer.segments)
    for segment in answer.segments:
        row = next(row for row in rows if f'data-csv="{segment.segment}"' in row)
        assert f">{segment.state}</span>" in row
        assert segment.action_reason in unescape(row)
        assert f'href="/chains/{CHIPS}/certificate?place={segment.segment_id}"' in row
        presses = segment.score is not None and segment.state in GAPS
        assert (f">{segment.score:.0f}</span>" if presses else ">–</span>") in row
    states = [re.findall(r"state-(\w+)", row)[0] for row in rows]
    assert states == sorted(states, key=["missing", "weak", "strong", "unknown"].index)


def test_products_are_listed_by_how_weak_they_are_and_the_rest_is_folded(
    client: TestClient, seeded_store: Store
) -> None:
    page, answer = client.get(f"/chains/{CHIPS}/graph").text, weak_links(under(seeded_store), CHIPS)
    products = [product for segment in answer.segments for product in segment.products]
    weak, rest = rows_of(page, "gap-products"), rows_of(page, "gap-others")
    assert len(weak) == sum(product.state in ("缺链", "弱链") for product in products)
    assert len(rest) == min(100, len(products) - len(weak))  # the others are on the table's own page
    assert '<details class="block fold" id="gap-others">' in page


def test_the_page_tells_what_the_states_rest_on_and_how_stable_they_are(
    client: TestClient, seeded_store: Store
) -> None:
    text, answer = text_of(client.get(f"/chains/{CHIPS}/graph").text), weak_links(under(seeded_store), CHIPS)
    assert f"判定依据 {sum(answer.rests_on.values())} 条记录" in text
    assert "不可引用" in text
    assert answer.rule_version in text
    assert all(note in text for note in answer.notes)
    assert "、".join(answer.stability.flipped) in text
    assert answer.risk
    assert answer.risk.assumption in text
    assert f"{answer.risk.firms[0].esri:.1%}" in text


def test_the_picture_has_the_states(client: TestClient, seeded_store: Store) -> None:
    facts = picture_of(client.get(f"/chains/{CHIPS}/graph?without=").text)["facts"]
    for (label, id), judged in places_of(weak_links(under(seeded_store), CHIPS)).items():
        if label == "Segment":
            gap = facts[f"s|{id}"]["gap"]
            assert (gap["state"], gap["score"]) == (judged.state, judged.score)
            assert client.get(gap["href"]).status_code == 200


def test_an_all_unknown_chain_says_why_and_what_to_do(client: TestClient) -> None:
    page = client.get("/chains/modern-finance/graph?without=sample").text
    assert re.search(r"\d+ 个环节全部未知", page)
    assert "/templates/coverages.xlsx" in page
    assert "显示全部数据" in page
    assert {state for row in rows_of(page, "gap-segments") for state in re.findall(r"state state-(\w+)", row)} == {
        "unknown"
    }
    assert 'href="/chains/modern-finance/certificate?place=' in page
    assert all(
        "without=sample" in link for link in addresses(page).found if "/certificate" in link or "/what-if" in link
    )


def test_a_chain_is_drawn_whatever_is_left_out(client: TestClient) -> None:
    page = client.get(f"/chains/{CARS}/graph?without=curated,sample").text
    assert re.search(r"\d+ 个环节全部未知", page)
    assert "picture-data" in page


def test_the_next_steps_of_a_chain_are_listed(client: TestClient, seeded_store: Store) -> None:
    steps = weak_links(under(seeded_store), "virtual-reality").extensions
    assert steps
    page = client.get("/chains/virtual-reality/graph").text
    rows = rows_of(page, "gap-extensions")
    assert len(rows) == len(steps)
    assert any(f"{steps[0].near[0].product}（" in row for row in rows_with_once(page.split('id="gap-extensions"')[1]))


@pytest.mark.parametrize(("place", "label"), [(f"{CHIPS}.materials", "Segment"), ("湿电子化学品", "Product")])
def test_a_certificate_shows_everything_that_defends_it(
    client: TestClient, seeded_store: Store, place: str, label: str
) -> None:
    page = client.get(f"/chains/{CHIPS}/certificate", params={"place": place})
    assert page.status_code == 200
    id = place if label == "Segment" else re.findall(r'href="/things/Product/([^"]+)">它在图中', page.text)[0]
    answer, text = certificate(under(seeded_store), CHIPS, label, id), text_of(page.text)
    assert f"{WHY[answer.judgement.state]}：{answer.name}" in text
    assert len(rows_of(page.text, "candidates")) == len(answer.candidates)
    assert len(rows_of(page.text, "needed")) == len(answer.needed_by)
    assert len(rows_of(page.text, "looked")) == len(answer.looked_through)
    for told in (
        *answer.judgement.reasons,
        *(rule.why for rule in answer.rules),
        *(candidate.why for candidate in answer.candidates),
        *answer.notes,
    ):
        assert told in text
    assert f"相加得 {answer.judgement.score:g}" in text
    assert sum(part.points for part in answer.judgement.parts) == pytest.approx(answer.judgement.score)
    for row in rows_of(page.text, "candidates"):
        assert 'class="status status-' in row
        assert 'class="source"' in row
    for address in addresses(page.text).found:
        # the switch may hide the very place
        if address.endswith(("without=sample", "without=sample%2Ccurated%2Cinferred")):
            continue
        assert address.startswith("#") or client.get(address).status_code == 200, address


NEEDED = [
    "登记的需求 矿石 示例a号公司 示例 示例名录",
    "本地所产产品的投入 矿石 示例a号公司 芯片件 必需 据报道 示例名录",
    "本地所产产品的投入 矿石 示例b号公司 整车件 可替代 整理 示例名录",
    "牵涉的链主（示例链） 矿石 示例b号公司 已证实 示例普查",
]
LOOKED = [
    "示例普查demo.rawcity 原料 示例城 覆盖全市 2026-06 算到 2031-06-30 逐家走访 据报道 示例名录",
    "示例半查 原料 示例区 没有覆盖全市 2026-06 算到 2031-06-30 示例 示例名录",
]
CANDIDATES = [
    "示例b号公司 示例区 能 在本地，登记为生产或提供“矿石” 整理 示例名录",
    "示例out号公司 示例外城 不能 生产“矿石”，但在示例外城（国内），不在本地 据报道 示例名录",
    "示例c号公司 不明 不能 企业登记为已终止 据报道 示例名录",
]
OF_PLACE = {
    "ore": [
        "示例v号公司 示例区 不能 在本环节，没有登记任何产品：可能生产“矿石”，须核实 示例 示例名录",
        "示例a号公司 示例区 不能 生产用它的产品“芯片件”，没有登记“矿石” 已证实 示例普查",
    ],
    "demo.raw": [
        "示例v号公司 示例区 能 在本地，登记在本环节，没有登记产品 示例 示例名录",
        "示例a号公司 示例区 不能 生产用它的产品“芯片件”，没有登记“箔材、矿石” 已证实 示例普查",
    ],
}


@pytest.mark.parametrize("place", OF_PLACE)
def test_every_cell_of_a_certificate_says_what_was_loaded(tmp_path: Path, place: str) -> None:
    """Per candidate and demand, on the page and in the file for the meeting: who, where, whether, why, how well founded, by whom."""
    firms = [
        firm("a", products="chip", status="confirmed", source="s2"),
        firm("b", products="car;ore", status="curated"),
        firm("out", region="else", products="ore"),
        firm("c", products="ore", valid_to="2020"),
        firm("v", segments="demo.raw", status="sample"),
    ]
    inputs = [
        {"input": "ore", "product": "chip", "essential": "true"},
        {"input": "ore", "product": "car", "essential": "false", "status": "curated"},
    ]
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=firms,
        input_to=inputs,
        leads=[{"enterprise": "b", "chain": "demo", "status": "confirmed", "source": "s2"}],
        needs=[{"enterprise": "a", "product": "ore", "status": "sample"}],
        coverages=[
            look("demo.raw", method="逐家走访"),
            {**look("demo.raw", "ward", status="sample"), "name": "示例半查"},
        ],
    )
    asked = TestClient(create_app(store, Settings()))
    page = asked.get("/chains/demo/certificate", params={"place": place}).text
    wanted = {"needed": NEEDED, "looked": LOOKED, "candidates": [*CANDIDATES, *OF_PLACE[place]]}
    assert {table: [*map(text_of, rows_of(page, table))] for table in wanted} == wanted
    file = asked.get("/chains/demo/certificate.html", params={"place": place}).text
    written = [*map(text_of, re.findall(r"<tr>.*?</tr>", file, re.DOTALL))]
    for rows in wanted.values():
        start = written.index(rows[0])
        assert written[start : start + len(rows)] == rows
    assert sum(row in written for rows in wanted.values() for row in rows) == sum(map(len, wanted.values()))


def test_a_certificate_is_a_file_that_stands_alone(client: TestClient, seeded_store: Store) -> None:
    answer = client.get(f"/chains/{CHIPS}/certificate.html", params={"place": f"{CHIPS}.materials"})
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E4%B8%BA")
    page = answer.text
    for told in certificate(under(seeded_store), CHIPS, "Segment", f"{CHIPS}.materials").judgement.reasons:
        assert told in text_of(page)
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    assert "<script" not in page
    assert addresses(page).found == []
    assert "<button" not in page
    assert re.search(r"<h1>为什么[^<]+：晶圆制造材料", page)
    assert "链长演示数据" in page


def test_a_certificate_without_a_look_says_that_nobody_looked(client: TestClient) -> None:
    page = client.get(f"/chains/{CHIPS}/certificate", params={"place": f"{CHIPS}.materials", "without": "sample"}).text
    assert "没有人在这里逐家查过" in page
    assert "依据不足" in page


@pytest.mark.parametrize(
    "path",
    [
        f"/chains/{CHIPS}/certificate?place=没有这个",
        "/chains/nothing/certificate?place=x",
        f"/chains/{CHIPS}/certificate",
    ],
)
def test_a_place_that_is_not_there_is_an_error_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "可以这样做" in answer.text


def test_what_if_shows_before_and_after(client: TestClient, seeded_store: Store) -> None:
    asked = {"remove": ["示例电池系统", "示例新能源汽车有限公司", ""], "land": [LANDING]}
    answer = client.get(f"/chains/{CARS}/what-if", params=asked)
    page, text = answer.text, text_of(answer.text)
    assert answer.status_code == 200
    assert "退出：示例电池系统有限公司、示例新能源汽车有限公司。落地：新企业（生产车规级碳化硅功率模块）" in text
    assert len(rows_of(page, "if-segments")) == len(weak_links(under(seeded_store), CARS).segments)
    closed = rows_of(page, "if-closed")
    assert "车规级碳化硅功率模块" in closed[0]
    assert "上一层新的缺口" in page.split('id="if-opened"')[1]
    assert page.count("<polyline") == 4
    assert "牵涉的链主" in text
    assert "损失产出" in text
    assert 'value="示例电池系统"' in page
    assert f'value="{LANDING}"' in page
    assert '<option value="青岛国轩电池有限公司">' in page
    assert all("style" not in dict(attributes) for attributes in addresses(page).inline)


def test_what_grows_weaker_is_told_as_worse(tmp_path: Path) -> None:
    """Of ore the only maker goes: a gap, its score grows, and so does that of chips, made of it. Of foil, that was missing, one lands."""
    firms = [firm("a", products="ore"), firm("b", products="chip")]
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"),
        tmp_path,
        enterprises=firms,
        coverages=[look("demo.raw;demo.part;demo.whole")],
    )
    away, lands = Named(id="a", name="示例a号公司"), Landing(Named(id="new:n", name="示例新厂"), "foil")
    table = tables_of_what_if(what_if(under(store), "demo", [away], [lands]))["products"]
    rows = draw(table, table.items, SiteLinks(), {})
    told = {row[0].text: (row[1].text, row[2].text, row[5].kind, row[5].text[0]) for row in rows}
    assert told == {
        "矿石": ("弱链", "缺链", "worse", "+"), "芯片件": ("弱链", "弱链", "worse", "+"), "箔材": ("缺链", "弱链", "better", "-"),
    }  # fmt: skip


def test_what_if_keeps_what_is_switched_off(client: TestClient) -> None:
    page = client.get(
        f"/chains/{CARS}/what-if", params={"remove": ["青岛国轩电池有限公司", "力神青岛"], "without": "sample"}
    ).text
    assert '<input type="hidden" name="without" value="sample">' in page
    scopes = page.split('<div class="scopes"')[1].split("</div>")[0]
    assert [unescape(address).count("remove=") for address in re.findall(r'href="([^"]*)"', scopes)] == [2, 2, 2]
    assert f'action="/chains/{CARS}/what-if"' in page


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ({"remove": "没有这家"}, 404, "图中没有企业“没有这家”"),
        ({"remove": "青岛"}, 404, "图中没有企业"),
        ({"land": "没有冒号"}, 422, "落地应写成 企业：产品"),
        ({"land": "某厂:没有这种产品"}, 404, "图中没有产品"),
    ],
)
def test_what_is_not_understood_is_told_beside_its_field(
    client: TestClient, asked: dict[str, str], status: int, told: str
) -> None:
    answer = client.get(f"/chains/{CARS}/what-if", params=asked)
    assert answer.status_code == status
    wrong = re.findall(r'<p class="wrong" id="([^"]+)">(.*?)</p>', answer.text)
    assert len(wrong) == 1
    assert told in wrong[0][1]
    assert f'aria-describedby="{wrong[0][0]}"' in answer.text
    assert 'id="if-segments"' not in answer.text


def test_an_empty_form_asks_and_computes_nothing(client: TestClient) -> None:
    answer = client.get(f"/chains/{CARS}/what-if")
    assert answer.status_code == 200
    assert 'id="if-segments"' not in answer.text
    assert client.get("/chains/nothing/what-if").status_code == 404


def test_the_rules_page_has_every_number_with_its_reason(client: TestClient) -> None:
    page, rules = text_of(client.get("/rules").text), read_rules()
    whys = [weight.why for _, weight in rules.score.by_key().items()]
    whys += [threshold.why for section in RULE_SECTIONS for _, threshold in getattr(rules, section)]
    assert [why for why in whys if why not in page] == []
    assert rules.version in page
    assert {f"{section}.{name}" for section in RULE_SECTIONS for name, _ in getattr(rules, section)} == set(RULE_ZH)


def test_names_are_escaped_on_every_page(odd_client: TestClient) -> None:
    chain = f"/chains/{quote('odd/链?', safe='')}"
    paths = [
        chain,
        f"{chain}/certificate?place=seg/1",
        f"{chain}/certificate?place=p/2",
        f"{chain}/certificate.html?place=p/2",
    ]
    paths += [
        f"{chain}/what-if?remove=f/1",
        f"{chain}/what-if?remove={quote(EVIL)}",
        f"{chain}/what-if?land={quote(EVIL)}:x",
    ]
    for path in paths:
        answer = odd_client.get(path)
        assert answer.status_code in (200, 404), (path, answer.text)
        assert EVIL not in answer.text, path
        assert "alert(1)" in answer.text, path
    assert "state-missing" in odd_client.get(paths[2]).text


def test_links_hold_ids_of_any_signs_and_files_hold_none() -> None:
    assert (
        SiteLinks("sample").of_chain("a/b", "certificate", place="p&1")
        == "/chains/a%2Fb/certificate?place=p%261&without=sample"
    )
    assert SiteLinks().page("/x", remove=["a", "b"], land=[]) == "/x?remove=a&remove=b"
    assert NoLinks("sample").thing("Product", "p") == ""


def test_words_for_rules_that_moved() -> None:
    assert moved_zh("state.segment_firms ×0.8", RULE_ZH) == "强链：环节至少有几家本地企业 ×0.8"


def test_a_mark_says_the_state_and_the_score(seeded_store: Store) -> None:
    marks = {judged.state: mark_of(judged) for judged in places_of(weak_links(under(seeded_store), CHIPS)).values()}
    assert set(marks) == {"缺链", "弱链", "强链", "未知"}
    assert re.fullmatch(r"缺 \d+", marks[State.missing])
    assert marks[State.unknown] == "未知"


def test_the_curve_runs_from_now_to_nobody_left() -> None:
    def curve(shares: list[float]) -> Curve:
        return Curve(needs=2, served_now=2, firms=[], random=shares, by_rank=shares, random_area=0.5, by_rank_area=None)

    chart = draw_served(curve([1.0, 0.5, 0.0]), curve([1.0]))
    assert chart
    assert [line.side for line in chart.lines] == ["before", "before"]
    assert chart.lines[0].points.split()[0] == f"{LEFT:.1f},{TOP:.1f}"
    assert chart.lines[0].points.split()[-1] == f"{chart.right:.1f},{chart.bottom:.1f}"
    assert draw_served(curve([]), curve([0.0])) is None

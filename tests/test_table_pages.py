"""Tables of pages: what a page shows of a long one, its own pages, its CSV; the size of the pages of a big leader."""

import csv
import io
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st

from api.app import create_app
from api.core.csv_text import csv_of, write_csv
from api.core.draw import MOST_ROWS, draw, draw_table
from api.core.links import NoLinks, SiteLinks
from api.core.table_pages import ROWS, TableAsk, TablePage, file_name, send_csv, sort_key, turn_to
from benchmarks.leader import CHAIN, LEADER, firm_id
from graph.model import EDGE_TYPES, NODE_TYPES
from graph.settings import Settings
from graph.stores import Store
from queries.core.answers import ChainView, Flow, Named, SegmentView
from queries.core.cache import CACHE
from queries.core.catalogue import text_of
from queries.core.table import Ask, Column, Folded, Number, SourceRef, Table, ThingRef, texts
from queries.core.words import show_amount, show_names
from queries.gaps.answers import Candidate, Certificate, Demand, PlaceChange, Side, State, WhatIf
from queries.gaps.tables import tables_of_certificate, tables_of_what_if
from queries.targets.answers import CurvePoint, Portfolio
from queries.targets.tables import tables_of_portfolio
from queries.things.chains import PLAIN
from queries.things.facts import _split, facts_of
from queries.things.tables import table_statements, tables_of_chain

MOST_BYTES, MOST_NODES = 2_000_000, 12_000
PAGES = (
    f"/chains/{CHAIN}", f"/chains/{CHAIN}/what-if", f"/chains/{CHAIN}/what-if?remove={LEADER}", f"/chains/{CHAIN}/opportunities",
    f"/chains/{CHAIN}/targets", f"/chains/{CHAIN}/targets?top=1000", f"/chains/{CHAIN}/certificate?place=sample-leader-p00",
    f"/chains/{CHAIN}/certificate?place=sample-leader-p39", f"/chains/{CHAIN}/certificate.html?place=sample-leader-p39",
    f"/enterprises/{LEADER}", f"/enterprises/{LEADER}?tiers=3", f"/enterprises/{LEADER}/opportunities", f"/enterprises/{firm_id(1)}",
    "/things/Product/sample-leader-p00", "/things/Segment/sample-leader.s00", "/things/Region/sample-leader-city",
    "/", "/portfolio", "/ledger", "/review", "/sources", "/search?q=示例", "/enterprises", "/figures",
)  # fmt: skip


class Page(HTMLParser):
    """Counts the elements of a page, the rows of each table, and keeps texts, links and how columns are sorted."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.nodes, self.table, self.cell = 0, "", False
        self.rows: dict[str, int] = {}
        self.links: dict[str, str] = {}
        self.first: dict[str, list[str]] = {}
        self.href, self.sorted = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.nodes += 1
        if tag == "table":
            self.table = named.get("id") or ""
            self.rows[self.table] = -1
        elif tag == "tr":
            self.rows[self.table] = self.rows.get(self.table, -1) + 1
            self.cell = True
        elif tag == "td" and self.cell:
            self.first.setdefault(self.table, []).append(named.get("data-csv") or "")
            self.cell = False
        elif tag == "a":
            self.href = named.get("href") or ""
        elif tag == "th":
            self.sorted = named.get("aria-sort") or self.sorted

    def handle_data(self, data: str) -> None:
        if data.strip() and self.href:
            self.links.setdefault(data.strip(), self.href)
            self.href = ""


@pytest.fixture(scope="module")
def leader_client(big_leader: Store) -> TestClient:
    return TestClient(create_app(big_leader))


@pytest.mark.parametrize("path", PAGES)
def test_pages_of_a_big_leader_are_small(leader_client: TestClient, path: str) -> None:
    CACHE.forget(lambda key: "city" not in str(key))
    answer = leader_client.get(path)
    assert answer.status_code == 200, answer.text[:300]
    page = Page(answer.text)
    assert len(answer.content) < MOST_BYTES
    assert page.nodes < MOST_NODES
    assert max(page.rows.values(), default=0) <= MOST_ROWS


def test_a_long_table_has_pages_of_its_own(leader_client: TestClient) -> None:
    page = Page(leader_client.get(f"/enterprises/{LEADER}?without=curated").text)
    assert page.rows["table-suppliers"] == MOST_ROWS
    whole = page.links["全部 10,000 行"]
    assert "without=curated" in whole
    seen: list[str] = []
    first = Page(leader_client.get(whole).text)
    assert first.rows == {"table-suppliers": ROWS}
    for number in (1, 2, 200, 201):
        shown = Page(leader_client.get(f"{whole}&page={number}").text)
        assert shown.rows == {"table-suppliers": ROWS}
        seen += shown.first["table-suppliers"]
    assert "下一页" in first.links
    assert "下一页" not in shown.links


def test_the_server_sorts_and_searches(leader_client: TestClient) -> None:
    base = f"/chains/{CHAIN}?table=gap-risk"
    up, down = (Page(leader_client.get(f"{base}&sort={sort}").text) for sort in ("0", "-0"))
    assert up.sorted == "ascending"
    column = [int(rank) for rank in up.first["table-gap-risk"]]
    assert column == sorted(column)
    other = [int(rank) for rank in Page(leader_client.get(f"{base}&sort=-3").text).first["table-gap-risk"]]
    assert len(other) == ROWS
    assert down.rows == up.rows
    page = leader_client.get(f"/enterprises/{LEADER}", params={"table": "suppliers", "find": "000123号 件"}).text
    assert Page(page).rows == {"table-suppliers": 1}
    assert "含“000123号 件”的 1 行" in page
    nothing = leader_client.get(f"/enterprises/{LEADER}", params={"table": "suppliers", "find": "<b>没有</b>"})
    assert nothing.status_code == 200
    assert "<b>没有</b>" not in nothing.text
    assert "&lt;b&gt;没有" in nothing.text


def test_the_whole_table_is_a_file(leader_client: TestClient) -> None:
    answer = leader_client.get(f"/enterprises/{LEADER}", params={"table": "suppliers", "format": "csv", "sort": "-1"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0] == ["层", "供应商", "客户", "产品", "状态", "来源"]
    assert len(rows) == 10_001
    assert [row[1] for row in rows[1:]] == sorted((row[1] for row in rows[1:]), reverse=True)
    some = leader_client.get(
        f"/enterprises/{LEADER}", params={"table": "suppliers", "format": "csv", "find": "000123号"}
    )
    assert len(some.text.splitlines()) == 2


@pytest.mark.parametrize(("path", "status"), [
    (f"/chains/{CHAIN}?table=nothing", 404), (f"/chains/{CHAIN}?table=supplies&page=9999", 200), (f"/chains/{CHAIN}?table=supplies&sort=77", 200),
    (f"/chains/{CHAIN}?table=supplies&sort=x", 422), (f"/chains/{CHAIN}?table=supplies&page=0", 422), (f"/chains/{CHAIN}?table=supplies&format=exe", 422),
    ("/ledger?table=matches", 200), ("/about?table=x", 404),
])  # fmt: skip
def test_addresses_of_tables(leader_client: TestClient, path: str, status: int) -> None:
    assert leader_client.get(path).status_code == status


def test_a_short_table_is_as_it_was(client: TestClient) -> None:
    text = (
        client.get("/chains/virtual-reality/graph").text + client.get("/chains/virtual-reality/records").text
    )  # the shortest chain
    assert 'class="more"' not in text
    assert 'class="sort"' not in text
    assert text.count(">下载 CSV</a>") > 5
    alone = Page(client.get("/chains/virtual-reality?table=segments&find=光学").text)
    assert alone.rows["table-segments"] >= 1


@pytest.mark.parametrize(
    "table", ["segments", "products", "enterprises", "supplies", "gap-segments", "gap-products", "gap-risk"]
)
def test_a_file_says_what_the_browser_would_save(client: TestClient, table: str) -> None:
    """The browser writes each cell's ``data-csv``, or its text; so does the server, which leaves no column out."""
    chain = "virtual-reality" if table == "products" else "integrated-circuits"  # a page holds a hundred rows
    text = client.get(f"/chains/{chain}/{'graph' if table.startswith('gap') else 'records'}").text
    body = text.split(f'id="table-{table}"')[1].split("</table>")[0]
    heads = re.findall(r'<th scope="col"[^>]*><button type="button">([^<]*)</button>', body)
    said = [
        re.findall(r'<td[^>]* data-csv="([^"]*)"|<td data-csv="([^"]*)"', row)
        for row in body.split("<tbody>")[1].split("</tr>")[:-1]
    ]
    browser = [[" ".join("".join(pair).split()) for pair in row] for row in said]
    answer = client.get(f"/chains/{chain}", params={"table": table, "format": "csv"})
    rows = [*csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))]
    assert set(rows[0]) >= set(heads) - {"为什么"}
    server = [[" ".join(row[head].split()) if head in row else "为什么" for head in heads] for row in rows]
    for cells in server:  # a page has no decimals
        for at in [place for place, head in enumerate(heads) if head == "紧要" and cells[place]]:
            cells[at] = f"{float(cells[at]):.0f}"
    assert server == browser


@example(["m²", "②", "٣"])  # digits that are no decimal ones
@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False), st.text(max_size=6))))
def test_cells_sort_numbers_first_and_empty_ones_last(values: list[str | float | None]) -> None:
    ordered = sorted(values, key=sort_key)
    kinds = [sort_key(value)[0] for value in ordered]
    assert kinds == sorted(kinds)
    assert [value for value in ordered if value in ("", None)] == ordered[len(ordered) - kinds.count(2) :]


def test_names_sort_by_pinyin_and_by_the_numbers_in_them() -> None:
    assert sorted(["重庆", "安徽", "北京10号", "北京9号"], key=sort_key) == ["安徽", "北京9号", "北京10号", "重庆"]


def test_no_cell_of_a_file_is_a_formula() -> None:
    text = write_csv(["甲"], [["=1+1"], ["-3.5%"], ["+86 532"], ["@x\n y"]])
    assert [row[0] for row in csv.reader(io.StringIO(text))][1:] == ["'=1+1", "-3.5%", "'+86 532", "'@x y"]


@pytest.mark.parametrize("rows", [0, 1, 4, 5, 6, 10, 11])
def test_the_pages_of_a_table_hold_every_row_once(rows: int) -> None:
    """Whatever it comes to at the end of a page; each row is found by its words, the last one too, and is in the file."""
    names = [f"甲{number:02d}号" for number in range(rows)]
    columns: list[Column[Any]] = [
        Column("名称", lambda pair: pair[1]),
        Column("数", lambda _: "", sort=lambda pair: pair[0]),
    ]
    table = Table("t", "表", columns, list(enumerate(names)))

    def turn(**asked: Any) -> TablePage:
        return turn_to(table, TableAsk("t", **asked), SiteLinks(), {}, lambda *_, **__: "", 5)

    for sort, wanted in (("", names), ("0", names), ("-0", names[::-1]), ("-1", names[::-1])):
        pages = [turn(page=number, sort=sort) for number in range(1, turn().pages + 1)]
        assert [row[0].text for page in pages for row in page.rows] == wanted
        assert all(page.rows for page in pages) or not rows
    assert turn(page=99).number == turn().pages == max(1, (rows + 4) // 5)
    for name in names:
        turned = turn(find=name)
        assert ([row[0].text for row in turned.rows], turned.found) == ([name], 1)
        told = bytes(send_csv(table, TableAsk("t", find=name), {}, "关于").body).decode("utf-8-sig")
        assert [*csv.reader(io.StringIO(told))] == [["名称", "数"], [name, ""]]


def test_rows_are_made_when_they_are_shown() -> None:
    made = set[int]()

    def make(number: int) -> str:
        made.add(number)
        return str(number)

    table = Table("t", "表", [Column("数", make)], range(10_000))
    page = turn_to(table, TableAsk("t", page=2), SiteLinks(), {}, lambda *_, **__: "", 2)
    assert [row[0].text for row in page.rows] == ["2", "3"]
    assert (page.found, table.count, made) == (10_000, 10_000, {2, 3, *range(31)})  # to know how many values there are


def test_a_table_of_values_is_told_without_what_only_a_page_can_show() -> None:
    columns: list[Column[Any]] = [
        Column("企业", lambda row: ThingRef("Enterprise", "a", row["name"]), "thing", lambda _: "青岛"),
        Column("产品", lambda _: "件", "thing", lambda _: "环节甲", apart="环节"),
        Column("状态", lambda _: State.missing, "state", lambda _: "不说"),
        Column("份额", lambda _: Number(0.5, "一半"), "share"),
        Column("本地企业", lambda _: [Named(id=name, name=name) for name in "甲乙丙丁"], "firms"),
        Column("为什么", lambda _: ["一", "二"], "lines"),
        Column("图", lambda _: "只在页面", on="page"),
        Column("编号", lambda _: "a", on="text"),
        Column("去看", lambda _: Ask("targets", "招商名录", {"chain": "c"}), "ask"),
        Column("来源", lambda _: SourceRef("s", "第 1 页"), "source"),
    ]
    table = Table("t", "表", columns, [{"name": "甲"}])
    heads, rows = texts(table, {"s": "名录"}, file=True)
    assert heads == ["企业", "产品", "环节", "状态", "份额", "本地企业", "为什么", "编号", "来源"]
    assert list(rows) == [
        ["甲 青岛", "件", "环节甲", "缺链", "一半", "4 甲、乙、丙 等 4 家", "一;二", "a", "名录 第 1 页"]
    ]
    (row,) = draw(table, table.items, SiteLinks("sample"), {"s": "名录"})
    assert [(cell.text, cell.extra) for cell in row[:2]] == [("甲", "青岛"), ("件", "环节甲")]
    assert [cell.text for cell in row[2:]] == ["缺链", "一半", "4", "一\n二", "只在页面", "招商名录", "名录"]
    hrefs = [cell.href for cell in row if cell.href]
    assert hrefs == ["/enterprises/a?without=sample", "/chains/c/targets?without=sample", "/sources/s?without=sample"]


def test_the_terminal_has_no_room_for_all_that_a_file_tells() -> None:
    columns: list[Column[Any]] = [
        Column("企业", lambda row: ThingRef("Enterprise", "a", row), "thing", lambda _: "a", apart="编号"),
        Column("区域", lambda _: "青岛", on="wide"),
        Column("看过", lambda _: Folded("看过 5 家", [*"甲乙丙丁戊"]), "lines"),
        Column("来源", lambda _: SourceRef("s", "第 1 页"), "source"),
    ]
    table = Table("t", "表", columns, ["甲"])
    for file, told in (
        (True, (["企业", "编号", "区域", "看过", "来源"], [["甲", "a", "青岛", "看过 5 家：甲；乙；丙；丁；戊", "s"]])),
        (False, (["企业", "看过", "来源"], [["甲 a", "看过 5 家：甲；乙；丙；…", "s"]])),
    ):
        heads, rows = texts(table, {}, file=file)
        assert (heads, list(rows)) == told
    assert [column.head for column in table.on_pages] == ["企业", "区域", "看过", "来源"]


def test_questions_read_field_by_field_name_every_field() -> None:
    """A field that the model gains is read here too."""
    firm = {name for name in NODE_TYPES["Enterprise"].model_fields if name not in PLAIN} | {"id", "name"}
    for question, type_name in (
        ("chain_firms", "ON_CHAIN"),
        ("enterprise_suppliers", "SUPPLIES"),
        ("enterprise_customers", "SUPPLIES"),
    ):
        # what a supply is worth is in no answer: viewers may have to do without it
        relation = {name for name in EDGE_TYPES[type_name].model_fields if name not in (*PLAIN, "amount")} | {
            "status",
            "source",
            "place",
        }
        read = set(re.findall(r" AS (\w+)", text_of(question)))
        assert read == firm | {f"relation_{name}" for name in relation}, question


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
@pytest.mark.parametrize("rest", ["cmd|' /C calc'!A0", "1+cmd|' /C calc'!A0", "HYPERLINK(1)"])
def test_nothing_that_a_spreadsheet_would_run_begins_a_cell(sign: str, rest: str) -> None:
    """Neither in the files of the pages nor in those of the command."""
    for text in (write_csv(["甲"], [[sign + rest]]).removeprefix("\ufeff"), csv_of(["甲"], [[sign + rest]])):
        (cell,) = list(csv.reader(io.StringIO(text, newline="")))[1]
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_a_file_says_that_it_is_utf_8() -> None:
    assert write_csv(["企业"], []).encode().startswith(b"\xef\xbb\xbf"), "Excel takes it for GBK otherwise"


NUMBERS = ("7", "", "10", "9", None, "x 10", "x 2")


@pytest.mark.parametrize("down", [False, True])
def test_rows_that_say_nothing_stand_last_whichever_way_a_table_is_sorted(down: bool) -> None:
    columns: list[Column[Any]] = [
        Column("名", lambda pair: f"第{pair[0]}"),
        Column("数", lambda pair: pair[1], sort=lambda pair: pair[1]),
    ]
    table = Table("t", "表", columns, list(enumerate(NUMBERS)))
    page = turn_to(table, TableAsk(sort="-1" if down else "1"), NoLinks(), {}, lambda *_, **__: "", 100)
    said = [row[1].text for row in page.rows]
    filled = ["7", "9", "10", "x 2", "x 10"]
    assert said == [*(filled[::-1] if down else filled), "", ""]


def test_a_search_wants_every_word_and_its_pages_keep_it() -> None:
    names = [f"{city}{kind}{number}" for city in ("青岛", "济南") for kind in ("电机", "电池") for number in range(5)]
    table, address = Table("t", "表", [Column("名", str)], names), SiteLinks("sample").page
    page = turn_to(
        table, TableAsk(find="电机 青岛", page=9), SiteLinks(), {}, lambda _table, **state: address("/x", **state), 2
    )
    assert (page.found, page.pages, page.number, [row[0].text for row in page.rows]) == (5, 3, 3, ["青岛电机4"])
    assert page.page_address(2) == page.address("t", page=2, sort="", find="电机 青岛")


def test_a_cell_counts_all_that_it_does_not_name() -> None:
    assert show_names(["甲", "乙", "丙"], 2) == "甲、乙 等 3 家"
    assert show_names(["甲", "乙"], 2) == "甲、乙"


def test_amounts_are_told_in_their_size() -> None:
    told = {
        (value, unit): show_amount(value, unit)
        for value in (9_999.0, 10_000.0, 12_000_000.0, 1e8, -2.5e8)
        for unit in ("元", "台")
    }
    assert [told[value, "元"] for value in (9_999.0, 10_000.0, 12_000_000.0, 1e8, -2.5e8)] == [
        "9,999 元",
        "1 万元",
        "1,200 万元",
        "1 亿元",
        "-2.5 亿元",
    ]
    assert told[1e8, "台"] == "100,000,000 台"


def said(table: Table[Any], column: str) -> list[tuple[str, str, str]]:
    """What the cells of a column say: the text, the smaller text, and as what it is shown."""
    place = [shown.head for shown in table.on_pages].index(column)
    rows = draw(table, table.items, SiteLinks(), {"s": "名录"})
    return [(row[place].text, row[place].extra, row[place].kind) for row in rows]


PROOF: dict[str, Any] = {"status": "sample", "source": "s"}


def test_a_published_figure_keeps_its_words() -> None:
    item = {
        "metric": "产值",
        "value": 2.5e8,
        "unit": "元",
        "qualifier": "以上",
        "original": "2.5 亿元以上",
        "scope": "规上",
        "as_of": "2025",
        **PROOF,
    }
    table = table_statements([item])
    for column, text, extra in (
        ("数值", "2.5 亿元", "以上"),
        ("原文", "2.5 亿元以上", ""),
        ("口径", "规上", ""),
        ("时点", "2025", ""),
    ):
        assert said(table, column)[0][:2] == (text, extra)


def test_a_segment_names_what_it_feeds() -> None:
    flow = Flow(upstream="a", downstream="b", **PROOF)
    segments = [SegmentView(id=id, name=f"环节{id}", tier="上游", products=[], enterprises=[], **PROOF) for id in "ab"]
    view = ChainView(
        chain={}, segments=segments, feeds=[flow], inputs=[], leaders=[], members=[], statements=[], supplies=[]
    )
    table = next(table for table in tables_of_chain(view, []) if table.id == "segments")
    assert [text for text, _, _ in said(table, "供给到")] == ["环节b", ""]


def test_better_is_not_shown_as_worse() -> None:
    moves = [(50.0, 70.0), (70.0, 50.0), (50.0, 50.0), (None, 50.0)]
    changes = [
        PlaceChange(
            label="Product",
            id="p",
            name="件",
            before="弱链",
            after="弱链",
            score_before=before,
            score_after=after,
            parts=[],
        )
        for before, after in moves
    ]
    none: dict[str, Any] = {"segments": []}
    side = Side.model_construct(**none)
    parts: dict[str, Any] = {
        "changes": changes,
        "before": side,
        "after": side,
        "gaps_closed": [],
        "gaps_opened": [],
        "reached": [],
        "unseen": [],
    }
    table = tables_of_what_if(WhatIf.model_construct(**parts))["products"]
    assert [(text, kind) for text, _, kind in said(table, "紧要增减")] == [
        ("+20", "worse"),
        ("-20", "better"),
        ("不变", "number"),
        ("", "text"),
    ]


@pytest.mark.parametrize(("essential", "told"), [(True, "必需"), (False, "可替代"), (None, "")])
def test_a_certificate_s_tables_say_what_it_says(essential: bool | None, told: str) -> None:
    demand = Demand(
        kind="投入", product="件", who=[Named(id="a", name="甲")], into="整机", essential=essential, **PROOF
    )
    candidates = [
        Candidate(firm=Named(id=str(fills), name="甲"), region="青岛", fills=fills, why="因为", evidence=[], **PROOF)
        for fills in (True, False)
    ]
    parts: dict[str, Any] = {"needed_by": [demand], "candidates": candidates, "more_candidates": 3}
    parts |= {"looked_through": [], "rules": [], "sources": []}
    answer = Certificate.model_construct(**parts)
    tables = tables_of_certificate(answer)
    assert said(tables["needed"], "用来生产") == [("整机", told, "text")]
    assert said(tables["candidates"], "能否填补") == [("能", "", "yes"), ("不能", "", "no")]
    assert (tables["candidates"].note, tables["candidates"].count) == ("另有 3 家没有列出。", 5)


def test_the_share_of_a_portfolio_is_that_of_all_gaps() -> None:
    curve = [
        CurvePoint(most=1, closed=25.0, bound=30.0, method="greedy"),
        CurvePoint(most=2, closed=40.0, bound=40.0, method="exact"),
    ]
    parts: dict[str, Any] = {
        "curve": curve,
        "weight": 100.0,
        "closable": 50.0,
        "targets": [],
        "unclosable": [],
        "unknown": {},
    }
    table = tables_of_portfolio(Portfolio.model_construct(**parts))["curve"]
    assert [text for text, _, _ in said(table, "占全部缺口")] == ["25.0%", "40.0%"]


def test_the_name_of_a_file_is_one_that_every_system_takes() -> None:
    assert file_name("甲-乙", []) == "甲-乙"
    assert file_name("甲/乙", ["张三 14:50", "含“a*?<b>”"]) == "甲-乙（张三 14：50；含“a ？ b ”）"
    long = file_name("名" * 50, ["长" * 200])
    assert (len(long.encode()) <= 240, long[-1]) == (True, "…")


def test_every_table_of_a_page_is_handed_on(client: TestClient) -> None:
    chain = "/chains/integrated-circuits"
    pages = (chain, f"{chain}/desk", f"{chain}/targets", f"{chain}/opportunities", f"{chain}/what-if", "/projects",
             "/enterprises", "/needs", "/leaders", "/clusters", "/dashboard", "/figures", "/sources", "/portfolio",
             "/ledger", "/review", "/enterprises/haier", "/search?q=海尔", "/match?q=电机")  # fmt: skip
    seen = 0
    for page in pages:
        links = re.findall(r'href="([^"]+format=csv[^"]*)"', client.get(page).text)
        seen += len(links)
        for address in map(unescape, links):
            assert client.get(address).headers["content-type"] == "text/csv; charset=utf-8", address
    assert seen > 30


def test_a_field_of_another_source_is_cut_at_the_right_marks() -> None:
    assert _split("uscc|来源|甲|乙|reported") == ("uscc", "来源|甲|乙", "reported")
    thing = {
        "_label": "Enterprise",
        "id": "a",
        "name": "甲",
        "uscc": "91",
        "stock_code": "1",
        "field_sources": ["uscc|s|sample"],
        **PROOF,
    }
    facts = {fact.zh: fact.trust for fact in facts_of(thing, ("sample",))}
    assert facts["统一社会信用代码"] is not None
    assert facts["股票代码"] is None
    assert "统一社会信用代码" not in {fact.zh for fact in facts_of(thing, ("confirmed",))}


def test_a_table_is_narrowed_column_by_column_in_chosen_columns_and_handed_on(seeded_store: Store) -> None:
    client = TestClient(create_app(seeded_store, Settings()))
    whole = client.get("/needs?table=needs").text
    assert 'value="2:可卡位入链"' in whole
    assert client.get("/needs?table=needs").text.count("<tr>") - 1 == 50  # a page
    narrow = {"table": "needs", "only": ["2:可卡位入链", "0:高端化工"], "column": ["0", "1"]}
    page = client.get("/needs", params=narrow).text
    assert "本地为“可卡位入链”" in page
    heads = re.findall(r"<th scope=.*?</th>", page)
    assert [re.sub("<[^>]+>", "", head) for head in heads] == ["产业链", "产品(服务)"]
    rows = list(csv.reader(io.StringIO(client.get("/needs", params=narrow | {"format": "csv"}).text.lstrip("\ufeff"))))
    told = unquote(client.get("/needs", params=narrow | {"format": "csv"}).headers["content-disposition"])
    assert re.search(
        r"''\S+（本机用户 导出于 \d{4}-\d\d-\d\d \d\d：\d\d；依据：全部；数据截至 [\d-]+；只列本地为“可卡位", told
    )
    needs = client.get("/api/v1/needs", params={"met": "可卡位入链"}).json()["needs"]
    wanted = [need["product"] for need in needs if need["chain"]["name"] == "高端化工"]
    assert rows[0] == ["产业链", "产品(服务)"]
    assert [row[1] for row in rows[1:]] == wanted
    assert wanted
    book = openpyxl.load_workbook(io.BytesIO(client.get("/needs", params=narrow | {"format": "xlsx"}).content))
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert "本机用户 导出于" in cells[1][0]
    assert "依据：全部" in cells[1][0]
    assert f"只列本地为“可卡位入链”，产业链为“高端化工”的，共 {len(wanted)} 行" in cells[2][0]
    assert [row[1] for row in cells if row[0] == "高端化工"] == wanted
    scoped = client.get("/needs", params={"table": "needs", "format": "xlsx", "without": "sample"})
    assert "依据：不含示例" in openpyxl.load_workbook(io.BytesIO(scoped.content)).active["A2"].value
    assert client.get("/needs?table=needs&only=x:y&only=99:z&column=77").status_code == 200


def drawn(rows: list[dict[str, Any]], **more: Any) -> Any:
    """A table of a name, a place, a number, a status and a source, as a page draws it."""
    columns: list[Column[Any]] = [
        Column("名称", lambda row: row["name"]),
        Column("所在", lambda row: row.get("place", "")),
        Column("家数", lambda row: row.get("count", 1), "number"),
        Column("状态", lambda row: row.get("status", "sample"), "status"),
        Column("来源", lambda row: SourceRef(row.get("source", "s"), row.get("at", "")), "source"),
    ]
    return draw_table(Table("t", "表", columns, rows), SiteLinks(), {"s": "一篇报道"}, **more)


def test_what_every_row_would_repeat_is_said_once() -> None:
    table = drawn([{"name": "甲", "place": "青岛"}, {"name": "乙", "place": "即墨"}])
    assert [column.head for column in table.columns] == ["名称", "所在", "家数"]
    assert [(head, cell.text) for head, cell in table.once] == [("状态", "示例"), ("来源", "一篇报道")]
    assert [[cell.text for cell in row] for row in table.rows] == [["甲", "青岛", "1"], ["乙", "即墨", "1"]]


def test_of_one_source_each_row_keeps_its_place() -> None:
    table = drawn([{"name": "甲", "at": "第 1 段"}, {"name": "乙", "at": "第 2 段"}])
    assert [cell.text for _, cell in table.once] == ["示例", "一篇报道"]
    assert [row[-1].text for row in table.rows] == ["第 1 段", "第 2 段"]
    assert {row[-1].href for row in table.rows} == {"/sources/s"}


def test_what_differs_stays_in_the_rows_and_what_says_nothing_is_not_drawn() -> None:
    table = drawn([{"name": "甲", "status": "curated"}, {"name": "乙", "source": "t"}])
    assert [column.head for column in table.columns] == ["名称", "家数", "状态", "来源"]
    assert table.once == []
    assert [column.place for column in table.columns] == [0, 2, 3, 4]  # as addresses name them
    assert [column.bare for column in table.columns] == [False, True, False, False]


def test_few_rows_may_say_the_same_word_and_many_say_it_once() -> None:
    few, many = (drawn([{"name": str(number), "place": "青岛"} for number in range(rows)]) for rows in (3, 4))
    assert "所在" in [column.head for column in few.columns]
    assert ("所在", "青岛") in [(head, cell.text) for head, cell in many.once]
    assert "家数" in [column.head for column in many.columns]  # numbers are compared, also where they are alike


def test_of_a_table_that_is_cut_nothing_is_said_of_every_row() -> None:
    rows = [{"name": str(number)} for number in range(5)]
    assert drawn(rows, most=4).once == []
    assert drawn(rows, whole=True).once == []
    assert len(drawn(rows, whole=True).columns) == 5


def test_a_lone_row_and_none_are_drawn() -> None:
    assert [column.head for column in drawn([{"name": "甲"}]).columns] == ["名称", "家数", "状态", "来源"]
    assert drawn([]).rows == []

"""The four lists and the ledger as they are handed out: command, route, page, and a workbook that needs no mending."""

import csv
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import openpyxl
import pytest
from fastapi.testclient import TestClient
from gap_parts import firm, put
from test_cli import run
from test_gap_pages import rows_of, text_of
from test_pages import addresses
from view_parts import under

from api.app import create_app
from api.openings.workbooks import HEAD_ROW, make_workbook
from graph.settings import Settings
from graph.stores import Store, open_store
from queries.core.answers import Named
from queries.names.search import find_enterprise
from queries.openings.answers import LISTS, Met
from queries.openings.glance import at_a_glance
from queries.openings.lists import chain_opportunities, leader_opportunities

CHAIN = "smart-appliances"
LEADER = "示例智慧家电集团有限公司"
EVIL = "<script>alert(1)</script>"


@pytest.fixture
def odd_client(tmp_path: Path) -> TestClient:
    """A client over a chain and firms of hostile names."""
    store = open_store(f"ladybug://{tmp_path}/odd.lbug")
    firms = [firm("f/1 ?") | {"name": f"{EVIL}甲"}, firm("f/2", products="chip") | {"name": f"{EVIL}乙"}]
    put(
        store, tmp_path / "in", chains=[{"id": "odd/链?", "name": EVIL, "region": "city"}], enterprises=firms,
        segments=[{"id": "seg", "name": f"{EVIL}环节", "chain": "odd/链?"}], products=[{"id": "chip", "name": f"{EVIL}件", "segments": "seg"}],
        input_to=[], leads=[{"enterprise": "f/1 ?", "chain": "odd/链?"}], needs=[{"enterprise": "f/1 ?", "product": "chip", "note": EVIL}],
        matched=[{"supplier": "f/2", "customer": "f/1 ?", "product": "chip", "stage": "放弃", "by": EVIL, "note": EVIL}],
        recommends=[{"enterprise": "f/1 ?", "partner": "f/2", "note": "+1|cmd!A1"}],
    )  # fmt: skip
    return TestClient(create_app(store, Settings()))


def test_command_and_route_give_one_answer(seeded_store_url: str, client: TestClient) -> None:
    printed = json.loads(
        run("opportunities", "--leader", "示例智慧家电", "--format", "json", store=seeded_store_url).stdout
    )
    assert client.get(f"/api/v1/enterprises/{LEADER}/opportunities").json() == printed
    assert {title: isinstance(printed[title], list) for title in LISTS.values()} == dict.fromkeys(LISTS.values(), True)
    assert printed["leaders"][0]["name"] == LEADER
    row = printed["可采购产品(服务)"][0]
    assert {"product", "firm", "why", "against", "confidence", "status", "source"} <= set(row)
    chain = json.loads(run("opportunities", "--chain", "znjd", "--format", "json", store=seeded_store_url).stdout)
    assert client.get(f"/api/v1/chains/{CHAIN}/opportunities").json() == chain
    assert client.get("/api/v1/chains/智能家电/opportunities").json() == chain


REGIONS = {
    "济南": [("land", "山东省", ""), ("city", "济南市", "land")],
    "青": [("land", "山东省", ""), ("top", "青岛市", "land"), ("city", "崂山区", "top")],
    "北京": [("land", "中国", ""), ("city", "北京市", "land")],
    "示例城": [("land", "示例国", ""), ("city", "示例城", "land")],
    "本地": [("land", "A/B", ""), ("city", "A/B:C", "land")],
}


@pytest.mark.parametrize("here", REGIONS)
def test_the_lists_of_another_city_say_where_they_are_of(here: str, tmp_path: Path) -> None:
    regions = [{"id": id, "name": name, "parent": parent} for id, name, parent in REGIONS[here]]
    leader, store = firm("boss", region="city") | {"name": "示例链主公司"}, open_store(f"ladybug://{tmp_path}/g.lbug")
    put(
        store, tmp_path / "in", regions=regions, enterprises=[leader, firm("user", region="city")], leads=[{"enterprise": "boss", "chain": "demo"}],
        offers=[{"enterprise": "boss", "product": "chip"}], needs=[{"enterprise": "user", "product": "chip"}],
    )  # fmt: skip
    title, client = f"在{here}可提供产品(服务)", TestClient(create_app(store, Settings()))
    told = client.get("/api/v1/chains/demo/opportunities").json()
    assert [key for key, value in told.items() if isinstance(value, list) and key.startswith("在")] == [title]
    assert [row["firm"]["id"] for row in told[title]] == ["user"]
    assert f"<b>{title}</b>" in client.get("/chains/demo/opportunities").text
    book = openpyxl.load_workbook(io.BytesIO(client.get("/chains/demo/opportunities.xlsx").content))
    assert book.sheetnames == [title, *[*LISTS.values()][1:]]
    assert any(f"链主没有登记{name}" in note for note in told["notes"] for name in ("可采购产品(服务)",))


def test_english_keys_by_command_and_route(seeded_store_url: str, client: TestClient) -> None:
    chinese = client.get(f"/api/v1/enterprises/{LEADER}/opportunities").json()
    english = client.get(f"/api/v1/enterprises/{LEADER}/opportunities?keys=en").json()
    assert english == {
        next((name for name, title in LISTS.items() if title == key), key): value for key, value in chinese.items()
    }
    assert set(LISTS) <= set(english)
    assert set(LISTS.values()) <= set(chinese)
    printed = run("opportunities", "--leader", LEADER, "--keys", "en", "--format", "json", store=seeded_store_url)
    assert json.loads(printed.stdout) == english
    assert client.get(f"/api/v1/enterprises/{LEADER}/opportunities?keys=fr").status_code == 422
    shape = client.get("/openapi.json").json()["components"]["schemas"]["Opportunities"]["properties"]
    assert {*LISTS.values(), "leaders"} <= set(shape)
    assert {"here", "keys"}.isdisjoint(shape)


def test_no_row_of_a_list_stands_twice(seeded_store: Store) -> None:
    for chain in (CHAIN, "integrated-circuits", "new-energy-vehicles"):
        for rows in chain_opportunities(under(seeded_store), Named(id=chain, name=chain)).lists().values():
            keys = [(row.leader.id, row.party.id, row.product, row.firm and row.firm.id, row.computed) for row in rows]
            assert len(set(keys)) == len(keys), chain


def test_command_on_the_server(neo4j_env: dict[str, str], seeded_store_url: str) -> None:
    arguments = ("opportunities", "--chain", "新能源汽车", "--format", "json")
    served, wanted = (
        json.loads(run(*arguments, store=url, check=0, **environment).stdout)
        for url, environment in ((neo4j_env["LIANZHANG_STORE"], neo4j_env), (seeded_store_url, {}))
    )
    assert served | {"data_date": None} == wanted | {"data_date": None}


def test_table_and_csv(seeded_store_url: str) -> None:
    done = run("opportunities", "--leader", "示例新能源汽车", store=seeded_store_url)
    assert "车规级碳化硅功率模" in done.stdout  # a narrow cell
    assert "在青可提供产品(服务)：没有" in done.stderr
    rows = list(
        csv.DictReader(
            io.StringIO(run("opportunities", "--chain", CHAIN, "--format", "csv", store=seeded_store_url).stdout)
        )
    )
    assert {row["清单"] for row in rows} == set(LISTS.values())
    assert all(row["为什么"] and row["状态"] and row["来源"] for row in rows)
    looked = [row["看过的本地企业"] for row in rows if "没有合适的本地企业" in row["为什么"]]
    assert any("海联金汇科技股份有限公司：在本环节" in firms and firms.count("；") > 10 for firms in looked)
    assert ";…" not in "".join(looked)
    assert "…" in run("opportunities", "--chain", CHAIN, store=seeded_store_url).stdout
    assert {row["台账"] for row in rows} >= {"", "推荐"}  # an empty cell is empty


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, "要写且只写一个"),
        (["--leader", LEADER, "--chain", CHAIN], 2, "要写且只写一个"),
        (["--leader", "没有这家"], 1, "图中没有企业"),
        (["--leader", "青岛海"], 1, "相近的有"),
        (["--chain", "没有这条"], 1, "图中没有产业链"),
        (["--chain", CHAIN, "--xlsx", "a.csv"], 1, "应以 .xlsx 结尾"),
        (["--leader", LEADER, "--without", "sample"], 1, "已被隐藏"),
    ],
)
def test_what_cannot_be_asked(seeded_store_url: str, arguments: list[str], code: int, message: str) -> None:
    done = run("opportunities", *arguments, store=seeded_store_url, check=code)
    assert message in done.stderr
    assert done.stdout == ""


def test_a_name_of_two_firms_lists_them(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    put(
        open_store(url), tmp_path / "in", enterprises=[firm("a", short_name="同名"), firm("b", short_name="同名")]
    ).close()
    done = run("opportunities", "--leader", "同名", store=url, check=1)
    assert "示例a号公司（a）、示例b号公司（b）" in done.stderr


def test_routes_answer_for_what_is_not_there(client: TestClient) -> None:
    for path in ("chains/没有/opportunities", "enterprises/没有/opportunities", "ledger?firm=没有"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    both = client.get("/api/v1/ledger", params={"leader": LEADER, "chain": CHAIN})
    assert (both.status_code, "只能选一个" in both.json()["detail"]) == (422, True)
    ledger = client.get("/api/v1/ledger", params={"leader": LEADER}).json()
    assert sum(ledger["counts"].values()) == len(ledger["matches"]) == 3


def workbook(store: Store, leader: str) -> bytes:
    return make_workbook(leader_opportunities(under(store), find_enterprise(under(store), leader)))


def test_a_workbook_has_a_sheet_for_each_list_ready_to_print(seeded_store: Store) -> None:
    answer = chain_opportunities(under(seeded_store), Named(id=CHAIN, name="智能家电"))
    book = openpyxl.load_workbook(io.BytesIO(make_workbook(answer)))
    assert book.sheetnames == [*LISTS.values()]
    for title, rows in answer.lists().items():
        page = book[title]
        assert page["A1"].value == f"智能家电产业链: {title}"
        assert f"截至 {answer.as_of}；数据录入至 {answer.data_date}；规则 {answer.rule_version}" in page["A2"].value
        assert page["A3"].value.startswith(f"数据状态：本表 {len(rows)} 行")
        assert "示例（虚构）" in page["A4"].value
        heads = [cell.value for cell in page[HEAD_ROW + 1]]
        assert {"产品(服务)", "为什么", "不利之处", "可信度", "状态", "来源"} <= set(heads)
        body = list(page.iter_rows(min_row=HEAD_ROW + 2, max_row=HEAD_ROW + 1 + len(rows), values_only=True))
        for row, cells in zip(rows, body, strict=True):
            shown = dict(zip(heads, cells, strict=True))
            assert (shown["产品(服务)"], shown["可信度"], shown["为什么"]) == (
                row.product,
                row.confidence,
                "\n".join(row.grounds()),
            )
            assert row.grounds() == [text for text in row.why if text != f"环节：{shown['环节']}"]
        whole = [
            str(cell.value) for (cell,) in page.iter_rows(min_row=HEAD_ROW + 2 + len(rows), max_col=1) if cell.value
        ]
        assert {"须知", "来源", "数据状态的意思"} <= set(whole)
        assert all(any(source.name in line for line in whole) for source in answer.sources)
        assert page.page_setup.orientation == "landscape"
        assert (
            page.page_setup.paperSize,
            page.page_setup.fitToHeight,
            page.sheet_properties.pageSetUpPr.fitToPage,
        ) == (9, 0, True)
        assert page.print_title_rows == f"${HEAD_ROW + 1}:${HEAD_ROW + 1}"
        assert page.print_area.endswith(f"$1:${openpyxl.utils.get_column_letter(len(heads))}${page.max_row}")
        assert page.freeze_panes == f"A{HEAD_ROW + 2}"
        assert "第 &P 页" in page.oddFooter.center.text
        widths = [
            page.column_dimensions[openpyxl.utils.get_column_letter(number)].width
            for number in range(1, len(heads) + 1)
        ]
        assert min(widths) >= 6
        assert sum(widths) < 210  # on a page of A4 lying that is 7 points or more
        assert all(any(row) for row in zip(*body, strict=True)) or not rows  # no empty column
        assert all(
            page.row_dimensions[number].height <= 409
            for number in range(1, page.max_row + 1)
            if page.row_dimensions[number].height
        )


def test_whose_row_it_is_stands_where_it_is_not_the_leader_s_own(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firms = [firm("boss"), firm("child", parent="boss"), firm("a", products="chip")]
    put(
        store,
        tmp_path / "in",
        enterprises=firms,
        leads=[{"enterprise": "boss", "chain": "demo"}],
        needs=[{"enterprise": "child", "product": "chip"}],
    )
    page = openpyxl.load_workbook(io.BytesIO(workbook(store, "boss")))["可采购产品(服务)"]
    assert page.cell(HEAD_ROW + 1, 1).value == "链主(或集团内企业)"
    assert page.cell(HEAD_ROW + 2, 1).value == "示例child号公司"
    shown = TestClient(create_app(store, Settings())).get("/enterprises/boss/opportunities").text
    assert "示例child号公司" in text_of(rows_of(shown, "needs")[0])


def test_firms_looked_at_are_cut_to_what_a_row_can_show(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    makers = [
        {"id": f"p{number}", "name": f"{'很长的产品名称' * 3}{number}", "segments": "demo.part"} for number in range(5)
    ]
    firms = [firm("boss"), *(firm(f"f{number}", products="p0;p1;p2;p3;p4") for number in range(9))]
    put(
        store, tmp_path / "in", enterprises=firms, products=[*makers, {"id": "chip", "name": "芯片件", "segments": "demo.part"}], input_to=[],
        leads=[{"enterprise": "boss", "chain": "demo"}], needs=[{"enterprise": "boss", "product": "chip"}],
    )  # fmt: skip
    page = openpyxl.load_workbook(io.BytesIO(workbook(store, "boss")))["建议招引企业"]
    heads = [cell.value for cell in page[HEAD_ROW + 1]]
    told = page.cell(HEAD_ROW + 2, heads.index("看过的本地企业") + 1).value
    assert 1 < len(told.split("\n")) < 9
    assert told.endswith("…共看过 9 家")
    assert page.row_dimensions[HEAD_ROW + 2].height < 405


def test_a_workbook_is_whole_and_runs_nothing(odd_client: TestClient, seeded_store: Store) -> None:
    sent = odd_client.get(f"/enterprises/{quote('f/1 ?', safe='')}/opportunities.xlsx")
    assert sent.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert sent.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%8D%A1")
    for content in (sent.content, workbook(seeded_store, LEADER)):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert parts.testzip() is None
            for name in parts.namelist():
                ElementTree.fromstring(parts.read(name))
                assert b"<f>" not in parts.read(name)
                assert b"<hyperlink" not in parts.read(name)
    page = openpyxl.load_workbook(io.BytesIO(sent.content))["建议招引企业"]
    assert any("+1|cmd!A1" in str(cell.value) and cell.data_type == "s" for row in page.iter_rows() for cell in row)
    assert workbook(seeded_store, LEADER) == workbook(seeded_store, LEADER)


def test_an_empty_list_says_so_on_its_sheet(tmp_path: Path) -> None:
    store = put(
        open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path / "in", enterprises=[firm("a") | {"name": "A&B 公司"}]
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook(store, "a")))
    for title in leader_opportunities(under(store), find_enterprise(under(store), "a")).titles.values():
        assert book[title].cell(HEAD_ROW + 2, 1).value == f"{title}：图中没有可列的行。没有登记不等于没有。"
        assert book[title].oddFooter.left.text.startswith("A&&B 公司")


def test_the_command_writes_the_workbook(seeded_store_url: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "清单.xlsx"
    done = run("opportunities", "--leader", LEADER, "--xlsx", str(out), "--format", "json", store=seeded_store_url)
    assert json.loads(done.stdout)["label"] == "Enterprise"
    assert "已写到" in done.stderr
    assert openpyxl.load_workbook(out).sheetnames == [*LISTS.values()]


def test_the_page_shows_every_row_with_its_grounds(client: TestClient, seeded_store: Store) -> None:
    answer = chain_opportunities(under(seeded_store), Named(id=CHAIN, name="智能家电"))
    page = client.get(f"/chains/{CHAIN}/opportunities").text
    text = text_of(page)
    for name in LISTS:
        rows = rows_of(page, name)
        once = page.split(f'id="table-{name}"')[0].rsplit('class="block-head"')[-1]
        whole = getattr(answer, name)
        assert len(rows) == min(100, len(whole)), name  # the others are on the table's own page
        for row, shown in zip(whole[:100], rows, strict=True):
            told = text_of(shown)
            assert all(reason in told for reason in (*row.why, *row.against) if not reason.startswith("环节："))
            assert all(segment in told for segment in row.segments)
            assert 'class="status status-' in shown + once
            assert 'class="source"' in shown or 'href="/sources/' in once
            assert all(candidate.why in told for candidate in row.candidates) or name == "partners"
    assert all(note in text for note in answer.notes)
    assert "不可引用" in text
    assert f'href="/chains/{CHAIN}/opportunities.xlsx"' in page
    for address in addresses(page).found:
        # the switch may hide a leader
        if not address.endswith(("without=sample", "without=sample%2Ccurated%2Cinferred")):
            assert address.startswith("#") or client.get(address).status_code == 200, address


def test_needs_at_a_glance(client: TestClient, seeded_store: Store) -> None:
    answer = leader_opportunities(under(seeded_store), find_enterprise(under(seeded_store), LEADER))
    glance = at_a_glance(answer.needs)
    by_state = {
        met.code: {
            need.product: (len(need.able), len(need.supplying), need.recorded) for need in glance if need.met is met
        }
        for met in Met
    }
    assert by_state["able"]["智能功率模块"] == (2, 0, True)
    assert by_state["supplied"]["电子膨胀阀"] == (0, 1, True)
    assert by_state["none"]["真空绝热板"] == (0, 0, True)
    guessed = [product for product, (*_, recorded) in by_state["none"].items() if not recorded]
    assert {"家用制冷剂", "NTC温度传感器"} <= {*guessed}
    page = client.get(f"/enterprises/{LEADER}/opportunities").text
    assert unescape(re.findall(r'<div class="none">.*?</div>', page, re.DOTALL)[0]).count("chip guessed") == len(
        guessed
    )


def test_needs_are_a_question_too(client: TestClient, seeded_store: Store, seeded_store_url: str) -> None:
    answer = client.get(f"/api/v1/enterprises/{LEADER}/needs").json()["items"]
    by_product = {need["product"]: need for need in answer}
    assert (by_product["智能功率模块"]["met"], by_product["智能功率模块"]["met_code"]) == ("可卡位入链", "able")
    assert len(by_product["智能功率模块"]["able"]) == 2
    assert json.loads(run("needs", "--leader", LEADER, "--format", "json", store=seeded_store_url).stdout) == answer
    assert run("needs", "--leader", LEADER, "--format", "csv", store=seeded_store_url).stdout.startswith(
        "产品(服务),本地,谁要买,可卡位的企业,"
    )
    assert client.get(f"/api/v1/chains/{CHAIN}/needs").status_code == 200


def test_a_firm_that_is_nowhere_known_takes_no_place_at_a_glance(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    put(
        store,
        tmp_path / "in",
        enterprises=[firm("boss"), firm("lost", region="", products="chip")],
        leads=[{"enterprise": "boss", "chain": "demo"}],
        needs=[{"enterprise": "boss", "product": "chip"}],
    )
    glance = at_a_glance(leader_opportunities(under(store), find_enterprise(under(store), "boss")).needs)
    assert [(need.product, need.met, need.able, need.supplying) for need in glance] == [("芯片件", Met.none, [], [])]


def test_pages_link_to_the_lists_and_the_lists_back(client: TestClient, seeded_store: Store) -> None:
    assert f'href="/chains/{CHAIN}/opportunities"' in client.get(f"/chains/{CHAIN}").text
    leader = find_enterprise(under(seeded_store), LEADER).id
    assert f'href="/enterprises/{leader}/opportunities"' in client.get(f"/enterprises/{leader}").text
    hidden = client.get(f"/chains/{CHAIN}/opportunities?without=sample").text
    assert "示例" not in " ".join(rows_of(hidden, "needs"))
    assert f'href="/chains/{CHAIN}/opportunities.xlsx?without=sample"' in hidden
    assert client.get(f"/enterprises/{leader}/opportunities?without=sample").status_code == 404


def test_the_ledger_is_a_line_of_dated_steps(client: TestClient) -> None:
    page = client.get("/ledger").text
    rows = rows_of(page, "matches")
    assert len(rows) == 7
    dropped = next(row for row in rows if "示例外地压缩机有限公司" in row)
    dates = re.findall(r"<span>(\d{4}-\d\d-\d\d)</span>", dropped)
    assert dates == sorted(dates) == ["2022-04-06", "2022-04-15", "2022-04-28", "2022-05-30", "2022-07-05"]
    assert "运距与交期不合要求" in dropped
    assert "放弃没有写原因" in next(row for row in rows if "城市配送" in row)
    assert len(rows_of(client.get("/ledger", params={"leader": LEADER}).text, "matches")) == 3
    assert "没有这样的匹配" in client.get("/ledger", params={"firm": "青岛海尔模具有限公司"}).text
    assert client.get("/ledger", params={"firm": "没有这家"}).status_code == 404


def test_names_are_escaped(odd_client: TestClient) -> None:
    chain, leader = quote("odd/链?", safe=""), quote("f/1 ?", safe="")
    for path in (
        f"/chains/{chain}/opportunities",
        f"/enterprises/{leader}/opportunities",
        "/ledger",
        f"/ledger?leader={leader}",
    ):
        answer = odd_client.get(path)
        assert answer.status_code == 200, path
        assert EVIL not in answer.text
        assert "alert(1)" in answer.text

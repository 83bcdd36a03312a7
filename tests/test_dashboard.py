"""The city at a glance, on both stores, by hand on made-up rows: every number, and what is left out."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from gap_parts import TODAY, firm, look, put
from test_cli import run
from view_parts import trusted, under

from api.app import create_app
from graph.errors import InputError
from graph.settings import Settings
from graph.stores import Store, open_store
from queries.core.shipped import read_shipped
from queries.core.table import text_of
from queries.dashboard.answers import Dashboard, PublishedLine
from queries.dashboard.dashboard import make_dashboard
from queries.dashboard.published import COUNTERS, FigureRules, read_rules
from queries.dashboard.tables import CHAINS, book_of_dashboard
from queries.openings.answers import Met

SAMPLE = {"source": "s1", "status": "sample"}


def project(id: str, stage: str = "", **more: str) -> dict[str, str]:
    return {"id": id, "name": f"示例项目{id}", "stage": stage, "chains": "demo", **more}


def figure(metric: str, value: float, original: str, subject: str = "Region:示例城", **more: str) -> dict[str, str]:
    return {
        "id": f"fig-{metric}-{original}",
        "subject": subject,
        "metric": metric,
        "value": f"{value}",
        "original": original,
        **more,
    }


PROJECTS = [
    project("p1", "签约", amount="3000000000", currency="CNY"),
    project("p2", "签约", amount="500000000", currency="USD", amount_original="5亿美元"),
    project("p3", "在建"),
    project("p4"),
    project("px", "签约", amount="9000000000", currency="CNY", **SAMPLE),
]
TASKS = [
    {"id": "t1", "name": "示例逾期的", "list": "重点任务", "chain": "demo", "due": "2026-11-01", "state": "进行中"},
    {"id": "t2", "name": "示例受阻的", "list": "重点任务", "chain": "demo", "due": "2027-11-01", "state": "受阻"},
    {
        "id": "tx",
        "name": "示例虚构的",
        "list": "重点任务",
        "chain": "demo",
        "due": "2026-11-01",
        "state": "进行中",
        **SAMPLE,
    },
]
FIGURES = [
    figure("重点产业链数", 1, "1条"),
    figure("产业链重点项目数", 6, "6个", unit="个"),
    figure("由市领导任链长的产业链数", 24, "24条", unit="条"),
    figure("已建产业专班的产业链数", 24, "24条", unit="条"),
    figure("产业链重点项目总投资", 2_900_000_000, "超29亿元", unit="元", qualifier="超"),
    figure("新签约项目数", 1, "1个", unit="个"),
    figure("赋能中心数", 10, "10家", "Centre:示例中心(首批)"),
    figure("拟投资额", 3_000_000_000, "30亿元", "Project:示例项目p1", unit="元"),
    figure("没有规则的指标", 7, "7个"),
]


@pytest.fixture
def full(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with a city of one chain."""
    return put(
        store, tmp_path / "rows",
        enterprises=[firm("boss"), firm("a", products="chip"), firm("b", products="chip"), firm("c", products="motor")],
        coverages=[look("demo.part", products="chip;motor"), look("demo.raw", products="ore;foil")],
        leads=[{"enterprise": "boss", "chain": "demo"}],
        needs=[{"enterprise": "boss", "product": "chip"}, {"enterprise": "boss", "product": "foil"}],
        centres=[{"id": "cen", "name": "示例中心(首批)"}],
        agencies=[{"id": "zhang", "name": "示例张三"}, {"id": "li", "name": "示例李四"}],
        responsible_for=[
            {"agency": "zhang", "subject": "demo", "role": "链长"},
            {"agency": "li", "subject": "demo", "role": "链长", "valid_to": "2025"},
        ],
        projects=PROJECTS, tasks=TASKS, statements=FIGURES,
    )  # fmt: skip


def seen(store: Store, without: tuple[str, ...] = (), day: str = TODAY) -> Dashboard:
    return make_dashboard(under(store, trusted(without), day))


def told(answer: Dashboard) -> dict[str, PublishedLine]:
    return {f"{published.metric} {published.original}": published for published in answer.published}


def test_chains_projects_needs_and_work(full: Store) -> None:
    answer = seen(full)
    (chain,) = answer.chains
    assert (chain.missing, chain.weak, chain.strong, chain.unknown) == (2, 1, 1, 1)  # ore, foil; motor; chip; car
    assert chain.worst is not None
    assert chain.worst.id in ("ore", "foil")
    assert (chain.projects, chain.overdue, chain.head) == (4, 1, "示例张三")
    assert [(stage.stage, stage.projects, stage.yuan, [(money.currency, money.amount) for money in stage.sums], stage.without_amount) for stage in answer.stages] == [
        ("签约", 2, 3e9, [("CNY", 3e9), ("USD", 5e8)], 0), ("开工", 1, None, [], 1), ("没有写阶段", 1, None, [], 1),
    ]  # fmt: skip
    assert {need.met: (need.products, need.recorded) for need in answer.needs} == {
        Met.able: (1, 1),
        Met.supplied: (0, 0),
        Met.none: (1, 1),
    }
    assert {need.met: need.status for need in answer.needs} == {
        Met.able: "inferred", Met.supplied: None, Met.none: "reported",
    }  # fmt: skip
    assert (answer.work.open, answer.work.overdue, answer.work.blocked) == (2, 1, 1)
    assert answer.samples == 2
    assert answer.city == "示例城"


def test_each_number_of_needs_opens_as_many_rows(full: Store, tmp_path: Path) -> None:
    extra = [{"enterprise": "boss", "product": "ore", **SAMPLE}]
    put(full, tmp_path / "more", needs=extra)
    answer, client = seen(full), TestClient(create_app(full, Settings()))
    for line in answer.needs:
        opened = client.get("/api/v1/needs", params={"met": line.met}).json()
        assert len(opened["needs"]) == line.products, line.met
        assert {need["status"] for need in opened["needs"]} <= {line.status}
        page = client.get("/needs", params={"met": line.met}).text
        assert f"{line.met} {line.products}</a>" in page
    whole = client.get("/api/v1/needs").json()
    assert [(need["chain"]["id"], need["product"], need["met_code"], need["recorded"], [who["id"] for who in need["leaders"]], need["sources"]) for need in whole["needs"]] == [
        ("demo", "芯片件", "able", True, ["boss"], ["s1"]), ("demo", "箔材", "none", True, ["boss"], ["s1"]),
    ]  # fmt: skip
    assert [(need["product"], need["status"]) for need in whole["samples"]] == [("矿石", "sample")]
    assert whole["point_codes"] == [
        "city_needs",
        "city_none_supplied",
        "city_all_recorded",
    ]
    assert 'href="/needs?met=' in client.get("/dashboard").text


def test_published_figures_beside_the_rows(full: Store) -> None:
    lines = told(seen(full))
    assert "没有规则的指标 7个" not in lines
    assert {name: (published.shown, published.difference.code) for name, published in lines.items()} == {
        "重点产业链数 1条": (1, "fig_same"),
        "由市领导任链长的产业链数 24条": (1, "fig_less"),
        "已建产业专班的产业链数 24条": (0, "nobody_named"),
        "产业链重点项目数 6个": (4, "fig_less"),
        "产业链重点项目总投资 超29亿元": (3e9, "fig_bound"),
        "新签约项目数 1个": (2, "fig_more"),
        "赋能中心数 10家": (0, "fig_nothing"),
        "拟投资额 30亿元": (3e9, "fig_same"),
    }
    assert lines["产业链重点项目数 6个"].difference == "图里 4 个，差 2 个"
    assert (lines["产业链重点项目数 6个"].question, lines["赋能中心数 10家"].question) == ("projects", "centres")
    assert lines["新签约项目数 1个"].arguments == {}  # it opens every row that is counted, those that went on too


def test_what_a_sum_leaves_out_is_said(store: Store, tmp_path: Path) -> None:
    figures = [figure("产业链重点项目总投资", 9e9, "90亿元", unit="元")]
    put(store, tmp_path / "rows", projects=PROJECTS, statements=figures)
    (line,) = seen(store).published
    assert (line.shown, line.difference.code) == (3e9, "fig_partial")
    assert line.difference == "图里 30 亿元，另有 3 个没有可比的金额"


def test_a_figure_is_compared_in_its_own_unit_and_currency_and_by_its_day(store: Store, tmp_path: Path) -> None:
    figures = [
        figure("产业链重点项目总投资", 90, "90亿元", unit="亿元", currency="CNY"),
        figure("产业链重点项目总投资", 500_000, "50亿美元", unit="万美元", currency="USD"),
        figure("拟投资额", 5, "5亿美元", "Project:示例项目p2", unit="亿美元", currency="USD"),
        figure("新签约项目总投资", 20, "20亿元", unit="亿元", as_of="2026-06"),
        figure("新签约20亿元以上项目数", 1, "1个", unit="个", as_of="2026-07"),
        figure("新签约项目数", 9, "9个", "Chain:demo", unit="个", as_of="2026-06"),
    ]
    steps = [{"project": "p1", "stage": "签约", "happened_on": "2026-07-01"}]
    put(store, tmp_path / "rows", projects=PROJECTS, statements=figures, progress=steps)
    lines = {name: (published.shown, published.difference) for name, published in told(seen(store)).items()}
    assert lines == {
        "产业链重点项目总投资 90亿元": (30, "图里 30 亿元，另有 3 个没有可比的金额"),
        "产业链重点项目总投资 50亿美元": (50_000, "图里 50,000 万美元，另有 3 个没有可比的金额"),
        "拟投资额 5亿美元": (5, "一样"),
        "新签约项目总投资 20亿元": (0, "图里的 1 个都没有可比的金额"),  # the other was signed after June
        "新签约20亿元以上项目数 1个": (1, "图里 1 个，另有 1 个没有可比的金额"),
        "新签约项目数 9个": (1, "图里 1 个，差 8 个"),
    }


def test_what_is_not_loaded_is_not_nought(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path / "rows", enterprises=[firm("boss")], projects=[project("p9", "终止", chains="")])
    answer = seen(store)
    (row,) = book_of_dashboard(answer).tables["chains"].items
    shown = {chain.head: text_of(chain, row, {}) for chain in CHAINS}
    assert [shown[head] for head in ("缺", "弱", "强", "项目", "逾期")] == ["未查", "未查", "未查", "未登记", "未载入"]
    assert answer.points[2] == "项目 1 个，签约以上 0 个，终止 1 个"
    page = TestClient(create_app(store, Settings())).get("/dashboard").text
    assert page.count('<span class="quiet">没有载入</span>') == 2  # the ledger and the work


def test_samples_count_nowhere_whatever_is_hidden(full: Store) -> None:
    shown, hidden = seen(full).model_dump(), seen(full, ("sample",)).model_dump()
    assert (shown.pop("samples"), hidden.pop("samples")) == (2, 0)
    assert shown == hidden
    assert seen(full, ("sample", "reported")).stages == []


def test_an_empty_city_says_so(store: Store, tmp_path: Path) -> None:
    put(store, tmp_path / "rows")
    answer = seen(store)
    codes = [point.code for point in answer.points]
    assert codes == ["no_gaps", "unknown", "no_projects", "no_needs", "no_work"]
    assert answer.published == []


def test_every_rule_has_its_count_and_every_count_a_rule() -> None:
    assert {rule.counts for rule in read_rules().figure} == set(COUNTERS)
    with pytest.raises(ValueError, match="counted"):
        FigureRules.model_validate({"version": "1", "figure": [{"metric": "m", "counted": "x", "question": ""}]})
    with pytest.raises(InputError, match="不能用"):
        read_shipped(FigureRules, "gaps/rules.toml")


def test_command_route_page_and_workbook_say_the_same(seeded_store_url: str, tmp_path: Path) -> None:
    store = open_store(seeded_store_url)
    client = TestClient(create_app(store, Settings()), raise_server_exceptions=False)
    answer = client.get("/api/v1/dashboard").json()
    assert json.loads(run("dashboard", "--format", "json", store=seeded_store_url).stdout) == answer
    by_metric = {f"{published['metric']} {published['original']}": published for published in answer["published"]}
    assert by_metric["产业链重点项目数 342个"]["shown"] == 28
    assert by_metric["已对接需求数 409项"]["difference_code"] == "fig_nothing"
    assert by_metric["拟投资额 174.8亿元"]["difference_code"] == "fig_same"
    assert sum(stage["projects"] for stage in answer["stages"]) == 28
    page = client.get("/dashboard").text
    for text in (answer["verdict"], "8,000 亿元", "图里 28 个，差 314 个"):
        assert text in page
    main = page.split("<main")[1].split("</main>")[0]
    assert "示例" not in main.replace(f"另有 {answer['samples']} 行示例（虚构），本页一概不算。", "")
    path = tmp_path / "city.xlsx"
    run("dashboard", "--xlsx", str(path), store=seeded_store_url)
    download = client.get("/dashboard.xlsx")
    for book in (openpyxl.load_workbook(path), openpyxl.load_workbook(io.BytesIO(download.content))):
        assert book.sheetnames == ["各条链", "项目到哪一步", "链主要买的", "公布的数与图里的行"]
        assert book["各条链"]["A2"].value == answer["verdict"]
    store.close()

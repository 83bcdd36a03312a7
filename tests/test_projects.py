"""The projects: the funnel, what stands still, what each fills and would change; on both stores, exact by hand on made-up rows."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from test_cli import run
from view_parts import trusted, under

from api.app import create_app
from graph.errors import InputError, NotFound
from graph.model.nodes import STAGES
from graph.scope import Scope
from graph.settings import Settings
from graph.stores import Store
from loaders.run import load
from queries.city import projects as city_projects
from queries.city.office import read_office
from queries.core.answers import Named
from queries.core.shipped import Threshold
from queries.core.view import View
from queries.gaps.answers import State
from queries.names.search import find_project
from queries.projects.answers import Funnel, ProjectItem, Projects, ProjectWhatIf
from queries.projects.projects import make_projects_answer
from queries.projects.stages import STANDS, find_stage
from queries.projects.tables import book_of_projects
from queries.projects.what_if import project_what_if

DAY = "2026-11-30"
DEMO, BARE = Named(id="demo", name="演示链"), Named(id="bare", name="空链")
ROWS = {
    "sources.csv": "id,name,source,status\ns,文件,s,confirmed\nx,虚构,x,sample\n",
    "regions.csv": "id,name,parent,source,status\nqd,青岛市,,s,confirmed\nd1,甲区,qd,s,confirmed\nelse,外地市,,s,confirmed\n",
    "chains.csv": "id,name,region,source,status\ndemo,演示链,qd,s,confirmed\nbare,空链,qd,s,confirmed\n",
    "segments.csv": "id,name,chain,source,status\nmade,缺的环节,demo,s,confirmed\nunseen,没查的环节,demo,s,confirmed\n",
    "products.csv": """id,name,segments,source,status
part,零件,made,s,confirmed
tool,工具,unseen,s,confirmed
""",
    "coverages.csv": "name,segments,region,method,as_of,source,status\n走访,made,qd,逐家走访,2026-10,s,confirmed\n",
    "enterprises.csv": """id,name,region,products,needs,source,status
far,外地厂,else,part,,s,confirmed
near,本地厂,d1,tool,part,s,confirmed
dumb,没写产品的厂,else,,,s,confirmed
""",
    "projects.csv": """id,name,stage,amount,currency,amount_original,expected_on,region,chains,fills,investors,source,status
gap,补缺项目,洽谈,2000000000,CNY,20亿元,2026-10,d1,demo,made,外地厂,s,confirmed
usd,外资项目,签约,500000000,USD,5亿美元,2026-11,d1,demo,made,没写产品的厂,s,reported
late,已宣布的,已宣布,,,,2026-11-29,,demo,,外地厂,s,reported
plan,规划又签了的,规划,1000000000,CNY,10亿元,,d1,demo,unseen,本地厂,s,curated
build,在建的,在建,3000000000,,30亿,,d1,demo,made,,s,confirmed
done,投产的,投产,100000000,CNY,1亿元,2025,d1,demo,made,外地厂,s,confirmed
over,终止的,终止,700000000,CNY,7亿元,2025,d1,demo,made,外地厂,s,confirmed
none,什么都没写,,,,,,,,,,s,confirmed
x-p,示例项目,签约,9000000000,CNY,90亿元,,d1,demo,made,外地厂,x,sample
""",
    "progress.csv": """project,stage,happened_on,handled_by,source,status
gap,线索,2026-01,甲局,s,confirmed
gap,洽谈,2026-06-03,甲局,s,reported
usd,签约,2026-06-02,,s,confirmed
plan,签约,2026,,s,confirmed
build,开工,,,s,confirmed
done,投产,2020-01-01,,s,confirmed
gap,签约,2027-01-01,甲局,x,sample
x-p,签约,2020-01-01,,x,sample
""",
}
UNSTEPPED = {name: text for name, text in ROWS.items() if name != "progress.csv"}


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with one chain's projects."""
    return loaded(store, tmp_path, ROWS)


def loaded(store: Store, folder: Path, rows: dict[str, str]) -> Store:
    """A store with some files."""
    for name, text in rows.items():
        (folder / name).write_text(text, "utf-8")
    report = load([folder / name for name in rows], store)
    assert not report.bad, (report.failed, report.rejected)
    return store


def ask(
    store: Store,
    chain: Named | None = None,
    stage: str | None = None,
    stalled: int | None = None,
    day: str = DAY,
    hidden: str = "",
) -> Projects:
    """The projects of a store."""
    return make_projects_answer(under(store, trusted((hidden,) if hidden else ()), day), chain, stage, stalled)


def by_id(answer: Projects) -> dict[str, ProjectItem]:
    return {project.id: project for project in (*answer.projects, *answer.samples.projects)}


def change(store: Store, word: str, hidden: str = "") -> ProjectWhatIf:
    view = under(store, trusted((hidden,) if hidden else ()), DAY)
    return project_what_if(view, find_project(view, word))


def test_an_amount_is_in_yuan_and_never_the_bare_number_of_what_was_written(store: Store, tmp_path: Path) -> None:
    (tmp_path / "projects.csv").write_text(
        """id,name,amount,currency,amount_original,source,status
a,甲,50亿元,CNY,50亿元,s,confirmed
b,乙,"3,500 万",USD,3500万美元,s,confirmed
c,丙,1.2e9,CNY,约12亿元,s,confirmed
d,丁,50,CNY,50亿元,s,confirmed
e,戊,3亿美元,USD,,s,confirmed
""",
        "utf-8",
    )
    report = load([tmp_path / "projects.csv"], store)
    assert [(rejected.row, rejected.column) for rejected in report.rejected] == [(5, "投资额原文")]
    assert "以元为单位" in report.rejected[0].reason
    assert {id: project.amount for id, project in by_id(ask(store)).items()} == {
        "a": 5e9,
        "b": 3.5e7,
        "c": 1.2e9,
        "e": 3e8,
    }


def test_every_stage_of_the_model_stands_somewhere_in_the_funnel_in_its_order() -> None:
    assert {*STANDS} == {*STAGES.choices}
    wanted = ["线索", "洽谈", "签约", "开工", "投产"]
    assert [stage for stage in Funnel if stage in wanted] == wanted
    assert {STANDS[stage] for stage in ("规划", "已宣布")} == {Funnel.announced}
    assert find_stage(" 在建 ") == "在建"
    with pytest.raises(InputError, match=r"没有“完工”这个阶段;可选 线索、"):
        find_stage("完工")


def test_the_funnel_counts_every_project_once_and_adds_within_a_currency(office: Store) -> None:
    answer = ask(office)
    told = {
        row.stage: (
            row.projects,
            [(money.currency, money.amount) for money in row.sums],
            row.yuan,
            row.without_amount,
            row.without_currency,
        )
        for row in answer.funnel
    }
    assert told == {
        Funnel.lead: (0, [], None, 0, 0),
        Funnel.talks: (1, [("CNY", 2e9)], 2e9, 0, 0),
        Funnel.announced: (1, [], None, 1, 0),
        Funnel.signed: (
            2,
            [("CNY", 1e9), ("USD", 5e8)],
            1e9,
            0,
            0,
        ),  # 规划, but a step says 签约; dollars are in no sum of yuan
        Funnel.started: (1, [], None, 0, 1),  # 3,000,000,000 of no currency
        Funnel.running: (1, [("CNY", 1e8)], 1e8, 0, 0),
        Funnel.ended: (1, [("CNY", 7e8)], 7e8, 0, 0),
        Funnel.unsaid: (1, [], None, 1, 0),
    }
    assert {row.stage: row.status for row in answer.funnel if row.projects}[Funnel.signed] == "curated"
    assert sum(row.projects for row in answer.funnel) == 8
    assert [(row.stage, row.projects) for row in answer.samples.funnel if row.projects] == [(Funnel.signed, 1)]


def test_a_foreign_currency_is_yuan_by_a_stated_rate_alone(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = read_office().model_copy(update={"rate": {"USD": Threshold(value=7.0, why="测试")}})
    monkeypatch.setattr(city_projects, "read_office", lambda: stated)
    row = next(row_there for row_there in ask(office).funnel if row_there.stage is Funnel.signed)
    assert (row.yuan, row.in_yuan, [money.amount for money in row.sums]) == (4.5e9, 2, [1e9, 5e8])


def test_what_is_given_up_is_in_no_sum_of_the_sentence(office: Store) -> None:
    told = next(point for point in ask(office).points if point.code.startswith("amount"))
    assert told == "写明金额和币种的 4 个，合计 31 亿元和 5 亿美元，终止的 1 个不算在内"
    heads = [column.head for column in book_of_projects(ask(office)).tables["funnel"].columns]
    assert "有金额没写币种的" in heads
    assert not any("合人民币" in head for head in heads)  # no rate is stated: nothing is in yuan that was in dollars


def test_stalled_at_the_very_day_and_not_known_without_a_date(office: Store) -> None:
    answer = ask(office, stalled=180)
    assert [(project.id, project.quiet) for project in answer.projects] == [
        ("usd", 181),
        ("gap", 180),
    ]  # the longest first
    assert [project.id for project in answer.undated] == [
        "build",
        "late",
        "none",
    ]  # build has a step, but no day; over is over
    assert {project.stalled for project in answer.undated} == {None}
    assert [project.id for project in ask(office, stalled=181).projects] == ["usd"]
    assert [project.id for project in ask(office, stalled=180, day="2026-11-29").projects] == ["usd"]
    assert ask(office, stalled=182).projects == []
    assert answer.points[0] == "停了 180 天以上的 2 个，最久的“外资项目”181 天没有进展"
    assert ask(office, stalled=182).points[0] == "还要推进、有日期的 3 个里没有停 182 天以上的"
    assert answer.points[2] == "3 个还要推进的没有任何一步的日期，停没停不知道"
    assert ask(office, stage="已宣布", stalled=9).points[0] == "还要推进的都没有日期，说不出谁停了 9 天以上"
    assert ask(office, stage="投产", stalled=9).points[0] == "没有还要推进的项目"
    assert [project.id for project in answer.samples.projects] == ["x-p"]
    assert (answer.funnel, answer.rests_on) == (ask(office).funnel, ask(office).rests_on)  # the funnel stays whole


def test_days_are_counted_from_the_last_day_that_a_date_may_mean(office: Store) -> None:
    items = by_id(ask(office, stalled=1))
    assert {id: project.quiet for id, project in by_id(ask(office)).items()} == {
        "gap": 180, "usd": 181, "late": None, "plan": 0, "build": None, "done": 2525, "over": None, "none": None, "x-p": 2525,
    }  # fmt: skip
    assert {"done", "over", "plan"}.isdisjoint(items)  # what is over does not stand still
    last = by_id(ask(office))["gap"].last
    assert last is not None
    assert (last.stage, last.on, last.by, last.status, last.source) == ("洽谈", "2026-06-03", "甲局", "reported", "s")
    assert [step.on for step in by_id(ask(office))["gap"].steps] == [
        "2026-01",
        "2026-06-03",
    ]  # what a sample says of it is left out
    assert by_id(ask(office, day="2025-12-31"))["gap"].last is None  # its steps are still to come


def test_expected_days_that_are_over(office: Store) -> None:
    assert {id: project.late for id, project in by_id(ask(office)).items() if project.late is not None} == {
        "gap": 30,
        "late": 1,
    }
    assert {id for id, project in by_id(ask(office, day="2026-12-01")).items() if project.late} == {
        "gap",
        "late",
        "usd",
    }
    assert "2 个预计投产的日子已经过了，图里没有投产的记录" in ask(office).points


def test_the_segment_that_each_fills_is_a_gap_or_not_or_not_known(office: Store) -> None:
    items = by_id(ask(office))
    told = {
        id: [(fill.segment.id, fill.chain and fill.chain.id, fill.state, fill.gap) for fill in item.fills]
        for id, item in items.items()
    }
    assert (told["gap"], told["plan"], told["late"]) == (
        [("made", "demo", State.missing, True)], [("unseen", "demo", State.unknown, None)], [],
    )  # fmt: skip
    assert items["gap"].fills[0].status == "confirmed"
    assert "5 个要填补现在缺或弱的环节" in ask(office).points


def test_what_a_project_that_fills_a_gap_would_change(office: Store, tmp_path: Path) -> None:
    answer = change(office, "补缺项目")
    assert [(change.chain.id, [part.id for part in change.segments], change.landed) for change in answer.changes] == [
        ("demo", ["made"], ["外地厂 落地做零件"])
    ]
    assert [(gap.product_id, gap.state) for gap in answer.changes[0].what_if.gaps_closed] == [("part", State.weak)]
    moved = {change.id: (change.before, change.after) for change in answer.changes[0].what_if.changes}
    assert moved["part"] == (State.missing, State.weak)
    assert answer.points[1].startswith("演示链：原来缺、补上了的 1 个，新缺的 0 个")
    assert (answer.status, answer.cannot) == ("inferred", [])  # no firm here is a sample
    (tmp_path / "enterprises.csv").write_text("id,name,source,status\nx-f,示例厂,x,sample\n", "utf-8")
    assert not load([tmp_path / "enterprises.csv"], office).bad
    assert [reason.code for reason in change(office, "补缺项目").cannot] == ["on_samples"]
    assert change(office, "补缺项目", "sample").cannot == []
    assert change(office, "示例项目").status == "sample"


def test_what_cannot_be_said_is_said(office: Store) -> None:
    codes = {
        id: [point.code for point in change(office, id).points]
        for id in ("none", "late", "build", "usd", "over", "plan")
    }
    assert codes == {
        "none": ["cannot_say", "no_fills", "no_firm"],
        "late": ["cannot_say", "no_fills"],
        "build": ["cannot_say", "no_firm"],
        "usd": ["cannot_say", "no_product"],
        "over": ["cannot_say", "ended"],
        "plan": ["already"],
    }
    assert {id: change(office, id).changes for id in codes} == {id: [] for id in codes}
    assert change(office, "usd").points[1] == "图里没有写没写产品的厂做“缺的环节”的哪种产品"
    with pytest.raises(NotFound):
        change(office, "示例项目", "sample")


def test_a_chain_a_stage_and_both(office: Store) -> None:
    assert "none" not in by_id(ask(office, DEMO))
    assert [project.id for project in ask(office, DEMO, "签约").projects] == ["usd", "plan"]
    assert [project.id for project in ask(office, DEMO, "规划").projects] == ["plan"]
    assert [project.id for project in ask(office, DEMO, "开工").projects] == ["build"]
    assert [project.id for project in ask(office, None, "没有写阶段").projects] == ["none"]
    assert [project.id for project in ask(office, DEMO, "签约", 1).projects] == ["usd"]


def test_no_rows(office: Store) -> None:
    answer = ask(office, BARE)
    assert (answer.projects, answer.any, answer.samples.any, answer.rests_on, answer.sources) == (
        [],
        False,
        False,
        {},
        [],
    )
    assert answer.verdict == "图里还没有空链项目。"
    assert [(lacking.topic, lacking.form, lacking.form_name) for lacking in answer.missing] == [
        ("projects", "projects", "项目")
    ]
    assert [(lacking.topic, lacking.form) for lacking in ask(office).missing] == [
        ("steps", "progress"),
        ("fields", "projects"),
    ]
    assert ask(office).missing[1].what == (
        "项目表里空着的：阶段 1 个、投资额 2 个、币种 1 个、投资方 2 个、区域 2 个、产业链 1 个、填补环节 2 个、预计投产日期 3 个"
    )


def test_only_samples_and_those_left_out(store: Store, tmp_path: Path) -> None:
    heads, *lines = ROWS["projects.csv"].splitlines()
    loaded(store, tmp_path, UNSTEPPED | {"projects.csv": f"{heads}\n{lines[-1]}\n"})
    answer, hidden = ask(store), ask(store, hidden="sample")
    assert (answer.verdict, hidden.verdict) == ("图里还没有项目，只有示例。", "图里还没有项目。")
    assert ([project.id for project in answer.samples.projects], answer.any, hidden.samples.any) == (
        ["x-p"],
        False,
        False,
    )
    assert (answer.rests_on, hidden.rests_on) == ({"sample": 1}, {})


def test_samples_change_nothing_that_is_said(office: Store) -> None:
    answer, hidden = ask(office), ask(office, hidden="sample")
    assert (answer.points, answer.funnel, answer.missing) == (hidden.points, hidden.funnel, hidden.missing)
    assert answer.rests_on == hidden.rests_on | {"sample": 2}


def test_projects_of_another_city_are_not_seen(store: Store, tmp_path: Path) -> None:
    chains = ROWS["chains.csv"] + "y,葡萄酒,else,s,confirmed\n"
    heads = ROWS["projects.csv"].splitlines()[0]
    on = {"here": "demo", "there": "y", "both": "demo;y", "free": ""}
    rows = "\n".join([heads, *(f"{id},{id}的项目,签约,,,,,,{chains},,,s,confirmed" for id, chains in on.items())])
    loaded(store, tmp_path, UNSTEPPED | {"chains.csv": chains, "projects.csv": rows})
    view = View.of(store, Scope.without("", DAY, "青岛"))
    assert [project.id for project in make_projects_answer(view, None, None, None).projects] == ["both", "free", "here"]
    assert len(ask(store).projects) == 4


def test_pages_and_routes_say_the_same(office: Store) -> None:
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    answer = client.get("/api/v1/projects?stalled=180").json()
    assert {row["stage_code"] for row in answer["funnel"]} == {*Funnel.__members__}
    assert client.get("/api/v1/chains/demo/projects?stage=签约").json()["chain"] == {"id": "demo", "name": "演示链"}
    page = client.get("/projects?stalled=180").text
    for words in (
        "停了 180 天以上的 2 个",
        "停没停不知道的项目",
        "示例 停了 180 天以上的项目",
        "/templates/progress.xlsx",
        "5 亿美元",
    ):
        assert words in page, words
    assert page.index("外资项目") < page.index("示例项目")
    hidden = client.get("/projects?without=sample").text
    assert ("示例项目" in hidden, 'id="samples"' in hidden) == (False, False)
    assert "/projects?stage=%E5%BC%80%E5%B7%A5&amp;without=sample" in hidden  # a stage of the funnel opens its rows
    bare = client.get("/chains/bare/projects").text
    assert ("图里还没有空链项目" in bare, "/templates/projects.xlsx" in bare) == (True, True)
    assert "补上了的 1 个" in client.get("/projects/gap/what-if").text
    assert "没有写填补哪个环节" in client.get("/projects/none/what-if").text
    assert (
        client.get("/api/v1/projects/gap/what-if").json()["changes"][0]["what_if"]["gaps_closed"][0]["product_id"]
        == "part"
    )
    assert client.get("/projects?table=projects&format=csv").text.count("\n") == 9
    for address, status in {
        "/projects/没有/what-if": 404, "/api/v1/projects/没有/what-if": 404, "/chains/没有/projects": 404, "/projects?stage=完工": 422,
        "/api/v1/projects?stage=完工": 422, "/projects?stalled=0": 422, "/api/v1/projects?stalled=0": 422,
    }.items():  # fmt: skip
        assert client.get(address).status_code == status, address
    assert "/chains/demo/projects" in client.get("/chains/demo").text
    assert "/projects/gap/what-if" in client.get("/things/Project/gap").text


def test_workbook(office: Store) -> None:
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/chains/demo/projects.xlsx?stalled=180").content))
    assert book.sheetnames == [
        "漏斗", "停了 180 天以上的项目", "停没停不知道的项目", "还缺哪些行", "示例 漏斗", "示例 停了 180 天以上的项目",
    ]  # fmt: skip
    rows = [*book["停了 180 天以上的项目"].iter_rows(values_only=True)]
    assert rows[0][0] == "演示链：项目：停了 180 天以上的项目"
    assert {"外资项目", "5 亿美元", "据报道", "文件"} <= {*next(row for row in rows if row[0] == "外资项目")}


def test_the_command_prints_what_the_route_serves(seeded_store_url: str, client: TestClient, tmp_path: Path) -> None:
    store = seeded_store_url
    printed = json.loads(
        run("projects", "--chain", "集成电路", "--stalled", "90", "--format", "json", store=store).stdout
    )
    assert printed == client.get("/api/v1/chains/集成电路/projects?stalled=90").json()
    done = run("projects", "--format", "csv", "--xlsx", str(tmp_path / "projects.xlsx"), store=store)
    assert (tmp_path / "projects.xlsx").exists()
    assert "示例碳化硅功率模块项目" in done.stdout
    assert "lianzhang template progress" in done.stderr
    assert run("projects", "--funnel", "--format", "csv", store=store).stdout.count("\n") == 9
    assert "示例" not in run("projects", "--format", "csv", "--without", "sample", store=store).stdout
    assert "补上了的" in run("project-what-if", "示例碳化硅功率模块项目", store=store).stderr
    assert run("projects", "--stage", "完工", store=store, check=1).returncode == 1


def test_what_the_seeds_say_of_real_projects(full_store: Store) -> None:
    answer = ask(full_store, stalled=1)
    assert len(answer.undated) == 10  # the article dates no step but one
    assert {project.source[:2] for project in answer.projects} == {"p-"}  # what was reported later does date some
    assert len(answer.projects) == 10
    done = next(project for project in ask(full_store).projects if project.id == "prj-baw-plant")
    assert [(step.stage, step.on, step.status, step.place) for step in done.steps] == [
        ("投产", "2022-H1", "reported", "正文第44段")
    ]
    assert [point for point in ask(full_store).points if point.code == "amount"] == [
        "写明金额和币种的 10 个，合计 1,052.5 亿元和 2 亿美元"
    ]
    assert all(project.status != "sample" for project in (*ask(full_store).projects, *answer.undated))


@pytest.mark.parametrize("stalled", [None, 1000])
def test_both_stores_answer_alike(stalled: int | None, seeded_store: Store, server_store: Store) -> None:
    here, there = (ask(store, stalled=stalled) for store in (seeded_store, server_store))
    assert here.model_dump() == there.model_dump()

"""The desk of a chain and what somebody answers for, on both stores, exact by hand on made-up rows."""

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from test_cli import run
from view_parts import trusted, under

from api.app import create_app
from graph.errors import InputError
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load
from queries.city.answers import Duty, ListName, ProjectRow, TaskState, WorkItem
from queries.city.office import OfficeRules, read_office
from queries.city.posts import read_posts
from queries.city.projects import make_projects, read_projects
from queries.city.tasks import read_tasks
from queries.core.answers import Named
from queries.core.days import first_day, holds_on, last_day
from queries.core.shipped import Threshold
from queries.desk.answers import Desk, FiveState, GoalScope, GoalState
from queries.desk.desk import make_desk
from queries.desk.duties import make_duties
from queries.desk.goals import Complete, judge_goal, judge_project
from queries.names.search import find_agency

DAY = "2026-11-30"
TODAY = date(2026, 11, 30)
DEMO = Named(id="demo", name="演示链")
ROWS = {
    "sources.csv": "id,name,source,status\ns,文件,s,confirmed\nx,虚构,x,sample\n",
    "regions.csv": "id,name,parent,source,status\nqd,青岛市,,s,confirmed\nd1,甲区,qd,s,confirmed\nd2,乙区,qd,s,confirmed\n",
    "chains.csv": "id,name,region,source,status\ndemo,演示链,qd,s,confirmed\nbare,空链,qd,s,confirmed\n",
    "segments.csv": "id,name,chain,source,status\nseg,前段,demo,s,confirmed\n",
    "enterprises.csv": "id,name,region,source,status\nf,某厂,d1,s,confirmed\n",
    "agencies.csv": """id,name,aliases,kind,collective,chains,source,status
zhang,张三,,链长,,,s,confirmed
li,李四,,链长,,,s,confirmed
team,全市专班,,专班,是,demo,s,confirmed
office,甲局,甲字头,部门,,,s,confirmed
made,示例局,,部门,,,x,sample
""",
    "responsible_for.csv": """agency,subject,role,valid_from,valid_to,source,status
张三,demo,链长,2026-03,,s,confirmed
李四,demo,链长,2024,2026-02,s,confirmed
李四,demo,副链长,2026-11-30,2026-11-30,s,reported
甲局,demo,牵头单位,2026-12-01,,s,confirmed
甲局,t-late,责任单位,,,s,confirmed
甲局,p-big,包联,,,s,confirmed
示例局,demo,秘书处,,,x,sample
""",
    "tasks.csv": """id,name,list,chain,owner,due,state,blocks,source,status
t-late,昨天到期,重点任务,demo,,2026-11-29,进行中,,s,confirmed
t-today,今天到期,重点任务,demo,甲局,2026-11-30,进行中,,s,confirmed
t-month,本月到期,重点建设项目,demo,甲字头,2026-11,已完成一半,,s,confirmed
t-30,三十天,重点招商项目,demo,乙局,2026-12-30,,,s,confirmed
t-31,三十一天,重点招商项目,demo,乙局,2026-12-31,,,s,confirmed
t-none,没有期限,重点任务,demo,乙局,,停滞,,s,confirmed
t-done,办完了,重点任务,demo,甲局,2020,办结,t-today,s,confirmed
t-off,取消了,重点任务,demo,甲局,2020,已取消,,s,confirmed
q,用地没有批,需协调解决问题,demo,乙局,2027,进行中,p-big;f;seg;t-31,s,confirmed
x-q,示例问题,需协调解决问题,demo,示例局,2020,受阻,t-30,x,sample
""",
    "projects.csv": """id,name,stage,amount,currency,amount_original,flagship,region,chains,source,status
p-big,大项目,签约,2000000000,CNY,20亿元,,d1,demo,s,confirmed
p-flag,引领项目,,,,,是,d2,demo,s,reported
p-usd,外资项目,签约,500000000,USD,5亿美元,,d1,demo,s,confirmed
p-small,小项目,签约,1999999999,CNY,,否,d1,demo,s,confirmed
p-unsaid,没说项目,签约,100,CNY,,,d1,demo,s,confirmed
p-talk,谈着的,洽谈,9000000000,CNY,,,d1,demo,s,confirmed
p-over,终止的,终止,9000000000,CNY,,,d1,demo,s,confirmed
p-nodate,没有日期,在建,9000000000,CNY,,,d2,demo,s,confirmed
x-p,示例项目,签约,9000000000,CNY,,,d1,demo,x,sample
""",
    "progress.csv": """project,stage,happened_on,handled_by,source,status
p-big,签约,2024-06-30,甲局,s,confirmed
p-big,开工,2025-02,甲局,s,reported
p-flag,签约,2024-07-01,,s,confirmed
p-usd,签约,2025-H1,,s,confirmed
p-small,签约,2025-01-01,,s,confirmed
p-over,签约,2025-01-01,,s,confirmed
p-nodate,签约,,,s,confirmed
p-unsaid,签约,2025-12-31,,s,confirmed
x-p,签约,2025-01-01,,x,sample
""",
    "deliverables.csv": """id,name,kind,chain,valid_to,complete_from,complete_to,source,status
plan,行动计划书,行动计划,demo,2026-11-29,,,s,confirmed
list,项目单,项目清单,demo,,2025,2025-12,s,reported
""",
    "platforms.csv": """id,name,kind,chains,source,status
pl1,创新中心,创新平台,demo,s,confirmed
pl2,产业基金,政府引导基金,demo,s,confirmed
x-pl,示例展会,会展平台,demo,x,sample
""",
}


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with one chain's office."""
    folder = tmp_path / "rows"
    folder.mkdir()
    for name, text in ROWS.items():
        (folder / name).write_text(text, "utf-8")
    report = load([folder], store)
    assert not report.bad, (report.failed, report.rejected)
    return store


def desk_of(store: Store, day: str = DAY, without: tuple[str, ...] = (), chain: Named = DEMO) -> Desk:
    """The desk of a chain, of the demo chain unless said otherwise."""
    return make_desk(under(store, trusted(without), day), chain)


def by_id(store: Store, day: str = DAY) -> dict[str, WorkItem]:
    return {one.id: one for one in read_tasks(under(store, today=day))}


def test_days_of_dates_that_are_not_whole() -> None:
    dates = ("2026", "2026-H1", "2026-H2", "2026-Q1", "2026-Q4", "2024-02", "2026-11-30")
    assert [(f"{first_day(one)}", f"{last_day(one)}") for one in dates] == [
        ("2026-01-01", "2026-12-31"), ("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31"), ("2026-01-01", "2026-03-31"),
        ("2026-10-01", "2026-12-31"), ("2024-02-01", "2024-02-29"), ("2026-11-30", "2026-11-30"),
    ]  # fmt: skip
    assert [holds_on(TODAY, *one) for one in ((None, None), ("2026-11-30", "2026-11"), ("2026-12", None), (None, "2026-11-29"))] == [
        True, True, False, False,
    ]  # fmt: skip


def test_dues_by_the_day_of_the_view(office: Store) -> None:
    items = by_id(office)
    assert {id: one.days for id, one in items.items()} == {
        "t-late": -1, "t-today": 0, "t-month": 0, "t-30": 30, "t-31": 31, "t-none": None, "t-done": None, "t-off": None, "q": 396,
        "x-q": -2160,
    }  # fmt: skip
    assert {id for id, one in items.items() if one.overdue} == {"t-late", "x-q"}
    assert {id for id, one in items.items() if one.soon} == {"t-today", "t-month", "t-30"}
    assert {id for id, one in by_id(office, "2026-12-01").items() if one.overdue} == {"t-late", "t-today", "t-month", "x-q"}
    assert {id for id, one in by_id(office, "2026-11-29").items() if one.overdue} == {"x-q"}
    assert {id: one.state for id, one in items.items() if one.state is not TaskState.going} == {
        "t-none": TaskState.blocked, "t-done": TaskState.done, "t-off": TaskState.dropped, "x-q": TaskState.blocked,
    }  # fmt: skip
    assert (items["t-month"].state, items["t-month"].said) == (TaskState.going, "已完成一半")  # only a word of the rules counts


def test_what_holds_up_what(office: Store) -> None:
    items = by_id(office)
    held = {(one.label, one.id, one.name) for one in items["q"].blocks}
    assert held == {("Project", "p-big", "大项目"), ("Enterprise", "f", "某厂"), ("Segment", "seg", "前段"), ("Task", "t-31", "三十一天")}
    assert [one.id for one in items["t-31"].blocked_by] == ["q"]
    assert {id for id, one in items.items() if one.blocked} == {"t-31", "t-none", "x-q"}  # what is done, or a sample, holds up nothing real
    assert (items["t-late"].owner, [one.id for one in items["t-late"].owners]) == ("甲局", ["office"])


def test_counts_and_sentence_without_samples(office: Store) -> None:
    answer = desk_of(office)
    assert answer.counts.model_dump() == {"items": 9, "open": 7, "overdue": 1, "soon": 3, "blocked": 2, "undated": 1}
    assert [one.id for one in answer.work] == ["t-late", "t-31", "t-none", "t-month", "t-today", "t-30", "q", "t-done", "t-off"]
    assert [one.id for one in answer.samples.work] == ["x-q"]
    assert answer.points[:4] == ["逾期 1 件，最久的“昨天到期”过了 1 天", "30 天内到期 3 件", "受阻 2 件", "1 件没有写期限"]
    assert [one.code for one in answer.points[4:]] == ["five_lacking", "nobody", "goal_now"]
    assert answer.verdict.startswith("演示链：逾期 1 件")
    assert {one.list_name for one in answer.work} == {*ListName}
    assert "work" not in {one.topic for one in answer.missing}
    hidden = desk_of(office, without=("sample",))
    assert not hidden.samples.any
    assert (hidden.points, hidden.counts, hidden.rests_on) == (answer.points, answer.counts, {"confirmed": 23, "reported": 3})
    assert answer.rests_on == hidden.rests_on | {"sample": 4}


def test_who_answers_since_and_until(office: Store) -> None:
    posts = desk_of(office).posts
    assert [(one.duty, one.agency.id, one.since, one.until, one.current, one.collective, one.status) for one in posts] == [
        (Duty.head, "zhang", "2026-03", None, True, False, "confirmed"),
        (Duty.head, "li", "2024", "2026-02", False, False, "confirmed"),
        (Duty.deputy, "li", "2026-11-30", "2026-11-30", True, False, "reported"),
        (Duty.lead, "office", "2026-12-01", None, False, False, "confirmed"),
        (Duty.team, "team", None, None, True, True, "confirmed"),
    ]
    assert [one.agency.id for one in desk_of(office).samples.posts] == ["made"]
    lacking = next(one for one in desk_of(office).missing if one.topic == "posts")
    assert lacking.what == "牵头部门、产业专班、区(市)或功能区、要素部门、秘书处: 谁，自何时"  # a kind of office, and a sample, are nobody
    assert (lacking.form, lacking.form_name) == ("responsible_for", "责任分工")
    later = next(one for one in desk_of(office, "2026-12-01").missing if one.topic == "posts")
    assert later.what.startswith("副链长、产业专班")


def test_all_that_somebody_answers_for(office: Store) -> None:
    view = under(office, today=DAY)
    answer = make_duties(view, find_agency(view, "甲字头"))
    assert (answer.agency.id, answer.collective) == ("office", False)
    assert [(one.subject.id, one.role, one.current) for one in answer.posts] == [("p-big", "包联", True), ("demo", "牵头单位", False)]
    assert [one.id for one in answer.work] == ["t-late", "t-month", "t-today", "t-done", "t-off"]
    assert answer.points == ["现在负责 1 项", "另有 1 项已经结束或还没有开始", "逾期 1 件，最久的“昨天到期”过了 1 天", "30 天内到期 2 件"]
    li = make_duties(view, find_agency(view, "李四"))
    assert [(one.role, one.current) for one in li.posts] == [("副链长", True), ("链长", False)]
    assert li.points[-1] == "没有登记由它办的事项"
    assert [one.id for one in make_duties(view, find_agency(view, "示例局")).work] == ["x-q"]
    assert {one.subject.label for one in read_posts(view)} == {"Chain", "Project", "Task"}


def test_the_five(office: Store) -> None:
    answer = desk_of(office)
    assert {one.kind: one.state for one in answer.five} == {
        "行动计划": FiveState.missing, "产业图谱": FiveState.live, "招商名录": FiveState.live, "项目清单": FiveState.live, "支撑平台": FiveState.missing,
    }  # fmt: skip
    why = {one.kind: [reason.code for reason in one.why] for one in answer.five}
    assert why["行动计划"] == ["five_no_document", "five_over"]  # until yesterday
    assert next(one for one in answer.five if one.kind == "支撑平台").why == ["没有登记会展平台"]  # the sample's is none
    assert {one.kind: one.state for one in desk_of(office, "2026-11-29").five}["行动计划"] is FiveState.complete
    assert {one.kind: (one.status, one.sources) for one in answer.five}["项目清单"] == ("reported", ["s"])
    assert [(one.kind, one.state) for one in answer.samples.five] == [("支撑平台", FiveState.missing)]


def test_a_chain_of_which_nothing_is_known(office: Store) -> None:
    answer = desk_of(office, chain=Named(id="bare", name="空链"))
    assert (answer.work, answer.posts, answer.projects, answer.samples.any, answer.rests_on) == ([], [], [], False, {})
    assert {one.state for one in answer.five} == {FiveState.missing}
    assert [(one.name, one.state, one.status) for one in answer.goals] == [("2026 年", GoalState.unknown, None)]
    assert [(one.topic, one.form) for one in answer.missing] == [
        ("posts", "responsible_for"), ("documents", "deliverables"), ("platforms", "platforms"), ("work", "tasks"), ("projects", "projects"),
    ]  # fmt: skip
    assert answer.points[0] == "重点任务等四张清单还没有载入"


def test_only_samples(store: Store, tmp_path: Path) -> None:
    for name in ("sources.csv", "regions.csv", "chains.csv", "segments.csv"):
        (tmp_path / name).write_text(ROWS[name], "utf-8")
    tasks = ROWS["tasks.csv"].splitlines()
    (tmp_path / "tasks.csv").write_text("\n".join([tasks[0], tasks[-1].replace(",t-30,", ",,")]), "utf-8")
    assert not load([tmp_path / name for name in ("sources.csv", "regions.csv", "chains.csv", "segments.csv", "tasks.csv")], store).bad
    answer, hidden = desk_of(store), desk_of(store, without=("sample",))
    assert ([one.id for one in answer.samples.work], answer.work, answer.counts.items) == (["x-q"], [], 0)
    assert answer.points == hidden.points
    assert (hidden.samples.any, hidden.rests_on) == (False, {})


def test_projects_with_stage_amount_and_dates(office: Store) -> None:
    rows = {one.id: one for one in read_projects(under(office, today=DAY))}
    big = rows["p-big"]
    assert (big.stage, big.since, big.signed_on, big.yuan, big.flagship) == ("开工", "2025-02", "2024-06-30", 2e9, None)
    assert [(one.stage, one.on, one.by, one.status) for one in big.steps] == [
        ("签约", "2024-06-30", "甲局", "confirmed"), ("开工", "2025-02", "甲局", "reported"),
    ]  # fmt: skip
    assert ([one.name for one in big.regions], [one.id for one in big.chains]) == (["甲区"], ["demo"])
    assert (rows["p-usd"].yuan, rows["p-usd"].amount, rows["p-flag"].amount) == (None, 5e8, None)
    stated = read_office().model_copy(update={"rate": {"USD": Threshold(value=7.0, why="测试")}})
    assert {one.id: one.yuan for one in make_projects(under(office, today=DAY), stated)}["p-usd"] == 3.5e9


def test_which_projects_count(office: Store) -> None:
    judged = {one.project.id: (one.counts, [reason.code for reason in one.why]) for one in desk_of(office).projects}
    assert judged == {
        "p-big": (True, ["goal_large"]),
        "p-flag": (True, ["goal_flagship"]),
        "p-usd": (None, ["goal_no_rate"]),
        "p-small": (False, ["goal_small"]),
        "p-unsaid": (None, ["goal_unsaid"]),
        "p-talk": (False, ["goal_large", "goal_unsigned"]),
        "p-over": (False, ["goal_large", "goal_ended"]),
        "p-nodate": (None, ["goal_large", "goal_undated"]),
    }
    assert next(one for one in desk_of(office).projects if one.project.id == "p-usd").why == ["USD 没有写明汇率，不折算，不可比"]
    assert [one.topic for one in desk_of(office).missing] == ["posts", "documents", "platforms", "steps"]


def test_the_goal_by_year_half_and_district(office: Store) -> None:
    rows = {one.name: (one.state, [p.id for p in one.counted], [p.id for p in one.possible]) for one in desk_of(office).goals}
    unknown, kept = GoalState.unknown, GoalState.kept
    assert rows == {
        "2026 年": (unknown, [], ["p-nodate"]),
        "2025 年": (unknown, [], ["p-nodate", "p-unsaid", "p-usd"]),  # declared complete, but three may count
        "2025 年上半年": (unknown, [], ["p-nodate", "p-usd"]),
        "2025 年下半年": (unknown, [], ["p-nodate", "p-unsaid"]),
        "2025 年 甲区": (unknown, [], ["p-unsaid", "p-usd"]),
        "2025 年 乙区": (unknown, [], ["p-nodate"]),
        "2024 年": (kept, ["p-big", "p-flag"], ["p-nodate"]),
        "2024 年上半年": (unknown, ["p-big"], ["p-nodate"]),  # signed on its last day
        "2024 年下半年": (unknown, ["p-flag"], ["p-nodate"]),  # on its first
        "2024 年 甲区": (unknown, ["p-big"], []),
        "2024 年 乙区": (unknown, ["p-flag"], ["p-nodate"]),
    }
    whole = next(one for one in desk_of(office).goals if one.name == "2024 年")
    assert (whole.status, whole.sources, whole.reason) == ("reported", ["s", "qingdao-daily-2022"], "目标 2 个，已知 2 个")
    assert [one.name for one in desk_of(office).samples.goals if one.counted] == ["2025 年", "2025 年上半年", "2025 年 甲区"]


def project(id: str, signed: str | None, yuan: float | None = 3e9, **more: Any) -> ProjectRow:
    row: Mapping[str, Any] = dict.fromkeys(ProjectRow.model_fields)
    lists = {name: [] for name in ("steps", "chains", "regions", "segments", "investors")}
    own = {"id": id, "name": id, "stage": "签约", "amount": 1.0, "currency": "CNY", "status": "confirmed", "source": "s"}
    return ProjectRow.model_validate({**row, **lists, **own, "signed_on": signed, "yuan": yuan, **more})


def goal(rules: OfficeRules, *projects: ProjectRow, lists: tuple[Complete, ...] = (), today: date = TODAY) -> dict[int, str]:
    judged = [judge_project(one, today, rules) for one in projects]
    found = judge_goal(judged, lists, today, rules)
    return {one.year: one.reason.code for one in found if one.scope is GoalScope.chain}


def test_missed_is_said_only_of_a_year_that_is_over_and_complete() -> None:
    rules = read_office()
    year = Complete(date(2025, 1, 1), date(2025, 12, 31), "confirmed", "s")
    one, small = project("a", "2025-03"), project("b", "2025-04", 1e9, flagship=False)
    assert goal(rules, one, lists=(year,)) == {2026: "goal_going", 2025: "goal_missed"}
    assert goal(rules, one, small, lists=(year,))[2025] == "goal_missed"
    assert goal(rules, one)[2025] == "goal_incomplete"
    assert goal(rules, lists=(year,))[2025] == "goal_missed"
    assert goal(rules, one, project("c", "2025-12-31"), lists=(year,))[2025] == "goal_kept"
    assert goal(rules, one, project("c", "2024-12-31"), lists=(year,))[2025] == "goal_missed"
    assert goal(rules, one, lists=(Complete(date(2025, 1, 1), date(2025, 12, 30), "confirmed", "s"),))[2025] == "goal_incomplete"
    assert goal(rules, one, lists=(year,), today=date(2025, 12, 31))[2025] == "goal_going"
    for doubtful in (project("c", None), project("c", "2025", None), project("c", "2025", 1e9), project("c", "2025", None, amount=None)):
        assert goal(rules, one, doubtful, lists=(year,))[2025] == "goal_possible", doubtful
    assert goal(rules, one, project("c", "2027"), lists=(year,))[2025] == "goal_missed"
    assert min(goal(rules, project("c", "2019"))) == 2026  # before there was a goal
    assert goal(rules, lists=(Complete(date(1, 1, 1), date(9999, 12, 31), "confirmed", "s"),)) == {
        2026: "goal_going", **dict.fromkeys((2025, 2024, 2023, 2022), "goal_missed"),
    }  # fmt: skip


def test_a_year_missed_rests_on_the_list_that_says_it_is_complete() -> None:
    lists = (Complete(date(2025, 1, 1), date(2025, 12, 31), "curated", "z"),)
    row = next(one for one in judge_goal([], lists, TODAY, read_office()) if one.year == 2025)
    assert (row.state, row.status, row.sources) == (GoalState.missed, "curated", ["z", "qingdao-daily-2022"])


def test_the_goal_is_that_of_its_city_alone(store: Store, tmp_path: Path) -> None:
    (tmp_path / "regions.csv").write_text("id,name,source,status\nyt,烟台市,s,confirmed\n", "utf-8")
    (tmp_path / "chains.csv").write_text("id,name,region,source,status\ny,葡萄酒,yt,s,confirmed\nn,牧场,,s,confirmed\n", "utf-8")
    assert not load([tmp_path / "regions.csv", tmp_path / "chains.csv"], store).bad
    assert desk_of(store, chain=Named(id="y", name="葡萄酒")).goals == []
    assert [one.year for one in desk_of(store, chain=Named(id="n", name="牧场")).goals] == [2026]


def test_an_owner_whose_time_is_over_owns_nothing(office: Store, tmp_path: Path) -> None:
    rows = "agency,subject,role,valid_to,source,status\n甲局,t-late,责任单位,2026-11-29,s,confirmed\n"
    (tmp_path / "responsible_for.csv").write_text(rows, "utf-8")
    assert not load([tmp_path / "responsible_for.csv"], office).bad
    assert (by_id(office)["t-late"].owners, by_id(office)["t-late"].owner) == ([], "")
    assert [one.id for one in by_id(office, "2026-11-29")["t-late"].owners] == ["office"]


def test_pages_and_routes_say_the_same(office: Store) -> None:
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    answer = client.get("/api/v1/chains/demo/desk").json()
    assert {one["state_code"] for one in answer["five"]} == {"live", "missing"}
    assert {one["list_name_code"] for one in answer["work"]} == {"task", "construction", "investment", "problem"}
    page = client.get("/chains/demo/desk").text
    for words in (answer["points"][0], "用地没有批", "不可比", "/templates/responsible_for.xlsx", "/agencies/zhang/duties", 'id="samples"'):
        assert words in page, words
    assert "卡位入链”，不是一回事" in page
    hidden = client.get("/chains/demo/desk?without=sample").text
    assert ("示例问题" in page, "示例问题" in hidden, 'id="samples"' in hidden) == (True, False, False)
    assert "/templates/tasks.xlsx?without=sample" in client.get("/chains/bare/desk?without=sample").text
    assert client.get("/chains/demo/desk?table=work&format=csv").text.count("\n") == 10
    assert "甲局" in client.get("/agencies/office/duties").text
    assert client.get("/api/v1/agencies/甲局/duties").json()["counts"]["overdue"] == 1
    for address in ("/api/v1/agencies/没有/duties", "/agencies/没有/duties", "/chains/没有/desk", "/templates/nothing.xlsx"):
        assert client.get(address).status_code == 404, address
    assert "/chains/demo/desk" in client.get("/chains/demo").text
    assert "/agencies/office/duties" in client.get("/things/Agency/office").text


def test_workbook_and_forms(office: Store) -> None:
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/chains/demo/desk.xlsx").content))
    assert book.sheetnames == ["链长制四张清单", "谁负责", "5个1", "引进目标", "看了哪些项目", "还缺哪些行",
                               "示例 链长制四张清单", "示例 谁负责", "示例 5个1", "示例 引进目标", "示例 看了哪些项目"]  # fmt: skip
    rows = [*book["链长制四张清单"].iter_rows(values_only=True)]
    assert rows[0][0] == "演示链产业链工作台：链长制四张清单"
    late = next(row for row in rows if row[0] == "昨天到期")
    assert ("逾期 1 天" in late, "已证实" in late, "文件" in late) == (True, True, True)
    form = openpyxl.load_workbook(io.BytesIO(client.get("/templates/tasks.xlsx").content))
    assert "制约对象" in [cell.value for cell in form.worksheets[0][1]]


def test_the_command_prints_what_the_route_serves(seeded_store_url: str, client: TestClient, tmp_path: Path) -> None:
    store = seeded_store_url
    printed = json.loads(run("desk", "集成电路", "--format", "json", store=store).stdout)
    assert printed == client.get("/api/v1/chains/集成电路/desk").json()
    done = run("desk", "集成电路", "--format", "csv", "--xlsx", str(tmp_path / "desk.xlsx"), store=store)
    assert (tmp_path / "desk.xlsx").exists()
    assert "lianzhang template tasks" in done.stdout
    assert printed["verdict"] in done.stderr
    assert "另有示例" in done.stderr
    assert "示例" not in run("desk", "集成电路", "--format", "csv", "--without", "sample", store=store).stdout
    assert "24 条产业链" in run("duties", "重点产业链链长(市领导)", store=store).stderr
    assert run("desk", "集成电路", "--xlsx", str(tmp_path / "desk.txt"), store=store, check=1).returncode == 1


def test_nothing_of_the_seeds_is_missed_but_by_samples(seeded_store: Store) -> None:
    """What the shipped rows say of real chains: who and what is not known is not known."""
    for chain in ("integrated-circuits", "smart-appliances", "modern-logistics", "advanced-polymers-metals"):
        answer = desk_of(seeded_store, chain=Named(id=chain, name=chain))
        assert {one.state for one in answer.goals} == {GoalState.unknown}
        assert all(one.collective for one in answer.posts)
        assert all(one.status != "sample" for one in (*answer.posts, *answer.work))
    missed = [one for one in desk_of(seeded_store, chain=Named(id="integrated-circuits", name="集成电路")).samples.goals if one.year == 2022]
    assert (missed[0].state, missed[0].status) == (GoalState.missed, "sample")


@pytest.mark.parametrize("chain", ["integrated-circuits", "smart-appliances", "modern-logistics"])
def test_both_stores_answer_alike(chain: str, seeded_store: Store, server_store: Store) -> None:
    here, there = (desk_of(store, chain=Named(id=chain, name=chain)) for store in (seeded_store, server_store))
    assert here.model_dump() == there.model_dump()


def test_a_file_of_rules_that_does_not_hold_together_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from queries.core import shipped

    class Files:
        def __truediv__(self, _: str) -> "Files":
            return self

        def read_text(self, _: str) -> str:
            return 'version = "1"'

    monkeypatch.setattr(shipped, "files", lambda _: Files())
    with pytest.raises(InputError, match=r"queries/city/office\.toml 不能用"):
        shipped.read_shipped(OfficeRules, "city/office.toml")


def test_a_store_without_the_newer_tables_is_answered(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/graph.lbug")
    (tmp_path / "chains.csv").write_text("id,name,source,status\ndemo,演示链,s,confirmed\n", "utf-8")
    assert not load([tmp_path / "chains.csv"], store).bad
    assert desk_of(store).work == []
    store.close()

"""The desk of a chain and what somebody answers for, on both stores, exact by hand on made-up rows."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from desk_parts import DAY, ROWS, TODAY, desk_of, load_office
from fastapi.testclient import TestClient
from test_cli import run
from view_parts import stand_at, under

from api.app import create_app
from graph.errors import InputError
from graph.settings import Settings
from graph.stores import Store, open_store
from loaders.run import load
from queries.city.answers import Duty, ListName, TaskState, WorkItem
from queries.city.office import OfficeRules
from queries.city.posts import read_posts
from queries.city.tasks import read_tasks
from queries.core.answers import Named
from queries.core.days import first_day, holds_on, last_day
from queries.core.table import text_of
from queries.desk.answers import FiveState, GoalState
from queries.desk.duties import make_duties
from queries.desk.tables import _five
from queries.names.search import find_agency


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Store:
    """A store of each kind with one chain's office."""
    folder = tmp_path / "rows"
    folder.mkdir()
    return load_office(store, folder)


def by_id(store: Store, day: str = DAY) -> dict[str, WorkItem]:
    return {task.id: task for task in read_tasks(under(store, today=day))}


def test_days_of_dates_that_are_not_whole() -> None:
    dates = ("2026", "2026-H1", "2026-H2", "2026-Q1", "2026-Q4", "2024-02", "2026-11-30")
    assert [(f"{first_day(date)}", f"{last_day(date)}") for date in dates] == [
        ("2026-01-01", "2026-12-31"), ("2026-01-01", "2026-06-30"), ("2026-07-01", "2026-12-31"), ("2026-01-01", "2026-03-31"),
        ("2026-10-01", "2026-12-31"), ("2024-02-01", "2024-02-29"), ("2026-11-30", "2026-11-30"),
    ]  # fmt: skip
    assert [holds_on(TODAY, *span) for span in ((None, None), ("2026-11-30", "2026-11"), ("2026-12", None), (None, "2026-11-29"))] == [
        True, True, False, False,
    ]  # fmt: skip


def test_dues_by_the_day_of_the_view(office: Store) -> None:
    items = by_id(office)
    assert {id: task.days for id, task in items.items()} == {
        "t-late": -1, "t-today": 0, "t-month": 0, "t-30": 30, "t-31": 31, "t-none": None, "t-done": None, "t-off": None, "q": 396,
        "x-q": -2160,
    }  # fmt: skip
    assert {id for id, task in items.items() if task.overdue} == {"t-late", "x-q"}
    assert {id for id, task in items.items() if task.soon} == {"t-today", "t-month", "t-30"}
    assert {id for id, task in by_id(office, "2026-12-01").items() if task.overdue} == {
        "t-late",
        "t-today",
        "t-month",
        "x-q",
    }
    assert {id for id, task in by_id(office, "2026-11-29").items() if task.overdue} == {"x-q"}
    assert {id: task.state for id, task in items.items() if task.state is not TaskState.going} == {
        "t-none": TaskState.blocked, "t-done": TaskState.done, "t-off": TaskState.dropped, "x-q": TaskState.blocked,
    }  # fmt: skip
    assert (items["t-month"].state, items["t-month"].said) == (
        TaskState.going,
        "已完成一半",
    )  # only a word of the rules counts


def test_what_holds_up_what(office: Store) -> None:
    items = by_id(office)
    held = {(block.label, block.id, block.name) for block in items["q"].blocks}
    assert held == {
        ("Project", "p-big", "大项目"),
        ("Enterprise", "f", "某厂"),
        ("Segment", "seg", "前段"),
        ("Task", "t-31", "三十一天"),
    }
    assert [task.id for task in items["t-31"].blocked_by] == ["q"]
    assert {id for id, task in items.items() if task.blocked} == {
        "t-31",
        "t-none",
        "x-q",
    }  # what is done, or a sample, holds up nothing real
    assert (items["t-late"].owner, [owner.id for owner in items["t-late"].owners]) == ("甲局", ["office"])


def test_counts_and_sentence_without_samples(office: Store) -> None:
    answer = desk_of(office)
    assert answer.counts.model_dump() == {"items": 9, "open": 7, "overdue": 1, "soon": 3, "blocked": 2, "undated": 1}
    assert [task.id for task in answer.work] == [
        "t-late",
        "t-31",
        "t-none",
        "t-month",
        "t-today",
        "t-30",
        "q",
        "t-done",
        "t-off",
    ]
    assert [task.id for task in answer.samples.work] == ["x-q"]
    assert answer.points[:4] == [
        "逾期 1 件，最久的“昨天到期”过了 1 天",
        "30 天内到期 3 件",
        "受阻 2 件",
        "1 件没有写期限",
    ]
    assert [point.code for point in answer.points[4:]] == ["five_lacking", "nobody", "goal_now"]
    assert answer.verdict.startswith("演示链：逾期 1 件")
    assert {task.list_name for task in answer.work} == {*ListName}
    assert "work" not in {lacking.topic for lacking in answer.missing}
    hidden = desk_of(office, without=("sample",))
    assert not hidden.samples.any
    assert (hidden.points, hidden.counts, hidden.rests_on) == (
        answer.points,
        answer.counts,
        {"confirmed": 23, "reported": 3},
    )
    assert answer.rests_on == hidden.rests_on | {"sample": 4}


def test_who_answers_since_and_until(office: Store) -> None:
    posts = desk_of(office).posts
    assert [
        (post.duty, post.agency.id, post.since, post.until, post.current, post.collective, post.status)
        for post in posts
    ] == [
        (Duty.head, "zhang", "2026-03", None, True, False, "confirmed"),
        (Duty.head, "li", "2024", "2026-02", False, False, "confirmed"),
        (Duty.deputy, "li", "2026-11-30", "2026-11-30", True, False, "reported"),
        (Duty.lead, "office", "2026-12-01", None, False, False, "confirmed"),
        (Duty.team, "team", None, None, True, True, "confirmed"),
    ]
    assert [post.agency.id for post in desk_of(office).samples.posts] == ["made"]
    lacking = next(lacking for lacking in desk_of(office).missing if lacking.topic == "posts")
    # a kind of office, and a sample, are nobody
    assert lacking.what == "牵头部门、产业专班、区(市)或功能区、要素部门、秘书处：谁，自何时"
    assert (lacking.form, lacking.form_name) == ("responsible_for", "责任分工")
    later = next(lacking for lacking in desk_of(office, "2026-12-01").missing if lacking.topic == "posts")
    assert later.what.startswith("副链长、产业专班")


def test_all_that_somebody_answers_for(office: Store) -> None:
    view = under(office, today=DAY)
    answer = make_duties(view, find_agency(view, "甲字头"))
    assert (answer.agency.id, answer.collective) == ("office", False)
    assert [(post.subject.id, post.role, post.current) for post in answer.posts] == [
        ("p-big", "包联", True),
        ("demo", "牵头单位", False),
    ]
    assert [task.id for task in answer.work] == ["t-late", "t-month", "t-today", "t-done", "t-off"]
    assert answer.points == [
        "现在负责 1 项",
        "另有 1 项已经结束或还没有开始",
        "逾期 1 件，最久的“昨天到期”过了 1 天",
        "30 天内到期 2 件",
    ]
    li = make_duties(view, find_agency(view, "李四"))
    assert [(post.role, post.current) for post in li.posts] == [("副链长", True), ("链长", False)]
    assert li.points[-1] == "没有登记要办的事项"
    assert [task.id for task in make_duties(view, find_agency(view, "示例局")).work] == ["x-q"]
    assert {post.subject.label for post in read_posts(view)} == {"Chain", "Project", "Task"}


def test_the_five(office: Store) -> None:
    answer = desk_of(office)
    assert {thing.kind: thing.state for thing in answer.five} == {
        "行动计划": FiveState.missing, "产业图谱": FiveState.live, "招商名录": FiveState.live, "项目清单": FiveState.live, "支撑平台": FiveState.missing,
    }  # fmt: skip
    why = {thing.kind: [reason.code for reason in thing.why] for thing in answer.five}
    assert why["行动计划"] == ["five_over"]  # until yesterday
    shown = {thing.kind: text_of(_five(answer)[1], thing, {}) for thing in answer.five}
    assert (shown["行动计划"], shown["支撑平台"]) == ("过期", "图里没有")  # the city may well have it
    assert any("图里没有现行的行动计划、支撑平台" in point for point in answer.points)
    assert next(thing for thing in answer.five if thing.kind == "支撑平台").why == [
        "没有登记会展平台"
    ]  # the sample's is none
    assert {thing.kind: thing.state for thing in desk_of(office, "2026-11-29").five}["行动计划"] is FiveState.complete
    assert {thing.kind: (thing.status, thing.sources) for thing in answer.five}["项目清单"] == ("reported", ["s"])
    assert [(thing.kind, thing.state) for thing in answer.samples.five] == [("支撑平台", FiveState.missing)]


def test_a_chain_of_which_nothing_is_known(office: Store) -> None:
    answer = desk_of(office, chain=Named(id="bare", name="空链"))
    assert (answer.work, answer.posts, answer.projects, answer.samples.any, answer.rests_on) == ([], [], [], False, {})
    assert {thing.state for thing in answer.five} == {FiveState.missing}
    assert [(goal.name, goal.state, goal.status) for goal in answer.goals] == [("2026 年", GoalState.unknown, None)]
    assert [(lacking.topic, lacking.form) for lacking in answer.missing] == [
        ("posts", "responsible_for"), ("documents", "deliverables"), ("platforms", "platforms"), ("work", "tasks"), ("projects", "projects"),
    ]  # fmt: skip
    assert answer.points[0] == "链长制四张清单还没有载入"


def test_only_samples(store: Store, tmp_path: Path) -> None:
    for name in ("sources.csv", "regions.csv", "chains.csv", "segments.csv"):
        (tmp_path / name).write_text(ROWS[name], "utf-8")
    tasks = ROWS["tasks.csv"].splitlines()
    (tmp_path / "tasks.csv").write_text("\n".join([tasks[0], tasks[-1].replace(",t-30,", ",,")]), "utf-8")
    assert not load(
        [tmp_path / name for name in ("sources.csv", "regions.csv", "chains.csv", "segments.csv", "tasks.csv")], store
    ).bad
    answer, hidden = desk_of(store), desk_of(store, without=("sample",))
    assert ([task.id for task in answer.samples.work], answer.work, answer.counts.items) == (["x-q"], [], 0)
    assert answer.points == hidden.points
    assert (hidden.samples.any, hidden.rests_on) == (False, {})


def test_an_owner_whose_time_is_over_owns_nothing(office: Store, tmp_path: Path) -> None:
    rows = "agency,subject,role,valid_to,source,status\n甲局,t-late,责任单位,2026-11-29,s,confirmed\n"
    (tmp_path / "responsible_for.csv").write_text(rows, "utf-8")
    assert not load([tmp_path / "responsible_for.csv"], office).bad
    assert (by_id(office)["t-late"].owners, by_id(office)["t-late"].owner) == ([], "")
    assert [owner.id for owner in by_id(office, "2026-11-29")["t-late"].owners] == ["office"]


def test_pages_and_routes_say_the_same(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, DAY)
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    answer = client.get("/api/v1/chains/demo/desk").json()
    assert {thing["state_code"] for thing in answer["five"]} == {"live", "missing"}
    assert {task["list_name_code"] for task in answer["work"]} == {"task", "construction", "investment", "problem"}
    page = client.get("/chains/demo/desk").text
    for words in (
        answer["points"][0],
        "用地没有批",
        "不可比",
        "/templates/responsible_for.xlsx",
        "/agencies/zhang/duties",
        'id="samples"',
    ):
        assert words in page, words
    assert "卡位入链”，不是一回事" in page
    hidden = client.get("/chains/demo/desk?without=sample").text
    assert ("示例问题" in page, "示例问题" in hidden, 'id="samples"' in hidden) == (True, False, False)
    assert "/templates/tasks.xlsx?without=sample" in client.get("/chains/bare/desk?without=sample").text
    assert client.get("/chains/demo/desk?table=work&format=csv").text.count("\n") == 10
    assert "甲局" in client.get("/agencies/office/duties").text
    assert client.get("/api/v1/agencies/甲局/duties").json()["counts"]["overdue"] == 1
    for address in (
        "/api/v1/agencies/没有/duties",
        "/agencies/没有/duties",
        "/chains/没有/desk",
        "/templates/nothing.xlsx",
    ):
        assert client.get(address).status_code == 404, address
    assert "/chains/demo/desk" in client.get("/chains/demo").text
    assert "/agencies/office/duties" in client.get("/things/Agency/office").text


def test_workbook_and_forms(office: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_at(monkeypatch, DAY)
    client = TestClient(create_app(office, Settings(request_seconds=600)))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/chains/demo/desk.xlsx").content))
    assert book.sheetnames == ["链长制四张清单", "谁负责", "5个1", "引进目标", "看了哪些项目", "还缺哪些行",
                               "示例 链长制四张清单", "示例 谁负责", "示例 5个1", "示例 引进目标", "示例 看了哪些项目"]  # fmt: skip
    rows = [*book["链长制四张清单"].iter_rows(values_only=True)]
    assert rows[0][0] == "演示链：工作台：链长制四张清单"
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
        assert {goal.state for goal in answer.goals} == {GoalState.unknown}
        assert all(post.collective for post in answer.posts)
        assert "sample" not in {*(post.status for post in answer.posts), *(task.status for task in answer.work)}
    missed = [
        goal
        for goal in desk_of(seeded_store, chain=Named(id="integrated-circuits", name="集成电路")).samples.goals
        if goal.year == 2022
    ]
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

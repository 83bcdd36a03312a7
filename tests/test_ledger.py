"""The ledger: every step stays, in order, with what is odd about it; a row that cannot be a step is refused with its place."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
from gap_parts import TODAY, firm, put
from hypothesis import given
from hypothesis import strategies as st
from test_cli import run
from view_parts import under

from graph.errors import InputError
from graph.model import EDGE_TYPES, Edge, zh_heads
from graph.model.edges import Leads, Matched, Needs, Offers, Recommends, SeeksPartner
from graph.stores import Store, open_store
from graph.stores.base import schema
from loaders.run import load
from loaders.templates import write_template
from queries.core.answers import Named
from queries.openings.against import reason_of
from queries.openings.answers import STAGES, Ledger, Match, Step
from queries.openings.ledger import in_order, ledger

HEADS = "供应商,链主,产品,阶段,日期,经办,原因,来源,状态\n"


def start(store: Store, folder: Path, **more: list[dict[str, Any]]) -> Store:
    firms = [firm("boss"), firm("child", parent="boss"), firm("a"), firm("b"), firm("gone", valid_to="2020")]
    return put(store, folder, enterprises=firms, leads=[{"enterprise": "boss", "chain": "demo"}], **more)


def enter(store: Store, folder: Path, *rows: str) -> Any:
    folder.mkdir(exist_ok=True)
    path = folder / "matched.csv"
    path.write_text(HEADS + "".join(f"{row}\n" for row in rows), "utf-8")
    return load([path], store)


def told(store: Store, **asked: Any) -> Ledger:
    return ledger(under(store, today=TODAY), **asked)


def only(store: Store) -> Match:
    (match,) = told(store).matches
    return match


def test_nothing_is_overwritten(store: Store, tmp_path: Path) -> None:
    start(store, tmp_path)
    first = ("a,boss,芯片件,需求,2026-01-02,甲,,纪要,据报道", "a,boss,芯片件,洽谈,2026-02-01,甲,首次,纪要,据报道")
    later = (
        "a,boss,芯片件,洽谈,2026-03-01,甲,首次,纪要,据报道",
        "a,boss,芯片件,洽谈,2026-03-01,乙,首次,纪要,据报道",
        "a,boss,芯片件,洽谈,2026-03-01,乙,二次,纪要,据报道",
    )
    assert enter(store, tmp_path / "m", *first).total("new") == 2
    assert enter(store, tmp_path / "m", *later).total("new") == 3
    again = enter(store, tmp_path / "m", *first, *later)
    assert (again.total("new"), again.total("changed"), again.total("same")) == (0, 0, 5)
    steps = [(step.stage, step.on, step.by, step.note) for step in only(store).steps]
    assert steps == [
        ("需求", "2026-01-02", "甲", None), ("洽谈", "2026-02-01", "甲", "首次"), ("洽谈", "2026-03-01", "乙", "二次"),
        ("洽谈", "2026-03-01", "乙", "首次"), ("洽谈", "2026-03-01", "甲", "首次"),
    ]  # fmt: skip


def test_the_same_step_by_a_better_source_is_one_step(store: Store, tmp_path: Path) -> None:
    start(store, tmp_path)
    enter(store, tmp_path / "m", "a,boss,芯片件,签约,2026-01-02,甲,,传闻,据报道")
    assert enter(store, tmp_path / "m", "a,boss,芯片件,签约,2026-01-02,甲,,合同,已证实").total("changed") == 1
    (step,) = only(store).steps
    assert (step.source, step.status) == ("合同", "confirmed")


def test_rows_of_an_older_model_are_known_again(store: Store, tmp_path: Path) -> None:
    """Under the older model a step's day, who and why were no key, and were null where nothing was said."""
    start(store, tmp_path)
    record = EDGE_TYPES["MATCHED"]
    old = {
        "from": "a",
        "to": "boss",
        "product": "芯片件",
        "stage": "洽谈",
        "source": "纪要",
        "status": "curated",
        "confidence": 0.6,
        "recorded_at": "2025",
    }
    with store.load() as writer:
        writer.insert_edges(
            record,
            ("Enterprise", "Enterprise"),
            pl.DataFrame([{name: old.get(name) for name in schema(record)}], schema=schema(record)),
        )
    assert only(store).steps[0].on is None
    row = "a,boss,芯片件,洽谈,,,,纪要,整理"
    assert enter(store, tmp_path / "m", row).total("same") == 1
    assert enter(store, tmp_path / "m", row.replace("整理", "已证实")).total("changed") == 1
    (step,) = only(store).steps
    assert (step.status, step.on, step.by, step.note) == ("confirmed", None, None, None)


def test_what_cannot_be_a_step_is_refused_with_row_and_column(store: Store, tmp_path: Path) -> None:
    start(store, tmp_path)
    report = enter(
        store, tmp_path / "m",
        "a,a,芯片件,洽谈,2026-01-01,甲,,纪要,整理", "a,boss,芯片件,,2026-01-01,甲,,纪要,整理", "a,boss,芯片件,谈恋爱,2026-01-01,甲,,纪要,整理",
        "没有这家,boss,芯片件,洽谈,2026-01-01,甲,,纪要,整理", "a,boss,芯片件,洽谈,2026-02-30,甲,,纪要,整理", "a,boss,芯片件,洽谈,2026-01-01,甲,,,整理",
        "a,boss,芯片件,洽谈,2026-01-01,甲,,纪要,整理",
    )  # fmt: skip
    assert report.total("new") == 1
    refused = {reject.row: (reject.column, reject.reason) for reject in report.rejected}
    assert refused[2][0] == "链主"
    assert "两端是同一家企业" in refused[2][1]
    assert "缺少必填项“对接阶段”" in refused[3][1]
    assert "需求、推荐、链主答复、洽谈、签约、放弃" in refused[4][1]
    assert "图中没有企业“没有这家”" in refused[5][1]
    assert "日历上没有这一天" in refused[6][1]
    assert "缺少来源" in refused[7][1]


def test_what_is_odd_is_kept_and_said(store: Store, tmp_path: Path) -> None:
    start(store, tmp_path)
    enter(
        store, tmp_path / "m",
        "a,boss,芯片件,签约,2026-01-01,甲,,纪要,整理", "a,boss,芯片件,需求,2026-02-01,甲,,纪要,整理", "a,boss,芯片件,推荐,,,,纪要,整理",
        "a,boss,芯片件,放弃,2027-01-01,甲,,纪要,整理", "gone,boss,没有这种,洽谈,2026-01-01,甲,,纪要,整理",
    )  # fmt: skip
    odd, closed = sorted(told(store).matches, key=lambda match: match.supplier.id)
    assert odd.remarks == [
        "没有写日期：推荐", "没有写经办：推荐", "放弃没有写原因", "顺序不对：签约（2026-01-01）在需求（2026-02-01）之前", "既有签约又有放弃",
        "日期在今天之后：放弃（2027-01-01）",
    ]  # fmt: skip
    assert closed.remarks == ["企业登记为已终止：示例gone号公司", "图中没有产品“没有这种”"]


def test_a_withdrawn_step_stays_but_does_not_count(store: Store, tmp_path: Path) -> None:
    start(store, tmp_path)
    rows = ["a,boss,芯片件,洽谈,2026-01-01,甲,,纪要,整理", "a,boss,芯片件,签约,2026-02-01,甲,,纪要,整理"]
    enter(store, tmp_path / "m", *rows)
    (tmp_path / "m" / "matched.csv").write_text(HEADS.strip() + ",有效期止\n" + rows[1] + ",2026-03\n", "utf-8")
    assert load([tmp_path / "m" / "matched.csv"], store).total("changed") == 1
    match = only(store)
    assert (match.state, [step.withdrawn for step in match.steps]) == ("洽谈", [False, True])
    assert told(store).counts == {"需求": 0, "推荐": 0, "链主答复": 0, "洽谈": 1, "签约": 0, "放弃": 0}


def test_whose_matches_are_asked_for(store: Store, tmp_path: Path) -> None:
    start(store, tmp_path)
    enter(
        store, tmp_path / "m",
        "a,boss,芯片件,洽谈,2026-01-01,甲,,纪要,整理", "a,child,x,洽谈,2026-01-02,甲,,纪要,整理", "b,a,矿石,洽谈,2026-01-03,甲,,纪要,整理",
        "b,gone,x,洽谈,2026-01-04,甲,,纪要,整理",
    )  # fmt: skip

    def pairs(**asked: Any) -> list[tuple[str, str]]:
        return [(match.supplier.id, match.customer.id) for match in told(store, **asked).matches]

    boss, chain, a = Named(id="boss", name="x"), Named(id="demo", name="示例链"), Named(id="a", name="y")
    assert pairs() == [("b", "gone"), ("b", "a"), ("a", "child"), ("a", "boss")]  # the latest first
    assert pairs(leader=boss) == [("a", "child"), ("a", "boss")]
    assert pairs(chain=chain) == [("b", "a"), ("a", "child"), ("a", "boss")]
    assert pairs(firm=a) == [("b", "a"), ("a", "child"), ("a", "boss")]
    assert "没有这样的匹配" in told(store, leader=Named(id="b", name="z")).notes[0]
    with pytest.raises(InputError, match="只能选一个"):
        told(store, leader=boss, firm=a)


days = st.one_of(
    st.none(),
    st.dates().map(lambda day: f"{day:%Y-%m-%d}" if day.year >= 1000 else None),
    st.sampled_from(["2026", "2026-03", "2026-H2", "2026-Q3"]),
)
steps = st.builds(
    Step, stage=st.sampled_from(STAGES), on=days, by=st.sampled_from([None, "甲", "乙"]), note=st.none(), withdrawn=st.booleans(),
    status=st.just("sample"), source=st.just("s"),
)  # fmt: skip


@given(st.lists(steps, max_size=8), st.randoms(use_true_random=False))
def test_order_keeps_every_step_and_does_not_depend_on_how_they_came(given_steps: list[Step], dice: Any) -> None:
    ordered = in_order(given_steps)
    assert sorted(map(repr, ordered)) == sorted(map(repr, given_steps))
    mixed = [*given_steps]
    dice.shuffle(mixed)
    assert [(step.stage, step.on, step.by) for step in in_order(mixed)] == [
        (step.stage, step.on, step.by) for step in ordered
    ]
    full = [step.on for step in ordered if step.on and len(step.on) == 10]
    assert full == sorted(full)


def test_a_half_and_a_quarter_stand_where_they_begin() -> None:
    def at(on: str | None, stage: str = "洽谈") -> Step:
        return Step(stage=stage, on=on, by=None, note=None, withdrawn=False, status="sample", source="s")

    ordered = in_order(
        [
            at("2026-Q3"),
            at("2026-12-01"),
            at("2026-H1"),
            at("2026-05"),
            at("2026-Q4"),
            at("2026-11"),
            at("2025"),
            at(None, "需求"),
            at(None, "签约"),
        ]
    )
    assert [step.on for step in ordered] == [
        None,
        "2025",
        "2026-H1",
        "2026-05",
        "2026-Q3",
        "2026-Q4",
        "2026-11",
        "2026-12-01",
        None,
    ]


FORMS: list[tuple[type[Edge], str, dict[str, str]]] = [
    (Leads, "链主", {"enterprise": "示例a号公司", "chain": "示例链"}),
    (Needs, "需求", {"enterprise": "示例boss号公司", "product": "芯片件"}),
    (Offers, "供给", {"enterprise": "示例a号公司", "product": "芯片件"}),
    (SeeksPartner, "拟开展合作企业", {"enterprise": "示例boss号公司", "partner": "示例b号公司", "product": "芯片件"}),
    (Recommends, "建议招引企业", {"enterprise": "示例boss号公司", "partner": "示例b号公司"}),
    (Matched, "匹配", {"supplier": "示例a号公司", "customer": "示例boss号公司", "product": "芯片件", "stage": "放弃", "happened_on": "2026年3月1日", "handled_by": "甲", "note": "价高"}),
]  # fmt: skip


def test_every_form_of_the_lists_loads_back_from_excel(tmp_path: Path) -> None:
    store = start(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path / "in")
    for record, name, row in FORMS:
        path = tmp_path / "forms" / f"{name}.xlsx"
        write_template(record, path)
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        for number, field in enumerate(zh_heads(record), 1):
            page.cell(2, number).value = {"source": "示例填报", "status": "已证实", **row}.get(field)
        book.save(path)
    report = load([tmp_path / "forms"], store)
    assert not report.bad, report.rejected
    assert (report.total("read"), report.total("new")) == (6, 6)
    assert load([tmp_path / "forms"], store).total("same") == 6
    assert [(step.stage, step.on, step.note) for step in only(store).steps] == [("放弃", "2026-03-01", "价高")]


def test_a_need_without_a_product_and_one_that_nobody_knows_are_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    store = start(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path / "in")
    path = tmp_path / "needs.csv"
    path.write_text(
        "企业,需求产品,来源\nboss,,填报\nboss,芯片,填报\nboss,电机件,填报\nboss,high purity gas,填报\n", "utf-8"
    )
    report = load([path], store)
    assert report.total("new") == 1
    assert [(reject.row, reject.column) for reject in report.rejected] == [
        (2, "需求产品"),
        (3, "需求产品"),
        (5, "需求产品"),
    ]
    assert "不能为空" in report.rejected[0].reason
    assert "图中没有产品“芯片”,相近的有 芯片件;请先登记它,或改正名称" in report.rejected[1].reason
    assert "high purity gas" in report.rejected[2].reason


def test_by_command(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    start(open_store(url), tmp_path / "in").close()
    add = [
        "ledger",
        "add",
        "--supplier",
        "a",
        "--customer",
        "boss",
        "--product",
        "芯片件",
        "--on",
        "2026-03-01",
        "--by",
        "甲,乙",
        "--source",
        "纪要",
    ]
    assert "像是公式" in run(*add, "--stage", "洽谈", "--note", "=1+1", store=url, check=1).stderr
    assert "已记下这一步" in run(*add, "--stage", "洽谈", "--note", "谈了\n两次", store=url).stderr
    assert "完全相同" in run(*add, "--stage", "洽谈", "--note", "谈了\n两次", store=url).stderr
    assert "放弃要写原因" in run(*add, "--stage", "放弃", store=url, check=1).stderr
    refused = run(*add, "--stage", "成交", store=url, check=1).stderr
    assert "不在可选值内" in refused
    assert "matched.csv" not in refused  # a file that the person never saw
    run("ledger", "add", "--stage", "洽谈", store=url, check=2)
    answer = json.loads(run("ledger", "--leader", "boss", "--format", "json", store=url).stdout)
    assert [(step["by"], step["note"]) for step in answer["matches"][0]["steps"]] == [("甲,乙", "谈了\n两次")]
    table = run("ledger", store=url)
    assert "谈了" in table.stdout
    assert "1 项匹配，现在的阶段：需求 0,推荐 0,链主答复 0,洽谈 1,签约 0,放弃 0" in table.stderr
    assert (
        run("ledger", "--format", "csv", store=url).stdout.splitlines()[0]
        == "链主,供应商,产品,现在,步骤,日期,经办,备注,状态,来源,须知"
    )
    assert "只能选一个" in run("ledger", "--leader", "boss", "--firm", "a", store=url, check=2).stderr
    assert "图中没有企业" in run("ledger", "--firm", "没有这家", store=url, check=1).stderr


def test_withdrawn_steps_are_neither_counted_nor_reasons_and_two_talks_are_in_order(tmp_path: Path) -> None:
    store = start(open_store(f"ladybug://{tmp_path}/g.lbug"), tmp_path / "in")
    heads = HEADS.strip() + ",有效期止\n"
    (tmp_path / "m.csv").write_text(
        heads + "a,boss,芯片件,洽谈,2026-01-01,甲,,纪要,整理,\na,boss,芯片件,洽谈,2026-01-02,甲,再谈,纪要,整理,\n"
        "a,boss,芯片件,放弃,2026-02-01,甲,误记,纪要,整理,2026-02\na,boss,芯片件,放弃,2026-03-01,甲,,纪要,整理,\n",
        "utf-8",
    )
    assert not load([tmp_path / "m.csv"], store).bad
    assert told(store).steps == {"需求": 0, "推荐": 0, "链主答复": 0, "洽谈": 2, "签约": 0, "放弃": 1}
    match = only(store)
    assert match.remarks == ["放弃没有写原因"]
    assert reason_of(match) == "没有写原因"

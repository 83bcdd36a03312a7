"""What people wrote stands over what files say, whatever is loaded in between, and can be taken back; the journal keeps it."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import Conflict, InputError, NotFound
from graph.journal import Head, JournalEntry, Outcome, broken, settled
from graph.model.edges import Supplies
from graph.model.edits import EDITS, read_edits, tag_of
from graph.model.nodes import Enterprise, Project
from graph.stores import Store, open_store
from loaders.backup import back_up, restore
from loaders.changes import Change, apply, recover, standing
from loaders.history import redo, undo
from loaders.run import load_rows

SAID = ("source", "status", "confidence", "place", "valid_from", "valid_to", "note", "field_sources")


def row(store: Store, id: str = "p", record: Any = Project) -> dict[str, Any]:
    found = standing(store, record, {"id": id})
    assert found is not None
    return found


def project(**more: Any) -> dict[str, Any]:
    return {"id": "p", "name": "示例项目", "source": "台账"} | more


def write(store: Store, by: str = "张三", why: str = "", seen: str | None = None, **fields: Any) -> str:
    (done,) = apply(store, [Change(Project, {"id": "p"}, fields, by, why, seen)])
    assert done.outcome in ("changed", "same"), done
    return done.change


def test_a_person_stands_over_files_that_are_loaded_later(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈", amount="1000000")], store)
    write(store, why="电话核实", stage="签约")
    now = row(store)
    assert (now["stage"], now["amount"], now["source"], now["status"]) == ("签约", 1e6, "台账", "reported")
    edit = read_edits(now)["stage"]
    assert (edit.value, edit.base, edit.by, edit.why, edit.status) == ("签约", "洽谈", "张三", "电话核实", "reported")
    report = load_rows(Project, [project(stage="线索", amount="2000000", status="confirmed", source="年报")], store)
    assert report.total("changed") == 1
    now = row(store)
    assert (now["stage"], now["amount"], now["source"], now["status"]) == ("签约", 2e6, "年报", "confirmed")
    assert read_edits(now)["stage"].base == "线索"  # what files say now is not lost
    again = load_rows(Project, [project(stage="线索", amount="2000000", status="confirmed", source="年报")], store)
    assert (again.total("same"), again.total("changed")) == (1, 0)


def test_an_emptied_field_stays_empty_and_what_is_said_again_is_no_change(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈", description="旧说明")], store)
    first = write(store, description=None)
    load_rows(Project, [project(description="新说明")], store)
    assert row(store)["description"] is None
    version = store.version()
    assert write(store, description=None) != first
    assert store.version() == version
    assert [entry.told for entry in settled(store.journal().entries())] == ["", "没有变化"]


def test_a_row_that_a_person_made_is_theirs(store: Store) -> None:
    firms = [{"id": id, "name": f"示例{id}公司", "source": "名录"} for id in "ab"]
    load_rows(Enterprise, firms, store)
    key = {"supplier": "示例a公司", "customer": "b", "product": "电机"}
    (done,) = apply(
        store, [Change(Supplies, key, {"source": "走访", "status": "confirmed", "note": "已供两年"}, "李四")]
    )
    assert done.outcome == "new"
    file = [{"supplier": "a", "customer": "b", "product": "电机", "source": "问卷", "note": "听说", "since": "2020"}]
    load_rows(Supplies, file, store)
    now = standing(store, Supplies, {"supplier": "a", "customer": "b", "product": "电机"})
    assert now is not None
    assert (now["note"], now["since"], now["source"], now["status"]) == ("已供两年", "2020", "走访", "confirmed")
    back = undo(store, done.change, "李四", "记错了").change
    files = standing(store, Supplies, {"supplier": "a", "customer": "b", "product": "电机"})
    assert files is not None
    assert (files["note"], files["since"], files["source"]) == ("听说", "2020", "问卷")  # whose row it is as well
    assert (files["valid_to"], files[EDITS]) == (None, None)
    undo(store, back, "李四")
    again = standing(store, Supplies, {"supplier": "a", "customer": "b", "product": "电机"})
    assert again is not None
    assert (again["note"], again["source"], read_edits(again)["note"].base) == ("已供两年", "走访", "听说")


def test_a_row_that_is_a_persons_alone_is_ended_by_an_undo(store: Store) -> None:
    (done,) = apply(store, [Change(Project, {"id": "n"}, {"name": "新项目", "source": "走访"}, "李四")])
    undo(store, done.change, "李四")
    assert row(store, "n")["valid_to"] is not None


def test_an_undo_of_a_new_name_takes_back_the_alias_that_the_old_one_was(store: Store) -> None:
    firm = {"id": "f", "name": "示例甲公司", "source": "名录", "aliases": "甲"}
    load_rows(Enterprise, [firm], store)

    def renamed(name: str) -> str:
        (done,) = apply(store, [Change(Enterprise, {"id": "f"}, {"name": name}, "张三")])
        return done.change

    def names() -> tuple[str, list[str]]:
        now = row(store, "f", Enterprise)
        return now["name"], now["aliases"] or []

    first = renamed("示例丙公司")
    assert names() == ("示例丙公司", ["甲", "示例甲公司"])
    load_rows(Enterprise, [firm | {"aliases": "甲;老甲"}], store)
    assert names() == ("示例丙公司", ["甲", "示例甲公司", "老甲"])  # what files say is added
    back = undo(store, first, "李四").change
    assert names() == ("示例甲公司", ["甲", "老甲"])
    assert row(store, "f", Enterprise)[EDITS] is None
    undo(store, back, "李四")
    assert names() == ("示例丙公司", ["甲", "示例甲公司", "老甲"])
    load_rows(Enterprise, [firm | {"aliases": "示例甲公司"}], store)  # a file says it
    undo(store, renamed("示例丁公司"), "李四")
    assert names() == ("示例丙公司", ["甲", "示例甲公司", "老甲"])
    undo(store, [*store.journal().entries()][-1].change, "李四")
    with pytest.raises(Conflict):
        undo(store, first, "李四")


def test_undo_restores_what_stood_and_is_a_change_itself(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈")], store)
    first = write(store, stage="签约")
    second = write(store, by="李四", stage="开工")
    with pytest.raises(Conflict, match="又有人改过"):
        undo(store, first, "王五")
    third = undo(store, second, "王五").change
    assert (row(store)["stage"], read_edits(row(store))["stage"].by) == ("签约", "张三")
    load_rows(Project, [project(stage="线索")], store)
    undo(store, first, "王五")
    assert (row(store)["stage"], row(store)[EDITS]) == ("线索", None)  # what files say by now
    with pytest.raises(NotFound, match="没有做成了的改动"):
        undo(store, "x", "王五")
    lines = settled(store.journal().entries())
    assert [(one.action, one.who, one.outcome) for one in lines] == [
        ("修改", "张三", "done"), ("修改", "李四", "done"), ("撤销", "王五", "done"), ("撤销", "王五", "done"),
    ]  # fmt: skip
    assert lines[2].change == third
    assert broken(store.journal().entries(), store.journal().head()) == []


def test_an_undo_is_taken_back(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈")], store)
    back = undo(store, write(store, stage="签约"), "王五").change
    assert row(store)["stage"] == "洽谈"
    undo(store, back, "赵六")
    assert (row(store)["stage"], read_edits(row(store))["stage"].by) == ("签约", "张三")  # whose word it was


def test_two_people_on_one_row(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈")], store)
    seen = tag_of(row(store))
    write(store, seen=seen, stage="签约")
    with pytest.raises(Conflict, match=r"张三 于 .* 改过") as stale:
        write(store, by="李四", seen=seen, stage="终止")
    assert stale.value.details["newer"]["stage"] == "签约"
    assert row(store)["stage"] == "签约"
    refused = [*settled(store.journal().entries())][-1]
    assert (refused.who, refused.outcome, refused.thing) == ("李四", "refused", "Project:p")
    assert "改过" in refused.told


def test_what_cannot_be_is_refused_and_written_down(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈")], store)
    version = store.version()
    (done,) = apply(store, [Change(Project, {"id": "p"}, {"amount": "很多"}, "张三")])
    assert (done.outcome, store.version()) == ("refused", version)
    with pytest.raises(InputError):
        apply(
            store, [Change(Project, {"id": "q"}, {"stage": "签约"}, "张三")]
        )  # nothing has this id, and no name is given
    assert [one.outcome for one in settled(store.journal().entries())] == ["refused", "refused"]


CODES = ("91370200163562681G", "91370212718028843J")  # both hold together in themselves


def test_a_thing_that_a_person_renamed_is_known_by_both_names(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈")], store)
    write(store, name="更正后的项目")
    named = [{"name": name, "source": "新台账", "stage": "签约"} for name in ("示例项目", "更正后的项目")]
    for file in named:
        report = load_rows(Project, [file], store)
        assert (report.total("new"), report.bad) == (0, False)
        assert store.nodes(Project)["id"].to_list() == ["p"]
        assert row(store)["name"] == "更正后的项目"
        assert read_edits(row(store))["name"].base == file["name"]  # what the latest file says


def test_a_firm_whose_code_a_person_mended_is_known_by_both(store: Store) -> None:
    wrong, right = CODES
    load_rows(Enterprise, [{"id": "f", "name": "示例甲公司", "uscc": wrong, "source": "名录"}], store)
    load_rows(Enterprise, [{"id": "g", "name": "示例乙公司", "source": "名录"}], store)
    change = Change(Enterprise, {"id": "f"}, {"uscc": right, "name": "示例丙公司"}, "张三", "营业执照")
    (done,) = apply(store, [change])
    assert done.outcome == "changed", done
    assert (row(store, "f", Enterprise)["uscc"], row(store, "f", Enterprise)["uscc_check"]) == (right, "有效")
    for code in CODES:
        for name in ("示例甲公司", "示例丙公司"):
            for id in ({}, {"id": "f"}):
                file = {"name": name, "uscc": code, "source": "又一份名录", **id}
                report = load_rows(Enterprise, [file], store)
                assert (report.total("new"), report.rejected) == (0, []), file
    assert sorted(store.nodes(Enterprise)["id"]) == ["f", "g"]
    now = row(store, "f", Enterprise)
    assert (now["uscc"], now["name"]) == (right, "示例丙公司")
    (taken,) = apply(store, [Change(Enterprise, {"id": "g"}, {"uscc": right}, "张三")])
    assert (taken.outcome, "已用于另一编号" in taken.reason) == ("refused", True)


VALUES = st.sampled_from(["甲", "乙", "丙"])
FIELDS = ("description", "amount_original", "note")
LOADS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict, kind=st.just("load"), status=st.sampled_from(["confirmed", "reported", "curated", "sample"]),
    source=st.sampled_from(["s1", "s2"]),
    fields=st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1),
)  # fmt: skip
WORDS: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    kind=st.just("word"),
    fields=st.dictionaries(st.sampled_from(FIELDS), st.one_of(st.none(), VALUES), min_size=1),
)
BACK = st.just({"kind": "undo"})


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(LOADS, WORDS, WORDS, BACK), max_size=7))
def test_whatever_comes_in_whatever_order_a_persons_last_word_is_read(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, Any]]
) -> None:
    """The oracle is a store that is given the files alone, with the last word of each field over it."""
    folder = tmp_path_factory.mktemp("edits")
    both, files = (open_store(f"ladybug://{folder / name}.lbug") for name in ("both", "files"))
    words, stack = dict[str, Any](), list[tuple[str, dict[str, Any]]]()
    for store in (both, files):
        load_rows(Project, [project()], store)
    for step in steps:
        if step["kind"] == "load":
            file = [project(source=step["source"], status=step["status"], **step["fields"])]
            for store in (both, files):
                load_rows(Project, file, store)
        elif step["kind"] == "word":
            stack.append((write(both, **step["fields"]), dict(words)))
            words |= step["fields"]
        elif stack:
            change, before = stack.pop()
            made = next(one for one in both.journal().entries() if one.change == change)
            if any(
                read_edits(row(both)).get(name, None) is None or read_edits(row(both))[name].change != change
                for name in made.after
            ):
                continue  # it said nothing new
            undo(both, change, "张三")
            words = before
    mine, theirs = row(both), row(files)
    assert {name: mine[name] for name in FIELDS} == {name: theirs[name] for name in FIELDS} | words
    if not words:
        assert {name: mine[name] for name in mine if name not in (EDITS, "recorded_at")} == {
            name: theirs[name] for name in theirs if name not in (EDITS, "recorded_at")
        }
    assert broken(both.journal().entries(), both.journal().head()) == []
    both.close()
    files.close()


def test_a_chain_that_was_touched_says_where(store: Store) -> None:
    journal = store.journal()
    made = [journal.append(JournalEntry("载入", "张三", told=f"{number}")) for number in range(4)]
    assert broken(journal.entries(), journal.head()) == []
    assert [one.number for one in journal.entries(2)] == [3, 4]
    lied = JournalEntry(**{**vars(made[1]), "who": "李四"})
    assert broken([made[0], lied, *made[2:]], journal.head()) == [f"第 2 条({lied.at},李四)被改过"]
    assert broken([made[0], *made[2:]], journal.head()) == ["第 2 条不见了,下一条是第 3 条"]
    assert broken(made[:3], journal.head()) == ["最后一条应是第 4 条,现在是第 3 条"]
    assert broken([made[0], made[1].chained(Head(1)), *made[2:]], journal.head())[0] == "第 2 条接不上它的前一条"
    assert list(Outcome) == ["begun", "done", "refused"]


def test_a_look_at_the_journal_reads_what_came_since_the_last_look(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = store.journal()
    for change in "ab":
        for outcome in (Outcome.begun, Outcome.done):
            journal.append(JournalEntry("修改", "张三", outcome, thing="Project:p", name="示例项目", change=change))
    faults, actions = journal.known()
    assert (faults, [(one.first, one.last, one.outcome) for one in actions]) == ([], [(1, 2, "done"), (3, 4, "done")])
    first, last = journal.pick([4, 1])
    assert (first.number, last.number) == (1, 4)

    read, hashed = [*journal.entries()], list[int]()
    digest = JournalEntry.digest

    def noted(entry: JournalEntry) -> str:
        hashed.append(entry.number)
        return digest(entry)

    monkeypatch.setattr(JournalEntry, "digest", noted)
    journal.append(JournalEntry("载入", "李四"))
    hashed.clear()  # what is written is hashed as well
    assert [one.who for one in journal.known().actions] == ["张三", "张三", "李四"]
    assert [one.who for one in store.pinned().journal().known().actions][-1] == "李四"
    assert hashed == [5]

    journal.fill(read[:2])  # of a backup: another journal, which is read from its beginning
    assert (journal.known().faults, len(journal.known().actions)) == ([], 1)
    journal.append(JournalEntry("载入", "王五"))
    assert [one.who for one in journal.known().actions] == ["张三", "王五"]


def test_what_was_begun_and_not_ended_is_settled_by_the_graph(store: Store) -> None:
    load_rows(Project, [project(stage="洽谈")], store)
    write(store, stage="签约")
    written = read_edits(row(store))["stage"].change
    for change in (written, "nowhere"):
        entry = JournalEntry("修改", "张三", Outcome.begun, thing="Project:p", key={"id": "p"}, change=change)
        store.journal().append(entry)
    recover(store)
    ends = {one.change: one.outcome for one in store.journal().entries()}
    assert ends == {written: "done", "nowhere": "refused"}


def test_kills_during_a_change_leave_a_graph_and_a_chain_that_are_whole(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    store = open_store(url)
    load_rows(Project, [project(description="洽谈")], store)
    kills = int(os.environ.get("LIANZHANG_KILLS", "20"))
    for number in range(kills):
        command = [sys.executable, "-c", KILLED, url, f"第{number}次"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()  # it has begun to write
        time.sleep(0.004 * (number % 20))  # somewhere within the change: the place is what varies
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        before = row(store)["description"]
        last = write(store, by="李四", description=f"之后{number}")
        assert before in ("洽谈", f"第{number}次", f"之后{number - 1}")
        lines = [one for one in settled(store.journal().entries()) if one.change != last]
        assert all(one.outcome is not Outcome.begun for one in lines)
        killed = [one for one in lines if one.after.get("description") == f"第{number}次"]
        assert all((one.outcome is Outcome.done) == (before == f"第{number}次") for one in killed)
        assert broken(store.journal().entries(), store.journal().head()) == []
    store.close()


KILLED = """
import sys
from graph.model.nodes import Project
from graph.stores import open_store
from loaders.changes import Change, apply
store = open_store(sys.argv[1])
store.nodes(Project)
print("begun", flush=True)
apply(store, [Change(Project, {"id": "p"}, {"description": sys.argv[2]}, "张三")])
"""


def test_the_journal_of_a_file_store_is_not_lost_with_a_generation(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load_rows(Project, [project(stage="洽谈")], store)
    write(store, stage="签约")
    with sqlite3.connect(tmp_path / "g.lbug.d" / "journal.sqlite") as base:
        base.execute("UPDATE entries SET text = replace(text, '张三', '李四') WHERE number = 1")
    assert any("被改过" in fault for fault in broken(store.journal().entries(), store.journal().head()))


def test_firms_are_loaded_again_after_somebody_wrote_in_one(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firms = [{"id": id, "name": f"示例{id}公司", "source": "名录"} for id in "abc"]
    load_rows(Enterprise, firms, store)
    apply(store, [Change(Enterprise, {"id": "a"}, {"description": "电话核实过"}, "张三")])
    assert load_rows(Enterprise, firms, store).total("same") == 3
    assert row(store, "a", Enterprise)["description"] == "电话核实过"


def test_a_change_is_checked_whether_or_not_its_writer_saw_the_row(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load_rows(Project, [project(), project(id="q", name="别的项目")], store)
    for fields in ({"id": "q", "stage": "签约"}, {EDITS: ["x"]}, {"no-such": 1}, {"description": {"a": 1}}):
        with pytest.raises(InputError):
            apply(store, [Change(Project, {"id": "p"}, fields, "张三")])
    assert (row(store)["stage"], row(store, "q")["stage"]) == (None, None)
    with pytest.raises(InputError, match="写短些"):
        apply(store, [Change(Project, {"id": "p"}, {"stage": "签约"}, "张三", "长" * 300_000)])
    assert max(len(entry.why) for entry in store.journal().entries()) == 2_000
    many = {f"no-such-{number}" + "长" * 9_000: ["长" * 9_000] * 900 for number in range(90)}
    with pytest.raises(InputError):
        apply(store, [Change(Project, {"id": "p"}, many, "张三")])
    (done,) = apply(store, [Change(Project, {"id": "p"}, {"description": "长" * 90_000}, "张三")])
    assert done.outcome == "refused"
    kept = [*store.journal().entries()]
    assert max(len(entry.text()) for entry in kept[-2:]) < 10_000
    assert len(kept[-3].after) <= 50
    assert kept[-1].after["description"] == "长" * 2_000 + "…"


def test_a_change_is_taken_back_though_part_of_it_said_what_stood(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load_rows(Project, [project(stage="洽谈")], store)
    write(store, stage="签约")
    second = write(store, stage="签约", description="说明")
    undo(store, second, "李四")
    assert (row(store)["stage"], row(store)["description"]) == ("签约", None)
    with pytest.raises(Conflict, match="已撤销过"):
        undo(store, second, "李四")


def test_an_undo_that_left_what_files_say_is_taken_back(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load_rows(Project, [project(stage="洽谈")], store)
    back = undo(store, write(store, stage="签约"), "李四").change
    assert row(store)["stage"] == "洽谈"
    undo(store, back, "李四")
    assert (row(store)["stage"], read_edits(row(store))["stage"].by) == ("签约", "张三")
    with pytest.raises(Conflict):
        undo(store, back, "李四")


def test_an_undo_that_was_killed_after_it_was_written_is_known_as_done(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load_rows(Project, [project(stage="洽谈")], store)
    undo(store, write(store, stage="签约"), "李四")
    entries = [*store.journal().entries()]
    store.journal().fill(entries[:-1])
    recover(store)
    assert settled(store.journal().entries())[-1].told == "进程中断,事后核对: 已写入"


def test_the_mark_of_a_code_goes_with_the_code_that_was_taken_back(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    firm = {"id": "a", "name": "示例甲公司", "source": "名录", "uscc": "91320500MA1XABCD1X"}
    load_rows(Enterprise, [firm], store)
    (done,) = apply(store, [Change(Enterprise, {"id": "a"}, {"uscc": "91320594MA1MYAAA0B"}, "张三")])
    undo(store, done.change, "李四")
    assert read_edits(row(store, "a", Enterprise)) == {}


def test_an_entry_that_is_no_json_any_more_is_told_as_touched(tmp_path: Path) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    load_rows(Project, [project()], store)
    write(store, stage="签约")
    with sqlite3.connect(tmp_path / "g.lbug.d" / "journal.sqlite") as base:
        base.execute("UPDATE entries SET text = 'x' WHERE number = 2")
    faults = broken(store.journal().entries(), store.journal().head())
    assert "第 2 条不见了" in faults[0]
    assert "被改过" in faults[1]


def test_what_was_written_before_a_restoring_is_not_made_again_over_it(tmp_path: Path) -> None:
    old = open_store(f"ladybug://{tmp_path}/old/g.lbug")
    for number in range(4):
        load_rows(Project, [project(stage="洽谈", amount=str(number))], old)
    write(old, stage="签约")
    back_up(old, tmp_path / "b.zip")
    store = open_store(f"ladybug://{tmp_path}/new/g.lbug")
    restore(store, tmp_path / "b.zip", "本机用户")
    write(store, stage="开工")
    made, failed = redo(store, int(store.version().partition("-")[0]))
    assert (made, failed, row(store)["stage"]) == (0, [], "开工")

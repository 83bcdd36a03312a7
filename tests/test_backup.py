"""A whole graph in one file: what people wrote and the journal too, from either store into either; nothing half restored."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_cli import run

from graph.errors import InputError
from graph.journal import JournalEntry, broken, settled
from graph.model import EDGES, NODES, ends_of
from graph.model.nodes import Project
from graph.stores import Store, open_store
from loaders.backup import JOURNAL, back_up, restore
from loaders.changes import Change, apply, standing
from loaders.run import load, load_rows

STORY = Path(__file__).parent / "data" / "story"


def everything(store: Store) -> dict[str, list[str]]:
    """Return every row of a store, each as text, sorted."""
    parts = {node.label(): [store.nodes(node)] for node in NODES}
    parts |= {f"{edge.type_name} {ends}": [*store.edges(edge, ends)] for edge in EDGES for ends in ends_of(edge)}
    return {
        name: sorted(json.dumps(row, ensure_ascii=False) for frame in frames for row in frame.iter_rows(named=True))
        for name, frames in parts.items()
    }


def journal_of(store: Store) -> list[str]:
    return [entry.text() for entry in store.journal().entries()]


@pytest.fixture
def written(store: Store) -> Store:
    """A store of each kind with the story in it, and something that somebody wrote."""
    assert not load([STORY], store).bad
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账", "stage": "洽谈"}], store)
    apply(store, [Change(Project, {"id": "p"}, {"stage": "签约", "description": None}, "张三", "电话核实")])
    return store


@pytest.fixture
def empty(tmp_path: Path) -> Store:
    return open_store(f"ladybug://{tmp_path}/other.lbug")


def test_a_backup_is_the_whole_and_goes_from_either_store_to_the_other(
    written: Store, empty: Store, tmp_path: Path, other_store: Callable[[Store], Store]
) -> None:
    there, before, journal = tmp_path / "a.zip", everything(written), journal_of(written)
    made = back_up(written, there)
    assert made.nodes == sum(len(rows) for name, rows in before.items() if " " not in name)
    assert made.edges == sum(len(rows) for name, rows in before.items() if " " in name)
    restored, taken = restore(empty, there, "李四")
    assert (restored, taken) == (made, True)
    assert everything(empty) == before
    assert journal_of(empty)[:-1] == journal
    assert [(one.action, one.who) for one in settled(empty.journal().entries())][-1] == ("恢复", "李四")
    assert broken(empty.journal().entries(), empty.journal().head()) == []
    back = tmp_path / "b.zip"
    back_up(empty, back)
    again = other_store(written)
    restore(again, back, "王五", replace=True)
    assert everything(again) == before
    row = standing(again, Project, {"id": "p"})
    assert row is not None
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账", "stage": "线索"}], again)
    after = standing(again, Project, {"id": "p"})
    assert after is not None
    assert after["stage"] == "签约"  # what people wrote still stands over files
    empty.close()


@pytest.fixture
def other_store(tmp_path: Path) -> Callable[[Store], Store]:
    """Where a backup of a store is brought back to: itself, over what is there."""
    return lambda store: store


def test_what_is_there_is_kept_unless_it_is_to_be_replaced(written: Store, tmp_path: Path) -> None:
    path, before = tmp_path / "a.zip", everything(written)
    back_up(written, path)
    load_rows(Project, [{"id": "q", "name": "后来的", "source": "台账"}], written)
    with pytest.raises(InputError, match="--replace"):
        restore(written, path, "李四")
    assert everything(written) != before
    written.journal().append(JournalEntry("载入", "张三"))
    _, taken = restore(written, path, "李四", replace=True)
    assert taken is False  # what was done here since is not thrown away
    assert everything(written) == before
    assert [one.action for one in settled(written.journal().entries())][-2:] == ["载入", "恢复"]


def damaged(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _flip(parts: dict[str, bytes]) -> None:
    parts["nodes/Project.parquet"] = parts["nodes/Project.parquet"][:-9] + b"?" + parts["nodes/Project.parquet"][-8:]


def _drop(parts: dict[str, bytes]) -> None:
    del parts["nodes/Project.parquet"]


def _lie(parts: dict[str, bytes]) -> None:
    import hashlib

    parts[JOURNAL] = parts[JOURNAL].replace("张三".encode(), "李四".encode())
    told: dict[str, Any] = json.loads(parts["manifest.json"])
    told["sha256"][JOURNAL] = hashlib.sha256(parts[JOURNAL]).hexdigest()
    parts["manifest.json"] = json.dumps(told).encode()


def _later(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = json.dumps(json.loads(parts["manifest.json"]) | {"format": 3}).encode()


@pytest.mark.parametrize(
    ("change", "told"),
    [(_flip, "坏了"), (_drop, "缺了"), (_lie, "接不上"), (_later, "格式"), (lambda parts: parts.clear(), "不是备份")],
)
def test_a_damaged_backup_restores_nothing(
    empty: Store, tmp_path: Path, change: Callable[[dict[str, bytes]], None], told: str
) -> None:
    source = open_store(f"ladybug://{tmp_path}/g.lbug")
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账"}], source)
    apply(source, [Change(Project, {"id": "p"}, {"stage": "签约"}, "张三")])
    path = tmp_path / "a.zip"
    back_up(source, path)
    with pytest.raises(InputError, match=told):
        restore(empty, damaged(path, change), "李四")
    assert empty.version() == "empty"
    assert journal_of(empty) == []
    source.close()
    empty.close()


def test_what_is_no_backup_says_so(empty: Store, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no")
    for path, told in ((tmp_path / "x.zip", "不是备份"), (tmp_path / "none.zip", "没有备份文件")):
        with pytest.raises(InputError, match=told):
            restore(empty, path, "李四")
    empty.close()


def test_the_commands(tmp_path: Path) -> None:
    here, there = (f"ladybug://{tmp_path / name}.lbug" for name in "ab")
    run("load", str(STORY), store=here)
    path = tmp_path / "a.zip"
    assert "已备份到" in run("backup", str(path), store=here).stderr
    assert "已恢复" in run("restore", str(path), store=there).stderr
    assert "--replace" in run("restore", str(path), store=there, check=1).stderr
    assert run("restore", str(path), "--replace", store=there).returncode == 0
    told = json.loads(run("verify", "--format", "json", store=there).stdout)
    assert (told["ok"], told["journal"]) == (True, [])
    lines = json.loads(run("audit", "--format", "json", store=there).stdout)
    assert [one["action"] for one in lines] == ["恢复", "恢复", "载入"]


def test_going_back_a_generation_loses_nothing_that_people_wrote(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    store = open_store(url)
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账", "stage": "洽谈"}], store)
    apply(store, [Change(Project, {"id": "p"}, {"stage": "签约"}, "张三", "电话核实", role="editor")])
    store.close()
    done = run("rollback", store=url)
    assert "1 处改动已重新写上" in done.stderr
    store = open_store(url)
    row = standing(store, Project, {"id": "p"})
    assert row is not None
    assert row["stage"] == "签约"
    lines = settled(store.journal().entries())
    assert [one.action for one in lines] == ["修改", "退回", "修改"]
    assert [(one.who, one.role, one.why) for one in (lines[0], lines[2])] == [("张三", "editor", "电话核实")] * 2
    assert lines[2].told == f"退回之后重做 {lines[0].change}"
    store.close()


def test_a_journal_that_was_emptied_is_told(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    store = open_store(url)
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账", "stage": "洽谈"}], store)
    apply(store, [Change(Project, {"id": "p"}, {"stage": "签约"}, "张三")])
    store.close()
    assert run("verify", store=url).returncode == 0
    (tmp_path / "g.lbug.d" / "journal.sqlite").unlink()
    assert "图里有 1 次人写的改动,记录里没有" in run("verify", store=url, check=1).stderr

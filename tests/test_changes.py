"""Rows that come from a person and not from a file: checked and loaded as a file's are, and never over what somebody else has changed."""

import csv
import tempfile
from pathlib import Path
from typing import Any

import pytest

from graph.errors import Conflict, InputError
from graph.model.edges import Matched, OnChain
from graph.model.edits import tag_of
from graph.model.nodes import Chain, Enterprise, Product
from graph.names.comparisons import read_comparisons
from graph.names.verdicts import SAME
from graph.stores import Store
from loaders.changes import Change, Done, apply
from loaders.judgements import judge
from loaders.run import Options, load, load_rows

ENDS = ("Enterprise", "Enterprise")
SAID = {"source": "纪要", "status": "据报道"}


def firm(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "name": f"{id}有限公司", "source": "名录"} | more


def step(stage: str = "洽谈", supplier: str = "a", customer: str = "b", **more: Any) -> dict[str, Any]:
    return {
        "supplier": supplier,
        "customer": customer,
        "product": "电机",
        "stage": stage,
        "happened_on": "2026-03-01",
        **more,
    }


def recorded(store: Store) -> list[dict[str, Any]]:
    rows = [row for frame in store.edges(Matched, ENDS) for row in frame.iter_rows(named=True)]
    return sorted(rows, key=lambda row: (row["from"], row["stage"], row["note"] or ""))


@pytest.fixture
def firms(store: Store) -> Store:
    assert not load_rows(Enterprise, [firm("a"), firm("b", 别名=["乙", "乙方"]), firm("c")], store).bad
    assert not load_rows(Product, [{"名称": "电机", "来源": "名录"}], store).bad
    return store


def test_rows_are_loaded_as_those_of_a_file_are(firms: Store, tmp_path: Path) -> None:
    rows = [
        step(source="纪要", note="谈了\n“两次”,还有下次"),
        step("推荐", source="纪要", handled_by="甲,乙", confidence=0.5),
        step("成交", source="纪要"),
        step(source="纪要", note="=1+1"),
        step(source="", happened_on="2026-13-01"),
        step("签约", "不认识的企业", source="纪要"),
        step("签约", "b", source="纪要"),
    ]
    path = tmp_path / "matched.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, dict.fromkeys(key for row in rows for key in row))
        writer.writeheader()
        writer.writerows(rows)
    of_rows = load_rows(Matched, rows, firms)
    there = recorded(firms)
    of_file = load([path], firms)
    assert [of_rows.total(name) for name in ("read", "new", "changed", "same")] == [7, 2, 0, 0]
    assert [of_file.total(name) for name in ("read", "new", "changed", "same")] == [7, 0, 0, 2]
    assert recorded(firms) == there
    assert {row["note"] or "" for row in there} == {"谈了\n“两次”,还有下次", ""}
    assert [(rejected.row, rejected.column, rejected.value, rejected.reason) for rejected in of_rows.rejected] == [
        (int(rejected.row or 0) - 1, rejected.column, rejected.value, rejected.reason) for rejected in of_file.rejected
    ]  # the file has its head before them
    assert {rejected.file for rejected in of_rows.rejected} == {"匹配"}


def test_rows_that_no_table_can_hold_and_a_row_without_what_its_type_needs(firms: Store) -> None:
    before = firms.version()
    report = load_rows(Matched, [step(source="纪要", note="\udcff")], firms)
    assert [(rejected.row, rejected.column) for rejected in report.rejected] == [(1, "note")]
    assert "代理字符" in report.rejected[0].reason
    lacking = load_rows(Matched, [{"supplier": "a", "customer": "b", "source": "纪要"}], firms)
    assert "缺少必需的列 对接阶段" in lacking.failed[0]["reason"]
    assert (
        "没有用到的列 心情"
        in load_rows(Matched, [step(source="纪要", 心情="好")], firms, Options(dry_run=True)).warnings[0]
    )
    assert (recorded(firms), firms.version()) == ([], before)


def test_what_came_of_each_change(firms: Store) -> None:
    first, last = step(), step("签约")
    assert apply(firms, [Change(Matched, first, SAID, "甲")]) == [Done("new")]
    done = apply(
        firms,
        [
            Change(Matched, first, SAID, "甲"),
            Change(Matched, last, SAID, "甲"),
            Change(Matched, step("成交"), SAID, "甲"),
            Change(Enterprise, {"id": "c"}, firm("c", short_name="丙"), "甲", "补简称"),
        ],
    )
    assert [result.outcome for result in done] == ["same", "new", "refused", "changed"]
    assert "不在可选值内" in done[2].reason
    assert [row["stage"] for row in recorded(firms)] == ["洽谈", "签约"]
    assert apply(firms, []) == []
    with pytest.raises(InputError, match="缺少必需的列"):
        apply(firms, [Change(Matched, step("放弃"), SAID, "甲"), Change(Matched, {"supplier": "a"}, SAID, "甲")])
    assert [row["stage"] for row in recorded(firms)] == ["洽谈", "签约"]  # none of them is made


def test_nobody_writes_over_what_was_changed_since_it_was_seen(firms: Store) -> None:
    apply(firms, [Change(Matched, step(), SAID, "甲")])
    (row,) = recorded(firms)
    corrected, fresh = (
        Change(Matched, step(), SAID | {"source": "更正"}, "乙", seen=tag_of(row)),
        Change(Matched, step("签约"), SAID, "乙"),
    )
    with pytest.raises(Conflict, match="改过了") as stale:
        apply(firms, [fresh, Change(Matched, step(), SAID | {"source": "更正"}, "丙", seen="2026-01-01T00:00:00Z")])
    assert (stale.value.status, stale.value.details["newer"]["recorded_at"]) == (409, row["recorded_at"])
    assert recorded(firms) == [row]
    assert apply(firms, [corrected, fresh]) == [Done("changed"), Done("new")]
    with pytest.raises(Conflict, match="现在没有这一行") as gone:
        apply(firms, [Change(Enterprise, {"id": "z"}, firm("z"), "丙", seen=tag_of(row))])
    assert gone.value.details["newer"] is None
    seen = tag_of(firms.nodes(Enterprise).sort("id").row(2, named=True))
    assert apply(firms, [Change(Enterprise, {"id": "c"}, firm("c", short_name="丙"), "丙", seen=seen)]) == [
        Done("changed")
    ]


def test_a_relation_that_many_types_may_have_is_found_too(firms: Store) -> None:
    assert not load_rows(Chain, [{"id": "x", "name": "示例链", "source": "名录"}], firms).bad
    key = {"subject": "a", "chain": "x"}
    assert apply(firms, [Change(OnChain, key, SAID, "甲")]) == [Done("new")]
    (seen,) = (
        tag_of(row) for frame in firms.edges(OnChain, ("Enterprise", "Chain")) for row in frame.iter_rows(named=True)
    )
    with pytest.raises(Conflict, match="改过了"):
        apply(firms, [Change(OnChain, key, SAID | {"source": "更正"}, "乙", seen="2026-01-01T00:00:00Z")])
    assert apply(firms, [Change(OnChain, key, SAID | {"source": "更正"}, "乙", seen=seen)]) == [Done("changed")]


def test_a_judgement_needs_no_file(firms: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    judge(firms, "a", "c", SAME, "张三", "同一法人")
    assert read_comparisons(firms).taken_for == {"c": "a"}
    with pytest.raises(InputError, match="公式"):
        judge(firms, "a", "b", SAME, "=cmd|' /C calc'!A0")

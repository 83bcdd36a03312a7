"""Whole loads of anything at all: never a traceback, counts that add up, text that comes back as it was; readers undisturbed."""

import csv
import json
import re
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loader_parts import COUNTS, check, counts, firms, new_store, put, run

from graph.model import EDGES, NODES, Edge, Record, file_name
from graph.model.edges import Produces, SubsidiaryOf, Supplies
from graph.model.kinds import FORBIDDEN, FORMULA
from graph.model.nodes import Enterprise, Product, Source
from graph.names.names import normalise
from graph.stores import Store
from graph.stores.base import Ends
from loaders.files.heads import all_heads
from loaders.rows.as_meant import NOT_SAID, REMARKS, SUMS
from loaders.run import Options, load

IN_ONE_FOLDER = [HealthCheck.function_scoped_fixture]
PIECES = st.sampled_from(
    [
        "名称",
        "来源",
        ",",
        "\n",
        "\r",
        '"',
        "\t",
        ";",
        "甲公司",
        "年鉴",
        "{",
        "}",
        '{"名称": "甲", "来源": "年"}\n',
        "\ufeff",
        "\0",
        "=",
        "'",
    ]
)


@settings(max_examples=60, suppress_health_check=IN_ONE_FOLDER)
@given(
    st.sampled_from(["csv", "tsv", "txt", "jsonl", "xlsx", "ods"]),
    st.sampled_from(["enterprises", "supplies", "表"]),
    st.binary(max_size=200) | st.lists(PIECES, max_size=30).flatmap(lambda parts: st.sampled_from(["utf-8", "gb18030", "utf-16"]).map("".join(parts).encode)),
)  # fmt: skip
def test_no_bytes_give_a_traceback(tmp_path: Path, suffix: str, stem: str, content: bytes) -> None:
    path = tmp_path / f"{stem}.{suffix}"
    path.write_bytes(content)
    report = check(tmp_path, path)
    assert report.failed or report.total("read")
    json.dumps(report.as_dict(), ensure_ascii=False).encode()


TEXT = st.text(max_size=8) | st.sampled_from(
    [
        "甲公司",
        "乙公司",
        "年鉴",
        "",
        "",
        "2022",
        "0.5",
        "nan",
        "已证实",
        "甲公司;乙公司",
        "企业:甲公司",
        "=1",
        "91110000600037341L",
        "产品:甲公司",
    ]
)

HEADS = st.lists(st.sampled_from(sorted(all_heads())) | TEXT, min_size=1, max_size=7)
ROWS = st.lists(st.lists(TEXT, max_size=8), max_size=5)


@settings(max_examples=30, suppress_health_check=IN_ONE_FOLDER)
@given(st.lists(st.tuples(st.sampled_from([*NODES, *EDGES]), HEADS, ROWS), min_size=1, max_size=3))
def test_no_tables_give_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, tables: list[tuple[type, list[str], list[list[str]]]]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    for number, (record, heads, rows) in enumerate(tables):
        path = folder / str(number) / f"{file_name(record)}.csv"
        path.parent.mkdir()
        with path.open("w", encoding="utf-8", errors="replace", newline="") as stream:
            csv.writer(stream).writerows([[*heads, "名称", "来源"], *rows])
    report = check(folder, folder)
    again = check(folder, folder)
    assert [asdict(file) for file in report.files] == [asdict(file) for file in again.files]
    assert report.rejected == again.rejected


FIRM = st.sampled_from(["甲公司", "乙公司", "青岛恒源有限公司", "青岛恒源", "恒源（青岛）有限公司", "甲", "E1"])
CODE = st.sampled_from(["", "", "", "91110000600037341L", "91310000607378229C", "无"])
GOOD = st.sampled_from(["轴承", "齿轮", "轴 承", ""])
STATE = st.sampled_from(["", "已证实", "据报道", "整理", "示例"])
FROM = st.sampled_from(["年鉴", "公报", "来源:年鉴", ""])
FILES = {
    "enterprises": (["编号", "名称", "简称", "信用代码", "别名", "主要产品", "母公司", "状态", "来源"], [st.sampled_from(["", "", "", "E1", "E2"]), FIRM, st.sampled_from(["", "甲", "乙"]), CODE, st.sampled_from(["", "", "甲", "乙公司"]), GOOD, st.sampled_from(["", "", "甲公司", "E1"]), STATE, FROM]),
    "products": (["名称", "别名", "说明", "状态", "来源"], [GOOD, st.sampled_from(["", "轴", "齿轮"]), st.sampled_from(["", "一", "二"]), STATE, FROM]),
    "supplies": (["供应商", "客户", "产品", "备注", "状态", "来源"], [FIRM, FIRM, GOOD, st.sampled_from(["", "一", "二"]), STATE, FROM]),
    "produces": (["企业", "产品", "权重", "状态", "来源"], [FIRM, GOOD, st.sampled_from(["", "1", "2"]), STATE, FROM]),
}  # fmt: skip
Rows = tuple[str, list[tuple[str, ...]]]
TABLE = st.sampled_from(sorted(FILES)).flatmap(
    lambda name: st.tuples(st.just(name), st.lists(st.tuples(*FILES[name][1]), min_size=1, max_size=6))
)


@settings(max_examples=5, suppress_health_check=IN_ONE_FOLDER)
@given(st.lists(st.lists(TABLE, min_size=1, max_size=4), min_size=1, max_size=2))
def test_dry_runs_agree_and_the_same_again_is_the_same(
    tmp_path_factory: pytest.TempPathFactory, folders: list[list[Rows]]
) -> None:
    """Contradictory tables of firms, products and what joins them, onto an empty graph and onto that graph."""
    top = tmp_path_factory.mktemp("mixed")
    store = new_store(top / "graph")
    for turn, tables in enumerate(folders):
        for number, (name, rows) in enumerate(tables):
            (top / str(turn) / str(number)).mkdir(parents=True)
            with (top / str(turn) / str(number) / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows([FILES[name][0], *rows])
        shutil.copytree(top / str(turn), top / f"{turn} again")
        dry, wet = run(store, top / str(turn), dry=True), run(store, top / str(turn))
        assert [asdict(file) for file in dry.files] == [asdict(file) for file in wet.files]
        assert (dry.rejected, dry.conflicts, dry.failed, dry.nodes, dry.edges) == (
            wet.rejected,
            wet.conflicts,
            wet.failed,
            wet.nodes,
            wet.edges,
        )
        there = picture(store)
        again = run(store, top / f"{turn} again")
        assert (again.total("new"), again.total("changed")) == (0, 0)
        assert len(again.rejected) == len(wet.rejected)
        assert picture(store) == there


def picture(store: Store) -> list[str]:
    """Everything in the graph."""
    nodes = [str(row) for kind in (Enterprise, Product, Source) for row in store.nodes(kind).rows()]
    ends: list[tuple[type[Edge], Ends]] = [
        (Supplies, ("Enterprise", "Enterprise")),
        (SubsidiaryOf, ("Enterprise", "Enterprise")),
        (Produces, ("Enterprise", "Product")),
    ]
    return sorted(
        [*nodes, *(str(row) for kind, pair in ends for part in store.edges(kind, pair) for row in part.rows())]
    )


# what is read otherwise than it stands, and says so: tests/test_odd_files.py
AS_MEANT = rf"['‘’`]|[=#]|{NOT_SAID}|{SUMS}|{REMARKS}"


def _is_fine(name: str) -> bool:
    return (
        bool(normalise(name))
        and name == name.strip()
        and not re.search(FORBIDDEN, name)
        and not re.match(FORMULA, name)
        and not re.match(AS_MEANT, name)
    )


NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf"]), min_size=1, max_size=20).filter(_is_fine)


@settings(max_examples=4, suppress_health_check=IN_ONE_FOLDER)
@given(st.lists(st.tuples(NAME, NAME), min_size=1, max_size=40, unique_by=lambda row: normalise(row[0])))
def test_rows_go_in_as_new_come_back_as_they_were_and_are_the_same_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("round")
    for turn in ("1", "2"):
        (folder / turn).mkdir()
        with (folder / turn / "products.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["名称", "说明", "来源"], *([name, text, "年鉴"] for name, text in rows)])
    store = new_store(folder)
    assert counts(run(store, folder / "1")) == {"read": len(rows), "new": len(rows)}
    assert counts(run(store, folder / "2")) == {"read": len(rows), "same": len(rows)}
    assert sorted(store.nodes(Product).select("name", "description").rows()) == sorted(rows)


def test_awkward_text_is_stored_letter_by_letter(tmp_path: Path) -> None:
    texts = [
        "'单'\"双\"",
        "反\\斜\\\\杠\\n",
        "$var {x: 1}",
        "a,b;c\td",
        "第一行\n第二行",
        "NULL",
        "null",
        "true",
        "[1,2]",
        "{}",
        "\U0001f600",
        "e\u0301",
        "%s %d",
        "// 注",
        "`",
        "0x1F",
        " 里 外 ",
    ]
    path = tmp_path / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [["名称", "说明", "来源"], *([f"产品{number}", text, "年鉴"] for number, text in enumerate(texts))]
        )
    store = new_store(tmp_path)
    assert counts(run(store, path)) == {"read": len(texts), "new": len(texts)}
    found = dict(store.nodes(Product).select("name", "description").rows())
    assert [found[f"产品{number}"] for number in range(len(texts))] == [text.strip() for text in texts]


def test_the_report_adds_up_and_names_everything(tmp_path: Path) -> None:
    put(tmp_path / "in" / "enterprises.csv", "名称,来源,电话\n甲公司,年鉴,1\n乙公司,,2\n甲公司,年鉴,3\n")
    put(tmp_path / "in" / "supplies.csv", "供应商,客户,来源\n甲公司,甲公司,年鉴\n甲公司,乙公司,年鉴\n")
    put(tmp_path / "in" / "leer.csv", "")
    report = run(new_store(tmp_path), tmp_path / "in")
    told = report.as_dict()
    assert {name: told[name] for name in ("read", "new", "changed", "same")} == {
        "read": 5,
        "new": 2,
        "changed": 0,
        "same": 1,
    }
    assert [(Path(reject["file"]).name, reject["row"], reject["column"], reject["value"]) for reject in told["rejected"]] == [
        ("enterprises.csv", 3, "来源", ""), ("supplies.csv", 3, "客户", "乙公司"),
    ]  # fmt: skip
    assert told["warnings"] == ["enterprises.csv: 个人信息没有载入: 电话"]
    assert [Path(failure["file"]).name for failure in told["failed"]] == ["leer.csv"]
    assert (told["nodes"]["Enterprise"], told["nodes"]["Source"], told["edges"]) == (1, 1, {"SUPPLIES": 1})
    assert told["version"] == new_store(tmp_path).version()
    assert report.reasons()[0][1] == 1


@pytest.mark.parametrize("kind", [Enterprise, Supplies])
def test_the_wished_kind_beats_the_name_and_the_heads(tmp_path: Path, kind: type[Record]) -> None:
    path = put(tmp_path / "products.csv", "名称,供应商,客户,来源\n甲公司,甲公司,甲公司,年鉴\n")
    assert check(tmp_path, path, kind=kind).files[0].kind == kind.table.zh


def test_a_reader_is_not_disturbed_by_a_load_and_sees_the_new_graph_after_it(tmp_path: Path) -> None:
    reader = new_store(tmp_path)
    put(tmp_path / "1" / "enterprises.csv", "名称,来源\n甲公司,年鉴\n乙公司,年鉴\n")
    put(tmp_path / "1" / "supplies.csv", "供应商,客户,产品,来源\n甲公司,乙公司,轴承,年鉴\n")
    run(new_store(tmp_path), tmp_path / "1")
    before = reader.version()
    begun = reader.edges(Supplies, ("Enterprise", "Enterprise"))
    seen: list[tuple[str, list[str], int]] = []

    def look(_text: str, _rows: int) -> None:
        number = reader.read("MATCH ()-[r:SUPPLIES]->() RETURN count(r) AS n").rows[0]["n"]
        seen.append((reader.version(), firms(reader), number))

    put(tmp_path / "2" / "enterprises.csv", "名称,来源\n丙公司,年鉴\n甲公司,公报\n")
    put(tmp_path / "2" / "supplies.csv", "供应商,客户,产品,来源\n丙公司,甲公司,轴承,年鉴\n")
    report = load([tmp_path / "2"], new_store(tmp_path), Options(step=look))
    assert report.version != before
    assert len(seen) >= 4
    assert set(map(str, seen)) == {str((before, ["乙公司", "甲公司"], 1))}
    assert sum(map(len, begun)) in (1, 2)  # opened only now: one graph or the other, whole
    assert firms(reader) == ["丙公司", "乙公司", "甲公司"]
    assert reader.version() == report.version


def test_a_load_that_fails_leaves_the_graph_as_it_was(tmp_path: Path) -> None:
    store = new_store(tmp_path / "graph")
    run(store, put(tmp_path / "1" / "enterprises.csv", "名称,来源\n甲公司,年鉴\n"))
    before = (store.version(), firms(store), sorted(path.name for path in (tmp_path / "graph").rglob("*")))

    def stop(text: str, _rows: int) -> None:
        if text.startswith("载入"):
            raise KeyboardInterrupt

    put(tmp_path / "2" / "enterprises.csv", "名称,来源\n乙公司,年鉴\n")
    put(tmp_path / "2" / "supplies.csv", "供应商,客户,产品,来源\n甲公司,乙公司,轴承,年鉴\n")
    with pytest.raises(KeyboardInterrupt):
        load([tmp_path / "2"], store, Options(step=stop))
    assert (store.version(), firms(store), sorted(path.name for path in (tmp_path / "graph").rglob("*"))) == before
    assert counts(run(store, tmp_path / "2")) == {"read": 2, "new": 2}


def test_nothing_to_load_says_so(tmp_path: Path) -> None:
    store: Store = new_store(tmp_path)
    report = run(store)
    assert (report.files, report.failed, {name: report.total(name) for name in COUNTS}) == (
        [],
        [],
        dict.fromkeys(COUNTS, 0),
    )
    assert store.version() == "empty"


def test_every_table_tells_how_far_it_is(tmp_path: Path) -> None:
    put(tmp_path / "in" / "enterprises.csv", "名称,来源\n甲公司,年鉴\n乙公司,年鉴\n")
    put(tmp_path / "in" / "supplies.csv", "供应商,客户,产品,来源\n甲公司,乙公司,轴承,年鉴\n")
    told: list[tuple[str, int]] = []
    load([tmp_path / "in"], new_store(tmp_path), Options(step=lambda text, rows: told.append((text, rows))))
    assert ("读取 enterprises.csv", 2) in told
    assert ("载入 supplies.csv", 1) in told

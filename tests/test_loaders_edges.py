"""Edges and link columns: unknown and ambiguous ends, prefixes, loops, repetitions, rows refused whole, and what hangs on them."""

from pathlib import Path

import openpyxl
import polars as pl
import pytest
from loader_parts import counts, new_store, put, rows_of, run, where

import loaders.rows.edges
from graph.model import Edge
from graph.model.nodes import Enterprise
from graph.stores import Store

FIRMS = "编号,名称,简称,别名,统一社会信用代码,来源\nE1,青岛甲有限公司,甲,老甲,91110000600037341L,年鉴\nE2,青岛乙有限公司,乙,老甲,,年鉴\nE3,青岛丙有限公司,丙,,,年鉴\n"
HEADS = "供应商,客户,产品,来源\n"


@pytest.fixture
def graph(tmp_path: Path) -> Store:
    store = new_store(tmp_path)
    run(store, put(tmp_path / "0" / "enterprises.csv", FIRMS))
    return store


@pytest.fixture(scope="module")
def same_graph(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The same graph for tests that only load dry."""
    folder = tmp_path_factory.mktemp("same")
    store = new_store(folder)
    run(store, put(folder / "enterprises.csv", FIRMS))
    return store


def supply(tmp_path: Path, *rows: str) -> Path:
    return put(tmp_path / "supplies.csv", HEADS + "".join(f"{row}\n" for row in rows))


def ends(store: Store, name: str = "SUPPLIES") -> list[tuple[str, str]]:
    return sorted(
        (row["one"], row["two"]) for row in rows_of(store, f"MATCH (a)-[r:{name}]->(b) RETURN a.id AS one, b.id AS two")
    )


def test_an_end_by_any_of_its_names(graph: Store, tmp_path: Path) -> None:
    words = ["E1", " E1 ", "青岛甲有限公司", "青岛 甲 有限公司", "甲", "91110000600037341L", "91110000600037341l"]
    words += ["企业:甲", "Enterprise：E1", "enterprises:青岛甲有限公司"]
    report = run(graph, supply(tmp_path, *(f"{word},丙,{number},年鉴" for number, word in enumerate(words))))
    assert counts(report) == {"read": 10, "new": 10}
    assert ends(graph) == [("E1", "E3")] * 10


@pytest.mark.parametrize(
    ("row", "column", "value", "reasons"),
    [
        ("青岛甲有限公司,青岛丁有限公司,x,年鉴", "客户", "青岛丁有限公司", ["图中没有企业“青岛丁有限公司”,相近的有", "青岛丙有限公司", "请先登记它,或改正名称"]),
        ("qqq,E1,x,年鉴", "供应商", "qqq", ["图中没有企业“qqq”;请先登记它"]),
        ("老甲,E3,x,年鉴", "供应商", "老甲", ["“老甲”对应多个企业: E1、E2,请改填编号或“类别:名称”"]),
        ("产品:甲,E3,x,年鉴", "供应商", "产品:甲", ["图中没有企业“产品:甲”"]),
        (",E3,x,年鉴", "供应商", "", ["供应商: 不能为空"]),
        (" 　,E3,x,年鉴", "供应商", "", ["供应商: 不能为空"]),
        ("甲" * 10_000 + ",E3,x,年鉴", "供应商", "甲" * 200, ["图中没有企业“甲"]),
        ("E1,E3,=x,年鉴", "产品", "=x", ["像是公式"]),
        ("E1,E3,x,", "来源", "", ["缺少来源"]),
    ],
)  # fmt: skip
def test_ends_that_are_not_known_say_so(
    same_graph: Store, tmp_path: Path, row: str, column: str, value: str, reasons: list[str]
) -> None:
    report = run(same_graph, supply(tmp_path, row, "E1,E2,y,年鉴"), dry=True)
    assert counts(report) == {"read": 2, "new": 1, "rejected": 1}
    assert where(report) == [(2, column)]
    assert report.rejected[0].value == value
    assert all(reason in report.rejected[0].reason for reason in reasons), report.rejected[0].reason
    assert len(report.rejected[0].reason) < 500


def test_both_ends_wrong_are_both_told(same_graph: Store, tmp_path: Path) -> None:
    report = run(same_graph, supply(tmp_path, "什么,老甲,x,年鉴"), dry=True)
    assert [problem.column for problem in report.rejected[0].problems] == ["供应商", "客户"]


def test_loops_and_repetitions(graph: Store, tmp_path: Path) -> None:
    """A firm may supply itself (a group and its plants by one name); one edge for each product."""
    report = run(
        graph,
        supply(
            tmp_path,
            "E1,E1,x,年鉴",
            "E1,E2,x,年鉴",
            "E1,E2,x,年鉴",
            "甲,乙,x,年鉴",
            "E1,E2,y,年鉴",
            "E1,E2,,年鉴",
            "E1,E2,,年鉴",
            "E2,E1,x,年鉴",
        ),
    )
    assert counts(report) == {"read": 8, "new": 5, "same": 3}
    assert ends(graph) == [("E1", "E1"), *[("E1", "E2")] * 3, ("E2", "E1")]
    again = run(graph, supply(tmp_path / "again", "E1,E2,x,年鉴", "E1,E2,x,公报", "E1,E2,y,年鉴"))
    assert counts(again) == {"read": 3, "changed": 1, "same": 2}


def test_a_type_between_several_kinds_of_things(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    put(tmp_path / "in" / "agencies.csv", "名称,来源\n工信局,年鉴\n")
    put(tmp_path / "in" / "chains.csv", "名称,来源\n家电,年鉴\n")
    put(tmp_path / "in" / "events.csv", "名称,来源\n家电,年鉴\n博览会,年鉴\n")
    put(
        tmp_path / "in" / "responsible_for.csv",
        "部门,负责对象,角色,来源\n工信局,产业链:家电,牵头,年鉴\n工信局,博览会,主办,年鉴\n工信局,家电,牵头,年鉴\n工信局,工信局,牵头,年鉴\n",
    )
    report = run(store, tmp_path / "in")
    assert counts(report) == {"read": 8, "new": 6, "rejected": 2}
    assert where(report) == [(4, "负责对象"), (5, "负责对象")]
    assert "“家电”对应多个赋能中心、产业链、活动、机制等" in report.rejected[0].reason
    found = rows_of(store, "MATCH (a)-[r:RESPONSIBLE_FOR]->(b) RETURN label(b) AS kind, r.role AS role ORDER BY kind")
    assert found == [{"kind": "Chain", "role": "牵头"}, {"kind": "Event", "role": "主办"}]


def test_pairs_of_kinds_that_the_type_does_not_join(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    put(tmp_path / "in" / "institutes.csv", "名称,来源\n研究院,年鉴\n")
    put(tmp_path / "in" / "chains.csv", "名称,来源\n家电,年鉴\n")
    put(tmp_path / "in" / "leads.csv", "企业,链主产业链,来源\n研究院,家电,年鉴\n家电,家电,年鉴\n")
    report = run(store, tmp_path / "in")
    assert counts(report) == {"read": 4, "new": 3, "rejected": 1}
    assert ends(store, "LEADS")[0][0].startswith("inst-")


def test_a_link_column_with_several_values(graph: Store, tmp_path: Path) -> None:
    put(tmp_path / "in" / "products.csv", "名称,来源\n轴承,年鉴\n齿轮,年鉴\n钢,年鉴\n")
    put(
        tmp_path / "in" / "enterprises.csv",
        '名称,主要产品,来源\n青岛甲有限公司,轴承; 齿轮；轴承、,年鉴\n青岛乙有限公司,"钢\n齿轮",年鉴\n青岛丙有限公司,,年鉴\n',
    )
    report = run(graph, tmp_path / "in")
    assert [file.changed for file in report.files] == [2, 0]
    assert len(ends(graph, "PRODUCES")) == 4
    assert sorted({start for start, _ in ends(graph, "PRODUCES")}) == ["E1", "E2"]


def test_a_row_with_one_bad_link_is_refused_whole_and_can_be_mended(graph: Store, tmp_path: Path) -> None:
    put(tmp_path / "in" / "products.csv", "名称,来源\n轴承,年鉴\n")
    put(
        tmp_path / "in" / "enterprises.csv",
        "名称,主要产品,母公司,来源\n丁公司,轴承;轴成,丙,年鉴\n戊公司,轴承,丁公司,年鉴\n己公司,轴承,E1,年鉴\n",
    )
    report = run(graph, tmp_path / "in", rejects=tmp_path / "rejects")
    assert counts(report) == {"read": 4, "new": 2, "rejected": 2}
    assert [(reject.row, reject.column, reject.value) for reject in report.rejected] == [
        (2, "产品", "轴成"),
        (3, "母公司", "丁公司"),
    ]
    assert "相近的有 轴承" in report.rejected[0].reason
    assert "丁公司" not in graph.nodes(Enterprise)["name"]
    (written,) = [Path(path) for path in report.rejects_written]
    book = openpyxl.load_workbook(written)
    for cell in (cell for row in book.active.iter_rows() for cell in row if cell.value == "轴承;轴成"):
        cell.value = "轴承;轴承"
    book.save(written)
    again = run(graph, written)
    assert counts(again) == {"read": 2, "new": 2}
    assert len(ends(graph, "PRODUCES")) == 3
    assert len(ends(graph, "SUBSIDIARY_OF")) == 3


def test_rows_that_hang_on_a_refused_row_fall_with_it(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    chain = "".join(f"公司{number},公司{number + 1},年鉴\n" for number in range(30))
    put(tmp_path / "in" / "enterprises.csv", f"名称,母公司,来源\n{chain}公司30,,\n别的公司,,年鉴\n")
    put(tmp_path / "in" / "supplies.csv", f"{HEADS}公司3,别的公司,x,年鉴\n别的公司,别的公司,x,年鉴\n")
    report = run(store, tmp_path / "in")
    assert counts(report) == {"read": 34, "new": 2, "rejected": 32}
    assert report.rejected[0].reason == "缺少来源: 每一行都要写明出自哪份文件或名录"
    assert store.nodes(Enterprise)["name"].to_list() == ["别的公司"]


def test_rows_may_point_at_one_another_in_any_order(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    put(tmp_path / "in" / "supplies.csv", f"{HEADS}甲公司,乙公司,x,年鉴\n")
    put(
        tmp_path / "in" / "enterprises.csv",
        "名称,母公司,来源\n甲公司,乙公司,年鉴\n乙公司,甲公司,年鉴\n丙公司,丙公司,年鉴\n",
    )
    assert counts(run(store, tmp_path / "in")) == {"read": 4, "new": 4}
    assert len(ends(store, "SUBSIDIARY_OF")) == 3


def test_ten_thousand_unknown_ends_are_told_quickly(same_graph: Store, tmp_path: Path) -> None:
    many = put(
        tmp_path / "many" / "enterprises.csv",
        "名称,来源\n" + "".join(f"公司{number},年鉴\n" for number in range(10_000)),
    )
    report = run(same_graph, many, supply(tmp_path, *(f"公词{number},E1,x,年鉴" for number in range(10_000))), dry=True)
    assert counts(report) == {"read": 20_000, "new": 10_000, "rejected": 10_000}


def test_keys_that_share_a_hash_stay_apart(graph: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a hash of two values nearly every key meets another; the answer must be that of the whole keys."""
    whole = loaders.rows.edges._hashed

    def coarse(frame: pl.DataFrame, record: type[Edge]) -> pl.DataFrame:
        return whole(frame, record).with_columns(pl.col("__k1") % 2)

    monkeypatch.setattr(loaders.rows.edges, "_hashed", coarse)
    rows = [f"E1,E2,产品{number},年鉴" for number in range(20)]
    first = run(graph, supply(tmp_path, *rows, *rows[:5]))
    assert counts(first) == {"read": 25, "new": 20, "same": 5}
    assert counts(run(graph, supply(tmp_path / "2", *rows, "E2,E1,产品0,年鉴"))) == {"read": 21, "new": 1, "same": 20}
    assert len(rows_of(graph, "MATCH (:Enterprise)-[r:SUPPLIES]->(:Enterprise) RETURN r.product")) == 21


def test_a_store_in_a_folder_of_any_name(tmp_path: Path) -> None:
    for name in ("图[1]", "it's", "a*b?", "back\\slash"):
        store = new_store(tmp_path / name)
        report = run(store, put(tmp_path / name / "enterprises.csv", "名称,来源\n甲公司,年鉴\n"))
        assert counts(report) == {"read": 1, "new": 1}


def test_a_firm_that_is_not_known_by_a_short_form_is_refused_with_its_full_name(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(
        store,
        put(
            tmp_path / "enterprises.csv",
            "名称,来源\n中车青岛四方机车车辆股份有限公司,年鉴\n青岛海尔模具有限公司,年鉴\n",
        ),
    )
    report = run(store, put(tmp_path / "supplies.csv", "供应商,客户,来源\n中车四方,青岛海信模具有限公司,年鉴\n"))
    reason = report.rejected[0].reason
    assert "图中没有企业“中车四方”,相近的有 中车青岛四方机车车辆股份有限公司" in reason
    assert "图中没有企业“青岛海信模具有限公司”" in reason


def test_a_name_goes_before_another_s_alias_and_a_code_before_a_name(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    heads = "编号,名称,简称,别名,统一社会信用代码,来源\n"
    rows = "A,青岛子公司,,青岛丑公司,,年鉴\nB,青岛丑公司,,,,年鉴\nC,青岛寅公司,,,91110000600037341L,年鉴\nD,91110000600037341L,,,,年鉴\nE,B,,,,年鉴\n"
    run(store, put(tmp_path / "0" / "enterprises.csv", heads + rows))
    report = run(store, supply(tmp_path, "青岛丑公司,A,x,年鉴", "91110000600037341L,A,y,年鉴", "B,A,z,年鉴"))
    assert counts(report) == {"read": 3, "new": 3}
    assert ends(store) == [("B", "A"), ("B", "A"), ("C", "A")], "an id goes before all"

"""Workbooks: merged heads, notes, types of cells, several sheets, and workbooks that are broken, locked or too large."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loader_parts import cells, check, counts, new_store, run, where

from graph.errors import InputError
from loaders.files import archives
from loaders.files.sheets import cell_text
from loaders.files.workbook import _Page, _spread_merged, read_workbook

DATA = Path(__file__).parent / "data" / "loaders"


def read(path: Path) -> dict[str | None, tuple[list[str], dict[int, list[str]]]]:
    return {sheet.name: (sheet.heads, cells([*sheet.chunks])) for sheet in read_workbook(path)}


def book(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            page = made.add_worksheet(name)
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, date):
                        page.write_datetime(
                            y, x, cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day), day
                        )
                    elif cell is not None:
                        page.write(y, x, cell)
    return path


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_merged_heads_notes_and_blank_rows_read_the_same_in_every_format(suffix: str) -> None:
    """Real files: a title, a note, a header of two rows (merged down and across), blank rows, a number, a date, a hidden helper sheet."""
    path = DATA / f"merged.{suffix}"
    assert read(path) == {
        "企业": (
            ["名称", "统一社会信用代码", "来源", "上市日期", "备注"],
            {
                5: ["青岛甲有限公司", "91370200MA3C00000X", "年鉴", "2022-07-01", ""],
                7: ["青岛乙有限公司", "370200", "年鉴", "", "二"],
            },
        )
    }


def test_header_of_two_rows_with_most_heads_above(tmp_path: Path) -> None:
    path = tmp_path / "projects.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("项目")
        for column, head in enumerate(["名称", "来源", "状态"]):
            page.merge_range(0, column, 1, column, head)
        page.merge_range(0, 3, 0, 4, "资金")
        page.write_row(1, 3, ["投资额", "币种"])
        page.write_row(2, 0, ["项目一", "公告", "据报道", 12.5, "人民币"])
    assert read(path) == {
        "项目": (["名称", "来源", "状态", "投资额", "币种"], {3: ["项目一", "公告", "据报道", "12.5", "人民币"]})
    }


def test_a_title_merged_over_all_columns_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("供应")
        page.merge_range(0, 0, 0, 5, "产品")
        page.write_row(1, 0, ["供应商", "客户", "产品", "来源"])
        page.write_row(2, 0, ["甲", "乙", "轴承", "年鉴"])
    assert read(path)["供应"] == (["供应商", "客户", "产品", "来源"], {3: ["甲", "乙", "轴承", "年鉴"]})


def test_kinds_of_cells(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["名称", "来源", "可信度", "上市日期", "有效期起", "股票代码", "统一社会信用代码"],
        ["甲公司", "年鉴", "0.9", date(2022, 7, 1), 44743, 600060, "91370200MA3C00000X"],
        ["乙公司", "年鉴", 0.30000000000000004, "2022年7月", 44743.75, "000100", 913702007180000000.0],
        ["丙公司", "年鉴", True, datetime(2022, 7, 1, 8, 30), None, None, None],
    ]
    path = book(tmp_path / "enterprises.xlsx", 企业=rows)
    assert read(path)["企业"][1][4][3] == "2022-07-01T08:30:00"
    store = new_store(tmp_path)
    report = run(store, path)
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert where(report) == [(4, "可信度")]
    assert [problem.column for problem in report.rejected[0].problems] == ["可信度", "上市日期"]
    found = store.read(
        "MATCH (e:Enterprise) RETURN e.name, e.confidence, e.listed_on, e.valid_from, e.stock_code, e.uscc, e.uscc_check ORDER BY e.name"
    ).rows
    assert [[*row.values()] for row in found] == [
        ["乙公司", 0.3, "2022-07", "2022-07-01", "000100", None, None],
        ["甲公司", 0.9, "2022-07-01", "2022-07-01", "600060", "91370200MA3C00000X", "校验位不符"],
    ]  # fmt: skip


def test_sheets_of_different_kinds_helpers_and_sheets_without_a_header(tmp_path: Path) -> None:
    path = book(
        tmp_path / "汇总.xlsx",
        企业=[["名称", "来源"], ["甲公司", "年鉴"], ["乙公司", "年鉴"]],
        供应关系=[
            ["供应商", "客户", "产品", "来源"],
            ["甲公司", "乙公司", "轴承", "年鉴"],
            ["甲公司", "丙公司", "轴承", "年鉴"],
        ],
        填写说明=[["名称", "来源"], ["不要读", "不要读"]],
        空表=[],
        随笔=[["这里记一点事"], ["再记一点"]],
    )
    report = check(tmp_path, path)
    assert [(file.sheet, file.kind, file.read, file.new) for file in report.files] == [
        ("企业", "企业", 2, 2),
        ("供应关系", "供应关系", 2, 1),
    ]
    assert [(reject.sheet, reject.row, reject.column) for reject in report.rejected] == [("供应关系", 3, "客户")]
    assert report.warnings == ["汇总.xlsx: 没有可识别的表头、因而没有读的表: 随笔"]
    assert report.failed == []


def test_a_workbook_named_after_one_kind_with_a_sheet_of_another(tmp_path: Path) -> None:
    path = book(
        tmp_path / "enterprises.xlsx",
        Sheet1=[["名称", "来源"], ["甲公司", "年鉴"]],
        Sheet2=[["供应商", "客户", "来源"], ["甲公司", "甲公司", "年鉴"]],
    )
    assert [(file.sheet, file.kind) for file in check(tmp_path, path).files] == [
        ("Sheet1", "企业"),
        ("Sheet2", "供应关系"),
    ]


def test_formula_cells_give_their_value_and_formula_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "enterprises.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as made:
        page = made.add_worksheet("企业")
        page.write_row(0, 0, ["名称", "来源"])
        page.write_formula(1, 0, '="青岛"&"甲"', None, "青岛甲")
        page.write_string(1, 1, "年鉴")
        page.write_string(2, 0, "=cmd|' /C calc'!A0")
        page.write_string(2, 1, "年鉴")
        page.write_formula(3, 0, "=1/0", None, "#DIV/0!")
        page.write_string(3, 1, "年鉴")
    report = check(tmp_path, path)
    assert counts(report) == {"read": 3, "new": 1, "rejected": 2}
    assert [(reject.row, reject.reason) for reject in report.rejected] == [
        (3, "名称: 像是公式,单元格应为普通文本(不以 =、@ 开头)"), (4, "名称: 单元格是 Excel 错误值 #DIV/0!,请改正公式后重填"),
    ]  # fmt: skip


def test_chart_sheets_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "enterprises.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        page = made.add_worksheet("企业")
        page.write_row(0, 0, ["名称", "来源"])
        page.write_row(1, 0, ["甲公司", "年鉴"])
        chart = made.add_chart({"type": "column"})
        chart.add_series({"values": "=企业!$A$1:$A$2"})
        made.add_chartsheet("图").set_chart(chart)
    assert counts(check(tmp_path, path)) == {"read": 1, "new": 1}


@pytest.mark.parametrize("wrong", [".xls", ".xlsm", ".ods"])
def test_a_wrong_workbook_suffix_does_not_matter(tmp_path: Path, wrong: str) -> None:
    path = book(tmp_path / "enterprises.xlsx", 企业=[["名称", "来源"], ["甲公司", "年鉴"]])
    assert counts(check(tmp_path, path.rename(path.with_suffix(wrong)))) == {"read": 1, "new": 1}


def _zip(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _far(suffix: str) -> bytes:
    """A workbook that is small but has a cell in the last corner."""
    if suffix == "ods":
        cell = '<table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p></table:table-cell>'
        rows = f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
        names = " ".join(
            f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
        )
        body = f'<office:body><office:spreadsheet><table:table table:name="a">{rows}</table:table></office:spreadsheet></office:body>'
        return _zip(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": f"<office:document-content {names}>{body}</office:document-content>".encode(),
            }
        )
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        page = made.add_worksheet("企业")
        page.write_row(0, 0, ["名称", "来源"])
        page.write(1_048_575, 16_383, "x")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("suffix", "content", "reason"),
    [
        ("xlsx", b"", "文件是空的"),
        ("xlsx", b"PK\x03\x04" + bytes(300), "压缩包是坏的"),
        ("xlsx", (DATA / "merged.xlsx").read_bytes()[:3000], "压缩包是坏的"),
        ("xlsx", bytes(range(256)) * 8, "内容不是 Excel 工作簿"),
        ("xls", (DATA / "merged.xls").read_bytes()[:700], "工作簿打不开"),
        ("xls", "<html><table><tr><td>名称</td></tr></table>".encode(), "它像是网页"),
        ("xls", "名称\t来源\n甲\t年鉴\n".encode(), "内容不是 Excel 工作簿"),
        ("xlsx", (DATA / "locked.xlsx").read_bytes(), "有密码保护"),
        ("xlsx", _zip({"a.txt": b"x"}), "工作簿打不开"),
        ("ods", _zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a><b>"}), "XML 是坏的"),
        ("xlsx", _far("xlsx"), "第 1048576 行、第 16384 列"),
        ("ods", _far("ods"), "第 1000000 行、第 16000 列"),
    ],
    ids=range(12),  # an archive holds the second in which it was made: another one in the process beside
)  # fmt: skip
def test_workbooks_that_cannot_be_used_say_why(tmp_path: Path, suffix: str, content: bytes, reason: str) -> None:
    path = tmp_path / f"enterprises.{suffix}"
    path.write_bytes(content)
    report = check(tmp_path, path)
    assert counts(report) == {}
    assert len(report.failed) == 1
    assert reason in report.failed[0]["reason"]


def test_a_zip_bomb_is_refused_though_its_directory_lies(tmp_path: Path) -> None:
    bomb = _zip({"xl/worksheets/sheet1.xml": b" " * (300 << 20)})
    assert len(bomb) < 1 << 20
    size = (300 << 20).to_bytes(4, "little")
    for content in (bomb, bomb.replace(size, (1000).to_bytes(4, "little"))):
        path = tmp_path / "enterprises.xlsx"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"压缩炸弹|压缩包是坏的"):
            read_workbook(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "enterprises.xlsx", 企业=[["名称", "来源"], *([f"甲公司{i}", "年鉴"] for i in range(2000))])
    monkeypatch.setattr(archives, "UNPACKED_LIMIT", 10_000)
    with pytest.raises(InputError, match="解压后超过上限"):
        read_workbook(path)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["xlsx", "xls", "ods"]),
    st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_damage_to_a_workbook_never_gives_a_traceback(
    tmp_path: Path, suffix: str, damage: list[tuple[int, int]]
) -> None:
    content = bytearray((DATA / f"merged.{suffix}").read_bytes())
    for place, value in damage:
        content[place % len(content)] = value
    path = tmp_path / f"enterprises.{suffix}"
    path.write_bytes(bytes(content))
    report = check(tmp_path, path)
    assert report.failed or report.files


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1 << 20), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6))
def test_damage_inside_the_parts_never_gives_a_traceback(tmp_path: Path, damage: list[tuple[int, bytes]]) -> None:
    """The parts of an xlsx are damaged before they are packed, so that the archive itself is sound."""
    with zipfile.ZipFile(DATA / "merged.xlsx") as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    for place, value in damage:
        part = parts[sorted(parts)[place % len(parts)]]
        start = place % (len(part) or 1)
        part[start : start + len(value)] = value
    path = tmp_path / "enterprises.xlsx"
    path.write_bytes(_zip({name: bytes(part) for name, part in parts.items()}))
    report = check(tmp_path, path)
    assert report.failed or report.files


@pytest.mark.parametrize(("left", "right"), [(0, 0), (0, 3), (1, 2), (1, 3)])
def test_a_merged_head_stands_over_every_column_that_it_covers(left: int, right: int) -> None:
    top = [["甲" if column == left else "" for column in range(4)], ["x"] * 4]
    _spread_merged(top, _Page("p", [], [((0, left), (0, right))]))
    assert top == [["甲" if left <= column <= right else "" for column in range(4)], ["x"] * 4]


def test_cells_of_a_workbook_are_the_texts_that_people_see() -> None:
    seen = {
        "2022-07-01": datetime(2022, 7, 1), "2022-07-01T08:30:00": datetime(2022, 7, 1, 8, 30), "2022-07-02": date(2022, 7, 2), "": None,
        "1234567": 1_234_567.0, "0.5": 0.5, "true": True, "false": False, "91110000600037": 91110000600037.0, "甲": " 甲 ",
    }  # fmt: skip
    assert [cell_text(value) for value in seen.values()] == [*seen]

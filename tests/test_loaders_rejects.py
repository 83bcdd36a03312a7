"""Rejects files: in the form of the input with a reason column; mended they load, unmended they are refused again."""

import csv
import json
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from loader_parts import counts, new_store, put, run

from graph.model.nodes import Enterprise
from loaders.rejects import _safe
from loaders.report import Reject, Report

DATA = Path(__file__).parent / "data" / "loaders"
REASON = "拒收原因"
ROWS = [
    ["甲公司", "年鉴", "0.5", "电话 1"],
    ["=cmd|' /C calc'!A0", "年鉴", "", "-2+3"],
    ["乙公司", "", "", "@x"],
    ["丙公司", "年鉴", "2", "+86 532"],
]
HEADS = ["名称*", "来源", "可信度", "联系方式"]
EXPECTED = [
    ["'=cmd|' /C calc'!A0", "年鉴", "", "'-2+3", "名称: 像是公式,单元格应为普通文本(不以 =、@ 开头)"],
    ["乙公司", "", "", "'@x", "缺少来源: 每一行都要写明出自哪份文件或名录"],
    ["丙公司", "年鉴", "2", "'+86 532", "可信度: 超出范围,应在 0 与 1 之间"],
]


def write(path: Path, rows: list[list[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
            page = book.add_worksheet("企业")
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    elif path.suffix == ".jsonl":
        path.write_text(
            "".join(json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) + "\n" for row in rows[1:]),
            "utf-8",
        )
    else:
        with path.open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream, delimiter="\t" if path.suffix == ".tsv" else ";").writerows(rows)
    return path


def read(path: Path) -> list[list[str]]:
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        assert [page.title for page in book] == ["企业"]
        return [["" if cell is None else str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)]
    if path.suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [[*HEADS, REASON], *([row.get(head, "") for head in (*HEADS, REASON)] for row in rows)]
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [*csv.reader(stream, delimiter="\t" if path.suffix == ".tsv" else ",")]


@pytest.mark.parametrize("name", ["enterprises.csv", "enterprises.tsv", "enterprises.xlsx", "enterprises.jsonl"])
def test_rejects_are_workbooks_or_json_lines_and_load_when_mended(tmp_path: Path, name: str) -> None:
    store = new_store(tmp_path)
    rejects = tmp_path / "rejects"
    report = run(store, write(tmp_path / "in" / name, [HEADS, *ROWS]), rejects=rejects)
    assert counts(report) == {"read": 4, "new": 1, "rejected": 3}
    names = {"enterprises.xlsx": "enterprises-企业-rejects.xlsx", "enterprises.jsonl": "enterprises-rejects.jsonl"}
    written = rejects / names.get(name, "enterprises-rejects.xlsx")
    assert report.rejects_written == [str(written)]
    assert read(written) == [[*HEADS, REASON], *EXPECTED]

    unmended = run(store, written, rejects=tmp_path / "again")
    assert [reject.reason for reject in unmended.rejected] == [reject.reason for reject in report.rejected]
    assert unmended.warnings == (
        [f"{written.name}: 个人信息没有载入: 联系方式"] if name != "enterprises.jsonl" else unmended.warnings
    )
    (again,) = (tmp_path / "again").iterdir()
    assert read(again) == read(written)

    rows = read(again)
    rows[1][0], rows[2][1], rows[3][2] = "丁公司", "公报", "0.2"
    rows[1][3] = rows[2][3] = rows[3][3] = ""
    mended = run(store, write(tmp_path / "mended" / again.name, rows), rejects=rejects)
    assert counts(mended) == {"read": 3, "new": 3}
    assert sorted(store.nodes(Enterprise)["name"]) == ["丁公司", "丙公司", "乙公司", "甲公司"]


def test_ragged_and_unreadable_rows_stay_as_they_are_until_mended(tmp_path: Path) -> None:
    path = tmp_path / "in" / "enterprises.csv"
    path.parent.mkdir()
    text = "名称;来源;备注\n甲公司;年鉴;\n短公司;年鉴\n长,公司;年鉴;;多\n".encode()
    path.write_bytes(b"\xef\xbb\xbf" + text + b"\xff\xfe;\xe5;x\n")
    store = new_store(tmp_path)
    report = run(store, path, rejects=tmp_path / "rejects")
    assert counts(report) == {"read": 4, "new": 1, "rejected": 3}
    (written,) = map(Path, report.rejects_written)
    rows = read(written)
    assert [row[:-1] for row in rows] == [
        ["名称", "来源", "备注"],
        ["短公司", "年鉴"],
        ["长,公司", "年鉴", "", "多"],
        ["\ufffd\ufffd", "\ufffd", "x"],
    ]
    assert [reject.row for reject in report.rejected] == [3, 4, 5]
    again = run(store, written, rejects=tmp_path / "again")
    assert counts(again) == {"read": 3, "new": 1, "rejected": 2}  # U+FFFD can now be read: it is a name like another
    rows = [["名称", "来源", "备注", REASON], ["短公司", "年鉴", "", ""], ["长公司", "年鉴", "多", ""]]
    assert counts(run(store, write(tmp_path / "mended" / "enterprises-rejects.csv", rows))) == {"read": 2, "new": 2}


def test_ragged_rows_of_a_rejects_file_stay_ragged(tmp_path: Path) -> None:
    path = put(tmp_path / "in" / "enterprises.csv", "名称,来源,备注\n短公司,年鉴\n长公司,年鉴,,多\n")
    for turn in range(3):
        report = run(new_store(tmp_path), path, rejects=tmp_path / str(turn))
        assert counts(report) == {"read": 2, "rejected": 2}
        (path,) = map(Path, report.rejects_written)
        assert [row[:-1] for row in read(path)] == [
            ["名称", "来源", "备注"],
            ["短公司", "年鉴"],
            ["长公司", "年鉴", "", "多"],
        ]


def test_bad_json_lines_keep_their_text(tmp_path: Path) -> None:
    path = put(tmp_path / "enterprises.jsonl", '{"名称": "甲公司", "来源": "年鉴"}\n{"名称": "乙公司"\n[]\n')
    report = run(new_store(tmp_path), path, rejects=tmp_path / "rejects")
    lines = [json.loads(line) for line in Path(report.rejects_written[0]).read_text("utf-8").splitlines()]
    assert [line["原文"] for line in lines] == ['{"名称": "乙公司"', "[]"]
    assert all(line[REASON].startswith("这一行不是") for line in lines)


def test_files_of_one_name_and_strange_sheet_names_have_rejects_of_their_own(tmp_path: Path) -> None:
    for number in range(3):
        put(tmp_path / "in" / str(number) / "x" / "enterprises.csv", f"名称,来源\n甲公司{number},\n")
    book = openpyxl.Workbook()
    for name in ("企业(1)", "企业 & Co.", "历史' 企业"):
        page = book.create_sheet(name)
        page.append(["企业名称", "来源"])
        page.append([f"乙{name}", None])
    book.save(tmp_path / "in" / "名单.xlsx")
    report = run(new_store(tmp_path), tmp_path / "in", rejects=tmp_path / "rejects")
    assert counts(report) == {"read": 6, "rejected": 6}
    assert sorted(Path(path).name for path in report.rejects_written) == [
        "enterprises-rejects-2.xlsx", "enterprises-rejects-3.xlsx", "enterprises-rejects.xlsx",
        "名单-企业(1)-rejects.xlsx", "名单-企业_Co_-rejects.xlsx", "名单-历史_企业-rejects.xlsx",
    ]  # fmt: skip
    assert {path.name for path in (tmp_path / "rejects").iterdir()} == {
        Path(path).name for path in report.rejects_written
    }
    assert counts(run(new_store(tmp_path), tmp_path / "rejects", dry=True)) == {"read": 6, "rejected": 6}


def test_a_sheet_name_does_not_lead_out_of_the_folder(tmp_path: Path) -> None:
    """In an .xls or .ods a sheet may be called anything."""
    report = run(new_store(tmp_path), DATA / "strange-sheet.ods", rejects=tmp_path / "a" / "b" / "rejects")
    (written,) = map(Path, report.rejects_written)
    assert written.parent == tmp_path / "a" / "b" / "rejects"
    assert openpyxl.load_workbook(written).sheetnames == [".._.._.._外面_History"]


def test_very_long_names_and_control_characters_can_be_written(tmp_path: Path) -> None:
    path = put(
        tmp_path / ("名" * 75 + ".csv"), "企业名称,来源\n甲\x00\x01\ud7ff\ufffe公司,年鉴\n" + "乙" * 40_000 + ",年鉴\n"
    )
    report = run(new_store(tmp_path), path, rejects=tmp_path / "rejects")
    assert counts(report) == {"read": 2, "rejected": 2}
    rows = read(Path(report.rejects_written[0]))
    assert rows[1][0] == "甲\x00\x01\ud7ff\ufffe公司"
    assert len(rows[2][0]) == 40_000  # more than a cell of a workbook holds: nothing is cut
    book = tmp_path / "enterprises.xlsx"
    with xlsxwriter.Workbook(str(book)) as made:
        page = made.add_worksheet("企业")
        page.write_row(0, 0, ["企业名称", "来源"])
        page.write_row(1, 0, ["甲\x07公司", "年鉴"])
    again = run(new_store(tmp_path), book, rejects=tmp_path / "rejects")
    assert openpyxl.load_workbook(again.rejects_written[0]).active["C2"].value == again.rejected[0].reason


@pytest.mark.parametrize("line", ["甲公司,91370200123456789{},\n", "甲公司,91370200123456789{},,,\n甲公司\n"])
def test_a_code_comes_back_from_a_spreadsheet_as_it_went(tmp_path: Path, line: str) -> None:
    """As text in a workbook; where a row is ragged, as ="…" in a CSV, which a spreadsheet shows and keeps as digits."""
    path = put(tmp_path / "enterprises.csv", "名称,统一社会信用代码,来源\n" + line.format(0))
    (written,) = map(Path, run(new_store(tmp_path), path, rejects=tmp_path / "rejects").rejects_written)
    if written.suffix == ".xlsx":
        cell = openpyxl.load_workbook(written).active["B2"]
        assert (cell.value, cell.data_type, cell.number_format) == ("913702001234567890", "s", "@")
    else:
        assert '"=""913702001234567890"""' in written.read_text("utf-8-sig")
    rows = [[*row[:2], "年鉴", ""] for row in read(written)[1:2]]
    mended = write(tmp_path / "mended" / written.name, [["名称", "统一社会信用代码", "来源", REASON], *rows])
    store = new_store(tmp_path)
    run(store, mended)
    assert store.nodes(Enterprise)["uscc"].to_list() == ["913702001234567890"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1", "'=1"), (" =1", "' =1"), ("\t@x", "'\t@x"), ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"), ("-a", "'-a"),
        ("-5", "-5"), ("+5.5", "+5.5"), ("-1,200", "-1,200"), ("-5%", "-5%"), ("甲", "甲"), ("", ""), ("a=b", "a=b"),
    ],
)  # fmt: skip
def test_formulas_are_neutralised(text: str, safe: str) -> None:
    assert _safe(text) == safe


def test_a_hundred_thousand_rejects_are_written_quickly(tmp_path: Path) -> None:
    path = put(tmp_path / "enterprises.csv", "名称,来源\n" + "".join(f"公司{number},\n" for number in range(50_000)))
    report = run(new_store(tmp_path), path, rejects=tmp_path / "rejects")
    assert counts(report) == {"read": 50_000, "rejected": 50_000}
    assert len(read(Path(report.rejects_written[0]))) == 50_001


def test_rejects_stand_in_the_order_of_the_file_whatever_refused_them(tmp_path: Path) -> None:
    """A row that cannot be read, one with a bad cell, one with an unknown link: each is refused at another step."""
    path = put(
        tmp_path / "enterprises.csv", "名称,产业链,来源\n甲,没有这条,年鉴\n乙,,\n丙,多,一,列\n丁,没有这条,年鉴\n戊,,\n"
    )
    report = run(new_store(tmp_path), path, rejects=tmp_path / "out")
    assert counts(report) == {"read": 5, "rejected": 5}
    (written,) = report.rejects_written
    assert [row[0] for row in read(Path(written))[1:]] == ["甲", "乙", "丙", "丁", "戊"]


@pytest.mark.parametrize(("failed", "rejected", "bad"), [(0, 0, False), (1, 0, True), (0, 1, True), (1, 1, True)])
def test_a_load_is_bad_where_anything_was_left_out(failed: int, rejected: int, bad: bool) -> None:
    assert Report(failed=[{"file": "a"}] * failed, rejected=[Reject("a", 1, "", "", "x")] * rejected).bad is bad

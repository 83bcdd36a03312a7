"""Delimited text: encodings, delimiters, headers, ragged rows, row numbers, and files that are no tables."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from loader_parts import cells, check, counts, put, where

from graph.encodings import find_encoding
from graph.errors import InputError
from loaders.files.text import read_text

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
TABLE = "名称,统一社会信用代码,来源\n青岛甲有限公司,,年鉴\n青岛乙有限公司,,年鉴\n"
LONG = "名称,来源,说明\n" + "".join(
    f"青岛第{i}有限公司,年鉴,{'某某企业从事智能家电制造与销售业务' * 30}\n" for i in range(40)
)


def read(path: Path) -> tuple[list[str], dict[int, list[str]]]:
    sheet = read_text(path)[0]
    return sheet.heads, cells([*sheet.chunks])


@pytest.mark.parametrize(
    ("encoding", "mark", "found"),
    [
        ("utf-8", b"", "utf-8"), ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"), ("gb18030", b"", "gb18030"),
        ("utf-16-le", b"\xff\xfe", "utf-16"), ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16-le"), ("utf-16-be", b"", "utf-16-be"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_and_delimiters_read_the_same(
    tmp_path: Path, encoding: str, mark: bytes, found: str, delimiter: str, line_end: str
) -> None:
    path = tmp_path / "enterprises.csv"
    path.write_bytes(mark + TABLE.replace(",", delimiter).replace("\n", line_end).encode(encoding))
    assert find_encoding(path) == found
    assert read(path) == (
        ["名称", "统一社会信用代码", "来源"],
        {2: ["青岛甲有限公司", "", "年鉴"], 3: ["青岛乙有限公司", "", "年鉴"]},
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_chinese_utf16_without_mark_has_few_zero_bytes(tmp_path: Path, encoding: str) -> None:
    path = put(tmp_path / "enterprises.csv", LONG, encoding)
    # and most of them in 销 (U+9500), in the other place
    assert path.read_bytes().count(0) < len(path.read_bytes()) // 20
    heads, rows = read(path)
    assert heads == ["名称", "来源", "说明"]
    assert len(rows) == 40
    assert rows[41][0] == "青岛第39有限公司"


def test_one_stray_zero_byte_does_not_make_it_utf16(tmp_path: Path) -> None:
    path = put(tmp_path / "enterprises.csv", "名称,来源\n青岛甲\0公司,年鉴\n青岛乙公司,年鉴\n")
    assert find_encoding(path) == "utf-8"
    report = check(tmp_path, path)
    assert counts(report) == {"read": 2, "new": 1, "rejected": 1}
    assert where(report) == [(2, "名称")]
    assert "U+0000" in report.rejected[0].reason


def test_bytes_that_are_not_of_the_encoding_refuse_their_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "enterprises.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + "名称,来源\n甲公司,年鉴\n乙".encode() + b"\xff" + "公司,年鉴\n丙公司,年鉴\n".encode()
    )
    report = check(tmp_path, path)
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert report.rejected[0].row == 3
    assert "读不出的字" in report.rejected[0].reason


def test_broken_utf16_refuses_its_row_alone(tmp_path: Path) -> None:
    text = (
        "名称,来源\n甲公司,年鉴\n乙".encode("utf-16-le") + b"\x00\xd8" + "公司,年鉴\n丙公司,年鉴\n".encode("utf-16-le")
    )
    path = tmp_path / "enterprises.csv"
    path.write_bytes(b"\xff\xfe" + text)
    report = check(tmp_path, path)
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert report.rejected[0].row == 3


def test_old_mac_line_ends(tmp_path: Path) -> None:
    assert read(put(tmp_path / "enterprises.csv", TABLE.replace("\n", "\r")))[1] == {
        2: ["青岛甲有限公司", "", "年鉴"],
        3: ["青岛乙有限公司", "", "年鉴"],
    }


def test_quoted_newlines_count_as_one_row(tmp_path: Path) -> None:
    path = put(tmp_path / "enterprises.csv", '名称,来源,说明\n甲,年鉴,"一\n二\r\n三"\n乙,年鉴,"他说""好"""\n')
    assert read(path)[1] == {2: ["甲", "年鉴", "一\n二\r\n三"], 3: ["乙", "年鉴", '他说"好"']}


def test_notes_and_blank_lines_above_the_header(tmp_path: Path) -> None:
    path = put(
        tmp_path / "enterprises.csv",
        '青岛市企业名录\n"制表:\n某局",,\n\n名称,来源,备注\n甲,年鉴,\n\n,,\n \t,,\n乙,年鉴,\n\n',
    )
    heads, rows = read(path)
    assert heads == ["名称", "来源", "备注"]
    assert rows == {5: ["甲", "年鉴", ""], 9: ["乙", "年鉴", ""]}
    assert counts(check(tmp_path, path)) == {"read": 2, "new": 2}


def test_ragged_rows_keep_their_numbers_and_the_good_rows_load(tmp_path: Path) -> None:
    path = put(
        tmp_path / "enterprises.csv", '注\n名称,来源,备注\n甲,年鉴,\n短,年鉴\n"两\n行",年鉴,\n\n长,年鉴,,多\n乙,年鉴,\n'
    )
    report = check(tmp_path, path)
    assert counts(report) == {"read": 5, "new": 3, "rejected": 2}
    assert [(reject.row, reject.reason) for reject in report.rejected] == [
        (4, "这一行有 2 列,表头有 3 列,请检查引号和分隔符"), (7, "这一行有 4 列,表头有 3 列,请检查引号和分隔符"),
    ]  # fmt: skip
    assert read(path)[1] == {3: ["甲", "年鉴", ""], 5: ["两\n行", "年鉴", ""], 8: ["乙", "年鉴", ""]}


def test_ragged_rows_far_into_a_large_file(tmp_path: Path) -> None:
    lines = [f"企业{i},年鉴" for i in range(600_000)]
    for number in (5, 300_000, 599_999):
        lines[number] += ",多"
    path = put(tmp_path / "enterprises.csv", "名称,来源\n" + "\n".join(lines) + "\n")
    sheet = read_text(path)[0]
    names = {row[2]: row[0] for frame in sheet.chunks for row in frame.iter_rows()}
    assert sorted(bad.row for bad in sheet.bad) == [7, 300_002, 600_001]
    assert len(names) == 599_997
    assert all(name == f"企业{row - 2}" for row, name in names.items())


def test_trailing_empty_columns_and_duplicate_heads(tmp_path: Path) -> None:
    path = put(tmp_path / "enterprises.csv", "\ufeff名称,来源,企业名称,名称,备注,,\n甲,年鉴,别的,又一个,注,,\n")
    report = check(tmp_path, path)
    assert counts(report) == {"read": 1, "new": 1}
    assert report.files[0].unknown_columns == ["企业名称", "名称"]
    assert report.warnings == ["enterprises.csv: 没有用到的列 企业名称、名称"]


def test_heads_are_read_in_any_width_case_and_with_marks(tmp_path: Path) -> None:
    path = put(tmp_path / "表.csv", "企 业 名 称*, ＵＳＣＣ ,Source\n甲,,年鉴\n")
    report = check(tmp_path, path)
    assert counts(report) == {"read": 1, "new": 1}
    assert report.files[0].kind == "企业"
    assert report.files[0].unknown_columns == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("enterprises.csv", b"", "文件是空的"),
        ("enterprises.csv", b"\xef\xbb\xbf\r\n \n", "文件是空的"),
        ("enterprises.csv", b"\xff\xfe", "文件是空的"),
        ("enterprises.csv", "名称,来源\n".encode(), "表头之下没有数据行"),
        ("enterprises.csv", "名称,来源\n\n,\n".encode(), "表头之下没有数据行"),
        ("enterprises.csv", PNG, "文件编码认不出"),
        ("enterprises.csv", b"MZ\0" + bytes(400), "没有可识别的表头"),
        ("enterprises.csv", b"PK\x03\x04rest", "扩展名改为 .xlsx"),
        ("enterprises.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "扩展名改为 .xls"),
        ("enterprises.csv", bytes(range(256)) * 20, "文件编码认不出"),
        ("enterprises.csv", "甲,乙\n丙,丁\n".encode(), "没有可识别的表头;第一行是 '甲,乙'"),
        ("enterprises.csv", "简称,来源\n甲,年鉴\n".encode(), "企业表缺少必需的列 名称"),
        ("表.csv", "名称,来源\n甲,年鉴\n".encode(), "认不出这是哪一类表"),
        ("表.csv", "简称,来源\n甲,年鉴\n".encode(), "认不出这是哪一类表"),
        ("enterprises.csv", ("名称" + ",来源" * 3000 + "\n").encode(), "超过上限 2000 列"),
        ("enterprises.docx", b"x", "不支持的文件类型 .docx,应为 csv"),
        ("enterprises", b"x", "不支持的文件类型 (无扩展名)"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_used_say_why(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    report = check(tmp_path, path)
    assert report.bad
    assert counts(report) == {}
    assert [(failure["file"], reason in failure["reason"]) for failure in report.failed] == [(str(path), True)], (
        report.failed
    )


def test_paths_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    (tmp_path / "weg.csv").symlink_to(tmp_path / "nichts")
    paths = [
        tmp_path / "没有.csv",
        tmp_path / "leer",
        tmp_path / "weg.csv",
        tmp_path / ("长" * 300 + ".csv"),
        Path("/dev/null"),
    ]
    report = check(tmp_path, *paths)
    assert [failure["reason"].split("(")[0].split(",")[0] for failure in report.failed] == [
        "没有这个文件或目录", "目录里没有可载入的文件", "没有这个文件或目录", "读不了这个路径: File name too long", "不是普通文件",
    ]  # fmt: skip


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    put(tmp_path / "in" / "enterprises.csv", TABLE)
    (tmp_path / "in" / "products.csv").write_bytes(PNG)
    put(tmp_path / "in" / "~$enterprises.csv", "x")
    put(tmp_path / "in" / "README.txt", "x")
    report = check(tmp_path, tmp_path / "in")
    assert counts(report) == {"read": 2, "new": 2}
    assert [Path(failure["file"]).name for failure in report.failed] == ["products.csv"]


def test_the_same_file_by_two_ways_is_read_once(tmp_path: Path) -> None:
    path = put(tmp_path / "in" / "enterprises.csv", TABLE)
    report = check(tmp_path, path, tmp_path / "in", tmp_path / "in" / ".." / "in" / "enterprises.csv")
    assert counts(report) == {"read": 2, "new": 2}


def test_a_file_name_that_is_not_utf8_is_read_and_shown(tmp_path: Path) -> None:
    path = Path(str(tmp_path) + "/enterprises-" + "名录".encode("gbk").decode("utf-8", "surrogateescape") + ".csv")
    path.write_text(TABLE, "utf-8")
    report = check(tmp_path, path)
    assert counts(report) == {"read": 2, "new": 2}
    report.files[0].file.encode()


def test_unclosed_quote_takes_no_row_but_its_own(tmp_path: Path) -> None:
    report = check(tmp_path, put(tmp_path / "enterprises.csv", '名称,来源\n甲,年鉴\n"乙,年鉴\n丙,年鉴\n'))
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert report.rejected[0].row == 3
    assert "请检查引号和分隔符" in report.rejected[0].reason


BIG = """
import sys
from pathlib import Path
from graph.stores import open_store
from loaders.run import Options, load
for name in sys.argv[1:]:
    path = Path(name)
    report = load([path], open_store(f"ladybug://{path.parent}/g.lbug"), Options(rejects=path.parent / "rejects"))
    print([report.total(name) for name in ("read", "new", "rejected")], [(reject.row, reject.column, reject.reason) for reject in report.rejected])
print(int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) // 1024)
"""


def test_a_cell_of_200_mb_is_refused_within_memory(tmp_path: Path) -> None:
    """Of one line, of quotes and delimiters, of many lines: the row is refused, the rows around it load."""
    line = b"one hundred bytes of text in each of the lines of this cell, with commas, and with nothing to say at all\n"
    giants = {
        "plain": b"x" * (200 << 20),
        "quoted": b'"' + b'a,"",' * (8 << 20) + b'"',
        "lines": b'"' + line * 400_000 + b'"',
    }
    paths = [tmp_path / kind / "enterprises.csv" for kind in giants]
    for path, giant in zip(paths, giants.values(), strict=True):
        path.parent.mkdir()
        path.write_bytes("名称,来源\n甲,年鉴\n".encode() + giant + ",年鉴\n乙,年鉴\n".encode())
    done = subprocess.run([sys.executable, "-c", BIG, *map(str, paths)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    *told, megabytes = done.stdout.splitlines()
    assert (
        told
        == ["[3, 2, 1] [(3, '名称', '名称: 这一格超过 1048576 字,请缩短;如果内容不该这么长,请检查引号是否成对')]"] * 3
    )
    assert int(megabytes) < 1500
    for path in paths:
        assert sum(item.stat().st_size for item in (path.parent / "rejects").iterdir()) < 10_000
        path.unlink()


def test_a_row_without_heads_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="第一行是 '内容,甲'"):
        read_text(put(tmp_path / "x.csv", "\n\n内容,甲\n"))


@pytest.mark.parametrize("text", ["企业", "企业名录", "青岛海尔", "名称,来源\n企业,年鉴\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_what_could_be_read_either_way_is_read_as_it_was_written(tmp_path: Path, text: str, encoding: str) -> None:
    """In UTF-8 an even number of signs is valid GB18030 too (浼佷笟); the other way round it is hardly ever."""
    path = tmp_path / "a.csv"
    path.write_bytes(f"{text}\n".encode(encoding))
    assert path.read_text(find_encoding(path)).strip() == text.strip()


def test_ragged_rows_are_refused_once_by_their_number_whoever_reads_them(tmp_path: Path) -> None:
    """The quick reader comes to a byte that is none and hands over to the slow one; a note above the heads has two lines."""
    text = '"说明\n第二行",\n名称,来源\n甲,年鉴,多\n乙,年鉴\n丙,X,X\n丁,年鉴,多\n戊\n己,年鉴\n'
    for name, content in (("quick", text.encode()), ("slow", text.replace("X,X", "X").encode().replace(b"X", b"\xff"))):
        path = tmp_path / f"{name}.csv"
        path.write_bytes(b"\xef\xbb\xbf" + content)
        (sheet,) = read_text(path)
        rows = cells([*sheet.chunks])
        assert rows == {4: ["乙", "年鉴"], 8: ["己", "年鉴"]}, name
        assert [bad.row for bad in sheet.bad] == [3, 5, 6, 7], name

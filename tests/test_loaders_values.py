"""Cells: what is taken, what is mended on the way, what is refused and in which words; the quick and the slow way agree."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loader_parts import check, counts, put

import loaders.rows.validate
from graph.model import EDGES, NODES, Record
from graph.model.edges import InputTo
from graph.model.nodes import Enterprise, Project, Source, Statement
from loaders.files.sheets import ROW
from loaders.rows.validate import Valid, validate

SOURCE = "缺少来源: 每一行都要写明出自哪份文件或名录"
FORMULA = "像是公式,单元格应为普通文本(不以 =、@ 开头)"
NO_DATE = "不是日期,应为 YYYY、YYYY-MM、YYYY-MM-DD 或 YYYY-H1"


def one(record: type[Record] = Enterprise, /, **cells: str) -> Valid:
    """What becomes of one row: of a firm, unless said otherwise."""
    full = {"name": "甲公司", "source": "年鉴"} | cells
    frame = pl.DataFrame({name: [cell] for name, cell in full.items()}, schema=dict.fromkeys(full, pl.String))
    return validate(frame.with_columns(pl.lit(2, dtype=pl.UInt32).alias(ROW)), record)


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("name", "  青岛　甲公司 ", "青岛　甲公司"),
        ("name", "甲" * 200, "甲" * 200),
        ("name", "-5 度冷链", "-5 度冷链"),
        ("name", "家人👨‍👩‍👧".replace("\u200d", ""), "家人👨👩👧"),
        ("status", "已证实", "confirmed"), ("status", "据报道", "reported"), ("status", "整理", "curated"), ("status", "推断", "inferred"),
        ("status", "示例", "sample"), ("status", "确认", "confirmed"), ("status", " sample ", "sample"), ("status", "", "reported"),
        ("confidence", "０.５", 0.5), ("confidence", "1", 1.0), ("confidence", "0", 0.0), ("confidence", "5e-1", 0.5), ("confidence", "", 0.8),
        ("listed_on", "2022年7月", "2022-07"), ("listed_on", "２０２２", "2022"), ("listed_on", "２０２２年７月１日", "2022-07-01"),
        ("listed_on", "2022/7/1", "2022-07-01"), ("listed_on", "2022.07", "2022-07"), ("listed_on", "2022-7", "2022-07"),
        ("listed_on", "44743", "2022-07-01"), ("listed_on", "2024-02-29", "2024-02-29"), ("listed_on", "2022-H1", "2022-H1"),
        ("listed_on", "2022-Q4", "2022-Q4"), ("listed_on", "2022-07-01 00:00:00", "2022-07-01"), ("listed_on", "2022年", "2022"),
        ("aliases", "甲;乙；丙、甲\n 丁 ;;", ["甲", "乙", "丙", "丁"]), ("aliases", "甲", ["甲"]), ("aliases", ";、", None),
        ("short_name", "   ", None),
    ],
)  # fmt: skip
def test_cells_that_are_taken(field: str, cell: str, value: object) -> None:
    valid = one(**{field: cell})
    assert valid.problems == {}
    assert valid.frame[field].to_list() == [value]


@pytest.mark.parametrize(
    ("field", "zh", "cell", "reason"),
    [
        ("source", "来源", "", SOURCE), ("source", "来源", " \u3000", SOURCE), ("source", "来源", "\x1c", SOURCE),
        ("name", "名称", "  ", "缺少必填项“名称”"), ("name", "名称", "\x1d\x1e", "缺少必填项“名称”"),
        ("name", "名称", "=cmd|' /C calc'!A0", f"名称: {FORMULA}"), ("name", "名称", "@SUM(A1)", f"名称: {FORMULA}"),
        ("note", "备注", " =1+1", f"备注: {FORMULA}"), ("name", "名称", "-cmd|x!A0", f"名称: {FORMULA}"),
        ("name", "名称", "甲" * 10_000, "名称: 长度 10000 字,超过上限 200 字,请缩短或移到说明列"),
        ("name", "名称", "甲\u202e司公", "名称: 含有不可见的控制字符 U+202E,请删去后重试"),
        ("name", "名称", "甲\u200b公司", "名称: 含有不可见的控制字符 U+200B,请删去后重试"),
        ("name", "名称", "甲\ufeff公司", "名称: 含有不可见的控制字符 U+FEFF,请删去后重试"),
        ("name", "名称", "甲\x00公司", "名称: 含有不可见的控制字符 U+0000,请删去后重试"),
        ("name", "名称", "甲\x07公司", "名称: 含有不可见的控制字符 U+0007,请删去后重试"),
        ("name", "名称", "甲\x85公司", "名称: 含有不可见的控制字符 U+0085,请删去后重试"),
        ("confidence", "可信度", "NaN", "可信度: 不是有限的数(NaN 或无穷大),请填写普通数字或留空"),
        ("confidence", "可信度", "-inf", "可信度: 不是有限的数(NaN 或无穷大),请填写普通数字或留空"),
        ("confidence", "可信度", "1e999", "可信度: 不是有限的数(NaN 或无穷大),请填写普通数字或留空"),
        ("confidence", "可信度", "2", "可信度: 超出范围,应在 0 与 1 之间"), ("confidence", "可信度", "-0.1", "可信度: 超出范围,应在 0 与 1 之间"),
        ("confidence", "可信度", "较高", "可信度: 不是数字,应为如 0.8 或 1200 的数"),
        ("status", "状态", "大概", "状态: 不在可选值内,应为 confirmed、reported、curated、inferred、sample 之一"),
        ("listed_on", "上市日期", "2022-13", "上市日期: 不是日期,应为 YYYY、YYYY-MM 或 YYYY-MM-DD"),
        ("listed_on", "上市日期", "2023-02-29", "上市日期: 日历上没有这一天,应为 YYYY-MM-DD"),
        ("listed_on", "上市日期", "2022年2月30日", "上市日期: 日历上没有这一天,应为 YYYY-MM-DD"),
        ("listed_on", "上市日期", "0000-01-01", "上市日期: 日历上没有这一天,应为 YYYY-MM-DD"),
        ("listed_on", "上市日期", "去年", f"上市日期: {NO_DATE}"), ("listed_on", "上市日期", "99999", "上市日期: 不是日期,应为 YYYY、YYYY-MM 或 YYYY-MM-DD"),
        ("listed_on", "上市日期", "2022-07-01T08:30:00", f"上市日期: {NO_DATE}"),
        ("aliases", "别名", "甲;=乙", f"别名: {FORMULA}"),
    ],
)  # fmt: skip
def test_cells_that_are_refused_say_why(field: str, zh: str, cell: str, reason: str) -> None:
    valid = one(**{field: cell})
    assert [(problem.column, problem.reason) for problem in valid.problems[2]] == [(zh, reason)]
    assert valid.frame.is_empty()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,200", 1200.0),
        ("１，２００", 1200.0),
        ("1,234,567.5", 1234567.5),
        ("-3.5", -3.5),
        ("-1,200", -1200.0),
        ("0", 0.0),
    ],
)
def test_numbers_are_taken_as_people_write_them(cell: str, value: float) -> None:
    valid = one(Project, amount=cell)
    assert (valid.problems, valid.frame["amount"].to_list()) == ({}, [value])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((cell, True) for cell in ("true", "TRUE", "1", "1.0", "１", "是", "Yes", "y", "必需")),
        *((cell, False) for cell in ("false", "False", "0", "0.0", "否", "NO", "n", "非必需")),
        ("", None),
    ],
)
def test_flags_are_taken_as_people_and_workbooks_write_them(cell: str, value: bool | None) -> None:
    valid = one(InputTo, essential=cell)
    assert (valid.problems, valid.frame["essential"].to_list()) == ({}, [value])


@pytest.mark.parametrize("cell", ["2", "1.5", "10", "也许", "0.00"])
def test_what_is_no_flag_is_refused(cell: str) -> None:
    (problem,) = one(InputTo, essential=cell).problems[2]
    assert problem.reason.endswith(": 应为 是/否(true/false)")


def test_every_bad_cell_of_a_row_is_told(tmp_path: Path) -> None:
    path = put(tmp_path / "enterprises.csv", "名称,来源,状态,可信度,上市日期\n,,大概,2,去年\n甲公司,年鉴,示例,,\n")
    report = check(tmp_path, path)
    assert counts(report) == {"read": 2, "new": 1, "rejected": 1}
    assert [problem.column for problem in report.rejected[0].problems] == ["来源", "状态", "可信度", "名称", "上市日期"]
    assert [problem.value for problem in report.rejected[0].problems] == ["", "大概", "2", "", "去年"]
    assert report.rejected[0].reason.count(";") == 4
    assert report.rejected[0].file == str(path)


TRICKY = st.sampled_from([
    "", " ", "\x1c", "\x85", "\u3000", "\xa0", "甲", "=1", "-1", "+1", "+a|b", "@", "１２", "1.50", "-0", "1e3", "1,200", "٣", "١٢٣٤", "²", "½",
    "2022", "２０２２", "2022-07", "2022-7-1", "2024-02-29", "2023-02-29", "0000-01-01", "0000", "9999-12-31", "2022-H1", "2022-Q5", "2022年7月",
    "44743", "44743.5", "true", "TRUE", "是", "否", "1.0", "必需", "已证实", "Confirmed", "confirmed", "reported", "CNY", "人民币", "cny", "签约", "a;b", "a；a",
    "甲\n乙", "\n", ";", "nan", "inf", "\u202e", "\u200b", "\x00", "x" * 201, "甲" * 200, "x" * 4001, "e\u0301", "ﬁ", "\U0001f600", "İ", "ß", "1" * 15, "1" * 16, "1." + "1" * 16,
])  # fmt: skip
CELL = (
    st.none()
    | TRICKY
    | st.text(max_size=12)
    | st.text(alphabet="0123456789０１-./年月日HQ,+e ", max_size=11)
    | st.dates().map(str)
    | st.floats().map(str)
)
TYPES = st.sampled_from([*NODES, *EDGES])


@settings(max_examples=100)
@given(st.data())
def test_the_quick_way_gives_the_rows_of_the_slow_way(data: st.DataObject) -> None:
    """Arbitrary cells: column-wise checks and the model, row by row, give the same rows and the same problems."""
    record = data.draw(TYPES)
    fields = data.draw(st.sets(st.sampled_from(sorted(record.model_fields)))) | {"name", "source"} & set(
        record.model_fields
    )
    count = data.draw(st.integers(1, 6))
    columns = {name: [data.draw(CELL) for _ in range(count)] for name in fields}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        pl.Series(ROW, range(2, count + 2), dtype=pl.UInt32)
    )
    quick = validate(frame, record)
    slow = _one_by_one(frame, record)
    assert _told(quick) == _told(slow)
    assert quick.frame.select(sorted(quick.frame.columns)).equals(
        slow.frame.select(sorted(slow.frame.columns)), null_equal=True
    )
    assert quick.frame.schema == slow.frame.select(quick.frame.columns).schema


def _told(valid: Valid) -> dict[int, list[tuple[str, str]]]:
    return {row: [(problem.column, problem.reason) for problem in problems] for row, problems in valid.problems.items()}


def _one_by_one(frame: pl.DataFrame, record: type[Record]) -> Valid:
    """Give the raw rows to the model itself, with nothing done in columns but that a blank cell is no cell."""
    fields = [name for name in frame.columns if name != ROW]
    frame = frame.with_columns(
        pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)).alias(name) for name in fields
    )
    if record is Source:  # a source is its own source
        rows = [
            row | {"source": next((row[n] for n in ("source", "id", "name") if (row.get(n) or "").strip()), None)}
            for row in frame.iter_rows(named=True)
        ]
        frame = pl.DataFrame(rows, schema=frame.schema)
    every = frame.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in record.model_fields if name not in fields
    )
    valid_rows, problems, _ = loaders.rows.validate._one_by_one(every, record, [ROW])
    return Valid(valid_rows, problems)


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        (Enterprise, {"confidence": "０.５"}), (Enterprise, {"listed_on": "２０２２"}), (Project, {"amount": "１２"}), (Project, {"amount": "1,200"}),
        (Statement, {"subject": "青岛", "metric": "数", "value": "٣"}), (Enterprise, {"listed_on": "2024-02-29"}),
    ],
)  # fmt: skip
def test_cells_on_which_the_two_ways_once_differed(record: type[Record], cells: dict[str, str]) -> None:
    full = {"name": "甲公司", "source": "年鉴"} | cells
    frame = pl.DataFrame({name: [cell] for name, cell in full.items()}).with_columns(
        pl.lit(2, dtype=pl.UInt32).alias(ROW)
    )
    quick, slow = validate(frame, record), _one_by_one(frame, record)
    assert quick.problems == slow.problems
    assert quick.frame.equals(slow.frame.select(quick.frame.columns))


def test_dates_that_are_right_need_no_row_by_row_work(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a plain row went the slow way")

    monkeypatch.setattr(loaders.rows.validate, "_one_by_one", refuse)
    assert one(listed_on="2024-02-29", valid_from="2022", confidence="0.5", status="示例").problems == {}

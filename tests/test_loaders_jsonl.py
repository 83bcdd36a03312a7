"""JSON lines: lists, bad lines, what is no object, marks, deep nesting, and what JSON has and a table has not."""

from pathlib import Path

import pytest
from loader_parts import check, counts, new_store, put, run, where

from graph.model.nodes import Enterprise

GOOD = '{"名称": "甲公司", "来源": "年鉴", "别名": ["甲", "甲厂"], "可信度": 0.5, "上市日期": "2022-07"}'


def test_lists_numbers_and_missing_keys(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    lines = f'\ufeff{GOOD}\n\n{{"来源": "年鉴", "name": "丙公司"}}\n{{"名称": "乙公司", "来源": "年鉴", "简称": null, "股票代码": 600060, "角色": []}}\n'
    report = run(store, put(tmp_path / "enterprises.jsonl", lines))
    # “name” is the head of another column than “名称”: the first of the two counts, so row 3 has no name
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert where(report) == [(3, "名称")]
    found = store.nodes(Enterprise).sort("name")
    assert found.select("name", "aliases", "confidence", "listed_on", "stock_code", "roles").rows() == [
        ("乙公司", None, 0.8, None, "600060", None), ("甲公司", ["甲", "甲厂"], 0.5, "2022-07", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("{", "", "这一行不是合法的 JSON: 第 2 个字符处"),
        ('{"名称": "乙公司" "来源": "年鉴"}', "", "这一行不是合法的 JSON: 第 14 个字符处"),
        ("[1, 2]", "", "这一行不是 JSON 对象"),
        ('"甲公司"', "", "这一行不是 JSON 对象"),
        ("null", "", "这一行不是 JSON 对象"),
        ("[" * 100_000, "", "这一行不是合法的 JSON: 嵌套太深"),
        ('{"名称": "乙公司", "来源": "年鉴", "可信度": NaN}', "可信度", "可信度: 不是有限的数"),
        ('{"名称": NaN, "来源": "年鉴"}', "名称", "名称: 不是有限的数"),
        ('{"名称": "乙公司", "来源": "年鉴", "可信度": [-Infinity]}', "可信度", "可信度: 不是有限的数"),
        ('{"名称": "乙公司", "来源": "年鉴", "可信度": 1e999}', "可信度", "可信度: 不是有限的数"),
        ('{"名称": "乙\\ud800公司", "来源": "年鉴"}', "名称", "名称: 含有不成对的代理字符"),
        ('{"名称": "乙公司", "来源": "年鉴", "\\udfff": 1}', "\\udfff", "\\udfff: 含有不成对的代理字符"),
        ('{"名称": "乙公司", "来源": "年鉴", "可信度": ' + "9" * 5000 + "}", "", "这一行不是合法的 JSON"),
        ('{"名称": {"全称": "乙公司"}, "来源": "年鉴", "可信度": 2}', "可信度", "可信度: 超出范围,应在 0 与 1 之间"),
    ],
)  # fmt: skip
def test_bad_lines_are_refused_alone(tmp_path: Path, line: str, column: str, reason: str) -> None:
    report = check(tmp_path, put(tmp_path / "enterprises.jsonl", f"{GOOD}\n{line}\n{GOOD.replace('甲', '丁')}\n"))
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert where(report) == [(2, column)]
    assert report.rejected[0].reason.startswith(reason)


def test_lines_of_another_encoding_are_refused_alone(tmp_path: Path) -> None:
    path = tmp_path / "enterprises.jsonl"
    path.write_bytes(GOOD.encode() + b"\n" + GOOD.encode("gb18030") + b"\n" + GOOD.replace("甲", "丁").encode())
    report = check(tmp_path, path)
    assert counts(report) == {"read": 3, "new": 2, "rejected": 1}
    assert report.rejected[0].row == 2
    assert report.rejected[0].reason.startswith("这一行不是合法的 JSON: 第 3 个字节不是 UTF-8 编码")


@pytest.mark.parametrize(
    ("text", "encoding", "reason"),
    [
        ("", "utf-8", "文件是空的"), ("\n\n", "utf-8", "文件是空的"), ("{}\n", "utf-8", "认不出这是哪一类表|缺少必需的列"),
        ("坏\n更坏\n", "utf-8", "没有一行可用的数据: 第 1 行"), (GOOD, "utf-16", "没有一行可用的数据: 第 1 行"), (GOOD, "gb18030", "没有一行可用的数据: 第 1 行"),
        ("\n".join(f'{{"列{number}": 1}}' for number in range(2001)), "utf-8", "超过上限 2000 个"),
    ],
)  # fmt: skip
def test_files_without_a_usable_line_say_why(tmp_path: Path, text: str, encoding: str, reason: str) -> None:
    report = check(tmp_path, put(tmp_path / "enterprises.ndjson", text, encoding))
    assert counts(report) == {}
    assert len(report.failed) == 1
    assert any(part in report.failed[0]["reason"] for part in reason.split("|")), report.failed

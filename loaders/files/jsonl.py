"""JSON lines: one object a line, its keys the column heads, lists for several values."""

import json
import math
from pathlib import Path
from typing import Any

from graph.errors import InputError
from loaders.files.sheets import MAX_COLUMNS, BadRow, Sheet, cell_text, raw_frame

EXAMPLE = '形如 {"名称": "…", "来源": "…"}'
LINE_LIMIT = 100_000
FILE_LIMIT = 200 << 20


def read_jsonl(path: Path, _also: frozenset[str] = frozenset()) -> list[Sheet]:
    """Return the one table of a JSON-lines file; lines that are not objects are kept as bad rows."""
    if (size := path.stat().st_size) > FILE_LIMIT:
        raise InputError(f"文件有 {size >> 20} MB,超过上限 {FILE_LIMIT >> 20} MB,没有读;请分成几份再载入")
    rows, bad = read_objects(path)
    if not rows:
        raise InputError(
            f"文件里没有一行可用的数据: 第 {bad[0].row} 行,{bad[0].reason}" if bad else f"文件是空的,每行应{EXAMPLE}"
        )
    return [sheet_of(path, rows, bad)]


def sheet_of(path: Path, rows: list[tuple[int, dict[str, Any]]], bad: list[BadRow]) -> Sheet:
    """Return objects with their row numbers as a sheet: its heads are their
    keys, and those that are bad are left out."""
    wrong = {fault.row for fault in bad}
    names = list(dict.fromkeys(str(key) for _, row in rows for key in row))
    if len(names) > MAX_COLUMNS:
        raise InputError(f"各行一共有 {len(names)} 个不同的键,超过上限 {MAX_COLUMNS} 个。键应是列名,{EXAMPLE}")
    rows = [(number, row) for number, row in rows if number not in wrong]
    texts: list[list[str | None]] = [[_text(row.get(name)) for name in names] for _, row in rows]
    frame = raw_frame(texts, [number for number, _ in rows], len(names))
    return Sheet(path, None, names, iter([frame] if len(frame) else []), bad)


def read_objects(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[BadRow]]:
    """Return the objects of a JSON-lines file with their line numbers, and the lines that are no objects."""
    rows: list[tuple[int, dict[str, Any]]] = []
    bad: list[BadRow] = []
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.strip().decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                bad.append(BadRow(number, _start(line), f"这一行不是合法的 JSON: {_explain(error)};应{EXAMPLE}"))
                continue
            if fault := find_fault(row):
                bad.append(BadRow(number, _start(line), fault[1], fault[0]))
                continue
            rows.append((number, row))
    return rows, bad


def find_fault(row: Any) -> tuple[str, str] | None:
    """Return the key and the reason where a line is no object, or holds what no table can (NaN, half a character)."""
    if not isinstance(row, dict):
        return "", f"这一行不是 JSON 对象,应{EXAMPLE}"
    for key, value in row.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, float) and not math.isfinite(item):
                return str(key), f"{key}: 不是有限的数(NaN 或无穷大),请填写普通数字或 null"
        try:
            f"{key}{_text(value)}".encode()
        except UnicodeEncodeError:
            name = str(key).encode("utf-8", "backslashreplace").decode()
            return name, f"{name}: 含有不成对的代理字符(\\ud800 一类),请改为正常的文字"
        except RecursionError:
            return str(key), f"{key}: 嵌套太深,应为一个值或一列值"
    return None


def _explain(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"第 {error.start + 1} 个字节不是 UTF-8 编码"
    if isinstance(error, json.JSONDecodeError):
        return f"第 {error.colno} 个字符处 {error.msg}"
    return "嵌套太深" if isinstance(error, RecursionError) else str(error)


def _start(line: bytes) -> str:
    return line.decode("utf-8", "replace").rstrip("\r\n")[:LINE_LIMIT]


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ";".join(cell_text(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return cell_text(value)

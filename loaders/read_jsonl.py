"""JSON lines: one object a line, its keys the column heads, lists for several values."""

import json
from pathlib import Path
from typing import Any

from graph.errors import InputError
from loaders.sheets import BadRow, Sheet, cell_text, raw_frame


def read_jsonl(path: Path) -> list[Sheet]:
    """Return the one table of a JSON-lines file; lines that are not objects are kept as bad rows."""
    rows, bad = read_objects(path)
    if not rows and not bad:
        raise InputError("文件里没有一行数据")
    names = list(dict.fromkeys(str(key) for _, row in rows for key in row))
    texts: list[list[str | None]] = [[_text(row.get(name)) for name in names] for _, row in rows]
    frame = raw_frame(texts, [number for number, _ in rows], len(names))
    return [Sheet(path, None, names, iter([frame] if len(frame) else []), bad)]


def read_objects(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[BadRow]]:
    """Return the objects of a JSON-lines file with their line numbers, and the lines that are no objects."""
    rows: list[tuple[int, dict[str, Any]]] = []
    bad: list[BadRow] = []
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line.decode("utf-8-sig"))
                if not isinstance(row, dict):
                    raise ValueError("这一行不是 JSON 对象,应形如 {\"名称\": \"…\", \"来源\": \"…\"}")
            except (ValueError, RecursionError) as error:
                reason = str(error) if "JSON" in str(error) else f"这一行不是合法的 JSON: {error}"
                bad.append(BadRow(number, line.decode("utf-8", "replace").rstrip("\n")[:2000], reason))
                continue
            rows.append((number, row))
    return rows, bad


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ";".join(cell_text(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return cell_text(value)

"""Which row holds the column heads, what the heads mean, and which type the table is about."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from graph.errors import InputError
from graph.model import EDGES, NODES, Edge, Record, file_name, find_type, heads, zh_heads

LOOK_AHEAD = 25
REASON_HEADS = ("拒收原因", "reject_reason")


def clean_head(text: str) -> str:
    """Return a column head as it is compared: half width, no blanks, no required-mark, lower case."""
    return re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", text)).lower()


@cache
def accepted(record: type[Record]) -> dict[str, str]:
    """Return the cleaned heads that a type's file may have, with their fields."""
    return {clean_head(head): field for head, field in heads(record).items()}


@cache
def all_heads() -> frozenset[str]:
    """Return every head of every type."""
    return frozenset(head for record in (*NODES, *EDGES) for head in accepted(record))


@dataclass(frozen=True)
class Shape:
    """What a table is: its type, and the field that each column stands for (None: not known)."""

    record: type[Record]
    fields: list[str | None]


def find_header(rows: list[list[str]]) -> int | None:
    """Return the index of the row with the most known heads among the first rows, or None where no row has any."""
    scores = [sum(clean_head(cell) in all_heads() for cell in row if cell) for row in rows[:LOOK_AHEAD]]
    best = max(scores, default=0)
    return scores.index(best) if best else None


def join_headers(upper: list[str], lower: list[str]) -> list[str]:
    """Return the heads of a two-row header: the lower cell, or the upper one where the lower is empty or unknown."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    return [low if clean_head(low) in all_heads() or not up or clean_head(up) not in all_heads() else up for up, low in zip(upper, lower, strict=True)]


def required(record: type[Record]) -> list[str]:
    """Return the columns that a type's file cannot do without (source is asked for row by row)."""
    fields = [name for name, info in record.model_fields.items() if info.is_required() and name != "source"]
    ends = [name for name, _ in record.table.end_columns] if issubclass(record, Edge) else []
    return ends + fields


def identify(found: list[str], stem: str, sheet: str | None, wanted: type[Record] | None = None) -> Shape:
    """Return what a table is, by its sheet or file name and its heads; raises ``InputError`` with the nearest types."""
    cleaned = [clean_head(head) for head in found]
    named = wanted or _named(sheet) or _named(stem)
    ranked = sorted(
        ((_score(record, cleaned), -rank, record) for rank, record in enumerate((*NODES, *EDGES))), key=lambda item: item[:2], reverse=True
    )
    usable = [record for score, _, record in ranked if score and not _missing(record, cleaned)]
    if named is not None:
        if lacking := _missing(named, cleaned):
            raise InputError(
                f"{named.table.zh}表缺少必需的列 {'、'.join(_zh(named, name) for name in lacking)};"
                f"表头读到的是 {'、'.join(found) or '(空)'}。可用 lianzhang template {file_name(named)} 生成空表对照"
            )
        chosen = named
    elif usable:
        chosen = usable[0]
    else:
        near = "、".join(record.table.zh for score, _, record in ranked[:3] if score) or "(没有一个表头可识别)"
        raise InputError(
            f"认不出这是哪一类表: 表头 {'、'.join(found)[:200] or '(空)'};最接近的是 {near}。"
            "请把文件名改为类别名(如 enterprises.csv、企业.xlsx),或用 lianzhang template 生成空表"
        )
    fields: list[str | None] = [accepted(chosen).get(head) for head in cleaned]
    seen: set[str] = set()
    for index, field in enumerate(fields):
        if field in seen:
            fields[index] = None
        elif field:
            seen.add(field)
    return Shape(chosen, fields)


def _named(text: str | None) -> type[Record] | None:
    if not text:
        return None
    if record := find_type(text):
        return record
    trimmed = re.sub(r"[-_.\s\d()()年月日]+(?:rejects?|拒收)?$|-rejects$", "", text)
    return find_type(trimmed) if trimmed != text else None


def _score(record: type[Record], cleaned: list[str]) -> int:
    return len({accepted(record)[head] for head in cleaned if head in accepted(record)})


def _missing(record: type[Record], cleaned: list[str]) -> list[str]:
    there = {accepted(record)[head] for head in cleaned if head in accepted(record)}
    return [name for name in required(record) if name not in there]


def _zh(record: type[Record], name: str) -> str:
    return zh_heads(record).get(name, name)

"""Which row holds the column heads, what the heads mean, and which type the table is about."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from graph.errors import InputError
from graph.model import EDGES, NODES, Edge, Record, file_name, find_type, heads, zh_heads

LOOK_AHEAD = 25
UNIT = re.compile(r"\((?:单位[::]?)?(?:人民币)?(亿元|百万元|万元|千元|元)(?:人民币)?\)$")
REASON_HEADS = ("拒收原因", "reject_reason")


def clean_head(text: str) -> str:
    """Return a column head as it is compared: half width, no blanks, no required-mark, no unit, lower case."""
    return UNIT.sub("", _narrow(text)).lower()


def unit_of(head: str) -> str:
    """Return the unit of money that a head says of its column: 亿元, 万元; nothing where it says none."""
    found = UNIT.search(_narrow(head))
    return found[1] if found else ""


def _narrow(text: str) -> str:
    return re.sub(r"[\s*]+", "", unicodedata.normalize("NFKC", text))


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
    """Return the index of the row with the most different known heads among the
    first rows, or None where no row has any."""
    scores = [len({clean_head(cell) for cell in row if cell} & all_heads()) for row in rows[:LOOK_AHEAD]]
    best = max(scores, default=0)
    return scores.index(best) if best else None


def join_headers(upper: list[str], lower: list[str]) -> list[str]:
    """Return the heads of a two-row header: the lower cell, or the upper one where the lower is empty or unknown."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    known = all_heads()
    both = zip(upper, lower, strict=True)
    return [up if clean_head(up) in known and clean_head(low) not in known else low for up, low in both]


def required(record: type[Record]) -> list[str]:
    """Return the columns that a type's file cannot do without (source is asked for row by row)."""
    fields = [name for name, info in record.model_fields.items() if info.is_required() and name != "source"]
    ends = [name for name, _ in record.table.end_columns] if issubclass(record, Edge) else []
    return ends + fields


def identify(read_heads: list[str], stem: str, sheet: str | None, wanted: type[Record] | None = None) -> Shape:
    """Return what a table is, by its sheet or file name and its heads; raises ``InputError`` with the nearest types."""
    cleaned = [clean_head(head) for head in read_heads]
    chosen = wanted or _named(sheet)
    if chosen is None and (chosen := _named(stem)) and sheet and _missing(chosen, cleaned):
        chosen = _fitting(read_heads, cleaned, chosen)  # a workbook's name speaks for its sheets only where they agree
    if chosen is None:
        chosen = _fitting(read_heads, cleaned, None)
    if lacking := _missing(chosen, cleaned):
        raise InputError(
            f"{chosen.table.zh}表缺少必需的列 {'、'.join(_zh(chosen, name) for name in lacking)};"
            f"表头读到的是 {'、'.join(filter(None, read_heads))[:200] or '(空)'}。"
            f"可用 lianzhang template {file_name(chosen)} 生成空表对照"
        )
    fields: list[str | None] = [accepted(chosen).get(head) for head in cleaned]
    seen: set[str] = set()
    for index, field in enumerate(fields):
        if field in seen:
            fields[index] = None
        elif field:
            seen.add(field)
    return Shape(chosen, fields)


def _fitting(read_heads: list[str], cleaned: list[str], otherwise: type[Record] | None) -> type[Record]:
    """Return the one type that the heads fit best; where several fit as well it is not guessed."""
    ranked = sorted(((_score(record, cleaned), record) for record in (*NODES, *EDGES)), key=lambda item: -item[0])
    usable = [(score, record) for score, record in ranked if score and not _missing(record, cleaned)]
    best = [record for score, record in usable if score == usable[0][0]]
    whole = [record for record in best if not _lacks_key(record, cleaned)]
    if len(best) == 1 or len(whole) == 1:
        return (whole or best)[0]
    if otherwise is not None:
        return otherwise
    near = "、".join(record.table.zh for record in best[:6] or [record for score, record in ranked[:3] if score])
    raise InputError(
        f"认不出这是哪一类表: 表头 {'、'.join(filter(None, read_heads))[:200] or '(空)'};"
        f"{'同样像' if best else '最接近的是'} {near or '(没有一个表头可识别)'}。"
        "请把文件名或表名改为类别名(如 enterprises.csv、企业.xlsx),用 --kind 指定类别,或用 lianzhang template 生成空表"
    )


def _lacks_key(record: type[Record], cleaned: list[str]) -> bool:
    there = {accepted(record)[head] for head in cleaned if head in accepted(record)}
    return not there.issuperset(record.table.key)


def _named(text: str | None) -> type[Record] | None:
    if not text:
        return None
    while (record := find_type(text)) is None:
        trimmed = re.sub(r"[-_.\s\d()()年月日]+(?:rejects?|拒收)?$", "", text)
        if trimmed == text:
            return find_type(text.partition("-")[0])
        text = trimmed
    return record


def _score(record: type[Record], cleaned: list[str]) -> int:
    return len({accepted(record)[head] for head in cleaned if head in accepted(record)})


def _missing(record: type[Record], cleaned: list[str]) -> list[str]:
    there = {accepted(record)[head] for head in cleaned if head in accepted(record)}
    return [name for name in required(record) if name not in there]


def _zh(record: type[Record], name: str) -> str:
    return zh_heads(record).get(name, name)

"""How the terminal and CSV tell of names."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from queries.core.answers import Hit
from queries.core.printed import table_of
from queries.core.table import Column, Table
from queries.names.answers import Doubt, Judgement

HIT_HEADS = {"label": "类别", "name": "名称", "matched": "匹配方式", "status": "状态", "id": "编号"}
DOUBT_HEADS = {
    "left.name": "企业", "left.uscc": "信用代码", "left.region": "区域", "left.status": "状态", "left.source": "来源",
    "right.name": "另一企业", "right.uscc": "另一方信用代码", "right.region": "另一方区域",
    "right.status": "另一方状态", "right.source": "另一方来源",
    "reasons": "为什么可能是同一家", "against": "不利的", "left.id": "编号", "right.id": "另一方编号",
}  # fmt: skip
SHORT_HEADS = [DOUBT_HEADS[name] for name in ("left.name", "right.name", "reasons", "against", "left.id", "right.id")]
# The heads of the table 企业比对, so that the CSV can be loaded as it is, and three more columns for the reader.
HISTORY_HEADS = {
    "enterprise.name": "企业名称", "other.name": "另一企业名称", "stands": "现行", "verdict": "判断", "decided_at": "判断时间",
    "decided_by": "判断人", "reason": "理由", "enterprise.id": "企业", "other.id": "另一企业", "source": "来源", "status": "状态",
    "place": "出处位置", "note": "备注",
}  # fmt: skip


def hits(answer: Sequence[Hit]) -> Table[Any]:
    """Return what a search found."""
    return table_of("search", "搜索", HIT_HEADS, answer)


def doubts(answer: Sequence[Doubt]) -> Table[Any]:
    """Return pairs of firms that may be one."""
    table = table_of("doubts", "可能是同一家的企业", DOUBT_HEADS, answer)
    return replace(table, columns=[one if one.head in SHORT_HEADS else replace(one, on="file") for one in table.columns])


def judgements(answer: Sequence[Judgement]) -> Table[Any]:
    """Return what was judged."""
    table = table_of("judgements", "判断", HISTORY_HEADS, answer)
    stands = Column[Any](HISTORY_HEADS["stands"], lambda item: "是" if item.stands else "")
    return replace(table, columns=[stands if one.head == stands.head else one for one in table.columns])

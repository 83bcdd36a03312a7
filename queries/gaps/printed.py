"""How the terminal and CSV tell of gaps."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from queries.core.printed import columns_of
from queries.core.question import Word
from queries.core.table import Column, Table
from queries.gaps.answers import Certificate, Judged, ProductState, SegmentState, WeakLinks, WhatIf

Row = tuple[SegmentState, Judged]


def weak_links(answer: WeakLinks, products: Annotated[bool, Word("表格里也列出各环节的产品(JSON 总是列出)")] = False) -> Table[Row]:
    """Return the segments of a chain, each followed by its products where so wished."""
    rows: list[Row] = []
    for segment in answer.segments:
        rows += [(segment, one) for one in (segment, *(segment.products if products else ()))]
    product = Column[Row]("产品", lambda row: row[1].product if isinstance(row[1], ProductState) else "")
    columns = (
        Column[Row]("层级", lambda row: row[0].tier),
        Column[Row]("环节", lambda row: row[0].segment),
        *([product] if products else []),
        Column[Row]("状态", lambda row: row[1].state),
        Column[Row]("评分", lambda row: row[1].score, "score"),
        Column[Row]("行动", lambda row: row[1].action),
        Column[Row]("本地企业", lambda row: len(row[1].firms), "number"),
        Column[Row]("依据", lambda row: row[1].status, "status"),
        Column[Row]("理由", lambda row: row[1].reasons, "lines"),
    )
    return Table("weak-links", "断点", columns, rows)


def notes_of_weak_links(answer: WeakLinks, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is to be known beside the segments."""
    yield from (f"注意: {note}" for note in answer.notes)
    flipped = "、".join(answer.stability.flipped) or "没有"
    least = answer.stability.least_correlation
    yield f"规则 {answer.rule_version};每个数移动 ±20% 时状态会变的: {flipped};环节名次的最小秩相关 {least}"


def certificate(answer: Certificate) -> Table[Any]:
    """Return the firms that were looked at, and why each can or cannot fill the place."""
    from queries.gaps.tables import tables_of_certificate

    return tables_of_certificate(answer)["candidates"]


def what_if(answer: WhatIf) -> Table[Any]:
    """Return the segments and products that change."""
    heads = {"name": "环节或产品", "before": "之前", "after": "之后", "score_before": "评分(前)", "score_after": "评分(后)"}
    return Table("changes", "前后", columns_of(heads), answer.changes)


def notes_of_what_if(answer: WhatIf, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the gaps closed and opened, who is concerned, and what is assumed."""
    for title, gaps in (("补上的缺口", answer.gaps_closed), ("新开的缺口", answer.gaps_opened)):
        yield from (f"{title}: {gap.product}({gap.state}): {gap.reason}" for gap in gaps)
    yield f"牵涉的链主: {'、'.join(leader.name for leader in answer.leaders_affected) or '没有'}"
    before, after = answer.before.served, answer.after.served
    yield (
        f"链主需求 {before.needs} 项,有来源的 {before.served_now} 项,之后 {after.needs} 项中 {after.served_now} 项;"
        f"企业随机退出时仍有来源的份额(曲线下面积) {before.random_area} → {after.random_area}"
    )
    yield from (f"假定: {text}" for text in answer.assumptions)

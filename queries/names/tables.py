"""Tables of firms: the pairs that may be one, and what was judged of them."""

from collections.abc import Callable, Sequence

from queries.core.table import TRUST, Column, Table, ThingRef, trust
from queries.names.answers import ComparedFirm, Doubt, Judgement


def table_doubts(doubts: Sequence[Doubt]) -> Table[Doubt]:
    """Return the pairs of firms that may be one, both sides with their code, place, status and source."""
    order = {(doubt.left.id, doubt.right.id): number for number, doubt in enumerate(doubts)}
    columns: list[Column[Doubt]] = [
        *_side(lambda doubt: doubt.left, ("企业", "信用代码", "区域", "状态", "来源")),
        *_side(lambda doubt: doubt.right, ("另一企业", "另一方信用代码", "另一方区域", "另一方状态", "另一方来源")),
        Column("为什么", lambda doubt: ";".join(doubt.reasons), sort=lambda doubt: order[doubt.left.id, doubt.right.id]),
        Column("不利的", lambda doubt: ";".join(doubt.against)),
    ]
    return Table("doubts", "待判断", columns, doubts, empty="没有需要人工判断的企业")


def _side(of: Callable[[Doubt], ComparedFirm], heads: tuple[str, str, str, str, str]) -> list[Column[Doubt]]:
    firm, code, region, status, source = heads
    return [
        Column(firm, lambda doubt: ThingRef("Enterprise", of(doubt).id, of(doubt).name), "thing", lambda doubt: of(doubt).id),
        Column(code, lambda doubt: of(doubt).uscc, extra=lambda doubt: of(doubt).stock_code and f"股票代码 {of(doubt).stock_code}"),
        Column(region, lambda doubt: of(doubt).region),
        *trust(of, (status, source)),
    ]


def table_judgements(judgements: Sequence[Judgement]) -> Table[Judgement]:
    """Return what was judged of pairs of firms, the latest first."""
    columns: list[Column[Judgement]] = [
        Column("企业", lambda one: ThingRef("Enterprise", one.enterprise.id, one.enterprise.name), "thing"),
        Column("另一企业", lambda one: ThingRef("Enterprise", one.other.id, one.other.name), "thing"),
        Column("现行", lambda one: "是" if one.stands else "", sort=lambda one: not one.stands),
        Column("判断", lambda one: one.verdict),
        Column("时间", lambda one: one.decided_at, "date"),
        Column("判断人", lambda one: one.decided_by),
        Column("理由", lambda one: one.reason, extra=lambda one: one.note),
        *TRUST,
    ]
    return Table("judgements", "判断记录", columns, judgements, "同一对里最后一条算数;判为同一时,以第一家的名称为准。", "还没有判断")

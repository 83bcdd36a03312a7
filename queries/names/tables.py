"""Tables of names: what a search found, the pairs of firms that may be one, and what was judged of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from queries.core.answers import Hit, Named
from queries.core.table import TRUST, Ask, Column, Table, ThingRef, trust
from queries.names.answers import ComparedFirm, Doubt, Judgement


def table_hits(hits: Sequence[Hit]) -> Table[Hit]:
    """Return what a search found."""
    columns: list[Column[Hit]] = [
        Column("类别", lambda hit: hit.label),
        Column("名称", lambda hit: hit.name),
        Column("匹配方式", lambda hit: hit.matched),
        Column("状态", lambda hit: hit.status, "status"),
        Column("编号", lambda hit: hit.id),
    ]
    return Table("search", "搜索", columns, hits)


def table_doubts(doubts: Sequence[Doubt]) -> Table[Doubt]:
    """Return the pairs of firms that may be one, both sides with their code, place, status and source."""
    order = {(doubt.left.id, doubt.right.id): number for number, doubt in enumerate(doubts)}
    columns: list[Column[Doubt]] = [
        *_side("企业", "", lambda doubt: doubt.left),
        *_side("另一企业", "另一方", lambda doubt: doubt.right),
        Column(
            "为什么", lambda doubt: "；".join(doubt.reasons), sort=lambda doubt: order[doubt.left.id, doubt.right.id]
        ),
        Column("不利的", lambda doubt: "；".join(doubt.against)),
        Column("判断", lambda doubt: _judge(doubt.left.id, doubt.right.id, "比较并判断"), "ask", on="page"),
    ]
    return Table("doubts", "待判断", columns, doubts, empty="没有需要人工判断的企业")


def _side(firm: str, side: str, of: Callable[[Doubt], ComparedFirm]) -> list[Column[Doubt]]:
    def stock(doubt: Doubt) -> str:
        return f"股票代码 {of(doubt).stock_code}" if of(doubt).stock_code else ""

    def named(doubt: Doubt) -> ThingRef:
        return ThingRef("Enterprise", of(doubt).id, of(doubt).name)

    return [
        Column(firm, named, "thing", lambda doubt: of(doubt).id, apart=f"{side}编号"),
        Column(f"{side}信用代码", lambda doubt: of(doubt).uscc, extra=stock, on="wide"),
        Column(f"{side}区域", lambda doubt: of(doubt).region, on="wide"),
        *(replace(column, head=side + column.head, on="wide") for column in trust(of)),
    ]


def _judge(left: str, right: str, text: str) -> Ask:
    """Return the page on which somebody judges of two firms."""
    return Ask("review/judge", text, {"left": left, "right": right})


def table_judgements(judgements: Sequence[Judgement]) -> Table[Judgement]:
    """Return what was judged of pairs of firms, the latest first; in a file
    with the heads of 企业比对, so that it can be loaded."""

    def firm(head: str, of: Callable[[Judgement], Named]) -> list[Column[Judgement]]:
        return [
            Column(head, lambda row: ThingRef("Enterprise", of(row).id, of(row).name), "thing", on="page"),
            Column(f"{head}名称", lambda row: of(row).name, on="text"),
            Column(head, lambda row: of(row).id, on="text"),
        ]

    columns: list[Column[Judgement]] = [
        *firm("企业", lambda judgement: judgement.enterprise),
        *firm("另一企业", lambda judgement: judgement.other),
        Column("现行", lambda judgement: "是" if judgement.stands else "", sort=lambda judgement: not judgement.stands),
        Column("判断", lambda judgement: judgement.verdict),
        Column("时间", lambda judgement: judgement.decided_at, "date", on="page"),
        Column("判断时间", lambda judgement: judgement.decided_at, on="text"),
        Column("判断人", lambda judgement: judgement.decided_by),
        Column("理由", lambda judgement: judgement.reason, extra=lambda judgement: judgement.note, apart="备注"),
        *TRUST,
        Column("出处位置", lambda judgement: judgement.place, on="text"),
        Column(
            "再判断",
            lambda judgement: _judge(judgement.enterprise.id, judgement.other.id, "撤销或另判"),
            "ask",
            on="page",
        ),
    ]
    return Table(
        "judgements",
        "判断记录",
        columns,
        judgements,
        "同一对里最后一条算数；判为同一时，以第一家的名称为准。",
        "还没有判断",
    )

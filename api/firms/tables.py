"""Tables of firms: the pairs that may be one, and what was judged of them."""

from collections.abc import Sequence

from api.core.table import Cell, Desk, Table
from queries.names.answers import ComparedFirm, Doubt, Judgement

DOUBTS = (
    "企业", "信用代码", "区域", "状态", "来源", "另一企业", "另一方信用代码", "另一方区域", "另一方状态", "另一方来源", "为什么", "不利的",
)  # fmt: skip


def table_doubts(doubts: Sequence[Doubt], desk: Desk) -> Table:
    """Return the pairs of firms that may be one, both sides with their code, place, status and source."""
    rows = []
    for number, doubt in enumerate(doubts):
        why = Cell(";".join(doubt.reasons), sort=number)
        rows.append((*_side(doubt.left, desk), *_side(doubt.right, desk), why, Cell(";".join(doubt.against))))
    return Table("doubts", "待判断", DOUBTS, rows, empty="没有需要人工判断的企业")


def _side(side: ComparedFirm, desk: Desk) -> tuple[Cell, ...]:
    name = desk.thing("Enterprise", side.id, side.name, extra=side.id)
    code = Cell(side.uscc or "", extra=f"股票代码 {side.stock_code}" if side.stock_code else "")
    return (name, code, Cell(side.region or ""), *desk.trust(side.model_dump()))


def table_judgements(judgements: Sequence[Judgement], desk: Desk) -> Table:
    """Return what was judged of pairs of firms, the latest first."""
    rows = []
    for item in judgements:
        firms = (desk.thing("Enterprise", firm.id, firm.name) for firm in (item.enterprise, item.other))
        stands = Cell("是" if item.stands else "", sort=not item.stands)
        when = Cell(item.decided_at, kind="date")
        reason = Cell(item.reason or "", extra=item.note or "")
        rows.append((*firms, stands, Cell(item.verdict), when, Cell(item.decided_by), reason, *desk.trust(item.model_dump())))
    columns = ("企业", "另一企业", "现行", "判断", "时间", "判断人", "理由", "状态", "来源")
    return Table("judgements", "判断记录", columns, rows, "同一对里最后一条算数;判为同一时,以第一家的名称为准。", "还没有判断")

"""Tables of 卡位入链: the four lists, suppliers for a need in words, a line of dated steps for each match."""

from collections.abc import Sequence

from api.core.rows import Lazy
from api.core.table import Cell, Desk, Table, show_percent
from api.matching.tables import FIT_ORDER
from api.openings.words import FIRM_HEADS, MEANINGS
from queries.openings.answers import LISTS, Ledger, Match, Opening, Opportunities, Step

EMPTY = {
    "offers": "链主没有登记供给,图中也没有它生产而本地需要的产品。可用 lianzhang template 供给 填报。",
    "needs": "链主没有登记需求,所产产品也没有可推断的投入。可用 lianzhang template 需求 填报。",
    "partners": "链主没有登记拟合作企业,也没有合适两项以上需求的本地企业。可用 lianzhang template 拟开展合作企业 填报。",
    "invitations": "链主没有建议招引企业,需求也都有合适的本地企业。可用 lianzhang template 建议招引企业 填报。",
}


def tables_of_openings(answer: Opportunities, desk: Desk) -> dict[str, Table]:
    """Return the four lists as tables, by name."""
    return {name: _table(name, title, getattr(answer, name), answer, desk) for name, title in LISTS.items()}


def table_of_ledger(answer: Ledger, desk: Desk) -> Table:
    """Return the matches of the ledger as a table, each with all of its steps."""

    def row(one: Match) -> tuple[Cell, ...]:
        steps = ((f"{step.stage} {step.on or '没有日期'} {step.by or '没有写经办'}", step.note) for step in one.steps)
        said = [f"{text}: {note}" if note else text for text, note in steps]
        product = desk.thing("Product", one.product_id, one.product) if one.product_id else Cell(one.product or "没有写")
        return (
            desk.thing("Enterprise", one.customer.id, one.customer.name),
            desk.thing("Enterprise", one.supplier.id, one.supplier.name),
            product,
            Cell(one.state, kind="reached", extra=one.since or ""),
            Cell("; ".join(said), kind="steps", sort=one.since or "", parts=[(step, _source(step, desk)) for step in one.steps]),
            Cell(" ".join(one.remarks), kind="wrong", sort=len(one.remarks), lines=tuple(one.remarks)),
        )

    return Table("matches", "匹配", ("链主", "供应商", "产品(服务)", "现在", "各步", "须知"), Lazy(answer.matches, row))


def _source(step: Step, desk: Desk) -> Cell:
    return Cell(desk.sources.get(step.source, step.source), desk.links.to("sources", step.source))


def _table(name: str, title: str, rows: Sequence[Opening], answer: Opportunities, desk: Desk) -> Table:
    single = answer.of_one(rows)
    looked = name == "invitations"
    columns = [
        *([] if single else ["链主(或集团内企业)"]), "产品(服务)", FIRM_HEADS[name], "匹配", "为什么", "不利之处",
        *(["看过的本地企业"] if looked else []), "台账", "可信度", "状态", "来源",
    ]  # fmt: skip
    cells = Lazy(rows, lambda row: _row(row, desk, looked)[1 if single else 0 :])
    return Table(name, title, tuple(columns), cells, MEANINGS[name], EMPTY[name])


def _row(row: Opening, desk: Desk, apart: bool) -> tuple[Cell, ...]:
    """Return a row; the firms that were looked at stand ``apart`` in a column of their own, or else in place of the firm."""
    segments = "、".join(row.segments)
    why = tuple(row.grounds())  # the segments stand below the product
    product = Cell(row.product or "没有写明", extra=segments)
    if row.product_id:
        product = desk.thing("Product", row.product_id, row.product, segments)
    lines = tuple(f"{one.firm.name}: {one.why}" for one in row.candidates)
    if row.firm is not None:
        firm = desk.thing("Enterprise", row.firm.id, row.firm.name, row.region)
    elif lines and not apart:
        firm = Cell(f"没有,看过 {len(lines)} 家", kind="looked", lines=lines, sort="")
    else:
        firm = Cell("没有", kind="nobody", sort="")
    return (
        desk.thing("Enterprise", row.party.id, row.party.name),
        product,
        firm,
        Cell(row.fit or "", kind=f"fit-{FIT_ORDER[row.fit]}", sort=FIT_ORDER[row.fit]),
        Cell("\n".join(why), kind="said", lines=why),
        Cell("\n".join(row.against), kind="said", lines=tuple(row.against), sort=len(row.against)),
        *([Cell(f"看过 {len(lines)} 家", kind="looked", lines=lines, sort=len(lines))] if apart else []),
        Cell(row.stage or "", kind="stage"),
        Cell(show_percent(row.confidence, 0), kind="number", sort=row.confidence),
        *desk.trust({"status": row.status, "source": row.source}),
    )

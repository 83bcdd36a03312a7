"""Tables of 卡位入链: the four lists, suppliers for a need in words, a line of dated steps for each match."""

from collections.abc import Sequence

from queries.core.table import TRUST, Column, Folded, Number, Table, Thing
from queries.core.words import show_percent
from queries.openings.answers import Ledger, Match, Opening, Opportunities
from queries.openings.words import FIRM_HEADS, MEANINGS

EMPTY = {
    "offers": "链主没有登记供给,图中也没有它生产而本地需要的产品。可用 lianzhang template 供给 填报。",
    "needs": "链主没有登记需求,所产产品也没有可推断的投入。可用 lianzhang template 需求 填报。",
    "partners": "链主没有登记拟合作企业,也没有合适两项以上需求的本地企业。可用 lianzhang template 拟开展合作企业 填报。",
    "invitations": "链主没有建议招引企业,需求也都有合适的本地企业。可用 lianzhang template 建议招引企业 填报。",
}


def tables_of_openings(answer: Opportunities) -> dict[str, Table[Opening]]:
    """Return the four lists as tables, by name."""
    return {name: _table(name, title, getattr(answer, name), answer) for name, title in answer.titles.items()}


def table_of_ledger(answer: Ledger) -> Table[Match]:
    """Return the matches of the ledger as a table, each with all of its steps."""

    def product(one: Match) -> Thing | str:
        return Thing("Product", one.product_id, one.product) if one.product_id else one.product or "没有写"

    columns: list[Column[Match]] = [
        Column("链主", lambda one: Thing("Enterprise", one.customer.id, one.customer.name), "thing"),
        Column("供应商", lambda one: Thing("Enterprise", one.supplier.id, one.supplier.name), "thing"),
        Column("产品(服务)", product, "thing"),
        Column("现在", lambda one: one.state, "reached", lambda one: one.since),
        Column("各步", lambda one: one.steps, "steps", sort=lambda one: one.since or ""),
        Column("须知", lambda one: one.remarks, "remarks"),
    ]
    return Table("matches", "匹配", columns, answer.matches)


def _table(name: str, title: str, rows: Sequence[Opening], answer: Opportunities) -> Table[Opening]:
    """Return a list; the firms that were looked at have a column of their own, or else stand in place of the firm."""
    apart = name == "invitations"

    def product(row: Opening) -> Thing | str:
        return Thing("Product", row.product_id, row.product) if row.product_id else row.product or "没有写明"

    def firm(row: Opening) -> Thing | Folded | None:
        if row.firm is not None:
            return Thing("Enterprise", row.firm.id, row.firm.name)
        return Folded(f"没有,看过 {len(row.candidates)} 家", _looked(row)) if row.candidates and not apart else None

    party: Column[Opening] = Column("链主(或集团内企业)", lambda row: Thing("Enterprise", row.party.id, row.party.name), "thing")
    looked: Column[Opening] = Column("看过的本地企业", lambda row: Folded(f"看过 {len(row.candidates)} 家", _looked(row)), "lines")
    columns: list[Column[Opening]] = [
        *([] if answer.of_one(rows) else [party]),
        Column("产品(服务)", product, "thing", lambda row: "、".join(row.segments)),
        Column(FIRM_HEADS[name], firm, "thing", lambda row: row.region if row.firm else ""),
        Column("匹配", lambda row: row.fit, "fit"),
        Column("为什么", lambda row: row.grounds(), "lines", sort=lambda _: None),  # the segments stand below the product
        Column("不利之处", lambda row: row.against, "lines"),
        *([looked] if apart else []),
        Column("台账", lambda row: row.stage, "stage"),
        Column("可信度", lambda row: Number(row.confidence, show_percent(row.confidence, 0)), "number"),
        *TRUST,
    ]
    return Table(name, title, columns, rows, MEANINGS[name], EMPTY[name])


def _looked(row: Opening) -> list[str]:
    return [f"{one.firm.name}: {one.why}" for one in row.candidates]

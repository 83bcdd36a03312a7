"""The table of placements: who is placed where, how sure, for what, and what was judged of it."""

from queries.core.table import TRUST, Column, Table, ThingRef
from queries.placing.answers import InferredPlacement, Placements


def table_of_placements(answer: Placements) -> Table[InferredPlacement]:
    """Return the places of firms that were inferred as a table."""
    columns: list[Column[InferredPlacement]] = [
        Column("企业", lambda one: ThingRef("Enterprise", one.firm.id, one.firm.name), "thing"),
        Column("所在区域", lambda one: one.region),
        Column("零件", lambda one: ThingRef("Part", one.part.id, one.part.name) if one.part else None, "thing"),
        Column("放到", lambda one: ThingRef(one.kind, one.place.id, one.place.name), "thing"),
        Column("产业链", lambda one: "、".join(chain.name for chain in one.chains)),
        Column("把握", lambda one: one.level, "fit"),
        Column("凭什么", lambda one: one.why.split("；"), "lines"),
        Column("审核", lambda one: one.state),
        Column("谁审的", lambda one: f"{one.judged_by} {one.judged_at[:10]}" if one.judged_at else None),
        *TRUST,
        Column("编号", lambda one: one.id, on="text"),
    ]
    note = (
        "企业按登记的经营范围、名称和行业推断，零件按名称推断。采纳以后算有人说过；"
        "不收的以后不再问，除非那家企业的登记、那个零件的名称变了。"
    )
    return Table("placements", "上链推断", columns, answer.placements, note, "没有等着审的。")

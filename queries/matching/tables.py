"""Tables of matching: the firms for a need in a few words."""

from queries.core.table import TRUST, Column, Number, Table, ThingRef
from queries.core.words import show_percent
from queries.matching.answers import MatchedFirms, SuggestedFirm


def table_of_match(answer: MatchedFirms) -> Table[SuggestedFirm]:
    """Return the firms for a need in a few words as a table."""
    columns: list[Column[SuggestedFirm]] = [
        Column("企业", lambda firm: ThingRef("Enterprise", firm.firm.id, firm.firm.name), "thing"),
        Column("最相近的产品(服务)", lambda firm: firm.product),
        Column("覆盖需求", lambda firm: Number(firm.covered, show_percent(firm.covered, 0)), "number"),
        Column("可能性", lambda firm: firm.level, "fit"),
        Column("份额", lambda firm: Number(firm.score, show_percent(firm.score)), "number"),
        Column("为什么", lambda firm: firm.why, "lines"),
        *TRUST,
    ]
    note = "都是按字面与行业推断的，须核实；状态与来源是企业记录的。"
    shares = "份额是它在全部候选里的可能性，几家都登记了这种产品时由它们分：都低不等于都不合适。"
    return Table("match", "可能的供应商", columns, answer.ranked, note + shares, "没有找到")

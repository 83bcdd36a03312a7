"""Tables of matching: the firms for a need in a few words."""

from api.core.table import Cell, Desk, Table, show_percent
from queries.matching.answers import Matched

FIT_ORDER = {"高": 0, "中": 1, "低": 2, None: 3}


def table_of_match(answer: Matched, desk: Desk) -> Table:
    """Return the firms for a need in a few words as a table."""
    rows = [
        (
            desk.thing("Enterprise", one.firm.id, one.firm.name),
            Cell(one.product or ""),
            Cell(show_percent(one.covered, 0), kind="number", sort=one.covered),
            Cell(one.level, kind=f"fit-{FIT_ORDER[one.level]}", sort=FIT_ORDER[one.level]),
            Cell(show_percent(one.score), kind="number", sort=one.score),
            Cell("\n".join(one.why), kind="said", lines=tuple(one.why), sort=len(one.why)),
            *desk.trust({"status": one.status, "source": one.source}),
        )
        for one in answer.ranked
    ]
    note = (
        "都是按字面与行业推断的,须核实;状态与来源是企业记录的。"
        "份额是它在全部候选里的可能性,几家都登记了这种产品时由它们分: 都低不等于都不合适。"
    )
    columns = ("企业", "最相近的产品(服务)", "覆盖需求", "可能性", "份额", "为什么", "状态", "来源")
    return Table("match", "可能的供应商", columns, rows, note, "没有找到")

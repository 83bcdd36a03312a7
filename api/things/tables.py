"""Tables of the pages: plain rows of cells, each row with its status and its source."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.core.rows import Lazy
from api.core.table import Cell, Desk, Table, show_amount, show_names
from graph.model import NODE_TYPES
from queries.core.answers import Figure, SupplyEdge

CURRENCY_UNITS = {"CNY": "元", "USD": "美元"}
STATEMENTS = ("指标", "数值", "原文", "口径", "时点", "状态", "来源")


def table_statements(statements: Sequence[Mapping[str, Any]], desk: Desk) -> Table:
    """Return the published figures, each with its unit, qualifier, original wording, date, place and source."""
    rows = [(*_figure(item), *desk.trust(item)) for item in statements]
    return Table("statements", "公布数据", STATEMENTS, rows, "数值按原文换算为基本单位,原文另列;限定词(如“近”“以上”)写在数值之后。")


def _figure(item: Mapping[str, Any]) -> tuple[Cell, ...]:
    """Return the cells of a published figure: metric, value with unit and qualifier, wording, scope, date."""
    value = show_amount(item.get("value"), str(item.get("unit") or ""))
    return (
        Cell(str(item["metric"])),
        Cell(value, kind="number", sort=item.get("value"), extra=str(item.get("qualifier") or "")),
        Cell(str(item.get("original") or "")),
        Cell(str(item.get("scope") or "")),
        Cell(str(item.get("as_of") or ""), kind="date"),
    )


def table_figures(figures: Sequence[Figure], desk: Desk) -> Table:
    """Return published figures of all kinds of subjects, each with its subject and, in a column of its own, its place."""
    rows = []
    for figure in figures:
        item = figure.statement
        status, source = desk.trust({**item, "place": ""})
        place = Cell(str(item.get("place") or ""), kind="place", sort=_first_number(str(item.get("place") or "")))
        rows.append((_subjects(figure, desk), *_figure(item), status, source, place))
    columns = ("对象", *STATEMENTS, "位置")
    return Table("figures", "公布数据", columns, rows, "数值按原文换算为基本单位,原文另列;限定词(如“近”“以上”)写在数值之后。")


def _subjects(figure: Figure, desk: Desk) -> Cell:
    if len(figure.subjects) == 1:
        subject = figure.subjects[0]
        return desk.thing(subject.label, subject.id, subject.name, extra=NODE_TYPES[subject.label].table.zh)
    return Cell(show_names((subject.name for subject in figure.subjects), unit="个") or str(figure.statement.get("subject") or ""))


def _first_number(text: str) -> float | None:
    found = re.search(r"\d+", text)
    return float(found.group()) if found else None


def supplied_cell(product: str | None, until: str | None) -> Cell:
    """Return the cell of what is supplied, with the end of a supply that has one."""
    return Cell(product or "产品不详", extra=f"有效期止 {until}" if until else "")


def table_supplies(id: str, title: str, edges: Sequence[SupplyEdge], desk: Desk) -> Table:
    """Return supply relations, tier by tier, each with its product, status and source."""

    def row(edge: SupplyEdge) -> tuple[Cell, ...]:
        ends = (desk.thing("Enterprise", firm.id, firm.name) for firm in (edge.supplier, edge.customer))
        cells = (Cell(f"第 {edge.tier} 层", sort=edge.tier), *ends, supplied_cell(edge.product, edge.valid_to))
        return (*cells, *desk.trust(edge.model_dump()))

    return Table(id, title, ("层", "供应商", "客户", "产品", "状态", "来源"), Lazy(edges, row))

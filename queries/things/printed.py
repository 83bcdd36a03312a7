"""How the terminal and CSV tell of chains, of who supplies whom, and of what a query answers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from graph.statuses import STATUS_ZH
from queries.core.answers import ChainSummary, CypherAnswer, SupplyEdge, SupplyPath, Total
from queries.core.printed import columns_of, table_of
from queries.core.table import Column, Table

COUNTS = {"segments": "环节", "products": "产品", "enterprises": "企业", "leaders": "链主", "projects": "项目", "statements": "数据"}
HOP_HEADS = {
    "supplier.name": "供应商", "customer.name": "客户", "product": "产品", "valid_to": "有效期止", "status": "状态", "source": "来源",
}  # fmt: skip
EDGE_HEADS = {"tier": "层"} | HOP_HEADS | {"supplier.id": "供应商编号", "customer.id": "客户编号"}


def chains(answer: Sequence[ChainSummary]) -> Table[Any]:
    """Return the chains with how much is known of each."""
    counts = [Column[Any](head, partial(_count, name), "number") for name, head in COUNTS.items()]
    return Table(
        "chains",
        "产业链",
        (*columns_of({"name": "产业链", "id": "编号", "status": "状态"}), *counts, *columns_of({"source": "来源"})),
        answer,
    )


def _count(name: str, chain: ChainSummary) -> int:
    return sum(getattr(chain.counts, name).values())


def totals(answer: Sequence[Total]) -> Table[Any]:
    """Return how many things there are, with a column for each data status."""
    statuses = [Column[Any](zh, lambda one, status=status: one.counts.get(status, 0), "number") for status, zh in STATUS_ZH.items()]  # type: ignore[misc]
    total = Column[Any]("合计", lambda one: sum(one.counts.values()), "number")
    return Table("totals", "总数", (*columns_of({"name": "类别"}), total, *statuses), answer)


def supplies(answer: Sequence[SupplyEdge]) -> Table[Any]:
    """Return the relations of supply, tier by tier."""
    return table_of("supplies", "供应关系", EDGE_HEADS, answer)


def paths(answer: Sequence[SupplyPath]) -> Table[Any]:
    """Return every step of every path."""
    rows = [
        hop.model_dump() | {"path": number, "step": step} for number, path in enumerate(answer, 1) for step, hop in enumerate(path.hops, 1)
    ]
    return table_of("paths", "供应路径", {"path": "路径", "step": "步"} | HOP_HEADS, rows)


def rows(answer: CypherAnswer) -> Table[Any]:
    """Return the rows of a query under its own columns."""
    return Table("cypher", "查询结果", [Column[Any](name, partial(_cell, name)) for name in answer.columns], answer.rows)


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value = row.get(name)
    if name == "status":
        value = STATUS_ZH.get(str(value), value)
    return "" if value is None else json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value)


def notes_of_rows(answer: CypherAnswer, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the rows end where they do."""
    from graph.settings import Settings

    if answer.truncated:
        full = len(answer.rows) >= (asked.get("limit") or Settings().query_rows)
        yield f"只显示前 {len(answer.rows)} 行,{'可用 --limit 调整' if full else '答案太大,其余没有取: 请少返回几列或加条件'}"

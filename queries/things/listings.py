"""Tables of the chains, of who supplies whom, of what a query answers, and what is said beside them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from graph.statuses import STATUS_ZH
from queries.core.answers import ChainSummary, CypherAnswer, Hop, SupplyEdge, SupplyPath, Total
from queries.core.table import TRUST, Column, Number, Table, ThingRef, trust

COUNTS = {
    "segments": "环节",
    "products": "产品",
    "enterprises": "企业",
    "leaders": "链主",
    "projects": "项目",
    "statements": "数据",
}


def table_of_chains(answer: Sequence[ChainSummary]) -> Table[ChainSummary]:
    """Return the chains with how much is known of each."""

    def count(name: str, chain: ChainSummary) -> int:
        return sum(getattr(chain.counts, name).values())

    counts = [Column[ChainSummary](head, partial(count, name), "number") for name, head in COUNTS.items()]
    status, source = TRUST
    columns = [
        Column[ChainSummary]("产业链", lambda summary: summary.name),
        Column[ChainSummary]("编号", lambda summary: summary.id),
        status,
    ]
    return Table("chains", "产业链", [*columns, *counts, source], answer)


def _of_status(status: str, total: Total) -> int:
    return total.counts.get(status, 0)


def table_of_totals(answer: Sequence[Total]) -> Table[Total]:
    """Return how many things there are, with a column for each data status."""
    columns: list[Column[Total]] = [
        Column("类别", lambda total: total.name),
        Column("合计", lambda total: sum(total.counts.values()), "number"),
        *(Column(zh, partial(_of_status, status), "number") for status, zh in STATUS_ZH.items()),
    ]
    return Table("totals", "总数", columns, answer)


def supplied(of: Callable[[Any], tuple[str | None, str | None]]) -> list[Column[Any]]:
    """Return the columns of what is supplied, with the end of a supply that has one."""

    def end(item: Any) -> str:
        return f"有效期止 {of(item)[1]}" if of(item)[1] else ""

    return [
        Column("产品", lambda item: of(item)[0] or "产品不详", extra=end, on="page"),
        Column("产品", lambda item: of(item)[0], on="text"),
        Column("有效期止", lambda item: of(item)[1], on="text"),
    ]


def _hop(of: Callable[[Any], SupplyEdge | Hop] = lambda edge: edge) -> list[Column[Any]]:
    """Return the columns of a relation of supply: both ends, what is supplied, status and source."""
    return [
        Column("供应商", lambda row: ThingRef("Enterprise", of(row).supplier.id, of(row).supplier.name), "thing"),
        Column("客户", lambda row: ThingRef("Enterprise", of(row).customer.id, of(row).customer.name), "thing"),
        *supplied(lambda row: (of(row).product, of(row).valid_to)),
        *trust(of),
        Column("供应商编号", lambda row: of(row).supplier.id, on="text"),
        Column("客户编号", lambda row: of(row).customer.id, on="text"),
    ]


def table_supplies(edges: Sequence[SupplyEdge]) -> Table[SupplyEdge]:
    """Return supply relations, tier by tier, each with its product, status and source."""
    tier: Column[SupplyEdge] = Column("层", lambda edge: Number(edge.tier, f"第 {edge.tier} 层"))
    return Table("supplies", "供应关系", [tier, *_hop()], edges)


def table_of_paths(answer: Sequence[SupplyPath]) -> Table[tuple[int, int, Hop]]:
    """Return every step of every path."""
    columns = [Column[Any](head, itemgetter(place), "number") for place, head in enumerate(("路径", "步"))]
    steps = [(number, step, hop) for number, path in enumerate(answer, 1) for step, hop in enumerate(path.hops, 1)]
    return Table("paths", "供应路径", [*columns, *_hop(itemgetter(2))], steps)


def table_of_rows(answer: CypherAnswer) -> Table[Any]:
    """Return the rows of a query under its own columns."""
    return Table(
        "cypher", "查询结果", [Column[Any](name, partial(_cell, name)) for name in answer.columns], answer.rows
    )


def _cell(name: str, row: Mapping[str, Any]) -> str:
    value = row.get(name)
    if name == "status":
        value = STATUS_ZH.get(str(value), value)
    return (
        ""
        if value is None
        else json.dumps(value, ensure_ascii=False)
        if isinstance(value, (dict, list))
        else str(value)
    )


def notes_of_rows(answer: CypherAnswer, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the rows end where they do."""
    from graph.settings import Settings

    if answer.truncated:
        full = len(answer.rows) >= (asked.get("limit") or Settings().query_rows)
        yield (
            f"只显示前 {len(answer.rows)} 行，"
            f"{'可用 --limit 调整' if full else '答案太大,其余没有取: 请少返回几列或加条件'}"
        )

"""The tables of a local share: its parts, and the lists that they are from."""

from collections.abc import Iterator, Mapping
from typing import Any

from queries.core.table import Column, Folded, Number, SourceRef, Table, ThingRef
from queries.core.words import show_names, show_number
from queries.local_share.answers import LocalShare, PartsList, SharePart

FEW = 3  # firms that a cell names
WAN = 1e4


def _amount(part: SharePart) -> Number:
    """Return an annual amount in 万元."""
    value = None if part.amount is None else part.amount / WAN
    return Number(value, "" if value is None else show_number(round(value, 2)))


def _could(part: SharePart) -> Folded | str:
    if not part.could:
        return ""
    names = [one.firm.name for one in part.could]
    more = f" 等 {len(names)} 家" if len(names) > FEW else ""
    lines = [f"{one.firm.name}（{one.region}）" if one.region else one.firm.name for one in part.could]
    return Folded("、".join(names[:FEW]) + more, lines if len(names) > FEW else [])


def _product(part: SharePart) -> ThingRef | str:
    return ThingRef("Product", part.product.id, part.product.name) if part.product else ""


def _supplier(part: SharePart) -> ThingRef | str:
    """Return the supplier, with its page where there is one alone."""
    if len(part.suppliers) == 1:
        return ThingRef("Enterprise", part.suppliers[0].id, part.suppliers[0].name)
    return show_names(firm.name for firm in part.suppliers) or part.supplier or ""


def _under(part: SharePart) -> str:
    """Return what a part goes into."""
    return (part.path or "").rpartition("/")[0].replace("/", " › ")


def table_of_parts(answer: LocalShare) -> Table[SharePart]:
    """Return the parts that are bought, those from elsewhere first, by value."""
    many = len({part.leader.id for part in answer.parts}) > 1
    columns: list[Column[SharePart]] = [
        Column("零件", lambda part: ThingRef("Part", part.id, part.part), "thing", _under, apart="装在"),
        Column("级", lambda part: part.level, "number"),
        *([Column("链主", lambda part: ThingRef("Enterprise", part.leader.id, part.leader.name), "thing")] if many else []),
        Column("年采购（万元）", _amount, "number"),
        Column("在哪里买", lambda part: part.verdict, sort=lambda part: part.verdict.order, extra=lambda part: part.why, apart="为什么"),
        Column("现供应商", _supplier, "thing"),
        Column("所在", lambda part: part.place, "place"),
        Column("产品", _product, "thing", lambda part: "按名称推断" if part.product_status == "inferred" else ""),
        Column("本地谁能", _could, "thing"),
        Column("链上", lambda part: part.gap, "state", on="" if any(part.gap for part in answer.parts) else "text"),
        Column("状态", lambda part: part.status, "status"),
        Column("来源", lambda part: SourceRef(part.source), "source"),
    ]  # fmt: skip
    note = "只数下面没有别的零件的；在外地买的在前，金额大的在先。“本地谁能”是登记做这种产品的本地企业，不算进配套率。"
    empty = answer.points[0] if answer.points else "没有"
    return Table("parts", "零件", columns, answer.parts, note, f"{empty}。")


def table_of_lists(answer: LocalShare) -> Table[PartsList]:
    """Return the parts lists, and how much of each is counted."""
    columns: list[Column[PartsList]] = [
        Column("清单", lambda one: one.list or "零件清单"),
        Column("链主", lambda one: ThingRef("Enterprise", one.leader.id, one.leader.name), "thing"),
        Column("年份", lambda one: one.year or "没有写"),
        Column("用没用", lambda one: "用了" if one.used else "没有用：有更近年份的"),
        Column("行", lambda one: one.lines, "number"),
        Column("算进去的", lambda one: one.counted, "number"),
        Column("总成", lambda one: one.assemblies, "number"),
        Column("自制", lambda one: one.made_here, "number"),
        Column("状态", lambda one: one.status, "status"),
        Column("来源", lambda one: SourceRef(one.source), "source"),
    ]
    return Table("lists", "零件清单", columns, answer.lists, "同一链主有几个年份的，用最近一年的。", "还没有零件清单。")


def notes_of_share(answer: LocalShare, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said beside the table: the rates, what is local, and what is not counted."""
    yield from answer.points
    yield answer.region_why

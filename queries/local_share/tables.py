"""The tables of a local share: its parts by where they are bought, what is not counted, the lists themselves."""

from collections.abc import Iterator, Mapping
from typing import Any

from queries.core.parts import Book
from queries.core.table import TRUST, Column, Folded, Number, SourceRef, Table, ThingRef
from queries.core.words import show_names, show_number, show_percent
from queries.local_share.answers import (
    Bought,
    LeaderShare,
    LocalShare,
    PartsList,
    ShareBounds,
    SharePart,
    SkippedLine,
)

FEW = 3  # firms that a cell names
WAN = 1e4


def _amount(part: SharePart | SkippedLine) -> Number:
    return _wan(part.amount)


def _wan(yuan: float | None) -> Number:
    """Return an annual amount in 万元."""
    value = None if yuan is None else round(yuan / WAN, 2)
    return Number(value, "" if value is None else show_number(value))


def _could(part: SharePart) -> Folded | str:
    names = [f"{one.firm.name}（示例）" if one.status == "sample" else one.firm.name for one in part.could]
    if len(names) <= FEW:
        return "、".join(names)
    lines = [f"{name}（{one.region}）" if one.region else name for name, one in zip(names, part.could, strict=True)]
    return Folded(f"{'、'.join(names[:FEW])} 等 {len(names)} 家", lines)


def _product(part: SharePart) -> ThingRef | str:
    return ThingRef("Product", part.product.id, part.product.name) if part.product else ""


def _supplier(part: SharePart) -> ThingRef | str:
    """Return the supplier, with its page where there is one alone."""
    if len(part.suppliers) == 1:
        return ThingRef("Enterprise", part.suppliers[0].id, part.suppliers[0].name)
    return show_names(firm.name for firm in part.suppliers) or part.supplier or ""


def _under(part: SharePart | SkippedLine) -> str:
    """Return what a part goes into."""
    return (part.path or "").rpartition("/")[0].replace("/", " › ")


def _why(part: SharePart) -> str:
    """Return why it is there, without the place, which stands before it."""
    return {"stated": "清单写的", "registered": "图里登记的"}.get(part.why.code, str(part.why))


def told_bounds(bounds: ShareBounds) -> str:
    """Return bounds as they are told: 38%–61%, or 40% where they are one."""
    low, high = (show_percent(share, 0) for share in (bounds.low, bounds.high))
    return low if low == high else f"{low}–{high}"


OUTSIDE = "金额大的在先。“本地谁能”是登记做这种产品的本地企业，不算进配套率；“链上”是这种产品在产业链上的状态。"
UNKNOWN = "没有写供应商，或不知道供应商在哪里：可能是本地，也可能是外地，所以配套率有上下两头。"
LOCAL = "清单写的产地在本地，或清单没有写产地、图里登记供应商在本地。"


def table_of_parts(answer: LocalShare) -> Table[SharePart]:
    """Return the parts that are bought, those from elsewhere first, by value."""
    note = "只数下面没有别的零件的；在外地买的在前，金额大的在先。“本地谁能”是登记做这种产品的本地企业，不算进配套率。"
    return _parts(answer, "parts", "零件", note, f"{answer.points[0] if answer.points else '没有'}。")


def _parts(
    answer: LocalShare, id: str, title: str, note: str, empty: str, only: Bought | None = None
) -> Table[SharePart]:
    items = [part for part in answer.parts if only in (None, part.verdict)]
    leader = Column[SharePart]("链主", lambda part: ThingRef("Enterprise", part.leader.id, part.leader.name), "thing")
    where = Column[SharePart]("在哪里买", lambda part: part.verdict, sort=lambda part: part.verdict.order)
    gap = Column[SharePart]("链上", lambda part: part.gap, "state")
    columns: list[Column[SharePart]] = [
        Column("级", lambda part: part.level, "number"),
        Column("零件", lambda part: ThingRef("Part", part.id, part.part), "thing", _under, apart="装在"),
        *([leader] if len({part.leader.id for part in answer.parts}) > 1 else []),
        Column("年采购（万元）", _amount, "number"),
        *([] if only else [where]),
        Column("现供应商", _supplier, "thing"),
        Column("所在", lambda part: part.place, "place", _why, apart="凭什么"),
        Column("产品", _product, "thing", lambda part: "按名称推断" if part.product_status == "inferred" else ""),
        *([] if only is Bought.local else [Column[SharePart]("本地谁能", _could, "thing"), gap]),
        Column("状态", lambda part: part.status, "status"),
        Column("来源", lambda part: SourceRef(part.source), "source"),  # its place is where the part is bought
    ]
    return Table(id, title, columns, items, note, empty)


def _tables_by_verdict(answer: LocalShare) -> Iterator[Table[SharePart]]:
    yield _parts(answer, "outside", "在外地买的", OUTSIDE, "没有在外地买的零件。", Bought.outside)
    yield _parts(answer, "unknown", "没问过的", UNKNOWN, "每一件都知道在哪里买。", Bought.unknown)
    yield _parts(answer, "local", "在本地买的", LOCAL, "没有在本地买的零件。", Bought.local)


def table_of_skipped(answer: LocalShare) -> Table[SkippedLine]:
    """Return the lines of the parts lists that are no purchases."""
    columns: list[Column[SkippedLine]] = [
        Column("级", lambda line: line.level, "number"),
        Column("零件", lambda line: ThingRef("Part", line.id, line.part), "thing", _under, apart="装在"),
        Column("为什么不算", lambda line: line.why),
        Column("年采购（万元）", _amount, "number"),
        *TRUST,
    ]
    note = "自制的不是采购；下面还有零件的，数它下面的。"
    return Table("skipped", "清单里没有算进去的", columns, answer.skipped, note, "清单里每一行都算进去了。")


def table_of_leaders(answer: LocalShare) -> Table[LeaderShare]:
    """Return the local shares of the leaders of a chain."""
    columns: list[Column[LeaderShare]] = [
        Column("链主", lambda one: ThingRef("Enterprise", one.leader.id, one.leader.name), "thing"),
        Column("按件数", lambda one: told_bounds(one.by_count)),
        Column("零件", lambda one: int(one.by_count.total), "number"),
        Column("按金额", lambda one: told_bounds(one.by_value) if one.by_value.total else "没有写金额"),
        Column("年采购（万元）", lambda one: _wan(one.by_value.total or None), "number"),
        *TRUST,
    ]
    return Table("leaders", "各链主的本地配套率", columns, answer.by_leader, "", "还没有零件清单。")


def table_of_lists(answer: LocalShare) -> Table[PartsList]:
    """Return the parts lists, and how much of each is counted."""
    columns: list[Column[PartsList]] = [
        Column("清单", lambda one: one.list_name or "零件清单"),
        Column("链主", lambda one: ThingRef("Enterprise", one.leader.id, one.leader.name), "thing"),
        Column("年份", lambda one: one.year or "没有写"),
        Column("用没用", lambda one: "用了" if one.used else "没有用：有更近年份的"),
        Column("行", lambda one: one.lines, "number"),
        Column("算进去的", lambda one: one.counted, "number"),
        Column("总成", lambda one: one.assemblies, "number"),
        Column("自制", lambda one: one.made_here, "number"),
        *TRUST,
    ]
    return Table("lists", "零件清单", columns, answer.lists, "同一链主有几个年份的，用最近一年的。", "还没有零件清单。")


def book_of_share(answer: LocalShare) -> Book:
    """Return the tables of a local share."""
    tables: list[Table[Any]] = [*_tables_by_verdict(answer), table_of_skipped(answer), table_of_lists(answer)]
    if answer.by_leader:
        tables.insert(0, table_of_leaders(answer))
    return Book(f"{answer.subject.name}：本地配套率", {table.id: table for table in tables})


def notes_of_share(answer: LocalShare, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is said beside the table: the rates, what is local, and what is not counted."""
    yield from answer.points
    yield answer.region_why

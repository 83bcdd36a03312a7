"""Tables of the leaders: those of each kind apart, and the rows that are missing."""

from collections.abc import Iterator, Mapping
from typing import Any

from graph.statuses import STATUS_ZH
from queries.core.parts import Book, as_samples, table_of_missing
from queries.core.table import TRUST, Ask, Column, Number, Table, ThingRef
from queries.leaders.answers import Claim, Counted, Leader, LeaderKind, Leaders

WHY = "没有需求配不出四张清单，没有供应商算不出配套率和断供风险，没有客户不知道它供给谁。"
TITLES = {
    LeaderKind.article: "报道点名的",
    LeaderKind.source: "其他来源点名的",
    LeaderKind.thought: "我们认为是、没有来源点名的",
}
NOTES = {
    LeaderKind.article: f"公布家数的那篇报道里点了名；角色照原文写，“龙头”不等于在第一批链主里。{WHY}",
    LeaderKind.source: "文件、名录或别的报道点了名。",
    LeaderKind.thought: "一般知识整理，没有据官方名单核对；不算在公布的家数里。",
}
EMPTY = {
    LeaderKind.article: "报道没有点名这里的链主",
    LeaderKind.source: "没有载入点名链主的其他文件",
    LeaderKind.thought: "没有",
}


def _claim(claim: Claim) -> str:
    return f"{claim.chain.name}：{claim.role or '没有写角色'}（{STATUS_ZH[claim.status]}）"


def _rest(held: Counted) -> str:
    return STATUS_ZH[held.status] if held.status else ""


def _group(leader: Leader) -> str:
    return f"连同集团 {leader.group} 家" if leader.group > 1 else ""


def _count(head: str, name: str) -> Column[Leader]:
    def count(leader: Leader) -> Number:
        number = getattr(leader, name).number
        return Number(number, f"{number or '没有登记'}")

    return Column(head, count, "number", lambda leader: _rest(getattr(leader, name)), apart=f"{head}凭")


COLUMNS: list[Column[Leader]] = [
    Column(
        "链主", lambda leader: ThingRef(leader.label, leader.firm.id, leader.firm.name), "thing", _group, apart="集团"
    ),
    Column(
        "哪条链、什么角色",
        lambda leader: list(map(_claim, leader.claims)),
        "lines",
        sort=lambda leader: leader.claims[0].chain.name,
    ),
    Column("在公布的名单里", lambda leader: "写明在" if leader.in_batch else "没有写"),
    _count("产品", "products"),
    _count("需求", "needs"),
    _count("供应商", "suppliers"),
    _count("客户", "customers"),
    Column("还缺什么", lambda leader: "、".join(leader.lacks) or "不缺", sort=lambda leader: -len(leader.lacks)),
    Column("四张清单", lambda leader: _lists(leader), "ask"),
    *TRUST,
]
KIND: Column[Leader] = Column("谁说的", lambda leader: "示例" if leader.status == "sample" else leader.kind)


def _lists(leader: Leader) -> Ask | str:
    return Ask("opportunities", "四张清单", {"firm": leader.firm.id}) if leader.label == "Enterprise" else ""


def leaders(answer: Leaders) -> Table[Leader]:
    """Return all leaders as one table, the made-up ones last."""
    return Table("leaders", "链主", [COLUMNS[0], KIND, *COLUMNS[1:]], [*answer.leaders, *answer.samples])


def book_of_leaders(answer: Leaders) -> Book:
    """Return the leaders by whom they are named, and what is missing; the made-up ones apart."""
    tables: dict[str, Table[Any]] = {"missing": table_of_missing(answer.missing)}
    for kind in reversed(LeaderKind):
        own = [leader for leader in answer.leaders if leader.kind is kind]
        tables = {kind.code: Table(kind.code, TITLES[kind], COLUMNS, own, NOTES[kind], EMPTY[kind])} | tables
    title = f"{answer.chain.name}：链主" if answer.chain else "链主"
    return Book(title, tables, as_samples({"leaders": Table("leaders", "链主", COLUMNS, answer.samples)}))


def notes_of_leaders(answer: Leaders, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, by which day it is, that there are samples, and what is missing."""
    yield from book_of_leaders(answer).notes(answer)
    yield "产品、需求、供应关系连同集团里的企业一起数"
    yield from (
        f"缺 {missing.what}。空表：lianzhang template {missing.form} --out {missing.form}.xlsx"
        for missing in answer.missing
    )

"""Tables of a registry: its things, who has a part in each, figures, firms that could answer, stages."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graph.model import NODE_TYPES
from queries.core.answers import Named, Thing
from queries.core.parts import Book, as_samples, table_of_missing
from queries.core.table import TRUST, Column, Folded, Number, Table, ThingRef, without_empty
from queries.core.words import show_amount, show_names, show_number
from queries.registries.answers import Answerer, Entry, EntryTie, Published, Registry, RegistryRows, StageRule

AFTER = ("以上", "多", "余", "左右")  # what is said after a number
LEVELS = ("高", "中", "低")


def ref(thing: Thing) -> ThingRef:
    """Return a thing with its page."""
    return ThingRef(thing.label, thing.id, thing.name)


def one_or_names(label: str, named: Sequence[Named], unit: str) -> ThingRef | str:
    """Return the one thing with its page, or the names of several."""
    if len(named) == 1:
        return ThingRef(label, named[0].id, named[0].name)
    return show_names((one.name for one in named), 5, unit)


def remark_of(entry: Entry) -> str:
    """Return what is to be known of an entry: that it is no one thing, or over."""
    stands = f"不是一个：公布的 {show_number(entry.stands_for)} 个，没有逐个点名" if entry.stands_for else ""
    return "；".join(filter(None, (stands, "" if entry.current else "已经结束" if entry.until else "还没有开始")))


KIND = Column[Entry]("类别", lambda one: one.kind or "没有写")
ENTRIES: list[Column[Entry]] = [
    Column("名称", lambda one: ref(one.thing), "thing", remark_of, apart="须知"),
    Column("种类", lambda one: NODE_TYPES[one.thing.label].table.zh),
    KIND,
    Column("自", lambda one: one.on, "date"),
    Column("至", lambda one: one.until, "date"),
    Column("产业链", lambda one: one_or_names("Chain", one.chains, "条")),
    Column("所在", lambda one: one_or_names("Region", one.regions, "处")),
    Column("各方", lambda one: one.ties or ("没有登记" if one.current else ""), sort=lambda one: one.ties),
    Column("说明", lambda one: one.said, extra=lambda one: one.remark, apart="备注"),
    *TRUST,
]
TIES: list[Column[EntryTie]] = [
    Column("哪一个", lambda one: ref(one.subject), "thing"),
    Column("做什么", lambda one: f"{one.part}（{one.role}）" if one.role else one.part),
    Column("谁", lambda one: ref(one.other), "thing"),
    Column("自", lambda one: one.since, "date"),
    Column("至", lambda one: one.until, "date"),
    *TRUST,
]
ANSWERERS: list[Column[Answerer]] = [
    Column("榜单", lambda one: ref(one.subject), "thing"),
    Column("也许能揭榜的企业", lambda one: ThingRef("Enterprise", one.firm.id, one.firm.name), "thing"),
    Column("把握", lambda one: one.level, sort=lambda one: LEVELS.index(one.level)),
    Column("它的产品", lambda one: one.product),
    Column("凭什么", lambda one: Folded(one.why[0], one.why[1:]) if one.why else [], "lines"),
    *TRUST,
]
STAGES: list[Column[StageRule]] = [
    Column("阶段", lambda one: one.stage),
    Column("谁来做", lambda one: one.who),
    Column("现在几张", lambda one: one.now or "没有登记", sort=lambda one: one.now),
    *TRUST,
]
PUBLISHED: list[Column[Published]] = [
    Column("公布的", lambda one: one.metric, extra=lambda one: one.scope, apart="口径"),
    Column("说的是", lambda one: _subject(one)),
    Column("公布数", lambda one: _told(one), "number"),
    Column("图里", lambda one: _shown(one), "number"),
    Column("差在哪里", lambda one: one.difference),
    Column("时点", lambda one: one.as_of, "date"),
    *TRUST,
]


def _subject(one: Published) -> ThingRef | str:
    if len(one.subjects) == 1:
        return ref(one.subjects[0])
    return show_names((subject.name for subject in one.subjects), unit="个")


def _told(one: Published) -> Number:
    """Return the published number as it was said: 近 8,000 亿元, 50 万张以上."""
    said, number = one.qualifier or "", _number(one, one.value)
    if one.value is None or not said:
        return number
    return Number(one.value, f"{number.text}{said}" if said in AFTER else f"{said} {number.text}")


def _shown(one: Published) -> Number:
    if one.shown == 0:
        return Number(0, "数不出" if one.difference.code == "fig_unpriced" else "没有登记")
    return _number(one, one.shown)


def _number(one: Published, value: float | None) -> Number:
    return Number(value, "数不出" if value is None else show_amount(value, one.unit or ""))


def tables_of_rows(rows: RegistryRows, title: str) -> dict[str, Table[Any]]:
    """Return the tables of some rows of a registry."""
    inferred = "按榜单的文字推断，没有问过企业，把握低的只是字面有些像；来源是企业那一行的。"
    staged = {one.thing.label for one in rows.entries} == {"Challenge"}  # of which the kind is the stage that it is in
    columns = [replace(one, head="阶段") if staged and one is KIND else one for one in ENTRIES]
    tables: dict[str, Table[Any]] = {
        "entries": Table("entries", title, columns, rows.entries, empty="还没有登记"),
        "answerers": Table("answerers", "也许能揭榜的企业", ANSWERERS, rows.answerers, inferred),
        "ties": Table("ties", "谁在其中做什么", TIES, rows.ties, empty="还没有登记谁参与"),
    }
    single = len({one.thing.label for one in rows.entries}) < 2
    said = {name: without_empty(table, {"种类"} if single else set()) for name, table in tables.items()}
    return {name: table for name, table in said.items() if table.items or name == "entries"}


def tables_of_registry(answer: Registry) -> dict[str, Table[Any]]:
    """Return the tables of a registry by what they show."""
    note = "公布数是报道、文件里的；图里是点了名、登记了的行数出来的，不含示例。"
    beside: dict[str, Table[Any]] = {
        "stages": Table("stages", "各阶段谁来做", STAGES, answer.stages),
        "published": Table("published", "公布的数与图里的行", PUBLISHED, answer.published, note),
    }
    first, *rest = tables_of_rows(answer, answer.title).items()
    others = {name: without_empty(table) for name, table in beside.items() if table.items}
    return {first[0]: first[1], **others, **dict(rest), "missing": table_of_missing(answer.missing)}


def book_of_registry(answer: Registry) -> Book:
    """Return the tables of a registry, the made-up rows apart."""
    return Book(answer.title, tables_of_registry(answer), as_samples(tables_of_rows(answer.samples, answer.title)))

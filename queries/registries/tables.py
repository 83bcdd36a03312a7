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
    return show_names((thing.name for thing in named), 5, unit)


def remark_of(entry: Entry) -> str:
    """Return what is to be known of an entry: that it is no one thing, or over."""
    stands = f"不是一个：公布的 {show_number(entry.stands_for)} 个，没有逐个点名" if entry.stands_for else ""
    return "；".join(filter(None, (stands, "" if entry.current else "已经结束" if entry.until else "还没有开始")))


KIND = Column[Entry]("类别", lambda entry: entry.kind or "没有写")
ENTRIES: list[Column[Entry]] = [
    Column("名称", lambda entry: ref(entry.thing), "thing", remark_of, apart="须知"),
    Column("种类", lambda entry: NODE_TYPES[entry.thing.label].table.zh),
    KIND,
    Column("自", lambda entry: entry.on, "date"),
    Column("至", lambda entry: entry.until, "date"),
    Column("产业链", lambda entry: one_or_names("Chain", entry.chains, "条")),
    Column("所在", lambda entry: one_or_names("Region", entry.regions, "处")),
    Column("各方", lambda entry: entry.ties or ("没有登记" if entry.current else ""), sort=lambda entry: entry.ties),
    Column("说明", lambda entry: entry.said, extra=lambda entry: entry.remark, apart="备注"),
    *TRUST,
]
TIES: list[Column[EntryTie]] = [
    Column("哪一个", lambda tie: ref(tie.subject), "thing"),
    Column("做什么", lambda tie: f"{tie.part}（{tie.role}）" if tie.role else tie.part),
    Column("谁", lambda tie: ref(tie.other), "thing"),
    Column("自", lambda tie: tie.since, "date"),
    Column("至", lambda tie: tie.until, "date"),
    *TRUST,
]
ANSWERERS: list[Column[Answerer]] = [
    Column("榜单", lambda answerer: ref(answerer.subject), "thing"),
    Column("也许能揭榜的企业", lambda answerer: ThingRef("Enterprise", answerer.firm.id, answerer.firm.name), "thing"),
    Column("把握", lambda answerer: answerer.level, sort=lambda answerer: LEVELS.index(answerer.level)),
    Column("它的产品", lambda answerer: answerer.product),
    Column("凭什么", lambda answerer: Folded(answerer.why[0], answerer.why[1:]) if answerer.why else [], "lines"),
    *TRUST,
]
STAGES: list[Column[StageRule]] = [
    Column("阶段", lambda rule: rule.stage),
    Column("谁来做", lambda rule: rule.who),
    Column("现在几张", lambda rule: rule.now or "没有登记", sort=lambda rule: rule.now),
    *TRUST,
]
PUBLISHED: list[Column[Published]] = [
    Column("公布的", lambda published: published.metric, extra=lambda published: published.scope, apart="口径"),
    Column("说的是", lambda published: _subject(published)),
    Column("公布数", lambda published: _told(published), "number"),
    Column("图里", lambda published: _shown(published), "number"),
    Column("差在哪里", lambda published: published.difference),
    Column("时点", lambda published: published.as_of, "date"),
    *TRUST,
]


def _subject(published: Published) -> ThingRef | str:
    if len(published.subjects) == 1:
        return ref(published.subjects[0])
    return show_names((subject.name for subject in published.subjects), unit="个")


def _told(published: Published) -> Number:
    """Return the published number as it was said: 近 8,000 亿元, 50 万张以上."""
    said, number = published.qualifier or "", _number(published, published.value)
    if published.value is None or not said:
        return number
    return Number(published.value, f"{number.text}{said}" if said in AFTER else f"{said} {number.text}")


def _shown(published: Published) -> Number:
    if published.shown == 0:
        return Number(0, "数不出" if published.difference.code == "fig_unpriced" else "没有登记")
    return _number(published, published.shown)


def _number(published: Published, value: float | None) -> Number:
    return Number(value, "数不出" if value is None else show_amount(value, published.unit or ""))


def tables_of_rows(rows: RegistryRows, title: str) -> dict[str, Table[Any]]:
    """Return the tables of some rows of a registry."""
    inferred = "按榜单的文字推断，没有问过企业，把握低的只是字面有些像；来源是企业那一行的。"
    staged = {entry.thing.label for entry in rows.entries} == {
        "Challenge"
    }  # of which the kind is the stage that it is in
    columns = [replace(entry, head="阶段") if staged and entry is KIND else entry for entry in ENTRIES]
    tables: dict[str, Table[Any]] = {
        "entries": Table("entries", title, columns, rows.entries, empty="还没有登记"),
        "answerers": Table("answerers", "也许能揭榜的企业", ANSWERERS, rows.answerers, inferred),
        "ties": Table("ties", "谁在其中做什么", TIES, rows.ties, empty="还没有登记谁参与"),
    }
    single = len({entry.thing.label for entry in rows.entries}) < 2
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

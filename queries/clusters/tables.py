"""Tables of the clusters beside the communities of the supply graph."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from graph.model import EDGE_TYPES
from queries.clusters.answers import LEADING, Beside, Clusters, Compared, Member
from queries.core.parts import MADE_UP, Book, as_samples
from queries.core.table import TRUST, Ask, Column, Number, Table, ThingRef, trust, without_empty
from queries.core.words import show_names
from queries.registries.answers import EntryTie
from queries.registries.tables import TIES, one_or_names, ref, remark_of, tables_of_registry

MEMBER = EDGE_TYPES["MEMBER_OF"].table.words[1]
COMMUNITY = (
    "群落由供应关系推断（谁与谁供应得密就是一群），编号 1 最大；它不是认定，只供对照。"
    "总的一致程度只比各集群的成员怎样分；每个集群的，比全部有供应关系的企业里谁是成员、谁在那个群落，所以两个数可以不同。"
)


def _remark(compared: Compared) -> str:
    return "；".join(filter(None, (remark_of(compared.entry), compared.entry.remark)))


def _agreement(compared: Compared) -> Number:
    never = "不能比" if compared.members else ""
    return Number(compared.agreement, never if compared.agreement is None else f"{compared.agreement:.2f}")


def _leaders(compared: Compared) -> str:
    return show_names(member.firm.name for member in compared.members if member.leader) or "没有写"


def _around(compared: Compared) -> str:
    return f"以{compared.centre.name}为中心，{compared.firms} 家" if compared.centre else ""


COMPARED: list[Column[Compared]] = [
    Column("集群", lambda compared: ref(compared.entry.thing), "thing", _remark, apart="备注"),
    Column("级别", lambda compared: compared.entry.kind or "没有写"),
    Column("产业链", lambda compared: one_or_names("Chain", compared.entry.chains, "条")),
    Column("所在", lambda compared: one_or_names("Region", compared.entry.regions, "处")),
    Column("成员", lambda compared: len(compared.members) or "没有登记", sort=lambda compared: len(compared.members)),
    Column("领军、链主", lambda compared: _leaders(compared) if compared.members else ""),
    Column("一致程度", _agreement, "number"),
    Column("与供应网络对照", lambda compared: compared.reason, extra=_around, apart="群落"),
    Column("细看", lambda compared: Ask("clusters", "成员与群落", {"cluster": compared.entry.thing.id}), "ask"),
    *trust(lambda compared: compared.entry),
]
MEMBERS: list[Column[Member]] = [
    Column("集群", lambda member: ref(member.cluster), "thing"),
    Column("成员", lambda member: ThingRef("Enterprise", member.firm.id, member.firm.name), "thing"),
    Column("领军企业", lambda member: "是" if LEADING in (member.role or "") else ""),
    Column("链主", lambda member: one_or_names("Chain", member.leads, "条")),
    Column("角色", lambda member: member.role),
    Column("自", lambda member: member.since, "date"),
    Column(
        "在供应网络里",
        lambda member: member.stands,
        extra=lambda member: f"群落 {member.community}" if member.community else "",
    ),
    *TRUST,
]
FIRM: Column[Beside] = Column("企业", lambda beside: ThingRef("Enterprise", beside.firm.id, beside.firm.name), "thing")
CLUSTER: Column[Beside] = Column("集群", lambda beside: ref(beside.cluster), "thing")
UNLISTED: list[Column[Beside]] = [
    CLUSTER,
    FIRM,
    Column("与几家成员有供应关系", lambda beside: beside.partners, "number"),
    *TRUST,
]
BRIDGES: list[Column[Beside]] = [
    CLUSTER,
    FIRM,
    Column("自己在", lambda beside: f"群落 {beside.community}"),
    Column("连到", lambda beside: "、".join(f"群落 {number}" for number in beside.others)),
    Column("那边几家", lambda beside: beside.partners, "number"),
    *TRUST,
]


def _tables(compared: Sequence[Compared], ties: Sequence[EntryTie]) -> dict[str, Table[Any]]:
    members = [member for cluster in compared for member in cluster.members]
    unlisted = [firm for cluster in compared for firm in cluster.unlisted]
    bridges = [firm for cluster in compared for firm in cluster.bridges]
    cut = sum(cluster.unlisted_count for cluster in compared) - len(unlisted)
    more = f"；另有 {cut} 家没有列" if cut else ""
    outside = f"在成员最多的那个群落里，却没有登记为成员，与成员供应得多的在前{more}。状态、来源是企业那一行的。"
    beside: list[Table[Any]] = [
        Table("members", "成员", MEMBERS, members),
        Table("unlisted", "群落里不是成员的企业", UNLISTED, unlisted, outside),
        Table("bridges", "连着几个群落的企业", BRIDGES, bridges, "跨群落供应得多的在前。"),
        Table("ties", "谁还在其中做什么", TIES, [tie for tie in ties if tie.part != MEMBER]),
    ]
    first = Table("compared", "点了名的集群与供应网络的群落", COMPARED, compared, COMMUNITY, "还没有登记集群")
    single = {"集群"} if len(compared) == 1 else set[str]()
    others = {table.id: without_empty(table, single) for table in beside if table.items}
    return {"compared": without_empty(first)} | others


def tables_of_clusters(answer: Clusters) -> dict[str, Table[Any]]:
    """Return the tables of the clusters by what they show."""
    others = {name: table for name, table in tables_of_registry(answer).items() if name not in ("entries", "ties")}
    first, *rest = _tables(answer.compared, answer.ties).items()
    return {first[0]: first[1], **others, **dict(rest)}


def book_of_clusters(answer: Clusters) -> Book:
    """Return the tables of the clusters, the made-up ones apart."""
    samples = as_samples(_tables(answer.sample_compared, answer.samples.ties))
    return Book(answer.cluster.name if answer.cluster else answer.title, tables_of_clusters(answer), samples)


def notes_of_clusters(answer: Clusters, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, the day and the rules, and what communities are."""
    book = book_of_clusters(answer)
    if answer.cluster and answer.sample_compared and not answer.compared:
        yield from (*replace(book, samples={}).notes(answer), MADE_UP)
    else:
        yield from book.notes(answer)
    yield COMMUNITY

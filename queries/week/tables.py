"""Tables of what to do this week: the gaps, the chains, where to look."""

from collections.abc import Iterator, Mapping
from typing import Any

from queries.core.table import Ask, Column, Number, Table, ThingRef
from queries.gaps.words import tell_under_way
from queries.week.answers import ChainWeek, LookAt, PressingGap, Standstill, Week, Who


def hangs(gap: PressingGap) -> str:
    """Return what hangs on a gap: leaders, and products that cannot be made without it, as inputs say."""
    told = {"家链主": len(gap.leaders), "种下游产品": gap.standing}
    return "、".join(f"{number} {word}" for word, number in told.items() if number) or "没有登记谁需要"


def tell_who(who: Who) -> str:
    """Return where a firm is and how far one is with it."""
    where = who.region or who.ring
    told = where if where == who.ring else f"{who.ring} {where}"
    return f"{told}，{who.stage}" if who.stage else told


def _could(gap: PressingGap) -> str:
    return "、".join(f"{who.firm.name}（{tell_who(who)}）" for who in gap.who) or "还不知道"


def _mending(gap: PressingGap) -> list[str]:
    return [tell_under_way(project) for project in gap.under_way]


GAPS: list[Column[PressingGap]] = [
    Column("名次", lambda gap: gap.rank, "number"),
    Column("状态", lambda gap: gap.state, "state"),
    Column("产品", lambda gap: ThingRef("Product", gap.product.id, gap.product.name), "thing"),
    Column("产业链", lambda gap: ThingRef("Chain", gap.chain.id, gap.chain.name), "thing"),
    Column("环节", lambda gap: gap.segment.name),
    Column("紧要", lambda gap: gap.score, "score"),
    Column("牵连", hangs),
    Column("本地企业", lambda gap: gap.firms, "firms"),
    Column("谁能补", _could),
    Column("在补", _mending, "lines"),
    Column("依据", lambda gap: gap.status, "status"),
    Column(
        "为什么", lambda gap: Ask("certificate", "为什么缺", {"chain": gap.chain.id, "place": gap.product.id}), "ask"
    ),
]
CHAINS: list[Column[ChainWeek]] = [
    Column("产业链", lambda one: ThingRef("Chain", one.chain.id, one.chain.name), "thing"),
    Column("缺", lambda one: one.counts.missing, "number"),
    Column("弱", lambda one: one.counts.weak, "number"),
    Column("强", lambda one: one.counts.strong, "number"),
    Column("未查", lambda one: one.counts.unknown, "number"),
    Column("其中疑似缺", lambda one: one.counts.suspected, "number"),
    Column("缺弱里在补的", lambda one: one.counts.mending, "number"),
    Column(
        "查过的环节",
        lambda one: Number(one.segments_looked, f"{one.segments_looked}/{len(one.segments)}"),
        "number",
    ),
    Column("最紧要的", lambda one: ThingRef("Product", one.worst.id, one.worst.name) if one.worst else "", "thing"),
]
LOOKS: list[Column[LookAt]] = [
    Column("环节", lambda look: ThingRef("Segment", look.segment.id, look.segment.name), "thing"),
    Column("产业链", lambda look: look.chain.name),
    Column("没查", lambda look: Number(look.open, f"{look.open}/{look.of}"), "number"),
    Column("疑似缺", lambda look: look.suspected, "number"),
    Column("在等的链主", lambda look: look.leaders, "number"),
    Column("为什么先查", lambda look: look.why, "lines"),
]
STOPPED: list[Column[Standstill]] = [
    Column("什么", lambda one: one.what.name),
    Column("停在哪里", lambda one: one.told),
    Column("谁", lambda one: one.about),
    Column("状态", lambda one: one.status, "status"),
]


def table_of_gaps(answer: Week) -> Table[PressingGap]:
    """Return the gaps, the most pressing first."""
    note = "紧要 0 至 100，越大越该先补，是断点各项之和；有项目在补的排在后面。没查清的不在其中。"
    return Table("gaps", "最该补的缺口", GAPS, answer.gaps, note, "还没有判明的缺口")


def table_of_chains(answer: Week) -> Table[ChainWeek]:
    """Return the chains with how their products stand."""
    note = "按产品数；查过才说缺、弱，没查清的不算缺。"
    return Table("chains", "各条产业链", CHAINS, answer.chains, note, "图里没有产业链")


def tables_of_week(answer: Week) -> dict[str, Table[Any]]:
    """Return all tables of what to do this week."""
    return {
        "gaps": table_of_gaps(answer),
        "chains": table_of_chains(answer),
        "looks": Table("looks", "先去查哪里", LOOKS, answer.look_first),
        "stopped": Table("stopped", "停着的事", STOPPED, answer.stopped, empty="没有停着的事"),
    }


def notes_of_week(answer: Week, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sentence, where to look first, what waits, and what of it is made up."""
    yield answer.verdict
    if len(answer.gaps) < answer.of:
        yield f"共 {answer.of} 个缺口，列出前 {len(answer.gaps)} 个"
    for look in answer.look_first[:3]:
        yield f"先去查：{look.chain.name}的{look.segment.name}，{look.open} 种没查清；{'；'.join(look.why)}"
    yield from (f"停着：{one.what.name}（{one.about}）{one.told}" for one in answer.stopped[:3])
    yield from (f"等你判断：{one.told}" for one in answer.to_judge)
    if made_up := answer.on_samples:
        yield f"{made_up.of} 个缺口里 {made_up.gaps} 个出自示例（虚构），不可引用"

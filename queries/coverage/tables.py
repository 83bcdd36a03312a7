"""The tables of what was looked for."""

from queries.core.table import Column, Number, Table, ThingRef
from queries.coverage.answers import ChainCoverage, LookedFor, PlaceCoverage, SegmentCoverage


def table_of_coverage(answer: LookedFor) -> Table[SegmentCoverage]:
    """Return the segments in the order in which a look settles most."""
    columns: list[Column[SegmentCoverage]] = [
        Column("环节", lambda one: ThingRef("Segment", one.place.id, one.place.name), "thing"),
        Column("产业链", lambda one: one.chain.name),
        Column("摸底", lambda one: one.state),
        Column("要查", lambda one: Number(one.open, f"{one.open}/{one.of}"), "number"),
        Column("牵连", lambda one: "；".join(one.why)),
        Column("本地已知", lambda one: one.firms, "number"),
        Column("上次查", lambda one: one.as_of, "date"),
        Column("谁查的", lambda one: one.by),
        Column("能弄清", lambda one: one.points, "number"),
    ]
    note = "排在前面的，查一次弄清得最多：在等的链主、离不开它的产品、拿不准的企业、没查过、查过仍说不准的产品。"
    return Table("coverage", "先去查哪里", columns, answer.segments, note, "图里还没有产业链。")


def table_of_products(answer: LookedFor) -> Table[tuple[SegmentCoverage, PlaceCoverage]]:
    """Return the products of one chain, each with who looked last."""
    columns: list[Column[tuple[SegmentCoverage, PlaceCoverage]]] = [
        Column("产品", lambda pair: ThingRef("Product", pair[1].place.id, pair[1].place.name), "thing"),
        Column("环节", lambda pair: pair[0].place.name),
        Column("摸底", lambda pair: pair[1].state),
        Column("本地已知", lambda pair: pair[1].firms, "number"),
        Column("拿不准的企业", lambda pair: pair[1].uncertain, "number"),
        Column("本地在做、少不了它的产品", lambda pair: pair[1].users, "number"),
        Column("要用它的链主", lambda pair: "、".join(leader.name for leader in pair[1].leaders)),
        Column("上次查", lambda pair: pair[1].as_of, "date"),
        Column("谁查的", lambda pair: pair[1].by),
        Column("方法", lambda pair: pair[1].method),
        Column("只查了哪些企业", lambda pair: pair[1].universe),
    ]
    rows = [(segment, product) for segment in answer.segments for product in segment.products]
    return Table("coverage-products", "每种产品查过没有", columns, rows)


def table_of_chains(answer: LookedFor) -> Table[ChainCoverage]:
    """Return how much of each chain was looked for."""
    columns: list[Column[ChainCoverage]] = [
        Column("产业链", lambda one: ThingRef("Chain", one.chain.id, one.chain.name), "thing"),
        Column("环节查过", lambda one: Number(one.segments_looked, f"{one.segments_looked}/{one.segments}"), "number"),
        Column("产品查过", lambda one: Number(one.products_looked, f"{one.products_looked}/{one.products}"), "number"),
        Column("到期再查的产品", lambda one: one.due, "number"),
    ]
    return Table("coverage-chains", "每条链查过多少", columns, answer.chains)

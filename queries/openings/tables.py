"""Tables of 卡位入链 and what is said beside them: the four lists, the needs at
a glance, the matches and their steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from queries.core.parts import Book, as_samples
from queries.core.table import TRUST, Column, Folded, Number, On, Table, ThingRef, trust
from queries.core.words import show_names, show_percent
from queries.openings.answers import ChainWanted, CityNeeds, Ledger, Looked, Match, Opening, Opportunities, Step, Wanted

FIRM_HEADS = {
    "": "企业",
    "offers": "谁可以用",
    "needs": "可供的本地企业",
    "partners": "拟合作企业",
    "invitations": "建议招引企业",
}
MEANINGS = {
    "offers": "链主能在本地提供什么，本地谁可以用",
    "needs": "链主要买什么，哪些本地企业可以卡位入链",
    "partners": "链主想合作的企业，和值得一谈的本地企业",
    "invitations": "链主建议招引的企业，和本地接不上的需求可找的外地企业",
}
EMPTY = {
    "offers": "链主没有登记供给，图中也没有它生产而本地需要的产品。可用“供给”空表填报。",
    "needs": "链主没有登记需求，所产产品也没有可推断的投入。可用“需求”空表填报。",
    "partners": ("链主没有登记拟合作企业，也没有合适两项以上需求的本地企业。可用“拟开展合作企业”空表填报。"),
    "invitations": "链主没有建议招引企业，需求也都有合适的本地企业。可用“建议招引企业”空表填报。",
}


WANTED: list[Column[Any]] = [
    Column("产品(服务)", lambda wanted: _product(wanted), "thing"),
    Column("本地", lambda wanted: wanted.met, sort=lambda wanted: wanted.met.order),
    Column("谁要买", lambda wanted: show_names(firm.name for firm in wanted.leaders)),
    Column("可卡位的企业", lambda wanted: show_names(firm.name for firm in wanted.able)),
    Column("已在供应的企业", lambda wanted: show_names(firm.name for firm in wanted.supplying)),
    Column("需求", lambda wanted: "登记" if wanted.recorded else "推断"),
    Column("状态", lambda wanted: wanted.status, "status"),
    Column("来源", lambda wanted: wanted.sources, "source"),
]
CITY_WANTED: list[Column[ChainWanted]] = [
    Column("产业链", lambda wanted: ThingRef("Chain", wanted.chain.id, wanted.chain.name), "thing"),
    *WANTED,
]


def tables_of_openings(answer: Opportunities) -> dict[str, Table[Opening]]:
    """Return the four lists as tables, by name."""
    return {name: _table(name, title, getattr(answer, name), answer) for name, title in answer.titles.items()}


def table_of_lists(answer: Opportunities) -> Table[Opening]:
    """Return the rows of all four lists."""
    lists = answer.lists()
    titles = {id(row): title for title, rows in lists.items() for row in rows}
    table = _table("", "四张清单", [row for rows in lists.values() for row in rows], answer)
    return replace(table, columns=[Column("清单", lambda row: titles[id(row)]), *table.columns])


def notes_of_opportunities(answer: Opportunities, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield which lists are empty, and what is to be known of all."""
    yield from (f"{title}：没有" for title, openings in answer.lists().items() if not openings)
    yield from (f"注意：{note}" for note in answer.notes)


def table_of_needs(answer: Sequence[Wanted]) -> Table[Wanted]:
    """Return the needed products, each with the firms here that could meet it."""
    return Table("needs", "需求一览", WANTED, answer)


def table_of_city_needs(answer: CityNeeds) -> Table[ChainWanted]:
    """Return what all leaders need, what is made up last."""
    return replace(book_of_city_needs(answer).tables["needs"], items=[*answer.needs, *answer.samples])


def book_of_city_needs(answer: CityNeeds) -> Book:
    """Return the tables of what all leaders need, what is made up apart."""
    note = "每条链的每种产品一行；两条链的链主都买的，各列一次。"
    empty = f"没有“{answer.met}”的" if answer.met else "没有登记或推得出链主买什么。可用“需求”空表填报。"
    tables = {"needs": Table("needs", answer.met or "链主要买的", CITY_WANTED, answer.needs, note, empty)}
    return Book("全市链主要买的", tables, as_samples({"needs": replace(tables["needs"], items=answer.samples)}))


def _product(row: Match | Opening | Wanted) -> ThingRef | str:
    missing = "没有写" if isinstance(row, Match) else "没有写明"
    return ThingRef("Product", row.product_id, row.product) if row.product_id else row.product or missing


def table_of_steps(answer: Ledger) -> Table[tuple[Match, Step]]:
    """Return every step of every match; what is odd about a match stands beside its first step."""
    columns: list[Column[tuple[Match, Step]]] = [
        Column("链主", lambda row: row[0].customer.name),
        Column("供应商", lambda row: row[0].supplier.name),
        Column("产品", lambda row: row[0].product),
        Column("现在", lambda row: row[0].state),
        Column("步骤", lambda row: row[1].stage + ("（已撤销）" if row[1].withdrawn else "")),
        Column("日期", lambda row: row[1].on),
        Column("经办", lambda row: row[1].by),
        Column("备注", lambda row: row[1].note),
        *trust(lambda row: row[1]),
        Column("须知", lambda row: row[0].remarks if row[1] is row[0].steps[0] else [], "lines"),
    ]
    return Table("ledger", "匹配台账", columns, [(match, step) for match in answer.matches for step in match.steps])


def notes_of_ledger(answer: Ledger, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many matches there are, by stage."""
    yield (
        f"{len(answer.matches)} 项匹配，现在的阶段："
        f"{','.join(f'{stage} {number}' for stage, number in answer.counts.items())}"
    )
    yield from (f"注意：{note}" for note in answer.notes)


def table_of_ledger(answer: Ledger) -> Table[Match]:
    """Return the matches of the ledger as a table, each with all of its steps."""
    columns: list[Column[Match]] = [
        Column("链主", lambda match: ThingRef("Enterprise", match.customer.id, match.customer.name), "thing"),
        Column("供应商", lambda match: ThingRef("Enterprise", match.supplier.id, match.supplier.name), "thing"),
        Column("产品(服务)", _product, "thing"),
        Column("现在", lambda match: match.state, "reached", lambda match: match.since),
        Column("各步", lambda match: match.steps, "steps", sort=lambda match: match.since or ""),
        Column("须知", lambda match: match.remarks, "remarks"),
    ]
    return Table("matches", "匹配", columns, answer.matches)


def _table(name: str, title: str, rows: Sequence[Opening], answer: Opportunities) -> Table[Opening]:
    """Return a list; the firms that were looked at have a column of their own,
    but on pages stand in place of the firm where they can."""
    invited, told = name == "invitations", any(row.candidates for row in rows)
    seen: On = "text" if not invited else "" if told else "page"

    def firm(row: Opening) -> ThingRef | None:
        return ThingRef("Enterprise", row.firm.id, row.firm.name) if row.firm else None

    def looked(row: Opening) -> Folded:
        number = f"看过 {len(row.candidates)} 家" if name or row.candidates else ""
        return Folded(number, [f"{candidate.firm.name}：{candidate.why}" for candidate in row.candidates])

    def firm_or_looked(row: Opening) -> ThingRef | Folded | None:
        return firm(row) or (
            Folded(f"没有，{looked(row).text}", looked(row).lines) if row.candidates and not invited else None
        )

    columns: list[Column[Opening]] = [
        Column("链主(或集团内企业)", lambda row: ThingRef("Enterprise", row.party.id, row.party.name), "thing"),
        Column("产品(服务)", _product, "thing", lambda row: "、".join(row.segments), apart="环节"),
        Column(FIRM_HEADS[name], firm_or_looked, "thing", lambda row: row.firm and row.region, on="page"),
        Column(FIRM_HEADS[name], firm, "thing", lambda row: row.region, apart="所在地", on="text"),
        Column("匹配", lambda row: row.fit, "fit"),
        # the segments stand below the product
        Column("为什么", lambda row: row.grounds(), "lines", sort=lambda _: None),
        Column("不利之处", lambda row: row.against, "lines"),
        *([Column("看过的本地企业", looked, "lines", on=seen)] if invited or told else []),
        Column("台账", lambda row: row.stage, "stage", on="" if not name or any(row.stage for row in rows) else "page"),
        Column("可信度", lambda row: Number(row.confidence, show_percent(row.confidence, 0)), "number"),
        *TRUST,
    ]
    return Table(
        name,
        title,
        columns[1:] if name and answer.of_one(rows) else columns,
        rows,
        MEANINGS.get(name, ""),
        EMPTY.get(name, ""),
    )


def looked_text(looked: Sequence[Looked], most: int) -> str:
    """Return the firms that were looked at, one a line, and how many more there are."""
    lines = [f"{candidate.firm.name}：{candidate.why}" for candidate in looked[:most]]
    return "\n".join([*lines, *([f"…共看过 {len(looked)} 家"] if len(looked) > most else [])])

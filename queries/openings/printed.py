"""How the terminal and CSV tell of the four lists and of the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from queries.core.printed import columns_of
from queries.core.table import Column, Table
from queries.core.words import show_names
from queries.openings.answers import Ledger, Match, Opening, Opportunities, Step, Wanted
from queries.openings.tables import looked_text

FEW = 3  # looked-at firms that the terminal tells of
Listed = tuple[str, Opening]
Taken = tuple[Match, Step]


def opportunities(answer: Opportunities) -> Table[Listed]:
    """Return the rows of all four lists."""
    columns = (
        Column[Listed]("清单", lambda row: row[0]),
        Column[Listed]("链主(或集团内企业)", lambda row: row[1].party.name),
        Column[Listed]("产品(服务)", lambda row: row[1].product),
        Column[Listed]("企业", lambda row: row[1].firm.name if row[1].firm else ""),
        Column[Listed]("所在地", lambda row: row[1].region),
        Column[Listed]("匹配", lambda row: row[1].fit or ""),
        Column[Listed]("为什么", lambda row: _why(row[1], len(row[1].candidates)), "lines", on="file"),
        Column[Listed]("为什么", lambda row: _why(row[1], FEW), "lines", on="terminal"),
        Column[Listed]("不利之处", lambda row: row[1].against, "lines"),
        Column[Listed]("台账", lambda row: row[1].stage or ""),
        Column[Listed]("可信度", lambda row: row[1].confidence, "number"),
        Column[Listed]("状态", lambda row: row[1].status, "status"),
        Column[Listed]("来源", lambda row: row[1].source),
    )
    return Table("opportunities", "四张清单", columns, [(title, one) for title, openings in answer.lists().items() for one in openings])


def _why(row: Opening, most: int) -> list[str]:
    """Return why a row stands there, and the first firms that were looked at before."""
    return [*row.why, *filter(None, looked_text(row.candidates, most).split("\n"))]


def notes_of_opportunities(answer: Opportunities, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield which lists are empty, and what is to be known of all."""
    yield from (f"{title}: 没有" for title, openings in answer.lists().items() if not openings)
    yield from (f"注意: {note}" for note in answer.notes)


def needs(answer: Sequence[Wanted]) -> Table[Wanted]:
    """Return the needed products, each with the firms here that could meet it."""
    columns = (
        Column[Wanted]("产品(服务)", lambda one: one.product or "没有写明"),
        Column[Wanted]("本地", lambda one: one.met),
        Column[Wanted]("可卡位的企业", lambda one: show_names(firm.name for firm in one.able)),
        Column[Wanted]("已在供应的企业", lambda one: show_names(firm.name for firm in one.supplying)),
        Column[Wanted]("需求", lambda one: "登记" if one.recorded else "推断"),
    )
    return Table("needs", "需求一览", columns, answer)


def ledger(answer: Ledger) -> Table[Taken]:
    """Return every step of every match; what is odd about a match stands beside its first step."""
    first = {id(match.steps[0]) for match in answer.matches if match.steps}
    columns = (
        Column[Taken]("链主", lambda row: row[0].customer.name),
        Column[Taken]("供应商", lambda row: row[0].supplier.name),
        Column[Taken]("产品", lambda row: row[0].product),
        Column[Taken]("现在", lambda row: row[0].state),
        Column[Taken]("步骤", lambda row: row[1].stage + ("(已撤销)" if row[1].withdrawn else "")),
        *(Column[Taken](one.head, lambda row, of=one.of: of(row[1]), one.kind) for one in columns_of(STEP_HEADS)),  # type: ignore[misc]
        Column[Taken]("须知", lambda row: row[0].remarks if id(row[1]) in first else [], "lines"),
    )
    return Table("ledger", "匹配台账", columns, [(match, step) for match in answer.matches for step in match.steps])


STEP_HEADS = {"on": "日期", "by": "经办", "note": "备注", "status": "状态", "source": "来源"}


def notes_of_ledger(answer: Ledger, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield how many matches there are, by stage."""
    yield f"{len(answer.matches)} 项匹配,现在的阶段: {','.join(f'{stage} {number}' for stage, number in answer.counts.items())}"
    yield from (f"注意: {note}" for note in answer.notes)

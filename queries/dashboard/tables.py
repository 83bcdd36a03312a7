"""Tables of the city at a glance; every figure opens its rows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from queries.core.parts import Book
from queries.core.table import TRUST, Ask, Column, Number, Table, ThingRef, without_empty
from queries.dashboard.answers import ChainLine, Dashboard, NeedLine
from queries.openings.answers import Met
from queries.projects.answers import FunnelRow
from queries.projects.tables import FUNNEL
from queries.registries.tables import PUBLISHED as OF_REGISTRIES


def _gaps(chain: ChainLine, count: int) -> Number:
    """Return a number of gaps; where nothing was looked through there is none to tell."""
    return Number(count, f"{count}" if chain.missing or chain.weak or not chain.unknown else "未查")


def _strong(chain: ChainLine) -> Number:
    """Return how many products are strong; where nothing was looked through nobody can tell that none is."""
    return Number(chain.strong, f"{chain.strong}") if chain.strong else _gaps(chain, 0)


def _overdue(chain: ChainLine) -> Number:
    return Number(chain.overdue if chain.work else None, f"{chain.overdue}" if chain.work else "未载入")


def _projects(chain: ChainLine) -> Number:
    return Number(chain.projects, f"{chain.projects or '未登记'}")


def _open(chain: ChainLine, question: str, shown: Number) -> Ask:
    """Return a number that opens its rows."""
    return Ask(question, shown.text, {"chain": chain.chain.id})


def _bought(line: NeedLine) -> Number:
    """Return how many products; that none is supplied from here is not known where nobody recorded it."""
    return Number(line.products, f"{line.products}" if line.products or line.met is not Met.supplied else "没有登记")


CHAINS: list[Column[ChainLine]] = [
    Column("产业链", lambda line: ThingRef("Chain", line.chain.id, line.chain.name), "thing"),
    Column("缺", lambda line: _gaps(line, line.missing), "number"),
    Column("弱", lambda line: _gaps(line, line.weak), "number"),
    Column("强", _strong, "number"),
    Column("没查过", lambda line: line.unknown, "number"),
    Column("最该补的", lambda line: ThingRef("Product", line.worst.id, line.worst.name) if line.worst else "", "thing"),
    Column(
        "项目", lambda line: _open(line, "projects", _projects(line)), "ask", sort=lambda line: line.projects, on="page"
    ),
    Column("项目", _projects, "number", on="text"),
    Column("逾期", lambda line: _open(line, "desk", _overdue(line)), "ask", sort=lambda line: line.overdue, on="page"),
    Column("逾期", _overdue, "number", on="text"),
    Column("链长", lambda line: line.head),
    *(replace(column, on="text") for column in TRUST),
]
STAGES: list[Column[FunnelRow]] = [
    *FUNNEL[:4],
    Column("打开", lambda row: Ask("projects", "这些项目", {"stage": row.stage}), "ask"),
    *FUNNEL[4:5],
    replace(FUNNEL[5], on="text"),
]
NEEDS: list[Column[NeedLine]] = [
    Column("接上没有", lambda line: line.met),
    Column(
        "产品",
        lambda line: Ask("needs", _bought(line).text, {"met": line.met}),
        "ask",
        sort=lambda line: line.products,
        on="page",
    ),
    Column("产品", _bought, "number", on="text"),
    Column("其中登记的需求", lambda line: line.recorded, "number"),
    Column("状态", lambda line: line.status or "", "status"),
]
PUBLISHED: list[Column[Any]] = [
    *OF_REGISTRIES[:6],
    Column("打开", lambda line: Ask(line.question, "看这些行", line.arguments) if line.question else "", "ask"),
    *TRUST,
]


def book_of_dashboard(answer: Dashboard) -> Book:
    """Return the tables of the city at a glance."""
    note = "按产品数；查过才说缺、弱，没查过的不算缺。"
    beside = "报道只给总数；图里只数点了名的行，差别写明。"
    both = "登记的和由所产产品推得的需求；两条链的链主都买的，各算一次。"
    tables: dict[str, Table[Any]] = {
        "chains": Table("chains", "各条链", CHAINS, answer.chains, note),
        "stages": Table("stages", "项目到哪一步", STAGES, answer.stages, empty="没有登记项目"),
        "needs": Table("needs", "链主要买的", NEEDS, answer.needs, both),
        "published": Table(
            "published", "公布的数与图里的行", PUBLISHED, answer.published, beside, "没有可以相比的公布数据"
        ),
    }
    return Book(f"{answer.city or '全市'}：驾驶舱", {name: without_empty(table) for name, table in tables.items()})


def notes_of_dashboard(answer: Dashboard, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, by which day and rules it is, and what is left out."""
    yield from book_of_dashboard(answer).notes(answer)
    if answer.samples:
        yield f"另有 {answer.samples} 行示例（虚构），没有算"

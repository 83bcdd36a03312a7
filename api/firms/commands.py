"""The commands about which firm is which: the pairs that may be one, and what somebody judges of them."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from api.core.options import FormatOption, NameArgument, StoreOption, TiersOption, look, reach, reading
from api.core.output import Format, print_json, print_rows, progress, say, say_which
from graph.names.verdicts import DIFFERENT, SAME, UNDO

if TYPE_CHECKING:
    from queries.core.answers import SupplyEdge
    from queries.core.view import View

app = typer.Typer()

DOUBT_HEADS = {
    "left.name": "企业", "left.uscc": "信用代码", "left.region": "区域", "left.status": "状态", "left.source": "来源",
    "right.name": "另一企业", "right.uscc": "另一方信用代码", "right.region": "另一方区域",
    "right.status": "另一方状态", "right.source": "另一方来源",
    "why": "为什么可能是同一家", "against": "不利的", "left.id": "编号", "right.id": "另一方编号",
}  # fmt: skip
SHORT_HEADS = ("left.name", "right.name", "why", "against", "left.id", "right.id")
# The heads of the table 企业比对, so that the CSV can be loaded as it is, and three more columns for the reader.
HISTORY_HEADS = {
    "enterprise.name": "企业名称", "other.name": "另一企业名称", "stands": "现行", "verdict": "判断", "decided_at": "判断时间",
    "decided_by": "判断人", "reason": "理由", "enterprise.id": "企业", "other.id": "另一企业", "source": "来源", "status": "状态",
    "place": "出处位置", "note": "备注",
}  # fmt: skip


class Verdict(StrEnum):
    """What is judged of two firms."""

    same = "same"
    different = "different"
    undo = "undo"


VERDICT_ZH = {Verdict.same: SAME, Verdict.different: DIFFERENT, Verdict.undo: UNDO}


@app.command(name="same-firms")
@reading
def same_firms(
    graph: "View",
    made: Annotated[bool, typer.Option("--history", help="列出已作的全部判断;--format csv 的输出可以直接再载入")] = False,
    most: Annotated[int, typer.Option("--most", min=1, help="最多列几对")] = 100,
    format: FormatOption = Format.table,
) -> None:
    """可能是同一家的企业: 每一对为什么可能是、有什么不利的;判断过的不再列出。"""
    from queries.names.same_firms import doubts, history

    if made:
        rows = [
            item.model_dump(mode="json") | {"stands": item.stands if format is Format.json else _yes(item.stands)}
            for item in history(graph)
        ]
        print_rows(rows, format, HISTORY_HEADS)
        return
    with progress() as step:
        step("比对企业", 0)
        found = doubts(graph)
    if format is Format.json:
        print_json([item.model_dump(mode="json") for item in found[:most]])
        return
    shown = [item.model_dump(mode="json") | {"why": ";".join(item.reasons), "against": ";".join(item.against)} for item in found[:most]]
    print_rows(shown, format, DOUBT_HEADS if format is Format.csv else {name: DOUBT_HEADS[name] for name in SHORT_HEADS})
    if len(found) > most:
        say(f"共 {len(found)} 对,只列前 {most} 对,可用 --most 调整")


def _yes(value: bool) -> str:
    return "是" if value else ""


@app.command(name="judge-firms")
def judge_firms(
    verdict: Annotated[Verdict, typer.Argument(metavar="same|different|undo", help="同一、不同,或撤销以前的判断", show_choices=False)],
    kept: Annotated[str, typer.Argument(metavar="NAME", help="一家企业;判为同一时,以它的名称为准")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="另一家企业")],
    by: Annotated[str, typer.Option("--by", help="谁作的判断")],
    reason: Annotated[str, typer.Option("--reason", help="理由")] = "",
    store: StoreOption = None,
) -> None:
    """判断两家企业是否同一: 判断带时间和判断人存入图中,只增不改;撤销是再加一条。"""
    from loaders.judgements import judge
    from queries.names.search import find_exactly

    graph = look(store=store)
    one, two = find_exactly(graph, kept), find_exactly(graph, other)
    judge(reach(store), one.id, two.id, VERDICT_ZH[verdict], by, reason)
    say(f"已记下: {one.name}({one.id})与 {two.name}({two.id}): {VERDICT_ZH[verdict]}")


EDGE_HEADS = {
    "tier": "层",
    "supplier.name": "供应商",
    "customer.name": "客户",
    "product": "产品",
    "valid_to": "有效期止",
    "status": "状态",
    "source": "来源",
    "supplier.id": "供应商编号",
    "customer.id": "客户编号",
}


@app.command()
@reading
def suppliers(graph: "View", name: NameArgument, tiers: TiersOption = 1, format: FormatOption = Format.table) -> None:
    """谁供应这家企业: 每条关系带产品、状态和来源。"""
    from queries.things.supply import suppliers as ask

    _print_supply(ask, graph, name, tiers, format)


@app.command()
@reading
def customers(graph: "View", name: NameArgument, tiers: TiersOption = 1, format: FormatOption = Format.table) -> None:
    """这家企业供应谁: 每条关系带产品、状态和来源。"""
    from queries.things.supply import customers as ask

    _print_supply(ask, graph, name, tiers, format)


def _print_supply(ask: "Callable[[View, str, int], list[SupplyEdge]]", view: "View", name: str, tiers: int, format: Format) -> None:
    from queries.names.search import find_enterprise

    print_rows(ask(view, say_which(name, find_enterprise(view, name)).id, tiers), format, EDGE_HEADS)


@app.command()
@reading
def paths(
    graph: "View",
    start: Annotated[str, typer.Argument(metavar="FROM", help="起点企业")],
    end: Annotated[str, typer.Argument(metavar="TO", help="终点企业")],
    most: Annotated[int, typer.Option("--most", min=1, max=50, help="最多几条")] = 5,
    longest: Annotated[int, typer.Option("--longest", min=1, max=10, help="最多几步")] = 6,
    format: FormatOption = Format.table,
) -> None:
    """两家企业之间的供应路径,短的在前,每一步带产品、状态和来源。"""
    from queries.names.search import find_enterprise
    from queries.things.supply import paths as ask

    origin, target = (say_which(name, find_enterprise(graph, name)).id for name in (start, end))
    found = ask(graph, origin, target, most, longest)
    if format is Format.json:
        print_json([path.model_dump(mode="json") for path in found])
        return
    rows = [
        hop.model_dump() | {"path": number, "step": step} for number, path in enumerate(found, 1) for step, hop in enumerate(path.hops, 1)
    ]
    heads = {
        "path": "路径",
        "step": "步",
        "supplier.name": "供应商",
        "customer.name": "客户",
        "product": "产品",
        "valid_to": "有效期止",
        "status": "状态",
        "source": "来源",
    }
    print_rows(rows, format, heads)

"""The commands about which firm is which: the pairs that may be one, and what somebody judges of them."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from api.core.asked import print_answer, put
from api.core.options import FormatOption, StoreOption, look, reach, reading
from api.core.output import Format, say
from graph.names.verdicts import DIFFERENT, SAME, UNDO
from queries.names.questions import same_firms, same_firms_history

if TYPE_CHECKING:
    from queries.core.view import View

app = typer.Typer()


@app.command(name="same-firms")
@reading
def list_same_firms(
    graph: "View",
    made: Annotated[
        bool, typer.Option("--history", help="列出已作的全部判断;--format csv 的输出可以直接再载入")
    ] = False,
    most: Annotated[int, typer.Option("--most", min=1, help="最多列几对")] = 100,
    format: FormatOption = Format.table,
) -> None:
    """可能是同一家的企业: 每一对为什么可能是、有什么不利的;判断过的不再列出。"""
    if made:
        print_answer(same_firms_history, put(same_firms_history, graph), format)
        return
    pairs = put(same_firms, graph)
    print_answer(same_firms, pairs[:most], format)
    if len(pairs) > most and format is not Format.json:
        say(f"共 {len(pairs)} 对,只列前 {most} 对,可用 --most 调整")


class FirmVerdict(StrEnum):
    """What is judged of two firms."""

    same = "same"
    different = "different"
    undo = "undo"


VERDICT_ZH = {FirmVerdict.same: SAME, FirmVerdict.different: DIFFERENT, FirmVerdict.undo: UNDO}


@app.command(name="judge-firms")
def judge_firms(
    verdict: Annotated[
        FirmVerdict,
        typer.Argument(metavar="same|different|undo", help="同一、不同,或撤销以前的判断", show_choices=False),
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="一家企业;判为同一时,以它的名称为准")],
    other_name: Annotated[str, typer.Argument(metavar="OTHER", help="另一家企业")],
    by: Annotated[str, typer.Option("--by", help="谁作的判断")],
    reason: Annotated[str, typer.Option("--reason", help="理由")] = "",
    store: StoreOption = None,
) -> None:
    """判断两家企业是否同一: 判断带时间和判断人存入图中,只增不改;撤销是再加一条。"""
    from loaders.judgements import judge
    from queries.names.search import find_exactly

    graph = look(store=store)
    first, second = find_exactly(graph, name), find_exactly(graph, other_name)
    judge(reach(store), first.id, second.id, VERDICT_ZH[verdict], by, reason)
    say(f"已记下: {first.name}({first.id})与 {second.name}({second.id}): {VERDICT_ZH[verdict]}")

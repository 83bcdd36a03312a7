"""The commands about placing: firms placed on chains, and what somebody judges of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.core.options import StoreOption, look, reach
from api.core.output import progress, say
from graph.errors import InputError

if TYPE_CHECKING:
    from loaders.placements import Verdict

app = typer.Typer()
placements_app = typer.Typer()

Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="推断的编号,见 lianzhang placements")]
By = Annotated[str, typer.Option("--by", help="谁审的,写进来源和操作记录")]
Why = Annotated[str, typer.Option("--why", help="为什么")]


@app.command()
def place(
    firms: Annotated[
        Path | None,
        typer.Option("--firms", help='JSON lines: {"id": 编号, "name": …, "scope": 经营范围, "industry": 行业或 null}'),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="结果写到这个文件: 每家一行,环节和产品按把握排列,附理由")
    ] = None,
    graph: Annotated[bool, typer.Option("--graph", help="放图里的企业,推断写进图,等人审")] = False,
    by: By = "本机用户",
    store: StoreOption = None,
) -> None:
    """企业上链: 按登记的名称、经营范围和行业,推断企业在哪条链的哪个环节、做哪些产品;套话和只是买卖的不算。

    --firms 和 --out 一起用,只写文件;--graph 把推断写进图(状态“推断”),用 lianzhang placements 看和审。
    读不了的行逐行报告,其余照样放;有这样的行时退出码为 1。方法与在 dev 上的指标见 docs/placement.md。
    """
    if graph == (firms is not None) or (firms is None) != (out is None):
        raise InputError("写 --firms 文件 --out 文件,或者 --graph: 两样选一样")
    if firms and out:
        _place_file(firms, out, store)
    else:
        _place_graph(by, store)


def _place_file(firms: Path, out: Path, store: str | None) -> None:
    from graph.outputs import check_writable
    from queries.placing.run import place_files
    from queries.placing.yardstick import read_yardstick

    check_writable(out)
    with progress() as step:
        done = place_files(firms, out, read_yardstick(look(store=store)), step)
    say(f"已写到 {out}: {done.firms:,} 家企业,放上链的 {done.placed:,} 家")
    for line in done.bad:
        say(line)
    if done.bad:
        raise typer.Exit(1)


def _place_graph(by: str, store: str | None) -> None:
    from api.core.people import Person, Role
    from api.placing.doing import place_graph

    with progress() as step:
        done = place_graph(reach(store), Person(by, Role.editor), step)
    counts = f"新增 {done.new:,},变了 {done.changed:,},照旧 {done.same:,},不再推断 {done.gone:,}"
    say(f"上链推断: {counts};名录已经说明、不必推断的 {done.stated:,}")
    say("用 lianzhang placements 看,lianzhang placements accept|refuse ID… 审")


@placements_app.command()
def accept(ids: Ids, by: By = "本机用户", why: Why = "", store: StoreOption = None) -> None:
    """采纳: 从此算有人说过,来源是审的人。"""
    _judge(ids, "accept", by, why, store)


@placements_app.command()
def refuse(ids: Ids, by: By = "本机用户", why: Why = "", store: StoreOption = None) -> None:
    """不收: 不再算,也不再问,除非那家企业的名称、经营范围或行业,或那个零件的名称变了。"""
    _judge(ids, "refuse", by, why, store)


@placements_app.command("undo")
def take_back(ids: Ids, by: By = "本机用户", why: Why = "", store: StoreOption = None) -> None:
    """撤销: 回到没有审的样子。"""
    _judge(ids, "undo", by, why, store)


def _judge(ids: list[str], verdict: "Verdict", by: str, why: str, store: str | None) -> None:
    from loaders.placements import judge_places

    done = judge_places(reach(store), ids, verdict, by, why)
    say({"accept": "已采纳", "refuse": "已记为不收", "undo": "已撤销"}[verdict] + f" {len(done):,} 项")

"""The command that takes a change back."""

from typing import Annotated

import typer

from api.core.options import StoreOption, reach
from api.core.output import say

app = typer.Typer()


@app.command("undo")
def take_back(
    change: Annotated[str, typer.Argument(metavar="CHANGE", help="改动编号,见 lianzhang audit")],
    by: Annotated[str, typer.Option("--by", help="谁撤销的")] = "本机用户",
    why: Annotated[str, typer.Option("--why", help="为什么")] = "",
    store: StoreOption = None,
) -> None:
    """撤销一次改动: 那几格回到改动之前的样子;撤销也是一次改动,记在操作记录里。

    之后又有人改过的不能撤销,须先撤销后来的。由人新增的一行,撤销是让它从今天起失效。
    """
    from loaders.history import undo

    done = undo(reach(store), change, by, why)
    say(f"已撤销,这次撤销的编号是 {done.change}")

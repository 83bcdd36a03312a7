"""The command that keeps a look."""

from typing import Annotated

import typer

from api.core.options import StoreOption, reach
from api.core.output import say

coverage_app = typer.Typer()
Place = Annotated[str, typer.Option("--place", help="环节或产品的名称、别名或编号")]
By = Annotated[str, typer.Option("--by", help="谁查的")]


@coverage_app.command()
def add(
    place: Place,
    found: Annotated[str, typer.Option("--found", help="yes 查过,登记的就是全部;no 查过,没有")],
    by: By,
    as_of: Annotated[str, typer.Option("--as-of", help="哪天查的,如 2026-06;不写是今天")] = "",
    universe: Annotated[
        str, typer.Option("--universe", help="只查了哪些企业,如 规上企业;查的是全部企业就不写。不是全部的不判缺")
    ] = "",
    method: Annotated[str, typer.Option("--method", help="怎样查的,如 逐家走访、企业填报")] = "",
    why: Annotated[str, typer.Option("--why", help="写进操作记录")] = "",
    store: StoreOption = None,
) -> None:
    """登记一次摸底: 某个环节或产品,查过没有,或查过有这些(图里登记的就是全部)。再登记一次,以后一次为准。

    例: lianzhang coverage add --place 光刻胶 --found no --as-of 2026-06 --by 产业专班
    """
    _take(store, place, found, by=by, as_of=as_of, universe=universe, method=method, why=why)


@coverage_app.command()
def remove(
    place: Place,
    by: By,
    universe: Annotated[str, typer.Option("--universe", help="哪份名录的登记;查全部企业的不写")] = "",
    why: Annotated[str, typer.Option("--why", help="写进操作记录")] = "",
    store: StoreOption = None,
) -> None:
    """去掉登记过的摸底: 其实没查过。"""
    from api.coverage.doing import NONE

    _take(store, place, NONE, by=by, universe=universe, why=why)


def _take(store: str | None, place: str, found: str, by: str, **told: str) -> None:
    from api.core.people import Person, Role
    from api.coverage.doing import NONE, take_look

    named, done = take_look(reach(store), Person(by, Role.editor), place, found, by=by, **told)
    if found == NONE:
        say(f"已去掉“{named.name}”的摸底登记")
    else:
        say(f"已登记“{named.name}”的摸底" if done.outcome != "same" else f"“{named.name}”已经这样登记过")

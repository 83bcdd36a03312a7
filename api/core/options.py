"""The options and arguments that several commands share."""

from typing import TYPE_CHECKING, Annotated

import typer

from api.core.output import Format
from graph.scope import Scope
from graph.stores import Store, open_store

if TYPE_CHECKING:
    from queries.core.view import View

StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        envvar="LIANZHANG_STORE",
        help="存储地址: ladybug:///路径/graph.lbug、bolt://主机:7687 或 neo4j://主机;缺省为用户数据目录",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="输出形式: table 给人看,json 与 csv 给程序用")]
WithoutOption = Annotated[
    str, typer.Option("--without", help="不使用哪些状态的数据,如 --without curated,sample(整理、示例);产业链、环节、产品是标尺,仍在")
]
TiersOption = Annotated[int, typer.Option("--tiers", min=1, max=10, help="看几层: 1 为直接,2 为再上(下)一层")]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="企业的编号、全称、简称、别名、信用代码、拼音或首字母")]
ChainArgument = Annotated[str, typer.Argument(metavar="CHAIN", help="产业链的名称、编号或拼音,如 集成电路")]


_opened: list[Store] = []


def reach(store: str | None) -> Store:
    """Return the store that a command works on; it is closed when the command ends."""
    _opened.append(open_store(store))
    return _opened[-1]


def look(store: str | None, without: str = "") -> "View":
    """Return the view that a command answers from."""
    from queries.core.view import View

    return View.of(reach(store), Scope.without(without))


def close_stores() -> None:
    """Close what the command opened."""
    while _opened:
        _opened.pop().close()

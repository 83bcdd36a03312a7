"""The options and arguments that several commands share."""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.output import Format

if TYPE_CHECKING:
    from graph.stores import Store
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
    str,
    typer.Option(
        "--without", help="不使用哪些状态的数据,如 --without curated,sample(整理、示例);产业链、环节、产品是标尺,仍在"
    ),
]
CityOption = Annotated[
    str,
    typer.Option(
        "--city", envvar="LIANZHANG_CITY", help="只看哪个城市的产业链;图里只有一个城市时不必写,“全部”为各城市"
    ),
]


_opened: "list[Store]" = []


def reach(store: str | None) -> "Store":
    """Return the store that a command works on; it is closed when the command ends."""
    from graph.stores import open_store  # polars and the model

    _opened.append(open_store(store))
    return _opened[-1]


def look(without: WithoutOption = "", city: CityOption = "", store: StoreOption = None) -> "View":
    """Return the view that a command answers from."""
    from graph.scope import Scope
    from queries.core.view import View

    return View.of(reach(store), Scope.without(without, city=city))


def reading(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command, in place of the view ``graph`` that it asks, the options that say which view: those of ``look``.

    A group whose subcommand is run does nothing itself, and opens no store.
    """
    asked = signature(look).parameters
    own = [parameter for parameter in signature(command).parameters.values() if parameter.name != "graph"]

    def run(**given: Any) -> None:
        if getattr(given.get("context"), "invoked_subcommand", None):
            return
        command(graph=look(**{name: given.pop(name) for name in asked}), **given)

    every = [parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in (*own, *asked.values())]
    shape = Signature(
        sorted(every, key=lambda parameter: (parameter.default is not Signature.empty, parameter.name == "format"))
    )
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = shape  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shape.parameters.values()}
    return run


def close_stores() -> None:
    """Close what the command opened."""
    while _opened:
        _opened.pop().close()

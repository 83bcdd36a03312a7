"""The command that draws a chain or a firm."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.core.options import reading
from api.core.output import say, say_which
from graph.outputs import check_writable, write_text

if TYPE_CHECKING:
    from queries.core.view import View

app = typer.Typer()


@app.command()
@reading
def draw(
    graph: "View",
    name: Annotated[str, typer.Argument(metavar="CHAIN|NAME", help="产业链或企业")],
    out: Annotated[Path, typer.Option("--out", help="写到这个 HTML 文件(单文件,可离线打开)")],
) -> None:
    """把一条产业链或一家企业的上下游画成一个可离线打开的网页文件。"""
    from api.pictures.files import draw_chain, draw_enterprise
    from graph.errors import NotFound
    from queries.gaps.weak_links import weak_links
    from queries.names.search import find_chain, find_enterprise
    from queries.things.chains import view_chain
    from queries.things.enterprises import view_enterprise
    from queries.things.supply import customers, suppliers
    from queries.things.things import list_sources

    check_writable(out)
    sources = {id: str(source.get("name", id)) for id, source in list_sources(graph).items()}
    try:
        chain = find_chain(graph.whole, name).id  # one that is hidden says so below
        page = draw_chain(view_chain(graph, chain), sources, weak_links(graph, chain))
    except NotFound:
        firm = say_which(name, find_enterprise(graph, name)).id
        sides = (suppliers(graph, firm, 2), customers(graph, firm, 2))
        page = draw_enterprise(view_enterprise(graph, firm), *sides, sources)
    write_text(out, page)
    say(f"已写到 {out}")

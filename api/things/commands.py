"""The commands about anything in the graph: search, Cypher."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.options import FormatOption, StoreOption, reach, reading
from api.core.output import Format, print_rows, say

if TYPE_CHECKING:
    from queries.core.view import View

app = typer.Typer()


@app.command()
@reading
def search(
    graph: "View",
    text: Annotated[str, typer.Argument(metavar="TEXT", help="名称、简称、别名、拼音或首字母,如 hxsx")],
    most: Annotated[int, typer.Option("--most", min=1, max=200, help="最多几条")] = 20,
    format: FormatOption = Format.table,
) -> None:
    """按名称、简称、别名、拼音或首字母查找。"""
    from queries.names.search import search as ask

    heads = {"label": "类别", "name": "名称", "matched": "匹配方式", "status": "状态", "id": "编号"}
    print_rows(ask(graph, text, most), format, heads)


@app.command()
def cypher(
    query: Annotated[str, typer.Argument(metavar="CYPHER", help='只读的 Cypher 语句,如 "MATCH (c:Chain) RETURN c.name"')],
    param: Annotated[list[str] | None, typer.Option("--param", help="参数 k=v,可重复;v 按 JSON 读,读不成则为文本")] = None,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="最多返回几行(缺省 1000)")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", min=0.1, help="最多几秒(缺省 5)")] = None,
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """执行一条只读查询,时间与行数有上限。

    语义以 openCypher 为准,两种存储的写法自动换写;不能照样回答的会拒收并说明改写成什么。只能读图: 可用 MATCH、OPTIONAL MATCH、WHERE、WITH、
    RETURN、ORDER BY、SKIP、LIMIT、UNWIND、UNION。列表从 0 数起,多步关系要写上限(*1..8),标点用英文半角。对照表见 docs/cypher.md。
    """
    from graph.settings import Settings
    from queries.things.console import run_cypher

    settings = Settings()
    answer = run_cypher(
        reach(store),
        query,
        dict(map(_parameter, param or [])),
        seconds=seconds or settings.query_seconds,
        limit=limit or settings.query_rows,
    )
    print_rows(answer.rows, format, {name: name for name in answer.columns} if format is not Format.json else None)
    if answer.truncated:
        cut = len(answer.rows) < (limit or settings.query_rows)
        say(f"只显示前 {len(answer.rows)} 行" + (",答案太大,其余没有取: 请少返回几列或加条件" if cut else ",可用 --limit 调整"))


def _parameter(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{text!r} 应形如 名称=值")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value

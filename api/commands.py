"""The ``lianzhang`` command."""

import json
import socket
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api import cli_store
from api.core.options import FormatOption, NameArgument, StoreOption, TiersOption, WithoutOption
from api.core.output import Format, end_after, explain, print_json, print_rows, progress, say, say_which
from api.firms import commands as cli_firms
from api.gaps import commands as cli_analysis
from api.matching import commands as cli_matching
from api.openings import commands as cli_openings
from api.targets import commands as cli_targets
from graph.errors import InputError, LianzhangError
from graph.model import Record, find_type
from graph.outputs import check_writable, write_text
from graph.settings import Settings
from graph.stores import open_store
from queries.core.catalogue import trusted

app = typer.Typer(
    help="链长: 一座城市的产业链、链主、配套企业、产品与项目的知识图谱。\n\n"
    "先 `lianzhang load seeds` 载入数据,再 `lianzhang serve` 打开页面。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(cli_analysis.app)
app.add_typer(cli_matching.app)
app.add_typer(cli_firms.app)
app.add_typer(cli_openings.app)
app.add_typer(cli_targets.app)
app.add_typer(cli_store.app)

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
def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="文件或目录: CSV、Excel、JSON lines,或 ChainKnowledgeGraph 目录")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查并报告,不写入任何东西")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="把完整报告(JSON)写到这个文件")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="表的类别,认不出时指定,如 enterprises 或 企业")] = None,
    rejects: Annotated[Path, typer.Option("--rejects", help="拒收的行写到这个目录,改好后可再载入")] = Path("lianzhang-rejects"),
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """载入文件: 好的行载入,坏的行逐行说明原因;再载入一次全部为 same。"""
    from loaders.run import Options
    from loaders.run import load as run

    if report:
        check_writable(report)
    with progress() as step:
        done = run(paths, open_store(store), Options(dry_run=dry_run, kind=_kind(kind), rejects=rejects, step=step))
    if format is Format.json:
        print_json(done.as_dict())
    else:
        heads = {
            "file": "文件",
            "sheet": "表",
            "kind": "类别",
            "read": "读入",
            "new": "新增",
            "changed": "更新",
            "same": "相同",
            "rejected": "拒收",
        }
        total: dict[str, Any] = {"file": "合计"} | {name: done.total(name) for name in ("read", "new", "changed", "same", "rejected")}
        print_rows([*(vars(file) for file in done.files), total], format, heads)
    explain(done)
    if report:
        write_text(report, json.dumps(done.as_dict(), ensure_ascii=False, indent=2))
    if done.bad:
        raise typer.Exit(1)


def _kind(word: str | None) -> type[Record] | None:
    if word is None:
        return None
    record = find_type(word)
    if record is None:
        raise InputError(f"没有“{word}”这类表,可用 lianzhang schema 查看全部类别")
    return record


@app.command()
def suppliers(
    name: NameArgument, tiers: TiersOption = 1, without: WithoutOption = "", store: StoreOption = None, format: FormatOption = Format.table
) -> None:
    """谁供应这家企业: 每条关系带产品、状态和来源。"""
    from queries.names.search import find_enterprise
    from queries.things.supply import suppliers as ask

    graph = open_store(store)
    print_rows(ask(graph, say_which(name, find_enterprise(graph, name)).id, tiers, trusted(without.split(","))), format, EDGE_HEADS)


@app.command()
def customers(
    name: NameArgument, tiers: TiersOption = 1, without: WithoutOption = "", store: StoreOption = None, format: FormatOption = Format.table
) -> None:
    """这家企业供应谁: 每条关系带产品、状态和来源。"""
    from queries.names.search import find_enterprise
    from queries.things.supply import customers as ask

    graph = open_store(store)
    print_rows(ask(graph, say_which(name, find_enterprise(graph, name)).id, tiers, trusted(without.split(","))), format, EDGE_HEADS)


@app.command()
def paths(
    start: Annotated[str, typer.Argument(metavar="FROM", help="起点企业")],
    end: Annotated[str, typer.Argument(metavar="TO", help="终点企业")],
    most: Annotated[int, typer.Option("--most", min=1, max=50, help="最多几条")] = 5,
    longest: Annotated[int, typer.Option("--longest", min=1, max=10, help="最多几步")] = 6,
    without: WithoutOption = "",
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """两家企业之间的供应路径,短的在前,每一步带产品、状态和来源。"""
    from queries.names.search import find_enterprise
    from queries.things.supply import paths as ask

    graph = open_store(store)
    origin, target = (say_which(name, find_enterprise(graph, name)).id for name in (start, end))
    found = ask(graph, origin, target, most, longest, trusted(without.split(",")))
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


@app.command()
def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="名称、简称、别名、拼音或首字母,如 hxsx")],
    most: Annotated[int, typer.Option("--most", min=1, max=200, help="最多几条")] = 20,
    without: WithoutOption = "",
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """按名称、简称、别名、拼音或首字母查找。"""
    from queries.names.search import search as ask

    heads = {"label": "类别", "name": "名称", "matched": "匹配方式", "status": "状态", "id": "编号"}
    print_rows(ask(open_store(store), text, most, statuses=trusted(without.split(","))), format, heads)


@app.command()
def chains(without: WithoutOption = "", store: StoreOption = None, format: FormatOption = Format.table) -> None:
    """列出全部产业链及各类数据的数量。"""
    from queries.things.chains import list_chains

    found = list_chains(open_store(store), trusted(without.split(",")))
    if format is Format.json:
        print_json([chain.model_dump(mode="json") for chain in found])
        return
    zh = {"segments": "环节", "products": "产品", "enterprises": "企业", "leaders": "链主", "projects": "项目", "statements": "数据"}
    rows = [chain.model_dump() | {name: sum(getattr(chain.counts, name).values()) for name in zh} for chain in found]
    print_rows(rows, format, {"name": "产业链", "id": "编号", "status": "状态"} | zh | {"source": "来源"})


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
    from queries.things.console import run_cypher

    settings = Settings()
    answer = run_cypher(
        open_store(store),
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


@app.command()
def draw(
    name: Annotated[str, typer.Argument(metavar="CHAIN|NAME", help="产业链或企业")],
    out: Annotated[Path, typer.Option("--out", help="写到这个 HTML 文件(单文件,可离线打开)")],
    without: WithoutOption = "",
    store: StoreOption = None,
) -> None:
    """把一条产业链或一家企业的上下游画成一个可离线打开的网页文件。"""
    from api.pictures.pictures import draw_chain, draw_enterprise
    from graph.errors import NotFound
    from queries.gaps.weak_links import weak_links
    from queries.names.search import find_chain, find_enterprise
    from queries.things.chains import view_chain
    from queries.things.enterprises import view_enterprise
    from queries.things.supply import customers, suppliers
    from queries.things.things import list_sources

    check_writable(out)
    graph, statuses = open_store(store), trusted(without.split(","))
    sources = {id: str(source.get("name", id)) for id, source in list_sources(graph).items()}
    try:
        chain = find_chain(graph, name).id
        page = draw_chain(view_chain(graph, chain, statuses), sources, weak_links(graph, chain, statuses))
    except NotFound:
        firm = say_which(name, find_enterprise(graph, name)).id
        sides = (suppliers(graph, firm, 2, statuses), customers(graph, firm, 2, statuses))
        page = draw_enterprise(view_enterprise(graph, firm, statuses), *sides, sources)
    write_text(out, page)
    say(f"已写到 {out}")


@app.command()
def schema(
    format: Annotated[str, typer.Option("--format", help="table、json、jsonschema 或 markdown")] = "table",
) -> None:
    """打印数据模型: 每类节点、关系与字段。"""
    from api.schema import as_json, as_json_schema, as_markdown, as_rows

    if format == "json":
        print_json(as_json())
    elif format == "jsonschema":
        print_json(as_json_schema())
    elif format == "markdown":
        sys.stdout.write(as_markdown())
    elif format in ("table", "csv"):
        heads = {"type": "类型", "zh": "中文", "field": "字段", "head": "表头", "kind": "取值", "required": "必填"}
        print_rows(as_rows(), Format(format), heads)
    else:
        raise typer.BadParameter("应为 table、csv、json、jsonschema 或 markdown")


@app.command()
def template(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="表的类别,如 enterprises、supplies、企业、供应关系")],
    out: Annotated[Path, typer.Option("--out", help="写到这个 .xlsx 文件")],
) -> None:
    """生成一张带下拉选项和示例行的 Excel 空表,填好后可直接载入。"""
    from loaders.templates import write_template

    record = _kind(kind)
    assert record is not None
    write_template(record, out)
    say(f"已写到 {out}")


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址;本机以外的地址须先设置 LIANZHANG_API_KEY")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口")] = 8000,
    store: StoreOption = None,
) -> None:
    """启动网页与接口。"""
    from api.server.serving import bind, end_at_once_when_told, run

    end_at_once_when_told()
    settings = Settings()
    from api.app import check_exposure, create_app

    check_exposure(host, settings)
    listening = bind(host, port)
    names = settings.model_copy(update={"hosts": f"{settings.hosts},{host}"})
    app_ = create_app(open_store(store, settings), names, warm=True)
    run(app_, listening, lambda: say(f"链长已启动: http://{_address(host, listening)}  (Ctrl-C 结束)"))


def _address(host: str, listening: socket.socket) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"


def main() -> None:
    """Run the command; bad input, and what cannot be read or written, ends with 1 and its reasons, wrong usage with 2."""
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except LianzhangError as error:
        say(f"{error.title}: {error.message}")
        sys.exit(1)
    except OSError as error:
        end_after(error)

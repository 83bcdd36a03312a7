"""The ``lianzhang`` command."""

import json
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import cli_store
from api.chains import commands as chain_commands
from api.changes import commands as change_commands
from api.core.asked import add_commands
from api.core.options import FormatOption, StoreOption, close_stores, reach
from api.core.output import Format, end_after, explain, print_json, print_rows, progress, say
from api.coverage.commands import coverage_app
from api.firms import commands as firm_commands
from api.gaps import commands as gap_commands
from api.handouts import HANDOUTS
from api.load import commands as load_commands
from api.matching import commands as match_commands
from api.openings.commands import ledger_app
from api.people import commands as people_commands
from api.placing import commands as place_commands
from graph.errors import InputError, LianzhangError
from graph.outputs import check_writable, write_text
from queries.questions import QUESTIONS

if TYPE_CHECKING:
    from graph.model import Record

OF_THE_GRAPH = (cli_store, load_commands, place_commands, change_commands, people_commands)
ROOMS = (chain_commands, firm_commands, gap_commands, match_commands, *OF_THE_GRAPH)

SEEDS = Path("seeds")  # the word, wherever one is; the folder comes with the packages

app = typer.Typer(
    help="链长: 一座城市的产业链、链主、配套企业、产品与项目的知识图谱。\n\n"
    "先 `lianzhang load seeds` 载入数据,再 `lianzhang serve` 打开页面。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
BELOW = {"ledger": ledger_app, "placements": place_commands.placements_app, "coverage": coverage_app}
add_commands(app, QUESTIONS, HANDOUTS, BELOW)
for commands in ROOMS:
    app.add_typer(commands.app)


@app.command()
def load(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH…", help="文件或目录: CSV、Excel、JSON lines,或 ChainKnowledgeGraph 目录"),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查并报告,不写入任何东西")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="把完整报告(JSON)写到这个文件")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="表的类别,认不出时指定,如 enterprises 或 企业")] = None,
    source: Annotated[
        str | None,
        typer.Option("--source", help="整个文件的来源,如 企查查导出 2026-11-20;行里写了的以行里的为准"),
    ] = None,
    status: Annotated[
        str | None, typer.Option("--status", help="整个文件的数据状态,如 reported 或 据报道;行里写了的以行里的为准")
    ] = None,
    leader: Annotated[
        str | None, typer.Option("--leader", help="整张表说的是哪家链主: 它的供应商名录,或它的采购需求")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="表头=字段", help="认不出的表头是哪个字段,如 公司名=name;可写多次"),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            metavar="表头=用处",
            help="个人信息的列缺省不载入；要时写明用处，如 电话=回访，载入的是遮盖过的；可写多次",
        ),
    ] = None,
    edition: Annotated[
        bool | None,
        typer.Option(
            "--edition/--no-edition",
            help="是不是同名名单的下一期：是，上一期有而这一期没有的到这一期的日期为止；不写时看来源里的名称与日期，以及重合多少",
        ),
    ] = None,
    census: Annotated[
        str,
        typer.Option(
            "--census",
            metavar="什么@哪里@哪天",
            help="这份名单是普查，如 C39@青岛市@2026-06：行业、环节、产品、产业链或“全部”；"
            "不是全部企业的再加 @哪些企业，如 @规上企业，只说名录内没有，不判缺",
        ),
    ] = "",
    rejects: Annotated[Path, typer.Option("--rejects", help="拒收的行写到这个目录,改好后可再载入")] = Path(
        "lianzhang-rejects"
    ),
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """载入文件: 好的行载入,坏的行逐行说明原因;再载入一次全部为 same。

    当前目录里没有 seeds 时,seeds 指随程序安装的种子数据。
    """
    from loaders.layouts.told import read_pairs
    from loaders.run import Options
    from loaders.run import load as run

    if report:
        check_writable(report)
    proof = {name: value.strip() for name, value in (("source", source), ("status", status)) if value and value.strip()}
    if source is not None and "source" not in proof:
        raise InputError("--source 是空的,请写明这个文件出自哪里")
    with progress() as step:
        options = Options(
            dry_run=dry_run,
            kind=_kind(kind),
            rejects=rejects,
            step=step,
            proof=proof,
            leader=(leader or "").strip(),
            columns=read_pairs("--map", columns or [], "公司名=name", once=True),
            keep=read_pairs("--keep", keep or [], "电话=回访"),
            edition=edition,
            census=census.strip(),
        )
        done = run(
            [_carried(path) for path in paths],
            reach(store),
            options,
        )
    if format is Format.json:
        print_json(done.as_dict())
    else:
        counted = {"read": "读入", "new": "新增", "changed": "更新", "same": "相同", "rejected": "拒收"}
        total: dict[str, Any] = {"file": "合计"} | {name: done.total(name) for name in counted}
        heads = {"file": "文件", "sheet": "表", "kind": "类别", **counted}
        print_rows([*(vars(file) for file in done.files), total], format, heads)
    explain(done)
    if report:
        write_text(report, json.dumps(done.as_dict(), ensure_ascii=False, indent=2))
    if done.bad:
        raise typer.Exit(1)


def _carried(path: Path) -> Path:
    """Return the seeds that came with the program where they are meant: those of the current folder go before."""
    carried = Path(__file__).resolve().parent.parent / path
    if path.parts[:1] != SEEDS.parts or SEEDS.exists() or not carried.exists():
        return path
    say(f"当前目录里没有 {SEEDS},载入随程序安装的 {carried}")
    return carried


def _kind(word: str | None) -> "type[Record] | None":
    from graph.model import find_type

    if word is None:
        return None
    record = find_type(word)
    if record is None:
        raise InputError(f"没有“{word}”这类表,可用 lianzhang schema 查看全部类别")
    return record


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
    host: Annotated[
        str, typer.Option("--host", help="监听地址;本机以外的地址须先设置 LIANZHANG_API_KEY")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="端口")] = 8000,
    store: StoreOption = None,
) -> None:
    """启动网页与接口。"""
    from api.server.serving import bind, end_at_once_when_told, run

    end_at_once_when_told()
    from api.app import check_exposure, create_app
    from graph.settings import Settings
    from graph.stores import open_store

    settings = Settings()
    check_exposure(host, settings)
    listening = bind(host, port)
    names = settings.model_copy(update={"hosts": f"{settings.hosts},{host}", "store": store or settings.store})
    app_ = create_app(open_store(store, settings), names, warm=True)
    run(app_, listening, lambda: say(f"链长已启动: http://{_address(host, listening)}  (Ctrl-C 结束)"))


def _address(host: str, listening: socket.socket) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"


def main() -> None:
    """Run the command; bad input, and what cannot be read or written, ends with
    1 and its reasons, wrong usage with 2."""
    try:
        try:
            app()
        finally:
            close_stores()
            sys.stdout.flush()
    except LianzhangError as error:
        say(f"{error.title}: {error.message}")
        sys.exit(1)
    except OSError as error:
        end_after(error)

"""The commands of matching: suppliers for needs, and how well hidden links are found again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.options import CityOption, FormatOption, StoreOption, WithoutOption, look
from api.core.output import Format, print_json, print_rows, progress, say
from graph.errors import InputError

if TYPE_CHECKING:
    from queries.core.view import View
    from queries.networks.answers import BackTest
    from queries.networks.link_prediction import KnownLinks

app = typer.Typer()

BACKTEST_HEADS = {"links": "关系", "asked": "问哪些隐藏的", "hidden": "隐藏", "method": "方法", "mrr": "MRR"}
BACKTEST_HEADS |= {cut: f"召回@{cut}" for cut in ("10", "20", "50")}


@app.command()
def backtest(
    links: Annotated[
        Path | None, typer.Option("--links", help="JSON lines: firm、item,可有 industry;缺省用图中的生产、供应关系")
    ] = None,
    hidden: Annotated[float, typer.Option("--hidden", min=0.01, max=0.9, help="隐藏多大一份,每家企业至少留三条")] = 0.2,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=100, help="换几次隐藏的关系")] = 5,
    without: WithoutOption = "",
    city: CityOption = "",
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """回测: 藏起一部分已知的关系,按产品(或客户)给企业排名,看各种方法找回多少;附 95% 区间。

    隐藏的关系太少、看不出好坏时,只说明,不列数字。文件里读不了的行逐行报告,其余照样用;有这样的行时退出码为 1。
    """
    from queries.networks.backtest import backtest as ask

    with progress() as step:
        step("读入关系", 0)
        known, bad = _read_links(links) if links else (_known_links(look(without, city, store)), False)
        tests = {
            name: ask(known_links, hidden, seeds, lambda text: step(text, 0)) for name, known_links in known.items()
        }
    if format is Format.json:
        print_json({name: test.model_dump(mode="json") for name, test in tests.items()})
    else:
        _print_tests(tests, format)
    if bad:
        raise typer.Exit(1)


def _print_tests(tests: "dict[str, BackTest]", format: Format) -> None:
    rows: list[dict[str, Any]] = []
    for name, test in tests.items():
        for measure in test.measures:
            cells = {"mrr": _told(measure.mrr), **{str(cut): _told(value) for cut, value in measure.recall.items()}}
            rows.append(
                {
                    "links": name,
                    "asked": measure.asked,
                    "hidden": f"{measure.hidden:.0f}",
                    "method": measure.method,
                    **cells,
                }
            )
    print_rows(rows, format, BACKTEST_HEADS)
    for name, test in tests.items():
        counts = f"{name}: 关系 {test.links:,},企业 {test.firms:,},另一端 {test.items:,},换种子 {test.seeds} 次"
        say(f"{counts};{test.too_few or '± 是各次之间的 95% 区间'}")


def _known_links(view: "View") -> "dict[str, KnownLinks]":
    from queries.city.city import read_city
    from queries.networks.known_links import links_of

    city = read_city(view)
    return {"生产": links_of(city, "PRODUCES"), "供应": links_of(city, "SUPPLIES")}


def _read_links(path: Path) -> "tuple[dict[str, KnownLinks], bool]":
    """Return the links of a file, and whether there are rows that cannot be used; these are told."""
    from loaders.files.jsonl import read_objects
    from queries.networks.known_links import links_from_rows

    if not path.is_file():
        raise InputError(f"没有这个文件: {path}")
    lines, bad = read_objects(path)
    faults = [f"第 {fault.row} 行 {fault.reason}" for fault in bad]
    faults += [
        f"第 {number} 行缺少 firm 或 item" for number, line in lines if not (line.get("firm") and line.get("item"))
    ]
    for fault in faults:
        say(f"未用: {path}: {fault}")
    used = [line for _, line in lines if line.get("firm") and line.get("item")]
    texts = [
        (str(line["firm"]), str(line["item"]), str(line["industry"]) if line.get("industry") else None) for line in used
    ]
    return {path.stem: links_from_rows(texts)}, bool(faults)


def _told(value: tuple[float, float | None, float | None]) -> str:
    mean, low, _ = value
    return f"{mean:.4f}" if low is None else f"{mean:.4f} ±{mean - low:.4f}"


@app.command()
def match(
    offers: Annotated[
        Path,
        typer.Option(
            "--offers",
            help='JSON lines: {"supplier": 编号, "name": …, "industry": […], "products": [{"name": …, "weight": 0.5}]}',
        ),
    ],
    needs: Annotated[
        Path, typer.Option("--needs", help='JSON lines: {"need": 编号, "text": 需求};可有 "firm": 提出需求的企业')
    ],
    out: Annotated[Path, typer.Option("--out", help="结果写到这个文件: 每项需求一行,供应商按份额排列,附理由")],
    relations: Annotated[
        Path | None, typer.Option("--relations", help='JSON lines: {"from": …, "relation": …, "to": …};只写进理由')
    ] = None,
    known: Annotated[
        Path | None,
        typer.Option(
            "--known", help='JSON lines: {"need": 编号, "suppliers": [编号]},谁满足过哪项需求: 满足过别的需求的排得靠前'
        ),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, max=400, help="每项需求最多列几家")] = 100,
    index: Annotated[Path | None, typer.Option("--index", help="把索引留在这个目录,下次只重算变了的供应商")] = None,
) -> None:
    """匹配: 一项几个字的需求,哪些供应商能满足;离线,不用下载的模型,每一家都写明理由。设了
    LIANZHANG_EMBEDDING_URL 才用单位自己的向量接口。

    读不了的行逐行报告,其余照样匹配;有这样的行时退出码为 1。方法与在 dev 上的指标见 docs/matching.md。
    """
    from graph.settings import Settings
    from queries.matching.embedding import configured
    from queries.matching.run import match_files

    with progress() as step:
        embedder = configured(Settings())
        done = match_files(
            offers, needs, out, relations=relations, known=known, most=top, index=index, tell=step, embedder=embedder
        )
    say(f"已写到 {out}: {done.needs:,} 项需求,{done.suppliers:,} 家供应商,没有答案的 {done.unanswered:,} 项")
    for line in done.bad:
        say(line)
    if done.bad:
        raise typer.Exit(1)

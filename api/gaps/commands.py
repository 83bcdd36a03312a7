"""The commands over files about gaps: products of a register placed on the chains, systemic risk of a network."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.core.options import FormatOption, reading
from api.core.output import Format, print_json, print_rows, progress, say
from graph.outputs import check_writable, writing

if TYPE_CHECKING:
    from queries.core.view import View

app = typer.Typer()

MAPPED_FILES = ("produces", "operates_in")


@app.command(name="map-products")
@reading
def map_products(
    graph: "View",
    out: Annotated[
        Path | None, typer.Option("--out", help="把推得的 生产、企业环节 写成两个 CSV 放到这个目录,人工看过后可载入")
    ] = None,
    format: FormatOption = Format.table,
) -> None:
    """名录里的产品对应到产业链: 按词尾比较,报告各链匹配、有歧义的企业数,以及对不上的。"""
    from collections import Counter

    import polars as pl

    from queries.city.city import read_city
    from queries.matching.chain_mapping import map_products as ask

    if out is not None:
        for name in MAPPED_FILES:
            check_writable(out / f"{name}.csv")
    city = read_city(graph)
    mapping = ask(city)
    firms, products = Counter(mapping.firms().values()), Counter(match.verdict for match in mapping.matches)
    chains = [{"chain": city.names["Chain"][id], **counts} for id, counts in mapping.by_chain().items()]
    if format is Format.json:
        matches = [vars(match) for match in mapping.matches if match.verdict != "none"]
        print_json({"firms": dict(firms), "products": dict(products), "chains": chains, "matches": matches})
    else:
        print_rows(chains, format, {"chain": "产业链", "matched": "匹配的企业", "ambiguous": "有歧义的企业"})
    for title, counts in (("企业", firms), ("不在任何环节的产品", products)):
        say(f"{title}: 匹配 {counts['matched']:,},有歧义 {counts['ambiguous']:,},对不上 {counts['none']:,}")
    if out is not None:
        for name, rows in zip(MAPPED_FILES, mapping.rows(), strict=True):
            with writing(out / f"{name}.csv") as fresh:
                pl.DataFrame(rows).write_csv(fresh)
            say(f"已写到 {out / name}.csv: {len(rows):,} 行,状态都是“推断”")


@app.command(name="systemic-risk")
def systemic_risk(
    edges: Annotated[Path, typer.Option("--edges", help="CSV: supplier,buyer,amount(供应商卖给客户多少)")],
    firms: Annotated[Path, typer.Option("--firms", help="CSV: firm,industry")],
    essentiality: Annotated[
        Path, typer.Option("--essentiality", help="CSV 方阵: 行供应、列购买的行业;0 可忽略、1 非必需、2 必需")
    ],
    out: Annotated[Path, typer.Option("--out", help="结果写到这个 CSV: esri 及其下游、上游部分")],
    substitution: Annotated[bool, typer.Option("--substitution", help="同行业其他企业按份额顶上")] = False,
    tolerance: Annotated[float, typer.Option("--tolerance", help="一步之内变化都不超过它就停;结果与它有关")] = 0.01,
    scenario: Annotated[
        Path | None, typer.Option("--scenario", help="CSV: firm,capacity(0 至 1);只算这一个情景,没列出的企业为 1")
    ] = None,
    weights: Annotated[Path | None, typer.Option("--weights", help="CSV: firm,weight;缺省按各企业的销售额")] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="用几个线程;缺省为全部处理器")] = None,
) -> None:
    """系统性风险 ESRI: 每家企业停产,全网损失多大一份(Diem 等,Scientific Reports 12:7719,2022)。

    Ctrl-C 停下时,已经算出的照样写出。
    """
    import polars as pl

    from queries.networks.risk_tables import read_levels, read_network, write_risk
    from queries.networks.systemic_risk import systemic_risk as ask

    check_writable(out)
    known = read_network(edges, firms, essentiality)
    levels = None if scenario is None else read_levels(scenario, "capacity", known.firms, 1.0)[None, :]
    weight = None if weights is None else read_levels(weights, "weight", known.firms, None)
    names = known.firms if scenario is None else pl.Series("scenario", [scenario.stem])
    with progress() as step:

        def tell(done: int) -> None:
            step(f"计算系统性风险: {done:,} / {len(names):,} 个情景", 0)

        tell(0)
        risk = ask(
            known.network,
            levels,
            substitution=substitution,
            tolerance=tolerance,
            weights=weight,
            threads=threads,
            step=tell,
        )
    write_risk(out, names, risk)
    say(f"已写到 {out}: {int(risk.done.sum()):,} 个情景")
    if not risk.done.all():
        say("已中断,其余的没有计算")
        raise typer.Exit(130)

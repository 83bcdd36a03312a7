"""The commands that compute: weak links, certificates, what if, systemic risk, structure."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.options import ChainArgument, FormatOption, reading
from api.core.output import Format, print_json, print_rows, progress, say, say_which
from graph.outputs import check_writable, write_text, writing

if TYPE_CHECKING:
    from queries.core.view import View

app = typer.Typer()

WEAK_HEADS = {
    "tier": "层级", "segment": "环节", "product": "产品", "state": "状态", "score": "评分", "action": "行动", "firms": "本地企业",
    "status": "依据", "reasons": "理由",
}  # fmt: skip
MAPPED_FILES = ("produces", "operates_in")
CHANGE_HEADS = {"name": "环节或产品", "before": "之前", "after": "之后", "score_before": "评分(前)", "score_after": "评分(后)"}


@app.command(name="weak-links")
@reading
def weak_links(
    graph: "View",
    chain: ChainArgument,
    products: Annotated[bool, typer.Option("--products", help="表格里也列出各环节的产品(JSON 总是列出)")] = False,
    format: FormatOption = Format.table,
) -> None:
    """断点: 一条链各环节与产品的状态(缺链、弱链、强链、未知)、评分、理由、依据与行动。

    没有普查记录的环节不判缺链。评分 0 至 100,越高越弱,是各项之和;规则见 queries/gaps/rules.toml。
    """
    from queries.gaps.weak_links import weak_links as ask
    from queries.names.search import find_chain

    with progress() as step:
        step("计算断点", 0)
        answer = ask(graph, find_chain(graph, chain).id)
    if format is Format.json:
        print_json(answer.model_dump(mode="json"))
        return
    rows: list[dict[str, Any]] = []
    for segment in answer.segments:
        for one in (segment, *(segment.products if products else ())):
            row = one.model_dump(mode="json", include={"state", "score", "action", "status", "product"}) | {"segment": segment.segment}
            rows.append(row | {"tier": segment.tier, "firms": len(one.firms), "reasons": ";".join(one.reasons)})
    heads = {key: head for key, head in WEAK_HEADS.items() if products or key != "product"}
    print_rows(rows, format, heads)
    for note in answer.notes:
        say(f"注意: {note}")
    flipped = "、".join(answer.stability.flipped) or "没有"
    least = answer.stability.least_correlation
    say(f"规则 {answer.rule_version};每个数移动 ±20% 时状态会变的: {flipped};环节名次的最小秩相关 {least}")


@app.command()
@reading
def certificate(
    graph: "View",
    chain: ChainArgument,
    place: Annotated[str, typer.Argument(metavar="PLACE", help="环节或产品的名称或编号")],
    out: Annotated[Path | None, typer.Option("--out", help="写到文件: .html 可离线打开和打印,.json 给程序用;缺省打印 JSON")] = None,
) -> None:
    """断点说明: 谁需要它,查过哪些本地企业、为何都不能填补,用了哪版规则、哪天的数据、哪些来源。"""
    from api.gaps.certificates import certificate_file
    from queries.gaps.certificate import certificate as ask
    from queries.gaps.names import find_place
    from queries.gaps.weak_links import examine
    from queries.names.search import find_chain

    if out is not None:
        check_writable(out)
    chain_id = find_chain(graph, chain).id
    found = find_place(examine(graph, chain_id), place)
    answer = ask(graph, chain_id, found.label, found.id)
    if out is None:
        print_json(answer.model_dump(mode="json"))
        return
    write_text(out, answer.model_dump_json(indent=2) if out.suffix == ".json" else certificate_file(answer))
    say(f"已写到 {out}")


@app.command(name="what-if")
@reading
def what_if(
    graph: "View",
    chain: ChainArgument,
    remove: Annotated[list[str] | None, typer.Option("--remove", metavar="NAME", help="假设这家企业退出;可写多次")] = None,
    land: Annotated[list[str] | None, typer.Option("--land", metavar="NAME:PRODUCT", help="假设企业落地生产某产品;可写多次")] = None,
    format: FormatOption = Format.table,
) -> None:
    """假如: 企业退出或落地之后,各环节的状态、评分与风险,补上的和新开的缺口,牵涉的链主。"""
    from queries.gaps.names import find_landing
    from queries.gaps.what_if import what_if as ask
    from queries.names.search import find_chain, find_enterprise

    leaving = [say_which(name, find_enterprise(graph, name)) for name in remove or ()]
    landing = [find_landing(graph, text) for text in land or ()]
    with progress() as step:
        step("推演", 0)
        answer = ask(graph, find_chain(graph, chain).id, leaving, landing)
    if format is Format.json:
        print_json(answer.model_dump(mode="json"))
        return
    print_rows(answer.changes, format, CHANGE_HEADS)
    for title, gaps in (("补上的缺口", answer.gaps_closed), ("新开的缺口", answer.gaps_opened)):
        for gap in gaps:
            say(f"{title}: {gap.product}({gap.state}): {gap.reason}")
    say(f"牵涉的链主: {'、'.join(leader.name for leader in answer.leaders_affected) or '没有'}")
    before, after = answer.before.served, answer.after.served
    say(
        f"链主需求 {before.needs} 项,有来源的 {before.served_now} 项,之后 {after.needs} 项中 {after.served_now} 项;"
        f"企业随机退出时仍有来源的份额(曲线下面积) {before.random_area} → {after.random_area}"
    )
    for text in answer.assumptions:
        say(f"假定: {text}")


@app.command()
@reading
def structure(
    graph: "View",
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="每一项最多列几个")] = 20,
    format: FormatOption = Format.table,
) -> None:
    """供应网络的结构: 割点、桥、成环的企业、居中的企业、群落,以及群落与已认定集群的一致程度(调整互信息)。"""
    from queries.networks.supply_structure import supply_structure as ask

    with progress() as step:
        step("计算供应网络的结构", 0)
        found = ask(graph, most)
    if format is Format.json:
        print_json(found.model_dump(mode="json"))
        return
    rows: list[dict[str, Any]] = [{"measure": "割点", "firm": firm.name} for firm in found.single_points]
    rows += [{"measure": "桥", "firm": f"{link.one.name} — {link.other.name}"} for link in found.bridges]
    rows += [{"measure": "成环", "firm": "、".join(firm.name for firm in loop)} for loop in found.loops]
    for measure, ranking in (("PageRank", found.pagerank), ("介数", found.betweenness)):
        rows += [{"measure": measure, "firm": one.firm.name, "value": f"{one.value:.6f}"} for one in ranking]
    rows += [{"measure": "群落", "firm": "、".join(firm.name for firm in group), "value": len(group)} for group in found.communities]
    print_rows(rows, format, {"measure": "度量", "firm": "企业", "value": "值"})
    agreed = "没有可比的集群" if found.cluster_agreement is None else f"{found.cluster_agreement:.3f}"
    told = f"企业 {found.firms:,},供应关系 {found.links:,};割点 {found.single_points_count:,},桥 {found.bridges_count:,}"
    say(f"{told},群落 {found.communities_count:,};与已认定集群的调整互信息: {agreed}")


@app.command(name="map-products")
@reading
def map_products(
    graph: "View",
    out: Annotated[Path | None, typer.Option("--out", help="把推得的 生产、企业环节 写成两个 CSV 放到这个目录,人工看过后可载入")] = None,
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
    found = ask(city)
    firms, products = Counter(found.firms().values()), Counter(match.verdict for match in found.matches)
    chains = [{"chain": city.names["Chain"][id], **counts} for id, counts in found.by_chain().items()]
    if format is Format.json:
        matches = [vars(match) for match in found.matches if match.verdict != "none"]
        print_json({"firms": dict(firms), "products": dict(products), "chains": chains, "matches": matches})
    else:
        print_rows(chains, format, {"chain": "产业链", "matched": "匹配的企业", "ambiguous": "有歧义的企业"})
    for title, counts in (("企业", firms), ("不在任何环节的产品", products)):
        say(f"{title}: 匹配 {counts['matched']:,},有歧义 {counts['ambiguous']:,},对不上 {counts['none']:,}")
    if out is not None:
        for name, rows in zip(MAPPED_FILES, found.rows(), strict=True):
            with writing(out / f"{name}.csv") as fresh:
                pl.DataFrame(rows).write_csv(fresh)
            say(f"已写到 {out / name}.csv: {len(rows):,} 行,状态都是“推断”")


@app.command(name="systemic-risk")
def systemic_risk(
    edges: Annotated[Path, typer.Option("--edges", help="CSV: supplier,buyer,amount(供应商卖给客户多少)")],
    firms: Annotated[Path, typer.Option("--firms", help="CSV: firm,industry")],
    essentiality: Annotated[Path, typer.Option("--essentiality", help="CSV 方阵: 行供应、列购买的行业;0 可忽略、1 非必需、2 必需")],
    out: Annotated[Path, typer.Option("--out", help="结果写到这个 CSV: esri 及其下游、上游部分")],
    substitution: Annotated[bool, typer.Option("--substitution", help="同行业其他企业按份额顶上")] = False,
    tolerance: Annotated[float, typer.Option("--tolerance", help="一步之内变化都不超过它就停;结果与它有关")] = 0.01,
    scenario: Annotated[Path | None, typer.Option("--scenario", help="CSV: firm,capacity(0 至 1);只算这一个情景,没列出的企业为 1")] = None,
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

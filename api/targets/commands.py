"""The commands of 招商名录: the targets of a chain, the portfolio over all chains."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.options import ChainArgument, FormatOption, reading
from api.core.output import Format, print_json, print_rows, progress, say

if TYPE_CHECKING:
    from queries.core.view import View

app = typer.Typer()

TARGET_HEADS = {"rank": "名次", "firm.name": "企业", "region": "所在地", "score": "得分"}
TARGET_TAIL = {"gaps": "补上的缺口", "why": "为什么", "why_not": "不利之处", "status": "状态", "source": "来源"}
CHOSEN_HEADS = {
    "place": "次序", "firm.name": "企业", "region": "所在地", "adds": "补上的评分", "closed": "累计", "gaps": "补上的缺口",
    "same": "同样能补的", "why_not": "不利之处", "status": "状态", "source": "来源",
}  # fmt: skip
SHOWN = 5  # names in a line


@app.command()
@reading
def targets(
    graph: "View",
    chain: ChainArgument,
    top: Annotated[int, typer.Option("--top", min=1, max=1000, help="列前几名,也按前几名看权重移动时的进出")] = 20,
    format: FormatOption = Format.table,
) -> None:
    """招商名录: 能补一条链缺口的外地企业,按各因素加权排名;每个因素、为什么与不利之处都列出。

    权重见 queries/targets/weights.toml。没有已知外地企业的缺口、未知的产品、所在地没有登记的企业另列,不混在排名里。
    """
    from queries.names.search import find_chain
    from queries.targets.chain import list_targets
    from queries.targets.weights import read_weights

    with progress() as step:
        step("排招商名录", 0)
        answer = list_targets(graph, find_chain(graph, chain).id, top)
    if format is Format.json:
        print_json(answer.model_dump(mode="json"))
        return
    rows = []
    for one in answer.targets:
        row: dict[str, Any] = one.model_dump(mode="json")
        row |= {factor.key: f"{factor.points:g}/{factor.most:g}" for factor in one.factors}
        row |= {"gaps": ";".join(f"{gap.product}({gap.state} {gap.score:g},{gap.how})" for gap in one.gaps)}
        rows.append(row | {"why": ";".join(one.why), "why_not": ";".join(one.why_not)})
    names = {key: weight.name for key, weight in read_weights().factor.by_key().items()}
    print_rows(rows, format, TARGET_HEADS | names | TARGET_TAIL)
    for note in answer.notes:
        say(f"注意: {note}")
    say(_listed("没有已知的外地企业的缺口", [f"{gap.product}({gap.state} {gap.score:g})" for gap in answer.without_firms]))
    say(_listed("未知,先普查", [place.product for place in answer.unknown]))
    say(_listed("所在地未登记,须核实", [f"{one.firm.name}({one.product})" for one in answer.unplaced]))
    say(_listed("不是招引对象", [f"{one.firm.name}({one.product}: {one.why_not})" for one in answer.excluded]))
    for moved in answer.stability.variants:
        if moved.left or moved.entered or moved.shifts:
            names_of = {title: "、".join(firm.name for firm in firms) for title, firms in (("离开", moved.left), ("进入", moved.entered))}
            told = [f"{title} {told}" for title, told in names_of.items() if told]
            told += [f"{one.firm.name} {one.before}→{one.after}" for one in moved.shifts]
            say(f"{moved.name} ×{moved.factor:g}: {'; '.join(told)}")
    least = "无从计算(不到两家)" if answer.stability.least_correlation is None else f"{answer.stability.least_correlation:g}"
    changed = sum(bool(moved.left or moved.entered or moved.shifts) for moved in answer.stability.variants)
    say(
        f"共 {answer.total} 家,权重 {answer.weights_version},规则 {answer.rule_version};各权重移动 ±20%(其余按比例补足)共"
        f" {len(answer.stability.variants)} 种,前 {top} 名有变化的 {changed} 种,名次的最小秩相关 {least}"
    )


@app.command()
@reading
def portfolio(
    graph: "View",
    most: Annotated[int | None, typer.Option("--most", min=1, max=1000, help="最多几家;缺省为补上最多缺口的最少几家")] = None,
    format: FormatOption = Format.table,
) -> None:
    """招商组合: 在全部产业链上,用最少的外地企业补上最多的缺口,并说明离最优至多差多少。"""
    from queries.targets.portfolio import make_portfolio

    with progress() as step:
        step("求招商组合", 0)
        answer = make_portfolio(graph, most)
    if format is Format.json:
        print_json(answer.model_dump(mode="json"))
        return
    rows = []
    for place, one in enumerate(answer.targets, 1):
        row: dict[str, Any] = one.model_dump(mode="json") | {"place": place}
        row |= {"gaps": ";".join(f"{gap.chain}: {gap.product}({gap.state} {gap.score:g})" for gap in one.gaps)}
        rows.append(row | {"same": "、".join(firm.name for firm in one.same), "why_not": ";".join(one.why_not)})
    print_rows(rows, format, CHOSEN_HEADS)
    say(answer.statement)
    say(f"全部缺口 {answer.gaps} 个,评分合计 {answer.weight:g};有已知外地企业能补的 {answer.closable:g},这一组补上 {answer.closed:g}")
    say(f"上界 {answer.bound:g},离最优至多差 {answer.short:.1%}")
    curve = [f"{one.most} 家 {one.closed:g}{'' if one.method == 'exact' else f'(至多 {one.bound:g})'}" for one in answer.curve]
    say(f"企业数与补上的评分: {','.join(curve) or '没有'}")
    say(_listed("没有已知企业能补的缺口", [f"{gap.chain}: {gap.product}({gap.state} {gap.score:g})" for gap in answer.unclosable]))
    for note in answer.notes:
        say(f"注意: {note}")


def _listed(title: str, names: list[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > SHOWN else ""
    return f"{title}: {'、'.join(names[:SHOWN]) or '没有'}{more}"

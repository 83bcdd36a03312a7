"""Tables of 招商名录: the ranking, its factors, what is kept apart, how it moves, the weights, the portfolio."""

from collections.abc import Sequence

from api.core.rows import Lazy
from api.core.table import Cell, Desk, Table, show_percent, status_cell
from api.gaps.tables import firms_cell, score_cell, state_cell
from queries.core.answers import Named
from queries.targets.answers import (
    Chosen,
    ClosedGap,
    FactorValue,
    NoTarget,
    OpenGap,
    Portfolio,
    Target,
    Targets,
    UnknownPlace,
    WeightStability,
)
from queries.targets.weights import Weights


def tables_of_targets(answer: Targets, desk: Desk) -> dict[str, Table]:
    """Return the tables of a chain's targets by what they show."""
    return {
        "ranking": _ranking(answer.targets, answer.total, desk),
        "factors": _factors(answer.targets, desk),
        "moves": table_weight_moves(answer.stability),
        "without": _without(answer.without_firms, desk),
        "unknown": _unknown(answer.unknown, desk),
        "unplaced": _no_targets("unplaced", "所在地未登记,须核实", answer.unplaced, desk),
        "excluded": _no_targets("excluded", "不是招引对象,为什么", answer.excluded, desk),
    }


def _number(value: float) -> Cell:
    return Cell(f"{value:g}", kind="number", sort=value)


def _said(lines: Sequence[str]) -> Cell:
    return Cell("\n".join(lines), kind="said", lines=tuple(lines), sort=len(lines))


def _ranking(targets: Sequence[Target], total: int, desk: Desk) -> Table:
    def row(one: Target) -> tuple[Cell, ...]:
        return (
            _number(one.rank),
            desk.thing("Enterprise", one.firm.id, one.firm.name, one.region),
            score_cell(one.score),
            _said([f"{gap.product}: {gap.state} {gap.score:g},{gap.how}" for gap in one.gaps]),
            _said([f"{factor.name} {factor.points:g}/{factor.most:g}" for factor in one.factors]),
            _said(one.why),
            _said(one.why_not),
            *desk.trust({"status": one.status, "source": one.source}),
        )

    columns = ("名次", "企业", "得分", "补上的缺口", "各因素(得分/权重)", "为什么", "不利之处", "状态", "来源")
    note = "各因素折成 0 至 1,乘权重相加就是得分(0 至 100),越高越值得去谈;每个因素怎样计见下一张表。"
    return Table("targets", "招商名录", columns, Lazy(targets, row), note, "没有能补缺口的已知外地企业", total)


def _factors(targets: Sequence[Target], desk: Desk) -> Table:
    def row(pair: tuple[Target, FactorValue]) -> tuple[Cell, ...]:
        one, factor = pair
        return (
            _number(one.rank),
            desk.thing("Enterprise", one.firm.id, one.firm.name),
            Cell(factor.name),
            Cell(f"{factor.value:.2f}", kind="share", sort=factor.value),
            Cell(f"{factor.points:g} / {factor.most:g}", kind="number", sort=factor.points),
            Cell(factor.reason),
        )

    rows = Lazy(((one, factor) for one in targets for factor in one.factors), row)
    return Table("target-factors", "各因素怎样计", ("名次", "企业", "因素", "值", "得分 / 权重", "数了什么"), rows, things=len(targets))


def table_weight_moves(stability: WeightStability) -> Table:
    """Return how the first targets change with each weight moved by a fifth."""

    def names(firms: Sequence[Named]) -> Cell:
        return Cell("、".join(firm.name for firm in firms) or "没有")

    rows = []
    for one in stability.variants:
        shifts = [f"{shift.firm.name}: {shift.before} → {shift.after}" for shift in one.shifts]
        correlation = Cell("" if one.rank_correlation is None else f"{one.rank_correlation:.2f}", kind="number", sort=one.rank_correlation)
        cells = (Cell(one.name), Cell(f"×{one.factor:g}", kind="number", sort=one.factor), correlation)
        rows.append((*cells, names(one.left), names(one.entered), _said(shifts or ["没有"])))
    columns = ("移动的权重", "移动", "名次的秩相关", f"离开前 {stability.top} 名", f"进入前 {stability.top} 名", "名次变动")
    return Table("target-moves", "权重移动 ±20% 的影响", columns, rows, "一个权重移动,其余按比例补足到 100。")


def _without(gaps: Sequence[OpenGap], desk: Desk) -> Table:
    rows = [
        (
            desk.thing("Product", gap.product_id, gap.product),
            Cell(gap.segment),
            state_cell(gap.state),
            score_cell(gap.score),
            firms_cell(gap.leaders),
            firms_cell(gap.guessed),
            Cell(gap.reason),
            status_cell(gap.status),
        )
        for gap in gaps
    ]
    columns = ("产品(服务)", "环节", "状态", "评分", "牵涉的链主", "模型推断的企业", "怎么办", "依据")
    return Table("target-without", "没有已知的外地企业", columns, rows, "有缺口,但没有登记过哪家外地企业生产它: 不在排名里。", "没有")


def _unknown(places: Sequence[UnknownPlace], desk: Desk) -> Table:
    rows = [
        (desk.thing("Product", one.product_id, one.product), Cell(one.segment), firms_cell(one.outside), Cell(one.reason)) for one in places
    ]
    columns = ("产品(服务)", "环节", "已知的外地企业", "为什么说不清")
    return Table("target-unknown", "未知: 先普查", columns, rows, "没有登记不等于没有: 查清之前不算缺口,也不算已补上。", "没有")


def _no_targets(id: str, title: str, firms: Sequence[NoTarget], desk: Desk) -> Table:
    def row(one: NoTarget) -> tuple[Cell, ...]:
        return (
            desk.thing("Enterprise", one.firm.id, one.firm.name, one.region),
            desk.thing("Product", one.product_id, one.product),
            Cell(one.why_not),
            *desk.trust({"status": one.status, "source": one.source}),
        )

    return Table(f"target-{id}", title, ("企业", "产品(服务)", "为什么", "状态", "来源"), Lazy(firms, row), empty="没有")


def tables_of_weights(weights: Weights) -> list[Table]:
    """Return every number by which targets are ranked, with its reason."""
    rows = [
        (Cell(weight.name), _number(weight.points), Cell(weight.why), Cell(f"factor.{key}"))
        for key, weight in weights.factor.by_key().items()
    ]
    others = [
        (Cell(f"{section}.{name}"), _number(threshold.value), Cell(threshold.why))
        for section in ("fit", "inferred", "scale")
        for name, threshold in getattr(weights, section)
    ]
    return [
        Table("rules-targets", f"招商名录的权重({weights.version})", ("因素", "权重", "怎样计", "键"), rows, "合计 100,越高越值得去谈。"),
        Table("rules-target-scales", "招商名录的契合与刻度", ("键", "数值", "为什么"), others),
    ]


def tables_of_portfolio(answer: Portfolio, desk: Desk) -> dict[str, Table]:
    """Return the tables of a portfolio by what they show."""
    return {
        "chosen": _chosen(answer.targets, desk),
        "curve": _curve(answer),
        "unclosable": _unclosable(answer.unclosable, desk),
        "unknown": _unknown_chains(answer.unknown),
    }


def _chosen(targets: Sequence[Chosen], desk: Desk) -> Table:
    rows = [
        (
            _number(place),
            desk.thing("Enterprise", one.firm.id, one.firm.name, one.region),
            _said([f"{gap.chain}: {gap.product}({gap.state} {gap.score:g})" for gap in one.gaps]),
            _number(one.adds),
            _number(one.closed),
            firms_cell(one.same),
            _said(one.why_not),
            *desk.trust({"status": one.status, "source": one.source}),
        )
        for place, one in enumerate(targets, 1)
    ]
    columns = ("次序", "企业", "补上的缺口", "补上的评分", "累计", "同样能补的企业", "不利之处", "状态", "来源")
    note = "按每家在前面各家之外又补上多少排列;前面已补上的缺口不重复计。"
    return Table("portfolio", "招商组合", columns, rows, note, "没有已知的外地企业能补上任何缺口")


def _curve(answer: Portfolio) -> Table:
    rows = [
        (
            _number(one.most),
            _number(one.closed),
            Cell(show_percent(one.closed / answer.weight if answer.weight else 0), kind="number", sort=one.closed),
            _number(one.bound),
            Cell("证到最优" if one.method == "exact" else "贪心"),
        )
        for one in answer.curve
    ]
    columns = ("最多几家", "补上的评分", "占全部缺口", "上界", "求法")
    return Table("portfolio-curve", "多一家企业,多补多少", columns, rows, empty="没有企业可选")


def _unclosable(gaps: Sequence[ClosedGap], desk: Desk) -> Table:
    rows = [
        (
            Cell(gap.chain, desk.links.to("chains", gap.chain_id)),
            desk.thing("Product", gap.product_id, gap.product),
            state_cell(gap.state),
            score_cell(gap.score),
            status_cell(gap.status),
            Cell("招商名录", desk.links.of_chain(gap.chain_id, "targets"), "action"),
        )
        for gap in gaps
    ]
    columns = ("产业链", "产品(服务)", "状态", "评分", "依据", "去看")
    return Table("portfolio-unclosable", "没有已知企业能补的缺口", columns, rows, "先找谁在生产它,登记后再排。", "没有")


def _unknown_chains(unknown: dict[str, int]) -> Table:
    rows = [(Cell(chain), _number(number)) for chain, number in unknown.items()]
    return Table("portfolio-unknown", "未知: 先普查", ("产业链", "状态未知的产品"), rows, "未知不算缺口,也不算已补上。", "没有")

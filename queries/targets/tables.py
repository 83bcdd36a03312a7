"""Tables of 招商名录 and what is said beside them: the ranking, its factors,
what is kept apart, how it moves, the portfolio."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from queries.core.table import TRUST, Ask, Column, Number, Table, ThingRef
from queries.core.words import show_percent
from queries.gaps.tables import FIRM, PRODUCT, SCORE, SEGMENT, STATE, correlation
from queries.targets.answers import (
    Chosen,
    ClosedGap,
    CurvePoint,
    FactorValue,
    NoTarget,
    OpenGap,
    Portfolio,
    StandsIn,
    Target,
    Targets,
    UnknownPlace,
    WeightMoved,
    WeightStability,
)  # fmt: skip
from queries.targets.weights import Weights

SHOWN = 5  # names in a line beside a table
PLACED: Column[Any] = replace(FIRM, extra=lambda row: row.region, apart="所在地")
BASIS: Column[Any] = Column("依据", lambda row: row.status, "status")
WHY_NOT: Column[Any] = Column("不利之处", lambda row: row.why_not, "lines")
FACTORS: list[Column[tuple[Target, FactorValue]]] = [
    Column("名次", lambda pair: pair[0].rank, "number"),
    Column("企业", lambda pair: FIRM.of(pair[0]), "thing"),
    Column("因素", lambda pair: pair[1].name),
    Column("值", lambda pair: Number(pair[1].value, f"{pair[1].value:.2f}"), "share"),
    Column("分 / 权重", lambda pair: Number(pair[1].points, f"{pair[1].points:g} / {pair[1].most:g}"), "number"),
    Column("数了什么", lambda pair: pair[1].reason),
]
WITHOUT: list[Column[OpenGap]] = [
    *(PRODUCT, SEGMENT, STATE, SCORE),
    Column("牵涉的链主", lambda gap: gap.leaders, "firms"),
    Column("模型推断的企业", lambda gap: gap.guessed, "firms"),
    Column("怎么办", lambda gap: gap.reason),
    BASIS,
]
UNKNOWN: list[Column[UnknownPlace]] = [
    *(PRODUCT, SEGMENT),
    Column("已知的外地企业", lambda place: place.outside, "firms"),
    Column("为什么说不清", lambda place: place.reason),
]
STANDING: list[Column[StandsIn]] = [PLACED, SEGMENT, Column("怎么办", lambda firm: firm.reason), *TRUST]
NO_TARGETS: list[Column[NoTarget]] = [PLACED, PRODUCT, Column("为什么", lambda target: target.why_not), *TRUST]


def tables_of_targets(answer: Targets) -> dict[str, Table[Any]]:
    """Return the tables of a chain's targets by what they show."""
    without = "有缺口，但没有登记过哪家外地企业生产它：不在排名里。"
    unknown = "没有登记不等于没有：查清之前不算缺口，也不算已补上。"
    factors = [(target, factor) for target in answer.targets for factor in target.factors]
    return {
        "ranking": table_of_targets(answer),
        "factors": Table("target-factors", "各因素怎样计", FACTORS, factors, things=len(answer.targets)),
        "moves": table_weight_moves(answer.stability),
        "without": Table("target-without", "没有已知的外地企业", WITHOUT, answer.without_firms, without, "没有"),
        "unknown": Table("target-unknown", "未知：先普查", UNKNOWN, answer.unknown, unknown, "没有"),
        "unplaced": Table("target-unplaced", "所在地未登记，须核实", NO_TARGETS, answer.unplaced, empty="没有"),
        "standing": Table("target-standing", "只知道在哪个环节，须问", STANDING, answer.standing, empty="没有"),
        "excluded": Table("target-excluded", "不是招引对象，为什么", NO_TARGETS, answer.excluded, empty="没有"),
    }


def table_of_targets(answer: Targets) -> Table[Target]:
    """Return the targets by rank, in files with a column for each factor."""

    def points(target: Target, key: str) -> str:
        return next(f"{factor.points:g}/{factor.most:g}" for factor in target.factors if factor.key == key)

    def all_points(target: Target) -> list[str]:
        return [f"{factor.name} {points(target, factor.key)}" for factor in target.factors]

    factors = answer.targets[0].factors if answer.targets else ()
    columns: list[Column[Target]] = [
        Column("名次", lambda target: target.rank, "number"),
        PLACED,
        Column("值得谈", lambda target: target.score, "score"),
        *(Column[Target](factor.name, partial(points, key=factor.key), on="text") for factor in factors),
        Column(
            "补上的缺口",
            lambda target: [f"{gap.product}：{gap.state} {gap.score:g}，{gap.how}" for gap in target.gaps],
            "lines",
        ),
        Column("各因素(分/权重)", all_points, "lines", on="page"),
        Column("为什么", lambda target: target.why, "lines"),
        WHY_NOT,
        *TRUST,
    ]
    note = "各因素折成 0 至 1，乘权重相加就是“值得谈”（0 至 100），越高越值得去谈；每个因素怎样计见下一张表。"
    return Table("targets", "招商名录", columns, answer.targets, note, "没有能补缺口的已知外地企业", answer.total)


def table_weight_moves(stability: WeightStability) -> Table[WeightMoved]:
    """Return how the first targets change with each weight moved by a fifth."""
    columns: list[Column[WeightMoved]] = [
        Column("移动的权重", lambda moved: moved.name),
        Column("移动", lambda moved: Number(moved.factor, f"×{moved.factor:g}"), "number"),
        Column("名次的秩相关", lambda moved: correlation(moved.rank_correlation), "number"),
        Column(f"离开前 {stability.top} 名", lambda moved: "、".join(firm.name for firm in moved.left) or "没有"),
        Column(f"进入前 {stability.top} 名", lambda moved: "、".join(firm.name for firm in moved.entered) or "没有"),
        Column(
            "名次变动",
            lambda moved: [f"{move.firm.name}：{move.before} → {move.after}" for move in moved.shifts] or ["没有"],
            "lines",
        ),
    ]
    return Table(
        "target-moves", "权重移动 ±20% 的影响", columns, stability.variants, "一个权重移动，其余按比例补足到 100。"
    )


def tables_of_weights(weights: Weights) -> list[Table[Any]]:
    """Return every number by which targets are ranked, with its reason."""
    factors: list[Column[Any]] = [
        Column("因素", lambda pair: pair[1].name),
        Column("权重", lambda pair: pair[1].points, "number"),
        Column("怎样计", lambda pair: pair[1].why),
        Column("键", lambda pair: f"factor.{pair[0]}", on="text"),
    ]
    others: list[Column[Any]] = [
        Column("数什么", lambda pair: pair[1].why),
        Column("数值", lambda pair: pair[1].value, "number"),
        Column("键", lambda pair: pair[0], on="text"),
    ]
    named = [
        (f"{section}.{name}", number)
        for section in ("fit", "inferred", "scale")
        for name, number in getattr(weights, section)
    ]
    title = f"招商名录的权重（{weights.version}）"
    return [
        Table("rules-targets", title, factors, list(weights.factor.by_key().items()), "合计 100，越高越值得去谈。"),
        Table("rules-target-scales", "招商名录的契合与刻度", others, named),
    ]


UNCLOSABLE: list[Column[ClosedGap]] = [
    Column("产业链", lambda gap: ThingRef("Chain", gap.chain_id, gap.chain), "thing"),
    *(PRODUCT, STATE, SCORE, BASIS),
    Column("去看", lambda gap: Ask("targets", "招商名录", {"chain": gap.chain_id}), "ask"),
]
UNKNOWNS: list[Column[tuple[str, int]]] = [
    Column("产业链", lambda pair: pair[0]),
    Column("状态未知的产品", lambda pair: pair[1], "number"),
]


def tables_of_portfolio(answer: Portfolio) -> dict[str, Table[Any]]:
    """Return the tables of a portfolio by what they show."""
    unknown, note = list(answer.unknown.items()), "未知不算缺口，也不算已补上。"
    left, first = answer.unclosable, "先找谁在生产它，登记后再排。"
    return {
        "chosen": _chosen(answer.targets),
        "curve": _curve(answer),
        "unclosable": Table("portfolio-unclosable", "没有已知企业能补的缺口", UNCLOSABLE, left, first, "没有"),
        "unknown": Table("portfolio-unknown", "未知：先普查", UNKNOWNS, unknown, note, "没有"),
    }


def _chosen(targets: Sequence[Chosen]) -> Table[Chosen]:
    order = {target.firm.id: place for place, target in enumerate(targets, 1)}
    columns: list[Column[Chosen]] = [
        Column("次序", lambda chosen: order[chosen.firm.id], "number"),
        PLACED,
        Column(
            "补上的缺口",
            lambda chosen: [f"{gap.chain}：{gap.product}（{gap.state} {gap.score:g}）" for gap in chosen.gaps],
            "lines",
        ),
        Column("补上的紧要", lambda chosen: chosen.adds, "number"),
        Column("累计", lambda chosen: chosen.closed, "number"),
        Column("同样能补的企业", lambda chosen: chosen.same, "firms"),
        WHY_NOT,
        *TRUST,
    ]
    note = "按每家在前面各家之外又补上多少排列；前面已补上的缺口不重复计。"
    return Table("portfolio", "招商组合", columns, targets, note, "没有已知的外地企业能补上任何缺口")


def _curve(answer: Portfolio) -> Table[CurvePoint]:
    columns: list[Column[CurvePoint]] = [
        Column("最多几家", lambda point: point.most, "number"),
        Column("补上的紧要", lambda point: point.closed, "number"),
        Column(
            "占全部缺口",
            lambda point: Number(point.closed, show_percent(point.closed / answer.weight if answer.weight else 0)),
            "number",
        ),
        Column("上界", lambda point: point.bound, "number", on="text"),
        Column("求法", lambda point: "证到最优" if point.method == "exact" else "贪心", on="text"),
    ]
    return Table("portfolio-curve", "多一家企业，多补多少", columns, answer.curve, empty="没有企业可选")


def notes_of_targets(answer: Targets, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is kept apart from the ranking, and how it moves with the weights."""
    yield from (f"注意：{note}" for note in answer.notes)
    yield _listed(
        "没有已知的外地企业的缺口", [f"{gap.product}（{gap.state} {gap.score:g}）" for gap in answer.without_firms]
    )
    yield _listed("未知，先普查", [place.product for place in answer.unknown])
    yield _listed(
        "所在地未登记，须核实", [f"{left_out.firm.name}（{left_out.product}）" for left_out in answer.unplaced]
    )
    yield _listed("只知道在哪个环节，须问", [f"{firm.firm.name}（{firm.segment}）" for firm in answer.standing])
    yield _listed(
        "不是招引对象",
        [f"{left_out.firm.name}（{left_out.product}：{left_out.why_not}）" for left_out in answer.excluded],
    )
    moves = [variant for variant in answer.stability.variants if variant.left or variant.entered or variant.shifts]
    for moved in moves:
        told = [
            f"{title} {'、'.join(firm.name for firm in firms)}"
            for title, firms in (("离开", moved.left), ("进入", moved.entered))
            if firms
        ]
        told += [f"{shift.firm.name} {shift.before}→{shift.after}" for shift in moved.shifts]
        yield f"{moved.name} ×{moved.factor:g}：{'；'.join(told)}"
    least = (
        "无从计算（不到两家）"
        if answer.stability.least_correlation is None
        else f"{answer.stability.least_correlation:g}"
    )
    yield (
        f"共 {answer.total} 家，权重 {answer.weights_version}，规则 {answer.rule_version}；"
        "各权重移动 ±20%（其余按比例补足）共"
        f" {len(answer.stability.variants)} 种，前 {answer.stability.top} 名有变化的 {len(moves)} 种，名次的最小秩相关 "
        f"{least}"
    )


def notes_of_portfolio(answer: Portfolio, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield how good the choice is, and what it leaves."""
    yield answer.statement
    yield (
        f"全部缺口 {answer.gaps} 个，紧要合计 {answer.weight:g}；"
        f"有已知外地企业能补的 {answer.closable:g}，这一组补上 {answer.closed:g}"
    )
    yield f"上界 {answer.bound:g}，离最优至多差 {answer.short:.1%}"
    curve = [
        f"{point.most} 家 {point.closed:g}{'' if point.method == 'exact' else f'(至多 {point.bound:g})'}"
        for point in answer.curve
    ]
    yield f"企业数与补上的紧要：{','.join(curve) or '没有'}"
    yield _listed(
        "没有已知企业能补的缺口",
        [f"{gap.chain}：{gap.product}（{gap.state} {gap.score:g}）" for gap in answer.unclosable],
    )
    yield from (f"注意：{note}" for note in answer.notes)


def _listed(title: str, names: list[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > SHOWN else ""
    return f"{title}：{'、'.join(names[:SHOWN]) or '没有'}{more}"

"""Tables of the weak links: segments, products, next steps, systemic risk, certificates, what if, the rules."""

from collections.abc import Iterable, Sequence

from api.core.rows import Lazy
from api.core.states import STATE_KEYS, weakest_first
from api.core.table import TIER_ORDER, Cell, Desk, Table, show_names, show_percent
from api.gaps.words import RULE_ZH, moved_zh, rule_value
from graph.model import STATUS_ZH
from queries.core.answers import Named
from queries.gaps.answers import (
    Certificate,
    Change,
    Demand,
    Extension,
    Gap,
    Judged,
    ProductState,
    Ranked,
    RiskRanking,
    Risky,
    SegmentState,
    Stability,
    WeakLinks,
    WhatIf,
)
from queries.gaps.rules import Rules

SHOWN = 3  # names in a cell
INFERRED = Cell(STATUS_ZH["inferred"], kind="status-inferred", sort=3)


def state_cell(state: str) -> Cell:
    """Return the cell of a state."""
    return Cell(state, kind=f"state-{STATE_KEYS[state]}", sort=list(STATE_KEYS).index(state))


def score_cell(score: float | None) -> Cell:
    """Return the cell of a score, empty where the state is not known."""
    return Cell("" if score is None else f"{score:g}", kind="score", sort="" if score is None else score)


def firms_cell(firms: Sequence[Named]) -> Cell:
    """Return the cell of some firms: how many, and the first by name."""
    return Cell(str(len(firms)), kind="firms", sort=len(firms), extra=_names(firms))


def _who(firms: Sequence[Named], desk: Desk) -> Cell:
    return desk.thing("Enterprise", firms[0].id, firms[0].name) if len(firms) == 1 else Cell(_names(firms))


def _names(firms: Sequence[Named]) -> str:
    return "、".join(firm.name for firm in firms[:SHOWN]) + (f" 等 {len(firms)} 家" if len(firms) > SHOWN else "")


def tables_of_gaps(answer: WeakLinks, desk: Desk) -> dict[str, Table]:
    """Return the tables of a chain's weak links by what they show."""
    products = [(segment, one) for segment in answer.segments for one in segment.products]
    products = [products[place] for place in weakest_first([one for _, one in products])]
    weak = [pair for pair in products if pair[1].state in ("缺链", "弱链")]
    rest = [pair for pair in products if pair[1].state not in ("缺链", "弱链")]
    return {
        "segments": _segments(answer, desk),
        "weak": _products("gap-products", "缺链与弱链的产品", weak, answer, desk),
        "rest": _products("gap-others", "强链与未知的产品", rest, answer, desk),
        "extensions": _extensions(answer, desk),
        "risk": _risk(answer.risk, answer, desk),
    }


def _segments(answer: WeakLinks, desk: Desk) -> Table:
    rows = []
    for place in weakest_first(answer.segments):
        one = answer.segments[place]
        cells = (
            Cell(one.segment, kind="segment", href=f"s|{one.segment_id}"),
            Cell(one.tier or "未注明", sort=TIER_ORDER.get(one.tier, 9)),
            *_judged(one),
            *_rests_on(one, desk),
            _certificate(answer, one.segment_id, desk),
        )
        rows.append(cells)
    columns = ("环节", "层级", "状态", "评分", "行动", "本地企业", "依据", "来源", "说明")
    return Table("gap-segments", "各环节的断点", columns, rows, "评分 0 至 100,越高越弱,是各项之和;点环节名在图中看各项。")


def _products(id: str, title: str, products: Iterable[tuple[SegmentState, ProductState]], answer: WeakLinks, desk: Desk) -> Table:
    rows = []
    for segment, one in products:
        cells = (
            desk.thing("Product", one.product_id, one.product),
            desk.thing("Segment", segment.segment_id, segment.segment),
            *_judged(one),
            *_rests_on(one, desk),
            _certificate(answer, one.product_id, desk),
        )
        rows.append(cells)
    return Table(id, title, ("产品(服务)", "环节", "状态", "评分", "行动", "本地企业", "依据", "来源", "说明"), rows)


def _judged(one: Judged) -> tuple[Cell, ...]:
    action = Cell(one.action, kind="act", extra=one.action_reason)
    return state_cell(one.state), score_cell(one.score), action, firms_cell(one.firms)


def _rests_on(one: Judged, desk: Desk) -> tuple[Cell, Cell]:
    """Return the least founded status that a state rests on, and the sources of its rows."""
    status = Cell(STATUS_ZH[one.status], kind=f"status-{one.status}") if one.status else Cell("不足", sort=9)
    sources = sorted({row.source for row in one.evidence})
    names = show_names((desk.sources.get(source, source) for source in sources), unit="个")
    return status, Cell(names, desk.links.to("sources", sources[0]) if len(sources) == 1 else "", "source")


def _certificate(answer: WeakLinks, place: str, desk: Desk) -> Cell:
    return Cell("断点说明", desk.links.of_chain(answer.chain_id, "certificate", place=place), "action")


def _computed(answer: WeakLinks, desk: Desk) -> tuple[Cell, Cell]:
    """Return status and source of what an algorithm found."""
    return INFERRED, Cell(f"规则 {answer.rule_version}", desk.links.page("/rules"), "source")


def _extensions(answer: WeakLinks, desk: Desk) -> Table:
    def row(one: Extension) -> tuple[Cell, ...]:
        near = "、".join(f"{other.product}({other.proximity:.2f})" for other in one.near)
        return (
            desk.thing("Product", one.product_id, one.product),
            Cell(one.segment),
            state_cell(one.state),
            Cell(f"{one.density:.2f}", kind="number", sort=one.density),
            Cell(near),
            *_computed(answer, desk),
            _certificate(answer, one.product_id, desk),
        )

    columns = ("产品(服务)", "环节", "状态", "关联密度", "相近的本地产品(关联)", "依据", "来源", "说明")
    note = "本市还没有、而与本市已有产品相近的产品;关联密度是它的关联中落在本市已有产品上的份额。"
    return Table("gap-extensions", "延链: 本地能力相近的下一步", columns, [row(one) for one in answer.extensions], note)


def _risk(risk: RiskRanking | None, answer: WeakLinks, desk: Desk) -> Table:
    def row(one: Ranked) -> tuple[Cell, ...]:
        return (
            Cell(str(one.rank), kind="number", sort=one.rank),
            desk.thing("Enterprise", one.firm.id, one.firm.name),
            Cell(show_percent(one.esri), kind="share", sort=one.esri),
            Cell(str(one.other_rank), kind="number", sort=one.other_rank),
            *_computed(answer, desk),
        )

    columns = ("名次", "企业", "停产使全网损失产出(ESRI)", "另一假定下的名次", "依据", "来源")
    return Table("gap-risk", "系统性风险", columns, Lazy(risk.firms if risk else (), row))


def table_moves(stability: Stability, rules: Rules) -> Table:
    """Return the numbers of the rules whose moving flips a state or moves the ranking of segments."""
    names = names_of_rules(rules)
    rows = []
    for variant in stability.variants:
        least = variant.rank_correlation
        if variant.flips or (least is not None and least < 1):
            flips = show_names((f"{flip.place}({flip.before} → {flip.after})" for flip in variant.flips), unit="处")
            correlation = Cell("" if least is None else f"{least:.2f}", kind="number", sort=least)
            rows.append((Cell(moved_zh(variant.moved, names)), correlation, Cell(flips or "没有")))
    return Table("gap-moves", "移动规则的影响", ("移动的数", "环节名次的秩相关", "状态会变的"), rows)


def names_of_rules(rules: Rules) -> dict[str, str]:
    """Return what each number of the rules is called, by its key in ``rules.toml``."""
    return RULE_ZH | {f"score.{key}": f"满分: {weight.name}" for key, weight in rules.score.parts()}


def tables_of_rules(rules: Rules) -> list[Table]:
    """Return every number of the rules with its reason."""
    parts = [
        (Cell(weight.name), Cell(f"{weight.points:g}", kind="score", sort=weight.points), Cell(weight.why), Cell(f"score.{key}"))
        for key, weight in rules.score.parts()
    ]
    tables = [Table("rules-score", "评分各项", ("项", "满分", "怎样计", "键"), parts, "合计 100 分,越高越弱。")]
    for section, title in (("state", "状态"), ("scale", "折算用的刻度"), ("action", "行动")):
        named = ((f"{section}.{name}", threshold) for name, threshold in getattr(rules, section))
        rows = [(*_rule(key, threshold.value, threshold.why), Cell(key)) for key, threshold in named]
        tables.append(Table(f"rules-{section}", title, ("规则", "数值", "为什么", "键"), rows))
    return tables


def _rule(key: str, value: float, why: str) -> tuple[Cell, ...]:
    return Cell(RULE_ZH.get(key, key)), Cell(rule_value(key, value), kind="number", sort=value), Cell(why)


def tables_of_certificate(answer: Certificate, desk: Desk) -> dict[str, Table]:
    """Return the tables of a certificate: who needs it, who looked, which firms were looked at, rules, sources."""
    return {
        "needed": _needed(answer, desk),
        "looked": _looked(answer, desk),
        "candidates": _candidates(answer, desk),
        "rules": _rules_used(answer),
        "sources": _sources(answer, desk),
    }


def _needed(answer: Certificate, desk: Desk) -> Table:
    def row(one: Demand) -> tuple[Cell, ...]:
        return (
            Cell(one.kind),
            Cell(one.product),
            _who(one.who, desk),
            Cell(one.into or "", extra="" if one.essential is None else "必需" if one.essential else "可替代"),
            *desk.trust({"status": one.status, "source": one.source}),
        )

    columns = ("何种需要", "需要的产品", "谁", "用来生产", "状态", "来源")
    return Table("needed", "谁需要它", columns, Lazy(answer.needed_by, row), empty="图中没有登记谁需要它")


def _looked(answer: Certificate, desk: Desk) -> Table:
    rows = [
        (
            desk.thing("Coverage", one.record.id, one.record.name),
            Cell(one.segment),
            Cell(one.region or "区域不明", extra="覆盖全市" if one.whole_city else "没有覆盖全市"),
            Cell(one.as_of, kind="date"),
            Cell(one.method),
            *desk.trust({"status": one.status, "source": one.source}),
        )
        for one in answer.looked_through
    ]
    empty = "没有覆盖记录: 没有人在这里逐家查过,没有登记不等于没有"
    return Table("looked", "哪些覆盖记录查过", ("覆盖记录", "环节", "区域", "查的日期", "方法", "状态", "来源"), rows, empty=empty)


def _candidates(answer: Certificate, desk: Desk) -> Table:
    rows = [
        (
            desk.thing("Enterprise", one.firm.id, one.firm.name),
            Cell(one.region or "不明"),
            Cell("能" if one.fills else "不能", kind="yes" if one.fills else "no"),
            Cell(one.why),
            *desk.trust({"status": one.status, "source": one.source}),
        )
        for one in answer.candidates
    ]
    note = f"另有 {answer.more_candidates} 家没有列出。" if answer.more_candidates else ""
    columns = ("企业", "所在地", "能否填补", "为什么", "状态", "来源")
    return Table("candidates", "看过的企业,各为何能或不能填补", columns, rows, note, "没有可看的企业", len(rows) + answer.more_candidates)


def _rules_used(answer: Certificate) -> Table:
    rows = [_rule(rule.name, rule.value, rule.why) for rule in answer.rules]
    return Table("used-rules", "用到的规则", ("规则", "数值", "为什么"), rows)


def _sources(answer: Certificate, desk: Desk) -> Table:
    rows = [
        (
            Cell(one.name, desk.links.to("sources", one.id)),
            Cell(one.publisher or ""),
            Cell(one.published_on or "", kind="date"),
            Cell(str(one.rows), kind="number", sort=one.rows),
        )
        for one in answer.sources
    ]
    return Table("used-sources", "来源", ("来源", "发布单位", "发布日期", "记录数"), rows, empty="没有用到任何记录")


def tables_of_what_if(answer: WhatIf, desk: Desk) -> dict[str, Table]:
    """Return the tables of a what-if: segments, changed products, gaps closed and opened."""
    products = [change for change in answer.changes if change.label == "Product"]
    return {
        "segments": _changes("if-segments", "各环节前后", _segment_changes(answer), desk),
        "products": _changes("if-products", "有变化的产品", products, desk),
        "closed": _gaps("if-closed", "补上的缺口", answer.gaps_closed, desk),
        "opened": _gaps("if-opened", "新开的缺口", answer.gaps_opened, desk),
    }


def _segment_changes(answer: WhatIf) -> list[Change]:
    """Return every segment before and after, changed or not."""
    return [
        Change(
            label="Segment",
            id=one.segment_id,
            name=one.segment,
            before=one.state,
            after=other.state,
            score_before=one.score,
            score_after=other.score,
        )
        for one, other in zip(answer.before.segments, answer.after.segments, strict=True)
    ]


def _changes(id: str, title: str, changes: Sequence[Change], desk: Desk) -> Table:
    rows = [
        (
            desk.thing(one.label, one.id, one.name),
            state_cell(one.before),
            state_cell(one.after),
            score_cell(one.score_before),
            score_cell(one.score_after),
            _difference(one),
        )
        for one in changes
    ]
    what = "环节" if id == "if-segments" else "产品(服务)"
    return Table(id, title, (what, "之前", "之后", "评分(前)", "评分(后)", "评分增减"), rows, empty="没有产品的状态或评分有变化")


def _difference(change: Change) -> Cell:
    turned = f"{change.before} → {change.after}" if change.before != change.after else ""
    if change.score_before is None or change.score_after is None:
        return Cell(turned, sort="")
    moved = round(change.score_after - change.score_before, 2)
    kind = "worse" if moved > 0 else "better" if moved < 0 else "number"
    return Cell(f"{moved:+g}" if moved else "不变", kind=kind, sort=moved, extra=turned)


def _gaps(id: str, title: str, gaps: Sequence[Gap], desk: Desk) -> Table:
    rows = [(desk.thing("Product", one.product_id, one.product), state_cell(one.state), Cell(one.reason)) for one in gaps]
    return Table(id, title, ("产品(服务)", "之后的状态", "怎样"), rows, empty="没有")


def table_ranking(id: str, title: str, firms: Sequence[Risky]) -> Table:
    """Return firms by systemic risk, as they stand before or after."""
    rows = [
        (Cell(str(place), kind="number", sort=place), Cell(one.firm.name), Cell(show_percent(one.esri), kind="share", sort=one.esri))
        for place, one in enumerate(firms, 1)
    ]
    return Table(id, title, ("名次", "企业", "ESRI"), rows, empty="没有已知的供应关系")

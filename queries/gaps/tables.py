"""Tables of the weak links and what is said beside them: segments, products,
next steps, risk, certificates, what if, the rules."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from queries.core.answers import SourceUsed
from queries.core.question import Word
from queries.core.table import FIRST, TIER_ORDER, TRUST, Ask, Column, Number, Table, ThingRef
from queries.core.words import show_names
from queries.gaps.answers import (
    GAPS,
    Candidate,
    Certificate,
    Demand,
    Extension,
    Gap,
    Judged,
    LookedThrough,
    MovedPart,
    PlaceChange,
    ProductState,
    RankedByRisk,
    Reached,
    Risky,
    RuleUsed,
    SegmentState,
    Stability,
    Variant,
    WeakLinks,
    WhatIf,
)
from queries.gaps.rules import Rules
from queries.gaps.words import RULE_ZH, moved_zh, rule_value, tell_distance, tell_under_way, weakest_first

Placed = tuple[SegmentState, Judged]
PRODUCT: Column[Any] = Column("产品(服务)", lambda row: ThingRef("Product", row.product_id, row.product), "thing")
SEGMENT: Column[Any] = Column("环节", lambda row: row.segment)
STATE: Column[Any] = Column("状态", lambda row: row.state, "state")


def _absent(judged: Judged) -> str:
    told = "；".join(f"{one.universe}（{one.as_of}）" for one in judged.absent_from)
    return told and f"名录内没有：{told}"


SCORE: Column[Any] = Column("紧要", lambda row: row.score, "score")
FIRM: Column[Any] = Column("企业", lambda row: ThingRef("Enterprise", row.firm.id, row.firm.name), "thing")
PLACE: Column[Placed] = Column("环节", lambda pair: ThingRef("Segment", pair[0].segment_id, pair[0].segment), "segment")
PLACED: Column[Placed] = Column(
    "产品(服务)", lambda pair: PRODUCT.of(pair[1]) if isinstance(pair[1], ProductState) else "", "thing"
)


def tables_of_gaps(answer: WeakLinks) -> dict[str, Table[Any]]:
    """Return the tables of a chain's weak links by what they show."""
    products: list[Placed] = [(segment, product) for segment in answer.segments for product in segment.products]
    products = [products[place] for place in weakest_first([judged for _, judged in products])]
    columns = [PLACED, replace(PLACE, kind="thing"), *_judged(answer)]
    weak = [pair for pair in products if pair[1].state in GAPS]
    rest = [pair for pair in products if pair[1].state not in GAPS]
    return {
        "segments": table_of_segments(answer),
        "weak": Table("gap-products", "缺链与弱链的产品", columns, weak),
        "rest": Table("gap-others", "强链与未知的产品", columns, rest),
        "extensions": _extensions(answer),
        "risk": _risk(answer),
    }


Products = Annotated[bool, Word("表格里也列出各环节的产品(JSON 总是列出)")]


def table_of_segments(answer: WeakLinks, products: Products = False) -> Table[Placed]:
    """Return the segments of a chain, the weakest first, each followed by its products where so wished."""
    segments = [answer.segments[place] for place in weakest_first(answer.segments)]
    tier = Column[Placed](
        "层级", lambda pair: pair[0].tier or "未注明", sort=lambda pair: TIER_ORDER.get(pair[0].tier, 9)
    )
    columns = [PLACE, *([PLACED] if products else []), tier, *_judged(answer)]
    items = [(segment, judged) for segment in segments for judged in (segment, *(segment.products if products else ()))]
    return Table(
        "gap-segments",
        "各环节的断点",
        columns,
        items,
        "紧要 0 至 100，越大越该先补，是各项之和；点环节名在图中看各项。",
    )


def notes_of_weak_links(answer: WeakLinks, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is to be known beside the segments."""
    yield from (f"注意：{note}" for note in answer.notes)
    flipped, least = "、".join(answer.stability.flipped) or "没有", answer.stability.least_correlation
    yield f"规则 {answer.rule_version}；每个数移动 ±20% 时状态会变的：{flipped}；环节名次的最小秩相关 {least}"


def _judged(answer: WeakLinks) -> list[Column[Placed]]:
    """Return what is judged, the least founded status that it rests on, the
    sources of its rows, and what defends it."""
    places: list[Judged] = [place for segment in answer.segments for place in (segment, *segment.products)]
    state: Column[Placed] = Column("状态", lambda pair: pair[1].state, "state")
    if any(place.absent_from for place in places):  # no head of files where there is nothing to say
        state = replace(state, extra=lambda pair: _absent(pair[1]), apart="名录内没有")
    beside: tuple[Column[Placed], ...] = (
        Column("在补", lambda pair: [tell_under_way(project) for project in pair[1].under_way], "lines"),
        Column("疑似", lambda pair: pair[1].suspected.reasons if pair[1].suspected else [], "lines"),
        Column("最近的来源", lambda pair: tell_distance(pair[1].distance) if pair[1].distance else ""),
    )
    return [
        state,
        *(column for column in beside if any(column.of((answer.segments[0], place)) for place in places)),
        Column("紧要", lambda pair: pair[1].score if pair[1].state in GAPS else None, "score"),
        Column("行动", lambda pair: pair[1].action, "act", lambda pair: pair[1].action_reason),
        Column("本地企业", lambda pair: pair[1].firms, "firms"),
        Column("依据", lambda pair: pair[1].status, "status"),
        Column("来源", lambda pair: sorted({row.source for row in pair[1].evidence}), "source", on="page"),
        Column("理由", lambda pair: pair[1].reasons, "lines", on="text"),
        _certificate(answer, lambda pair: getattr(pair[1], "product_id", pair[0].segment_id)),
    ]


def _certificate(answer: WeakLinks, place: Callable[[Any], str]) -> Column[Any]:
    return Column(
        "为什么", lambda row: Ask("certificate", "为什么", {"chain": answer.chain_id, "place": place(row)}), "ask"
    )


def _computed(answer: WeakLinks) -> tuple[Column[Any], Column[Any]]:
    """Return status and source of what an algorithm found."""
    rules = Ask("rules", f"规则 {answer.rule_version}")
    return Column("依据", lambda _: "inferred", "status"), Column("来源", lambda _: rules, "source")


def _extensions(answer: WeakLinks) -> Table[Extension]:
    columns: list[Column[Extension]] = [
        PRODUCT,
        SEGMENT,
        STATE,
        Column("关联密度", lambda extension: Number(extension.density, f"{extension.density:.2f}"), "number"),
        Column(
            "相近的本地产品(关联)",
            lambda extension: "、".join(f"{near.product}（{near.proximity:.2f}）" for near in extension.near),
        ),
        *_computed(answer),
        _certificate(answer, lambda extension: extension.product_id),
    ]
    note = "本市还没有、而与本市已有产品相近的产品；关联密度是它的关联中落在本市已有产品上的份额。"
    return Table("gap-extensions", "延链：本地能力相近的下一步", columns, answer.extensions, note)


def _risk(answer: WeakLinks) -> Table[RankedByRisk]:
    columns: list[Column[RankedByRisk]] = [
        Column("名次", lambda risk: risk.rank, "number"),
        FIRM,
        Column("停产使全网损失产出(ESRI)", lambda risk: risk.esri, "share"),
        Column("另一假定下的名次", lambda risk: risk.other_rank, "number"),
        *_computed(answer),
    ]
    return Table("gap-risk", "系统性风险", columns, answer.risk.firms if answer.risk else ())


def table_moves(stability: Stability, rules: Rules) -> Table[Variant]:
    """Return the numbers of the rules whose moving flips a state or moves the ranking of segments."""
    names = RULE_ZH | {f"score.{key}": f"满分：{weight.name}" for key, weight in rules.score.by_key().items()}

    def flips(variant: Variant) -> str:
        return (
            show_names((f"{flip.place}（{flip.before} → {flip.after}）" for flip in variant.flips), unit="处") or "没有"
        )

    columns: list[Column[Variant]] = [
        Column("移动的数", lambda variant: moved_zh(variant.moved, names)),
        Column("环节名次的秩相关", lambda variant: correlation(variant.rank_correlation), "number"),
        Column("状态会变的", flips),
    ]
    moving = [
        variant
        for variant in stability.variants
        if variant.flips or (variant.rank_correlation is not None and variant.rank_correlation < 1)
    ]
    return Table("gap-moves", "移动规则的影响", columns, moving)


def correlation(value: float | None) -> Number:
    """Return how a correlation is told."""
    return Number(value, "" if value is None else f"{value:.2f}")


PARTS: list[Column[Any]] = [
    Column("项", lambda pair: pair[1].name),
    Column("满分", lambda pair: pair[1].points, "score"),
    Column("怎样计", lambda pair: pair[1].why),
    Column("键", lambda pair: f"score.{pair[0]}", on="text"),
]
RULES: list[Column[RuleUsed]] = [
    Column("规则", lambda rule: RULE_ZH.get(rule.name, rule.name)),
    Column("数值", lambda rule: Number(rule.value, rule_value(rule.name, rule.value)), "number"),
    Column("为什么", lambda rule: rule.why),
]


RULE_SECTIONS = {
    "state": "状态",
    "size": "规模",
    "scale": "折算用的刻度",
    "elsewhere": "外面有多难买到",
    "under_way": "在补",
    "suspect": "疑似",
    "action": "行动",
}


def tables_of_rules(rules: Rules) -> list[Table[Any]]:
    """Return every number of the rules with its reason."""
    tables: list[Table[Any]] = [
        Table("rules-score", "紧要各项", PARTS, list(rules.score.by_key().items()), "合计 100 分，越高越该先补。")
    ]
    for section, title in RULE_SECTIONS.items():
        named = (
            RuleUsed(name=f"{section}.{name}", value=rule.value, why=rule.why) for name, rule in getattr(rules, section)
        )
        tables.append(
            Table(f"rules-{section}", title, [*RULES, Column("键", lambda rule: rule.name, on="text")], list(named))
        )
    return tables


def _who(demand: Demand) -> ThingRef | str:
    return (
        ThingRef("Enterprise", demand.who[0].id, demand.who[0].name)
        if len(demand.who) == 1
        else show_names((firm.name for firm in demand.who), FIRST)
    )


NEEDED: list[Column[Demand]] = [
    Column("何种需要", lambda demand: demand.kind),
    Column("需要的产品", lambda demand: demand.product),
    Column("谁", _who, "thing"),
    Column(
        "用来生产",
        lambda demand: demand.into,
        extra=lambda demand: {None: "", True: "必需", False: "可替代"}[demand.essential],
    ),
    *TRUST,
]
LOOKED: list[Column[LookedThrough]] = [
    Column("摸底记录", lambda look: ThingRef("Coverage", look.record.id, look.record.name), "thing"),
    SEGMENT,
    Column(
        "区域",
        lambda look: look.region or "区域不明",
        extra=lambda look: "覆盖全市" if look.whole_city else "没有覆盖全市",
    ),
    Column("查到什么", lambda look: look.found, extra=lambda look: look.universe and f"只在{look.universe}里"),
    Column("查的日期", lambda look: look.as_of, "date", lambda look: look.due and f"算到 {look.due}"),
    Column("方法", lambda look: look.method, extra=lambda look: look.by),
    *TRUST,
]
CANDIDATES: list[Column[Candidate]] = [
    FIRM,
    Column("所在地", lambda candidate: candidate.region or "不明"),
    Column("能否填补", lambda candidate: candidate.fills, "able"),
    Column("为什么", lambda candidate: candidate.why),
    *TRUST,
]
SOURCES: list[Column[SourceUsed]] = [
    Column("来源", lambda source: ThingRef("Source", source.id, source.name), "thing"),
    Column("发布单位", lambda source: source.publisher),
    Column("发布日期", lambda source: source.published_on, "date"),
    Column("记录数", lambda source: source.rows, "number"),
]


def tables_of_certificate(answer: Certificate) -> dict[str, Table[Any]]:
    """Return the tables of a certificate: who needs it, who looked, which firms were looked at, rules, sources."""
    unseen = "没有摸底记录：没有人在这里逐家查过，没有登记不等于没有"
    firms, more = answer.candidates, answer.more_candidates
    note = f"另有 {more} 家没有列出。" if more else ""
    return {
        "needed": Table("needed", "谁需要它", NEEDED, answer.needed_by, empty="图中没有登记谁需要它"),
        "looked": Table("looked", "谁查过", LOOKED, answer.looked_through, empty=unseen),
        "candidates": Table(
            "candidates", "看过的企业，各为何能或不能填补", CANDIDATES, firms, note, "没有可看的企业", len(firms) + more
        ),
        "rules": Table("used-rules", "用到的规则", RULES, answer.rules),
        "sources": Table("used-sources", "来源", SOURCES, answer.sources, empty="没有用到任何记录"),
    }


GAP_COLUMNS: list[Column[Gap]] = [PRODUCT, replace(STATE, head="之后的状态"), Column("怎样", lambda gap: gap.reason)]


REACHED: list[Column[Reached]] = [
    Column("企业或产品", lambda one: ThingRef(one.label, one.id, one.name), "thing"),
    Column("怎样知道", lambda one: one.how),
    Column("怎样波及", lambda one: one.reason),
]


def tables_of_what_if(answer: WhatIf) -> dict[str, Table[Any]]:
    """Return the tables of a what-if: whom it reaches, segments, changed products, gaps closed and opened."""
    products = [change for change in answer.changes if change.label == "Product"]
    return {
        "reached": Table(
            "if-reached", "波及谁", REACHED, answer.reached, " ".join(answer.unseen), empty="图中看不到波及谁"
        ),
        "segments": _changes("if-segments", "各环节前后", "环节", _segment_changes(answer)),
        "products": _changes("if-products", "有变化的产品", "产品(服务)", products),
        "closed": Table("if-closed", "补上的缺口", GAP_COLUMNS, answer.gaps_closed, empty="没有"),
        "opened": Table("if-opened", "新开的缺口", GAP_COLUMNS, answer.gaps_opened, empty="没有"),
    }


def table_of_changes(answer: WhatIf) -> Table[PlaceChange]:
    """Return the segments and products that change."""
    return _changes("changes", "前后", "环节或产品", answer.changes)


def notes_of_what_if(answer: WhatIf, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the gaps closed and opened, who is concerned, and what is assumed."""
    for title, gaps in (("补上的缺口", answer.gaps_closed), ("新开的缺口", answer.gaps_opened)):
        yield from (f"{title}：{gap.product}（{gap.state}）：{gap.reason}" for gap in gaps)
    yield f"牵涉的链主：{'、'.join(leader.name for leader in answer.leaders_affected) or '没有'}"
    before, after = answer.before.served, answer.after.served
    yield (
        f"链主需求 {before.needs} 项，有来源的 {before.served_now} 项，之后 {after.needs} 项中 {after.served_now} 项；"
        f"企业随机退出时仍有来源的份额（曲线下面积） {before.random_area} → {after.random_area}"
    )
    yield from (f"波及：{one.name}（{one.how}）：{one.reason}" for one in answer.reached)
    yield from (f"看不到：{text}" for text in answer.unseen)
    yield from (f"假定：{text}" for text in answer.assumptions)


def _segment_changes(answer: WhatIf) -> list[PlaceChange]:
    """Return every segment before and after, changed or not."""
    moved = {change.id: change.parts for change in answer.changes if change.label == "Segment"}
    return [
        PlaceChange(label="Segment", id=old.segment_id, name=old.segment, before=old.state, after=new.state,
               score_before=old.score, score_after=new.score, parts=moved.get(old.segment_id, []))
        for old, new in zip(answer.before.segments, answer.after.segments, strict=True)
    ]  # fmt: skip


def _changes(id: str, title: str, what: str, changes: Sequence[PlaceChange]) -> Table[PlaceChange]:
    columns: list[Column[PlaceChange]] = [
        Column(what, lambda change: ThingRef(change.label, change.id, change.name), "thing"),
        Column("之前", lambda change: change.before, "state"),
        Column("之后", lambda change: change.after, "state"),
        Column("紧要(前)", lambda change: change.score_before, "score"),
        Column("紧要(后)", lambda change: change.score_after, "score"),
        Column(
            "紧要增减",
            _difference,
            "change",
            lambda change: "" if isinstance(_difference(change), str) else _turned(change),
        ),
        Column("为什么变", lambda change: [*map(_moved, change.parts)], "lines"),
    ]
    return Table(id, title, columns, changes, empty="没有产品的状态或紧要有变化")


def _moved(part: MovedPart) -> str:
    """Return a part that moved, with what is counted now."""
    return f"{part.name} {part.before:g} → {part.after:g}：{part.reason}"


def _turned(change: PlaceChange) -> str:
    return f"{change.before} → {change.after}" if change.before != change.after else ""


def _difference(change: PlaceChange) -> float | str:
    """Return by how much the score grew; where it is not known on both sides, what became of the state."""
    if change.score_before is None or change.score_after is None:
        return _turned(change)
    return round(change.score_after - change.score_before, 2)


def table_ranking(id: str, title: str, firms: Sequence[Risky]) -> Table[tuple[int, Risky]]:
    """Return firms by systemic risk, as they stand before or after."""
    columns: list[Column[tuple[int, Risky]]] = [
        Column("名次", lambda pair: pair[0], "number"),
        Column("企业", lambda pair: pair[1].firm.name),
        Column("ESRI", lambda pair: pair[1].esri, "share"),
    ]
    return Table(id, title, columns, list(enumerate(firms, 1)), empty="没有已知的供应关系")

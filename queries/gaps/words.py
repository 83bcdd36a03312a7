"""How the judgement of weak links is said: marks, meanings, the order in which
places are read, the names of the rules."""

from collections.abc import Iterable, Mapping, Sequence

from queries.core.reason import Catalogue
from queries.core.words import show_amount
from queries.gaps.answers import GAPS, Distance, Judged, State, UnderWay, WeakLinks

STATE_MEANING = {
    State.missing: "普查过，没有一家本地企业",
    State.weak: "普查过，有本地企业但不够强",
    State.strong: "已知的本地企业已经够多",
    State.unknown: "没有查清，不判缺、弱",
}
WHY = {State.missing: "为什么缺", State.weak: "为什么弱", State.strong: "为什么算强", State.unknown: "为什么说不清"}
STATE_ACTION = {
    State.missing: "补链：引进，或支持本地企业转产",
    State.weak: "扶持扩产：增加第二来源",
    State.strong: "固链（企业太集中或风险太高）、延链（有相近的下一步），否则保持",
    State.unknown: "摸底：先查清，再谈补链",
}
say = Catalogue("gaps")
Places = Mapping[tuple[str, str], Judged]
RULE_ZH: dict[str, str] = {
    "state.segment_firms": "强链：环节至少有几家本地企业",
    "state.product_firms": "强链：产品至少有几家本地企业",
    "state.proven_firms": "缺必需投入的产品，几家在做仍算强",
    "state.key_products_made": "强链：环节的关键产品至少几成有本地企业",
    "size.small": "一家小型企业算几家来源",
    "size.micro": "一家微型企业算几家来源",
    "scale.hhi_low": "集中度（HHI）从多少起算缺口",
    "scale.weak_most": "只有一家时，算多大的缺口",
    "scale.needed_firms": "本地有人要：几家记满",
    "scale.unneeded": "没有登记谁要的，难买按几成计",
    "scale.reach_least": "外面最好买的，有人要的还按几成计",
    "elsewhere.circle": "周边城市有：多难买到",
    "elsewhere.province": "本省有：多难买到",
    "elsewhere.country": "外省有：多难买到",
    "elsewhere.abroad": "只有境外有：多难买到",
    "elsewhere.unknown": "不知道多远：多难买到",
    "elsewhere.none": "别处也没有登记：多难买到",
    "elsewhere.anywhere": "到处买得到：多难买到",
    "under_way.months": "项目几个月没有下文，算说不准",
    "suspect.leader": "疑似：链主要它",
    "suspect.named": "疑似：市里或名录说过",
    "suspect.nobody": "疑似：已载入的企业都不做",
    "scale.downstream_products": "下游所系：几种产品记满",
    "scale.downstream_leaders": "下游所系：几家链主记满",
    "scale.systemic_risk": "系统性风险：全网损失多大一份记满",
    "action.hanging_hhi": "固链：按集团算的集中度（HHI）高过多少",
    "action.high_risk": "固链：一家停产的全网损失达到多少",
    "action.near": "延链：与本市已有产品的关联密度达到多少",
}
SHARES = ("state.key_products_made", "scale.systemic_risk", "action.high_risk")  # shown in per cent


def places_of(answer: WeakLinks | None) -> Places:
    """Return what is judged of every segment and product, by label and id."""
    segments = answer.segments if answer else []
    places: dict[tuple[str, str], Judged] = {("Segment", segment.segment_id): segment for segment in segments}
    return places | {("Product", product.product_id): product for segment in segments for product in segment.products}


def mark_of(judged: Judged, score: bool = True) -> str:
    """Return the short text that says the state without a colour: 缺 70, 弱 51, 强 15, 未知."""
    if judged.state == State.unknown:
        return judged.state
    return judged.state[0] + (f" {judged.score:.0f}" if score and judged.score is not None else "")


def count_states(judged: Iterable[Judged]) -> dict[State, int]:
    """Return how many there are of each state, the gaps first."""
    counts = dict.fromkeys(State, 0)
    for place in judged:
        counts[place.state] += 1
    return counts


def weakest_first(judged: Sequence[Judged]) -> list[int]:
    """Return the order in which an officer reads: what presses most first, missing or weak; then the others."""

    def key(place: int) -> tuple[int, float, int]:
        one = judged[place]
        return (0 if one.state in GAPS else one.state.order, -(one.score or 0), one.state.order)

    return sorted(range(len(judged)), key=key)


def rule_value(key: str, value: float) -> str:
    """Return a number of the rules as people read it."""
    return f"{value:.0%}" if key in SHARES else f"{value:g}"


def moved_zh(moved: str, names: Mapping[str, str]) -> str:
    """Return what a variant of the rules moves: ``state.segment_firms ×0.8`` in words."""
    key, _, factor = moved.partition(" ×")
    return f"{names.get(key, key)} ×{factor}"


def tell_under_way(project: UnderWay) -> str:
    """Return a project in one line: its stage, by when, with how much, and whether that is uncertain."""
    amount = project.yuan if project.yuan is not None else project.amount
    unit = "元" if project.yuan is not None else project.currency or ""
    by = f"，预计 {project.expected_on}" if project.expected_on else "，没有写哪天"
    told = f"{project.project}：{project.stage or '没有写阶段'}{by}"
    told += f"，{show_amount(amount, unit)}" if amount is not None else "，没有写金额"
    return f"{told}（很久没有下一步，说不准）" if project.uncertain else told


def tell_distance(distance: Distance) -> str:
    """Return where the nearest makers are, and the first of them."""
    named = "、".join(maker.firm.name for maker in distance.firms[:3])
    return f"{distance.ring} {distance.count} 家：{named}{' 等' if distance.count > 3 else ''}"

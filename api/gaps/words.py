"""How the judgement of weak links is said on pages and in pictures: marks, meanings, the names of the rules."""

from collections.abc import Mapping

RULE_ZH: dict[str, str] = {
    "state.segment_firms": "强链: 环节至少有几家本地企业",
    "state.product_firms": "强链: 产品至少有几家本地企业",
    "state.key_products_made": "强链: 环节的关键产品至少几成有本地企业",
    "scale.hhi_low": "集中度(HHI)从多少起计分",
    "scale.downstream_products": "下游所系: 几种产品记满",
    "scale.downstream_leaders": "下游所系: 几家链主记满",
    "scale.systemic_risk": "系统性风险: 全网损失多大一份记满",
    "action.hanging_hhi": "固链: 按集团算的集中度(HHI)高过多少",
    "action.high_risk": "固链: 一家停产的全网损失达到多少",
    "action.near": "延链: 与本市已有产品的关联密度达到多少",
}
SHARES = ("state.key_products_made", "scale.systemic_risk", "action.high_risk")  # shown in per cent


def rule_value(key: str, value: float) -> str:
    """Return a number of the rules as people read it."""
    return f"{value:.0%}" if key in SHARES else f"{value:g}"


def moved_zh(moved: str, names: Mapping[str, str]) -> str:
    """Return what a variant of the rules moves: ``state.segment_firms ×0.8`` in words."""
    key, _, factor = moved.partition(" ×")
    return f"{names.get(key, key)} ×{factor}"

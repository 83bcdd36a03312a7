"""How the judgement of a place is said on pages and in pictures: marks, meanings, the order in which they are read."""

from collections.abc import Iterable, Mapping, Sequence

from queries.gaps.answers import Judged, WeakLinks

STATE_KEYS: dict[str, str] = {"缺链": "missing", "弱链": "weak", "强链": "strong", "未知": "unknown"}
STATE_MEANING: dict[str, str] = {
    "缺链": "普查过,没有一家本地企业",
    "弱链": "普查过,有本地企业但不够强",
    "强链": "已知的本地企业已经够多",
    "未知": "没有查清,不判缺、弱",
}
PLACE_ZH = {"Segment": "环节", "Product": "产品"}
Places = Mapping[tuple[str, str], Judged]


def places_of(answer: WeakLinks | None) -> Places:
    """Return what is judged of every segment and product, by label and id."""
    segments = answer.segments if answer else []
    found: dict[tuple[str, str], Judged] = {("Segment", one.segment_id): one for one in segments}
    return found | {("Product", one.product_id): one for segment in segments for one in segment.products}


def mark_of(judged: Judged, score: bool = True) -> str:
    """Return the short text that says the state without a colour: 缺 70, 弱 51, 强 15, 未知."""
    if judged.state == "未知":
        return judged.state
    return judged.state[0] + (f" {judged.score:.0f}" if score and judged.score is not None else "")


def count_states(judged: Iterable[Judged]) -> dict[str, int]:
    """Return how many there are of each state, the gaps first."""
    found = dict.fromkeys(STATE_KEYS, 0)
    for one in judged:
        found[one.state] += 1
    return found


def weakest_first(judged: Sequence[Judged]) -> list[int]:
    """Return the order in which an officer reads: gaps before weak ones, the higher score first."""
    order = list(STATE_KEYS)
    return sorted(range(len(judged)), key=lambda place: (order.index(judged[place].state), -(judged[place].score or 0)))

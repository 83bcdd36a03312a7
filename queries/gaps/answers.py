"""The shapes of the answers about weak links: what the command prints as JSON and the API returns."""

from typing import Literal

from pydantic import Field

from queries.core.answers import Answer, Evidence, Named

State = Literal["缺链", "弱链", "强链", "未知"]
Action = Literal["补链", "强链", "固链", "延链", "摸底", "保持"]
STATE_ORDER: dict[str, int] = {"缺链": 0, "弱链": 1, "强链": 2, "未知": 3}


class Part(Answer):
    """A part of a score: its points, the most that it can give, and in words what was counted."""

    name: str
    points: float
    most: float
    reason: str


class Judged(Answer):
    """What is judged of a segment or a product; the score is the sum of the parts' points, null where the state is not known."""

    state: State
    score: float | None = Field(description="0 to 100, higher is weaker")
    status: str | None = Field(description="the least founded of the data that the state rests on")
    parts: list[Part]
    reasons: list[str]
    action: Action
    action_reason: str
    firms: list[Named] = Field(description="local firms")
    evidence: list[Evidence]


class ProductState(Judged):
    """A product of the chain."""

    product: str
    product_id: str


class SegmentState(Judged):
    """A segment of the chain with its products; a product of two segments stands in the first."""

    segment: str
    segment_id: str
    tier: str
    products: list[ProductState]


class Flip(Answer):
    """A state that is another when a number is moved."""

    place: str
    before: State
    after: State


class Variant(Answer):
    """The same judgement with one number of the rules moved."""

    moved: str
    rank_correlation: float | None = Field(description="Spearman, of the scores of the segments; null with fewer than two")
    flips: list[Flip]


class Stability(Answer):
    """How much depends on the rules' numbers: each moved by a fifth down and up."""

    least_correlation: float | None
    flipped: list[str] = Field(description="places whose state flips at least once")
    variants: list[Variant]


class Near(Answer):
    """A product that is made here and near another in the product space."""

    product: str
    proximity: float


class Extension(Answer):
    """A product of the chain that is not made here, for which the city's capabilities are near (延链)."""

    product: str
    product_id: str
    segment: str
    state: State
    density: float = Field(description="share of its proximity that goes to products made here, 0 to 1")
    near: list[Near]


class Ranked(Answer):
    """A local firm of the chain by what its closing would cost."""

    firm: Named
    esri: float = Field(description="share of all output that is lost, 0 to 1")
    rank: int
    other_rank: int = Field(description="its rank under the other assumption")


class RiskRanking(Answer):
    """The systemic risk of a chain's local firms, and what stands in for the unknown amounts."""

    assumption: str
    other_assumption: str
    rank_correlation: float | None
    firms: list[Ranked]


class WeakLinks(Answer):
    """The weak links of a chain, what the answer rests on, and how stable it is."""

    chain: str
    chain_id: str
    city: list[Named] = Field(description="where a firm is local; empty: every firm counts as local")
    rule_version: str
    as_of: str = Field(description="the day for which it is asked")
    data_date: str | None = Field(description="when the latest row that it rests on was recorded")
    rests_on: dict[str, int] = Field(description="rows by data status")
    notes: list[str]
    segments: list[SegmentState]
    extensions: list[Extension]
    risk: RiskRanking | None
    stability: Stability
    sources: list[Named]

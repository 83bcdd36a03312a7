"""The shapes of the answers about weak links: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.city.answers import Ring
from queries.core.answers import Answer, Evidence, Named, SourceUsed, Term
from queries.core.reason import Reason


class State(Term):
    """What a place is judged to be, the gaps first."""

    missing = "缺链"
    weak = "弱链"
    strong = "强链"
    unknown = "未知"


class Action(Term):
    """What follows from a state."""

    fill = "补链"
    strengthen = "扶持扩产"
    secure = "固链"
    extend = "延链"
    survey = "摸底"
    keep = "保持"


GAPS = (State.missing, State.weak)


class ScorePart(Answer):
    """A part of a score: its points, the most that it can give, and in words what was counted."""

    name: str
    points: float
    most: float
    reason: Reason


class AbsentFrom(Answer):
    """A list that does not hold all firms, in which nobody makes it here: 名录内没有, which is no gap."""

    universe: str
    as_of: str
    status: str
    source: str


class UnderWay(Answer):
    """A project that would fill a place: how far it is, by when, with how much; ``uncertain`` where it has not moved
    for longer than the rules allow."""

    project: str
    project_id: str
    stage: str | None
    since: str | None
    expected_on: str | None
    amount: float | None
    currency: str | None
    yuan: float | None
    investors: list[Named]
    uncertain: bool
    status: str
    source: str


class Suspected(Answer):
    """疑似: what speaks for a gap where nobody looked; it is no judgement. ``rank``: where to look first, from 1."""

    rank: int
    reasons: list[Reason]


class Maker(Answer):
    """A firm that makes a product, and where."""

    firm: Named
    region: str
    ring: Ring
    status: str
    source: str


class Distance(Answer):
    """How near the nearest makers outside are, how many there are at that distance, the first of them by name."""

    ring: Ring
    count: int
    firms: list[Maker]


class Judged(Answer):
    """What is judged of a segment or a product; the score is the sum of the
    parts' points, null where the state is not known."""

    state: State
    score: float | None = Field(description="0 to 100, higher is weaker")
    status: str | None = Field(description="the least founded of the data that the state rests on")
    parts: list[ScorePart]
    reasons: list[Reason]
    action: Action
    action_reason: Reason
    absent_from: list[AbsentFrom] = Field(description="名录内没有: lists of some firms in which nobody makes it here")
    under_way: list[UnderWay] = Field(description="projects under way that would fill it (在补)")
    suspected: Suspected | None = Field(
        description="疑似: only where the state is not known; null: nothing speaks for it"
    )
    distance: Distance | None = Field(description="the nearest makers outside; null: none is known")
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


class ChangedState(Answer):
    """A place of a chain whose state is another one after the graph has changed, and the first reason for it."""

    chain_id: str
    chain: str
    kind: str = Field(description="环节 or 产品")
    place_id: str
    place: str
    before: State
    after: State
    reason: Reason


class Variant(Answer):
    """The same judgement with one number of the rules moved."""

    moved: str
    rank_correlation: float | None = Field(
        description="Spearman, of the scores of the segments; null with fewer than two"
    )
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


class RankedByRisk(Answer):
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
    firms: list[RankedByRisk]


class LookFirst(Answer):
    """A product that nobody looked for, for whose lack something speaks: to be looked for early."""

    product: str
    product_id: str
    segment: str
    segment_id: str
    suspected: Suspected


class WeakLinks(Answer):
    """The weak links of a chain, what the answer rests on, and how stable it is."""

    chain: str
    chain_id: str
    city: list[Named] = Field(description="where a firm is local; empty: every firm counts as local")
    rule_version: str
    as_of: str = Field(description="the day for which it is asked")
    data_date: str | None = Field(description="when the latest row that it rests on was recorded")
    rests_on: dict[str, int] = Field(description="rows by data status")
    notes: list[Reason]
    segments: list[SegmentState]
    look_first: list[LookFirst] = Field(description="products of unknown state for which something speaks, in order")
    extensions: list[Extension]
    risk: RiskRanking | None
    stability: Stability
    sources: list[Named]


class Candidate(Answer):
    """A firm that was looked at, and why it does or does not fill the place."""

    firm: Named
    region: str
    fills: bool
    why: Reason
    status: str
    source: str
    evidence: list[Evidence]


class Demand(Answer):
    """Somebody or something that needs the place: a registered need, a product
    made here that it goes into, a leader concerned."""

    kind: Reason
    product: str = Field(description="the product of the place that is needed")
    who: list[Named]
    into: str | None = Field(default=None, description="the product that it goes into")
    essential: bool | None = None
    status: str
    source: str


class LookedThrough(Answer):
    """A coverage record over the place."""

    record: Named
    segment: str
    region: str
    whole_city: bool
    universe: str = Field(description="among which firms was looked; empty: all")
    found: str = Field(description="有, 没有, or empty where a list was gone through")
    as_of: str
    due: str = Field(description="the last day on which it counts; empty without a date")
    counts: bool = Field(description="it says what there is in the whole city, and still does")
    method: str
    by: str
    status: str
    source: str


class RuleUsed(Answer):
    """A number of the rules that the judgement used, and why it is what it is."""

    name: str
    value: float
    why: str


class Certificate(Answer):
    """Everything that defends a judgement in a meeting, on its own."""

    chain: str
    chain_id: str
    label: str
    id: str
    name: str
    segments: list[Named]
    judgement: Judged
    sourcing: Reason | None = Field(description="可外采 or 须就近, as stated of the product; null for a segment")
    needed_by: list[Demand]
    looked_through: list[LookedThrough]
    candidates: list[Candidate]
    more_candidates: int
    rule_version: str
    rules: list[RuleUsed]
    as_of: str
    data_date: str | None
    notes: list[Reason]
    rests_on: dict[str, int]
    sources: list[SourceUsed]


class Curve(Answer):
    """Shares of all needs still served after 0, 1, … firms have fallen; areas under them from 0 to 1.

    A need is a leader of the chain and a product that it has registered a need for, or that is essential to what it
    makes and that it does not make itself. It is served while a local maker of the product, or a known supplier of it
    to this leader, stands. ``random`` is the exact expectation over all orders of falling (hypergeometric); ``by_rank``
    takes the firms with the highest systemic risk first, then those that serve most needs.
    """

    needs: int
    served_now: int
    firms: list[str] = Field(description="the firms that serve a need, in the order of the ranking")
    random: list[float]
    by_rank: list[float]
    random_area: float | None
    by_rank_area: float | None


class KnownBy(Term):
    """How it is known that a change reaches somebody: by a recorded supply, or by what products are made of."""

    known = "已知"
    inferred = "推算"


class Reached(Answer):
    """A firm or a product that a change reaches, and how that is known."""

    label: str
    id: str
    name: str
    how: KnownBy
    reason: Reason


class MovedPart(Answer):
    """A part of a score before and after, with what was counted after."""

    name: str
    before: float
    after: float
    reason: Reason


class PlaceChange(Answer):
    """A place before and after; ``parts`` are those of the score that moved, and by that why it did."""

    label: str
    id: str
    name: str
    before: State
    after: State
    score_before: float | None
    score_after: float | None
    parts: list[MovedPart]


class Gap(Answer):
    """A gap that was closed or opened, and how."""

    product: str
    product_id: str
    state: State
    reason: Reason


class Standing(Answer):
    """A segment as it stands."""

    segment: str
    segment_id: str
    state: State
    score: float | None


class Risky(Answer):
    """A local firm and what its closing would cost, as a share of all output."""

    firm: Named
    esri: float


class Side(Answer):
    """The chain on one side of the change: its segments, its riskiest local
    firms, how much of its leaders' needs is served."""

    segments: list[Standing]
    risk: list[Risky]
    served: Curve


class WhatIf(Answer):
    """A chain before and after; ``changes`` are the segments and products whose state or score changes."""

    chain: str
    chain_id: str
    rule_version: str
    as_of: str
    removed: list[Named]
    landed: list[dict[str, str]]
    before: Side
    after: Side
    changes: list[PlaceChange]
    gaps_closed: list[Gap]
    gaps_opened: list[Gap]
    reached: list[Reached] = Field(
        description="firms and products that the change reaches, the known before the inferred"
    )
    unseen: list[Reason] = Field(description="what the answer could not see")
    leaders_affected: list[Named]
    removal_cost: float | None = Field(
        description="share of all output that closing the removed firms together costs; null without supplies"
    )
    assumptions: list[Reason]

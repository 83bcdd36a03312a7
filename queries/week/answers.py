"""The shapes of what to do this week: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.city.answers import Ring
from queries.core.answers import Answer, Named, Term
from queries.core.reason import Reason
from queries.gaps.answers import State, UnderWay


class TileMark(Term):
    """How a product is drawn as one tile, the most urgent first: its state, or what stands beside it."""

    missing = "缺"
    mending = "在补"
    weak = "弱"
    strong = "强"
    suspected = "疑似"
    unlisted = "名录内没有"
    unknown = "未查"


class Counts(Answer):
    """Products by state, as everywhere; ``mending`` are those of the missing and weak with a project that fills them,
    ``suspected`` those of the unknown for whose lack something speaks."""

    missing: int = 0
    weak: int = 0
    strong: int = 0
    unknown: int = 0
    mending: int = 0
    suspected: int = 0


class Who(Answer):
    """A firm from elsewhere that makes it, how far away it is, and how far the ledger is with it."""

    firm: Named
    region: str
    ring: Ring
    stage: str | None = Field(description="of the ledger; null: nothing is recorded")
    status: str
    source: str


class PressingGap(Answer):
    """A product that is missing or weak, with what hangs on it, who could fill it, and what fills it already."""

    rank: int
    chain: Named
    segment: Named
    product: Named
    state: State
    mark: TileMark
    score: float = Field(description="紧要: 0 to 100, the parts of the judgement added up")
    status: str | None
    standing: int = Field(description="products that cannot be made without it")
    leaders: list[Named] = Field(description="leaders that need it, or make or need one of those")
    firms: list[Named] = Field(description="local makers")
    who: list[Who] = Field(description="the nearest makers outside; empty: none is known")
    under_way: list[UnderWay]


class LookAt(Answer):
    """A segment to be looked through early, and why."""

    chain: Named
    segment: Named
    open: int = Field(description="products that nobody has looked for, or not lately, or not so that it can be told")
    of: int
    leaders: int = Field(description="leaders that wait for it")
    users: int = Field(description="products made here that cannot be made without it")
    suspected: int = Field(description="products for whose lack something speaks")
    first: Named | None = Field(description="of these the one to look for first")
    why: list[Reason]
    points: float


class Standstill(Answer):
    """Something that stands still: a match of the ledger or a project."""

    kind: str = Field(description="Match or Project")
    what: Named
    about: str
    told: Reason
    days: int | None
    status: str
    source: str


class ToJudge(Answer):
    """What waits for somebody's judgement, and the question that lists it."""

    question: str
    count: int
    told: Reason


class Tile(Answer):
    """A product of a chain as one tile."""

    product: Named
    segment_id: str
    mark: TileMark


class SegmentStrip(Answer):
    """A segment of a chain with its products as tiles, and what it is drawn as: never better than they are."""

    segment: Named
    tier: str
    state: State
    look: TileMark
    firms: int
    looked: Reason
    tiles: list[Tile]
    counts: Counts


class ChainWeek(Answer):
    """A chain: its products as a strip, how much of it was looked through, and the sentence about it."""

    chain: Named
    verdict: str
    points: list[Reason]
    counts: Counts
    segments_looked: int
    worst: Named | None
    segments: list[SegmentStrip]
    rests_on: dict[str, int] = Field(description="the rows of its judgement by data status")
    status: str
    source: str


class OnSamples(Answer):
    """What of it is made up, and what is left without that."""

    gaps: int = Field(description="missing and weak products whose state rests on samples")
    of: int
    without: Counts


class Week(Answer):
    """What to do this week: the worst places of all chains, where to look first, what waits, what stands still."""

    as_of: str
    rule_version: str
    data_date: str | None = Field(description="when the latest record was entered")
    verdict: str
    points: list[Reason]
    counts: Counts
    of: int = Field(description="missing and weak products of all chains")
    gaps: list[PressingGap] = Field(description="the most pressing first; those that a project fills last")
    look_first: list[LookAt]
    segments: int
    segments_looked: int
    stopped: list[Standstill] = Field(description="the longest first")
    to_judge: list[ToJudge]
    chains: list[ChainWeek]
    on_samples: OnSamples | None = Field(description="null: no gap rests on samples")

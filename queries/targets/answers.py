"""The shapes of the answers about targets: what the command prints as JSON and the API returns."""

from typing import Literal

from pydantic import Field

from queries.city.answers import Ring
from queries.core.answers import Answer, Evidence, Named, SourceUsed, Term
from queries.core.reason import Reason
from queries.gaps.answers import State


class How(Term):
    """How it is known that a firm would fill a gap."""

    makes = "登记为生产"
    offers = "登记为可提供"
    inferred = "推断"


class FactorValue(Answer):
    """One factor of a target: from 0 to 1, what it gives to the score, and in words what was counted."""

    key: str
    name: str
    value: float = Field(description="0 to 1")
    points: float = Field(description="the value times the weight")
    most: float = Field(description="the weight")
    reason: Reason


class Filled(Answer):
    """A gap that a target would fill, and on what ground."""

    product: str
    product_id: str
    segment: str
    state: State
    score: float
    how: How
    fit: float
    inferred: bool
    reason: Reason


class Target(Answer):
    """A firm from elsewhere that is worth inviting, with every factor, what speaks for it and what against."""

    rank: int
    firm: Named
    region: str
    ring: Ring = Field(description="how far away it is")
    score: float = Field(description="0 to 100, the sum of the factors' points")
    gaps: list[Filled] = Field(description="the main gap first")
    factors: list[FactorValue]
    why: list[Reason]
    why_not: list[Reason]
    inferred: bool = Field(description="no recorded product fills a gap: a model thinks that one could")
    status: str = Field(description="the least founded of what its main gap rests on")
    source: str
    evidence: list[Evidence]


class OpenGap(Answer):
    """A gap for which no firm from elsewhere is recorded."""

    product: str
    product_id: str
    segment: str
    state: State
    score: float
    leaders: list[Named] = Field(description="leaders that wait for it or stand on it")
    guessed: list[Named] = Field(
        description="firms that are in the ranking because a model thinks that they could make it"
    )
    status: str
    reason: Reason


class UnknownPlace(Answer):
    """A product of which it is not known whether it is a gap: to be looked for first."""

    product: str
    product_id: str
    segment: str
    outside: list[Named] = Field(description="firms from elsewhere that make or offer it")
    reason: Reason


class NoTarget(Answer):
    """A firm that makes what the chain lacks or may lack and is no target, and why."""

    firm: Named
    region: str
    product: str
    product_id: str
    why_not: str
    why_not_codes: list[str]
    status: str
    source: str
    evidence: list[Evidence]


class StandsIn(Answer):
    """A firm that stands in a segment of which something is missing or not known, and none of whose products there is
    recorded."""

    firm: Named
    region: str
    segment: str
    segment_id: str
    reason: Reason
    status: str
    source: str
    evidence: list[Evidence]


class Shift(Answer):
    """A target whose place is another when a weight is moved."""

    firm: Named
    before: int
    after: int


class WeightMoved(Answer):
    """The ranking with one weight moved, the others in proportion."""

    moved: str
    name: str
    factor: float
    rank_correlation: float | None = Field(description="Spearman, of all targets' scores; null with fewer than two")
    left: list[Named]
    entered: list[Named]
    shifts: list[Shift] = Field(description="of the first ones that stay, those whose place is another")


class WeightStability(Answer):
    """How much the first ones depend on the weights: each moved by a fifth down and up."""

    top: int
    least_correlation: float | None
    variants: list[WeightMoved]


class Targets(Answer):
    """The targets of a chain (招商名录), what is kept apart from the ranking, and how stable it is."""

    chain: str
    chain_id: str
    city: list[Named]
    weights_version: str
    rule_version: str
    as_of: str
    data_date: str | None
    total: int = Field(description="targets in all, of which the first are listed")
    notes: list[Reason]
    targets: list[Target]
    without_firms: list[OpenGap]
    unknown: list[UnknownPlace]
    unplaced: list[NoTarget] = Field(description="firms of which it is not known where they are")
    standing: list[StandsIn] = Field(description="firms not known to be here, of which only the segment is recorded")
    excluded: list[NoTarget]
    stability: WeightStability
    rests_on: dict[str, int]
    sources: list[SourceUsed]


class ClosedGap(Answer):
    """A gap of a chain that a firm of a portfolio closes or that none could;
    ``status``: the least founded of what it rests on."""

    chain: str
    chain_id: str
    product: str
    product_id: str
    state: State
    score: float
    status: str


class Chosen(Answer):
    """A firm of a portfolio: the gaps that it adds to those of the firms before it, and who would do as well."""

    firm: Named
    region: str
    adds: float = Field(description="the scores of the gaps that it adds, summed")
    closed: float = Field(description="the same of all firms so far")
    gaps: list[ClosedGap] = Field(description="the gaps that it adds")
    also: int = Field(description="gaps that it would close too, which firms before it close already")
    same: list[Named] = Field(description="firms that close exactly the same gaps")
    why_not: list[Reason]
    status: str
    source: str
    evidence: list[Evidence]


class CurvePoint(Answer):
    """What at most so many firms close."""

    most: int
    closed: float
    bound: float
    method: Literal["exact", "greedy"]


class Portfolio(Answer):
    """The fewest targets that close the most gaps of all chains, and how far from the best that can be."""

    most: int | None = Field(description="the most firms that were asked for; null: as many as close anything more")
    weights_version: str
    rule_version: str
    as_of: str
    data_date: str | None
    gaps: int = Field(description="gaps of all chains: products that are missing or weak")
    weight: float = Field(description="their scores, summed")
    closable: float = Field(description="of which some known firm could close")
    closed: float = Field(description="of which the chosen firms close")
    bound: float = Field(description="what no choice of as many firms can pass")
    short: float = Field(description="by what share of the bound it may fall short, 0 to 1; 0: it is the best")
    method: Literal["exact", "greedy"]
    fewest: bool = Field(description="whether it is proved that no fewer firms close as much")
    statement: Reason
    targets: list[Chosen]
    curve: list[CurvePoint]
    unclosable: list[ClosedGap] = Field(description="gaps that no known firm could close")
    unknown: dict[str, int] = Field(description="by chain, products of which it is not known whether they are gaps")
    notes: list[Reason]
    rests_on: dict[str, int]
    sources: list[SourceUsed]

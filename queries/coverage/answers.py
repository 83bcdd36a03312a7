"""The shapes of the answers about what was looked for."""

from typing import Literal

from pydantic import Field

from queries.core.answers import Answer, Named, Term
from queries.core.reason import Reason


class LookState(Term):
    """What is known of who looked at a place, the surest first."""

    not_found = "查过没有"
    found = "查过有这些"
    listed = "名录查过"
    unsure = "查过仍说不准"
    due = "到期再查"
    part = "只查了一部分"
    never = "没查过"


NOT_LOOKED = (LookState.due, LookState.part, LookState.never)
OPEN = (LookState.unsure, *NOT_LOOKED)  # where somebody has still to look: a list may not tell it


class PlaceCoverage(Answer):
    """A segment or a product: who looked last, and what hangs on it."""

    kind: Literal["Segment", "Product"]
    place: Named
    state: LookState
    as_of: str = Field(description="of the newest look")
    due: str = Field(description="the last day on which it counts")
    by: str
    method: str
    universe: str = Field(description="among which firms was looked; empty: all")
    record: Named | None = Field(description="the newest coverage record")
    firms: int = Field(description="local firms that are known")
    uncertain: int = Field(description="firms that may be of it: without registered product, or without a place")
    users: int = Field(description="products made here to which it is essential")
    leaders: list[Named] = Field(description="leaders that need it, or make or need what it is essential to")


class SegmentCoverage(PlaceCoverage):
    """A segment with what is still open of it."""

    chain: Named
    open: int = Field(description="products that nobody has looked for, or not lately, or not so that it can be told")
    of: int = Field(description="products")
    points: float = Field(description="how much a look would settle: the order of the list")
    why: list[Reason]
    products: list[PlaceCoverage] = Field(description="only where one chain is asked about")


class ChainCoverage(Answer):
    """How much of a chain was looked for."""

    chain: Named
    segments: int
    segments_looked: int
    products: int
    products_looked: int
    due: int = Field(description="products looked for too long ago")


class LookedFor(Answer):
    """What was looked for, chain by chain, and where to look next: the segment first where a look settles most."""

    chains: list[ChainCoverage]
    segments: list[SegmentCoverage]
    rule_version: str
    as_of: str

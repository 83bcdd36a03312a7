"""The shapes of the answers of placing firms on chains."""

from typing import Literal

from pydantic import Field

from queries.core.answers import Answer, Named, Term


class Sureness(Term):
    """How well founded a placement is."""

    high = "高"
    middle = "中"
    low = "低"


class PlacementState(Term):
    """Whether somebody has judged a placement; ``again``: it was judged, and what it was inferred from has changed."""

    waiting = "待审"
    again = "变了再审"
    accepted = "采纳"
    refused = "不收"


class PlacementOf(Term):
    """Of what it is inferred where it belongs."""

    firm = "企业"
    part = "零件"


class InferredPlacement(Answer):
    """A place of a firm that was inferred from what a register says of it, or the product that a part of its parts list
    is by its name."""

    id: str = Field(description="firm~segment, firm~product or part~product: what accept, refuse and undo take")
    firm: Named = Field(description="of a part the leader whose list it is on")
    part: Named | None = Field(default=None, description="the part, where it is one that is a product")
    region: str | None
    kind: Literal["Segment", "Product"]
    place: Named
    chains: list[Named]
    level: Sureness
    score: float
    why: str
    scope: str | None = Field(description="what the firm's register says")
    state: PlacementState
    judged_by: str | None
    judged_at: str | None
    judged_why: str | None
    status: str
    source: str


class Placements(Answer):
    """The places of firms that were inferred, those first of which a look settles most."""

    counts: dict[str, int] = Field(description="by state, of all")
    firms: int = Field(description="firms that wait to be judged")
    parts: int = Field(default=0, description="parts that wait to be judged")
    middle: int = Field(description="of all those of which the level is 中: to be looked at first")
    placements: list[InferredPlacement]


class FirmToPlace(Answer):
    """What a register says of a firm."""

    id: str = Field(max_length=300)
    name: str = Field(max_length=300)
    scope: str = Field(default="", max_length=20_000)
    industry: str | list[str] = ""

    @property
    def industries(self) -> tuple[str, ...]:
        """Return the classes of industry that are said."""
        return tuple(filter(None, [self.industry] if isinstance(self.industry, str) else self.industry))


class PlaceOfFirm(Answer):
    """A place of a firm that was asked about."""

    id: str = Field(description="of a segment its id, of a product its name, as of November 2026")
    name: str = ""
    newer: str | None = Field(default=None, description="what it is called now, where that is another")
    score: float
    level: Sureness
    why: list[str]


class PlacedFirm(Answer):
    """Where a firm stands; nothing where it stands on no chain."""

    id: str
    segments: list[PlaceOfFirm]
    products: list[PlaceOfFirm]


class PlacedFirms(Answer):
    """Where some firms stand, in the order in which they were asked about."""

    firms: list[PlacedFirm]

"""The shape of the answer of the matcher over the graph: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.core.answers import Answer, Named, Term
from queries.core.reason import Reason


class Level(Term):
    """How well a firm fits a need."""

    high = "高"
    middle = "中"
    low = "低"


class SuggestedFirm(Answer):
    """A firm for a need; ``status`` and ``source`` are those of the record of
    the firm: the suggestion itself is inferred."""

    firm: Named
    score: float = Field(description="its share of the likelihood among the candidates, 0 to 1")
    level: Level = Field(description="高, 中 or 低; how often each is right is measured in docs/matching.md")
    product: str | None = Field(description="its product that covers most of the need")
    covered: float = Field(description="which part of the need that product covers, 0 to 1")
    why: list[Reason]
    status: str
    source: str


class MatchedFirms(Answer):
    """The firms of the graph for a need in a few words, best first."""

    need: str
    weights_version: str
    suppliers: int = Field(description="firms with a product that were compared")
    ranked: list[SuggestedFirm]
    remarks: list[Reason]

"""The shapes of the answer about local shares: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.core.answers import Answer, Named, Overview, Term
from queries.core.reason import Reason
from queries.gaps.answers import State


class Bought(Term):
    """Where a part is bought, seen from the city."""

    local = "本地"
    outside = "外地"
    unknown = "没问过"


class NotBought(Term):
    """Why a line of a parts list is not counted."""

    made_here = "自制"
    assembly = "下面还有零件"


class ShareOf(Named):
    """A firm or a chain of which a share is asked."""

    label: str


class ShareBounds(Answer):
    """What share is bought here, at least and at most: what is not known may be either."""

    low: float | None = Field(description="from 0 to 1; null: nothing is counted")
    high: float | None
    local: float
    outside: float
    unknown: float
    total: float
    left_out: int = Field(default=0, description="parts that are not in it, for no annual amount is stated")

    @property
    def unknown_share(self) -> float:
        """Return what share is not known."""
        return self.unknown / self.total if self.total else 0.0


class CouldMake(Answer):
    """A local firm that is registered as a maker of the product."""

    firm: Named
    region: str
    status: str
    source: str


class SharePart(Answer):
    """A part that is bought, where, and who could make it here."""

    id: str
    part: str
    level: int | None
    number: str | None
    path: str | None = Field(description="the way down to it: 制冷系统/蒸发器/铜管")
    spec: str | None
    quantity: str | None
    leader: Named
    list_name: str | None
    year: str | None
    product: Named | None
    product_why: str | None
    product_status: str | None
    amount: float | None = Field(description="yuan a year")
    suppliers: list[Named]
    supplier: str | None = Field(description="as the list says")
    place: str | None = Field(description="where its supplier is, as the list says, else as the graph has it")
    verdict: Bought
    why: Reason
    could: list[CouldMake]
    gap: State | None = Field(description="what the chain's product is judged to be")
    gap_chain: Named | None
    status: str
    source: str


class PartsList(Answer):
    """A parts list of a leader, and how much of it is counted."""

    leader: Named
    list_name: str | None
    year: str | None
    lines: int
    counted: int
    assemblies: int
    made_here: int
    used: bool = Field(description="false: there is one of a later year")
    status: str
    source: str


class SkippedLine(Answer):
    """A line of a parts list that is no purchase."""

    id: str
    part: str
    level: int | None
    path: str | None
    leader: Named
    amount: float | None
    why: NotBought
    status: str
    source: str


class LeaderShare(Answer):
    """The local share of one of a chain's leaders."""

    leader: Named
    by_count: ShareBounds
    by_value: ShareBounds
    status: str
    source: str


class LocalShare(Overview):
    """What share of what a leader, or the leaders of a chain, buy is bought here; its rules are those of the gaps."""

    subject: Named
    label: str
    region: list[Named] = Field(description="what is local")
    region_why: Reason
    by_count: ShareBounds
    by_value: ShareBounds
    made_here: int
    waiting: int = Field(description="parts of which the product is inferred, and not judged yet")
    lists: list[PartsList]
    by_leader: list[LeaderShare] = Field(description="of a chain: each of its leaders that has a parts list")
    leaders_without: list[Named] = Field(description="leaders of the chain without a parts list")
    parts: list[SharePart] = Field(description="what is bought elsewhere first, by value")
    skipped: list[SkippedLine] = Field(description="lines that are no purchases")

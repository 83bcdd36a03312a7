"""The shapes of the answer about leaders: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.core.answers import Answer, Named, Overview, Term
from queries.core.reason import Reason


class LeaderKind(Term):
    """By whom a firm is named as a leader."""

    article = "公布家数的那篇报道点名"
    source = "其他来源点名"
    thought = "我们认为是，没有来源点名"


class Claim(Answer):
    """A record that a firm leads a chain, as what."""

    chain: Named
    role: str | None
    status: str
    source: str
    place: str | None


class Counted(Answer):
    """How many rows there are of a kind, and what they rest on."""

    number: int
    status: str | None = Field(description="the least founded of them; null: there is none")
    sources: list[str]


class Leader(Answer):
    """A leader, who says so, and what of it is here; its group's firms are counted with it."""

    firm: Named
    label: str = Field(description="Enterprise or Institute")
    kind: LeaderKind
    in_batch: bool = Field(description="a source says that it is one of the published batch")
    claims: list[Claim] = Field(description="the best founded first")
    group: int = Field(description="firms of its group that are counted with it, itself among them")
    products: Counted = Field(description="products that it makes or offers")
    needs: Counted = Field(description="products that it wants to buy")
    suppliers: Counted = Field(description="firms outside its group that supply it")
    customers: Counted = Field(description="firms outside its group that it supplies")
    regions: list[Named]
    lacks: list[Reason] = Field(description="what is missing to judge it")
    status: str
    source: str
    place: str | None


class PublishedNumber(Answer):
    """A published number of leaders, and how many of them the graph names."""

    number: int
    original: str | None
    as_of: str | None
    named: int = Field(description="a source says that they are among them")
    perhaps: int = Field(description="named by a source that does not say whether they are among them")
    unnamed_least: int = Field(description="of whom nobody can be one that is named here")
    unnamed_most: int
    status: str
    source: str
    place: str | None


class Leaders(Overview):
    """The leaders of the city or of a chain; rows that are samples stand apart, and nothing is counted by them."""

    chain: Named | None
    published: PublishedNumber | None = Field(description="of the whole city, whichever chain; null: not to be seen")
    leaders: list[Leader]
    samples: list[Leader] = Field(description="made-up rows, for show")

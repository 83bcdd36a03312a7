"""The shapes of the answers about clusters beside the communities of the supply graph."""

from pydantic import Field

from queries.core.answers import Answer, Named, Term, Thing
from queries.core.reason import Reason
from queries.registries.answers import Entry, Registry

LEADING = "领军"  # in the role of a leading firm of a cluster


class MemberPlace(Term):
    """Where a member of a cluster stands in the supply graph."""

    same = "同一群落"
    other = "另一群落"
    silent = "没有供应关系"


class Member(Answer):
    """A firm that is declared a member of a cluster; status, source and place are those of that relation."""

    cluster: Thing
    firm: Named
    leader: bool = Field(description="it leads a chain, or is said to be a leading firm of the cluster")
    leads: list[Named] = Field(description="the chains that it leads")
    role: str | None
    since: str | None
    stands: MemberPlace
    community: int | None = Field(description="null: no supplies, the graph says nothing of it")
    status: str
    source: str
    place: str | None


class Beside(Answer):
    """A firm beside a cluster: in its community and no member, or with supplies across communities.

    It is inferred from supplies: status is the least founded of that and of the firm's row, source and place are the
    firm's.
    """

    cluster: Thing
    firm: Named
    community: int
    partners: int = Field(description="members that it supplies or buys from; of a bridge: firms in other communities")
    others: list[int] = Field(description="the other communities that it has supplies with")
    status: str
    source: str
    place: str | None


class Compared(Answer):
    """A declared cluster beside the community in which most of its members are."""

    entry: Entry
    members: list[Member]
    community: int | None = Field(description="null: the supply graph says nothing of its members")
    firms: int = Field(description="firms of that community")
    centre: Named | None = Field(description="the firm of that community with the most partners in it")
    together: int = Field(description="members in that community")
    unlisted: list[Beside] = Field(description="firms of that community that are no members; at most 200")
    unlisted_count: int
    bridges: list[Beside] = Field(description="those of both sides with supplies across communities; at most 200")
    agreement: float | None = Field(description="adjusted mutual information of the two; null: not comparable")
    reason: Reason

    @property
    def status(self) -> str:
        """Return the status of the cluster's own row."""
        return self.entry.status

    @property
    def source(self) -> str:
        """Return the source of the cluster's own row."""
        return self.entry.source


class SupplySide(Answer):
    """The supply graph and how all clusters agree with its communities."""

    firms: int = Field(description="firms with supplies")
    communities: int = Field(description="of two firms and more")
    memberships: int = Field(description="declared memberships of firms with supplies")
    agreement: float | None = Field(description="adjusted mutual information over them; null: not comparable")
    reason: Reason


class Clusters(Registry):
    """The clusters as a registry, each beside the communities; samples apart, beside the graph with samples."""

    cluster: Named | None = Field(default=None, description="the one that was asked about; null: all")
    supply: SupplySide
    compared: list[Compared]
    sample_supply: SupplySide
    sample_compared: list[Compared]

"""The shapes of the answers about the desk of a chain: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.city.answers import Post, WorkItem
from queries.core.answers import Answer, Named, Overview, Term
from queries.core.reason import Reason


class FiveState(Term):
    """Whether a chain has one of the 5个1."""

    live = "系统生成"
    complete = "已有文件"
    missing = "缺"


class GoalState(Term):
    """Whether the city's goal is kept; what is not known is never missed."""

    kept = "达到"
    missed = "没有达到"
    unknown = "未知"


class GoalScope(Term):
    """Of what a row of the goal tells; the goal itself is a chain's for a year."""

    chain = "全链全年"
    half = "半年"
    district = "区(市)"


class Document(Answer):
    """A document or a platform that a chain has."""

    label: str
    id: str
    name: str
    kind: str | None
    until: str | None
    current: bool
    status: str
    source: str
    place: str | None


class FiveOne(Answer):
    """One of the 5个1: made by the system (``live``, and where), there as a document, or missing."""

    kind: str
    state: FiveState
    question: str = Field(description="the question that makes it: chain, targets or projects; empty where none does")
    documents: list[Document]
    why: list[Reason]
    status: str | None = Field(description="the least founded of what it rests on; null: it rests on nothing")
    sources: list[str]


class GoalProject(Answer):
    """A project of the chain, and whether it counts for the city's goal."""

    project: Named
    regions: list[Named]
    signed_on: str | None
    signed_by: str | None = Field(
        default=None, description="signed at the latest, for building or running began then; null: not known"
    )
    amount_original: str | None
    yuan: float | None = Field(description="null: not comparable")
    counts: bool | None = Field(description="null: not known")
    why: list[Reason]
    status: str
    source: str
    place: str | None


class GoalRow(Answer):
    """What is known of the goal in a year, a half of it, or a district in it."""

    scope: GoalScope
    name: str
    year: int
    counted: list[Named] = Field(description="projects that count")
    possible: list[Named] = Field(description="projects that may count")
    state: GoalState
    reason: Reason
    status: str | None = Field(description="the least founded of what it rests on; null: it rests on nothing")
    sources: list[str]


class WorkCounts(Answer):
    """How many items of work there are, and how they stand."""

    items: int
    open: int
    overdue: int
    soon: int
    blocked: int
    undated: int


class DeskRows(Answer):
    """The rows of a desk."""

    posts: list[Post]
    five: list[FiveOne]
    work: list[WorkItem]
    goals: list[GoalRow]
    projects: list[GoalProject]

    @property
    def any(self) -> bool:
        """Tell whether there is any row."""
        return bool(self.posts or self.five or self.work or self.goals or self.projects)


class Desk(Overview, DeskRows):
    """The desk of a chain; rows that are samples stand apart, and nothing is counted by them."""

    chain: str
    chain_id: str
    counts: WorkCounts
    samples: DeskRows = Field(description="made-up rows, for show")


class Duties(Overview):
    """All that a person or an office answers for."""

    agency: Named
    collective: bool
    posts: list[Post]
    work: list[WorkItem]
    counts: WorkCounts

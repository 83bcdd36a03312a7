"""The shapes of the city at a glance: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.core.answers import Answer, Named, Overview
from queries.desk.answers import WorkCounts
from queries.openings.answers import Met
from queries.projects.answers import FunnelRow
from queries.registries.answers import Published


class ChainLine(Answer):
    """A chain: how its products stand, its projects, its open work, and who heads it."""

    chain: Named
    missing: int
    weak: int
    strong: int
    unknown: int
    worst: Named | None = Field(description="the product that is the gravest gap, where one is known")
    projects: int
    work: int = Field(description="items of the four lists of work, done ones among them; 0: none is loaded")
    overdue: int
    head: str = Field(description="who heads it by name; empty where nobody is named")
    status: str
    source: str
    place: str | None


class NeedLine(Answer):
    """How many products that leaders buy are met so; a product that leaders of two chains buy counts in each."""

    met: Met
    products: int
    recorded: int = Field(description="of these, how many are recorded; the others follow from what leaders make")
    status: str | None = Field(description="the least founded of what they rest on; null: there is none")


class PublishedLine(Published):
    """A published figure beside what the rows show, and the question or page that opens these rows."""

    question: str
    arguments: dict[str, str]


class Dashboard(Overview):
    """The city at a glance; samples are left out of every number."""

    city: str
    chains: list[ChainLine]
    stages: list[FunnelRow] = Field(description="the stages at which there is a project")
    needs: list[NeedLine]
    ledger: dict[str, int] = Field(description="matches by the stage that they have reached")
    work: WorkCounts
    published: list[PublishedLine]
    samples: int = Field(description="projects, items of work and matches that are samples, and left out")

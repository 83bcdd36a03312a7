"""The shapes of the answers about projects: what the command prints as JSON and the API returns."""

from pydantic import Field

from queries.city.answers import ProjectRow, ProjectStep
from queries.core.answers import Answer, Named, Overview, SourceUsed, Term
from queries.core.reason import Reason
from queries.gaps.answers import State, WhatIf


class Funnel(Term):
    """How far a project is, as the funnel counts it: every project stands at one of these."""

    lead = "线索"
    talks = "洽谈"
    announced = "已公布（没说签约）"
    signed = "签约"
    started = "开工"
    running = "投产"
    ended = "终止"
    unsaid = "没有写阶段"


class Sum(Answer):
    """The amounts of some projects in one currency, added up."""

    currency: str
    amount: float
    projects: int


class FunnelRow(Answer):
    """The projects at one stage; amounts are added within a currency, over currencies only by a stated rate."""

    stage: Funnel
    projects: int
    sums: list[Sum]
    yuan: float | None = Field(description="those of which the amount in yuan is known, added up; null: of none")
    in_yuan: int = Field(description="how many those are")
    without_amount: int
    without_currency: int = Field(description="with an amount, of which the currency is not written: in no sum")
    status: str | None = Field(description="the least founded of its projects; null: it has none")
    sources: list[str]


class FilledSegment(Answer):
    """A segment that a project says it fills, and whether that is a gap now."""

    segment: Named
    chain: Named | None = Field(description="null: no chain to be seen has it")
    state: State | None = Field(description="as the weak links judge it; null: no chain to be seen has it")
    gap: bool | None = Field(description="null: not known")
    status: str | None = Field(description="the least founded of what the state rests on")


class ProjectItem(ProjectRow):
    """A project as the day of the view sees it."""

    funnel: Funnel
    fills: list[FilledSegment]
    last: ProjectStep | None = Field(description="its last dated step that has come; null: none has a date")
    quiet: int | None = Field(description="days since that step: since the last day that its date may mean")
    stalled: bool | None = Field(description="no step for the days asked about; null: not known, or not asked")
    late: int | None = Field(description="days over the last day that expected_on means; null: not late")

    @property
    def open(self) -> bool:
        """Tell whether there is a step still to come."""
        return self.funnel not in (Funnel.running, Funnel.ended)


class ProjectRows(Answer):
    """Some projects: the whole funnel, those asked for, and those that may stand still without anybody knowing."""

    funnel: list[FunnelRow]
    projects: list[ProjectItem]
    undated: list[ProjectItem] = Field(description="still to go on, of the stage asked for, without any dated step")

    @property
    def any(self) -> bool:
        """Tell whether there is any project."""
        return any(row.projects for row in self.funnel)


class Projects(Overview, ProjectRows):
    """The projects of the city or of a chain; rows that are samples stand apart, and nothing is counted by them."""

    chain: Named | None
    stage: str | None
    stalled_days: int | None
    samples: ProjectRows = Field(description="made-up rows, for show")


class ProjectChange(Answer):
    """What a project would change in a chain: the firms that land in its segments, and the chain before and after."""

    chain: Named
    segments: list[Named]
    landed: list[Reason]
    what_if: WhatIf


class ProjectWhatIf(Answer):
    """What a project would change, and what cannot be said; all of it is inferred."""

    project: ProjectItem
    as_of: str
    verdict: str
    points: list[Reason]
    changes: list[ProjectChange]
    cannot: list[Reason] = Field(description="what is not worked out, and why")
    status: str = Field(description="inferred; sample where the project is")
    sources: list[SourceUsed]

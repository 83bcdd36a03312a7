"""How work goes on: the dated steps of a project, and what a problem holds up."""

from typing import Annotated

from pydantic import BeforeValidator

from graph.model.base import Edge, Link, Node, TypeInfo, column
from graph.model.edges import joins
from graph.model.kinds import OptDate, OptText, Text
from graph.model.nodes import STAGES

ProjectStage = Annotated[str, STAGES, BeforeValidator(STAGES.clean)]


class Progress(Node):
    """项目进展: one dated step of a project, never overwritten; ``handled_by`` reports it."""

    table = TypeInfo(
        "progress",
        "项目进展",
        "prog",
        key=("project", "stage", "happened_on"),
        figures=False,
        links=(Link("project", "项目", "PROGRESS_OF", also=("所属项目",)),),
    )
    name: OptText = column("名称")  # type: ignore[assignment]
    project: Text = column("项目", "所属项目", required=True)
    stage: ProjectStage = column("阶段", "项目阶段", required=True)
    happened_on: OptDate = column("日期", "on")
    handled_by: OptText = column("经办", "经办单位", "by")


class ProgressOf(Edge):
    """项目的一步进展."""

    table = joins(
        "进展归属",
        ("Progress", "Project"),
        columns=(("progress", "项目进展"), ("project", "项目")),
        words=("所属项目", "项目进展"),
    )


class Blocks(Edge):
    """制约: a problem, or a task that does not move, and what it holds up."""

    table = joins(
        "制约",
        *(("Task", label) for label in ("Project", "Enterprise", "Segment", "Task")),
        columns=(("task", "任务或问题"), ("subject", "制约对象")),
        loops=False,
        words=("制约", "受制于"),
    )

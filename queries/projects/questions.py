"""The questions about projects: the funnel and what stands still; what one project would change."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from queries.core.question import Word, question
from queries.names.arguments import Chain, Project
from queries.projects import tables
from queries.projects.answers import Projects, ProjectWhatIf
from queries.projects.stages import find_stage

if TYPE_CHECKING:
    from queries.core.view import View

GROUP = "项目"


def _find_stage(_view: "View", word: str, _: Mapping[str, object]) -> str:
    return find_stage(word)


@question(
    "projects",
    "projects",
    "chains/{chain}/projects",
    group=GROUP,
    slow="看环节缺不缺",
    book=tables.book_of_projects,
    table=tables.projects,
    notes=tables.notes_of_projects,
)
def projects(
    view: "View",
    chain: Chain | None = None,
    stage: Annotated[str | None, Word("只列这个阶段的: 线索、洽谈、签约、开工、投产等", "STAGE", _find_stage)] = None,
    stalled: Annotated[int | None, Word("只列到这一天为止停了几天以上的", "DAYS", low=1, high=36500)] = None,
) -> Projects:
    """项目: 线索到投产各有几个、多少钱,各步哪天、谁办的,投资方、所在、填补的环节现在缺不缺。

    金额按币种各自相加,外币只按写明的汇率折算。一步日期也没有的项目,停没停是不知道,另列。示例另列,不算进那句话。
    """
    from queries.projects.projects import make_projects_answer

    return make_projects_answer(view, chain, stage, stalled)


@question(
    "project-what-if",
    "projects/{project}/what-if",
    group=GROUP,
    slow="推演",
    table=tables.project_what_if,
    notes=tables.notes_of_what_if,
)
def project_what_if(view: "View", project: Project) -> ProjectWhatIf:
    """假如项目落地: 投资方在它填补的环节里做它登记的产品,各环节、产品的状态与紧要怎样变,补上和新开哪些缺口。

    没有写环节、投资方,或图里没有写投资方做这个环节的哪种产品的,就说说不清,不猜。
    """
    from queries.projects.what_if import project_what_if as ask

    return ask(view, project)

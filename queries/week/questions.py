"""The question of what to do this week."""

from typing import TYPE_CHECKING, Annotated

from queries.core.question import Word, question
from queries.week import tables
from queries.week.answers import Week

if TYPE_CHECKING:
    from queries.core.view import View

Top = Annotated[int, Word("列最紧要的前几个缺口", low=1, high=1000)]


@question("gaps", "gaps", group="断点", slow="排最该补的缺口", table=tables.table_of_gaps, notes=tables.notes_of_week)
def gaps(view: "View", top: Top = 20) -> Week:
    """本周要办: 全部产业链最该补的缺口,按紧要排;还有先去查哪里、停着的事、等人判断的,每条链的产品各是什么状态。

    有项目在补的缺口排在后面。没查清的不算缺,疑似的另说。缺口出自示例的,写明去掉示例还剩什么。
    """
    from queries.week.week import week

    return week(view, top)

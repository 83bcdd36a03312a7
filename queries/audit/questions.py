"""The question about the journal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from queries.audit.answers import Ended, LoggedAction
from queries.core.question import Word, question

if TYPE_CHECKING:
    from queries.core.table import Table
    from queries.core.view import View


def _table(answer: Sequence[LoggedAction]) -> "Table[LoggedAction]":
    from queries.audit.tables import table_of_actions

    return table_of_actions(answer)


@question("audit", "audit", group="运行", table=_table, most=200)
def audit(
    view: "View",
    since: Annotated[str | None, Word("从哪天起,如 2026-11-01", "DATE")] = None,
    thing: Annotated[str | None, Word("只看编号或名称里有这几个字的", "ID")] = None,
    who: Annotated[str | None, Word("只看谁做的")] = None,
    ended: Annotated[Ended | None, Word("只看这样的结果")] = None,
) -> Sequence[LoggedAction]:
    """操作记录: 谁在什么时候改了什么、改成什么、为什么,做成了还是被拒;最近的在前。

    一条接一条,由校验和相连,`lianzhang verify` 核对。不会自动删去。做成了的改动可用 `lianzhang undo 改动编号` 撤销。
    """
    from queries.audit.audit import list_actions

    return list_actions(view, since, thing, who, ended)

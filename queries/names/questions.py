"""The questions about names: what a word may mean, which firms may be one."""

from typing import TYPE_CHECKING, Annotated

from queries.core.answers import Hit
from queries.core.question import Word, question
from queries.names.answers import Doubt, Judgement
from queries.names.tables import table_doubts, table_hits, table_judgements

if TYPE_CHECKING:
    from queries.core.view import View

Text = Annotated[str, Word("名称、简称、别名、拼音或首字母,如 hxsx", "TEXT", longest=200, route="q")]
Most = Annotated[int, Word("最多几条", low=1, high=200, route="size")]


@question("search", "search", group="产业链", table=table_hits)
def search(view: "View", text: Text, most: Most = 20) -> list[Hit]:
    """按名称、简称、别名、拼音或首字母查找;都不恰好相同时,后面列出名称相近的企业。"""
    from queries.names.search import search as ask

    return ask(view, text, most)


@question("same-firms", "same-firms", group="企业", command=False, slow="比对企业", most=100, table=table_doubts)
def same_firms(view: "View") -> list[Doubt]:
    """可能是同一家的企业,成对,最明显的在前:
    每一对为什么可能是、有什么不利的;判断过的不再列出。判断用命令 lianzhang judge-firms。"""
    from queries.names.same_firms import doubts

    return doubts(view)


@question("same-firms-history", "same-firms/history", group="企业", command=False, table=table_judgements)
def same_firms_history(view: "View") -> list[Judgement]:
    """对企业是否同一的全部判断,新的在前;同一对里最后一条算数。"""
    from queries.names.same_firms import history

    return history(view)

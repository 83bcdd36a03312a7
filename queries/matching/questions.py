"""The question of matching: which firms can meet a need in a few words."""

from typing import TYPE_CHECKING, Annotated

from queries.core.question import Word, question
from queries.matching.answers import MatchedFirms

if TYPE_CHECKING:
    from queries.core.view import View

Need = Annotated[str, Word("几个字的需求,如 压缩机", longest=200)]
Top = Annotated[int, Word("列前几家", low=1, high=400)]


@question("match", "match", group="卡位入链", command=False)
def match(view: "View", need: Need, top: Top = 20) -> MatchedFirms:
    """图中哪些企业能满足一项几个字的需求: 按可能性排列,每家写明理由;都是推断,不存入图。"""
    from queries.matching.city import match_city

    return match_city(view, need, top)

"""The question about leaders."""

from typing import TYPE_CHECKING

from queries.core.question import question
from queries.leaders import tables
from queries.leaders.answers import Leaders
from queries.names.arguments import Chain

if TYPE_CHECKING:
    from queries.core.view import View


@question(
    "leaders",
    "leaders",
    "chains/{chain}/leaders",
    group="链长制",
    book=tables.book_of_leaders,
    table=tables.leaders,
    notes=tables.notes_of_leaders,
)
def leaders(view: "View", chain: Chain | None = None) -> Leaders:
    """链主: 报道点名的、其他来源点名的、我们只是认为的,各自分开;公布的家数里几家知道是谁;每家还缺哪些行。

    产品、需求、供应关系连同集团里的企业一起数。示例另列,不算进那句话。
    """
    from queries.leaders.leaders import make_leaders

    return make_leaders(view, chain)

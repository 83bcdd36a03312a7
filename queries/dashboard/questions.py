"""The question about the whole city."""

from typing import TYPE_CHECKING

from queries.core.question import question
from queries.dashboard import tables
from queries.dashboard.answers import Dashboard

if TYPE_CHECKING:
    from queries.core.view import View


@question(
    "dashboard",
    "dashboard",
    group="链长制",
    slow="看全市",
    book=tables.book_of_dashboard,
    notes=tables.notes_of_dashboard,
)
def dashboard(view: "View") -> Dashboard:
    """驾驶舱: 全市各链缺弱多少、项目到哪一步、链主要买的接上多少、要办的事逾期多少,公布的数与图里的行差多少。

    示例一概不算。公布的数与图里怎么数,写在 queries/dashboard/published.toml。
    """
    from queries.dashboard.dashboard import make_dashboard

    return make_dashboard(view)

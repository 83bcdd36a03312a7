"""The question about the whole city."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from queries.core.question import question
from queries.dashboard.answers import Dashboard

if TYPE_CHECKING:
    from queries.core.parts import Book
    from queries.core.view import View


def _book(answer: Dashboard) -> "Book":
    from queries.dashboard.tables import book_of_dashboard

    return book_of_dashboard(answer)


def _notes(answer: Dashboard, given: Mapping[str, Any]) -> Iterator[str]:
    from queries.dashboard.tables import notes_of_dashboard

    return notes_of_dashboard(answer, given)


@question(
    "dashboard",
    "dashboard",
    group="链长制",
    slow="看全市",
    book=_book,
    notes=_notes,
)
def dashboard(view: "View") -> Dashboard:
    """驾驶舱: 全市各链缺弱多少、项目到哪一步、链主要买的接上多少、要办的事逾期多少,公布的数与图里的行差多少。

    示例一概不算。公布的数与图里怎么数,写在 queries/dashboard/published.toml。
    """
    from queries.dashboard.dashboard import make_dashboard

    return make_dashboard(view)

"""Views of stores, as tests ask for them."""

from collections.abc import Iterable

from graph.scope import Scope
from graph.stores import Store
from queries.core.view import View


def trusted(without: Iterable[str] = ()) -> tuple[str, ...]:
    """The statuses that are left without some."""
    return Scope.without(",".join(without)).statuses


def under(store: Store, statuses: Iterable[str] | None = None, today: str | None = None) -> View:
    """The view of a store under a scope: everything as of today, unless said otherwise."""
    return View.of(store, Scope.of(trusted() if statuses is None else tuple(statuses), today or ""))

"""A view: one version of a store under one scope, which every question is asked of."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

from graph.errors import NotFound
from graph.model import STATUS_ZH
from graph.scope import Scope
from graph.stores import Store
from queries.core.cache import CACHE
from queries.core.catalogue import answer, side_by_side

Made = TypeVar("Made")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class View:
    """One version of a store under one scope; made once for a request or a command.

    Whether the work is to go on is told by ``graph.deadline``, which goes with the request into whatever thread works for it.
    """

    store: Store
    scope: Scope
    version: str

    @classmethod
    def of(cls, store: Store, scope: Scope | None = None) -> "View":
        """Return the view of the current version of a store, which stays that version's whatever is loaded meanwhile."""
        pinned = store.pinned()
        return cls(pinned, scope or Scope(), pinned.version())

    @cached_property
    def whole(self) -> "View":
        """Return the view of the same version that leaves nothing out: names mean the same whatever is hidden."""
        return self if not self.scope.hidden else View(self.store, Scope(day=self.scope.day), self.version)

    @property
    def statuses(self) -> tuple[str, ...]:
        """Return the statuses of the rows to be seen."""
        return self.scope.statuses

    def ask(self, question: str, *, hops: int | None = None, limit: int | None = None, **parameters: Any) -> Rows:
        """Return the rows of a question of the catalogue, which knows ``$statuses`` and ``$yardstick``; none under an empty scope."""
        if not self.statuses:
            return []
        seen = {"statuses": list(self.statuses), "yardstick": list(self.scope.yardstick)}
        return answer(self.store, question, hops=hops, limit=limit, **seen, **parameters).rows

    def ask_each(self, questions: Sequence[str], **parameters: Any) -> dict[str, Rows]:
        """Return the rows of several questions with the same parameters, some asked at a time."""
        return dict(zip(questions, side_by_side(*(partial(self.ask, one, **parameters) for one in questions)), strict=True))

    def once(self, what: Hashable, make: Callable[[], Made]) -> Made:
        """Return what ``make`` returned for this version and scope; threads that ask for the same thing wait for one of them.

        Who waits does so to the end of its own deadline; where the one that makes it is stopped, the next that waits makes it.
        """
        return CACHE.once((self.store.url, self.scope, what), self.version, make)

    def shows(self, *things: Mapping[str, Any]) -> bool:
        """Tell whether things and relations, each with its ``_label``, are to be seen."""
        return all(thing["status"] in self.scope.of_kind(thing.get("_label", "")) for thing in things)

    def refuse_hidden(self, thing: Mapping[str, Any]) -> None:
        """Raise ``NotFound`` for a thing whose status is left out, and say that it is there."""
        if not self.shows(thing):
            zh = STATUS_ZH[thing["status"]]
            raise NotFound(f"“{thing.get('name') or thing['id']}”的状态是“{zh}”,这类数据已被隐藏;显示全部数据后可以看到")

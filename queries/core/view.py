"""A view: one version of a store under one scope, which every question is asked of."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

from graph.errors import NotFound
from graph.scope import EVERYWHERE, Scope
from graph.statuses import STATUS_ZH
from graph.stores import Store
from queries.core.cache import CACHE
from queries.core.catalogue import answer, side_by_side

Made = TypeVar("Made")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class View:
    """One version of a store under one scope; made once for a request or a command.

    Whether the work is to go on is told by ``graph.deadline``, which goes with
    the request into whatever thread works for it.
    """

    store: Store
    scope: Scope
    version: str

    @classmethod
    def of(cls, store: Store, scope: Scope | None = None) -> "View":
        """Return the view of the current version of a store, which stays that
        version's whatever is loaded meanwhile."""
        pinned = store.pinned()
        view = cls(pinned, scope or Scope(), pinned.version())
        view.elsewhere  # noqa: B018  # a city that the graph has no chain of is refused before anything is answered
        return view

    @cached_property
    def whole(self) -> "View":
        """Return the view of the same version that leaves nothing out: names mean the same whatever is hidden."""
        everything = Scope(day=self.scope.day)
        return self if self.scope == everything else View(self.store, everything, self.version)

    @cached_property
    def real(self) -> "View":
        """Return the view of the same version without what is made up."""
        scope = Scope.of({*self.statuses} - {"sample"}, self.scope.day, self.scope.city)
        return self if scope == self.scope else View(self.store, scope, self.version)

    @cached_property
    def cities(self) -> dict[str, str]:
        """Return the regions that chains say are theirs, name by id; with less than two there is nothing to choose."""
        return {region: name for region, name, _ in self._homes}

    @cached_property
    def _chosen(self) -> dict[str, str]:
        word = _city_word(self.scope.city)
        return {region: name for region, name in self.cities.items() if word and word in (region, _city_word(name))}

    @property
    def city(self) -> str:
        """Return the name of the city of the scope, as the graph writes it, or nothing."""
        return next(iter(self._chosen.values()), "")

    @cached_property
    def elsewhere(self) -> dict[str, str]:
        """Return the chains that are another city's than the scope's, with that
        city's name; one without a region is of every city."""
        if not self.scope.city or not self.cities:
            return {}
        if not self._chosen:
            known = "、".join(sorted(self.cities.values()))
            raise NotFound(f"图中没有城市“{self.scope.city[:60]}”的产业链；有链的城市：{known}")
        homes: dict[str, dict[str, str]] = defaultdict(dict)
        for region, name, chain in self._homes:
            homes[chain][region] = name
        return {chain: "、".join(own.values()) for chain, own in homes.items() if self._chosen.keys().isdisjoint(own)}

    @property
    def _homes(self) -> list[tuple[str, str, str]]:
        def make() -> list[tuple[str, str, str]]:
            if self.version == "empty":
                return []
            return sorted((row["region"], row["name"], row["chain"]) for row in self.whole.ask("chain_cities"))

        return self.whole.once("homes of chains", make)

    @property
    def statuses(self) -> tuple[str, ...]:
        """Return the statuses of the rows to be seen."""
        return self.scope.statuses

    def ask(self, question: str, **parameters: Any) -> Rows:
        """Return the rows of a question of the catalogue, which knows
        ``$statuses`` and ``$yardstick``; none under an empty scope."""
        if not self.statuses:
            return []
        seen: dict[str, Any] = {"statuses": list(self.statuses), "yardstick": list(self.scope.yardstick)}
        return answer(self.store, question, **seen, **parameters).rows

    def ask_each(self, questions: Sequence[str], **parameters: Any) -> dict[str, Rows]:
        """Return the rows of several questions with the same parameters, some asked at a time."""
        return dict(
            zip(
                questions,
                side_by_side(*(partial(self.ask, question, **parameters) for question in questions)),
                strict=True,
            )
        )

    def once(self, what: Hashable, make: Callable[[], Made]) -> Made:
        """Return what ``make`` returned for this version and scope; threads
        that ask for the same thing wait for one of them.

        Who waits does so to the end of its own deadline; where the one that
        makes it is stopped, the next that waits makes it.
        """
        return CACHE.once((self.store.url, self.scope, what), self.version, make)

    def shows(self, *things: Mapping[str, Any]) -> bool:
        """Tell whether things and relations, each with its ``_label``, are to be seen."""
        return all(
            thing["status"] in self.scope.of_kind(label := thing.get("_label", ""))
            and not (label == "Chain" and thing["id"] in self.elsewhere)
            for thing in things
        )

    def refuse_hidden(self, thing: Mapping[str, Any]) -> None:
        """Raise ``NotFound`` for a thing whose status is left out, or a chain
        of another city, and say that it is there."""
        if self.shows(thing):
            return
        name, home = thing.get("name") or thing["id"], self.elsewhere.get(thing["id"])
        if home and thing.get("_label") == "Chain":
            raise NotFound(f"“{name}”是{home}的产业链，现在只看{self.scope.city}；城市改为“{EVERYWHERE}”后可以看到")
        raise NotFound(f"“{name}”的状态是“{STATUS_ZH[thing['status']]}”，这类数据已被隐藏；显示全部数据后可以看到")


def _city_word(name: str) -> str:
    return name.strip().removesuffix("市")

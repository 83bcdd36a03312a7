"""The communities of the supply graph, and how declared groups of firms agree with them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from queries.core.view import View
from queries.networks.network import Network, read_network
from queries.networks.structure import Groups, agreement, communities
from queries.networks.supply_structure import SEED


@dataclass(frozen=True, eq=False)
class Communities:
    """The communities of a network, the largest 1; a firm without supplies is in none: the graph says nothing of it."""

    network: Network
    found: Groups

    @cached_property
    def of(self) -> dict[str, int]:
        """Return the community of each firm with supplies."""
        linked = np.diff(self.network.neighbours.starts) > 0
        each = zip(self.found.ids, self.found.number.tolist(), linked, strict=True)
        return {id: number + 1 for id, number, there in each if there}

    @cached_property
    def firms(self) -> dict[int, list[str]]:
        """Return the firms of each community."""
        firms: dict[int, list[str]] = {}
        for id, number in self.of.items():
            firms.setdefault(number, []).append(id)
        return firms

    @cached_property
    def _places(self) -> dict[str, int]:
        return {id: place for place, id in enumerate(self.network.ids)}

    def partners(self, firm: str) -> list[str]:
        """Return the firms that a firm supplies or buys from."""
        starts, ends = self.network.neighbours
        place = self._places[firm]
        return [self.network.ids[end] for end in ends[starts[place] : starts[place + 1]].tolist()]

    def across(self, firm: str) -> Counter[int]:
        """Return with how many firms of each other community a firm has supplies."""
        return Counter(self.of[partner] for partner in self.partners(firm) if self.of[partner] != self.of[firm])

    def home_of(self, members: Iterable[str]) -> int | None:
        """Return the community of most of some firms, the larger of equals; nothing where none has supplies."""
        counted = Counter(self.of[member] for member in members if member in self.of)
        return min(counted, key=lambda number: (-counted[number], number), default=None)

    def centre_of(self, number: int) -> str:
        """Return the firm of a community with the most partners in it, the first by id of equals."""
        within = {
            firm: sum(self.of[partner] == number for partner in self.partners(firm)) for firm in self.firms[number]
        }
        return min(within, key=lambda firm: (-within[firm], firm))

    def agree(self, declared: Mapping[str, Collection[str]]) -> tuple[float | None, int]:
        """Return how declared groups agree with the communities, over how many memberships; nothing: not comparable."""
        pairs = [(firm, name) for name, members in declared.items() for firm in members if firm in self.of]
        return self._score({firm: self.of[firm] for firm, _ in pairs}, pairs), len(pairs)

    def agree_on(self, members: Collection[str], home: int) -> float | None:
        """Return how one group agrees with one community, over all firms with supplies: in it or not."""
        pairs = [(firm, "member" if firm in members else "other") for firm in self.of]
        return self._score({firm: int(number == home) for firm, number in self.of.items()}, pairs)

    def _score(self, number: Mapping[str, int], pairs: list[tuple[str, str]]) -> float | None:
        if len({name for _, name in pairs}) < 2 or len(set(number.values())) < 2:
            return None
        return agreement(Groups(list(number), np.array(list(number.values()))), pairs).score


def read_communities(view: View) -> Communities:
    """Return the communities of the supply graph of a view, found once for each version."""

    def make() -> Communities:
        network = read_network(view)
        return Communities(network, communities(network, SEED))

    return view.once("communities", make)

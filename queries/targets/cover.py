"""The fewest sets that cover the most: maximum coverage, exactly by an integer program, or greedily with its guarantee.

Greedy reaches at least 1 − 1/e of the best (Nemhauser, Wolsey, Fisher: Mathematical
Programming 14:265, 1978); what bounds the best from above is then the linear program,
or greedy's own gains: no few sets can add more than the largest of them would.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from graph.deadline import check, seconds_left

Method = Literal["exact", "greedy"]
SECONDS = 10.0  # for one integer program
GUARANTEE = 1 - 1 / np.e


@dataclass(frozen=True)
class Cover:
    """Chosen sets, sorted, each of which adds something, what they cover in
    weight, how that was found, and what the best can reach.

    ``fewest`` tells whether it is proved that no fewer sets cover as much.
    """

    chosen: tuple[str, ...]
    value: int
    bound: int
    method: Method
    fewest: bool = False


class Covering:
    """Sets by id, each of elements by index, and the weight of each element, a whole number of at least 1.

    ``ids`` are those to choose from: a set that lies within another, of equal
    ones all but the first, can never do better.
    """

    def __init__(self, sets: Mapping[str, Sequence[int]], weights: Sequence[int], seconds: float = SECONDS) -> None:
        self.sets = {id: frozenset(sets[id]) for id in sorted(sets) if sets[id]}
        self.ids = self._widest()
        self.weights = np.array(weights, dtype=np.int64)
        self.coverable = sorted({element for own in self.sets.values() for element in own})
        self.seconds = seconds

    def _widest(self) -> list[str]:
        """Return the sets that lie within no other."""
        wide: dict[int, list[str]] = defaultdict(list)  # by element
        for id, own in sorted(self.sets.items(), key=lambda pair: (-len(pair[1]), pair[0])):
            check()
            if not any(own <= self.sets[wider] for wider in wide[min(own)]):
                for element in own:
                    wide[element].append(id)
        return sorted({id for ids in wide.values() for id in ids})

    @property
    def total(self) -> int:
        """Return the weight of all that any set covers."""
        return int(self.weights[self.coverable].sum())

    def value(self, chosen: Sequence[str]) -> int:
        """Return the weight that some sets cover together."""
        covered = {element for id in chosen for element in self.sets[id]}
        return int(self.weights[sorted(covered)].sum())

    def greedy(self, most: int, among: Sequence[str] | None = None) -> list[str]:
        """Return at most so many sets, each time the one that adds most, the
        first by id of equals, until none adds anything."""
        ids = self.ids if among is None else among
        chosen: list[str] = []
        covered: set[int] = set()
        for _ in range(most):
            check()
            gains = {id: self._gain(id, covered) for id in ids}
            best = min(ids, key=lambda id: (-gains[id], id), default=None)
            if best is None or not gains[best]:
                break
            chosen.append(best)
            covered |= self.sets[best]
        return chosen

    def _gain(self, id: str, covered: set[int]) -> int:
        return int(self.weights[sorted(self.sets[id] - covered)].sum())

    def at_most(self, most: int) -> Cover:
        """Return a choice of at most so many sets that covers the most, of those one of the fewest sets."""
        cover = self.reach(most)
        if cover.method == "greedy" or not cover.chosen:
            return cover
        fewest = self._solve(len(cover.chosen), cover.value)
        return (
            replace(cover, chosen=tuple(fewest), fewest=True) if fewest and self.value(fewest) >= cover.value else cover
        )

    def reach(self, most: int, exact: bool = True) -> Cover:
        """Return a choice of at most so many sets that covers the most; by the greedy way alone where not ``exact``."""
        if not self.ids:
            return Cover((), 0, 0, "exact", fewest=True)
        chosen = self._solve(most) if exact else None
        if chosen is None:
            return self._approximate(most)
        value = self.value(chosen)
        return Cover(tuple(sorted(self.greedy(len(chosen), chosen))), value, value, "exact")

    def _approximate(self, most: int) -> Cover:
        chosen = self.greedy(most)
        value = self.value(chosen)
        bound = min(self.total, int(value / GUARANTEE), self._gains_bound(chosen, most), self._relaxed(most))
        return Cover(tuple(sorted(chosen)), value, max(bound, value), "greedy")

    def _gains_bound(self, chosen: Sequence[str], most: int) -> int:
        """Return what greedy covers and what the largest further gains would
        add, one for each set that may be chosen."""
        covered = {element for id in chosen for element in self.sets[id]}
        gains = sorted((self._gain(id, covered) for id in self.ids), reverse=True)
        return self.value(chosen) + sum(gains[:most])

    def _relaxed(self, most: int) -> int:
        """Return the best of the linear program in which sets may be taken in
        part, as a whole number that the best cannot pass."""
        from scipy.optimize import linprog  # half a second, and an integer program is seldom asked for

        matrix, upper = self._rows(most)
        options = {"time_limit": seconds_left(self.seconds)}
        solved: Any = linprog(-self._profits(), A_ub=matrix, b_ub=upper, bounds=(0, 1), method="highs", options=options)
        return int(np.floor(-solved.fun + 1e-6)) if solved.status == 0 else self.total

    def _profits(self) -> np.ndarray:
        return np.concatenate([np.zeros(len(self.ids)), self.weights[self.coverable].astype(float)])

    def _rows(self, most: int) -> tuple[csr_array, np.ndarray]:
        """Return the rows of: an element counts only where a set that holds it is chosen; at most so many sets are."""
        place = {element: row for row, element in enumerate(self.coverable)}
        pairs = [(place[element], column) for column, id in enumerate(self.ids) for element in self.sets[id]]
        rows, columns = np.array(pairs).T
        held = coo_array((-np.ones(len(pairs)), (rows, columns)), shape=(len(place), len(self.ids)))
        ones = coo_array(np.ones((1, len(self.ids))))
        nothing = coo_array((1, len(place)))
        eye = coo_array((np.ones(len(place)), (np.arange(len(place)), np.arange(len(place)))))
        matrix = vstack([hstack([held, eye]), hstack([ones, nothing])])
        return csr_array(matrix), np.append(np.zeros(len(place)), most)

    def _solve(self, most: int, least: int = 0) -> list[str] | None:
        """Return the sets of a choice that covers the most, or with ``least`` of the fewest sets that cover so much.

        None where it was not proved in time.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        matrix, upper = self._rows(most)
        profits = self._profits()
        whole = np.concatenate([np.ones(len(self.ids)), np.zeros(len(self.coverable))])
        limits = [LinearConstraint(matrix, -np.inf, upper)]
        if least:
            limits.append(LinearConstraint(profits[np.newaxis, :], least - 0.5, np.inf))
        options = {"time_limit": seconds_left(self.seconds), "mip_rel_gap": 0}
        cost = whole if least else -profits
        solved: Any = milp(cost, integrality=whole, bounds=Bounds(0, 1), constraints=limits, options=options)
        if solved.status != 0 or solved.x is None:
            return None
        return [id for id, share in zip(self.ids, solved.x, strict=False) if share > 0.5]

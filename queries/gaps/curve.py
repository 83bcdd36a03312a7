"""How much of what the leaders need is still served here as firms fall, at random and by rank."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graph.deadline import check
from queries.city.facts import Facts
from queries.gaps.answers import Curve, RiskRanking
from queries.networks.cascade_arrays import Floats


def served_curve(facts: Facts, risk: RiskRanking | None) -> Curve:
    """Return the curve of a chain's leaders; empty where no leader has a known need."""
    known = _needs(facts)
    needs = {need: servers for need, servers in known.items() if servers}
    firms = {firm for servers in needs.values() for firm in servers}
    risks = {firm.firm.id: firm.esri for firm in risk.firms} if risk else {}
    serves = Counter(firm for servers in needs.values() for firm in servers)
    order = sorted(firms, key=lambda firm: (-risks.get(firm, 0.0), -serves[firm], firm))
    place = {firm: number for number, firm in enumerate(order)}
    last = np.array([max(place[firm] for firm in servers) for servers in needs.values()], np.int64)
    by_rank = (served_by_rank(len(order), last) / max(1, len(known))).tolist()
    random = (served_at_random(len(order), [len(servers) for servers in needs.values()]) / max(1, len(known))).tolist()
    return Curve(
        needs=len(known),
        served_now=len(needs),
        firms=[facts.firm_name(firm) for firm in order],
        random=[round(share, 6) for share in random],
        by_rank=[round(share, 6) for share in by_rank],
        random_area=_area(random),
        by_rank_area=_area(by_rank),
    )


def _needs(facts: Facts) -> dict[tuple[str, str], set[str]]:
    """Return the firms that serve each need of the chain's leaders."""
    leaders = sorted({row.start for row in facts.leads if row.end == facts.chain.id and row.start not in facts.gone})
    own: dict[str, set[str]] = {leader: set() for leader in leaders}
    for product, makers in facts.all_makers.items():
        for maker in makers:
            if maker in own:
                own[maker].add(product)
    supplied: dict[tuple[str, str], set[str]] = {}
    for start, end, good in facts.city.supplies.select("from", "to", "good").drop_nulls("good").iter_rows():
        if start not in facts.gone:
            supplied.setdefault((good, end), set()).add(start)
    serving = {}
    for leader, made in own.items():
        check()
        wanted = set(facts.leader_goods.get(leader, frozenset())) - made
        wanted |= {source for product in made for source in facts.city.needed_for(product)} - made
        for product in sorted(wanted):
            serving[leader, product] = (
                set(facts.all_makers.get(product, ())) | supplied.get((product, leader), set())
            ) - {leader}
    return serving


def served_by_rank(number: int, last: NDArray[np.int64]) -> Floats:
    """Return how many needs are served after 0, 1, … of so many firms have
    fallen, by the place of the last firm to serve each."""
    ended = np.bincount(last + 1, minlength=number + 1) if len(last) else np.zeros(number + 1)
    return len(last) - np.cumsum(ended).astype(np.float64)


def served_at_random(number: int, servers: Iterable[int]) -> Floats:
    """Return how many needs are served on average after 0, 1, … of so many
    firms have fallen, by how many firms serve each.

    The chance that all k that serve one are among m fallen is C(n-k, m-k) /
    C(n, m), and from m to m - 1 it falls by (m - k) / m.
    """
    served = np.zeros(number + 1, np.longdouble)
    fallen = np.arange(number, 0, -1)
    for size, needs in Counter(servers).items():
        check()
        falls = np.maximum(fallen - size, 0) / fallen.astype(np.longdouble)
        served += needs * (1 - np.append(np.longdouble(1), np.cumprod(falls))[::-1])
    return served.astype(np.float64)


def _area(curve: list[float]) -> float | None:
    """Return the area under a curve over the share of firms fallen (trapezoids)."""
    if len(curve) < 2:
        return None
    return round(sum((before + after) / 2 for before, after in pairwise(curve)) / (len(curve) - 1), 6)

"""How much of what the leaders need is still served here as firms fall, at random and by rank."""

from itertools import pairwise
from math import comb

from pydantic import Field

from queries.answers import Answer
from queries.gaps.answers import RiskRanking
from queries.gaps.facts import Facts


class Curve(Answer):
    """Shares of all needs still served after 0, 1, … firms have fallen; areas under them from 0 to 1.

    A need is a leader of the chain and a product that it has registered a need for, or that is essential to what it makes and that
    it does not make itself. It is served while a local maker of the product, or a known supplier of it to this leader, stands.
    ``random`` is the exact expectation over all orders of falling (hypergeometric); ``by_rank`` takes the firms with the highest
    systemic risk first, then those that serve most needs.
    """

    needs: int
    served_now: int
    firms: list[str] = Field(description="the firms that serve a need, in the order of the ranking")
    random: list[float]
    by_rank: list[float]
    random_area: float | None
    by_rank_area: float | None


def served_curve(facts: Facts, risk: RiskRanking | None) -> Curve:
    """Return the curve of a chain's leaders; empty where no leader has a known need."""
    known = _needs(facts)
    needs = {need: servers for need, servers in known.items() if servers}
    firms = {firm for servers in needs.values() for firm in servers}
    risks = {one.firm.id: one.esri for one in risk.firms} if risk else {}
    serves = {firm: sum(firm in servers for servers in needs.values()) for firm in firms}
    order = sorted(firms, key=lambda firm: (-risks.get(firm, 0.0), -serves[firm], firm))
    place = {firm: number for number, firm in enumerate(order)}
    number = len(order)
    fallen = range(number + 1)
    by_rank = [sum(max(place[firm] for firm in servers) >= one for servers in needs.values()) / max(1, len(known)) for one in fallen]
    random = [sum(1 - _all_fallen(number, one, len(servers)) for servers in needs.values()) / max(1, len(known)) for one in fallen]
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
    supplied: dict[tuple[str, str], set[str]] = {}
    for start, end, good in facts.city.supplies.select("from", "to", "good").drop_nulls("good").iter_rows():
        if start not in facts.gone:
            supplied.setdefault((good, end), set()).add(start)
    found = {}
    for leader in leaders:
        made = {product for product, makers in facts.all_makers.items() if leader in makers}
        wanted = set(facts.leader_goods.get(leader, frozenset())) - made
        wanted |= {source for product in made for source in facts.city.needed_for(product)} - made
        for product in sorted(wanted):
            found[leader, product] = (set(facts.all_makers.get(product, ())) | supplied.get((product, leader), set())) - {leader}
    return found


def _all_fallen(number: int, fallen: int, servers: int) -> float:
    """Return the chance that all of some servers are among the fallen: C(n-k, m-k) / C(n, m)."""
    return comb(number - servers, fallen - servers) / comb(number, fallen) if servers <= fallen else 0.0


def _area(curve: list[float]) -> float | None:
    """Return the area under a curve over the share of firms fallen (trapezoids)."""
    if len(curve) < 2:
        return None
    return round(sum((one + other) / 2 for one, other in pairwise(curve)) / (len(curve) - 1), 6)

"""Needs at a glance: each product once, and who here could meet it; of a leader, of a chain, of all chains."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from queries.city.city import read_city
from queries.core.answers import Named, count_statuses, weakest
from queries.core.reason import Reason
from queries.core.view import View
from queries.matching.answers import Level
from queries.openings.answers import ChainWanted, CityNeeds, Met, Opening, Stage, Wanted
from queries.openings.catalogue import say
from queries.openings.lists import RULE_VERSION, chain_opportunities
from queries.things.things import sources_used


@dataclass
class _Product:
    product: str
    product_id: str | None
    recorded: bool = False
    leaders: dict[str, Named] = field(default_factory=dict)
    able: dict[str, Named] = field(default_factory=dict)
    supplying: dict[str, Named] = field(default_factory=dict)
    statuses: set[str] = field(default_factory=set)
    sources: dict[str, None] = field(default_factory=dict)

    def wanted(self) -> Wanted:
        return Wanted(
            product=self.product,
            product_id=self.product_id,
            met=Met.able if self.able else Met.supplied if self.supplying else Met.none,
            recorded=self.recorded,
            leaders=[*self.leaders.values()],
            able=[*self.able.values()],
            supplying=[*self.supplying.values()],
            status=weakest(self.statuses) or "",
            sources=[*self.sources],
        )


def at_a_glance(needs: Sequence[Opening]) -> list[Wanted]:
    """Return the needed products, each once: which local firms could take the place, and which supply it already."""
    products: dict[str, _Product] = {}
    for row in needs:
        product = products.setdefault(row.product, _Product(row.product, row.product_id))
        product.recorded |= any(record.record == "NEEDS" for record in row.evidence)
        product.leaders[row.leader.id] = row.leader
        product.statuses.add(row.status)
        product.sources[row.source] = None
        if row.firm is not None and row.local and row.fit in (Level.high, Level.middle) and row.stage != Stage.dropped:
            (product.able if row.computed else product.supplying)[row.firm.id] = row.firm
    return [product.wanted() for product in products.values()]


def city_needs(view: View, met: Met | None = None) -> CityNeeds:
    """Return what the leaders of all chains need: of those that are met so, where that is asked for."""
    return view.once(("city-needs", met), lambda: _make(view, met))


def _make(view: View, met: Met | None) -> CityNeeds:
    real = list(_of_chains(view.real))
    known = {(need.chain.id, need.product) for need in real}
    samples = [need for need in _of_chains(view) if (need.chain.id, need.product) not in known]
    needs, samples = ([need for need in some if met in (None, need.met)] for some in (real, samples))
    counts = Counter(need.met for need in real)
    points = list(_tell(real, len(samples)))
    listed = [*needs, *samples]
    return CityNeeds(
        met=met,
        counts={each: counts[each] for each in Met},
        needs=needs,
        samples=samples,
        verdict="；".join(points) + "。",
        points=points,
        as_of=view.scope.day,
        rules_version=RULE_VERSION,
        rests_on=count_statuses(need.status for need in listed),
        sources=sources_used(view, [source for need in listed for source in need.sources]),
    )


def _of_chains(view: View) -> Iterator[ChainWanted]:
    for id, name in sorted(read_city(view).names["Chain"].items()):
        chain = Named(id=id, name=name)
        for wanted in at_a_glance(chain_opportunities(view, chain).needs):
            yield ChainWanted(**dict(wanted), chain=chain)


def _tell(needs: Sequence[ChainWanted], samples: int) -> Iterator[Reason]:
    counts = Counter(need.met for need in needs)
    recorded = sum(need.recorded for need in needs)
    if not needs:
        yield say("city_no_needs_but_samples" if samples else "city_no_needs")
        return
    told = {"count": len(needs), "able": counts[Met.able], "none": counts[Met.none]}
    yield say("city_needs", **told)
    yield say("city_supplied", count=counts[Met.supplied]) if counts[Met.supplied] else say("city_none_supplied")
    if 0 < recorded < len(needs):
        yield say("city_recorded", recorded=recorded)
    else:
        yield say("city_all_recorded" if recorded else "city_none_recorded")

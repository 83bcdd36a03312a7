"""What is measured of each place before any rule speaks: counts and shares,
each with the rows that it was taken from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from graph.deadline import check
from graph.model.nodes import FOUND, NOT_FOUND
from queries.city.facts import Facts, Place
from queries.city.rows import Row


@dataclass(frozen=True)
class NetworkFacts:
    """What the supply network says of firms: who is in it, the articulation
    points, the bridges, what closing one costs.

    ``risk`` is None where no supplies are known.
    """

    supplied: frozenset[str]
    single: frozenset[str]
    bridges: tuple[tuple[str, str], ...]
    risk: Mapping[str, float] | None

    @cached_property
    def _bridges_of(self) -> Mapping[str, list[int]]:
        """Return the places in ``bridges`` of those with an articulation point, by each end."""
        bridges_at: dict[str, list[int]] = defaultdict(list)
        for number, pair in enumerate(self.bridges):
            if not self.single.isdisjoint(pair):
                for end in pair:
                    bridges_at[end].append(number)
        return bridges_at

    def bridges_at(self, firms: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Return the bridges with an articulation point of which one end is among some firms, in their order."""
        return tuple(
            self.bridges[number]
            for number in sorted({number for firm in firms for number in self._bridges_of.get(firm, ())})
        )


@dataclass(frozen=True)
class Good:
    """A product of a place: its local makers, how many firms may make it
    besides, whether it was looked for, what stands on it.

    ``unplaced`` make it, but it is not known where they are; ``vague`` are local firms of its segments without a
    recorded product there: neither may make it here where somebody ``asked`` for this very product; ``unnamed``: it
    was said that somebody makes it, and nobody was named. ``standing``: the products that cannot be
    made without it; ``leaders``: those, of any chain, that make or need it or one of those.
    """

    id: str
    makers: tuple[str, ...]
    unplaced: tuple[str, ...]
    vague: tuple[str, ...]
    hhi: float
    looked: bool
    asked: bool
    unnamed: bool
    key: bool
    standing: frozenset[str]
    leaders: frozenset[str]

    @cached_property
    def possible(self) -> int:
        """Return how many local makers it has at most, by what is recorded."""
        return max(int(self.unnamed), len({*self.makers, *self.unplaced, *self.vague}))

    @property
    def missing(self) -> bool:
        """Tell whether it is known to have no local maker: looked for, and no firm is left that may make it."""
        return self.looked and not self.possible


@dataclass(frozen=True)
class Measures:
    """One place in numbers and rows; ``unplaced`` are its firms of which it is not known where they are.

    ``group_hhi`` is that of the local firms by group; ``inputs_known`` the number of
    essential inputs of which it is known whether they are made here; ``riskiest``
    the local firm whose closing costs most, with the share of all output.
    """

    place: Place
    looked: bool
    firms: tuple[str, ...]
    unplaced: tuple[str, ...]
    goods: tuple[Good, ...]
    group_hhi: float
    outside_rows: tuple[Row, ...]
    local_rows: tuple[Row, ...]
    inputs_missing: tuple[Row, ...]
    inputs_known: int
    single: tuple[str, ...]
    bridges: tuple[tuple[str, str], ...]
    in_network: int
    riskiest: tuple[str, float] | None

    @property
    def keys(self) -> tuple[Good, ...]:
        """Return the key products, those that are essential to others; all products where none is."""
        return tuple(good for good in self.goods if good.key) or self.goods

    @property
    def key_made(self) -> float:
        """Return the share of the key products that have a local maker; 1 where there is no product."""
        return sum(bool(good.makers) for good in self.keys) / len(self.keys) if self.keys else 1.0

    @property
    def key_possible(self) -> float:
        """Return the share of the key products that may have a local maker, by
        what is recorded; 1 where there is no product."""
        return sum(not good.missing for good in self.keys) / len(self.keys) if self.keys else 1.0


def measure(facts: Facts, network: NetworkFacts) -> list[Measures]:
    """Return the measures of every place of the chain, in the order of the places."""
    goods: dict[str, Good] = {}
    for place in facts.places:
        for product in place.products:
            if product not in goods:
                goods[product] = measure_good(facts, product)
    measured = []
    for place in facts.places:
        check()
        measured.append(_measure(facts, network, place, tuple(goods[product] for product in place.products)))
    return measured


def measure_good(facts: Facts, product: str) -> Good:
    """Return the measures of one product, of this chain or one that goes into it; they are taken once."""
    good: Good | None = facts.goods.get(product)
    if good is None:
        good = facts.goods[product] = _measure_good(facts, product)
    return good


def _measure_good(facts: Facts, product: str) -> Good:
    check()
    standing, makers = facts.standing.get(product, frozenset()), facts.makers.get(product, ())
    touched, looked = {product, *standing}, facts.looked(product)
    return Good(
        id=product,
        makers=makers,
        unplaced=() if looked.asked else facts.unplaced_makers.get(product, ()),
        vague=() if looked.asked else _vague_makers(facts, product),
        hhi=hhi(1 + facts.customers.get((firm, product), 0) for firm in makers),
        looked=looked.whole,
        asked=looked.asked,
        unnamed=looked.found == FOUND and not _named(facts, product),
        key=bool(facts.city.needing(product)),
        standing=standing,
        leaders=frozenset(leader for leader, made in facts.leader_goods.items() if made & touched),
    )


def _measure(facts: Facts, network: NetworkFacts, place: Place, goods: tuple[Good, ...]) -> Measures:
    firms, unplaced = _local_firms(facts, place), _unplaced(facts, place)
    outside, local = _bought(facts, place)
    inputs_missing, inputs_known = _inputs(facts, {good.id for good in goods if good.makers})
    risks = [
        (network.risk.get(firm, 0.0), firm) for firm in firms if network.risk is not None and firm in network.supplied
    ]
    worst = max(risks, default=None)
    return Measures(
        place=place,
        looked=facts.looked_in(place).whole,
        firms=firms,
        unplaced=unplaced,
        goods=goods,
        group_hhi=hhi(Counter(facts.firms[firm].group for firm in firms).values()),
        outside_rows=outside,
        local_rows=local,
        inputs_missing=inputs_missing,
        inputs_known=inputs_known,
        single=tuple(firm for firm in firms if firm in network.single),
        bridges=network.bridges_at(firms),
        in_network=sum(firm in network.supplied for firm in firms),
        riskiest=(worst[1], worst[0]) if worst else None,
    )


def _local_firms(facts: Facts, place: Place) -> tuple[str, ...]:
    """Return the local firms of a place: makers of its products, and for a segment also those recorded in it."""
    firms = {firm for product in place.products for firm in facts.makers.get(product, ())}
    if place.label == "Segment":
        firms |= {firm for firm in facts.operators.get(place.id, ()) if facts.local(firm)}
    return tuple(sorted(firms))


def _unplaced(facts: Facts, place: Place) -> tuple[str, ...]:
    looked = facts.looked(place.id)
    if looked.asked and (place.label == "Product" or looked.found == NOT_FOUND):
        return ()
    firms = {firm for product in place.products for firm in facts.unplaced_makers.get(product, ())}
    if place.label == "Segment":
        firms |= {firm for firm in facts.operators.get(place.id, ()) if facts.firms[firm].where == "unknown"}
    return tuple(sorted(firms))


def _named(facts: Facts, product: str) -> bool:
    """Tell whether a firm is recorded here that makes a product, or did; firms that were taken away were."""
    rows = facts.rows_at("makes", [product])
    return bool(facts.gone) or any(facts.firms[row.start].where == "local" for row in rows)


def _vague_makers(facts: Facts, product: str) -> tuple[str, ...]:
    """Return the local firms of a product's segments that have no recorded product there: they may make it."""
    return tuple(
        sorted(
            {firm for segment in facts.segments_of.get(product, ()) for firm in facts.vague_operators.get(segment, ())}
        )
    )


def hhi(sizes: Iterable[int]) -> float:
    """Return the sum of squared shares (Herfindahl-Hirschman), 0 to 1; 0 of nothing."""
    numbers = list(sizes)
    whole = sum(numbers)
    return float(sum((number / whole) ** 2 for number in numbers)) if whole else 0.0


def _bought(facts: Facts, place: Place) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the supplies of the place's products to local firms: from outside,
    and from here; unplaced suppliers count for neither."""
    outside, local = [], []
    for row in facts.rows_at("supplies", place.products):
        if facts.local(row.end):
            where = facts.firms[row.start].where
            if where == "outside":
                outside.append(row)
            elif where == "local":
                local.append(row)
    return tuple(outside), tuple(local)


def _inputs(facts: Facts, made: set[str]) -> tuple[tuple[Row, ...], int]:
    """Return the essential inputs of what is made here that are known to have
    no local maker, and of how many that is known."""
    missing: dict[str, Row] = {}
    known: set[str] = set()
    for row in facts.inputs:
        if row.essential and row.end in made and row.start not in known:
            if facts.makers.get(row.start):
                known.add(row.start)
            elif measure_good(facts, row.start).missing:
                known.add(row.start)
                missing.setdefault(row.start, row)
    return tuple(missing.values()), len(known)

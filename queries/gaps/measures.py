"""What is measured of each place before any rule speaks: counts and shares, each with the rows that it was taken from."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from queries.gaps.facts import Facts, Place, Row


@dataclass(frozen=True)
class NetworkFacts:
    """What the whole supply network says of firms: which are articulation points, what closing one costs (None: no supplies known)."""

    supplied: frozenset[str]
    single: frozenset[str]
    risk: Mapping[str, float] | None


@dataclass(frozen=True)
class Good:
    """A product of a place: its local makers, whether it was looked for, and what stands on it.

    ``missing``: looked for, and no firm is left that may make it. ``standing``: the products that cannot be made without it;
    ``leaders``: the leaders, of any chain, that make or need it or one of those.
    """

    id: str
    makers: tuple[str, ...]
    hhi: float
    looked: bool
    missing: bool
    key: bool
    standing: frozenset[str]
    leaders: frozenset[str]


@dataclass(frozen=True)
class Measures:
    """One place in numbers and rows; ``doubts`` say why a coverage record does not settle that it is empty.

    ``group_hhi`` is that of the local firms by group; ``inputs_known`` the number of essential inputs of which it is known whether
    they are made here; ``riskiest`` the local firm whose closing costs most, with the share of all output.
    """

    place: Place
    looked: bool
    doubts: tuple[str, ...]
    firms: tuple[str, ...]
    unplaced: tuple[str, ...]
    goods: tuple[Good, ...]
    group_hhi: float
    outside_rows: tuple[Row, ...]
    local_rows: tuple[Row, ...]
    inputs_missing: tuple[Row, ...]
    inputs_known: int
    single: tuple[str, ...]
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


def measure(facts: Facts, network: NetworkFacts) -> list[Measures]:
    """Return the measures of every place of the chain, in the order of the places."""
    goods: dict[str, Good] = {}
    for place in facts.places:
        for product in place.products:
            if product not in goods:
                goods[product] = measure_good(facts, product)
    return [_measure(facts, network, place, tuple(goods[product] for product in place.products)) for place in facts.places]


def measure_good(facts: Facts, product: str) -> Good:
    """Return the measures of one product, of this chain or one that goes into it."""
    standing, makers = facts.standing.get(product, frozenset()), facts.makers.get(product, ())
    touched = {product, *standing}
    return Good(
        id=product,
        makers=makers,
        hhi=hhi(1 + facts.customers.get((firm, product), 0) for firm in makers),
        looked=facts.looked_at(facts.segments_of.get(product, ())),
        missing=not makers and _settled(facts, product),
        key=bool(facts.city.needing(product)),
        standing=standing,
        leaders=frozenset(leader for leader, made in facts.leader_goods.items() if made & touched),
    )


def _measure(facts: Facts, network: NetworkFacts, place: Place, goods: tuple[Good, ...]) -> Measures:
    firms, unplaced = _local_firms(facts, place), _unplaced(facts, place)
    outside, local = _bought(facts, place)
    inputs_missing, inputs_known = _inputs(facts, {good.id for good in goods if good.makers})
    risks = [(network.risk.get(firm, 0.0), firm) for firm in firms if network.risk is not None and firm in network.supplied]
    worst = max(risks, default=None)
    return Measures(
        place=place,
        looked=facts.looked_at(place.segments),
        doubts=_doubts(facts, place, firms, unplaced),
        firms=firms,
        unplaced=unplaced,
        goods=goods,
        group_hhi=hhi(Counter(facts.firms[firm].group for firm in firms).values()),
        outside_rows=outside,
        local_rows=local,
        inputs_missing=inputs_missing,
        inputs_known=inputs_known,
        single=tuple(firm for firm in firms if firm in network.single),
        in_network=sum(firm in network.supplied for firm in firms),
        riskiest=(worst[1], worst[0]) if worst else None,
    )


def _local_firms(facts: Facts, place: Place) -> tuple[str, ...]:
    """Return the local firms of a place: makers of its products, and for a segment also those recorded in it."""
    found = {firm for product in place.products for firm in facts.makers.get(product, ())}
    if place.label == "Segment":
        found |= {firm for firm in facts.operators.get(place.id, ()) if facts.local(firm)}
    return tuple(sorted(found))


def _unplaced(facts: Facts, place: Place) -> tuple[str, ...]:
    found = {firm for product in place.products for firm in facts.unplaced_makers.get(product, ())}
    if place.label == "Segment":
        found |= {firm for firm in facts.operators.get(place.id, ()) if facts.firms[firm].where == "unknown"}
    return tuple(sorted(found))


def _settled(facts: Facts, product: str) -> bool:
    """Tell whether a product without a known local maker is known to have none: looked for, and no firm left that may make it."""
    segments = facts.segments_of.get(product, ())
    vague = any(facts.vague_operators.get(segment) for segment in segments)
    return facts.looked_at(segments) and not vague and not facts.unplaced_makers.get(product)


def _doubts(facts: Facts, place: Place, firms: tuple[str, ...], unplaced: tuple[str, ...]) -> tuple[str, ...]:
    """Return why an empty place that was looked through is still not known to be empty."""
    if firms or not facts.looked_at(place.segments):
        return ()
    doubts = []
    if unplaced:
        doubts.append(f"有 {len(unplaced)} 家企业所在地不明: {_names(facts, unplaced)}")
    if place.label == "Product":
        vague = sorted({firm for segment in place.segments for firm in facts.vague_operators.get(segment, ())})
        if vague:
            doubts.append(f"所在环节有 {len(vague)} 家本地企业没有登记产品: {_names(facts, vague)}")
    return tuple(doubts)


def _names(facts: Facts, firms: Sequence[str], most: int = 5) -> str:
    return "、".join(facts.firms[firm].short for firm in firms[:most]) + (" 等" if len(firms) > most else "")


def hhi(sizes: Iterable[int]) -> float:
    """Return the sum of squared shares (Herfindahl-Hirschman), 0 to 1; 0 of nothing."""
    numbers = list(sizes)
    whole = sum(numbers)
    return float(sum((number / whole) ** 2 for number in numbers)) if whole else 0.0


def _bought(facts: Facts, place: Place) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return the supplies of the place's products to local firms: from outside, and from here; unplaced suppliers count for neither."""
    outside, local = [], []
    for row in facts.supplies:
        if row.good in place.products and facts.local(row.end):
            where = facts.firms[row.start].where
            if where == "outside":
                outside.append(row)
            elif where == "local":
                local.append(row)
    return tuple(outside), tuple(local)


def _inputs(facts: Facts, made: set[str]) -> tuple[tuple[Row, ...], int]:
    """Return the essential inputs of what is made here that are known to have no local maker, and of how many that is known."""
    missing: dict[str, Row] = {}
    known: set[str] = set()
    for row in facts.inputs:
        if row.essential and row.end in made:
            if facts.makers.get(row.start):
                known.add(row.start)
            elif _settled(facts, row.start):
                known.add(row.start)
                missing.setdefault(row.start, row)
    return tuple(missing.values()), len(known)

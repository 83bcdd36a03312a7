"""What is measured of each place before any rule speaks: counts and shares,
each with the rows that it was taken from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from graph.deadline import check
from graph.model.nodes import NOT_FOUND
from queries.city.answers import Ring
from queries.city.facts import Facts, Place
from queries.city.local import CityFirm
from queries.city.sizes import Size, SourceFirm, shares_of, source_of


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
    """A product of a place: its local makers, how many firms may make it besides, whether it was looked for, who wants
    it, what stands on it, where else it is made.

    ``sources`` are the local makers with group and size, ``perhaps`` those that may make it here: of which it is not
    known where they are, or local ones of its segments without a recorded product there (the ``vague``). ``unnamed``:
    it was said that somebody makes it, and nobody was named. ``hhi``: of the groups' shares, taken ``by`` what is known
    of all. ``blocks``: it is missing, as is all that could stand in for it. ``standing``: the products that cannot be
    made without it, or without what is missing beside it; ``ending``: those among these and itself that others sell
    everywhere; ``leaders``: those, of any chain, that make or need it or one of those. ``lacking``: its essential
    inputs, or groups of these, of which it is known that nobody makes them here; ``proven``: a leader makes it, or a
    firm that is not small, so that these come from somewhere. ``nearest``: the nearest firms elsewhere that make it.
    """

    id: str
    sources: tuple[SourceFirm, ...]
    perhaps: tuple[SourceFirm, ...]
    vague: tuple[str, ...]
    hhi: float
    by: str
    looked: bool
    unnamed: bool
    key: bool
    blocks: bool
    wanted_by: frozenset[str]
    standing: frozenset[str]
    ending: frozenset[str]
    leaders: frozenset[str]
    lacking: tuple[frozenset[str], ...]
    proven: bool
    nearest: tuple[CityFirm, ...]
    anywhere: bool
    nearby: str

    @cached_property
    def makers(self) -> tuple[str, ...]:
        """Return the local makers."""
        return tuple(source.firm for source in self.sources)

    @cached_property
    def possible(self) -> int:
        """Return how many local makers it has at most, by what is recorded."""
        return max(int(self.unnamed), len(self.sources) + len(self.perhaps))

    @property
    def missing(self) -> bool:
        """Tell whether it is known to have no local maker: looked for, and no firm is left that may make it."""
        return self.looked and not self.possible

    @property
    def ring(self) -> Ring | None:
        """Return how far the nearest makers elsewhere are; None where none is known."""
        return self.nearest[0].ring if self.nearest else None


@dataclass(frozen=True)
class Measures:
    """One place in numbers and rows; ``unplaced`` are its firms of which it is not known where they are.

    ``group_hhi`` is that of the local firms by group; ``inputs_known`` the number of
    essential inputs of which it is known whether they are made here; ``riskiest``
    the local firm whose closing costs most, with the share of all output; ``closed`` are firms that were there and are
    not known to be elsewhere.
    """

    place: Place
    looked: bool
    sources: tuple[SourceFirm, ...]
    unplaced: tuple[SourceFirm, ...]
    goods: tuple[Good, ...]
    group_hhi: float
    inputs_missing: tuple[str, ...]
    inputs_known: int
    single: tuple[str, ...]
    bridges: tuple[tuple[str, str], ...]
    in_network: int
    riskiest: tuple[str, float] | None
    nearest: tuple[CityFirm, ...]
    closed: tuple[str, ...]

    @cached_property
    def firms(self) -> tuple[str, ...]:
        """Return the local firms."""
        return tuple(source.firm for source in self.sources)

    @property
    def keys(self) -> tuple[Good, ...]:
        """Return the key products, those that are essential to others; all products where none is."""
        return tuple(good for good in self.goods if good.key) or self.goods

    @property
    def key_made(self) -> float:
        """Return the share of the key products that have a local maker; 1 where there is no product."""
        return sum(bool(good.sources) for good in self.keys) / len(self.keys) if self.keys else 1.0

    @property
    def not_missing(self) -> float:
        """Return the share of all products that are not known to be missing; 1 where there is no product."""
        return sum(not good.missing for good in self.goods) / len(self.goods) if self.goods else 1.0

    @property
    def key_possible(self) -> float:
        """Return the share of the key products that may have a local maker, by
        what is recorded; 1 where there is no product."""
        return sum(not good.missing for good in self.keys) / len(self.keys) if self.keys else 1.0


def measure(facts: Facts, network: NetworkFacts) -> list[Measures]:
    """Return the measures of every place of the chain, in the order of the places."""
    measured = []
    for place in facts.places:
        check()
        goods = tuple(measure_good(facts, product) for product in place.products)
        measured.append(_measure(facts, network, place, goods))
    return measured


def measure_good(facts: Facts, product: str) -> Good:
    """Return the measures of one product, of this chain or one that goes into it; they are taken once."""
    good: Good | None = facts.goods.get(product)
    if good is None:
        good = facts.goods[product] = _measure_good(facts, product)
    return good


def _measure_good(facts: Facts, product: str) -> Good:
    check()
    supply, city = facts.supply(product), facts.city
    standing = frozenset(city.standing_on([product], facts.missing))
    touched = {product, *standing}
    shares, by = shares_of(
        [facts.firms[firm] for firm in supply.makers],
        lambda firm: city.capacities.get((firm, product)),
        lambda firm: facts.customers.get((firm, product), 0),
    )
    sources = _sources(facts, supply.makers)
    return Good(
        id=product,
        sources=sources,
        perhaps=_sources(facts, supply.perhaps),
        vague=supply.vague,
        hhi=hhi(shares.values()),
        by=by,
        looked=supply.looked,
        unnamed=supply.unnamed,
        key=bool(city.needing(product)),
        blocks=product in facts.missing and city.blocks(product, facts.missing),
        wanted_by=facts.wanted_by(product),
        standing=standing,
        ending=frozenset(city.ending_at(touched)),
        leaders=frozenset(leader for leader, made in facts.leader_goods.items() if made & touched),
        lacking=tuple(group for group in city.recipes.get(product, ()) if group <= facts.missing),
        proven=any(source.firm in facts.leader_goods or source.size in (Size.large, Size.medium) for source in sources),
        nearest=_nearest(facts, {row.start for row in facts.rows_at("makes", [product]) if not row.ended}),
        anywhere=product in city.bought_anywhere,
        nearby=city.nearby.get(product, ""),
    )


def _sources(facts: Facts, firms: Iterable[str]) -> tuple[SourceFirm, ...]:
    return tuple(source_of(facts.firms[firm]) for firm in firms)


def _nearest(facts: Facts, firms: Iterable[str]) -> tuple[CityFirm, ...]:
    """Return the nearest of some firms that are elsewhere, by id."""
    there = [facts.firms[firm] for firm in sorted(firms)]
    there = [firm for firm in there if firm.where == "outside" and not firm.closed]
    least = min((firm.ring.order for firm in there), default=None)
    return tuple(firm for firm in there if firm.ring.order == least)


def _measure(facts: Facts, network: NetworkFacts, place: Place, goods: tuple[Good, ...]) -> Measures:
    firms, unplaced = _local_firms(facts, place), _unplaced(facts, place)
    inputs_missing, inputs_known = _inputs(facts, {good.id for good in goods if good.sources})
    risks = [
        (network.risk.get(firm, 0.0), firm) for firm in firms if network.risk is not None and firm in network.supplied
    ]
    worst = max(risks, default=None)
    there = _all_there(facts, place)
    return Measures(
        place=place,
        looked=facts.looked_in(place).whole,
        sources=_sources(facts, firms),
        unplaced=_sources(facts, unplaced),
        goods=goods,
        group_hhi=hhi(Counter(facts.firms[firm].group for firm in firms).values()),
        inputs_missing=inputs_missing,
        inputs_known=inputs_known,
        single=tuple(firm for firm in firms if firm in network.single),
        bridges=network.bridges_at(firms),
        in_network=sum(firm in network.supplied for firm in firms),
        riskiest=(worst[1], worst[0]) if worst else None,
        nearest=_nearest(facts, there),
        closed=tuple(
            firm for firm in sorted(there) if facts.firms[firm].closed and facts.firms[firm].where != "outside"
        ),
    )


def _all_there(facts: Facts, place: Place) -> set[str]:
    """Return who makes the products of a place, or stands in it, wherever they are, closed ones too."""
    firms = {
        row.start for row in facts.rows_at("makes", place.products) if not row.ended or facts.firms[row.start].closed
    }
    if place.label == "Segment":
        firms |= {row.start for row in facts.rows_at("operates", [place.id])}
    return firms


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


def hhi(sizes: Iterable[float]) -> float:
    """Return the sum of squared shares (Herfindahl-Hirschman), 0 to 1; 0 of nothing."""
    numbers = list(sizes)
    whole = sum(numbers)
    return float(sum((number / whole) ** 2 for number in numbers)) if whole else 0.0


def _inputs(facts: Facts, made: set[str]) -> tuple[tuple[str, ...], int]:
    """Return the essential inputs of what is made here that are known to have no local maker, and of how many that is
    known; those of a group of which one is enough count where nobody makes any of them."""
    missing, known = dict[str, None](), set[str]()
    gone = facts.missing | facts.lost
    for product in sorted(made):
        for group in facts.city.recipes.get(product, ()):
            if any(facts.makers.get(source) for source in group):
                known |= group
            elif group <= gone:
                known |= group
                missing |= dict.fromkeys(sorted(group))
    return tuple(missing), len(known)

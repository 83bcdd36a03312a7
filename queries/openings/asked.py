"""What the four lists of some leaders are made from: their groups, needs,
offers, and everything known of the firms near them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from queries.city.city import City
from queries.city.facts import Facts, gather, segments_of_chains
from queries.city.local import CityFirm, find_firms, grouped
from queries.city.parties import groups_below
from queries.city.rows import Row, rows_at, rows_of
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.openings.answers import Match, Stage
from queries.openings.catalogue import say
from queries.openings.fits import Fit, Fits
from queries.openings.ledger import find_matches

NOTHING = Reason("")


@dataclass(frozen=True)
class Wish:
    """A product that a firm of a leader's group needs or offers: recorded, or inferred from what it makes."""

    leader: str
    party: str
    product: str
    rows: tuple[Row, ...]
    inferred: bool = False
    why: Reason = NOTHING


@dataclass(frozen=True)
class Asked:
    """The leaders that are asked about, and the city as seen from them; ``chains`` are theirs.

    ``near`` holds for each need what fits it by name; ``uses`` for each product
    of theirs what it is essential to, and who makes that.
    """

    city: City
    facts: Facts
    fits: Fits
    groups: Mapping[str, tuple[str, ...]]
    chains: frozenset[str]
    needs: tuple[Wish, ...]
    offers: tuple[Wish, ...]
    near: Mapping[str, Mapping[str, Fit]] = field(repr=False)
    uses: Mapping[str, tuple[tuple[Row, Row], ...]] = field(repr=False)

    def firm(self, id: str) -> CityFirm:
        """Return a firm with where it is."""
        return self.facts.find(id)

    def group_of(self, party: str) -> tuple[str, ...]:
        """Return the leader's group that a party belongs to, the leader first."""
        return self._group_of[party]

    @cached_property
    def _group_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return the group of each member; one that is in several is in the first."""
        return {member: group for group in reversed(list(self.groups.values())) for member in group}

    def made_in(self, leader: str) -> frozenset[str]:
        """Return what the firms of a leader's group make."""
        if leader not in self._made_in:
            self._made_in[leader] = frozenset(
                made for member in self.groups[leader] for made in self.made.get(member, ())
            )
        return self._made_in[leader]

    @cached_property
    def _made_in(self) -> dict[str, frozenset[str]]:
        return {}

    def named(self, id: str) -> Named:
        """Return a firm by id and name."""
        return Named(id=id, name=self.city.names["Enterprise"][id])

    def product(self, id: str) -> str:
        """Return the name of a product."""
        return self.city.names["Product"][id]

    def segments(self, product: str) -> list[str]:
        """Return the names of the segments of a product."""
        return [self.city.names["Segment"][id] for id in self.facts.segments_of.get(product, ())]

    @cached_property
    def made(self) -> Mapping[str, tuple[str, ...]]:
        """Return what each firm makes, sorted."""
        return grouped(self._edges("PRODUCES", "from"), "from", "to")

    @cached_property
    def needed(self) -> Mapping[str, tuple[str, ...]]:
        """Return what each firm needs, sorted."""
        return grouped(self._edges("NEEDS", "from"), "from", "to")

    @cached_property
    def customers(self) -> Mapping[str, tuple[str, ...]]:
        """Return whom each firm supplies, sorted."""
        return grouped(self._edges("SUPPLIES", "from"), "from", "to")

    @cached_property
    def supplied(self) -> Mapping[tuple[str, str], tuple[Row, ...]]:
        """Return the supplies between two firms, one of them of a leader's group."""
        members = [member for group in self.groups.values() for member in group]
        rows_between: dict[tuple[str, str], dict[Row, None]] = defaultdict(dict)
        for column in ("from", "to"):
            for row in rows_of("SUPPLIES", self.city.supplies.filter(pl.col(column).is_in(members))):
                rows_between[row.start, row.end][row] = None
        return {pair: tuple(rows) for pair, rows in rows_between.items()}

    @cached_property
    def customers_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return whom of a leader's group each firm supplies, and whom each
        firm of a group supplies, in the order of ``supplied``."""
        customers_of: dict[str, list[str]] = defaultdict(list)
        for supplier, customer in self.supplied:
            customers_of[supplier].append(customer)
        return {supplier: tuple(customers) for supplier, customers in customers_of.items()}

    def dealt_with(self, party: str, firm: str) -> list[str]:
        """Return whom of a party's group a firm supplies, or stands in the ledger with, the leader first."""
        leader = self.group_of(party)[0]
        return sorted(
            self._customers.get(firm, set()) & self._members[leader],
            key=lambda customer: (customer != leader, customer),
        )

    @cached_property
    def _members(self) -> Mapping[str, frozenset[str]]:
        return {leader: frozenset(group) for leader, group in self.groups.items()}

    @cached_property
    def _customers(self) -> Mapping[str, set[str]]:
        """Return whom each firm supplies, of those in ``supplied``, or has a match with."""
        customers_of: dict[str, set[str]] = defaultdict(set)
        for supplier, customer in (*self.supplied, *((supplier, customer) for supplier, customer, _ in self.matches)):
            customers_of[supplier].add(customer)
        return customers_of

    @cached_property
    def matches(self) -> Mapping[tuple[str, str, str], Match]:
        """Return the matches of the ledger that stand, by supplier, leader and
        product: its id, or how it is written."""
        every = (match for match in find_matches(self.city) if match.state != Stage.withdrawn)
        return {(match.supplier.id, match.customer.id, match.product_id or match.product): match for match in every}

    @cached_property
    def dropped(self) -> frozenset[tuple[str, str, str]]:
        """Return which of the matches were given up."""
        return frozenset(key for key, match in self.matches.items() if match.state == Stage.dropped)

    def match(self, supplier: str, customer: str, product: str) -> Match | None:
        """Return the match of two firms about a product (its id, or how it is written), if the ledger has it."""
        return self.matches.get((supplier, customer, product))

    def _edges(self, type_name: str, column: str) -> pl.DataFrame:
        return self.city.going(type_name).filter(pl.col(column).is_in(list(self.facts.firms))).select("from", "to")


def ask_about(
    city: City, fits: Fits, subject: Named, leaders: Iterable[str], chains: Iterable[str], homes: tuple[Named, ...]
) -> Asked:
    """Return what the four lists of some leaders are made from."""
    groups, chains = groups_below(city, leaders), frozenset(chains)
    of = {member: leader for leader in reversed(list(groups)) for member in groups[leader]}
    rows = {
        name: rows_at(city, name, "from", of) for name in ("NEEDS", "OFFERS", "PRODUCES", "SEEKS_PARTNER", "RECOMMENDS")
    }
    segments = segments_of_chains(city, chains)
    inputs = {need for row in rows["PRODUCES"] for need in city.needed_for(row.end)}
    wanted = {row.end for name in ("NEEDS", "OFFERS", "PRODUCES") for row in rows[name]} | inputs
    near = {need: fits.near(need) for need in sorted({row.end for row in rows["NEEDS"]} | inputs)}
    facts = gather(
        city, subject, segments, homes, wanted | {product for products in near.values() for product in products}
    )
    uses = _uses(city, {row.end for name in ("OFFERS", "PRODUCES") for row in rows[name]})
    others = {
        *of,
        *(made.start for pairs in uses.values() for _, made in pairs),
        *(row.end for name in ("SEEKS_PARTNER", "RECOMMENDS") for row in rows[name]),
    }
    others |= set(city.supplies.filter(pl.col("to").is_in(list(of)))["from"]) | set(
        city.supplies.filter(pl.col("from").is_in(list(of)))["to"]
    )
    others |= {end for column in ("from", "to") for end in city.edges["MATCHED"][column]}
    firms = find_firms(city, sorted(others - set(facts.firms)), {home.id for home in homes})
    facts = replace(facts, firms={**facts.firms, **firms})
    return Asked(
        city,
        facts,
        fits,
        groups,
        chains,
        _needs(city, facts, groups, of, rows, set(segments)),
        _offers(of, rows),
        near,
        uses,
    )


def _uses(city: City, products: set[str]) -> dict[str, tuple[tuple[Row, Row], ...]]:
    links = [link for link in rows_at(city, "INPUT_TO", "from", products) if link.essential]
    makers: dict[str, dict[str, Row]] = defaultdict(dict)
    for name in ("PRODUCES", "OFFERS"):
        for row in rows_at(city, name, "to", {link.end for link in links}):
            makers[row.end].setdefault(row.start, row)
    return {
        product: tuple((link, row) for link in links if link.start == product for row in makers[link.end].values())
        for product in products
    }


def _needs(
    city: City,
    facts: Facts,
    groups: Mapping[str, tuple[str, ...]],
    of: Mapping[str, str],
    rows: Mapping[str, tuple[Row, ...]],
    segments: set[str],
) -> tuple[Wish, ...]:
    """Return recorded needs, then essential inputs of what a group makes, of
    its chains, that it neither needs, makes nor offers."""
    own = [row for name in ("NEEDS", "PRODUCES", "OFFERS") for row in rows[name]]
    members = {leader: set(group) for leader, group in groups.items()}
    known = {leader: {row.end for row in own if row.start in group} for leader, group in members.items()}
    recorded = [Wish(of[row.start], row.start, row.end, (row,), why=Reason(row.note)) for row in rows["NEEDS"]]
    inferred: dict[tuple[str, str], Wish] = {}
    links = {
        (link.start, link.end): link for link in rows_at(city, "INPUT_TO", "to", {row.end for row in rows["PRODUCES"]})
    }
    for row in rows["PRODUCES"]:
        leader = of[row.start]
        for need in sorted(city.needed_for(row.end)):
            if need not in known[leader] and segments & set(facts.segments_of.get(need, ())):
                why = say("essential_input", product=facts.product_names[row.end])
                inferred.setdefault(
                    (leader, need), Wish(leader, row.start, need, (row, links[need, row.end]), True, why)
                )
    return (*recorded, *inferred.values())


def _offers(of: Mapping[str, str], rows: Mapping[str, tuple[Row, ...]]) -> tuple[Wish, ...]:
    """Return recorded offers, then the other products that a group makes."""
    recorded = [Wish(of[row.start], row.start, row.end, (row,), why=Reason(row.note)) for row in rows["OFFERS"]]
    offered = {(wish.party, wish.product) for wish in recorded}
    made = [row for row in rows["PRODUCES"] if (row.start, row.end) not in offered]
    return (
        *recorded,
        *(Wish(of[row.start], row.start, row.end, (row,), True, say("made_not_offered")) for row in made),
    )

"""The factors of a target, each from 0 to 1 and said in words, from what is
recorded of the firm, the gaps and the city."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from queries.city.facts import Facts
from queries.city.local import CityFirm, find_firms, grouped
from queries.city.parties import groups_below
from queries.city.rows import Row, rows_at, rows_of
from queries.core.reason import Reason
from queries.gaps.extensions import production
from queries.gaps.measures import measure_good
from queries.gaps.what_if import newly_needed
from queries.networks.relatedness import density, proximity
from queries.openings.answers import Match
from queries.openings.ledger import find_matches
from queries.targets.candidates import Fill
from queries.targets.catalogue import say
from queries.targets.weights import Weights

FEW = 3  # names in a sentence


@dataclass(frozen=True)
class Around:
    """What stands around the targets of a chain: who they deal with here, what
    they make, their groups, the leaders, the ledger.

    ``dealings``: supplies between a target and local firms; ``kin``: local firms of its
    group; ``needing``: by product the needs of leaders' groups, each with the nearest
    leader above; ``nearness``: by product, the density around it of what else is made here.
    """

    facts: Facts
    firms: Mapping[str, CityFirm]
    dealings: Mapping[str, tuple[Row, ...]]
    kin: Mapping[str, tuple[str, ...]]
    made: Mapping[str, tuple[str, ...]]
    needing: Mapping[str, tuple[tuple[str, Row], ...]]
    wishes: Mapping[str, tuple[tuple[str, Row], ...]]
    matches: Mapping[str, tuple[Match, ...]]
    nearness: Mapping[str, float]

    def names(self, firms: Iterable[str]) -> list[str]:
        """Return the names of some firms."""
        return [self.facts.firm_name(id) for id in sorted(firms)]

    def wished(self, firm: str, fills: Sequence[Fill]) -> list[tuple[str, Row]]:
        """Return who recommends to invite a firm: for a product of these gaps,
        or for none that is named where it is known to make one."""
        known, gaps = any(fill.row for fill in fills), {fill.gap.product for fill in fills}
        meant = self.facts.city.product_words
        return [
            (leader, row)
            for leader, row in self.wishes.get(firm, ())
            if (meant.get(row.product) in gaps if row.product else known)
        ]

    def products(self, ids: Sequence[str]) -> list[str]:
        """Return the names of some products, in quotes."""
        return [f"“{self.facts.product_names[id]}”" for id in ids]


def look_around(facts: Facts, targets: Sequence[str]) -> Around:
    """Return what stands around some firms."""
    city = facts.city
    homes = {home.id for home in facts.homes}
    tied = city.going("SUBSIDIARY_OF")
    asked = set(targets)
    dealt = city.supplies.filter(pl.col("from").is_in(targets) | pl.col("to").is_in(targets))
    firms = find_firms(city, sorted({*targets, *tied["from"], *tied["to"], *dealt["from"], *dealt["to"]}), homes)
    local = {id for id, firm in firms.items() if firm.where == "local" and not firm.closed}
    dealings: dict[str, dict[Row, None]] = defaultdict(dict)
    for row in rows_of("SUPPLIES", dealt):
        for firm, partner in ((row.start, row.end), (row.end, row.start)):
            if firm in asked and partner in local:
                dealings[firm][row] = None
    groups = sorted(groups_below(city, sorted(facts.leader_goods)).values(), key=len, reverse=True)
    of = {member: group[0] for group in groups for member in group}  # a leader within another's group speaks for itself
    needing: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for row in facts.needs:
        if row.start in of:
            needing[row.end].append((of[row.start], row))
    wishes: dict[str, list[tuple[str, Row]]] = defaultdict(list)
    for row in rows_at(city, "RECOMMENDS", "to", targets):
        if row.start in of:
            wishes[row.end].append((of[row.start], row))
    matches: dict[str, list[Match]] = defaultdict(list)
    for match in find_matches(city):
        matches[match.supplier.id].append(match)
    kin: dict[str, list[str]] = defaultdict(list)
    for id in sorted(local):
        kin[firms[id].group].append(id)
    mine = pl.concat(
        [city.going(name).filter(pl.col("from").is_in(targets)).select("from", "to") for name in ("PRODUCES", "OFFERS")]
    )
    return Around(
        facts=facts,
        firms=firms,
        dealings={firm: tuple(rows) for firm, rows in dealings.items()},
        kin={
            firm: tuple(relative for relative in kin.get(firms[firm].group, ()) if relative != firm) for firm in targets
        },
        made=grouped(mine, "from", "to"),
        needing={product: tuple(rows) for product, rows in needing.items()},
        wishes={firm: tuple(rows) for firm, rows in wishes.items()},
        matches={firm: tuple(rows) for firm, rows in matches.items()},
        nearness=_nearness(facts) if targets else {},
    )


def _nearness(facts: Facts) -> dict[str, float]:
    products, matrix = production(facts.city)
    if not products:
        return {}
    near, held = proximity(matrix), np.isin(products, sorted(facts.all_makers))
    # what is made here is near to itself: that says nothing of the rest
    itself = held * near.diagonal() / near.sum(axis=1)
    return dict(zip(products, (density(near, held) - itself).tolist(), strict=True))


@dataclass(frozen=True)
class Factors:
    """The values of a target's factors with their reasons, and what else its sentences are made from."""

    values: Mapping[str, float]
    reasons: Mapping[str, Reason]
    waiting: tuple[str, ...]
    concerned: tuple[str, ...]
    partners: tuple[str, ...]
    kin: tuple[str, ...]
    adjacent: tuple[str, ...]
    missing: tuple[str, ...]
    unsure: tuple[str, ...]


def factors_of(around: Around, firm: str, fills: Sequence[Fill], weights: Weights) -> Factors:
    """Return the factors of a firm that would fill some gaps, the main one first."""
    scale, main = weights.scale, fills[0]
    waiting, concerned = _leaders(around, firm, fills)
    partners, kin, adjacent = _links(around, firm, fills)
    missing, unsure = _opened(around, fills)
    closes = sum(fill.closes for fill in fills)
    leaders = len(waiting) + scale.leader_concerned.value * len(concerned)
    links = len({*partners, *kin}) + scale.leader_adjacent.value * len(adjacent)
    opened = len(missing) + scale.input_unknown.value * len(unsure)
    near = around.nearness.get(main.gap.product)
    values = {
        "gap": min(1.0, closes),
        "leaders": min(1.0, leaders / scale.leaders_full.value),
        "fit": main.fit,
        "links": min(1.0, links / scale.links_full.value),
        "near": near or 0.0,
        "second": max(0.0, 1 - opened / scale.second_full.value),
    }
    gaps = [f"{fill.gap.name} {fill.gap.state} {fill.gap.score:g}×{fill.fit:g}" for fill in fills]
    reasons = {
        "gap": say("factor_gap", gaps=gaps),
        "leaders": say("factor_leaders", waiting=len(waiting), concerned=len(concerned)),
        "fit": main.reason,
        "links": say("factor_links", partners=len(partners), kin=len(kin), adjacent=len(adjacent)),
        "near": say("factor_not_near") if near is None else say("near", product=main.gap.name, density=near),
        "second": say("factor_second", missing=len(missing), unsure=len(unsure)),
    }
    rounded = {key: round(value, 4) for key, value in values.items()}
    return Factors(rounded, reasons, waiting, concerned, partners, kin, adjacent, missing, unsure)


def _leaders(around: Around, firm: str, fills: Sequence[Fill]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the leaders that have said that they need a gap's product or want
    the firm, and others whose products stand on it."""
    waiting = {leader for fill in fills for leader, _ in around.needing.get(fill.gap.product, ())}
    waiting |= {leader for leader, _ in around.wished(firm, fills)}
    standing = {product for fill in fills for product in fill.gap.good.standing}
    concerned = {leader for leader, goods in around.facts.leader_goods.items() if goods & standing} - waiting
    return tuple(sorted(waiting - {firm})), tuple(sorted(concerned - {firm}))


def _links(
    around: Around, firm: str, fills: Sequence[Fill]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the local firms that it deals with, those of its group, and the
    other leaders whose products are next to its own."""
    partners = {end for row in around.dealings.get(firm, ()) for end in (row.start, row.end)} - {firm}
    kin = set(around.kin.get(firm, ()))
    own = {*around.made.get(firm, ()), *(fill.gap.product for fill in fills)}
    inputs = around.facts.city.inputs
    beside = {
        neighbour
        for product in own
        if product in inputs
        for neighbour in (*inputs.succ[product], *inputs.pred[product])
    }
    adjacent = (
        {leader for leader, goods in around.facts.leader_goods.items() if goods & beside} - partners - kin - {firm}
    )
    return tuple(sorted(partners)), tuple(sorted(kin)), tuple(sorted(adjacent))


def _opened(around: Around, fills: Sequence[Fill]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the essential inputs that its coming would first need here: known to be missing, and not known of.

    The gaps that it is recorded to fill are filled then; those of which that is only inferred may not be.
    """
    facts, own = around.facts, {fill.gap.product for fill in fills if fill.row}
    wanted = sorted({source for fill in fills for source in newly_needed(facts, fill.gap.product)} - own)
    missing = tuple(source for source in wanted if measure_good(facts, source).missing)
    return missing, tuple(source for source in wanted if source not in missing)

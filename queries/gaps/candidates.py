"""The firms that were looked at for a place, and why each does or does not fill it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from graph.deadline import check
from queries.city.facts import Facts, Place
from queries.city.local import CityFirm
from queries.city.rows import Row
from queries.core.answers import Evidence
from queries.core.reason import Reason
from queries.gaps.answers import Candidate
from queries.gaps.extensions import production
from queries.gaps.words import say
from queries.networks.relatedness import proximity

FEW = 5  # products in a sentence
NEAR = 10  # near products whose makers are looked at
Looked = tuple[str, Reason, bool, list[Evidence]]


def find_candidates(facts: Facts, place: Place) -> Iterator[Candidate]:
    """Yield the firms that were looked at, each once: its makers, those in its
    segments, those that make what is near to it."""
    seen = set[str]()
    for firm, why, fills, evidence in chain(_makers(facts, place), _operators(facts, place), _neighbours(facts, place)):
        if firm not in seen:
            check()
            seen.add(firm)
            proof = facts.find(firm)
            yield Candidate(
                firm=facts.named(firm),
                region=proof.region,
                fills=fills,
                why=why,
                status=proof.status,
                source=proof.source,
                evidence=evidence,
            )


def _makers(facts: Facts, place: Place) -> Iterator[Looked]:
    rows = facts.rows_at("makes", place.products)
    for row in sorted(rows, key=lambda row: (row.ended, not facts.local(row.start), row.start, row.end)):
        firm, name = facts.firms[row.start], facts.product_names[row.end]
        if firm.closed:
            why = say("firm_closed")
        elif row.ended:
            why = say("making_ended", product=name)
        elif firm.where == "local":
            why = say("makes_it_here", product=name)
        elif firm.where == "outside":
            why = say("makes_it_elsewhere", product=name, region=firm.region, ring=firm.ring)
        else:
            why = say("makes_it_unplaced", product=name)
        yield row.start, why, facts.local(row.start) and not row.ended, [facts.evidence(row)]


def _operators(facts: Facts, place: Place) -> Iterator[Looked]:
    """Yield the firms of the place's segments, by record or by what they make:
    for a product, with what they make instead."""
    segments = set(place.segments)
    placed: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows_at("operates", segments):
        placed[row.start].append(row)
    made: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows_at("makes", (product for product, of in facts.segments_of.items() if segments & set(of))):
        if not row.ended:
            made[row.start].append(row)
    for id in sorted({*placed, *made}):
        names = "、".join(dict.fromkeys(facts.product_names[row.end] for row in made[id][:FEW]))
        why = _why_not(facts.firms[id], place, names)
        fills = place.label == "Segment" and facts.local(id)
        yield id, why, fills, [facts.evidence(row) for row in (*placed[id], *made[id][:FEW])]


def _why_not(firm: CityFirm, place: Place, names: str) -> Reason:
    if firm.closed:
        return say("firm_closed")
    if firm.where != "local":
        return say("segment_elsewhere", region=firm.region) if firm.region else say("segment_unplaced")
    if place.label == "Segment":
        return say("segment_here", products=names) if names else say("segment_without_product")
    if names:
        return say("segment_other_product", products=names, place=place.name)
    return say("segment_vague", place=place.name)


def _neighbours(facts: Facts, place: Place) -> Iterator[Looked]:
    """Yield local makers of what goes into the place's products or is made of
    them, then of what is near in the product space."""
    own, names = place.products, facts.product_names
    edges = facts.city.inputs
    beside = {
        source: ("makes_input", 0.0) for product in own if product in edges for source in edges.predecessors(product)
    }
    beside |= {user: ("makes_user", 0.0) for product in own if product in edges for user in edges.successors(product)}
    beside |= {neighbour: ("makes_near", near) for neighbour, near in _near(facts, own) if neighbour not in beside}
    for product, (code, near) in beside.items():
        if product in own:
            continue
        for firm in facts.all_makers.get(product, ()):
            why = say(code, product=names[product], near=near, places="、".join(names[made] for made in own[:3]))
            rows = [row for row in facts.made_by.get(firm, ()) if row.end == product and not row.ended]
            yield firm, why, False, [facts.evidence(row) for row in rows]


def _near(facts: Facts, own: Iterable[str]) -> list[tuple[str, float]]:
    """Return the nearest products in the product space, the nearest first."""
    products, matrix = production(facts.city)
    columns = [products.index(product) for product in own if product in products]
    if not columns:
        return []
    nearness = proximity(matrix)[columns, :].toarray().max(axis=0)
    nearness[columns] = 0.0
    order = np.lexsort((np.arange(len(products)), -nearness))[:NEAR]
    return [(products[place], float(nearness[place])) for place in order if nearness[place] > 0]

"""Whom a change reaches: by recorded supplies, and by what products are made of; and what could not be seen of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from queries.city.facts import Facts
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.gaps.answers import KnownBy, Reached
from queries.gaps.words import say


@dataclass(frozen=True)
class Landing:
    """A firm that is thought to come, and what it would make; a firm of the graph keeps its id."""

    firm: Named
    product: str


def reached_by(facts: Facts, changed: Facts, gone: Sequence[str], land: Sequence[Landing]) -> list[Reached]:
    """Return the firms and products that a change reaches, each once: what is recorded first, then what follows."""
    found: dict[tuple[str, str], Reached] = {}
    ways = [_buyers(facts, set(gone)), _sellers(facts, set(gone))]
    ways += [_products(facts, changed, firm) for firm in gone]
    ways += [_falling(facts, changed)] if gone else []
    ways += [_served(facts, changed, landing) for landing in land]
    for one in (one for way in ways for one in way):
        found.setdefault((one.label, one.id), one)
    return sorted(found.values(), key=lambda one: (one.how.order, one.label, one.id))


def _made_by(facts: Facts, firm: str) -> list[str]:
    """Return what a firm makes or offers, of any chain."""
    made = (facts.city.going(name).filter(pl.col("from") == firm)["to"] for name in ("PRODUCES", "OFFERS"))
    return sorted({product for products in made for product in products})


def _buyers(facts: Facts, gone: set[str]) -> Iterator[Reached]:
    """Yield who is recorded to buy from firms that go, with who else sells them each product."""
    dealt = facts.city.supplies.select("from", "to", "good", "product")
    rows = dealt.filter(pl.col("from").is_in(gone) & ~pl.col("to").is_in(gone)).sort("to", "from", "product")
    told: dict[str, list[Reason]] = {}
    for seller, buyer, good, word in rows.iter_rows():
        same = dealt.filter((pl.col("to") == buyer) & (pl.col("good") == good))["from"] if good else ()
        others = sorted(firm for firm in {*same} - gone if not facts.find(firm).closed)
        about = {"firm": facts.firm_name(seller), "goods": word or "没有写明的产品"}
        names = [facts.firm_name(firm) for firm in others]
        code = "reached_customer" if others else "reached_customer_alone"
        told.setdefault(buyer, []).append(say(code, **about, count=len(others), others=names))
    for buyer, lines in told.items():
        yield _known("Enterprise", buyer, facts.firm_name(buyer), _joined(lines))


def _sellers(facts: Facts, gone: set[str]) -> Iterator[Reached]:
    """Yield who is recorded to sell to firms that go."""
    dealt = facts.city.supplies.filter(pl.col("to").is_in(gone) & ~pl.col("from").is_in(gone)).sort(
        "from", "to", "product"
    )
    told: dict[str, list[Reason]] = {}
    for seller, buyer, word in dealt.select("from", "to", "product").iter_rows():
        reason = say("reached_supplier", firm=facts.firm_name(buyer), goods=word or "没有写明的产品")
        told.setdefault(seller, []).append(reason)
    for seller, lines in told.items():
        yield _known("Enterprise", seller, facts.firm_name(seller), _joined(lines))


def _products(facts: Facts, changed: Facts, firm: str) -> Iterator[Reached]:
    """Yield the products that a firm leaves behind, with who still makes them, then who has said that it needs one of
    which nobody is known that is left to make it."""
    names, name = facts.product_names, facts.firm_name(firm)
    for product in _made_by(facts, firm):
        if firm not in facts.all_makers.get(product, ()):
            continue
        makers = changed.all_makers.get(product, ())
        if makers:
            group = facts.find(firm).group
            sisters = [changed.firm_name(maker) for maker in makers if changed.find(maker).group == group]
            others = [changed.firm_name(maker) for maker in makers]
            code = "reached_fewer_sisters" if sisters else "reached_fewer"
            reason = say(code, firm=name, count=len(makers), others=others, sisters=sisters, number=len(sisters))
        else:
            reason = say("reached_last" if product in changed.missing else "reached_last_unlooked", firm=name)
        yield _known("Product", product, names[product], reason)
        for row in changed.rows_at("needs", [product]) if not makers else ():
            reason = say("reached_need", product=names[product])
            yield _known("Enterprise", row.start, facts.firm_name(row.start), reason)


def _falling(facts: Facts, changed: Facts) -> Iterator[Reached]:
    """Yield what cannot be made without the products that nobody is left to make, each with those that lead to it, and
    who makes that here."""
    names, gone = facts.product_names, facts.missing | changed.lost
    through: dict[str, list[str]] = {}
    for product in sorted(changed.lost - facts.lost):
        for user in facts.city.standing_on([product], gone):
            through.setdefault(user, []).append(names[product])
    for product, inputs in sorted(through.items()):
        reason = say("reached_product", inputs=inputs)
        yield Reached(label="Product", id=product, name=names[product], how=KnownBy.inferred, reason=reason)
        for maker in changed.all_makers.get(product, ()):
            told, name = say("reached_maker", product=names[product], inputs=inputs), changed.firm_name(maker)
            yield Reached(label="Enterprise", id=maker, name=name, how=KnownBy.inferred, reason=told)


def _known(label: str, id: str, name: str, reason: Reason) -> Reached:
    return Reached(label=label, id=id, name=name, how=KnownBy.known, reason=reason)


def _joined(lines: Sequence[Reason]) -> Reason:
    """Return several reasons of one kind as one."""
    return lines[0] if len(lines) == 1 else Reason("；".join(lines), lines[0].code, lines[0].params)


def _served(facts: Facts, changed: Facts, landing: Landing) -> Iterator[Reached]:
    """Yield the product of a firm that lands, and who here wants it."""
    product = landing.product
    name = facts.product_names[product]
    counts = (len(side.all_makers.get(product, ())) for side in (facts, changed))
    reason = say("reached_new_maker", **dict(zip(("before", "after"), counts, strict=True)))
    yield _known("Product", product, name, reason)
    said = {row.start for row in (*facts.rows_at("needs", [product]), *facts.rows_at("supplies", [product]))}
    said |= {row.end for row in facts.rows_at("supplies", [product])}
    for firm in sorted(changed.wanted_by(product) - {landing.firm.id}):
        how = KnownBy.known if firm in said else KnownBy.inferred
        reason = say("reached_wants", product=name)
        yield Reached(label="Enterprise", id=firm, name=facts.firm_name(firm), how=how, reason=reason)


def unseen_of(facts: Facts, changed: Facts, gone: Sequence[str], land: Sequence[Landing]) -> Iterator[Reason]:
    """Yield what the graph lacks to see the rest of a change."""
    names = facts.product_names
    for firm in gone:
        name, made = facts.firm_name(firm), _made_by(facts, firm)
        if facts.find(firm).closed:
            yield say("unseen_closed", firm=name)
            continue
        if not made:
            yield say("unseen_products", firm=name)
        if facts.city.supplies.filter(pl.col("from") == firm).is_empty():
            yield say("unseen_customers", firm=name)
        dead_ends = [names[product] for product in made if not facts.city.inputs.succ.get(product)]
        if dead_ends:
            yield say("unseen_uses", products=dead_ends)
        left = [names[product] for product in made if product in changed.lost and product not in changed.missing]
        if left:
            yield say("unseen_looks", products=left)
    for landing in land:
        if not changed.wanted_by(landing.product):
            yield say("unseen_wants", product=names[landing.product])

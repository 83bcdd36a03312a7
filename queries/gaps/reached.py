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
    for firm in gone:
        for one in (*_traders(facts, firm, set(gone)), *_products(facts, changed, firm)):
            found.setdefault((one.label, one.id), one)
    for landing in land:
        for one in _served(facts, changed, landing):
            found.setdefault((one.label, one.id), one)
    return sorted(found.values(), key=lambda one: (one.how.order, one.label, one.id))


def _made_by(facts: Facts, firm: str) -> list[str]:
    """Return what a firm makes or offers, of any chain."""
    made = (facts.city.going(name).filter(pl.col("from") == firm)["to"] for name in ("PRODUCES", "OFFERS"))
    return sorted({product for products in made for product in products})


def _traders(facts: Facts, firm: str, gone: set[str]) -> Iterator[Reached]:
    """Yield who is recorded to buy from a firm, with who else sells them the same, then who sells to it."""
    name = facts.firm_name(firm)
    dealt = facts.city.supplies.select("from", "to", "good", "product")
    goods: dict[str, dict[str, str | None]] = {}
    for buyer, good, word in dealt.filter(pl.col("from") == firm).select("to", "good", "product").iter_rows():
        if buyer not in gone:
            goods.setdefault(buyer, {})[word or "没有写明的产品"] = good
    for buyer, bought in goods.items():
        ids = [good for good in bought.values() if good]
        same = dealt.filter((pl.col("to") == buyer) & pl.col("good").is_in(ids))
        others = sorted({*same["from"]} - gone)
        told = {"firm": name, "goods": "、".join(sorted(bought))}
        reason = (
            say("reached_customer", **told, count=len(others), others=[facts.firm_name(other) for other in others])
            if others
            else say("reached_customer_alone", **told)
        )
        yield Reached(label="Enterprise", id=buyer, name=facts.firm_name(buyer), how=KnownBy.known, reason=reason)
    sold: dict[str, set[str]] = {}
    for seller, word in dealt.filter(pl.col("to") == firm).select("from", "product").iter_rows():
        if seller not in gone:
            sold.setdefault(seller, set()).add(word or "没有写明的产品")
    for seller, words in sold.items():
        reason = say("reached_supplier", firm=name, goods="、".join(sorted(words)))
        yield Reached(label="Enterprise", id=seller, name=facts.firm_name(seller), how=KnownBy.known, reason=reason)


def _products(facts: Facts, changed: Facts, firm: str) -> Iterator[Reached]:
    """Yield the products that a firm leaves behind, then what cannot be made without those that nobody is left to make,
    and who makes that here."""
    names, name, left = facts.product_names, facts.firm_name(firm), list[str]()
    for product in _made_by(facts, firm):
        makers = changed.all_makers.get(product, ())
        if firm not in facts.all_makers.get(product, ()):
            continue
        if makers:
            others = [facts.firm_name(maker) for maker in makers]
            reason = say("reached_fewer", firm=name, count=len(makers), others=others)
        else:
            left.append(product)
            looked = facts.looked(product).whole
            reason = say("reached_last" if looked else "reached_last_unlooked", firm=name)
        yield Reached(label="Product", id=product, name=names[product], how=KnownBy.known, reason=reason)
    falling = facts.city.standing_on(left, facts.missing | changed.lost) if left else set()
    inputs = [names[product] for product in left]
    for product in sorted(falling):
        reason = say("reached_product", inputs=inputs)
        yield Reached(label="Product", id=product, name=names[product], how=KnownBy.inferred, reason=reason)
        for maker in changed.all_makers.get(product, ()):
            reason = say("reached_maker", product=names[product], inputs=inputs)
            yield Reached(
                label="Enterprise", id=maker, name=facts.firm_name(maker), how=KnownBy.inferred, reason=reason
            )


def _served(facts: Facts, changed: Facts, landing: Landing) -> Iterator[Reached]:
    """Yield the product of a firm that lands, and who here wants it."""
    product = landing.product
    name = facts.product_names[product]
    counts = (len(side.all_makers.get(product, ())) for side in (facts, changed))
    reason = say("reached_new_maker", **dict(zip(("before", "after"), counts, strict=True)))
    yield Reached(label="Product", id=product, name=name, how=KnownBy.known, reason=reason)
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
        if not made:
            yield say("unseen_products", firm=name)
        if facts.city.supplies.filter(pl.col("from") == firm).is_empty():
            yield say("unseen_customers", firm=name)
        for product in made:
            if not facts.city.inputs.succ.get(product):
                yield say("unseen_uses", product=names[product])
        left = [names[product] for product in made if product in changed.lost and not facts.looked(product).whole]
        if left:
            yield say("unseen_looks", products="、".join(left))
    for landing in land:
        if not changed.wanted_by(landing.product):
            yield say("unseen_wants", product=names[landing.product])

"""What speaks for and against a firm beside a leader: only what the records say."""

from collections.abc import Iterable, Iterator

from queries.city.rows import Row
from queries.core.reason import Reason
from queries.matching.answers import Level
from queries.openings.answers import Match, Stage
from queries.openings.asked import Asked
from queries.openings.catalogue import say
from queries.openings.fits import Fit


def speaks_for(asked: Asked, party: str, firm: str, product: str) -> Iterator[Reason]:
    """Yield the links that a firm has with a leader's group already: what else
    it supplies, and how far the ledger is."""
    names = asked.city.names["Enterprise"]
    for member in asked.dealt_with(party, firm):
        rows = asked.supplied.get((firm, member), ())
        if goods := [
            f"“{asked.product(row.good)}”" for row in rows if row.good and not (row.good == product and member == party)
        ]:
            yield say("supplies_already", customer=names[member], goods=goods)
        match = asked.match(firm, member, product)
        if match is not None and match.state != Stage.dropped:
            told = {"stage": match.state, "since": match.since or "没有写日期"}
            yield say("ledger", **told) if member == party else say("ledger_with", **told, customer=names[member])


def against_supplier(
    asked: Asked, party: str, firm: str, product: str, fit: Fit | None, rows: Iterable[Row]
) -> Iterator[Reason]:
    """Yield what speaks against a firm as supplier of a party of the leader's group."""
    yield from _common(asked, party, firm, fit)
    if (
        product
        and asked.firm(firm).where == "local"
        and any(row.good == product for row in asked.supplied.get((firm, party), ()))
    ):
        yield say("supplies_it_already")
    if dropped := why_dropped(asked, firm, party, product):
        yield dropped
    if product in asked.needed.get(firm, ()):
        yield say("needs_it_too")
    customers = asked.customers.get(firm, ())
    if len(customers) == 1 and customers[0] != party:
        yield say("one_customer", customer=asked.city.names["Enterprise"][customers[0]])
    yield from _data(rows)


def against_user(asked: Asked, party: str, firm: str, product: str, fit: Fit, rows: Iterable[Row]) -> Iterator[Reason]:
    """Yield what speaks against a firm as a customer of a party of the leader's group."""
    yield from _common(asked, party, firm, fit)
    if any(row.good == product for row in asked.supplied.get((party, firm), ())):
        yield say("buys_it_already")
    if dropped := why_dropped(asked, party, firm, product):
        yield dropped
    if product in asked.made.get(firm, ()):
        yield say("makes_it_too")
    yield from _data(rows)


def _common(asked: Asked, party: str, firm: str, fit: Fit | None) -> Iterator[Reason]:
    known, group = asked.firm(firm), asked.group_of(party)
    if known.closed:
        yield say("closed")
    elif known.where == "unknown":
        yield say("not_placed")
    if fit is not None and fit.level != Level.high:
        yield say("low_fit" if fit.level == Level.low else "inferred_fit")
    if known.group == asked.firm(group[0]).group:
        yield say("same_group")
    else:
        own = asked.made_in(group[0])
        if same := [asked.product(made) for made in asked.made.get(firm, ()) if made in own]:
            yield say("competitor", products=same)
    if led := [chain for chain in asked.facts.leads_of.get(firm, ()) if chain in asked.chains]:
        yield say("leader_itself", chains="、".join(asked.city.names["Chain"][chain] for chain in led))


def _data(rows: Iterable[Row]) -> Iterator[Reason]:
    statuses = {row.status for row in rows}
    if "sample" in statuses:
        yield say("sample_data")
    if "curated" in statuses:
        yield say("curated_data")
    if "inferred" in statuses:
        yield say("inferred_data")


def why_dropped(asked: Asked, supplier: str, customer: str, product: str) -> Reason | None:
    """Return when and why a match was given up; None where it was not."""
    match = asked.match(supplier, customer, product)
    if match is None or match.state != Stage.dropped:
        return None
    return say("dropped", since=match.since or "日期不详", reason=reason_of(match))


def reason_of(match: Match) -> Reason:
    """Return why a match was given up; where the step does not say, what the leader answered."""
    notes = [step for step in reversed(match.steps) if step.note and not step.withdrawn]
    dropped = next((step.note for step in notes if step.stage == Stage.dropped), None)
    answered = next((step.note for step in notes if step.stage == Stage.answered), None)
    if dropped:
        return Reason(dropped)
    return say("no_reason_answered", answer=answered) if answered else say("no_reason")

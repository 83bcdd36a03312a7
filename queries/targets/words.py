"""What speaks for a target and what against it, in sentences made from the data alone."""

from collections.abc import Iterator, Sequence

from queries.city.answers import Ring
from queries.core.reason import Reason
from queries.openings.against import reason_of
from queries.openings.answers import Stage
from queries.targets.catalogue import say
from queries.targets.factors import FEW, Around
from queries.targets.ranking import RankedTarget


def speaks_for(around: Around, target: RankedTarget) -> Iterator[Reason]:
    """Yield what speaks for a target: gaps, leaders, links, nearness, talks that go on."""
    firm, factors = target.firm.id, target.factors
    for fill in target.fills[:FEW]:
        yield say("fills_gap", product=fill.gap.name, state=fill.gap.state, score=fill.gap.score, how=fill.reason)
    if len(target.fills) > FEW:
        yield say("fills_more", count=len(target.fills) - FEW)
    needing = {leader for fill in target.fills for leader, _ in around.needing.get(fill.gap.product, ())} - {firm}
    if needing:
        yield say("needed_by", leaders=around.names(needing))
    for leader, row in around.wished(firm, target.fills):
        name = around.facts.firm_name(leader)
        yield say("recommended_noted", leader=name, note=row.note) if row.note else say("recommended", leader=name)
    if factors.concerned:
        yield say("concerned", leaders=around.names(factors.concerned))
    if factors.partners:
        yield say("trades_here", firms=around.names(factors.partners))
    if factors.kin:
        yield say("group_here", firms=around.names(factors.kin))
    if factors.adjacent:
        yield say("adjacent", leaders=around.names(factors.adjacent))
    if factors.values["near"] > 0:
        yield factors.reasons["near"]
    for match in around.matches.get(firm, ()):
        if match.state != Stage.dropped:
            told = {"customer": match.customer.name, "stage": match.state, "since": match.since or "没有写日期"}
            yield say("ledger_product", **told, product=match.product) if match.product else say("ledger", **told)


def speaks_against(around: Around, target: RankedTarget, statuses: Sequence[str]) -> Iterator[Reason]:
    """Yield what speaks against a target: what is not recorded, what it would
    open, talks that were given up, the data itself."""
    firm, factors, fills = target.firm.id, target.factors, target.fills
    if not any(fill.row for fill in fills):
        yield say("all_inferred")
    elif guessed := [fill.gap.product for fill in fills if fill.row is None]:
        yield say("some_inferred", products=around.products(guessed))
    for ids, code in ((factors.missing, "opens_missing"), (factors.unsure, "opens_unsure")):
        if ids:
            yield say(code, count=len(ids), products=around.products(ids))
    if factors.kin:
        yield say("group_may_grow", firms=around.names(factors.kin))
    if around.firms[firm].ring == Ring.circle:
        yield say("next_door")
    if not factors.waiting:
        yield say("nobody_waits")
    if not (factors.partners or factors.kin):
        yield say("no_ties")
    for match in around.matches.get(firm, ()):
        if match.state == Stage.dropped:
            about = {"customer": match.customer.name, "since": match.since or "日期不详", "reason": reason_of(match)}
            yield say("dropped_product", **about, product=match.product) if match.product else say("dropped", **about)
    yield from data_against(statuses)


def data_against(statuses: Sequence[str]) -> Iterator[Reason]:
    """Yield what the statuses of the records say against relying on them."""
    if "sample" in statuses:
        yield say("sample_data")
    if "curated" in statuses:
        yield say("curated_data")

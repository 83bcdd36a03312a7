"""The ledger of the matches (匹配台账): every step as it was recorded, in
order; what is odd about a match is said, not mended."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from graph.deadline import check
from graph.errors import InputError
from queries.city.city import City, read_city
from queries.city.parties import groups_below, leaders_of, products_of
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.openings.answers import STAGES, Ledger, Match, Stage, Step
from queries.openings.catalogue import say
from queries.things.things import sources_used

_FIRST_DAYS = {"H1": "01-01", "H2": "07-01", "Q1": "01-01", "Q2": "04-01", "Q3": "07-01", "Q4": "10-01"}


def ledger(
    view: View,
    *,
    leader: Named | None = None,
    chain: Named | None = None,
    firm: Named | None = None,
) -> Ledger:
    """Return the matches of a leader's group, of a chain's leaders and products, of a firm on either side, or all."""
    if sum(subject is not None for subject in (leader, chain, firm)) > 1:
        raise InputError("链主、产业链、企业只能选一个；都不选就是全部台账")
    city = read_city(view)
    leader, firm = (city.as_one(party) if party else None for party in (leader, firm))
    matches = [*filter(_asked(city, leader, chain, firm), find_matches(city))]
    steps = [step for match in matches for step in match.steps if not step.withdrawn]
    states, stages = Counter(match.state for match in matches), Counter(step.stage for step in steps)
    notes = [] if matches else [say("note_no_match")]
    return Ledger(
        subject=leader or chain or firm,
        counts={stage: states[stage] for stage in STAGES},
        steps={stage: stages[stage] for stage in STAGES},
        rests_on=dict(sorted(Counter(step.status for match in matches for step in match.steps).items())),
        as_of=city.today,
        notes=notes,
        matches=sorted(matches, key=lambda match: _day(match.since), reverse=True),
        sources=sources_used(view, (step.source for match in matches for step in match.steps)),
    )


def _asked(city: City, leader: Named | None, chain: Named | None, firm: Named | None) -> Callable[[Match], bool]:
    """Return whether a match is asked for."""
    if leader is not None:
        group = set(groups_below(city, [leader.id])[leader.id])
        return lambda match: match.customer.id in group
    if firm is not None:
        return lambda match: firm.id in (match.supplier.id, match.customer.id)
    if chain is not None:
        leaders = leaders_of(city, chain.id)
        group = {member for members in groups_below(city, leaders).values() for member in members}
        products = products_of(city, chain.id)
        return lambda match: match.customer.id in group or match.product_id in products
    return lambda match: True


def find_matches(city: City) -> list[Match]:
    """Return every match, by supplier, leader and product."""
    steps: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in city.edges["MATCHED"].iter_rows(named=True):
        product = row["product"] or ""
        steps[row["from"], row["to"], city.product_words.get(product, product)].append(row)
    closed = set(city.nodes["Enterprise"].filter("ended")["id"])
    matches = []
    for key, rows in sorted(steps.items()):
        check()
        matches.append(_match(city, key, rows, closed))
    return matches


def _match(city: City, key: tuple[str, str, str], rows: list[dict[str, Any]], closed: set[str]) -> Match:
    supplier, customer, product = key
    steps = in_order([_step(row) for row in rows])
    standing = [step for step in steps if not step.withdrawn]
    last = standing[-1] if standing else None
    names = city.names["Enterprise"]
    known = product if product in city.names["Product"] else None
    remarks = [
        *_remarks(standing, city.today),
        *(say("remark_closed", firm=names[firm]) for firm in (supplier, customer) if firm in closed),
    ]
    if known is None:
        remarks.append(say("remark_product_unknown", product=product) if product else say("remark_no_product"))
    return Match(
        supplier=Named(id=supplier, name=names[supplier]),
        customer=Named(id=customer, name=names[customer]),
        product=city.names["Product"].get(product, product),
        product_id=known,
        state=last.stage if last else Stage.withdrawn,
        since=last.on if last else None,
        steps=steps,
        remarks=remarks,
    )


def _step(row: dict[str, Any]) -> Step:
    proof = {"status": row["status"], "source": row["source"], "place": row["place"], "withdrawn": row["ended"]}
    own = {"on": row["happened_on"], "by": row["handled_by"], "note": row["note"]}
    return Step(
        stage=Stage(row["stage"] or Stage.unclear), **{name: value or None for name, value in own.items()}, **proof
    )


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Return steps by date, those of one day by stage; one without a date
    stands before the first step of a later stage."""
    every = sorted(steps, key=lambda step: (_day(step.on), _place(step), step.by or "", step.note or "", step.on or ""))
    ordered = [step for step in every if step.on]
    for step in (step for step in every if not step.on):
        later = (number for number, other_step in enumerate(ordered) if _place(other_step) > _place(step))
        ordered.insert(next(later, len(ordered)), step)
    return ordered


def _place(step: Step) -> int:
    return STAGES.index(step.stage) if step.stage in STAGES else -1


def _day(text: str | None) -> str:
    """Return the first day that a date may mean, as text that sorts; nothing for no date."""
    if not text:
        return ""
    year, _, rest = text.partition("-")
    return f"{year}-{_FIRST_DAYS.get(rest, rest)}".rstrip("-")


def _remarks(steps: Sequence[Step], today: str) -> Iterator[Reason]:
    """Yield what is odd about the steps that stand."""
    if undated := [step.stage for step in steps if not step.on]:
        yield say("remark_undated", stages="、".join(undated))
    if nobody := [step.stage for step in steps if not step.by]:
        yield say("remark_nobody", stages="、".join(nobody))
    if any(step.stage == Stage.dropped and not step.note for step in steps):
        yield say("remark_dropped_without_reason")
    dated = [step for step in steps if step.on]
    for earlier, later in pairwise(dated):
        if _place(later) < _place(earlier) and earlier.stage != Stage.dropped:
            yield say("remark_order", earlier=earlier.stage, on=earlier.on, later=later.stage, later_on=later.on)
    if {Stage.signed, Stage.dropped} <= {step.stage for step in steps}:
        yield say("remark_signed_and_dropped")
    yield from (say("remark_future", stage=step.stage, on=step.on) for step in dated if _day(step.on) > today)

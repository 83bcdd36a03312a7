"""The gap certificate (断点说明): what is needed by whom, which local firms
were looked at and why each does not fill it."""

from collections import Counter
from typing import Any

import polars as pl

from graph.errors import NotFound
from queries.city.facts import Facts
from queries.city.looks import Look
from queries.city.rows import Row
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import Certificate, Demand, LookedThrough, RuleUsed
from queries.gaps.candidates import find_candidates
from queries.gaps.judge import judge
from queries.gaps.measures import Measures
from queries.gaps.rules import Rules, read_rules
from queries.gaps.weak_links import examine, notes_on, steps_from
from queries.gaps.words import say
from queries.things.things import sources_used

MOST = 60  # candidates that are listed; what is cut is counted


def certificate(view: View, chain: str, label: str, id: str) -> Certificate:
    """Return the certificate of a segment or product of a chain; raises
    ``NotFound`` where the chain has no such place."""
    examined, rules = examine(view, chain), read_rules()
    verdict = examined.of(label, id)
    if verdict is None:
        raise NotFound(
            f"产业链“{examined.facts.chain.name}”没有编号为“{id[:60]}”的{'环节' if label == 'Segment' else '产品'}"
        )
    facts, place, measures = examined.facts, verdict.place, verdict.measures
    judgement = judge(facts, verdict, rules, steps_from(examined, verdict), examined.suspected.get((label, id)))
    demands, looks = _demands(facts, measures), _looks(facts, measures)
    candidates = list(find_candidates(examined.facts, place))
    rows = {(row.record, row.from_id, row.to_id): row for row in judgement.evidence}
    rows |= {(row.record, row.from_id, row.to_id): row for candidate in candidates[:MOST] for row in candidate.evidence}
    used = (
        [row.source for row in rows.values()] + [demand.source for demand in demands] + [look.source for look in looks]
    )
    used += [candidate.source for candidate in candidates[:MOST]]
    return Certificate(
        **facts.about,
        label=label,
        id=id,
        name=place.name,
        segments=[
            Named(id=segment, name=facts.city.names["Segment"].get(segment, segment)) for segment in place.segments
        ],
        judgement=judgement,
        sourcing=_sourcing(measures),
        needed_by=demands,
        looked_through=looks,
        candidates=candidates[:MOST],
        more_candidates=max(0, len(candidates) - MOST),
        rule_version=rules.version,
        rules=_rules(measures, rules),
        notes=[*notes_on(facts)],
        rests_on=dict(sorted(Counter(row.status for row in rows.values()).items())),
        sources=sources_used(view, used),
    )


def _sourcing(measures: Measures) -> Reason | None:
    """Return whether a product can be had from elsewhere, as it is stated of it; nothing of a segment."""
    if measures.place.label != "Product":
        return None
    good = measures.goods[0]
    if good.nearby:
        return say("must_be_near", because=good.nearby)
    return say("bought_anywhere") if good.anywhere else say("sourcing_unknown")


def _demands(facts: Facts, measures: Measures) -> list[Demand]:
    """Return who needs the place's products: registered needs, products made
    here that they go into, leaders concerned."""
    products, names = measures.place.products, facts.product_names
    demands = [
        Demand(kind=say("need_registered"), product=names[row.end], **_who(facts, row))
        for row in facts.needs
        if row.end in products
    ]
    uses = (
        facts.city.going("INPUT_TO")
        .filter(pl.col("from").is_in(products))
        .sort("essential", descending=True, nulls_last=True)
    )
    for row in uses.iter_rows(named=True):
        makers = facts.all_makers.get(row["to"], ())
        if makers and row["to"] not in products:
            into = {
                "into": names[row["to"]],
                "essential": bool(row["essential"]),
                "who": [facts.named(firm) for firm in makers],
            }
            proof = {"status": row["status"], "source": row["source"]}
            demands.append(Demand(kind=say("need_of_product_made_here"), product=names[row["from"]], **into, **proof))
    leaders = {leader for good in measures.goods for leader in good.leaders}
    demands += [
        Demand(
            kind=say("need_of_leader", chain=facts.city.names["Chain"].get(row.end, row.end)),
            product="、".join(names[good.id] for good in measures.goods if row.start in good.leaders),
            **_who(facts, row),
        )
        for row in facts.leads
        if row.start in leaders
    ]
    return demands


def _who(facts: Facts, row: Row) -> dict[str, Any]:
    return {"who": [facts.named(row.start)], "status": row.status, "source": row.source}


def _looks(facts: Facts, measures: Measures) -> list[LookedThrough]:
    return [
        LookedThrough(
            record=Named(id=look.id, name=look.name),
            segment=_what_was_asked(facts, look),
            region=look.region,
            whole_city=look.whole,
            universe=look.universe,
            found=look.found,
            as_of=look.as_of,
            due=look.due,
            counts=look.counts,
            method=look.method,
            by=look.by,
            status=look.row.status,
            source=look.row.source,
        )
        for look in facts.looked_in(measures.place).looks
    ]


def _what_was_asked(facts: Facts, look: Look) -> str:
    end = look.row.end
    return facts.product_names.get(end) or facts.city.names["Segment"].get(end, end)


def _rules(measures: Measures, rules: Rules) -> list[RuleUsed]:
    own = {"Segment": ("segment_firms", "key_products_made"), "Product": ("product_firms",)}[measures.place.label]
    used = [(f"state.{key}", getattr(rules.state, key)) for key in own]
    used += [
        (f"{section}.{key}", rule)
        for section in ("size", "scale", "elsewhere")
        for key, rule in getattr(rules, section)
    ]
    return [RuleUsed(name=key, value=threshold.value, why=threshold.why) for key, threshold in used]

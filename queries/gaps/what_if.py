"""What if firms left, or landed: the chain judged before and after, gaps closed and opened, leaders concerned, risk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from queries.city.city import City
from queries.city.facts import Facts
from queries.city.local import CityFirm
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import Gap, MovedPart, PlaceChange, Risky, Side, Standing, State, WhatIf
from queries.gaps.curve import served_curve
from queries.gaps.measures import measure_good
from queries.gaps.reached import Landing, reached_by, unseen_of
from queries.gaps.rules import Rules, read_rules
from queries.gaps.verdict import Verdict, state_of_good
from queries.gaps.voice import Voice
from queries.gaps.weak_links import Examined, examine, examine_facts, survey
from queries.gaps.words import say
from queries.networks.firm_risk import ASSUMPTIONS, firm_network

SHOWN = 10  # riskiest firms on each side


def what_if(view: View, chain: str, remove: Sequence[Named], land: Sequence[Landing]) -> WhatIf:
    """Return a chain before and after firms are removed and others land, all at
    once; a firm judged to be another stands for that one."""
    before, rules = examine(view, chain), read_rules()
    facts, city = before.facts, before.facts.city
    remove, land = (
        [city.as_one(firm) for firm in remove],
        [replace(landing, firm=city.as_one(landing.firm)) for landing in land],
    )
    gone = [firm.id for firm in remove]
    changed = facts.without(gone)
    for landing in land:
        changed = changed.landed(_newcomer(facts, landing), landing.product)
    supplies = _supplies(city, changed, gone, land)
    after = examine_facts(changed, survey(city, supplies))
    changes = [
        _change(rules, (facts, old), (changed, new)) for old, new in zip(before.verdicts, after.verdicts, strict=True)
    ]
    products = [change for change in changes if change.label == "Product" and change.before != change.after]
    loosened = any((change.before, change.after) == (State.strong, State.unknown) for change in changes)
    return WhatIf(
        **facts.about,
        rule_version=rules.version,
        removed=remove,
        landed=[{"firm": landing.firm.name, "product": facts.product_names[landing.product]} for landing in land],
        before=_side(before),
        after=_side(after),
        changes=[
            change for change in changes if (change.before, change.score_before) != (change.after, change.score_after)
        ],
        reached=reached_by(facts, changed, gone, land),
        unseen=[*unseen_of(facts, changed, gone, land)],
        gaps_closed=[_gap(product, "gap_closed") for product in products if product.before == State.missing],
        gaps_opened=[
            *(_gap(product, "gap_opened") for product in products if product.after == State.missing),
            *_one_tier_up(facts, changed, land, rules),
        ],
        leaders_affected=_leaders(facts, before.verdicts, after.verdicts, gone),
        removal_cost=_removal_cost(city, gone),
        assumptions=[*_assumptions(bool(land), loosened)],
    )


def _assumptions(landed: bool, loosened: bool) -> Iterator[Reason]:
    if landed:
        yield say("assumed_landed")
    if loosened:
        yield say("assumed_left")
    yield say("assumed_amounts", assumption=ASSUMPTIONS["links"])


def _newcomer(facts: Facts, landing: Landing) -> CityFirm:
    """Return a firm as it would be here: known firms keep their group, new ones stand alone."""
    region = "、".join(home.name for home in facts.homes)
    known = landing.firm.id in facts.city.names["Enterprise"]
    group = facts.find(landing.firm.id).group if known else landing.firm.id
    return CityFirm(
        landing.firm.id, landing.firm.name, landing.firm.name, "local", region, group, False, "inferred", ""
    )


def _supplies(city: City, changed: Facts, gone: Sequence[str], land: Sequence[Landing]) -> pl.DataFrame:
    """Return the city's supplies without the firms that are gone and with what those that land would supply."""
    rows = city.supplies.select("from", "to", "good").filter(~pl.col("from").is_in(gone) & ~pl.col("to").is_in(gone))
    added = []
    for landing in land:
        served = set(rows.filter(pl.col("good") == landing.product)["to"])
        if not served:
            served = {row.start for row in changed.needs if row.end == landing.product}
            served |= {
                firm for product in city.needing(landing.product) for firm in changed.all_makers.get(product, ())
            }
        added += [(landing.firm.id, firm, landing.product) for firm in sorted(served - {landing.firm.id})]
    return pl.concat([rows, pl.DataFrame(added, schema=rows.schema, orient="row")]).unique().sort("from", "to", "good")


def _change(rules: Rules, before: tuple[Facts, Verdict], after: tuple[Facts, Verdict]) -> PlaceChange:
    old, new = before[1], after[1]
    states = {"before": old.state, "after": new.state, "score_before": old.score, "score_after": new.score}
    parts = [] if old.points == new.points else _moved(rules, before, after)
    return PlaceChange(label=old.place.label, id=old.place.id, name=old.place.name, **states, parts=parts)


def _moved(rules: Rules, before: tuple[Facts, Verdict], after: tuple[Facts, Verdict]) -> list[MovedPart]:
    """Return the parts of a score that moved, each with what it counts after; none where it is not known on a side."""
    old, new = (
        {part.name: part for part in Voice(facts, verdict, rules).parts()} for facts, verdict in (before, after)
    )
    return [
        MovedPart(name=name, before=old[name].points, after=part.points, reason=part.reason)
        for name, part in new.items()
        if name in old and old[name].points != part.points
    ]


def _gap(change: PlaceChange, code: str) -> Gap:
    reason = say(code, before=change.before, after=change.after)
    return Gap(product=change.name, product_id=change.id, state=change.after, reason=reason)


def _one_tier_up(facts: Facts, changed: Facts, land: Sequence[Landing], rules: Rules) -> list[Gap]:
    """Return the essential inputs of what lands that nobody here makes and that nobody here needed before."""
    gaps: dict[str, Gap] = {}
    for landing in land:
        for source in newly_needed(facts, landing.product):
            if not changed.all_makers.get(source):
                state = state_of_good(measure_good(changed, source), rules)
                made = facts.product_names[landing.product]
                code = "gap_above_missing" if state == State.missing else "gap_above_unknown"
                reason = say(code, firm=landing.firm.name, product=made)
                gaps.setdefault(
                    source, Gap(product=facts.product_names[source], product_id=source, state=state, reason=reason)
                )
    return list(gaps.values())


def newly_needed(facts: Facts, product: str) -> list[str]:
    """Return the essential inputs of a product that nobody here makes, and that nobody here needs so far."""
    city, made = facts.city, facts.all_makers
    return [
        source
        for source in sorted(city.needed_for(product))
        if not made.get(source) and not any(made.get(user) for user in city.needing(source))
    ]


def _leaders(facts: Facts, before: Iterable[Verdict], after: Iterable[Verdict], gone: Sequence[str]) -> list[Named]:
    """Return the leaders that make or need what has other makers now, or what stands on it, and those that are gone."""
    leaders = set(gone) & set(facts.leader_goods)
    for old, new in zip(before, after, strict=True):
        for good, changed in zip(old.measures.goods, new.measures.goods, strict=True):
            leaders |= good.leaders if good.makers != changed.makers else frozenset()
    return [facts.named(id) for id in sorted(leaders)]


def _side(examined: Examined) -> Side:
    segments = [verdict for verdict in examined.verdicts if verdict.place.label == "Segment"]
    return Side(
        segments=[
            Standing(segment=segment.place.name, segment_id=segment.place.id, state=segment.state, score=segment.score)
            for segment in segments
        ],
        risk=[Risky(firm=firm.firm, esri=firm.esri) for firm in examined.risk.firms[:SHOWN]] if examined.risk else [],
        served=served_curve(examined.facts, examined.risk),
    )


def _removal_cost(city: City, gone: Sequence[str]) -> float | None:
    network = firm_network(city)
    return float(network.closures([gone])[0]) if gone and network is not None else None

"""The targets of one chain (招商名录): candidates, factors, ranking, and what is kept apart from it, as one answer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from graph.deadline import check
from queries.city.facts import Facts
from queries.city.local import find_firms
from queries.city.rows import Row
from queries.core.answers import STATUS_ORDER, Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import GAPS, State
from queries.gaps.rules import read_rules
from queries.gaps.voice import Voice
from queries.gaps.weak_links import Examined, examine, notes_on
from queries.targets.answers import (
    FactorValue,
    Filled,
    How,
    NoTarget,
    OpenGap,
    StandsIn,
    Target,
    Targets,
    UnknownPlace,
)  # fmt: skip
from queries.targets.candidates import (
    Barred,
    Fill,
    GapToClose,
    distinct,
    find_barred,
    find_gaps,
    makers_of,
    recorded_fills,
    segment_names,
)
from queries.targets.catalogue import say
from queries.targets.factors import Around, factors_of, look_around
from queries.targets.ranking import RankedTarget, points_of, rank, stability, weighted
from queries.targets.weights import Weights, read_weights
from queries.targets.words import data_against, speaks_against, speaks_for
from queries.things.things import sources_used


def list_targets(view: View, chain: str, top: int) -> Targets:
    """Return the first targets of a chain (by id)."""
    return view.once(("targets", chain, top), lambda: _answer(view, examine(view, chain), top))


def _answer(view: View, examined: Examined, top: int) -> Targets:
    facts, rules, weights = examined.facts, read_rules(), read_weights()
    gaps = find_gaps(examined, rules)
    fills = recorded_fills(facts, gaps, weights)
    recorded = {fill.gap.product for own in fills.values() for fill in own}
    guessed = _infer(view, facts, gaps, fills, weights)
    around = look_around(facts, sorted(fills))
    ranked = rank([_ranked(around, firm, own, weights) for firm, own in fills.items()], weights.factor.points)
    listed = [_target(around, target, place, weights) for place, target in enumerate(ranked[:top], 1)]
    states = {verdict.place.id: verdict.state for verdict in examined.verdicts if verdict.place.label == "Product"}
    barred = list(find_barred(facts, states, gaps))
    known = [row for gap in gaps for row in gap.evidence] + [row for target in listed for row in target.evidence]
    unique = distinct([*known, *(facts.evidence(firm.row) for firm in barred)])
    return Targets(
        **facts.about,
        city=list(facts.homes),
        weights_version=weights.version,
        rule_version=rules.version,
        total=len(ranked),
        notes=[*_notes(examined, gaps, ranked)],
        targets=listed,
        without_firms=[_open(facts, gap, guessed.get(gap.product, [])) for gap in gaps if gap.product not in recorded],
        unknown=_unknown(examined),
        unplaced=[_no_target(facts, firm) for firm in barred if firm.unplaced],
        standing=[_standing(facts, row) for row in _segment_alone(examined)],
        excluded=[_no_target(facts, firm) for firm in barred if not firm.unplaced],
        stability=stability(ranked, weights, top),
        rests_on=dict(sorted(Counter(row.status for row in unique).items())),
        sources=sources_used(view, [*(row.source for row in unique), *(target.source for target in listed)]),
    )


def _infer(
    view: View, facts: Facts, gaps: Sequence[GapToClose], fills: dict[str, list[Fill]], weights: Weights
) -> dict[str, list[str]]:
    """Add to ``fills`` what the model thinks that firms from elsewhere could make; return these firms by product."""
    from queries.targets.inferred import makers_model  # scikit-learn and the link model: a second

    outside = outside_makers(facts)
    if not (gaps and outside):
        return {}
    model, guessed = makers_model(view, facts.city), {}
    for gap in gaps:
        known = {row.start for row in makers_of(facts, gap.product)} | {*gap.coming}
        guesses = model.guesses(gap.product, outside - known, weights)
        guessed[gap.product] = [guess.firm for guess in guesses]
        for guess in guesses:
            fit = round(weights.fit.inferred.value * guess.share, 4)
            fills.setdefault(guess.firm, []).append(
                Fill(gap, How.inferred, fit, say("inferred", product=gap.name, reasons=guess.reason))
            )
    return guessed


def outside_makers(facts: Facts) -> set[str]:
    """Return the open firms from elsewhere that are recorded to make anything."""
    makers = set(facts.city.going("PRODUCES")["from"])
    known = find_firms(facts.city, sorted(makers), {home.id for home in facts.homes})
    return {id for id, firm in known.items() if firm.where == "outside" and not firm.closed}


def _ranked(around: Around, firm: str, fills: Sequence[Fill], weights: Weights) -> RankedTarget:
    check()
    order = tuple(sorted(fills, key=lambda fill: (-fill.closes, fill.gap.product)))
    return RankedTarget(around.facts.named(firm), order, factors_of(around, firm, order, weights))


def _target(around: Around, target: RankedTarget, place: int, weights: Weights) -> Target:
    facts, firm, main = around.facts, around.firms[target.firm.id], target.fills[0]
    base = weights.factor.points
    points, values, reasons = points_of(target.factors, base), target.factors.values, target.factors.reasons
    rows = _rows(around, target)
    statuses = [firm.status, main.gap.status, main.row.status if main.row else "inferred"]
    return Target(
        rank=place,
        firm=target.firm,
        region=firm.region,
        ring=firm.ring,
        score=weighted(target.factors, base),
        gaps=[_filled(fill) for fill in target.fills],
        factors=[
            FactorValue(
                key=key, name=own.name, value=values[key], points=points[key], most=own.points, reason=reasons[key]
            )
            for key, own in weights.factor.by_key().items()
        ],
        why=list(speaks_for(around, target)),
        why_not=list(speaks_against(around, target, [*statuses, *(row.status for row in rows)])),
        inferred=not any(fill.row for fill in target.fills),
        status=max(statuses, key=STATUS_ORDER.__getitem__),
        source=main.row.source if main.row else firm.source,
        evidence=[facts.evidence(row) for row in rows],
    )


def _filled(fill: Fill) -> Filled:
    return Filled(**fill.gap.told, how=fill.how, fit=fill.fit, inferred=fill.row is None, reason=fill.reason)


def _rows(around: Around, target: RankedTarget) -> list[Row]:
    """Return the records that a target rests on: what it makes, who needs it, who wants it, with whom it deals."""
    firm = target.firm.id
    rows = [fill.row for fill in target.fills if fill.row]
    rows += [row for fill in target.fills for _, row in around.needing.get(fill.gap.product, ())]
    rows += [row for _, row in around.wished(firm, target.fills)]
    return list(dict.fromkeys([*rows, *around.dealings.get(firm, ())]))


def _open(facts: Facts, gap: GapToClose, guessed: Iterable[str]) -> OpenGap:
    leaders = [facts.named(firm) for firm in sorted(gap.good.leaders)]
    return OpenGap(
        **gap.told, leaders=leaders, guessed=[facts.named(firm) for firm in guessed], reason=say("no_known_firm")
    )


def _unknown(examined: Examined) -> list[UnknownPlace]:
    """Return the products that are not known to be gaps or none."""
    facts, rules, places = examined.facts, read_rules(), []
    for verdict in examined.verdicts:
        if verdict.place.label == "Product" and verdict.state == State.unknown:
            makers = {
                row.start
                for row in makers_of(facts, verdict.place.id)
                if not row.ended and not facts.firms[row.start].closed
            }
            outside = [facts.named(firm) for firm in sorted(makers) if facts.firms[firm].where == "outside"]
            where = {
                "product": verdict.place.name,
                "product_id": verdict.place.id,
                "segment": segment_names(facts, verdict.place.segments),
            }
            reason = say("unknown", reasons="；".join(Voice(facts, verdict, rules).reasons()))
            places.append(UnknownPlace(**where, outside=outside, reason=reason))
    return sorted(places, key=lambda place: not place.outside)


def _segment_alone(examined: Examined) -> Iterator[Row]:
    """Yield who stands, perhaps elsewhere, in a segment that lacks something or may, and makes nothing known of it."""
    facts, lacking = examined.facts, {*GAPS, State.unknown}
    products = [verdict for verdict in examined.verdicts if verdict.place.label == "Product"]
    segments = {id for verdict in products if verdict.state in lacking for id in verdict.place.segments}
    for row in facts.rows_at("operates", segments & facts.tiers.keys()):
        made = {id for own in facts.made_by.get(row.start, ()) for id in facts.segments_of.get(own.end, ())}
        firm = facts.firms[row.start]
        if not row.ended and not firm.closed and firm.where != "local" and row.end not in made:
            yield row


def _standing(facts: Facts, row: Row) -> StandsIn:
    firm, segment = facts.firms[row.start], facts.city.names["Segment"][row.end]
    return StandsIn(
        firm=Named(id=firm.id, name=firm.name),
        region=firm.region,
        segment=segment,
        segment_id=row.end,
        reason=say("stands", segment=segment),
        status=max((row.status, firm.status), key=STATUS_ORDER.__getitem__),
        source=row.source,
        evidence=[facts.evidence(row)],
    )


def _no_target(facts: Facts, barred: Barred) -> NoTarget:
    row, firm = barred.row, facts.firms[barred.row.start]
    why_not = [barred.why, *data_against([row.status, firm.status])]
    return NoTarget(
        firm=Named(id=firm.id, name=firm.name),
        region=firm.region,
        product=facts.product_names[row.end],
        product_id=row.end,
        why_not="；".join(why_not),
        why_not_codes=[reason.code for reason in why_not],
        status=max((row.status, firm.status), key=STATUS_ORDER.__getitem__),
        source=row.source,
        evidence=[facts.evidence(row)],
    )


def _notes(examined: Examined, gaps: Sequence[GapToClose], ranked: Sequence[RankedTarget]) -> Iterator[Reason]:
    facts = examined.facts
    yield from notes_on(facts)
    bare = [verdict for verdict in examined.verdicts if verdict.place.label == "Segment" and not verdict.place.products]
    if empty := [verdict.place.name for verdict in bare if verdict.state in GAPS]:
        yield say("note_segment_without_products", segments="、".join(empty))
    if not facts.homes:
        yield say("note_no_home")
    if not gaps:
        yield say("note_no_gap")
    elif not ranked:
        yield say("note_nobody")
    if any(fill.row is None for target in ranked for fill in target.fills):
        yield say("note_model")

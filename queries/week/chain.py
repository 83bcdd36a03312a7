"""One chain as it is said first: its gaps by how much they press, its segments as tiles, where to look, one sentence.

What the city is told is put together from these, so that both count the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.deadline import check
from queries.city.facts import Facts
from queries.core.answers import Named
from queries.core.days import show_part
from queries.core.reason import Reason
from queries.core.view import View
from queries.coverage.answers import SegmentCoverage
from queries.coverage.looked_for import looked_for
from queries.gaps.answers import GAPS, Judged, ProductState, SegmentState, State, Suspected, WeakLinks
from queries.gaps.weak_links import Examined, examine, weak_links
from queries.openings.ledger import ledger
from queries.things.chains import list_chains
from queries.week.answers import ChainWeek, Counts, LookAt, PressingGap, SegmentStrip, Tile, TileMark, Who
from queries.week.catalogue import say

OF_STATE = {
    State.missing: TileMark.missing,
    State.weak: TileMark.weak,
    State.strong: TileMark.strong,
    State.unknown: TileMark.unknown,
}
LOOKS = (
    TileMark.missing,
    TileMark.mending,
    TileMark.weak,
    TileMark.strong,
)  # of which a segment looks like the first that it holds


@dataclass(frozen=True)
class OfChain:
    """What is said of a chain, its gaps, the most pressing first, its segments in the order to look them through."""

    week: ChainWeek
    gaps: tuple[PressingGap, ...]
    looks: tuple[LookAt, ...]


def chain_week(view: View, chain: str) -> OfChain:
    """Return what is said first of a chain (by id)."""
    return view.once(("week", chain), lambda: _make(view, chain))


def _make(view: View, chain: str) -> OfChain:
    answer, examined = weak_links(view, chain), examine(view, chain)
    named = Named(id=answer.chain_id, name=answer.chain)
    gaps = rank(_gaps(view, named, answer, examined))
    coverage = looked_for(view, named)
    looks = in_order(_looks(named, coverage.segments, answer))
    segments = [_strip(examined.facts, segment) for segment in answer.segments]
    counts = add_up(segment.counts for segment in segments)
    points = list(_tell(answer, counts, gaps, looks))
    summary = next((one for one in list_chains(view) if one.id == chain), None)
    own = summary or examined.facts.chain
    week = ChainWeek(
        chain=named,
        verdict="。".join(points) + "。",
        points=points,
        counts=counts,
        segments_looked=coverage.chains[0].segments_looked if coverage.chains else 0,
        worst=gaps[0].product if gaps else None,
        segments=segments,
        rests_on=answer.rests_on,
        status=getattr(own, "status", ""),
        source=getattr(own, "source", ""),
    )
    return OfChain(week, tuple(gaps), tuple(looks))


def mark_of(product: Judged) -> TileMark:
    """Return how a product is drawn as a tile."""
    if product.state == State.missing and in_hand(product):
        return TileMark.mending
    if product.state == State.unknown and product.suspected:
        return TileMark.suspected
    if product.state == State.unknown and product.absent_from:
        return TileMark.unlisted
    return OF_STATE[product.state]


def in_hand(product: Judged | PressingGap) -> bool:
    """Tell whether a project fills it of which nothing speaks against its coming."""
    return any(not project.uncertain for project in product.under_way)


def look_of(segment: SegmentState) -> TileMark:
    """Return as what a segment is drawn: as the worst of its products that are known of, never better than they are."""
    marks = {mark_of(product) for product in segment.products}
    if segment.state in GAPS or not segment.products:
        marks.add(OF_STATE[segment.state])
    return next((mark for mark in LOOKS if mark in marks), TileMark.unknown)


def count(products: Sequence[Judged]) -> Counts:
    """Return how many products there are of each state."""
    states = Counter(product.state.code for product in products)
    return Counts(
        **states,
        mending=sum(product.state in GAPS and in_hand(product) for product in products),
        suspected=sum(product.suspected is not None for product in products),
    )


def add_up(counts: Iterable[Counts]) -> Counts:
    """Return some counts as one."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one.model_dump())
    return Counts(**total)


def rank(gaps: Iterable[PressingGap]) -> list[PressingGap]:
    """Return gaps by how much they press, each with its rank; those that a project fills come last."""
    ordered = sorted(gaps, key=lambda gap: (in_hand(gap), -gap.score, gap.state.order, gap.chain.id, gap.product.id))
    return [gap.model_copy(update={"rank": number}) for number, gap in enumerate(ordered, 1)]


def _gaps(view: View, chain: Named, answer: WeakLinks, examined: Examined) -> Iterator[PressingGap]:
    stages = {(match.supplier.id, match.product_id): match.state for match in ledger(view).matches}
    for segment in answer.segments:
        for product in segment.products:
            check()
            verdict = examined.of("Product", product.product_id)
            if product.state not in GAPS or product.score is None or verdict is None:
                continue
            coming = {firm.id for project in product.under_way for firm in project.investors}
            makers = product.distance.firms if product.distance else []
            who = [
                Who(**maker.model_dump(), stage=stages.get((maker.firm.id, product.product_id)))
                for maker in makers
                if maker.firm.id not in coming
            ]
            yield PressingGap(
                rank=0,
                chain=chain,
                segment=Named(id=segment.segment_id, name=segment.segment),
                product=Named(id=product.product_id, name=product.product),
                state=product.state,
                mark=mark_of(product),
                score=product.score,
                status=product.status,
                standing=len(verdict.standing),
                leaders=[examined.facts.named(leader) for leader in sorted(verdict.leaders)],
                firms=product.firms,
                who=who,
                under_way=product.under_way,
            )


def _looks(chain: Named, segments: Sequence[SegmentCoverage], answer: WeakLinks) -> Iterator[LookAt]:
    suspects: dict[str, list[tuple[Named, Suspected]]] = {}
    for one in answer.look_first:
        named = Named(id=one.product_id, name=one.product)
        suspects.setdefault(one.segment_id, []).append((named, one.suspected))
    for segment in segments:
        if segment.open:
            own = suspects.get(segment.place.id, [])
            yield LookAt(
                chain=chain,
                segment=segment.place,
                open=segment.open,
                of=segment.of,
                leaders=len(segment.leaders),
                users=segment.users,
                suspected=len(own),
                first=own[0][0] if own else None,
                why=own[0][1].reasons if own else segment.why,
                points=segment.points,
            )


def in_order(looks: Iterable[LookAt]) -> list[LookAt]:
    """Return segments in the order to look them through: where something speaks for a lack, then where most hangs."""
    return sorted(looks, key=lambda look: (not look.suspected, -look.points, look.chain.id, look.segment.id))


def _strip(facts: Facts, segment: SegmentState) -> SegmentStrip:
    products = sorted(segment.products, key=lambda product: mark_of(product).order)
    return SegmentStrip(
        segment=Named(id=segment.segment_id, name=segment.segment),
        tier=segment.tier,
        state=segment.state,
        look=look_of(segment),
        firms=len(segment.firms),
        looked=_looked(facts, segment.segment_id),
        tiles=[_tile(segment, product) for product in products],
        counts=count(products),
    )


def _tile(segment: SegmentState, product: ProductState) -> Tile:
    named = Named(id=product.product_id, name=product.product)
    return Tile(product=named, segment_id=segment.segment_id, mark=mark_of(product))


def _looked(facts: Facts, segment: str) -> Reason:
    """Say when and how a segment was looked through."""
    place = next(place for place in facts.places if (place.label, place.id) == ("Segment", segment))
    look = next((look for look in facts.looked_in(place).looks if look.counts), None)
    if look is None:
        return say("not_looked_at")
    return say("looked", on=show_part(look.as_of), method=f" {look.method or '查过'}")


def tell_states(counts: Counts) -> str:
    """Return how many are missing and weak, without what there is none of."""
    told = {"种缺": counts.missing, "种弱": counts.weak}
    return "、".join(f"{number} {word}" for word, number in told.items() if number)


def tell_leaders(gaps: Iterable[PressingGap]) -> str:
    """Return how many leaders hang on some gaps; nothing where it is none."""
    leaders = {leader.id for gap in gaps for leader in gap.leaders}
    return f"，牵连 {len(leaders)} 家链主" if leaders else ""


def _tell(answer: WeakLinks, counts: Counts, gaps: Sequence[PressingGap], looks: Sequence[LookAt]) -> Iterator[Reason]:
    """Yield the sentence about a chain, in parts."""
    pressing = [gap for gap in gaps if not in_hand(gap)]
    if pressing:
        segment = next(one for one in answer.segments if one.segment_id == pressing[0].segment.id)
        own = [gap for gap in gaps if gap.segment == pressing[0].segment]
        told = {"count": len(segment.products), "told": tell_states(count(segment.products))}
        yield say("chain_fill", segment=segment.segment, leaders=tell_leaders(own), **told)
    elif gaps:
        yield say("chain_in_hand", missing=counts.missing, weak=counts.weak)
    elif counts.strong:
        yield say("chain_clear", count=counts.strong)
    else:
        yield say("chain_unknown" if answer.segments else "chain_empty")
    if counts.unknown:
        first = {"segment": looks[0].segment.name} if looks else {}
        known = counts.missing or counts.weak or counts.strong
        code = "chain_all_unknown" if first and not known else "chain_rest_first" if first else "chain_rest"
        yield say(code, count=counts.unknown, **first)


def by_segment(gaps: Iterable[PressingGap]) -> Mapping[tuple[str, str], list[PressingGap]]:
    """Return gaps by chain and segment, the segment with the most pressing one first."""
    groups: dict[tuple[str, str], list[PressingGap]] = {}
    for gap in gaps:
        groups.setdefault((gap.chain.id, gap.segment.id), []).append(gap)
    return groups

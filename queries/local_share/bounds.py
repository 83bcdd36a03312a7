"""What share of some parts is bought here, at least and at most; and what is said of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from queries.core.reason import Reason
from queries.core.words import show_names, show_percent
from queries.gaps.answers import State
from queries.local_share.answers import Bought, LocalShare, NotBought, ShareBounds, SharePart
from queries.local_share.catalogue import say
from queries.local_share.tables import told_bounds


def bounds_of_count(parts: Sequence[SharePart]) -> ShareBounds:
    """Return the bounds by how many parts there are."""
    return share_bounds((part.verdict, 1.0) for part in parts)


def bounds_of_value(parts: Sequence[SharePart]) -> ShareBounds:
    """Return the bounds by what is bought a year, as far as that is stated."""
    bounds = share_bounds((part.verdict, part.amount) for part in parts if part.amount is not None)
    return bounds.model_copy(update={"left_out": sum(part.amount is None for part in parts)})


def share_bounds(rows: Iterable[tuple[Bought, float]]) -> ShareBounds:
    """Return the bounds of what is bought here: what is not known may be elsewhere, or here."""
    sums: dict[Bought, float] = dict.fromkeys(Bought, 0.0)
    for verdict, amount in rows:
        sums[verdict] += amount
    total = sum(sums.values())
    local, unknown = sums[Bought.local], sums[Bought.unknown]
    local, unknown = sums[Bought.local], sums[Bought.unknown]
    return ShareBounds(
        low=local / total if total else None,
        high=(local + unknown) / total if total else None,
        local=local,
        outside=sums[Bought.outside],
        unknown=unknown,
        total=total,
    )


def _unknown(bounds: ShareBounds) -> str:
    return f"，没问过 {show_percent(bounds.unknown_share, 0)}" if bounds.unknown else ""


def tell_rates(answer: LocalShare) -> Iterator[Reason]:
    """Yield the two rates, by count and by value, in words."""
    if not answer.parts:
        return
    yield say("rate", share=told_bounds(answer.by_count), unknown=_unknown(answer.by_count))
    if answer.by_value.total:
        yield say("rate_of_value", share=told_bounds(answer.by_value), unknown=_unknown(answer.by_value))
    else:
        yield say("no_value")


def tell_notes(answer: LocalShare) -> Iterator[Reason]:
    """Yield what else is said of them: which lists, what is not in them, what waits for somebody."""
    parts, lists, without = answer.parts, answer.lists, answer.leaders_without
    used, older = ([one for one in lists if one.used is wanted] for wanted in (True, False))
    if not parts:
        yield say("nothing_counted") if lists else say("no_list")
    if used:
        yield say("lists_used", lists=len(used), parts=len(parts))
    several = [name for name, count in Counter(one.leader.name for one in used).items() if count > 1]
    if several:
        yield say("several_lists", names=show_names(several))
    if answer.by_value.left_out and answer.by_value.total:
        yield say("no_amount", count=answer.by_value.left_out)
    if answer.made_here:
        yield say("made_here", count=answer.made_here)
    priced = [line.part for line in answer.skipped if line.why is NotBought.assembly and line.amount]
    if priced:
        yield say("assemblies_of_money", count=len(priced), names=show_names(priced, unit="件"))
    if older:
        yield say("older", lists=[f"{one.leader.name} {one.year or '没有写年份'}" for one in older])
    counted = Counter((part.verdict, bool(part.could)) for part in parts)
    if outside := counted[Bought.outside, True] + counted[Bought.outside, False]:
        could = counted[Bought.outside, True]
        yield say("from_outside", count=outside, could=could) if could else say("from_outside_none", count=outside)
    missing = [part.part for part in parts if part.verdict is Bought.local and part.gap is State.missing]
    if missing:
        yield say("bought_but_missing", count=len(missing), names=show_names(missing, unit="件"))
    if answer.waiting:
        yield say("reviewed_later", count=answer.waiting)
    if without:
        yield say("no_list_of", count=len(without), names=[firm.name for firm in without])

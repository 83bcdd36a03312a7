"""What was looked for of each chain, and in what order to go on."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from graph.deadline import check
from graph.model.nodes import FOUND, NOT_FOUND
from queries.city.city import read_city
from queries.city.facts import Facts, chain_facts
from queries.city.looks import LookedAt
from queries.core.answers import Named
from queries.core.reason import Catalogue, Reason
from queries.core.shipped import Strict, Threshold, read_shipped
from queries.core.view import View
from queries.coverage.answers import (
    NOT_LOOKED,
    OPEN,
    ChainCoverage,
    LookedFor,
    LookState,
    PlaceCoverage,
    SegmentCoverage,
)
from queries.gaps.answers import State
from queries.gaps.flips import NO_NETWORK
from queries.gaps.measures import Good, Measures, measure
from queries.gaps.rules import read_rules
from queries.gaps.verdict import verdict_of
from queries.things.chains import list_chains

say = Catalogue("coverage")
TOLD = {
    "never_looked": (LookState.part, LookState.never),
    "looked_long_ago": (LookState.due,),
    "looked_and_unsure": (LookState.unsure,),
}


class OrderRules(Strict):
    """What a look settles, in points."""

    version: str
    leader: Threshold
    user: Threshold
    uncertain: Threshold
    calls: Threshold
    open: Threshold


@cache
def order_rules() -> OrderRules:
    """Return the rules that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(OrderRules, "coverage/order.toml")


def looked_for(view: View, chain: Named | None = None) -> LookedFor:
    """Return what was looked for, of one chain or of all."""
    asked = [chain] if chain else [Named(id=one.id, name=one.name) for one in list_chains(view)]
    found = [_of_chain(view, one) for one in asked]
    segments = sorted((segment for _, own in found for segment in own), key=lambda one: (-one.points, one.place.id))
    if not chain:
        segments = [segment.model_copy(update={"products": []}) for segment in segments]
    chains = [each for each, _ in found]
    return LookedFor(chains=chains, segments=segments, rule_version=order_rules().version, as_of=read_city(view).today)


def _of_chain(view: View, chain: Named) -> tuple[ChainCoverage, list[SegmentCoverage]]:
    return view.once(("looked for", chain.id), lambda: _examine(view, chain))


def _examine(view: View, chain: Named) -> tuple[ChainCoverage, list[SegmentCoverage]]:
    facts = chain_facts(read_city(view), chain.id)
    measured = measure(facts, NO_NETWORK)
    products = {one.place.id: one for one in measured if one.place.label == "Product"}
    segments = [_segment(facts, chain, one, products) for one in measured if one.place.label == "Segment"]
    told = {one.place.id: one for segment in segments for one in segment.products}
    looked = ChainCoverage(
        chain=chain,
        segments=len(segments),
        segments_looked=sum(segment.state not in NOT_LOOKED for segment in segments),
        products=len(told),
        products_looked=sum(product.state not in NOT_LOOKED for product in told.values()),
        due=sum(product.state is LookState.due for product in told.values()),
    )
    return looked, segments


def _segment(facts: Facts, chain: Named, measures: Measures, measured: Mapping[str, Measures]) -> SegmentCoverage:
    check()
    own = [measured[good.id] for good in measures.goods]
    products = sorted((_place(facts, one, one.goods) for one in own), key=_settles_more)
    still = [product for product in products if product.state in OPEN]
    wanted = {product.place.id for product in still}
    goods = [good for good in measures.goods if good.id in wanted]
    leaders = {leader for good in goods for leader in _waiting(facts, good.id)}
    users = {product for good in goods for product in _users(facts, good.id)}
    uncertain = _uncertain(goods, measures if goods else None)
    rules = order_rules()
    points = (
        rules.leader.value * len(leaders)
        + rules.user.value * len(users)
        + rules.uncertain.value * min(len(uncertain), rules.calls.value)
        + rules.open.value * len(still)
    )
    place = _place(facts, measures, measures.goods)
    return SegmentCoverage(
        **{name: getattr(place, name) for name in PlaceCoverage.model_fields},
        chain=chain,
        open=len(still),
        of=len(products),
        points=points,
        why=[*_why(facts, still, sorted(leaders), users, uncertain)],
        products=products,
    )


def _settles_more(product: PlaceCoverage) -> tuple[bool, int, int, str]:
    return product.state not in OPEN, -len(product.leaders), -product.users, product.place.id


def _why(
    facts: Facts, still: Sequence[PlaceCoverage], leaders: Sequence[str], users: set[str], uncertain: set[str]
) -> Iterable[Reason]:
    for code, states in TOLD.items():
        if count := sum(product.state in states for product in still):
            yield say(code, count=count)
    if leaders:
        yield say("leaders_wait", count=len(leaders), leaders=[facts.firms[leader].short for leader in leaders])
    if users:
        yield say("users_made_here", count=len(users), users=[facts.product_names[user] for user in sorted(users)])
    if uncertain:
        yield say("uncertain_firms", count=len(uncertain))


def _users(facts: Facts, product: str) -> set[str]:
    """Return the products made here that cannot be made without a product: the next step, not all that follow."""
    return {user for user in facts.city.needing(product) if facts.all_makers.get(user)}


def _waiting(facts: Facts, product: str) -> set[str]:
    """Return the leaders that have said that they need a product, or make or need what it is essential to, and do not
    make it themselves."""
    wanted = {product, *facts.city.needing(product)}
    own = {row.start for row in facts.rows_at("makes", [product]) if not row.ended}
    return {leader for leader, goods in facts.leader_goods.items() if goods & wanted} - own


def _uncertain(goods: Iterable[Good], measures: Measures | None) -> set[str]:
    perhaps = [source for good in goods for source in good.perhaps]
    return {source.firm for source in (*perhaps, *(measures.unplaced if measures else ()))}


def _place(facts: Facts, measures: Measures, goods: Sequence[Good]) -> PlaceCoverage:
    place, looked = measures.place, facts.looked_in(measures.place)
    last = next((look for look in looked.looks if look.counts), next(iter(looked.looks), None))
    leaders = sorted({leader for good in goods for leader in _waiting(facts, good.id)})
    return PlaceCoverage(
        kind=place.label,
        place=Named(id=place.id, name=place.name),
        state=_state(looked, measures),
        as_of=last.as_of if last else "",
        due=last.due if last else "",
        by=last.by if last else "",
        method=last.method if last else "",
        universe=last.universe if last else "",
        record=Named(id=last.id, name=last.name) if last else None,
        firms=len(measures.firms),
        uncertain=len(_uncertain(goods, measures)),
        users=len({user for good in goods for user in _users(facts, good.id)}),
        leaders=[facts.named(leader) for leader in leaders],
    )


def _state(looked: LookedAt, measures: Measures) -> LookState:
    if looked.whole and verdict_of(measures, read_rules()).state is State.unknown:
        return LookState.unsure
    if looked.found and (measures.place.label == "Segment" or looked.asked):
        return {NOT_FOUND: LookState.not_found, FOUND: LookState.found}[looked.found]
    if looked.whole:
        return LookState.listed
    if any(look.whole and not look.universe for look in looked.looks):
        return LookState.due
    return LookState.part if looked.looks else LookState.never

"""疑似: what speaks for a gap where nobody looked, in the order in which it is worth looking; it is no judgement."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.deadline import check
from queries.city.city import City
from queries.city.facts import Facts
from queries.city.ties import read_tied
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import State, Suspected
from queries.gaps.measures import Good
from queries.gaps.rules import Rules
from queries.gaps.verdict import Verdict
from queries.gaps.words import say
from queries.things.things import list_sources

SHORTEST = 2  # signs of a name that is looked for in what the city has said


@dataclass(frozen=True)
class WeakPoint:
    """A weak point that the city has named, for which chains, the products and segments that it speaks of, its date
    and source."""

    name: str
    chains: frozenset[str]
    names: frozenset[str]
    source: str
    on: str


def weak_points(view: View, city: City, chain: str) -> list[WeakPoint]:
    """Return the weak points that are named for a chain, or for none, with what they speak of."""
    every = view.once("weak points", lambda: _weak_points(view, city))
    return [point for point in every if not point.chains or chain in point.chains]


def _weak_points(view: View, city: City) -> list[WeakPoint]:
    sources, points = list_sources(view), list[WeakPoint]()
    words = {name for label in ("Product", "Segment") for name in city.names[label].values() if len(name) >= SHORTEST}
    for weakness in read_tied(view, "Weakness", ("ON_CHAIN",)):
        thing: Mapping[str, Any] = weakness.thing
        source = sources.get(thing["source"], {})
        points.append(
            WeakPoint(
                name=thing["name"],
                chains=frozenset(named.id for named in weakness.named("ON_CHAIN")),
                names=_spoken_of(f"{thing['name']} {thing.get('description') or ''}", words),
                source=str(source.get("name") or thing["source"]),
                on=str(source.get("published_on") or ""),
            )
        )
    return points


def _spoken_of(text: str, words: Iterable[str]) -> frozenset[str]:
    """Return the names in a text that are not a part of a longer one there: 锂电池隔膜 is not 锂电池."""
    found = [word for word in words if word in text]
    return frozenset(word for word in found if not any(word != other and word in other for other in found))


def suspect(
    facts: Facts, verdicts: Sequence[Verdict], points: Sequence[WeakPoint], rules: Rules
) -> dict[tuple[str, str], Suspected]:
    """Return by label and id the products of unknown state, made by nobody here as far as is known, for whose lack
    something speaks, and their segments; the first to look for has rank 1."""
    weights, loaded = rules.suspect, _loaded(facts)
    found: list[tuple[tuple[float, int, int, int, str], Verdict, list[Reason]]] = []
    for verdict in verdicts:
        check()
        good = verdict.measures.goods[0] if verdict.place.label == "Product" else None
        if good is None or verdict.state != State.unknown or good.possible or good.anywhere:
            continue
        spoken = [*_spoken(facts, verdict, good, points, loaded)]
        if spoken:
            weight = sum(weights.by_key()[kind].value for kind in {kind for kind, _ in spoken})
            order = (-weight, -len(good.wanted_by), -len(good.leaders), -len(good.standing), good.id)
            found.append((order, verdict, [reason for _, reason in spoken]))
    ranked: dict[tuple[str, str], Suspected] = {}
    of_segment: dict[str, list[str]] = {}
    for rank, (_, verdict, reasons) in enumerate(sorted(found, key=lambda one: one[0]), 1):
        ranked["Product", verdict.place.id] = Suspected(rank=rank, reasons=reasons)
        for segment in verdict.place.segments:
            of_segment.setdefault(segment, []).append(verdict.place.id)
    for verdict in verdicts:
        own = of_segment.get(verdict.place.id, [])
        if verdict.place.label == "Segment" and verdict.state == State.unknown and own:
            names = [facts.product_names[product] for product in own]
            reason = say("suspected_products", count=len(own), products=names)
            ranked["Segment", verdict.place.id] = Suspected(rank=ranked["Product", own[0]].rank, reasons=[reason])
    return ranked


def _spoken(
    facts: Facts, verdict: Verdict, good: Good, points: Sequence[WeakPoint], loaded: int
) -> Iterator[tuple[str, Reason]]:
    """Yield what speaks for the lack of a product, by kind."""
    leaders = facts.leader_goods.keys()
    needing = sorted({row.start for row in facts.rows_at("needs", [good.id]) if row.start in leaders})
    if needing:
        yield "leader", say("suspected_needed", leaders=[facts.firm_name(firm) for firm in needing], count=len(needing))
    buying = {
        row.end: row.start
        for row in facts.rows_at("supplies", [good.id])
        if facts.local(row.end) and facts.firms[row.start].where == "outside"
    }
    if buying:
        pairs = [f"{facts.firm_name(buyer)}（从{facts.firm_name(seller)}）" for buyer, seller in sorted(buying.items())]
        yield "leader", say("suspected_bought", firms=pairs, count=len(pairs))
    place = verdict.place
    names = {place.name, *(facts.city.names["Segment"].get(segment, "") for segment in place.segments)}
    for point in points:
        if names & point.names:
            yield "named", say("suspected_named", name=point.name, source=point.source, on=point.on or "没有日期")
    for look in facts.looked_in(place).lists:
        yield "named", say("suspected_absent", universe=look.universe, on=look.as_of or "没有日期")
    if loaded and good.wanted_by:
        wanting = [facts.find(firm).short for firm in sorted(good.wanted_by)]
        yield "nobody", say("suspected_nobody", count=loaded, number=len(wanting), firms=wanting)


def _loaded(facts: Facts) -> int:
    """Return how many local firms are known with what they make."""
    return len({firm for makers in facts.all_makers.values() for firm in makers})

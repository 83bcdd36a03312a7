"""The weak links of a chain: facts, measures, judgement, next steps, risk and stability, as one answer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from graph.deadline import check
from queries.city.city import City, read_city
from queries.city.facts import Facts, chain_facts
from queries.city.projects import projects_under_way
from queries.city.sizes import Size, source_of
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import (
    Extension,
    Flip,
    Judged,
    LookFirst,
    ProductState,
    RankedByRisk,
    RiskRanking,
    SegmentState,
    Stability,
    Suspected,
    Variant,
    WeakLinks,
)
from queries.gaps.extensions import find_extensions
from queries.gaps.judge import judge
from queries.gaps.measures import NetworkFacts, measure
from queries.gaps.rules import Rules, read_rules, variants
from queries.gaps.suspect import suspect, weak_points
from queries.gaps.verdict import Verdict, verdict_of
from queries.gaps.words import say
from queries.networks.firm_risk import ASSUMPTIONS, FirmNetwork, firm_network
from queries.networks.network import Network
from queries.networks.structure import articulation_points, bridges
from queries.things.things import list_sources


@dataclass(frozen=True)
class SupplyEnds:
    """A supply network surveyed: its firms, its articulation points and
    bridges, its units under each assumption on amounts."""

    ends: pl.Series
    single: frozenset[str]
    bridges: tuple[tuple[str, str], ...]
    networks: tuple[FirmNetwork | None, ...]


@dataclass(frozen=True)
class Examined:
    """A chain as it was examined: what an answer, a certificate and a what-if are made from."""

    facts: Facts
    network: NetworkFacts
    verdicts: tuple[Verdict, ...]
    extensions: tuple[Extension, ...]
    risk: RiskRanking | None
    suspected: Mapping[tuple[str, str], Suspected] = field(default_factory=dict)

    def of(self, label: str, id: str) -> Verdict | None:
        """Return the verdict on a place of the chain, if it has that place."""
        return next(
            (verdict for verdict in self.verdicts if (verdict.place.label, verdict.place.id) == (label, id)), None
        )


def weak_links(view: View, chain: str, suspects: bool = True) -> WeakLinks:
    """Return the weak links of a chain (by id), with what is suspected or without."""

    def make() -> WeakLinks:
        examined = examine(view, chain)
        return _answer(view, examined if suspects else replace(examined, suspected={}))

    return view.once(("weak-links", chain, suspects), make)


def examine(view: View, chain: str) -> Examined:
    """Return a chain examined: everything that is measured of it."""

    def make() -> Examined:
        city = read_city(view)
        supplies = view.once("supplies", lambda: survey(city, city.supplies))
        facts = chain_facts(city, chain)
        coming = projects_under_way(view, city, [home.id for home in facts.homes], read_rules().under_way.months)
        examined = examine_facts(replace(facts, under_way=coming), supplies)
        suspected = suspect(examined.facts, examined.verdicts, weak_points(view, city, chain), read_rules())
        return replace(examined, suspected=suspected)

    return view.once(("examined", chain), make)


def survey(city: City, supplies: pl.DataFrame) -> SupplyEnds:
    """Return a supply network (``from``, ``to``, ``good``) surveyed as a whole."""
    ends = pl.concat([supplies["from"], supplies["to"]]).unique().sort()
    places = pl.Enum(ends)
    network = Network.between(
        ends.to_list(), *(supplies[column].cast(places).to_physical().to_numpy() for column in ("from", "to"))
    )
    networks = tuple(firm_network(city, supplies, assumption) for assumption in ASSUMPTIONS)
    return SupplyEnds(ends, frozenset(articulation_points(network)), tuple(bridges(network)), networks)


def examine_facts(facts: Facts, supplies: SupplyEnds) -> Examined:
    """Return facts examined, over a supply network."""
    supplied = supplies.ends.filter(supplies.ends.is_in([firm for firm in facts.firms if facts.local(firm)]))
    risk = _risk(facts, supplies, supplied.to_list())
    known = None if risk is None else {firm.firm.id: firm.esri for firm in risk.firms}
    network = NetworkFacts(frozenset(supplied), supplies.single, supplies.bridges, known)
    rules = read_rules()
    verdicts = tuple(verdict_of(measures, rules) for measures in measure(facts, network))
    return Examined(facts, network, verdicts, tuple(find_extensions(facts, verdicts, rules)), risk)


def _risk(facts: Facts, supplies: SupplyEnds, known: Sequence[str]) -> RiskRanking | None:
    """Return local firms that are in the supply network by systemic risk, under
    both assumptions about amounts; None without any."""
    scores = [network.closures([[firm] for firm in known]) for network in supplies.networks if network is not None]
    if not known or not scores:
        return None
    ranks = [_ranks(score) for score in scores]
    order = sorted(range(len(known)), key=lambda place: (-scores[0][place], known[place]))
    main, other_assumption = ASSUMPTIONS.values()
    firms = [
        RankedByRisk(
            firm=facts.named(known[index]),
            esri=float(scores[0][index]),
            rank=ranks[0][index],
            other_rank=ranks[1][index],
        )
        for index in order
    ]
    agreement = correlation(scores[0], scores[1])
    return RiskRanking(assumption=main, other_assumption=other_assumption, rank_correlation=agreement, firms=firms)


def _ranks(scores: Iterable[float]) -> list[int]:
    """Return the rank of each score, 1 for the highest; equal ones share it."""
    numbers = np.fromiter(scores, np.float64)
    ranks: list[int] = (1 + len(numbers) - np.searchsorted(np.sort(numbers), numbers, side="right")).tolist()
    return ranks


def correlation(left: Sequence[float] | np.ndarray, right: Sequence[float] | np.ndarray) -> float | None:
    """Return Spearman's rank correlation; 1 where neither ranks anything, None with fewer than two numbers."""
    if len(left) < 2:
        return None
    if len(set(left)) == 1 or len(set(right)) == 1:
        return 1.0 if len(set(left)) == len(set(right)) else 0.0
    return round(float(pl.select(pl.corr(pl.Series(left), pl.Series(right), method="spearman")).item()), 4)


def _answer(view: View, examined: Examined) -> WeakLinks:
    facts, rules = examined.facts, read_rules()
    segments = judge_all(examined, rules)
    judged: list[Judged] = [place for segment in segments for place in (segment, *segment.products)]
    rows = {(row.record, row.from_id, row.to_id, row.product): row for place in judged for row in place.evidence}
    names = {id: str(source.get("name") or id) for id, source in list_sources(view).items()}
    used = sorted({row.source for row in rows.values()})
    return WeakLinks(
        **facts.about,
        city=list(facts.homes),
        rule_version=rules.version,
        rests_on=dict(sorted(Counter(row.status for row in rows.values()).items())),
        notes=[*notes_on(facts)],
        segments=segments,
        look_first=_look_first(segments),
        extensions=list(examined.extensions),
        risk=examined.risk,
        stability=stability(examined.verdicts, rules),
        sources=[Named(id=id, name=names.get(id, id)) for id in used],
    )


def _look_first(segments: Sequence[SegmentState]) -> list[LookFirst]:
    places = [
        LookFirst(
            product=product.product,
            product_id=product.product_id,
            segment=segment.segment,
            segment_id=segment.segment_id,
            suspected=product.suspected,
        )
        for segment in segments
        for product in segment.products
        if product.suspected
    ]
    return sorted(places, key=lambda place: place.suspected.rank)


def notes_on(facts: Facts) -> Iterator[Reason]:
    """Yield what a reader must know of the answer as a whole."""
    homes = "、".join(home.name for home in facts.homes)
    yield say("note_home", homes=homes) if homes else say("note_no_home")
    segments = [place for place in facts.places if place.label == "Segment"]
    yield say("note_looks", segments=len(segments), looked=sum(facts.looked_in(place).whole for place in segments))
    makers = {firm for made in facts.makers.values() for firm in made}
    unsized = sum(source_of(facts.firms[firm]).size == Size.unknown for firm in makers)
    if unsized:
        yield say("note_sizes", count=len(makers), number=unsized)
    if not facts.supplies:
        yield say("note_no_supplies")


def judge_all(examined: Examined, rules: Rules) -> list[SegmentState]:
    """Return every segment judged, with its products, in the order of the places."""
    facts = examined.facts
    segments: list[SegmentState] = []
    for verdict in examined.verdicts:
        suspected = examined.suspected.get((verdict.place.label, verdict.place.id))
        judged = dict(judge(facts, verdict, rules, steps_from(examined, verdict), suspected))
        if verdict.place.label == "Segment":
            own = {
                "segment": verdict.place.name,
                "segment_id": verdict.place.id,
                "tier": facts.tiers.get(verdict.place.id, ""),
            }
            segments.append(SegmentState(**judged, **own, products=[]))
        else:
            segments[-1].products.append(
                ProductState(**judged, product=verdict.place.name, product_id=verdict.place.id)
            )
    return segments


def steps_from(examined: Examined, verdict: Verdict) -> list[str]:
    """Return the next steps that a place leads to."""
    return [step.product for step in examined.extensions if _leads_to(examined.facts, verdict, step.product_id)]


def _leads_to(facts: Facts, verdict: Verdict, product: str) -> bool:
    """Tell whether a product is a next step of a place: one of its own, or one that something made here goes into."""
    if product in verdict.place.products:
        return True
    return any(facts.city.inputs.has_edge(good.id, product) for good in verdict.measures.goods if good.sources)


def stability(verdicts: Sequence[Verdict], rules: Rules) -> Stability:
    """Return how states and the ranking of segments move when each number of the rules is moved by a fifth."""
    outcomes = []
    for moved, changed in variants(rules):
        check()
        pairs = [(verdict, verdict_of(verdict.measures, changed)) for verdict in verdicts]
        flips = [
            Flip(place=before.place.name, before=before.state, after=after.state)
            for before, after in pairs
            if before.state != after.state
        ]
        scores = [(before.score, after.score) for before, after in pairs if before.place.label == "Segment"]
        both = [(old, new) for old, new in scores if old is not None and new is not None]
        outcomes.append(
            Variant(moved=moved, rank_correlation=correlation(*zip(*both, strict=True)) if both else None, flips=flips)
        )
    known = [variant.rank_correlation for variant in outcomes if variant.rank_correlation is not None]
    flipped = dict.fromkeys(flip.place for variant in outcomes for flip in variant.flips)
    return Stability(least_correlation=min(known, default=None), flipped=list(flipped), variants=outcomes)

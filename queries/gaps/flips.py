"""Which places of which chains are judged otherwise after the graph has changed, and why."""

from collections.abc import Iterator, Mapping

from queries.city.city import read_city
from queries.city.facts import chain_facts
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.answers import ChangedState, State
from queries.gaps.measures import Measures, NetworkFacts, measure
from queries.gaps.rules import read_rules
from queries.gaps.verdict import Verdict, verdict_of
from queries.gaps.words import say
from queries.things.chains import list_chains

WORST = {State.missing: 0, State.weak: 1, State.unknown: 2, State.strong: 3}
NO_NETWORK = NetworkFacts(frozenset(), frozenset(), (), None)  # of it go parts of the score, and nothing of the state
Verdicts = Mapping[tuple[str, str], Verdict]


def flips(before: View, after: View) -> list[ChangedState]:
    """Return every place of every chain whose state is another one in the second of two views, those that become
    missing or weak first; a place that only one of both has is no flip."""
    there = set[str]() if before.version == "empty" else {chain.id for chain in list_chains(before)}
    chains = [] if after.version == "empty" else [chain for chain in list_chains(after) if chain.id in there]
    found = [flip for chain in chains for flip in _of_chain(before, after, chain.id, chain.name)]
    return sorted(found, key=lambda flip: WORST[flip.after])


def _of_chain(before: View, after: View, chain: str, name: str) -> Iterator[ChangedState]:
    old = _verdicts(before, chain)
    for key, verdict in _verdicts(after, chain).items():
        stood, place = old.get(key), verdict.place
        if stood is not None and stood.state != verdict.state:
            yield ChangedState(
                chain_id=chain,
                chain=name,
                kind="环节" if place.label == "Segment" else "产品",
                place_id=place.id,
                place=place.name,
                before=stood.state,
                after=verdict.state,
                reason=_why(stood.measures, verdict.measures),
            )


def _verdicts(view: View, chain: str) -> Verdicts:
    rules = read_rules()
    verdicts = (verdict_of(of, rules) for of in measure(chain_facts(read_city(view), chain), NO_NETWORK))
    return {(verdict.place.label, verdict.place.id): verdict for verdict in verdicts}


def _why(old: Measures, new: Measures) -> Reason:
    """Return the first of what was measured that is not as it was, in words."""
    looked, firms, possible = (tuple(of(one) for one in (old, new)) for of in (_looked, _firms, _possible))
    if looked[0] != looked[1]:
        return say("now_looked_through") if looked[1] else say("no_longer_looked_through")
    if firms[0] != firms[1]:
        return say("firms_moved", before=firms[0], after=firms[1])
    if possible[0] != possible[1]:
        return say("possible_moved", before=possible[0], after=possible[1])
    return say("records_moved")


def _looked(measures: Measures) -> int:
    return int(measures.goods[0].looked if measures.place.label == "Product" else measures.looked)


def _firms(measures: Measures) -> int:
    return len(measures.goods[0].makers if measures.place.label == "Product" else measures.firms)


def _possible(measures: Measures) -> int:
    return measures.goods[0].possible if measures.place.label == "Product" else len(measures.unplaced)

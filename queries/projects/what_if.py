"""What a project would change: its firm landed with what it makes of the segment; or why that cannot be said."""

from collections import defaultdict

from queries.city.city import read_city
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.gaps.reached import Landing
from queries.gaps.weak_links import examine
from queries.gaps.what_if import what_if
from queries.projects.answers import Funnel, ProjectChange, ProjectItem, ProjectWhatIf
from queries.projects.catalogue import say
from queries.projects.projects import item_of
from queries.things.things import sources_used


def project_what_if(view: View, project: Named) -> ProjectWhatIf:
    """Return what a project would change in each chain; nothing is guessed that the graph does not say."""
    item = item_of(view, project.id)
    changes, cannot = _changes(view, item)
    here = [why for why in cannot if why.code == "already"]
    points = [point for change in changes for point in (*change.landed, _tell(change))]
    points = points or here or [say("cannot_say"), *cannot]
    if changes and item.status != "sample" and _has_samples(view):
        cannot.append(say("on_samples"))
    return ProjectWhatIf(
        project=item,
        as_of=view.scope.day,
        verdict=f"{item.name}：{'；'.join(points)}。",
        points=points,
        changes=changes,
        cannot=cannot,
        status="sample" if item.status == "sample" else "inferred",
        sources=sources_used(view, [item.source, *(step.source for step in item.steps)]),
    )


def _has_samples(view: View) -> bool:
    """Tell whether there is any made-up firm or relation that goes into what is worked out."""
    city = read_city(view)
    frames = [city.nodes["Enterprise"], *(city.going(name) for name in ("PRODUCES", "SUPPLIES", "NEEDS"))]
    return any("sample" in frame["status"] for frame in frames)


def _changes(view: View, item: ProjectItem) -> tuple[list[ProjectChange], list[Reason]]:
    if item.funnel is Funnel.ended:
        return [], [say("ended")]
    lacks = [say(code) for code, known in (("no_fills", item.fills), ("no_firm", item.investors)) if not known]
    if lacks:
        return [], lacks
    cannot: list[Reason] = []
    chains: dict[str, Named] = {}
    landing: dict[str, list[Landing]] = defaultdict(list)
    filled: dict[str, list[Named]] = defaultdict(list)
    for fill in item.fills:
        if fill.chain is None:
            cannot.append(say("hidden_segment", segment=fill.segment.name))
            continue
        landings, why = _landings(view, item, fill.chain.id, fill.segment)
        cannot += why
        if landings:
            chains[fill.chain.id] = fill.chain
            filled[fill.chain.id].append(fill.segment)
            landing[fill.chain.id] += [arrival for arrival in landings if arrival not in landing[fill.chain.id]]
    return [_change(view, chains[id], filled[id], landing[id]) for id in sorted(chains)], cannot


def _landings(view: View, item: ProjectItem, chain: str, segment: Named) -> tuple[list[Landing], list[Reason]]:
    """Return what each investor makes of a segment and is not yet here to make, and what cannot be said."""
    facts = examine(view, chain).facts
    landings: list[Landing] = []
    why: list[Reason] = []
    for firm in map(facts.city.as_one, item.investors):
        makes = {row.end for row in facts.made_by.get(firm.id, ()) if not row.ended}
        own = sorted(product for product in makes if segment.id in facts.segments_of.get(product, ()))
        here = [product for product in own if firm.id in facts.makers.get(product, ())]
        landings += [Landing(firm, product) for product in own if product not in here]
        why += [say("already", firm=firm.name, product=facts.product_names[product]) for product in here]
        if not own:
            why.append(say("no_product", firm=firm.name, segment=segment.name))
    return landings, why


def _change(view: View, chain: Named, segments: list[Named], landing: list[Landing]) -> ProjectChange:
    names = examine(view, chain.id).facts.product_names
    landed = [say("lands", firm=arrival.firm.name, product=names[arrival.product]) for arrival in landing]
    return ProjectChange(chain=chain, segments=segments, landed=landed, what_if=what_if(view, chain.id, [], landing))


def _tell(change: ProjectChange) -> Reason:
    outcome = change.what_if
    if not (outcome.changes or outcome.gaps_opened):
        return say("changes_nothing", chain=change.chain.name)
    closed, opened = len(outcome.gaps_closed), len(outcome.gaps_opened)
    return say("closes", chain=change.chain.name, closed=closed, opened=opened, changed=len(outcome.changes))

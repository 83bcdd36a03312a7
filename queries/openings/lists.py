"""The four lists of 卡位入链 for a leader, or for all leaders of a chain."""

from collections import Counter
from collections.abc import Iterator

from graph.errors import NotFound
from queries.city.city import read_city
from queries.city.facts import segments_of_chains
from queries.city.local import find_homes, regions_above
from queries.city.parties import chains_led_by, find_city, leaders_of
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.core.view import View
from queries.openings.answers import HERE, Opening, Opportunities, titles_of
from queries.openings.asked import Asked, Wish, ask_about
from queries.openings.catalogue import say
from queries.openings.fits import fits_of
from queries.openings.invitations import list_invitations, list_partners
from queries.openings.needs import Supply, find_supply, list_needs
from queries.openings.offers import list_offers
from queries.things.things import sources_used

LONGEST = 12  # name of a city in that of a sheet of Excel, which has 31 characters
RULE_VERSION = "openings-2026-11-24.2"


def leader_opportunities(view: View, firm: Named) -> Opportunities:
    """Return the four lists of a leader, with the firms of its group below it, or of the firm that it is judged to be.

    Raises ``NotFound`` where it is hidden.
    """

    def make() -> Opportunities:
        city = read_city(view)
        survivor = city.as_one(firm)
        if survivor.id not in city.names["Enterprise"]:
            raise NotFound(f"“{firm.name}”的数据状态已被隐藏，显示全部数据后可以看到")
        chains = chains_led_by(city, survivor.id)
        asked = ask_about(
            city, fits_of(view, city), survivor, [survivor.id], chains, find_city(city, survivor.id, chains)
        )
        notes = [say("note_same_firm", firm=firm.name, id=firm.id, one=survivor.name)] if survivor.id != firm.id else []
        notes += [say("note_closed", firm=survivor.name)] if asked.facts.find(survivor.id).closed else []
        notes += [] if chains else [say("note_no_leader", firm=survivor.name)]
        return _answer(view, asked, "Enterprise", notes)

    return view.once(("openings", "Enterprise", firm.id), make)


def chain_opportunities(view: View, chain: Named) -> Opportunities:
    """Return the four lists of all leaders of a chain; raises ``NotFound`` where the chain is hidden."""

    def make() -> Opportunities:
        city = read_city(view)
        if chain.id not in city.names["Chain"]:
            raise NotFound(f"产业链“{chain.name}”的数据状态已被隐藏，显示全部数据后可以看到")
        homes = find_homes(city, chain.id, segments_of_chains(city, [chain.id]))
        asked = ask_about(city, fits_of(view, city), chain, leaders_of(city, chain.id), [chain.id], homes)
        notes = [] if asked.groups else [say("note_no_leaders", chain=chain.name)]
        institutes = [row["leader"] for row in view.ask("chain_leaders", chain=chain.id)]
        if others := sorted(leader["name"] for leader in institutes if leader["_label"] != "Enterprise"):
            notes.append(say("note_institutes", institutes="、".join(others)))
        return _answer(view, asked, "Chain", notes)

    return view.once(("openings", "Chain", chain.id), make)


def _answer(view: View, asked: Asked, label: str, notes: list[Reason]) -> Opportunities:
    supply, here = {wish: find_supply(asked, wish) for wish in asked.needs}, _here(asked)
    (offers, no_users), (partners, no_partners) = list_offers(asked), list_partners(asked, list(supply.values()))
    lists = {
        "offers": offers,
        "needs": [opening for need in supply.values() for opening in list_needs(asked, need)],
        "partners": partners,
        "invitations": list_invitations(asked, list(supply.values())),
    }
    rows = [row for openings in lists.values() for row in openings]
    records = {
        (proof.record, proof.from_id, proof.to_id, proof.product): proof for row in rows for proof in row.evidence
    }
    used = [*(row.source for row in rows), *(record.source for record in records.values())]
    used += [looked.source for row in rows for looked in row.candidates]
    return Opportunities(
        subject=asked.facts.chain,
        label="Chain" if label == "Chain" else "Enterprise",
        leaders=[asked.named(leader) for leader in asked.groups],
        city=list(asked.facts.homes),
        rule_version=RULE_VERSION,
        as_of=asked.city.today,
        data_date=asked.city.recorded,
        rests_on=dict(sorted(Counter(record.status for record in records.values()).items())),
        notes=[*notes, *_notes(asked, supply, lists, no_users + no_partners, titles_of(here))],
        sources=sources_used(view, used),
        here=here,
        **lists,
    )


def _here(asked: Asked) -> str:
    """Return what the lists call the city that they are of: its name without 市, 本地 where there are several."""
    above, names = regions_above(asked.city), asked.city.names["Region"]
    around = {names[region] for home in asked.facts.homes for region in above.get(home.id, ())}
    if not around or any(name.startswith("青岛") for name in around):
        return HERE
    cities = sorted(name.removesuffix("市") for name in around if name.endswith("市")) or [
        home.name for home in asked.facts.homes
    ]
    return cities[0] if len(cities) == 1 and cities[0].isalnum() and len(cities[0]) <= LONGEST else "本地"


def _notes(
    asked: Asked, supply: dict[Wish, Supply], lists: dict[str, list[Opening]], cut: int, titles: dict[str, str]
) -> Iterator[Reason]:
    """Yield what a reader must know of the lists as a whole."""
    homes = "、".join(home.name for home in asked.facts.homes)
    yield say("note_home", homes=homes) if homes else say("note_no_home")
    yield say("note_order")
    for name, template in (("offers", "供给"), ("needs", "需求")):
        if asked.groups and not any(not wish.inferred for wish in getattr(asked, name)):
            yield say(
                "note_only_inferred" if lists[name] else "note_not_registered", list=titles[name], template=template
            )
    if open_needs := [need for need in supply.values() if not need.fitting]:
        unseen = sum(not need.looked_through for need in open_needs)
        yield say("note_open_needs", count=len(open_needs), unseen=unseen)
    if cut := cut + sum(need.more for need in supply.values()):
        yield say("note_cut", count=cut)

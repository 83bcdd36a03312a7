"""Where a part is bought: by what the list says of its place, else by where the graph has its supplier."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queries.city.city import City
from queries.city.local import CityFirm, regions_above
from queries.city.ties import Tied
from queries.core.answers import Named
from queries.core.reason import Reason
from queries.local_share.answers import Bought
from queries.local_share.catalogue import say

SAID_NOTHING = "不明"
SAID = {"本地": Bought.local, "外地": Bought.outside, "境外": Bought.outside}
WHERE = {"local": Bought.local, "outside": Bought.outside, "unknown": Bought.unknown}


@dataclass(frozen=True)
class WhereBought:
    """Where a part is bought, why, where that is in words, and the statuses of what it rests on."""

    verdict: Bought
    why: Reason
    place: str | None
    statuses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Home:
    """The regions that are local, and which regions contain which."""

    regions: frozenset[str]
    above: Mapping[str, Collection[str]]

    @classmethod
    def of(cls, city: City, regions: Sequence[Named]) -> "Home":
        """Return regions as home."""
        return cls(frozenset(region.id for region in regions), regions_above(city))

    def where(self, region: str) -> Bought | None:
        """Return where a region is, seen from home; None: it contains home, which does not tell it."""
        if not self.regions:
            return Bought.unknown
        if not self.regions.isdisjoint(self.above.get(region, {region})):
            return Bought.local
        wide = any(region in self.above.get(home, ()) for home in self.regions)
        return None if wide else Bought.outside


def find_where(part: Tied, home: Home, firms: Sequence[CityFirm]) -> WhereBought:
    """Return where a part is bought; ``firms`` are its suppliers as the graph has them."""
    thing = part.thing
    said, origin = thing.get("place_said"), thing.get("origin")
    places = part.by("COMES_FROM")
    seen = [(tie.named, home.where(tie.named.id)) for tie in places]
    names = "、".join(region.name for region, _ in seen) or str(said or origin or "")
    statuses = tuple(tie.relation["status"] for tie in places)
    told = {SAID[origin]} if origin in SAID else {where for _, where in seen if where is not None}
    if not home.regions:
        return WhereBought(Bought.unknown, say("no_home"), names or None)
    if told == {Bought.outside}:
        return WhereBought(Bought.outside, say("stated", place=names), names, statuses)
    if not (firms or thing.get("supplier_said")):
        why = say("no_supplier_but_place", place=names) if told else say("no_supplier")
        return WhereBought(Bought.unknown, why, names or None)
    if told:
        both = len(told) > 1
        code, verdict = ("stated_both", Bought.unknown) if both else ("stated", Bought.local)
        return WhereBought(verdict, say(code, place=names), names, statuses)
    if said and not seen and origin != SAID_NOTHING:
        return WhereBought(Bought.unknown, say("stated_unread", place=said), said)
    return _by_graph(thing, firms, names if seen else "")


def _by_graph(thing: Mapping[str, Any], firms: Sequence[CityFirm], wider: str) -> WhereBought:
    wheres = {WHERE[firm.where] for firm in firms}
    regions = "、".join(dict.fromkeys(firm.region for firm in firms if firm.region))
    names = "、".join(firm.name for firm in firms) or str(thing.get("supplier_said") or "")
    statuses = tuple(firm.status for firm in firms)
    if wheres == {Bought.local}:
        return WhereBought(Bought.local, say("registered", firms=names, place=regions), regions, statuses)
    if wheres == {Bought.outside}:
        return WhereBought(Bought.outside, say("registered", firms=names, place=regions), regions, statuses)
    if wider:
        return WhereBought(Bought.unknown, say("wider", place=wider), wider)
    if wheres == {Bought.unknown} and regions:
        return WhereBought(Bought.unknown, say("registered_wider", firms=names, place=regions), regions)
    code = "registered_both" if len(wheres) > 1 and regions else "unregistered"
    return WhereBought(Bought.unknown, say(code, firms=names), regions or None)

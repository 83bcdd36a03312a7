"""The local share of a leader or a chain: its parts lists of the last year, each part with where it is bought."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

import polars as pl

from queries.city.city import City, read_city
from queries.city.local import CityFirm, find_firms
from queries.city.parties import chains_led_by, leaders_of
from queries.city.ties import Tied, read_tied
from queries.core.answers import Named, count_statuses, weakest
from queries.core.days import holds_on
from queries.core.view import View
from queries.gaps.answers import State
from queries.gaps.rules import read_rules
from queries.gaps.weak_links import examine
from queries.local_share.answers import (
    Bought,
    CouldMake,
    LeaderShare,
    LocalShare,
    NotBought,
    PartsList,
    ShareOf,
    SharePart,
    SkippedLine,
)
from queries.local_share.bounds import bounds_of_count, bounds_of_value, tell_notes, tell_rates
from queries.local_share.home import find_home
from queries.local_share.where import Home, find_where
from queries.things.things import sources_used

ORDER = {Bought.outside: 0, Bought.unknown: 1, Bought.local: 2}
LINKS = ("IS_PRODUCT", "SUPPLIED_BY", "COMES_FROM")
MADE_BY = ("PRODUCES", "OFFERS")


@dataclass(frozen=True)
class PartLine:
    """A line of a parts list: the part with its relations, and whose it is."""

    part: Tied
    leader: Named

    @property
    def which(self) -> tuple[str, str, str]:
        """Return the list that it is of: whose, of which year, which one."""
        thing = self.part.thing
        return self.leader.id, str(thing.get("year") or ""), str(thing.get("list_name") or "")

    @property
    def is_bought(self) -> bool:
        """Tell whether it is counted: nothing stands beneath it, and the leader does not make it itself."""
        return self.part.thing.get("leaf") is not False and not self.part.thing.get("made_here")


@dataclass
class _Seen:
    """What a share is seen from: the city, what is home, the chains whose judgement is told, their verdicts so far."""

    view: View
    city: City
    home: Home
    chains: Sequence[str]
    makers: dict[str, list[CouldMake]] = field(default_factory=dict)


def local_share(view: View, subject: ShareOf) -> LocalShare:
    """Return the local share of a firm or a chain."""
    return view.once(("local-share", subject.label, subject.id), lambda: _make(view, subject))


def _make(view: View, subject: ShareOf) -> LocalShare:
    city = read_city(view)
    of_chain = subject.label == "Chain"
    leaders = leaders_of(city, subject.id) if of_chain else [subject.id]
    chains = [subject.id] if of_chain else chains_led_by(city, subject.id)
    regions, why = find_home(view, city, subject, chains)
    lines = [line for line in _lines(view, city) if line.leader.id in {*leaders}]
    lists = _lists(lines, view.scope.day[:4])
    used = {(one.leader.id, one.year or "", one.list_name or "") for one in lists if one.used}
    counted = [line for line in lines if line.which in used]
    seen = _Seen(view, city, Home.of(city, regions), chains)
    parts = sorted(_parts(seen, [line for line in counted if line.is_bought]), key=_order)
    skipped = sorted((_skipped(line) for line in counted if not line.is_bought), key=_skipped_order)
    having = {one.leader.id for one in lists}
    names = city.names["Enterprise"]
    without = [Named(id=id, name=names[id]) for id in leaders if id not in having] if of_chain else []
    by_count, by_value = bounds_of_count(parts), bounds_of_value(parts)
    told = LocalShare(
        subject=Named(id=subject.id, name=subject.name),
        label=subject.label,
        verdict="",
        points=[],
        region=regions,
        region_why=why,
        by_count=by_count,
        by_value=by_value,
        made_here=sum(line.why is NotBought.made_here for line in skipped),
        waiting=sum(part.product_status == "inferred" for part in parts),
        lists=lists,
        by_leader=_by_leader(parts) if of_chain else [],
        leaders_without=without,
        parts=parts,
        skipped=skipped,
        as_of=view.scope.day,
        rules_version=read_rules().version,
        rests_on=count_statuses(part.status for part in parts),
        sources=sources_used(view, [part.source for part in parts]),
    )
    points = [*tell_rates(told), *tell_notes(told)]
    verdict = f"{'；'.join(points[:2] if parts else points[:1])}。"
    return told.model_copy(update={"points": points, "verdict": verdict})


def _skipped(line: PartLine) -> SkippedLine:
    thing = line.part.thing
    return SkippedLine(
        id=thing["id"],
        part=thing["name"],
        level=None if thing.get("level") is None else int(thing["level"]),
        path=thing.get("path"),
        leader=line.leader,
        amount=thing.get("amount"),
        why=NotBought.assembly if thing.get("leaf") is False else NotBought.made_here,
        status=thing["status"],
        source=thing["source"],
    )


def _skipped_order(line: SkippedLine) -> tuple[Any, ...]:
    return line.why.order, line.leader.name, _natural(line.path), line.id


def _natural(path: str | None) -> str:
    """Return by what a way down to a part is sorted: 零件2 before 零件10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(9), path or "")


def _by_leader(parts: Sequence[SharePart]) -> list[LeaderShare]:
    leaders = {part.leader.id: part.leader for part in parts}
    shares = []
    for leader in leaders.values():
        own = [part for part in parts if part.leader.id == leader.id]
        status = weakest(part.status for part in own) or own[0].status
        shares.append(
            LeaderShare(
                leader=leader,
                by_count=bounds_of_count(own),
                by_value=bounds_of_value(own),
                status=status,
                source=own[0].source,
            )
        )
    return sorted(shares, key=lambda share: (share.leader.name, share.leader.id))


def _lines(view: View, city: City) -> Iterator[PartLine]:
    """Yield the lines of all parts lists that hold on the day, as their lists have them."""
    today = date.fromisoformat(view.scope.day)
    for tied in read_tied(view, "Part", LINKS, ("USES_PART",)):
        if not holds_on(today, tied.thing.get("valid_from"), tied.thing.get("valid_to")):
            continue
        standing = tied.on(today)
        for leader in standing.named("USES_PART"):
            yield PartLine(standing, city.as_one(leader))


def _lists(lines: Sequence[PartLine], until: str) -> list[PartsList]:
    """Return the parts lists of some lines; of each leader those of its last year are used."""
    lists: list[PartsList] = []
    for _, own in groupby(sorted(lines, key=lambda line: line.which), key=lambda line: line.which[0]):
        of_leader = [[*group] for _, group in groupby(own, key=lambda line: line.which)]
        past = [group[0].which[1] for group in of_leader if group[0].which[1][:4] <= until]
        last = max(past, default="")
        for group in of_leader:
            thing, (_, year, name) = group[0].part.thing, group[0].which
            made = sum(
                line.part.thing.get("leaf") is not False and bool(line.part.thing.get("made_here")) for line in group
            )
            lists.append(
                PartsList(
                    leader=group[0].leader,
                    list_name=name or None,
                    year=year or None,
                    lines=len(group),
                    counted=sum(line.is_bought for line in group),
                    assemblies=sum(line.part.thing.get("leaf") is False for line in group),
                    made_here=made,
                    used=year == last,
                    status=weakest(line.part.thing["status"] for line in group) or thing["status"],
                    source=thing["source"],
                )
            )
    return sorted(lists, key=lambda one: (one.leader.name, not one.used, one.list_name or "", one.year or ""))


def _parts(seen: _Seen, lines: Sequence[PartLine]) -> Iterator[SharePart]:
    """Yield the parts that are bought."""
    suppliers = {tie.other["id"] for line in lines for tie in line.part.by("SUPPLIED_BY")}
    ids = sorted({seen.city.taken_for.get(id, id) for id in suppliers})
    firms = find_firms(seen.city, ids, {*seen.home.regions})
    for line in lines:
        thing = line.part.thing
        own = [firms[one.id] for one in map(seen.city.as_one, line.part.named("SUPPLIED_BY")) if one.id in firms]
        found = find_where(line.part, seen.home, own)
        product = min(line.part.by("IS_PRODUCT"), key=_how_sure, default=None)
        gap, chain = _gap(seen, product.other["id"]) if product else (None, None)
        away = product is not None and found.verdict is not Bought.local
        yield SharePart(
            id=thing["id"],
            part=thing["name"],
            level=None if thing.get("level") is None else int(thing["level"]),
            number=thing.get("number"),
            path=thing.get("path"),
            spec=thing.get("spec"),
            quantity=thing.get("quantity"),
            leader=line.leader,
            list_name=thing.get("list_name"),
            year=thing.get("year"),
            product=product.named if product else None,
            product_why=product.relation.get("note") if product else None,
            product_status=product.relation["status"] if product else None,
            amount=thing.get("amount"),
            suppliers=[Named(id=firm.id, name=firm.name) for firm in own],
            supplier=thing.get("supplier_said"),
            place=found.place,
            verdict=found.verdict,
            why=found.why,
            could=_could(seen, product.other["id"], {line.leader.id, *(firm.id for firm in own)})
            if product and away
            else [],
            gap=gap,
            gap_chain=chain,
            status=weakest([thing["status"], *found.statuses]) or thing["status"],
            source=thing["source"],
        )


def _how_sure(tie: Any) -> tuple[bool, float, str]:
    return tie.relation["status"] == "inferred", -float(tie.relation.get("confidence") or 0), tie.other["id"]


def _gap(seen: _Seen, product: str) -> tuple[State | None, Named | None]:
    """Return what a product is judged to be in the first of the chains that has it."""
    for chain in seen.chains:
        if verdict := examine(seen.view, chain).of("Product", product):
            return verdict.state, Named(id=chain, name=seen.city.names["Chain"][chain])
    return None, None


def _could(seen: _Seen, product: str, without: set[str]) -> list[CouldMake]:
    """Return the local firms that are registered as makers of a product, without those that have to do with the part
    already."""
    if product not in seen.makers:
        seen.makers[product] = _makers(seen, product)
    return [one for one in seen.makers[product] if one.firm.id not in without]


def _makers(seen: _Seen, product: str) -> list[CouldMake]:
    made = [seen.city.going(name).filter(pl.col("to") == product) for name in MADE_BY]
    rows = {row["from"]: row for frame in reversed(made) for row in frame.to_dicts()}
    firms = find_firms(seen.city, sorted(rows), {*seen.home.regions}) if seen.home.regions else {}
    found = [firm for firm in firms.values() if firm.where == "local" and not firm.closed]
    return [_maker(firm, rows[firm.id]) for firm in sorted(found, key=lambda firm: (firm.name, firm.id))]


def _maker(firm: CityFirm, row: Mapping[str, Any]) -> CouldMake:
    named = Named(id=firm.id, name=firm.name)
    status = weakest([row["status"], firm.status]) or row["status"]
    return CouldMake(firm=named, region=firm.region, status=status, source=row["source"])


def _order(part: SharePart) -> tuple[Any, ...]:
    return ORDER[part.verdict], part.amount is None, -(part.amount or 0), part.leader.name, _natural(part.path), part.id

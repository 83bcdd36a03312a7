"""The leaders: who is named by whom, how many of the published number, and what each lacks here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from queries.city.city import City, read_city
from queries.city.lacking import lacking
from queries.city.office import LeaderRules, read_office
from queries.city.parties import groups_below
from queries.core.answers import STATUS_ORDER, Figure, MissingRows, Named, count_statuses, weakest
from queries.core.days import holds_on
from queries.core.reason import Reason
from queries.core.view import View
from queries.leaders.answers import Claim, Counted, Leader, LeaderKind, Leaders, PublishedNumber
from queries.leaders.catalogue import say
from queries.things.things import find_figures, sources_used

KINDS_ZH = {"products": "产品", "needs": "需求", "suppliers": "供应商"}
NAMING = ("confirmed", "reported")
KINDS = {kind: place for place, kind in enumerate(LeaderKind)}


class Proof(NamedTuple):
    """One end of a relation of a firm, with the relation's status and source."""

    other: str
    status: str
    source: str


Rows = Mapping[str, Sequence[Proof]]


def make_leaders(view: View, chain: Named | None) -> Leaders:
    """Return the leaders of the city, or of a chain."""
    return view.once(("leaders", chain.id if chain else None), lambda: _make(view, chain))


def _make(view: View, chain: Named | None) -> Leaders:
    rules, figure = read_office(), _find_figure(view, read_office().leaders)
    claimed = _claims(view, chain)
    everybody = _leaders(view, claimed, {rules.leaders.source, *([figure["source"]] if figure else [])}, rules.leaders)
    leaders, samples = (
        [leader for leader in everybody if (leader.status == "sample") is sample] for sample in (False, True)
    )
    published = _published(figure, leaders if chain is None else make_leaders(view, None).leaders)
    points = list(_tell(leaders, published, chain))
    proofs = [(claim.status, claim.source) for leader in everybody for claim in leader.claims]
    proofs += [(published.status, published.source)] if published else []
    return Leaders(
        chain=chain,
        as_of=view.scope.day,
        rules_version=rules.version,
        verdict=f"{'；'.join(points)}。",
        points=points,
        published=published,
        leaders=leaders,
        missing=list(_missing(leaders, published)),
        samples=samples,
        rests_on=count_statuses(status for status, _ in proofs),
        sources=sources_used(view, [source for _, source in proofs]),
    )


class Leading(NamedTuple):
    """A firm or an institute that leads a chain."""

    label: str
    id: str
    name: str


def _claims(view: View, chain: Named | None) -> dict[Leading, list[Claim]]:
    """Return what is said of each leader, the best founded first; firms that are judged to be one are one."""
    today, city = date.fromisoformat(view.scope.day), read_city(view)
    institutes = {row["thing"]["id"]: row["thing"] for row in view.ask("things", labels=["Institute"])}
    firms = {row["id"]: row for row in city.nodes["Enterprise"].select("id", "name", "status").to_dicts()}
    claims_of: dict[Leading, list[Claim]] = defaultdict(list)
    for label, known in (("Enterprise", firms), ("Institute", institutes)):
        for row in view.ask("ties_from", labels=[label], types=["LEADS"]):
            relation, led = row["relation"], row["other"]
            firm = known[city.taken_for.get(row["id"], row["id"])]
            if not view.shows(led) or (chain and chain.id != led["id"]):
                continue
            if holds_on(today, relation.get("valid_from"), relation.get("valid_to")):
                made_up = "sample" in (relation["status"], firm["status"])
                claim = Claim(
                    chain=Named(id=led["id"], name=led["name"]),
                    role=relation.get("role"),
                    status="sample" if made_up else relation["status"],
                    source=relation["source"],
                    place=relation.get("place"),
                )
                claims_of[Leading(label, firm["id"], firm["name"])].append(claim)
    return {firm: sorted(claims, key=_claim_order) for firm, claims in claims_of.items()}


def _claim_order(claim: Claim) -> tuple[int, str, str]:
    return STATUS_ORDER[claim.status], claim.chain.id, claim.source


def _leaders(
    view: View, claimed: Mapping[Leading, Sequence[Claim]], telling: Collection[str], rules: LeaderRules
) -> list[Leader]:
    """Return the leaders, those that sources name first, then by name.

    Of one that is no sample without what samples say of it; ``telling`` are the sources of the published number.
    """
    city = read_city(view)
    groups = groups_below(city, [firm.id for firm in claimed if firm.label == "Enterprise"])
    rows = _rows(city, {firm for group in groups.values() for firm in group})
    made = []
    for firm, claims in claimed.items():
        real = [claim for claim in claims if claim.status != "sample"]
        made.append(_leader(city, firm, real or claims, groups.get(firm.id, (firm.id,)), rows, (telling, rules)))
    return sorted(made, key=lambda leader: (KINDS[leader.kind], leader.claims[0].chain.id, leader.firm.name))


def _leader(
    city: City,
    firm: Leading,
    claims: Sequence[Claim],
    group: Sequence[str],
    rows: Mapping[str, Rows],
    by: tuple[Collection[str], LeaderRules],
) -> Leader:
    telling, rules = by
    best, sample = claims[0], claims[0].status == "sample"
    held = {name: _held(own, group, sample) for name, own in rows.items()}
    located = city.going("LOCATED_IN").filter((pl.col("from") == firm.id) & (pl.col("from_label") == firm.label))
    regions = [Named(id=region, name=city.names["Region"][region]) for region in sorted(set(located["to"]))]
    kind = LeaderKind.source if best.status in NAMING or sample else LeaderKind.thought
    if any(claim.source in telling and claim.status in NAMING for claim in claims):
        kind = LeaderKind.article
    return Leader(
        firm=Named(id=firm.id, name=firm.name),
        label=firm.label,
        kind=kind,
        in_batch=any(claim.status in NAMING and claim.role in rules.batch for claim in claims),
        claims=list(claims),
        group=len(group),
        **held,
        regions=regions,
        lacks=list(_lacks(firm.label, held, bool(regions), kind)),
        status=best.status,
        source=best.source,
        place=best.place,
    )


def _rows(city: City, firms: Iterable[str]) -> dict[str, Rows]:
    """Return what is recorded of some firms: products, needs, what comes to them and what goes from them."""
    known = list(firms)

    def read(column: str, other_end: str, *types: str) -> Rows:
        rows: dict[str, list[Proof]] = defaultdict(list)
        for name in types:
            frame = city.going(name).filter(pl.col(column).is_in(known))
            for firm, *proof in frame.select(column, other_end, "status", "source").iter_rows():
                rows[firm].append(Proof(*proof))
        return rows

    return {
        "products": read("from", "to", "PRODUCES", "OFFERS"),
        "needs": read("from", "to", "NEEDS"),
        "suppliers": read("to", "from", "SUPPLIES"),
        "customers": read("from", "to", "SUPPLIES"),
    }


def _held(rows: Rows, group: Sequence[str], sample: bool) -> Counted:
    """Return how many things a group's rows lead to outside it; samples count for a sample alone."""
    known = (proof for firm in group for proof in rows.get(firm, ()) if proof.other not in group)
    own = [proof for proof in known if sample or proof.status != "sample"]
    status, sources = weakest(proof.status for proof in own), sorted({proof.source for proof in own})
    return Counted(number=len({proof.other for proof in own}), status=status, sources=sources)


def _lacks(label: str, held: Mapping[str, Counted], placed: bool, kind: LeaderKind) -> Iterator[Reason]:
    if kind is LeaderKind.thought:
        yield say("only_thought")
    if label != "Enterprise":
        yield say("institute")
        return
    codes = {"products": "no_products", "needs": "no_needs", "suppliers": "no_suppliers", "customers": "no_customers"}
    yield from (say(code) for name, code in codes.items() if not held[name].number)
    if not placed:
        yield say("no_region")


def _find_figure(view: View, rules: LeaderRules) -> Mapping[str, Any] | None:
    """Return the published number of leaders, that of the rules' source first; nothing where it is another city's."""

    def is_own(figure: Figure) -> bool:
        home = [subject.name for subject in figure.subjects if subject.label == "Region"]
        home = home or [rules.city] * (figure.statement["source"] == rules.source)
        return not view.city or view.city in home

    figures = [
        figure for figure in find_figures(view, ()) if figure.statement.get("metric") == rules.metric and is_own(figure)
    ]
    told = [
        figure.statement
        for figure in figures
        if figure.statement.get("value") and figure.statement["status"] != "sample"
    ]
    return min(told, key=lambda statement: (statement["source"] != rules.source, statement["id"]), default=None)


def _published(told: Mapping[str, Any] | None, leaders: Sequence[Leader]) -> PublishedNumber | None:
    """Return the published number of leaders; nothing where its row is not to be seen, or of another city."""
    if told is None:
        return None
    number, batch = int(told["value"]), sum(leader.in_batch for leader in leaders)
    perhaps = sum(leader.status in NAMING and not leader.in_batch for leader in leaders)
    return PublishedNumber(
        number=number,
        original=told.get("original"),
        as_of=told.get("as_of"),
        named=batch,
        perhaps=perhaps,
        unnamed_least=max(0, number - batch - perhaps),
        unnamed_most=max(0, number - batch),
        status=told["status"],
        source=told["source"],
        place=told.get("place"),
    )


def _tell(leaders: Sequence[Leader], published: PublishedNumber | None, chain: Named | None) -> Iterator[Reason]:
    named = [leader for leader in leaders if leader.kind is not LeaderKind.thought]
    if published is None:
        yield say("no_published")
    elif chain is None:
        least, most = published.unnamed_least, published.unnamed_most
        unnamed = f"{least} 到 {most}" if least < most else f"{most}"
        numbers = {"number": published.number, "named": published.named, "perhaps": published.perhaps}
        unnamed = f"还有 {unnamed} 家不知道是谁" if most else "没有不知道是谁的"
        yield say("published", **numbers, unnamed=unnamed)
    if chain is not None or published is None:
        yield say("named", count=len(named)) if named else say("nobody")
    if thought := len(leaders) - len(named):
        yield say("thought", count=thought)
    if firms := [leader for leader in leaders if leader.label == "Enterprise"]:
        kinds = ("products", "needs", "suppliers")
        empty = {name: sum(not getattr(firm, name).number for firm in firms) for name in kinds}
        lacks = "、".join(f"{KINDS_ZH[name]}的 {count} 家" for name, count in empty.items() if count)
        yield say("lacking", count=len(firms), lacks=lacks) if lacks else say("lacking_nothing", count=len(firms))
    if chain is not None and published is not None:
        yield say("of_city", number=published.number)


def _missing(leaders: Sequence[Leader], published: PublishedNumber | None) -> Iterator[MissingRows]:
    """Yield which rows the graph lacks, and the form of each."""
    if published is not None and published.unnamed_most:
        yield lacking("list", "leads", say("lack_list"), say("lack_list_why", number=published.number))
    elif not any(leader.kind is not LeaderKind.thought for leader in leaders):
        yield lacking("names", "leads", say("lack_names"), say("lack_names_why"))
    firms = [leader for leader in leaders if leader.label == "Enterprise"]
    if count := sum(not firm.products.number for firm in firms):
        yield lacking("products", "produces", say("lack_products", count=count), say("lack_products_why"))
    if count := sum(not firm.needs.number for firm in firms):
        yield lacking("needs", "needs", say("lack_needs", count=count), say("lack_needs_why"))
    if count := sum(not firm.suppliers.number for firm in firms):
        yield lacking("supplies", "supplies", say("lack_supplies", count=count), say("lack_supplies_why"))

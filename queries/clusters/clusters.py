"""The declared clusters beside the communities of the supply graph, put together."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from graph.deadline import check
from queries.city.lacking import lacking
from queries.city.ties import Tie, Tied
from queries.clusters.answers import LEADING, Beside, Clusters, Compared, Member, MemberPlace, SupplySide
from queries.clusters.catalogue import say
from queries.clusters.communities import Communities, read_communities
from queries.core.answers import MissingRows, Named, Thing, count_statuses, weakest
from queries.core.days import holds_on
from queries.core.reason import Reason
from queries.core.view import View
from queries.names.search import comparisons_of
from queries.registries.answers import Entry
from queries.registries.entries import read_things
from queries.registries.registry import make_registry, proofs_of

MOST = 200  # firms that are listed beside a cluster


def make_clusters(view: View, name: Named | None = None) -> Clusters:
    """Return all clusters beside the communities, or one."""
    answer = view.once("clusters", lambda: _make(view))
    return answer if name is None else _only(answer, name)


def _make(view: View) -> Clusters:
    registry = make_registry(view, "clusters")
    real, made_up = (read_things(view, ("Cluster",), sample) for sample in (False, True))
    supply, compared = _compare(view.real, real, registry.entries)
    sample_supply, samples = _compare(view, made_up, registry.samples.entries)
    points = [*registry.points, *_tell(compared, supply)]
    told = {
        "points": points,
        "verdict": f"{registry.title}：{'；'.join(points)}。",
        "missing": [*registry.missing, *_missing(compared, supply)],
    }
    unchanged = {field: getattr(registry, field) for field in type(registry).model_fields if field not in told}
    sides = {"supply": supply, "compared": compared, "sample_supply": sample_supply, "sample_compared": samples}
    return Clusters(**unchanged, **told, **sides)


def _only(answer: Clusters, name: Named) -> Clusters:
    """Return the part of the answer that is about one cluster; the figures are of all, and stay with all."""

    def own(cluster: Compared) -> bool:
        return cluster.entry.thing.id == name.id

    compared, samples = (
        [cluster for cluster in listed if own(cluster)] for listed in (answer.compared, answer.sample_compared)
    )
    both = compared or samples
    points = [
        say("one", members=len(cluster.members), reason=cluster.reason) if cluster.members else cluster.reason
        for cluster in both
    ]
    update: dict[str, Any] = {
        "cluster": name,
        "compared": compared,
        "sample_compared": samples,
        "points": points,
        "verdict": f"{name.name}：{'；'.join(points)}。",
        "published": [],
        "missing": [*_missing(compared, answer.supply)] if compared else [],
    }
    for rows, clusters in ((answer, compared), (answer.samples, samples)):
        ids = {cluster.entry.thing.id for cluster in clusters}
        part = {
            "entries": [entry for entry in rows.entries if entry.thing.id in ids],
            "ties": [tie for tie in rows.ties if tie.subject.id in ids],
        }
        update |= part if rows is answer else {"samples": rows.model_copy(update=part)}
    narrowed = answer.model_copy(update=update)
    proofs = [*proofs_of(narrowed), *proofs_of(narrowed.samples)]
    used = Counter(source for _, source in proofs)
    sources = [source.model_copy(update={"rows": used[source.id]}) for source in answer.sources if used[source.id]]
    rests_on = count_statuses(status for status, _ in proofs)
    return narrowed.model_copy(update={"sources": sources, "rests_on": rests_on})


def _compare(view: View, things: Sequence[Tied], entries: Sequence[Entry]) -> tuple[SupplySide, list[Compared]]:
    """Return the supply graph of a view, and some clusters beside its communities, in the order of their entries."""
    communities, who, leads = read_communities(view), comparisons_of(view).who, _leads(view)
    by_id = {thing.thing["id"]: thing for thing in things}
    firms = {id: _members(by_id[id], who) for id in (entry.thing.id for entry in entries)}
    going = {entry.thing.id: firms[entry.thing.id] for entry in entries if entry.current}
    score, memberships = communities.agree(going)
    supply = SupplySide(
        firms=len(communities.of),
        communities=len(communities.firms),
        memberships=memberships,
        agreement=score,
        reason=_why(communities, going, score, memberships),
    )
    wanted = {id for members in firms.values() for id in members}
    homes = {id: communities.home_of(members) for id, members in firms.items()}
    wanted |= {firm for home in homes.values() if home for firm in communities.firms[home]}
    asked = [row["enterprise"] for row in view.whole.ask("enterprises_by_id", ids=sorted(wanted))]
    rows = {firm["id"]: firm for firm in asked}
    return supply, [
        _one(communities, entry, firms[entry.thing.id], homes[entry.thing.id], rows, leads) for entry in entries
    ]


def _members(tied: Tied, who: Any) -> dict[str, list[Tie]]:
    """Return the members of a cluster, each with the relations that say so; firms that are judged to be one are one."""
    ties: dict[str, list[Tie]] = defaultdict(list)
    for tie in tied.by("MEMBER_OF"):
        ties[who(tie.other["id"])].append(tie)
    for tie in tied.by("PARTICIPATES_IN", "Enterprise"):
        if LEADING in (tie.relation.get("role") or ""):
            ties[who(tie.other["id"])].append(tie)
    return dict(sorted(ties.items()))


def _leads(view: View) -> dict[str, list[Named]]:
    """Return the chains that each firm leads on the day."""
    today, leads = date.fromisoformat(view.scope.day), defaultdict[str, list[Named]](list)
    for row in view.ask("ties_from", labels=["Enterprise"], types=["LEADS"]):
        relation, chain = row["relation"], row["other"]
        if view.shows(relation, chain) and holds_on(today, relation.get("valid_from"), relation.get("valid_to")):
            leads[row["id"]].append(Named(id=chain["id"], name=chain["name"]))
    return leads


def _one(
    communities: Communities,
    entry: Entry,
    members: Mapping[str, list[Tie]],
    home: int | None,
    rows: Mapping[str, Mapping[str, Any]],
    leads: Mapping[str, list[Named]],
) -> Compared:
    check()
    around = communities.firms[home] if home else []
    outside = [id for id in around if id not in members]
    near = {id: sum(partner in members for partner in communities.partners(id)) for id in outside}
    unlisted = [_beside(entry.thing, communities, rows[id], number) for id, number in near.items()]
    crossing = [id for id in sorted({*around, *members}) if id in communities.of and communities.across(id)]
    bridges = [_beside(entry.thing, communities, rows[id], communities.across(id).total()) for id in crossing]
    score = communities.agree_on(members, home) if home else None
    return Compared(
        entry=entry,
        members=[
            _member(communities, entry.thing, home, rows[id], ties, leads.get(id, [])) for id, ties in members.items()
        ],
        community=home,
        firms=len(around),
        centre=_named(rows[communities.centre_of(home)]) if home else None,
        together=len(around) - len(outside),
        unlisted=_most_first(unlisted),
        unlisted_count=len(unlisted),
        bridges=_most_first(bridges),
        agreement=score,
        reason=_reason(communities, members, home, len(outside), score),
    )


def _member(
    communities: Communities,
    cluster: Thing,
    home: int | None,
    firm: Mapping[str, Any],
    ties: Sequence[Tie],
    leads: Sequence[Named],
) -> Member:
    number, relation = communities.of.get(firm["id"]), ties[0].relation
    role = next((tie.relation["role"] for tie in ties if tie.relation.get("role")), None)
    return Member(
        cluster=cluster,
        firm=_named(firm),
        leader=bool(leads) or LEADING in (role or ""),
        leads=list(leads),
        role=role,
        since=relation.get("valid_from"),
        stands=MemberPlace.silent if number is None else MemberPlace.same if number == home else MemberPlace.other,
        community=number,
        status=relation["status"],
        source=relation["source"],
        place=relation.get("place"),
    )


def _beside(cluster: Thing, communities: Communities, firm: Mapping[str, Any], partners: int) -> Beside:
    return Beside(
        cluster=cluster,
        firm=_named(firm),
        community=communities.of[firm["id"]],
        partners=partners,
        others=sorted(communities.across(firm["id"])),
        status=weakest(("inferred", firm["status"])) or "",
        source=firm["source"],
        place=firm.get("place"),
    )


def _most_first(firms: Sequence[Beside]) -> list[Beside]:
    return sorted(firms, key=lambda firm: (-firm.partners, firm.firm.id))[:MOST]


def _named(firm: Mapping[str, Any]) -> Named:
    return Named(id=firm["id"], name=firm["name"])


def _why(
    communities: Communities, firms: Mapping[str, Mapping[str, Any]], score: float | None, memberships: int
) -> Reason:
    """Return how all clusters agree with the communities, or why that cannot be said."""
    if score is not None:
        return say("agree_score", score=score, count=memberships)
    if not communities.of:
        return say("agree_no_supplies")
    if not any(firms.values()):
        return say("agree_no_members")
    if not memberships:
        return say("agree_silent", count=sum(map(len, firms.values())))
    there = sum(any(firm in communities.of for firm in members) for members in firms.values())
    return say("agree_one_cluster") if there < 2 else say("agree_one_community")


def _reason(
    communities: Communities,
    members: Mapping[str, Any],
    home: int | None,
    outside: int,
    score: float | None,
) -> Reason:
    """Return how one cluster agrees with its community, or why that cannot be said."""
    if not members:
        return say("no_members")
    if home is None:
        return say("silent", count=len(members)) if communities.of else say("silent_no_supplies", count=len(members))
    linked = sum(member in communities.of for member in members)
    together = sum(communities.of.get(member) == home for member in members)
    there = f"另有 {outside} 家不是成员" if outside else "没有别的企业"
    told = {"together": together, "linked": linked, "outside": outside, "there": there, "number": home}
    return say("whole", **told) if score is None else say("score", score=score, **told)


def _tell(compared: Sequence[Compared], supply: SupplySide) -> Iterator[Reason]:
    if compared and (bare := [cluster.entry.thing.name for cluster in compared if not cluster.members]):
        some = len(bare) < len(compared)
        yield say("bare", count=len(bare), all=len(compared)) if some else say("bare_all")
    if compared:
        yield supply.reason


def _missing(compared: Sequence[Compared], supply: SupplySide) -> Iterator[MissingRows]:
    if any(not cluster.members for cluster in compared):
        yield lacking("member_of", "member_of", say("lack_members"), say("lack_members_why"))
    if (
        any(member.stands is MemberPlace.silent for cluster in compared for member in cluster.members)
        or not supply.firms
    ):
        yield lacking("supplies", "supplies", say("lack_supplies"), say("lack_supplies_why"))

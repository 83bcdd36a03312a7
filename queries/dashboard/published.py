"""Published figures beside what the rows of the graph come to: which figure is counted how stands in ``published.toml``."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

from queries.city.answers import Duty, ProjectRow
from queries.city.posts import read_posts
from queries.city.projects import SIGNED, read_projects
from queries.city.tasks import read_tasks
from queries.city.ties import Tied, read_tied, weakest
from queries.core.answers import Figure, Named, Thing
from queries.core.days import holds_on
from queries.core.reason import Reason
from queries.core.shipped import Strict, read_shipped
from queries.core.view import View
from queries.core.words import show_amount
from queries.dashboard.answers import Difference, PublishedLine
from queries.dashboard.catalogue import say
from queries.openings.ledger import ledger
from queries.things.things import list_figures

LARGE = 2_000_000_000  # yuan, as the figure itself says
ALL = 100_000  # figures that are read at once
ABOUT = ("约", "近", "以上", "超", "多", "突破", "不少于")  # qualifiers with which a value is no exact one
SIGNED_OR_FURTHER = ("签约", "开工", "在建", "投产")


class FigureRule(Strict):
    """How a published figure is counted in the graph, and what opens the rows."""

    metric: str
    counts: str
    question: str
    arguments: Mapping[str, str] = {}


class FigureRules(Strict):
    """One version of the rules."""

    version: str
    figure: tuple[FigureRule, ...]


@cache
def read_rules() -> FigureRules:
    """Return the rules that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(FigureRules, "dashboard/published.toml")


Proof = tuple[str, str]  # status and source of a row


@dataclass(frozen=True)
class Shown:
    """What some rows come to: how many they are, or an amount in yuan; ``left`` are those whose amount is not known.

    ``none`` is the code of why there is nothing, where there is nothing.
    """

    value: float
    proofs: Sequence[Proof]
    left: int = 0
    none: str = "nothing_there"


def _many(rows: Iterable[Any]) -> Shown:
    proofs = [(row.thing["status"], row.thing["source"]) if isinstance(row, Tied) else (row.status, row.source) for row in rows]
    return Shown(len(proofs), proofs)


def _sum(projects: Iterable[ProjectRow]) -> Shown:
    every = list(projects)
    priced = [one for one in every if one.yuan is not None]
    return Shown(sum(one.yuan or 0 for one in priced), [(one.status, one.source) for one in priced], len(every) - len(priced))


@dataclass(frozen=True)
class City:
    """What is counted: the rows of a view without samples."""

    view: View

    @cached_property
    def projects(self) -> list[ProjectRow]:
        """Return all projects."""
        return read_projects(self.view)

    @cached_property
    def signed(self) -> list[ProjectRow]:
        """Return the projects of which a signing is told: others may be further, but nobody says that they were signed then."""
        return [one for one in self.projects if one.stage == SIGNED or one.signed_on]

    def things(self, label: str) -> list[Tied]:
        """Return all things of a label."""
        return read_tied(self.view, label)

    def chains(self, having: Callable[[str], bool] = lambda _: True) -> Shown:
        """Return the chains that have something."""
        return _many(one for one in self.things("Chain") if having(one.thing["id"]))

    def chains_with(self, duty: Duty) -> Shown:
        """Return the chains for which somebody who is named has a duty now."""
        named = {one.subject.id for one in read_posts(self.view) if one.current and not one.collective and one.duty is duty}
        return replace(self.chains(named.__contains__), none="nobody_named")

    def chains_with_document(self, kind: str) -> Shown:
        """Return the chains that have a document of the 5个1 that is in force."""
        today = date.fromisoformat(self.view.scope.day)
        found = [one for one in read_tied(self.view, "Deliverable", ("ON_CHAIN",)) if one.thing.get("kind") == kind]
        found = [one for one in found if holds_on(today, one.thing.get("valid_from"), one.thing.get("valid_to"))]
        return replace(self.chains({chain.id for one in found for chain in one.named("ON_CHAIN")}.__contains__), none="no_document")

    def leaders(self) -> Shown:
        """Return the leaders of chains that a source names, once each."""
        rows = [row for one in read_tied(self.view, "Chain", (), ("LEADS",)) for row in one.by("LEADS")]
        named = {tie.other["id"]: tie for tie in rows if tie.relation["status"] in ("confirmed", "reported")}
        return Shown(len(named), [(tie.relation["status"], tie.relation["source"]) for tie in named.values()])

    def clusters(self, word: str) -> Shown:
        """Return the clusters whose level holds a word."""
        return _many(one for one in self.things("Cluster") if word in (one.thing.get("level") or ""))

    def signed_at(self, subjects: Sequence[Thing]) -> Shown:
        """Return the projects that were signed at an event."""
        ids = {one.id for one in subjects}
        return _many(one for one in read_tied(self.view, "Project", ("SIGNED_AT",)) if ids & {at.id for at in one.named("SIGNED_AT")})

    def matches(self) -> Shown:
        """Return the matches of the ledger, each by its weakest step."""
        found = [[(step.status, step.source) for step in match.steps] for match in ledger(self.view).matches]
        return Shown(len(found), [proof for steps in found for proof in steps])


COUNTERS: Mapping[str, Callable[[City, Sequence[Thing]], Shown]] = {
    "chains": lambda city, _: city.chains(),
    "chains_headed": lambda city, _: city.chains_with(Duty.head),
    "chains_teamed": lambda city, _: city.chains_with(Duty.team),
    "chains_planned": lambda city, _: city.chains_with_document("行动计划"),
    "chains_listed": lambda city, _: city.chains({on.id for one in read_tasks(city.view) for on in one.chains}.__contains__),
    "leaders": lambda city, _: city.leaders(),
    "projects": lambda city, _: _many(city.projects),
    "amount": lambda city, _: _sum(city.projects),
    "signed": lambda city, _: _many(city.signed),
    "signed_large": lambda city, _: _many(one for one in city.signed if (one.yuan or 0) >= LARGE),
    "amount_signed": lambda city, _: _sum(city.signed),
    "signed_there": lambda city, subjects: city.signed_at(subjects),
    "own_amount": lambda city, subjects: _sum(one for one in city.projects if one.id in {about.id for about in subjects}),
    "matches": lambda city, _: city.matches(),
    "wild_goose_clusters": lambda city, _: city.clusters("雁阵形"),
    "strategic_clusters": lambda city, _: city.clusters("战略性新兴"),
    "scenarios_of": lambda city, subjects: _many(
        one for one in city.things("Scenario") if one.thing.get("kind") in {about.name for about in subjects}
    ),
    "centres": lambda city, subjects: _many(
        one for one in city.things("Centre") if one.thing["id"] not in {about.id for about in subjects}
    ),
}


def beside(view: View) -> Iterator[PublishedLine]:
    """Yield each published figure for which there is a rule, beside what the graph can show, in the order of the rules."""
    rules, city = read_rules(), City(view)
    figures, _ = list_figures(view, size=ALL)
    for rule in rules.figure:
        for figure in figures:
            if figure.statement.get("metric") == rule.metric and figure.statement.get("value") is not None:
                yield _line(figure, rule, COUNTERS[rule.counts](city, figure.subjects))


def _line(figure: Figure, rule: FigureRule, shown: Shown) -> PublishedLine:
    told = figure.statement
    difference = _difference(told["value"], shown, told.get("qualifier") or "")
    return PublishedLine(
        statement=Named(id=told["id"], name=told["metric"]),
        subject=figure.subjects[0] if figure.subjects else None,
        original=told.get("original") or "",
        value=told["value"],
        unit=told.get("unit") or "",
        as_of=told.get("as_of"),
        shown=shown.value,
        difference=difference,
        why=_why(difference, told, shown),
        question=rule.question,
        arguments=dict(rule.arguments),
        status=told["status"],
        source=told["source"],
        place=told.get("place"),
        shown_status=weakest(status for status, _ in shown.proofs),
    )


def _difference(value: float, shown: Shown, qualifier: str) -> Difference:
    if not shown.proofs:
        return Difference.none
    if qualifier in ABOUT and abs(shown.value - value) <= value / 20:
        return Difference.bound
    return Difference.same if shown.value == value else Difference.fewer if shown.value < value else Difference.more


def _why(difference: Difference, told: Mapping[str, Any], shown: Shown) -> Reason:
    """Return where the difference comes from, as far as the rows tell."""
    if difference is Difference.none:
        return say(shown.none)
    if difference in (Difference.same, Difference.bound):
        return say("all_there")
    if difference is Difference.more:
        return say("more_there")
    unit = told.get("unit") or ""
    short = show_amount(told["value"] - shown.value, unit)
    return say("fewer_unpriced", short=short, count=shown.left) if shown.left else say("fewer_there", short=short)

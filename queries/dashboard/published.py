"""Published figures beside what the rows of the graph come to: which figure is
counted how stands in ``published.toml``."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

from queries.city.answers import Duty, ProjectRow
from queries.city.posts import read_posts
from queries.city.projects import SIGNED, read_projects
from queries.city.tasks import read_tasks
from queries.city.ties import read_tied
from queries.core.answers import Figure
from queries.core.days import first_day, holds_on, last_day
from queries.core.reason import Reason
from queries.core.shipped import Strict, read_shipped
from queries.core.view import View
from queries.core.words import in_unit
from queries.dashboard.answers import PublishedLine
from queries.dashboard.catalogue import say
from queries.leaders.leaders import make_leaders
from queries.openings.ledger import ledger
from queries.registries.described import read_registries
from queries.registries.published import describe, differ, partly
from queries.registries.registry import make_registry
from queries.things.things import list_figures

LARGE = 2_000_000_000  # yuan, as the figure itself says
ALL = 100_000  # figures that are read at once


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


@dataclass(frozen=True)
class Shown:
    """What some rows come to: how many they are, or an amount in yuan; ``left`` are those whose amount is not known.

    ``none`` says why there is nothing, where more is known of that.
    """

    value: float
    left: int = 0
    none: Reason | None = None


Told = Mapping[str, Any]


def _sum(projects: Iterable[ProjectRow], told: Told) -> Shown:
    """Return what projects come to in the currency and the unit of a figure."""
    every, currency = list(projects), told.get("currency") or "CNY"
    amounts = [
        project.yuan if currency == "CNY" else project.amount if project.currency == currency else None
        for project in every
    ]
    priced = [amount for amount in amounts if amount is not None]
    return Shown(in_unit(sum(priced), told.get("unit") or ""), len(every) - len(priced))


def _large(projects: Iterable[ProjectRow]) -> Shown:
    """Return how many projects are large; of those without an amount in yuan nobody can tell."""
    every = list(projects)
    return Shown(sum((project.yuan or 0) >= LARGE for project in every), sum(project.yuan is None for project in every))


@dataclass(frozen=True)
class CountedRows:
    """What is counted: the rows of a view without samples."""

    view: View

    @cached_property
    def projects(self) -> list[ProjectRow]:
        """Return all projects."""
        return read_projects(self.view)

    def signed(self, told: Told) -> list[ProjectRow]:
        """Return the projects of which a signing is told that a figure may mean.

        Others may be further, but nobody says that they were signed then; what was signed after the day of the
        figure is none of it.
        """
        until = last_day(told["as_of"]) if told.get("as_of") else date.max
        signed = [project for project in self.projects if project.stage == SIGNED or project.signed_on]
        return [project for project in signed if not project.signed_on or first_day(project.signed_on) <= until]

    def chains(self, having: Callable[[str], bool] = lambda _: True) -> Shown:
        """Return the chains that have something."""
        return Shown(sum(having(chain.thing["id"]) for chain in read_tied(self.view, "Chain")))

    def chains_with(self, duty: Duty) -> Shown:
        """Return the chains for which somebody who is named has a duty now."""
        named = {
            post.subject.id
            for post in read_posts(self.view)
            if post.current and not post.collective and post.duty is duty
        }
        return replace(self.chains(named.__contains__), none=say("nobody_named"))

    def chains_with_document(self, kind: str) -> Shown:
        """Return the chains that have a document of the 5个1 that is in force."""
        today = date.fromisoformat(self.view.scope.day)
        documents = [
            document
            for document in read_tied(self.view, "Deliverable", ("ON_CHAIN",))
            if document.thing.get("kind") == kind
        ]
        documents = [
            document
            for document in documents
            if holds_on(today, document.thing.get("valid_from"), document.thing.get("valid_to"))
        ]
        return replace(
            self.chains({chain.id for document in documents for chain in document.named("ON_CHAIN")}.__contains__),
            none=say("no_document"),
        )

    def leaders(self) -> Shown:
        """Return the leaders of which a source says that they are among those that were published."""
        told = make_leaders(self.view, None).published
        return Shown(told.named, none=say("leaders_perhaps", count=told.perhaps)) if told else Shown(0)


COUNTERS: Mapping[str, Callable[[CountedRows, Figure], Shown]] = {
    "chains": lambda city, _: city.chains(),
    "chains_headed": lambda city, _: city.chains_with(Duty.head),
    "chains_teamed": lambda city, _: city.chains_with(Duty.team),
    "chains_planned": lambda city, _: city.chains_with_document("行动计划"),
    "chains_listed": lambda city, _: city.chains(
        {on.id for task in read_tasks(city.view) for on in task.chains}.__contains__
    ),
    "leaders": lambda city, _: city.leaders(),
    "projects": lambda city, _: Shown(len(city.projects)),
    "amount": lambda city, figure: _sum(city.projects, figure.statement),
    "signed": lambda city, figure: Shown(len(city.signed(figure.statement))),
    "signed_large": lambda city, figure: _large(city.signed(figure.statement)),
    "amount_signed": lambda city, figure: _sum(city.signed(figure.statement), figure.statement),
    "own_amount": lambda city, figure: _sum(
        (project for project in city.projects if project.id in {about.id for about in figure.subjects}),
        figure.statement,
    ),
    "matches": lambda city, _: Shown(len(ledger(city.view).matches)),
}


def beside(view: View) -> Iterator[PublishedLine]:
    """Yield each published figure that rows of the graph could show, beside
    what they show: by the rules, then of each registry."""
    rules, city = read_rules(), CountedRows(view)
    figures, _ = list_figures(view, size=ALL)
    for rule in rules.figure:
        for figure in figures:
            if figure.statement.get("metric") == rule.metric and figure.statement.get("value") is not None:
                shown = COUNTERS[rule.counts](city, figure)
                told = describe(figure, shown.value, _difference(figure.statement, shown))
                yield PublishedLine(**vars(told), question=rule.question, arguments=dict(rule.arguments))
    for name in read_registries().registry:
        for compared in make_registry(view, name).published:
            if compared.shown is not None:
                yield PublishedLine(**vars(compared), question=name, arguments={})


def _difference(told: Mapping[str, Any], shown: Shown) -> Reason:
    """Return how a figure and the rows differ, and why, as far as the rows tell."""
    unit = told.get("unit") or ""
    if shown.none is not None and not shown.value:
        return shown.none
    difference = differ(told["value"], shown.value, unit, told.get("qualifier") or "")
    return partly(shown.value, unit, shown.left) if shown.left and difference.code != "fig_bound" else difference

"""Published figures beside what the rows of a registry show, and how the two differ."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from queries.city.ties import Tied
from queries.core.answers import Figure, Thing
from queries.core.days import holds_on
from queries.core.reason import Reason
from queries.core.view import View
from queries.core.words import in_unit, show_amount
from queries.registries.answers import Published
from queries.registries.catalogue import say
from queries.registries.described import Count, Described, read_registries
from queries.registries.entries import kind_of
from queries.things.things import find_figures

BOUNDS = ("以上", "超", "突破", "多", "不少于")  # the figure is the least that it can be


def read_figures(view: View, rules: Described, things: Sequence[Tied]) -> list[Figure]:
    """Return the published figures of a registry: of its things, its mechanisms, its metrics; no samples."""
    metrics, ids = {count.metric for count in rules.counts}, {thing.thing["id"] for thing in things}
    skip = read_registries().skip

    def told(figure: Figure) -> bool:
        if any(subject.label == "Mechanism" and subject.name in rules.mechanisms for subject in figure.subjects):
            return True
        about = {subject.id for subject in figure.subjects if subject.label in rules.labels} & ids
        return figure.statement["metric"] in metrics or (bool(about) and _first(rules, things, about))

    every = (figure for figure in find_figures(view, ()) if figure.statement["status"] != "sample")
    return [figure for figure in every if figure.statement["metric"] not in skip and told(figure)]


def _first(rules: Described, things: Sequence[Tied], about: set[str]) -> bool:
    return not rules.first or any(
        thing.thing["id"] in about and is_first(rules, kind_of(thing.thing)) for thing in things
    )


def is_first(rules: Described, kind: str | None) -> bool:
    """Tell whether a kind is one of those that a registry lists first."""
    return any(word in (kind or "") for word in rules.first)


def stands_for(rules: Described, figures: Sequence[Figure]) -> dict[str, float]:
    """Return how many things without names some things stand for, by id."""
    standing = {count.metric for count in rules.counts if count.stands}
    return {
        subject.id: figure.statement["value"]
        for figure in figures
        if figure.statement["metric"] in standing and (figure.statement.get("value") or 0) > 1
        for subject in figure.subjects
        if subject.label in rules.labels
    }


def put_beside(rules: Described, figures: Sequence[Figure], things: Sequence[Tied], today: date) -> Iterator[Published]:
    """Yield each figure beside what the things show; the things that only stand for a number show nothing."""
    standing = stands_for(rules, figures)
    going = [thing for thing in things if holds_on(today, thing.thing.get("valid_from"), thing.thing.get("valid_to"))]
    named = [thing for thing in going if thing.thing["id"] not in standing]
    for figure in figures:
        said = figure.statement
        rule = next((count for count in rules.counts if count.metric == said["metric"]), None)
        shown = _shown(rule, figure, named, things) if rule else None
        difference = differ(said.get("value"), shown, said.get("unit") or "", said.get("qualifier") or "")
        if rule and rule.what == "amount":
            signed = _signed_at(figure.subjects, things)
            without = sum(not _has_amount(thing, said.get("currency")) for thing in signed)
            difference = partly(shown, said.get("unit") or "", without) if without else difference
        yield describe(figure, shown, difference)


def describe(figure: Figure, shown: float | None, difference: Reason) -> Published:
    """Return a figure beside what is shown of it."""
    said = figure.statement
    own = {name: said.get(name) for name in ("value", "unit", "qualifier", "original", "scope", "as_of", "place")}
    proof = {name: said[name] for name in ("id", "metric", "status", "source")}
    return Published(subjects=figure.subjects, shown=shown, difference=difference, **own, **proof)


def _shown(
    rule: Count,
    figure: Figure,
    named: Sequence[Tied],
    things: Sequence[Tied],
) -> float | None:
    """Return what the things show of a figure, in its own unit; nothing where no rows could."""
    subjects, said = figure.subjects, figure.statement
    currency, unit = said.get("currency"), said.get("unit") or ""
    if rule.what == "rows":
        words = [rule.kind] if rule.kind else [subject.name for subject in subjects]
        return sum(any(word in (kind_of(thing.thing) or "") for word in words) for thing in named)
    if rule.what == "ties":
        ties = [tie for thing in things for tie in thing.ties if _has(rule, tie.relation.get("role"))]
        return len({(tie.other["_label"], tie.other["id"]) for tie in ties})
    if rule.what in ("signed", "amount"):
        signed = _signed_at(subjects, things)
        amounts = [row["amount"] for row in signed if _has_amount(row, currency)]
        return len(signed) if rule.what == "signed" else in_unit(sum(amounts), unit)
    return None


def _signed_at(subjects: Sequence[Thing], things: Sequence[Tied]) -> list[Mapping[str, Any]]:
    """Return the projects that were signed at some events."""
    ids = {subject.id for subject in subjects}
    ties = [tie for thing in things if thing.thing["id"] in ids for tie in thing.by("SIGNED_AT")]
    return list({tie.other["id"]: tie.other for tie in ties}.values())


def _has_amount(project: Mapping[str, Any], currency: str | None) -> bool:
    return project.get("amount") is not None and project.get("currency") == currency


def _has(rule: Count, role: str | None) -> bool:
    return any(word in (role or "") for word in rule.words)


def partly(shown: float | None, unit: str, without: int) -> Reason:
    """Return in words what some rows show, of which so many have no amount that can be compared."""
    if not shown:
        return say("fig_unpriced", count=without)
    return say("fig_partial", shown=show_amount(shown, unit), count=without)


def differ(value: float | None, shown: float | None, unit: str, qualifier: str) -> Reason:
    """Return in words how a figure and what the rows show differ."""
    if shown is None or value is None:
        return say("fig_uncounted")
    if shown == value:
        return say("fig_same")
    if not shown:
        return say("fig_nothing")
    if shown < value:
        return say("fig_less", shown=show_amount(shown, unit), gap=show_amount(value - shown, unit))
    if qualifier in BOUNDS:
        return say("fig_bound", shown=show_amount(shown, unit))
    return say("fig_more", shown=show_amount(shown, unit), gap=show_amount(shown - value, unit))

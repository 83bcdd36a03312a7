"""A registry, put together: its things, who has a part in each, the published figures beside them, what is missing."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from queries.city.lacking import lacking
from queries.city.ties import Tied, read_tied
from queries.core.answers import Figure, MissingRows, count_statuses
from queries.core.reason import Reason
from queries.core.view import View
from queries.core.words import show_amount
from queries.registries.answerers import find_answerers
from queries.registries.answers import Entry, Published, Registry, RegistryRows, StageRule
from queries.registries.catalogue import say
from queries.registries.described import Described, read_registries
from queries.registries.entries import make_entry, make_ties, read_things
from queries.registries.published import is_first, put_beside, read_figures, stands_for
from queries.things.things import sources_used

GAPS = 3  # differences that the sentence names
MONEY = "元"
# when rows are missing: too few by name, without anybody in them, nothing signed at them
ROWS, TIES, SIGNED = "rows", "ties", "signed"


class Lack(NamedTuple):
    """The form of rows that may be missing, when they are, what they are and why they matter."""

    form: str
    when: str
    what: str
    why: str


LACKS = {
    "clusters": [Lack("clusters", ROWS, "lack_clusters", "lack_clusters_why")],
    "challenges": [Lack("challenges", ROWS, "lack_challenges", "lack_challenges_why")],
    "scenarios": [
        Lack("scenarios", ROWS, "lack_labs", "lack_labs_why"),
        Lack("participates_in", TIES, "lack_parts", "lack_parts_why"),
    ],
    "centres": [
        Lack("centres", ROWS, "lack_centres", "lack_centres_why"),
        Lack("participates_in", TIES, "lack_diagnosed", "lack_diagnosed_why"),
    ],
    "events": [
        Lack("events", ROWS, "lack_events", "lack_events_why"),
        Lack("projects", SIGNED, "lack_signed", "lack_signed_why"),
    ],
    "platforms": [
        Lack("platforms", ROWS, "lack_platforms", "lack_platforms_why"),
        Lack("participates_in", TIES, "lack_parts", "lack_parts_why"),
    ],
}


def make_registry(view: View, name: str) -> Registry:
    """Return a registry by its name in ``registries.toml``."""
    return view.once(("registry", name), lambda: _make(view, name))


def _make(view: View, name: str) -> Registry:
    rules = read_registries().registry[name]
    things, made_up = (read_things(view, rules.labels, sample) for sample in (False, True))
    figures = read_figures(view, rules, things)
    rows = _rows(view.real, rules, things, figures)
    samples = _rows(view, rules, made_up, figures)
    published = list(put_beside(rules, figures, things, date.fromisoformat(view.scope.day)))
    stages = list(_stages(view, rules, rows.entries))
    points = list(_tell(rules, rows, published))
    listed: list[Any] = [*published, *stages]
    proofs = [*proofs_of(rows), *proofs_of(samples), *((row.status, row.source) for row in listed)]
    return Registry(
        name=name,
        title=rules.title,
        as_of=view.scope.day,
        rules_version=read_registries().version,
        verdict=f"{rules.title}：{'；'.join(points)}。",
        points=points,
        stages=stages,
        published=published,
        missing=list(_missing(name, rules, rows.entries, published)),
        samples=samples,
        rests_on=count_statuses(status for status, _ in proofs),
        sources=sources_used(view, [source for _, source in proofs]),
        entries=rows.entries,
        ties=rows.ties,
        answerers=rows.answerers,
    )


def _rows(view: View, rules: Described, things: Sequence[Tied], figures: Sequence[Figure]) -> RegistryRows:
    standing, today = stands_for(rules, figures), date.fromisoformat(view.scope.day)
    entries = sorted((make_entry(thing, standing, today) for thing in things), key=lambda entry: _order(rules, entry))
    return RegistryRows(
        entries=entries,
        ties=[tie for thing in things for tie in make_ties(thing)],
        answerers=find_answerers(view, things) if rules.stages else [],
    )


def _order(rules: Described, entry: Entry) -> tuple[bool, bool, int, bool, str]:
    kind, label = is_first(rules, entry.kind), rules.labels.index(entry.thing.label)
    return not entry.current, not kind, label, entry.stands_for is not None, entry.thing.id


def named_in(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries that are one thing each, not a number of things without names, and not over."""
    return [entry for entry in entries if entry.stands_for is None and entry.current]


def _tell(rules: Described, rows: RegistryRows, published: Sequence[Published]) -> Iterator[Reason]:
    named = named_in(rows.entries)
    yield say("named", count=len(named), unit=rules.unit) if named else say("none_named", unit=rules.unit)
    if first := [entry.thing.name for entry in named if is_first(rules, entry.kind)]:
        yield say("first", kinds=rules.first[0], count=len(first), names=first)
    if rules.stages and named:
        counted = Counter(entry.kind or "没有写阶段" for entry in named)
        yield say("stages", told="、".join(f"{stage} {count}" for stage, count in counted.items()))
    gaps = [gap for gap in published if short_of(gap) and not (gap.unit or "").endswith(MONEY)][:GAPS]
    several = len({subject.id for gap in gaps for subject in gap.subjects}) > 1
    for gap in gaps:
        of = "、".join(subject.name for subject in gap.subjects if several and subject.label in rules.labels)
        told = {"of": of, "metric": gap.metric, "original": _apart(gap.original or f"{gap.value:g}")}
        shown = show_amount(gap.shown, gap.unit or "")
        yield say("gap", shown=shown, **told) if gap.shown else say("gap_none", **told)
    if lacking := _kinds_lacking(rules, named):
        yield say("kinds_lacking", kinds="、".join(lacking))


def _apart(original: str) -> str:
    """Return a figure as it was printed, with the space before its unit that our sentences have."""
    return re.sub(r"(?<=\d)(?=[\u4e00-\u9fff])", " ", original)


def _kinds_lacking(rules: Described, named: Sequence[Entry]) -> list[str]:
    return [kind for kind in rules.wanted if not any(kind in f"{entry.kind} {entry.thing.name}" for entry in named)]


def short_of(figure: Published) -> bool:
    """Tell whether the rows show less than was published."""
    return figure.shown is not None and figure.value is not None and figure.shown < figure.value


def _stages(view: View, rules: Described, entries: Sequence[Entry]) -> Iterator[StageRule]:
    """Yield who acts in each stage, where the mechanism that says so is to be seen."""
    mechanisms = [mechanism.thing for mechanism in read_tied(view, "Mechanism")] if rules.stages else []
    told = [mechanism for mechanism in mechanisms if mechanism["name"] in rules.mechanisms]
    for stage in rules.stages if told else ():
        proof = {name: told[0].get(name) for name in ("status", "source", "place")}
        yield StageRule(
            stage=stage.stage, who=stage.who, now=sum(entry.kind == stage.stage for entry in entries), **proof
        )


def _missing(
    name: str,
    rules: Described,
    entries: Sequence[Entry],
    published: Sequence[Published],
) -> Iterator[MissingRows]:
    named = named_in(entries)
    counted = {count.metric: count.what for count in rules.counts}
    short = {counted.get(figure.metric) for figure in published if short_of(figure)}
    wanting = {
        ROWS: not named or ROWS in short or bool(_kinds_lacking(rules, named)),
        TIES: any(not entry.ties for entry in named),
        SIGNED: bool(short & {SIGNED, "amount"}),
    }
    for lack in LACKS[name]:
        if wanting[lack.when]:
            yield lacking(lack.form, lack.form, say(lack.what), say(lack.why))


def proofs_of(rows: RegistryRows) -> Iterator[tuple[str, str]]:
    """Yield the status and the source of each row."""
    for listed in (rows.entries, rows.ties, rows.answerers):
        yield from ((row.status, row.source) for row in listed)

"""The journal as a list that can be searched, the latest first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

from graph.errors import InputError
from graph.journal import Gist, Journal, JournalEntry, Outcome, settled
from graph.model import EDGE_TYPES, NODE_TYPES
from graph.model.kinds import DATE
from queries.audit.answers import Ended, LoggedAction, Written
from queries.core.view import View

ENDED = {Outcome.done: Ended.done, Outcome.refused: Ended.refused, Outcome.begun: Ended.begun}


BLOCK = 1_000  # actions that are read at a time where all of them are looked through


class Actions(Sequence[LoggedAction]):
    """Actions of a journal; one is read when it is looked at."""

    def __init__(self, journal: Journal, gists: Sequence[Gist]) -> None:
        self.journal = journal
        self.gists = gists

    def __len__(self) -> int:
        return len(self.gists)

    @overload
    def __getitem__(self, place: int) -> LoggedAction: ...
    @overload
    def __getitem__(self, place: slice) -> list[LoggedAction]: ...
    def __getitem__(self, place: int | slice) -> LoggedAction | list[LoggedAction]:
        if isinstance(place, int):
            return self._read([self.gists[place]])[0]
        return self._read(self.gists[place])

    def __iter__(self) -> Iterator[LoggedAction]:
        for start in range(0, len(self), BLOCK):
            yield from self[start : start + BLOCK]

    def _read(self, gists: Sequence[Gist]) -> list[LoggedAction]:
        entries = self.journal.pick([number for gist in gists for number in (gist.first, gist.last)])
        actions = {entry.number: _action(entry) for entry in settled(entries)}
        return [actions[gist.first] for gist in gists]


def list_actions(
    view: View, since: str | None = None, thing: str | None = None, who: str | None = None, ended: Ended | None = None
) -> Actions:
    """Return what was done since a day, to a thing (part of its id or name), by somebody, with an end."""
    first, journal = _day(since) if since else "", view.store.journal()
    wanted = [
        gist
        for gist in reversed(journal.known().actions)
        if gist.at >= first
        and (not thing or thing in gist.thing.partition(":")[2] or thing in gist.name)
        and (not who or who in gist.who)
        and ended in (None, ENDED[gist.outcome])
    ]
    return Actions(journal, wanted)


def _day(text: str) -> str:
    try:
        return str(DATE.clean(text))
    except ValueError as error:
        raise InputError(f"日期“{text[:40]}”{error}") from error


def _action(entry: JournalEntry) -> LoggedAction:
    label, _, thing = entry.thing.partition(":")
    return LoggedAction(
        **{name: getattr(entry, name) for name in ("number", "at", "who", "role", "action", "name", "told", "why")},
        label=label,
        thing=thing,
        ended=ENDED[entry.outcome],
        change=entry.change if entry.outcome is Outcome.done else "",
        version=entry.version,
        written=list(_written(label, entry)),
    )


def _written(label: str, entry: JournalEntry) -> Iterator[Written]:
    record = NODE_TYPES.get(label) or EDGE_TYPES.get(label)
    fields = record.model_fields if record else {}
    for name in sorted(entry.after):
        zh = str(fields[name].title) if name in fields else name
        before, after = _value(entry.before.get(name)), _value(entry.after.get(name))
        yield Written(field=name, zh=zh, before=before, after=after)


def _value(told: Any) -> Any:
    """Return the value of what the journal keeps of a field."""
    if not isinstance(told, Mapping):
        return told
    return told["edit"]["value"] if "edit" in told else told.get("value")

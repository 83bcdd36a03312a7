"""The journal as a list that can be searched, the latest first."""

from collections.abc import Iterator, Mapping
from typing import Any

from graph.errors import InputError
from graph.journal import JournalEntry, Outcome, settled
from graph.model import EDGE_TYPES, NODE_TYPES
from graph.model.kinds import DATE
from queries.audit.answers import Ended, LoggedAction, Written
from queries.core.view import View

ENDED = {Outcome.done: Ended.done, Outcome.refused: Ended.refused, Outcome.begun: Ended.begun}


def list_actions(
    view: View, since: str | None = None, thing: str | None = None, who: str | None = None, ended: Ended | None = None
) -> list[LoggedAction]:
    """Return what was done since a day, to a thing (part of its id or name), by somebody, with an end."""
    first = _day(since) if since else ""
    actions = (_action(entry) for entry in reversed(settled(view.store.journal().entries())))
    return [
        action
        for action in actions
        if action.at >= first
        and (not thing or thing in action.thing or thing in action.name)
        and (not who or who in action.who)
        and ended in (None, action.ended)
    ]


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
    for name in sorted({*entry.before, *entry.after}):
        zh = str(fields[name].title) if name in fields else name
        before, after = _value(entry.before.get(name)), _value(entry.after.get(name))
        yield Written(field=name, zh=zh, before=before, after=after)


def _value(told: Any) -> Any:
    """Return the value of what the journal keeps of a field."""
    if not isinstance(told, Mapping):
        return told
    return told["edit"]["value"] if "edit" in told else told.get("value")

"""The things of a registry and who has a part in each: read from the graph, as of the day of the view."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from graph.model import EDGE_TYPES, ends_of
from queries.city.ties import Tie, Tied, read_tied
from queries.core.answers import Thing
from queries.core.days import holds_on
from queries.core.view import View
from queries.registries.answers import Entry, EntryTie

PLACES = ("ON_CHAIN", "LOCATED_IN")  # where a thing is; all its other relations are parts in it
NEVER = ("ABOUT",)


def read_things(view: View, labels: Sequence[str], sample: bool) -> list[Tied]:
    """Return the things of some labels with every relation that holds on the day: the samples, or all others."""
    things = (thing for label in labels for thing in view.once(("things of", label), partial(_read, view, label)))
    return [thing for thing in things if (thing.thing["status"] == "sample") is sample]


def _read(view: View, label: str) -> list[Tied]:
    today = date.fromisoformat(view.scope.day)
    return [thing.on(today) for thing in read_tied(view, label, *_types(label))]


def _types(label: str) -> tuple[list[str], list[str]]:
    """Return the types of the relations that lead out of things of a label, and into them."""
    ends = {name: ends_of(record) for name, record in EDGE_TYPES.items() if name not in NEVER}
    out = [name for name, pairs in ends.items() if any(start == label for start, _ in pairs)]
    return out, [name for name, pairs in ends.items() if any(end == label for _, end in pairs)]


def make_entry(tied: Tied, stands_for: Mapping[str, float], today: date) -> Entry:
    """Return a thing as an entry; ``stands_for`` says how many things without names some of them are, by id."""
    thing = tied.thing
    since, until = (thing.get(name) for name in ("valid_from", "valid_to"))
    return Entry(
        thing=as_thing(thing),
        kind=kind_of(thing),
        stands_for=stands_for.get(thing["id"]),
        on=thing.get("started_on") or since,
        until=thing.get("ended_on") or until,
        current=holds_on(today, since, until),
        chains=tied.named("ON_CHAIN"),
        regions=tied.named("LOCATED_IN"),
        ties=len(parts_of(tied)),
        said=thing.get("description"),
        remark=thing.get("note"),
        status=thing["status"],
        source=thing["source"],
        place=thing.get("place"),
    )


def as_thing(node: Mapping[str, Any]) -> Thing:
    """Return a node of the graph by label, id and name."""
    return Thing(label=node["_label"], id=node["id"], name=node.get("name") or node["id"])


def kind_of(thing: Mapping[str, Any]) -> str | None:
    """Return the kind of a thing, or its level, or its stage."""
    kind: str | None = thing.get("kind") or thing.get("level") or thing.get("state")
    return kind


def parts_of(tied: Tied) -> list[Tie]:
    """Return the relations of a thing that are parts in it."""
    return [tie for tie in tied.ties if tie.relation["_label"] not in PLACES]


def make_ties(tied: Tied) -> Iterator[EntryTie]:
    """Yield who or what has a part in a thing."""
    label = tied.thing["_label"]
    for tie in parts_of(tied):
        relation, type_name = tie.relation, tie.relation["_label"]
        out, back = EDGE_TYPES[type_name].table.words
        into = (tie.other["_label"], label) in ends_of(EDGE_TYPES[type_name])
        yield EntryTie(
            subject=as_thing(tied.thing),
            part=back if into else out,
            role=relation.get("role"),
            other=as_thing(tie.other),
            since=relation.get("valid_from"),
            until=relation.get("valid_to"),
            status=relation["status"],
            source=relation["source"],
            place=relation.get("place"),
        )

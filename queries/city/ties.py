"""All things of one kind with their relations of some types: what projects, tasks and posts are made from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from queries.core.answers import Named
from queries.core.catalogue import side_by_side
from queries.core.days import holds_on
from queries.core.view import View


class Tie(NamedTuple):
    """A relation, and the thing at its other end."""

    relation: Mapping[str, Any]
    other: Mapping[str, Any]

    def holds(self, day: date) -> bool:
        """Tell whether the relation holds on a day."""
        return holds_on(day, self.relation.get("valid_from"), self.relation.get("valid_to"))

    @property
    def named(self) -> Named:
        """Return the thing at the other end by id and name."""
        return Named(id=self.other["id"], name=self.other.get("name") or self.other["id"])


@dataclass(frozen=True)
class Tied:
    """A thing with its relations."""

    thing: Mapping[str, Any]
    ties: Sequence[Tie]

    def by(self, type_name: str, label: str = "") -> list[Tie]:
        """Return the relations of a type, to things of a label where one is asked for."""
        return [tie for tie in self.ties if tie.relation["_label"] == type_name and label in ("", tie.other["_label"])]

    def on(self, day: date) -> "Tied":
        """Return it with the relations that hold on a day."""
        return replace(self, ties=[tie for tie in self.ties if tie.holds(day)])

    def named(self, type_name: str, label: str = "") -> list[Named]:
        """Return what it is related to by a type, once each."""
        return list({tie.other["id"]: tie.named for tie in self.by(type_name, label)}.values())


def read_tied(view: View, label: str, out: Sequence[str] = (), into: Sequence[str] = ()) -> list[Tied]:
    """Return the things of a label by id, each with its relations of the types that lead ``out`` of it and ``into`` it.

    Where a thing is no sample, what samples say of it is left out: they are kept apart.
    """
    return view.once(("tied", label, tuple(out), tuple(into)), lambda: _read(view, label, out, into))


def _read(view: View, label: str, out: Sequence[str], into: Sequence[str]) -> list[Tied]:
    asks = [partial(view.ask, "things", labels=[label])]
    wanted = (("ties_from", out), ("ties_to", into))
    asks += [partial(view.ask, question, labels=[label], types=types) for question, types in wanted if types]
    things, *sides = side_by_side(*asks)
    ties: dict[str, list[Tie]] = defaultdict(list)
    for row in (row for side in sides for row in side):
        if view.shows(row["relation"], row["other"]):
            ties[row["id"]].append(Tie(row["relation"], row["other"]))
    return [_tied(row["thing"], ties[row["thing"]["id"]]) for row in things]


def _tied(thing: Mapping[str, Any], ties: Iterable[Tie]) -> Tied:
    sample = thing["status"] == "sample"
    shown = (tie for tie in ties if sample or "sample" not in (tie.relation["status"], tie.other["status"]))
    return Tied(thing, sorted(shown, key=_order))


def _order(tie: Tie) -> tuple[str, ...]:
    return tie.relation["_label"], tie.other["id"], str(tie.relation.get("role") or ""), tie.relation["source"]

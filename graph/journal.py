"""The journal of a store: what was done or refused, when, by whom; each entry is chained to the one before by hash."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from threading import Lock
from typing import Any, NamedTuple

START = "0" * 64
UNREADABLE = "读不出"


class Outcome(StrEnum):
    """What an entry says of an action: that it is begun, and what came of it."""

    begun = "begun"
    done = "done"
    refused = "refused"


@dataclass(frozen=True)
class JournalEntry:
    """One line of the journal; ``change`` joins what was begun and what came of it.

    ``thing`` is ``Label:id``, or ``TYPE:from→to`` with the rest of the edge's key, ``key`` the same by column and
    ``name`` what people call it; ``before`` and ``after`` hold the fields that were written; ``told`` is why it was
    refused, or what else there is to say of it.
    """

    action: str
    who: str
    outcome: Outcome = Outcome.done
    role: str = ""
    thing: str = ""
    key: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    why: str = ""
    told: str = ""
    change: str = ""
    version: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    at: str = ""
    previous: str = ""
    hash: str = ""

    def chained(self, head: "Head") -> "JournalEntry":
        """Return this entry as the next one after a head, at this moment."""
        at = self.at or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        after = replace(self, number=head.number + 1, at=at, previous=head.hash, hash="")
        return replace(after, hash=after.digest())

    def digest(self) -> str:
        """Return the hash of all that it says and of the entry before."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def text(self) -> str:
        """Return it as JSON without its own hash."""
        said = vars(self) | {"hash": ""}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)

    @classmethod
    def of(cls, text: str, hash: str) -> "JournalEntry":
        """Return the entry that a text and its hash are."""
        try:
            said = json.loads(text)
            known = {name: value for name, value in said.items() if name in FIELDS}
            return cls(**known | {"outcome": Outcome(said["outcome"]), "hash": hash})
        except (ValueError, TypeError, AttributeError, KeyError):  # somebody wrote over it: no digest of it is its hash
            return cls(UNREADABLE, "", Outcome.refused, told=text[:200], hash=hash)


FIELDS = frozenset(each.name for each in fields(JournalEntry))


@dataclass(frozen=True)
class Head:
    """The last entry of a journal: its number and its hash."""

    number: int = 0
    hash: str = START


class Gist(NamedTuple):
    """An action by what it is searched by, with the numbers of its first and its last entry."""

    first: int
    last: int
    at: str
    who: str
    thing: str
    name: str
    outcome: Outcome


class Past(NamedTuple):
    """What is known of a whole journal: where its chain is broken, in words, and all actions, the first one first."""

    faults: Sequence[str]
    actions: Sequence[Gist]


class Journal(ABC):
    """Where a store keeps its journal; entries are added, never changed.

    What was read of it once is remembered while the process lives: a look reads the entries that came since. Whoever
    has to know that nothing older was touched meanwhile asks anew (``broken``), as ``lianzhang verify`` does.
    """

    def __init__(self) -> None:
        self._read = _Reading()
        self._guard = Lock()

    @abstractmethod
    def append(self, entry: JournalEntry) -> JournalEntry:
        """Add an entry after the last one and return it as it stands; it is on the disk then."""

    @abstractmethod
    def entries(self, last: int = 0, after: int = 0) -> Iterator[JournalEntry]:
        """Yield all entries, the ``last`` so many, or those ``after`` a number, the first one first."""

    @abstractmethod
    def pick(self, numbers: Sequence[int]) -> Iterator[JournalEntry]:
        """Yield the entries of some numbers, the first one first."""

    @abstractmethod
    def head(self) -> Head:
        """Return the last entry as the journal remembers it beside its entries."""

    @abstractmethod
    def fill(self, entries: Iterable[JournalEntry]) -> None:
        """Write entries as they stand into a journal that has none, from a backup."""

    def known(self) -> Past:
        """Return what is known of it by now."""
        with self._guard:
            head, last = self.head(), self._read.last
            if head != last:
                new = self._until(head, last.number)
                if last.number and (not new or new[0].previous != last.hash):  # it is another journal, or a broken one
                    self._read, new = _Reading(), self._until(head)
                for entry in new:
                    self._read.take(entry)
            return Past(self._read.broken(head), [*self._read.actions.values()])

    def _until(self, head: Head, after: int = 0) -> list[JournalEntry]:
        """Return the entries until one that was the last; somebody may be adding to them."""
        return [entry for entry in self.entries(after=after) if entry.number <= head.number]


class _Reading:
    """What was read of a chain of entries so far."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.last = Head()
        self.actions: dict[str, Gist] = {}

    def take(self, entry: JournalEntry) -> None:
        """Read the next entry."""
        if entry.number != self.last.number + 1:
            self.faults.append(f"第 {self.last.number + 1} 条不见了,下一条是第 {entry.number} 条")
        elif entry.previous != self.last.hash:
            self.faults.append(f"第 {entry.number} 条接不上它的前一条")
        if entry.digest() != entry.hash:
            self.faults.append(f"第 {entry.number} 条({entry.at},{entry.who})被改过")
        self.last = Head(entry.number, entry.hash)
        begun = self.actions.get(key := _action_of(entry))
        self.actions[key] = (
            begun._replace(last=entry.number, outcome=entry.outcome)
            if begun
            else Gist(entry.number, entry.number, entry.at, entry.who, entry.thing, entry.name, entry.outcome)
        )

    def broken(self, head: Head) -> list[str]:
        """Return where the chain is broken, when this is to be its end."""
        end = [f"最后一条应是第 {head.number} 条,现在是第 {self.last.number} 条"] if self.last != head else []
        return self.faults + end


def broken(entries: Iterable[JournalEntry], head: Head) -> list[str]:
    """Return where a chain is broken, in words: an entry changed, left out, put in, or cut off at the end."""
    reading = _Reading()
    for entry in entries:
        reading.take(entry)
    return reading.broken(head)


def _action_of(entry: JournalEntry) -> str:
    """Return by what the entries of one action are told from those of others."""
    return entry.change or f"#{entry.number}"


def settled(entries: Iterable[JournalEntry]) -> Sequence[JournalEntry]:
    """Return one entry for each action, in their order: what came of it, and all that it was about."""
    lines: dict[str, JournalEntry] = {}
    for entry in entries:
        key = _action_of(entry)
        begun = lines.get(key)
        lines[key] = (
            entry if begun is None else replace(begun, outcome=entry.outcome, told=entry.told, version=entry.version)
        )
    return [*lines.values()]

"""The journal of a store: what was done or refused, when, by whom; each entry is chained to the one before by hash."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

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
        said = asdict(self) | {"hash": ""}
        return json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)

    @classmethod
    def of(cls, text: str, hash: str) -> "JournalEntry":
        """Return the entry that a text and its hash are."""
        try:
            said = json.loads(text)
            known = {each.name for each in fields(cls)}
            entry = cls(**{name: value for name, value in said.items() if name in known})
            return replace(entry, outcome=Outcome(entry.outcome), hash=hash)
        except (ValueError, TypeError, AttributeError):  # somebody wrote over it: no digest of it is its hash
            return cls(UNREADABLE, "", Outcome.refused, told=text[:200], hash=hash)


@dataclass(frozen=True)
class Head:
    """The last entry of a journal: its number and its hash."""

    number: int = 0
    hash: str = START


class Journal(Protocol):
    """Where a store keeps its journal; entries are added, never changed."""

    def append(self, entry: JournalEntry) -> JournalEntry:
        """Add an entry after the last one and return it as it stands; it is on the disk then."""

    def entries(self, last: int = 0) -> Iterator[JournalEntry]:
        """Yield all entries or the ``last`` so many, the first one first."""

    def head(self) -> Head:
        """Return the last entry as the journal remembers it beside its entries."""

    def fill(self, entries: Iterable[JournalEntry]) -> None:
        """Write entries as they stand into a journal that has none, from a backup."""


def broken(entries: Iterable[JournalEntry], head: Head) -> list[str]:
    """Return where a chain is broken, in words: an entry changed, left out, put in, or cut off at the end."""
    faults, last = list[str](), Head()
    for entry in entries:
        if entry.number != last.number + 1:
            faults.append(f"第 {last.number + 1} 条不见了,下一条是第 {entry.number} 条")
        elif entry.previous != last.hash:
            faults.append(f"第 {entry.number} 条接不上它的前一条")
        if entry.digest() != entry.hash:
            faults.append(f"第 {entry.number} 条({entry.at},{entry.who})被改过")
        last = Head(entry.number, entry.hash)
    if last != head:
        faults.append(f"最后一条应是第 {head.number} 条,现在是第 {last.number} 条")
    return faults


def settled(entries: Iterable[JournalEntry]) -> Sequence[JournalEntry]:
    """Return one entry for each action, in their order: what came of it, and all that it was about."""
    lines: dict[str, JournalEntry] = {}
    for entry in entries:
        key = entry.change or f"#{entry.number}"
        begun = lines.get(key)
        lines[key] = (
            entry if begun is None else replace(begun, outcome=entry.outcome, told=entry.told, version=entry.version)
        )
    return [*lines.values()]

"""What the person who loads says of whole files."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph.errors import InputError
from graph.model import Record, find_type
from loaders.layouts.spelling import clean_head, without_year

Layout = Mapping[str, str]  # of some heads: those mapped by hand with their fields; ``kind`` under the empty word


@dataclass(frozen=True)
class Told:
    """What is said of whole files: the type of their tables, what holds where their rows say nothing (``proof``:
    ``source``, ``status``), the one leader that they are about, and heads with the fields that they stand for.

    ``keep`` are heads of what is said of persons that is kept, masked, each with what it is for; ``layouts`` are what
    was said before of files with the same heads, by ``sign_of`` these; ``census`` is what they are a census of, if any.
    """

    kind: type[Record] | None = None
    proof: Mapping[str, str] = field(default_factory=dict)
    leader: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    layouts: Mapping[str, Layout] = field(default_factory=dict)
    census: str = ""

    @property
    def heads(self) -> dict[str, str]:
        """Return ``columns`` by their heads as these are compared."""
        return {clean_head(head): name for head, name in self.columns.items()}

    @property
    def purposes(self) -> dict[str, str]:
        """Return ``keep`` by its heads as these are compared."""
        return {clean_head(head): purpose for head, purpose in self.keep.items()}

    @property
    def known_heads(self) -> frozenset[str]:
        """Return all heads that were mapped by hand, now or before, as they are compared."""
        before = (clean_head(head) for layout in self.layouts.values() for head in layout if head)
        return frozenset((*self.heads, *before))

    def of(self, heads: Sequence[str]) -> "Told":
        """Return what is said of a table with some heads: where nothing is said of them now, what was said before."""
        layout = self.layouts.get(sign_of(heads), {})
        kind = find_type(layout.get("", ""))
        columns = {head: name for head, name in layout.items() if head}
        return replace(self, kind=self.kind or kind, columns=self.columns or columns) if layout else self


def read_pairs(option: str, pairs: Iterable[str], example: str, once: bool = False) -> dict[str, str]:
    """Return what is said of some heads (``head=value``); raises ``InputError`` where a pair is none, or names a head,
    or what is said of it where that may be ``once``, a second time."""
    said: dict[str, str] = {}
    for pair in pairs:
        head, sign, value = (part.strip() for part in pair.replace("＝", "=", 1).partition("="))
        if not (head and sign and value):
            raise InputError(f"{option} {pair[:100]}：应形如 {example}")
        if head in said:
            raise InputError(f"{option}：“{head[:60]}”这一列写了两次：{said[head]}、{value}")
        if once and value in said.values():
            raise InputError(f"{option}：字段 {value[:60]} 写了两次，一个字段只能是一列")
        said[head] = value
    return said


def sign_of(heads: Sequence[str]) -> str:
    """Return what tells the heads of one layout from those of another, whatever their order."""
    bare = sorted((without_year(head) or [head])[-1] for head in map(clean_head, heads))
    return hashlib.sha256("\n".join(bare).encode()).hexdigest()[:24]


NOTHING_TOLD = Told()
ENDS_OF_LEADER = {
    "supplies": "customer",
    "needs": "enterprise",
    "parts": "leader",
}  # which end of a list is the leader that it is about

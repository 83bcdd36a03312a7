"""Answers kept as bytes, for one version of the graph."""

import gzip
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

Headers = list[tuple[bytes, bytes]]


@dataclass
class Kept:
    """An answer as bytes; ``route`` is what it counts as."""

    status: int
    headers: Headers
    body: bytes
    route: str

    @cached_property
    def packed(self) -> bytes:
        """Return the body in gzip."""
        return gzip.compress(self.body, 6, mtime=0)

    @property
    def weight(self) -> int:
        """Return the bytes that it holds, or may hold."""
        return len(self.body) * 2 + 1_000


@dataclass
class Shelf:
    """Answers of one version, the least used go first when they weigh too much."""

    most: int
    tag: bytes = b""
    weight: int = 0
    answers: "OrderedDict[tuple[bytes, bytes], Kept]" = field(default_factory=OrderedDict)

    def get(self, tag: bytes, key: tuple[bytes, bytes]) -> Kept | None:
        """Return the answer of this version."""
        if tag != self.tag or key not in self.answers:
            return None
        self.answers.move_to_end(key)
        return self.answers[key]

    def put(self, tag: bytes, key: tuple[bytes, bytes], answer: Kept) -> None:
        """Keep an answer; those of another version go."""
        if tag != self.tag:
            self.tag, self.weight = tag, 0
            self.answers.clear()
        old = self.answers.pop(key, None)
        self.weight += answer.weight - (old.weight if old else 0)
        self.answers[key] = answer
        while self.weight > self.most:
            self.weight -= self.answers.popitem(last=False)[1].weight

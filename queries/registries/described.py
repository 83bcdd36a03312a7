"""What each registry is made of, read from ``registries.toml``."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

from queries.core.shipped import Strict, read_shipped


class Count(Strict):
    """What a figure of some metric is compared with; ``stands``: what it is about is so many things without names."""

    metric: str
    what: Literal["rows", "ties", "signed", "amount", "none"]
    kind: str = ""
    words: tuple[str, ...] = ()
    stands: bool = False


class StageSaid(Strict):
    """Who acts in a stage."""

    stage: str
    who: str


class Described(Strict):
    """A registry."""

    title: str
    unit: str
    labels: tuple[str, ...]
    first: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    counts: tuple[Count, ...] = ()
    stages: tuple[StageSaid, ...] = ()


class Registries(Strict):
    """One version of all registries."""

    version: str
    skip: tuple[str, ...]
    registry: Mapping[str, Described]


@cache
def read_registries() -> Registries:
    """Return the descriptions that ship; raises ``InputError`` for a file that does not hold together."""
    return read_shipped(Registries, "registries/registries.toml")

"""What the person who loads says of whole files."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.model import Record
from loaders.layouts.spelling import clean_head


@dataclass(frozen=True)
class Told:
    """What is said of whole files: the type of their tables, what holds where their rows say nothing (``proof``:
    ``source``, ``status``), the one leader that they are about, and heads with the fields that they stand for."""

    kind: type[Record] | None = None
    proof: Mapping[str, str] = field(default_factory=dict)
    leader: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def heads(self) -> dict[str, str]:
        """Return ``columns`` by their heads as these are compared."""
        return {clean_head(head): name for head, name in self.columns.items()}


NOTHING_TOLD = Told()

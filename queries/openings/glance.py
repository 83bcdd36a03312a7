"""The needs of a leader or a chain at a glance: each product once, and who here could meet it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from queries.core.answers import Named
from queries.matching.answers import Level
from queries.openings.answers import Met, Opening, Stage, Wanted


@dataclass
class _Product:
    product: str
    product_id: str | None
    recorded: bool = False
    able: dict[str, Named] = field(default_factory=dict)
    supplying: dict[str, Named] = field(default_factory=dict)

    @property
    def met(self) -> Met:
        return Met.able if self.able else Met.supplied if self.supplying else Met.none


def at_a_glance(needs: Sequence[Opening]) -> list[Wanted]:
    """Return the needed products, each once: which local firms could take the place, and which supply it already."""
    found: dict[str, _Product] = {}
    for row in needs:
        one = found.setdefault(row.product, _Product(row.product, row.product_id))
        one.recorded |= any(record.record == "NEEDS" for record in row.evidence)
        if row.firm is not None and row.local and row.fit in (Level.high, Level.middle) and row.stage != Stage.dropped:
            (one.able if row.computed else one.supplying)[row.firm.id] = row.firm
    return [
        Wanted(**vars(one) | {"met": one.met, "able": [*one.able.values()], "supplying": [*one.supplying.values()]})
        for one in found.values()
    ]

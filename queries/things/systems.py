"""Systems of industries: those that there are, and the chains that are no longer, or not yet, a city's."""

from collections import defaultdict
from datetime import date
from typing import Any

from queries.city.ties import Tied, read_tied
from queries.core.days import holds_on
from queries.core.view import View

IN = "IN_SYSTEM"


def list_systems(view: View) -> list[tuple[Tied, bool]]:
    """Return the systems, each with its chains and sectors and whether it holds on the view's day."""
    return [(system, _holds(view, system.thing)) for system in read_tied(view, "System", into=(IN,))]


def chains_out_of_use(view: View) -> set[str]:
    """Return the chains that are in systems none of which holds on the view's day; one that is in none is in use."""
    day = date.fromisoformat(view.scope.day)
    held: dict[str, list[bool]] = defaultdict(list)
    for system, holds in list_systems(view.whole):
        for tie in system.by(IN, "Chain"):
            held[tie.other["id"]].append(holds and tie.holds(day))
    return {chain for chain, holds in held.items() if not any(holds)}


def _holds(view: View, thing: Any) -> bool:
    return holds_on(date.fromisoformat(view.scope.day), thing.get("valid_from"), thing.get("valid_to"))

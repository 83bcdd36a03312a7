"""What the command, the route and the page do alike: a look is kept."""

from api.core.people import Person
from graph.stores import Store
from loaders.changes import Done
from loaders.looks import LookTaken, keep_look
from queries.core.answers import Named
from queries.core.view import View
from queries.coverage.places import find_look_place

NONE = "none"  # nobody has looked after all


def take_look(
    store: Store,
    person: Person,
    place: str,
    found: str,
    *,
    by: str = "",
    as_of: str = "",
    universe: str = "",
    method: str = "",
    why: str = "",
    seen: str | None = None,
) -> tuple[Named, Done]:
    """Keep what somebody found at a place, in the city of its chains; return the place, and what came of it."""
    at = find_look_place(View.of(store).whole, place)
    regions = [home.id for home in at.regions]
    said = {"as_of": as_of.strip(), "universe": universe.strip(), "method": method.strip()}
    found = "" if found == NONE else found
    look = LookTaken(at.place.id, at.place.name, regions, found, by or person.name, **said, seen=seen)
    return at.place, keep_look(store, look, person.name, why, person.role)

"""What the pictures tell in their panel: facts by node, and the sources that they rest on."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyvis.network import Network

Link = Callable[[str, str], str]
Sources = Mapping[str, str]
Facts = dict[str, Any]


def no_link(_kind: str, _id: str) -> str:
    """Link to nothing, as in a file that stands alone."""
    return ""


def used_sources(
    network: "Network", facts: Mapping[str, Facts], sources: Sources, link: Link, members: Iterable[str]
) -> dict[str, dict[str, str]]:
    """Return name and link of every source that the picture rests on; ``members`` are those of the firms in blocks."""
    items = [*facts.values(), *(item for fact in facts.values() for part in fact["lists"] for item in part["items"])]
    items += [row for edge in network.edges for row in edge["rows"]]
    used = sorted({item["source"] for item in items if item.get("source")}.union(members))
    return {id: {"name": sources.get(id, id), "href": link("Source", id)} for id in used}

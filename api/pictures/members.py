"""The firms of a block: the first are in the network from the start, the rest waits as short rows for a click."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from api.pictures.drawing import add_child, add_more
from api.pictures.layout import MARK
from graph.statuses import STATUS_ZH

if TYPE_CHECKING:
    from pyvis.network import Network

STEP = 24  # how many more a click shows


class BlockFirm(NamedTuple):
    """A firm where it stands in a block; ``name`` is what it is called there."""

    id: str
    name: str
    status: str
    source: str
    detail: str = ""
    place: str | None = None
    mark: str = ""


@dataclass
class Members:
    """The blocks of a picture by their box; ``most`` is how many firms are named in all, shared out among them."""

    network: "Network"
    origins: dict[str, int] = field(default_factory=dict)
    blocks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(
        self, box: str, firms: Sequence[BlockFirm], *, count: int, top: int, drawn: int, products: Sequence[str] = ()
    ) -> None:
        """Add the firms of a box, of which there are ``count``: the ``drawn`` first as nodes, ``top`` of them shown
        when the block is open."""
        nodes = [member_id(box, firm.id) for firm in firms[:drawn]]
        for node, firm in zip(nodes, firms, strict=False):
            add_child(self.network, node, firm.name, "firm", firm.status, mark=firm.mark)
        rows = [self._row(firm) for firm in firms]
        self.blocks[box] = {"products": [*products], "firms": nodes, "rows": rows, "count": count, "top": top}

    def _row(self, firm: BlockFirm) -> list[Any]:
        """Return a firm as short as it goes: its source is a number of ``origins``, and nothing ends it."""
        source = self.origins.setdefault(firm.source, len(self.origins))
        row: list[Any] = [firm.id, firm.name, firm.status, source, firm.detail, firm.place or "", firm.mark]
        while row[-1] == "":
            row.pop()
        return row

    def parts(self) -> dict[str, Any]:
        """Return what the picture's data has of them."""
        return {"blocks": self.blocks, "origins": [*self.origins], "step": STEP}


def member_id(box: str, firm: str) -> str:
    """Return the id of the node that stands for a firm in a block."""
    return f"f|{box[2:]}{MARK}{firm}"


def make_templates() -> "Network":
    """Return the nodes that those shown later are made like: a firm of each status, and the box of the rest."""
    from pyvis.network import Network

    templates = Network(directed=True)
    for status in STATUS_ZH:
        add_child(templates, status, "", "firm", status)
    add_more(templates, "more")
    return templates


def share(sizes: Sequence[int], most: int | None) -> int:
    """Return how many of each of some blocks there is room for, so that no more than ``most`` are shown together."""
    largest = max(sizes, default=0)
    if most is None:
        return largest
    return bisect_right(range(largest + 1), most, key=lambda room: sum(min(size, room) for size in sizes)) - 1

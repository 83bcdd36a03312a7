"""How lines run: from the side of one box to the side of another, through bends, and along rails to the row below."""

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from api.pictures.layout import BEND, GEOMETRY, MARK, PictureLayout, below_places, column_places

if TYPE_CHECKING:
    from pyvis.network import Network

Piece = tuple[str, str, str]  # from, to, shape
SHAPES: dict[str, dict[str, Any]] = {
    "flat": {"enabled": True, "type": "cubicBezier", "forceDirection": "horizontal", "roundness": 0.5},
    "upright": {"enabled": True, "type": "cubicBezier", "forceDirection": "vertical", "roundness": 0.5},
    "down": {"enabled": True, "type": "curvedCW", "roundness": 0.35},
    "up": {"enabled": True, "type": "curvedCCW", "roundness": 0.35},
    "straight": {"enabled": False},
}
HALF = GEOMETRY["box_width"] / 2
RAIL = 10


class Wiring:
    """The ports, bends and rails of one picture; ``anchors`` says where each stands beside its box."""

    def __init__(
        self,
        network: "Network",
        layout: PictureLayout,
        blocks: Mapping[str, Mapping[str, Any]],
        prefix: str = "s|",
    ) -> None:
        self.network, self.routes, self.prefix = network, layout.routes, prefix
        self.anchors: dict[str, dict[str, Any]] = {}
        self.below = {prefix + id for id in layout.below}
        self.spots: dict[str, tuple[float, int]] = {}
        self.columns: dict[float, list[str]] = {}
        for column, x in zip(layout.columns, column_places(layout), strict=True):
            self.columns[x] = [prefix + item for item in column.items if not item.startswith(BEND)]
            for row, item in enumerate((*column.items, *column.rest)):
                self.spots[prefix + item] = (x, row * 10_000)
        for id, x in zip(layout.below, below_places(layout), strict=True):
            self.spots[prefix + id] = (x, 0)
        for block, children in blocks.items():
            x, row = self.spots[block]
            for number, child in enumerate([*children["products"], *children["firms"]], 1):
                self.spots[child] = (x, row + number)
        for bend in dict.fromkeys(item for column in layout.columns for item in column.items if item.startswith(BEND)):
            self._add_dot(bend)

    def between(self, start: str, end: str) -> list[Piece]:
        """Return the pieces of a line between two boxes."""
        if start in self.below and end in self.below:
            return [(self._top(start), self._top(end), "up" if self.spots[start] > self.spots[end] else "down")]
        if end in self.below:
            stops = [self._port(start, "out"), *self._rail(start, "out")]
            return [
                *((stop, following, "straight") for stop, following in pairwise(stops)),
                (stops[-1], self._top(end), "upright"),
            ]
        if start in self.below:
            stops = [*reversed(self._rail(end, "in")), self._port(end, "in")]
            return [
                (self._top(start), stops[0], "upright"),
                *((stop, following, "straight") for stop, following in pairwise(stops)),
            ]
        return self._across(start, end)

    def _across(self, start: str, end: str) -> list[Piece]:
        """Return the pieces of a line through bends: it turns between the columns, and goes straight through them."""
        way = self.routes.get((start.removeprefix(self.prefix), end.removeprefix(self.prefix)), ())
        if not way:
            return self._beside(start, end)
        stops = [self._port(start, "out"), *(self._port(bend, side) for bend in way for side in ("in", "out"))]
        stops.append(self._port(end, "in"))
        shapes = ("flat", "straight")
        return [(stop, following, shapes[number % 2]) for number, (stop, following) in enumerate(pairwise(stops))]

    def _beside(self, start: str, end: str) -> list[Piece]:
        (left, above), (right, below) = self.spots[start], self.spots[end]
        if left == right:
            return [(self._port(start, "out"), self._port(end, "out"), "down" if above < below else "up")]
        sides = ("out", "in") if left < right else ("in", "out")
        return [(self._port(start, sides[0]), self._port(end, sides[1]), "flat")]

    def _port(self, of: str, side: str) -> str:
        return self._anchor(of, side, dx=HALF if side == "out" else -HALF, dy=0, port=True)

    def _top(self, of: str) -> str:
        return self._anchor(of, "top", dx=0, dy=-GEOMETRY["box"] / 2, port=True)

    def _rail(self, of: str, side: str) -> list[str]:
        """Return the dots of the rail beside a box's column, from the box down
        to below the columns; a column's boxes share it."""
        dx = (HALF + RAIL) * (1 if side == "out" else -1)
        column = self.columns[self.spots[of][0]]
        dots = [self._anchor(box, f"{side} rail", dx=dx, dy=0) for box in column[column.index(of) :]]
        return [*dots, self._anchor(column[-1], f"{side} foot", dx=dx, foot=True)]

    def _anchor(self, of: str, what: str, **place: Any) -> str:
        id = f"{BEND}{what}{MARK}{of}"
        if id not in self.anchors:
            self.anchors[id] = {"of": of, **place}
            self._add_dot(id)
        return id

    def _add_dot(self, id: str) -> None:
        self.network.add_node(
            id, label=" ", shape="dot", size=0.6, color="drawn-feeds", borderWidth=0, kind="bend", chosen=False
        )

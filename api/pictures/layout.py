"""Where things stand in a picture: columns by tier and longest path, rows by barycentre, no physics."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

TIERS = ("上游", "中游", "下游")
SERVICE = "服务"
UNPLACED = "层级未注明"
SWEEPS = 12
MOST_COLUMNS = 6  # more make names too small to be read
MARK = "\x1f"  # no id or name can hold it, so what is made up with it is never taken for a real id
BEND = f"{MARK}bend{MARK}"

# A unit is a pixel while the picture is as large as it is drawn: six columns go beside the panel on a screen of 1366.
GEOMETRY: dict[str, int] = {
    "column": 170,
    "band_gap": 14,
    "box": 62,
    "box_width": 144,
    "gap": 20,
    "bend": 12,
    "child": 27,
    "pad": 10,
    "below": 84,
    "foot": 14,
}

Pair = tuple[str, str]


@dataclass(frozen=True)
class LayoutColumn:
    """One column of a picture: its band's name and what stands in it, top to bottom; bends of long edges begin with
    ``BEND``. What is in ``rest`` is shown on a click, in all columns of the same ``side`` together."""

    band: str
    items: tuple[str, ...]
    rest: tuple[str, ...] = ()
    side: int = 0


@dataclass(frozen=True)
class PictureLayout:
    """The columns from left to right, the row below them, and the way of each edge through the bends."""

    columns: tuple[LayoutColumn, ...]
    below: tuple[str, ...] = ()
    routes: dict[Pair, tuple[str, ...]] = field(default_factory=dict)

    @property
    def pitch(self) -> int:
        """Return how far apart the columns stand: a picture with few of them has room."""
        return GEOMETRY["column"] + 24 * max(0, 6 - max(3, len(self.columns)))


def layers_of(ids: Sequence[str], edges: Iterable[Pair]) -> dict[str, int]:
    """Return the longest-path layer of each id; edges that close a cycle are left out in a fixed order."""
    inside = set(ids)
    out: dict[str, list[str]] = defaultdict(list)
    for start, end in sorted(set(edges)):
        if start in inside and end in inside and start != end:
            out[start].append(end)
    layer = dict.fromkeys(ids, 0)
    for node in _topological(ids, out):
        for following in out[node]:
            layer[following] = max(layer[following], layer[node] + 1)
    return layer


def _topological(ids: Sequence[str], out: dict[str, list[str]]) -> list[str]:
    """Order ids so that edges run forward, removing from ``out`` those that cannot."""
    order: list[str] = []
    state: dict[str, int] = {}
    for root in ids:
        if root in state:
            continue
        stack = [(root, iter(list(out[root])))]
        state[root] = 1
        while stack:
            node, following = stack[-1]
            child = next(following, None)
            if child is None:
                state[node] = 2
                order.append(node)
                stack.pop()
            elif state.get(child) == 1:
                out[node].remove(child)
            elif child not in state:
                state[child] = 1
                stack.append((child, iter(list(out[child]))))
    return order[::-1]


def arrange(tiers: Mapping[str, str | None], feeds: Iterable[Pair]) -> PictureLayout:
    """Return the columns of a chain: upstream, midstream and downstream, each
    in layers of its own; services stand below."""
    edges = sorted({(a, b) for a, b in feeds if a in tiers and b in tiers and a != b})
    bands = {band: [id for id, tier in tiers.items() if (tier or UNPLACED) == band] for band in (*TIERS, UNPLACED)}
    columns: list[tuple[str, list[str]]] = []
    depths = {band: layers_of(ids, edges) for band, ids in bands.items()}
    width = _widths({band: max(depth.values(), default=-1) + 1 for band, depth in depths.items()})
    for band, depth in depths.items():
        deep = max(depth.values(), default=-1) + 1
        for level in range(width[band]):
            columns.append((band, [id for id in bands[band] if depth[id] * width[band] // deep == level]))
    place = {id: number for number, (_, ids) in enumerate(columns) for id in ids}
    routes = _bend(columns, place, edges)
    steps = [step for (start, end), way in routes.items() for step in zip((start, *way), (*way, end), strict=True)]
    ordered = order_rows([ids for _, ids in columns], sorted(set(steps)))
    services = [id for id, tier in tiers.items() if tier == SERVICE]
    below = _order_below(services, place, edges)
    return PictureLayout(
        tuple(LayoutColumn(band, tuple(ids)) for (band, _), ids in zip(columns, ordered, strict=True)),
        tuple(below),
        routes,
    )


def _widths(deep: Mapping[str, int]) -> dict[str, int]:
    """Return how many columns each band has: as many as it has layers, while there are few enough in all to be read;
    those of the deepest share columns."""
    width = dict(deep)
    while sum(width.values()) > MOST_COLUMNS and max(width.values()) > 1:
        width[max(width, key=lambda band: width[band])] -= 1
    return width


def _bend(
    columns: list[tuple[str, list[str]]], place: dict[str, int], edges: list[Pair]
) -> dict[Pair, tuple[str, ...]]:
    """Put a bend into every column that a long edge crosses; edges out of one thing share their bends."""
    routes: dict[Pair, tuple[str, ...]] = {}
    seen: set[str] = set()
    for start, end in edges:
        if start not in place or end not in place:
            continue
        way = tuple(f"{BEND}{start}{MARK}{column}" for column in range(place[start] + 1, place[end]))
        routes[start, end] = way
        for column, bend in enumerate(way, place[start] + 1):
            if bend not in seen:
                seen.add(bend)
                columns[column][1].append(bend)
    return routes


def order_rows(columns: list[list[str]], edges: Sequence[Pair]) -> list[list[str]]:
    """Return the columns with their rows ordered by barycentre sweeps, the order with the fewest crossings found."""
    best = [list(column) for column in columns]
    fewest = count_crossings(best, edges)
    current = [list(column) for column in columns]
    back, forth = defaultdict(list), defaultdict(list)
    for start, end in edges:
        forth[start].append(end)
        back[end].append(start)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        for number in range(len(current)) if forward else reversed(range(len(current))):
            _sort_column(current, number, back if forward else forth)
        crossings = count_crossings(current, edges)
        if crossings < fewest:
            best, fewest = [list(column) for column in current], crossings
    return best


def _sort_column(columns: list[list[str]], number: int, neighbours: Mapping[str, list[str]]) -> None:
    height = {id: (row + 0.5) / len(column) for column in columns for row, id in enumerate(column)}

    def centre(id: str) -> float:
        near = [height[neighbour] for neighbour in neighbours[id] if neighbour in height] if id in neighbours else []
        return sum(near) / len(near) if near else height[id]

    columns[number].sort(key=centre)


def count_crossings(columns: Sequence[Sequence[str]], edges: Iterable[Pair]) -> int:
    """Return how many pairs of edges between neighbouring columns cross."""
    place = {id: (number, row) for number, column in enumerate(columns) for row, id in enumerate(column)}
    gaps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for start, end in edges:
        if start in place and end in place and place[end][0] - place[start][0] == 1:
            gaps[place[start][0]].append((place[start][1], place[end][1]))
    return sum(_inversions([end for _, end in sorted(pairs)]) for pairs in gaps.values())


def _inversions(numbers: list[int]) -> int:
    """Count the pairs that stand the wrong way round, with a binary indexed tree."""
    tree = [0] * (max(numbers, default=0) + 2)
    inversions = 0
    for seen, number in enumerate(numbers):
        inversions += seen - _sum_to(tree, number + 1)
        position = number + 1
        while position < len(tree):
            tree[position] += 1
            position += position & -position
    return inversions


def _sum_to(tree: list[int], position: int) -> int:
    total = 0
    while position > 0:
        total += tree[position]
        position -= position & -position
    return total


def _order_below(ids: list[str], place: dict[str, int], edges: list[Pair]) -> list[str]:
    """Order the row below by the columns that its things are joined to."""
    near: dict[str, list[int]] = defaultdict(list)
    for start, end in edges:
        for here, there in ((start, end), (end, start)):
            if there in place:
                near[here].append(place[there])
    return sorted(ids, key=lambda id: sum(near[id]) / len(near[id]) if near[id] else math.inf)


def place(
    layout: PictureLayout, sizes: Mapping[str, int], opened: Mapping[str, int] | None = None
) -> dict[str, tuple[float, float]]:
    """Return where each block stands; ``opened`` tells how many children of a
    block are shown. ``picture.js`` does the same."""
    spots: dict[str, tuple[float, float]] = {}
    bottom = 0.0
    for column, x, top in zip(layout.columns, column_places(layout), column_tops(layout, sizes, opened), strict=True):
        y = top
        for item in column.items:
            spots[item] = (x, y + sizes[item] / 2)
            y += block_height(sizes[item], (opened or {}).get(item, 0)) + GEOMETRY["gap"]
        bottom = max(bottom, y)
    for item, x in zip(layout.below, below_places(layout), strict=True):
        spots[item] = (x, bottom + GEOMETRY["below"] + sizes[item] / 2)
    return spots


def block_height(size: float, children: int) -> float:
    """Return how high a block is with its shown children, one below the other."""
    return size + (children * GEOMETRY["child"] + GEOMETRY["pad"] if children else 0)


def column_places(layout: PictureLayout) -> list[float]:
    """Return the x of each column, with a wider gap where the band changes."""
    places, x, band = [], 0.0, None
    for column in layout.columns:
        x += (layout.pitch if band is not None else 0) + (
            GEOMETRY["band_gap"] if band not in (None, column.band) else 0
        )
        places.append(x)
        band = column.band
    return places


def column_tops(
    layout: PictureLayout, sizes: Mapping[str, int], opened: Mapping[str, int] | None = None
) -> list[float]:
    """Return where each column begins so that all are centred on one line as they are shown first."""
    return [
        -(
            sum(block_height(sizes[item], (opened or {}).get(item, 0)) for item in column.items)
            + GEOMETRY["gap"] * (len(column.items) - 1)
        )
        / 2
        for column in layout.columns
    ]


def below_places(layout: PictureLayout) -> list[float]:
    """Return the x of each thing in the row below, spread around the middle of the columns."""
    columns = column_places(layout)
    middle = (columns[0] + columns[-1]) / 2 if columns else 0.0
    return [middle + (number - (len(layout.below) - 1) / 2) * layout.pitch for number in range(len(layout.below))]


def split_rows(ids: Sequence[str], most: int) -> list[list[str]]:
    """Break one long column into as few of equal height as hold at most so many each."""
    columns = -(-len(ids) // most)
    rows = -(-len(ids) // columns) if columns else 1
    return [list(ids[start : start + rows]) for start in range(0, len(ids), rows)]

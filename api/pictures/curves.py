"""The curve of leaders' needs that are still served as firms fall, as shapes for inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from queries.gaps.answers import Curve

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 14, 46
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Line:
    """One line with its classes, what it is called, and the area under it."""

    kind: str
    side: str
    name: str
    points: str
    area: float | None


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: where it stands and what it says."""

    spot: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Everything that the template needs to draw the curve."""

    lines: tuple[Line, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw_served(before: Curve, after: Curve) -> Chart | None:
    """Return the chart of two curves; None where neither has a need that firms here serve."""
    lines = [
        Line(kind, side, f"{word}（{zh}）", _points(shares), area)
        for side, zh, curve in (("before", "之前", before), ("after", "之后", after))
        for kind, word, shares, area in (
            ("random", "随机退出", curve.random, curve.random_area),
            ("rank", "按风险先后退出", curve.by_rank, curve.by_rank_area),
        )
        if len(shares) > 1
    ]
    if not lines:
        return None
    return Chart(
        tuple(lines),
        tuple(Tick(_across(share), f"{share:.0%}") for share in TICKS),
        tuple(Tick(_up(share), f"{share:.0%}") for share in TICKS),
    )


def _points(shares: Sequence[float]) -> str:
    """Return the corners of a line over the share of firms that have fallen."""
    last = len(shares) - 1
    shown = min(last, WIDTH)  # more corners than dots across are not seen
    places = [round(step * last / shown) for step in range(shown + 1)]
    return " ".join(f"{_across(place / last):.1f},{_up(shares[place]):.1f}" for place in places)


def _across(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _up(share: float) -> float:
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)

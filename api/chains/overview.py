"""A chain at a glance: its segments as cards in columns by tier, with lines between them, in a fixed frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pictures.layout import BEND, SERVICE, arrange
from queries.core.answers import Flow
from queries.week.answers import SegmentStrip

WIDE, HIGH = 852, 452  # of the frame
HEAD = 18  # the names of the tiers
CARD = (146, 84)  # at most
EDGE = 4  # round the cards
MOST = 20  # segments that have cards; with more they are rows


@dataclass(frozen=True)
class Card:
    """A segment where it stands."""

    segment: SegmentStrip
    x: int
    y: int
    wide: int
    high: int


@dataclass(frozen=True)
class FeedLine:
    """What feeds what, as a path from the edge of one card to that of the other."""

    start: str
    end: str
    path: str


@dataclass(frozen=True)
class AtAGlance:
    """The cards, the lines between them, and the names of the tiers with their places."""

    cards: Sequence[Card]
    lines: Sequence[FeedLine]
    tiers: Sequence[tuple[str, int, int]]


def overview(segments: Sequence[SegmentStrip], feeds: Sequence[Flow]) -> AtAGlance | None:
    """Return a chain at a glance; None where it has more segments than there is room for as cards, or none."""
    if not 0 < len(segments) <= MOST:
        return None
    by_id = {one.segment.id: one for one in segments}
    flows = [(flow.upstream, flow.downstream) for flow in feeds if flow.upstream in by_id and flow.downstream in by_id]
    layout = arrange({id: one.tier for id, one in by_id.items()}, flows)
    columns = [[id for id in column.items if not id.startswith(BEND)] for column in layout.columns]
    bands = [column.band for column, ids in zip(layout.columns, columns, strict=True) if ids]
    columns = [ids for ids in columns if ids]
    rows = max((len(ids) for ids in columns), default=0)
    lanes = max(1, len(columns))
    below = [list(layout.below[at : at + lanes]) for at in range(0, len(layout.below), lanes)]
    across = max(lanes, max(map(len, below), default=0))
    wide = min(CARD[0], (WIDE - 2 * EDGE - 22 * (across - 1)) // across)
    every = rows + len(below)
    high = min(CARD[1], (HIGH - HEAD - 2 * EDGE - 8 * (every - 1)) // max(1, every))
    room = HIGH - HEAD - 2 * EDGE - len(below) * (high + 8)
    cards: dict[str, Card] = {}
    tiers: list[tuple[str, int, int]] = []
    for number, ids in enumerate(columns):
        x = _spread(number, len(columns), wide)
        if not tiers or tiers[-1][0] != bands[number]:
            tiers.append((bands[number], x, 13))
        gap = min(24, (room - len(ids) * high) // max(1, len(ids)))
        top = HEAD + EDGE + max(0, (room - len(ids) * high - (len(ids) - 1) * gap) // 2)
        for row, id in enumerate(ids):
            cards[id] = Card(by_id[id], x, top + row * (high + gap), wide, high)
    for number, ids in enumerate(below):
        y = HIGH - EDGE - (len(below) - number) * (high + 8) + 8
        for place, id in enumerate(ids):
            x = _spread(place + 1, len(ids) + 2, wide)
            cards[id] = Card(by_id[id], x, y, wide, high)
            if not number and not place:
                tiers.append((SERVICE, x - 28, y + 14))
    lines = [FeedLine(start, end, _path(cards[start], cards[end])) for start, end in sorted(set(flows)) if start != end]
    return AtAGlance([cards[id] for id in by_id], lines, tiers)


def _spread(place: int, places: int, wide: int) -> int:
    """Return the left edge of one of some places that share the frame's width evenly."""
    if places == 1:
        return (WIDE - wide) // 2
    return EDGE + round(place * (WIDE - 2 * EDGE - wide) / (places - 1))


def _path(start: Card, end: Card) -> str:
    """Return a curve from a card to another: from side to side, or, where they stand above each other, from below."""
    if end.x >= start.x + start.wide:
        x, y, to, at = start.x + start.wide, start.y + start.high // 2, end.x - 5, end.y + end.high // 2
        bend = max(16, (to - x) // 2)
        return f"M{x} {y}C{x + bend} {y} {to - bend} {at} {to} {at}"
    down = end.y > start.y
    x, y = start.x + start.wide // 2, start.y + (start.high if down else 0)
    to, at = end.x + end.wide // 2, end.y - 5 if down else end.y + end.high + 5
    bend = (at - y) // 2
    return f"M{x} {y}C{x} {y + bend} {to} {at - bend} {to} {at}"


def rows_of(segments: Sequence[SegmentStrip], gaps: Mapping[str, float]) -> list[SegmentStrip]:
    """Return segments for rows, the worst first."""
    return sorted(segments, key=lambda one: (one.look.order, -gaps.get(one.segment.id, 0.0), one.segment.id))

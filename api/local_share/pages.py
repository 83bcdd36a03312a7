"""What a leader, or the leaders of a chain, buy here and elsewhere, part by part."""

from collections.abc import Iterator
from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.core.page import add_book
from queries.core.words import show_number
from queries.local_share.answers import Bought, LocalShare, ShareBounds
from queries.local_share.questions import local_share
from queries.local_share.tables import WAN, told_bounds

YI = 1e8

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class Stretch(NamedTuple):
    """A part of a bar: where it is bought, how much of the whole that is, and in words how much."""

    code: str
    name: str
    start: float
    width: float
    text: str


class ShareBar(NamedTuple):
    """A bar of a share with its bounds in words."""

    name: str
    told: str
    unknown: float
    stretches: list[Stretch]
    left_out: int


def bars_of(answer: LocalShare) -> list[ShareBar]:
    """Return the bars of a local share, by count and by value, without one of which nothing is known."""
    large = answer.by_value.total >= YI
    money = ("{} 亿元", YI) if large else ("{} 万元", WAN)
    both = (("按件数", answer.by_count, "{} 件", 1.0), ("按金额", answer.by_value, *money))
    return [
        ShareBar(name, told_bounds(bounds), bounds.unknown_share, [*_stretches(bounds, unit, scale)], bounds.left_out)
        for name, bounds, unit, scale in both
        if bounds.total
    ]


def _stretches(bounds: ShareBounds, unit: str, scale: float) -> Iterator[Stretch]:
    start = 0.0
    for bought in (Bought.local, Bought.unknown, Bought.outside):  # what is not known lies between the bounds
        amount = getattr(bounds, bought.name)
        width = 100 * amount / bounds.total
        text = unit.format(show_number(round(amount / scale, 2)))
        yield Stretch(bought.code, bought, start, width, text)
        start += width


add_book(router, local_share, "local_share.html", bars_of=bars_of)

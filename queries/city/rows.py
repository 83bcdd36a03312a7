"""Relations of the graph as rows with their proof."""

from collections.abc import Iterable
from itertools import repeat
from typing import NamedTuple

import polars as pl

from queries.city.city import City


class Row(NamedTuple):
    """One relation of the graph with its proof; ``product`` as it is written, ``good`` the id of what that is."""

    type: str
    start: str
    end: str
    status: str
    source: str
    place: str | None = None
    ended: bool = False
    essential: bool = False
    good: str = ""
    product: str = ""
    confidence: float = 0.0
    note: str = ""


def rows_at(city: City, type_name: str, column: str, ids: Iterable[str], ended: bool = False) -> tuple[Row, ...]:
    """Return the edges of a type with one end (``from`` or ``to``) among some
    ids, those that have ended only where asked for."""
    frame = city.edges[type_name] if ended else city.going(type_name)
    return rows_of(type_name, frame.filter(pl.col(column).is_in(list(ids))))


def rows_of(type_name: str, frame: pl.DataFrame) -> tuple[Row, ...]:
    """Return the rows of one of the city's frames of edges as relations."""
    empty = {"essential": False, "good": "", "product": "", "confidence": 0.0, "note": ""}
    own = [
        frame[name].fill_null(value).to_list() if name in frame.columns else repeat(value)
        for name, value in empty.items()
    ]
    proof = (frame[name].to_list() for name in ("from", "to", "status", "source", "place", "ended"))
    return tuple(map(Row._make, zip(repeat(type_name), *proof, *own, strict=False)))

"""Tables of plain values drawn for pages: each cell with its address, its look, and by what it is sorted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.core.links import Links
from queries.core.answers import STATUS_ORDER
from queries.core.table import FIT_ORDER, Ask, Column, Folded, Item, Number, SourceRef, Table, Thing, extra_of, told
from queries.gaps.answers import STATE_ORDER, State

MOST_ROWS = 100  # of a table on a page; the rest is on pages of the table's own
LOOKS = {"lines": "said", "remarks": "wrong", "ask": "action"}  # of kinds that are called otherwise in templates


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what it links to, its look, by what it is sorted, a smaller text after it, or the text as a list or as steps."""

    text: str
    href: str
    kind: str
    sort: str | float | None
    extra: str
    lines: Sequence[str]
    steps: Sequence[Any]


def draw(table: Table[Item], items: Iterable[Item], links: Links, sources: Mapping[str, str], alone: bool = False) -> list[list[Cell]]:
    """Return some rows of a table as templates draw them; ``alone``: without the picture that they would select something in."""
    columns = table.on_pages
    return [[_cell(column, item, links, sources, alone) for column in columns] for item in items]


def _cell(column: Column[Item], item: Item, links: Links, sources: Mapping[str, str], alone: bool) -> Cell:
    value = column.of(item)
    kind = "thing" if alone and column.kind == "segment" else column.kind
    lines = value.lines if isinstance(value, Folded) else value if kind in ("lines", "remarks") else ()
    steps = value if kind == "steps" else ()
    text, extra, sort = told(kind, value, sources), extra_of(column, item, value), sort_of(column, item)
    return Cell(text, _address(kind, value, links), _look(kind, value), sort, extra, lines, steps)


def _address(kind: str, value: Any, links: Links) -> str:
    match value:
        case Thing():
            return f"s|{value.id}" if kind == "segment" else links.thing(value.label, value.id)
        case SourceRef():
            return links.to("sources", value.id)
        case Ask():
            return links.ask(value.question, **value.arguments)
        case [id] if kind == "source":
            return links.to("sources", id)
    return ""


def _look(kind: str, value: Any) -> str:
    match kind:
        case "state":
            return f"state-{State(value).name}"
        case "status":
            return f"status-{value}" if value else "text"
        case "fit":
            return f"fit-{FIT_ORDER[value]}"
        case "able":
            return "yes" if value else "no"
        case "change":
            return "text" if isinstance(value, str) else "worse" if value > 0 else "better" if value < 0 else "number"
        case "thing" | "lines" if isinstance(value, Folded):
            return "looked"
        case "thing":
            return "nobody" if value is None else "text"
    return LOOKS.get(kind, kind)


def sort_of(column: Column[Item], item: Item) -> str | float | None:
    """Return by what a cell is sorted; where that is nothing, it is its text."""
    value: Any = column.of(item)
    match column.kind:
        case _ if column.sort:
            return column.sort(item)
        case _ if isinstance(value, Number):
            return value.value
        case "state":
            return STATE_ORDER[value]
        case "status":
            return STATUS_ORDER.get(value, 9)
        case "fit":
            return FIT_ORDER[value]
        case "firms" | "lines" | "remarks":
            return len(value.lines if isinstance(value, Folded) else value)
        case "number" | "share":
            return value  # type: ignore[no-any-return]
        case "score" | "change":
            return value if isinstance(value, (int, float)) else ""
        case "thing" if not isinstance(value, (Thing, str)):
            return ""
    return None

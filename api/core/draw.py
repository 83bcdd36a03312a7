"""Tables of plain values drawn for pages: each cell with its address, its look, and by what it is sorted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.core.links import SiteLinks
from queries.core.answers import STATUS_ORDER
from queries.core.table import Ask, Column, Folded, Item, Number, SourceRef, Table, ThingRef, extra_of, told

MOST_ROWS = 100  # of a table on a page; the rest is on pages of the table's own
LOOKS: dict[str, Callable[[Any], str]] = {  # of cells whose look depends on what they say, or has a name of its own
    "state": lambda state: f"state-{state.code}",
    "status": lambda status: f"status-{status}" if status else "text",
    "fit": lambda fit: f"fit-{SORTS['fit'](fit)}",
    "able": lambda able: "yes" if able else "no",
    "change": lambda by: "text" if isinstance(by, str) else "worse" if by > 0 else "better" if by < 0 else "number",
    "thing": lambda thing: "nobody" if thing is None else "looked" if isinstance(thing, Folded) else "text",
    "lines": lambda lines: "looked" if isinstance(lines, Folded) else "said",
    "remarks": lambda _: "wrong",
    "ask": lambda _: "action",
}
SORTS: dict[str, Callable[[Any], str | float | None]] = {  # by what is sorted that does not sort as its text
    "state": lambda state: state.order,
    "status": lambda status: STATUS_ORDER.get(status, 9),
    "fit": lambda fit: 3 if fit is None else fit.order,
    "firms": len,
    "lines": lambda lines: len(lines.lines if isinstance(lines, Folded) else lines),
    "remarks": len,
    "number": lambda number: number,
    "share": lambda share: share,
    "score": lambda score: "" if score is None else score,
    "change": lambda by: "" if isinstance(by, str) else by,
    "thing": lambda thing: None if isinstance(thing, (ThingRef, str)) else "",
}


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what it links to, its look, by what it is sorted, a
    smaller text after it, or the text as a list or as steps."""

    text: str
    href: str
    kind: str
    sort: str | float | None
    extra: str
    lines: Sequence[str]
    steps: Sequence[Any]


def draw(
    table: Table[Item], items: Iterable[Item], links: SiteLinks, sources: Mapping[str, str], alone: bool = False
) -> list[list[Cell]]:
    """Return some rows of a table as templates draw them; ``alone``: without
    the picture that they would select something in."""
    columns = table.on_pages
    return [[_cell(column, item, links, sources, alone) for column in columns] for item in items]


def _cell(column: Column[Item], item: Item, links: SiteLinks, sources: Mapping[str, str], alone: bool) -> Cell:
    value = column.of(item)
    kind = "thing" if alone and column.kind == "segment" else column.kind
    lines = value.lines if isinstance(value, Folded) else value if kind in ("lines", "remarks") else ()
    steps = value if kind == "steps" else ()
    text, extra, sort = told(kind, value, sources), extra_of(column, item, value), sort_of(column, item)
    return Cell(
        text, _address(kind, value, links), LOOKS[kind](value) if kind in LOOKS else kind, sort, extra, lines, steps
    )


def _address(kind: str, value: Any, links: SiteLinks) -> str:
    match value:
        case ThingRef():
            return f"s|{value.id}" if kind == "segment" else links.thing(value.label, value.id)
        case SourceRef():
            return links.to("sources", value.id)
        case Ask():
            return links.ask(value.question, **value.arguments)
        case [id] if kind == "source":
            return links.to("sources", id)
    return ""


def sort_of(column: Column[Item], item: Item) -> str | float | None:
    """Return by what a cell is sorted; where that is nothing, it is its text."""
    if column.sort:
        return column.sort(item)
    value = column.of(item)
    return value.value if isinstance(value, Number) else SORTS[column.kind](value) if column.kind in SORTS else None

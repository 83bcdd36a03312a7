"""Tables of plain values drawn for pages: each cell with its address, its look, and by what it is sorted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.core.links import SiteLinks
from queries.core.answers import STATUS_ORDER
from queries.core.days import show_part
from queries.core.table import Ask, Column, Folded, Item, Number, SourceRef, Table, ThingRef, extra_of, told

MOST_ROWS = 100  # of a table on a page; the rest is on pages of the table's own
FEW = 4  # rows: in fewer, what is the same in each stays in the table
BASIS = ("status", "source")  # kinds of columns that are said once already for two rows
ALIKE = ("text", "date", "place", "act", "lines", "remarks", "thing")
LOOKS: dict[str, Callable[[Any], str]] = {  # of cells whose look depends on what they say, or has a name of its own
    "state": lambda state: f"state-{state.code}" if state else "text",
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
    "state": lambda state: state.order if state else 9,
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


@dataclass(frozen=True)
class DrawnColumn:
    """A column that is drawn: its place among those of pages, its head, and whether it is all bare numbers."""

    place: int
    head: str
    bare: bool


@dataclass(frozen=True)
class Drawn:
    """A table as a page draws it: without columns that say nothing, and what
    every row would repeat said once, with its head."""

    columns: Sequence[DrawnColumn]
    rows: Sequence[Sequence[Cell]]
    once: Sequence[tuple[str, Cell]]


def draw_table(
    table: Table[Item], links: SiteLinks, sources: Mapping[str, str], most: int = MOST_ROWS, whole: bool = False
) -> Drawn:
    """Return the first rows of a table as a page draws it; ``whole``: with every column as it is."""
    rows = draw(table, table.items[:most], links, sources)
    by_column = [[row[place] for row in rows] for place in range(len(table.on_pages))]
    columns, kept, once = list[DrawnColumn](), list[list[Cell]](), list[tuple[str, Cell]]()
    for place, (column, cells) in enumerate(zip(table.on_pages, by_column, strict=True)):
        same = None if whole or not place or not rows or len(table.items) > most else _same(column.kind, cells)
        if same is not None:
            once.append((column.head, same))
            if not same.extra and any(cell.extra for cell in cells):  # one source, of which each row has its place
                cells = [replace(cell, text=cell.extra, extra="") for cell in cells]
            else:
                continue
        elif not whole and place and rows and not any(map(_says, cells)):
            continue
        bare = bool(cells) and all(cell.kind == "number" and not cell.extra for cell in cells)
        columns.append(DrawnColumn(place, column.head, bare))
        kept.append([replace(cell, kind="number bare") for cell in cells] if bare else cells)
    return Drawn(columns, [*zip(*kept, strict=True)], once)


def _says(cell: Cell) -> bool:
    return bool(cell.text or cell.extra or cell.lines or cell.steps)


def _same(kind: str, cells: Sequence[Cell]) -> Cell | None:
    """Return what all cells of a column say, if they are enough to say it once."""
    first = cells[0]
    if kind not in BASIS + ALIKE or len(cells) < (2 if kind in BASIS else FEW) or not _says(first):
        return None
    if any((cell.text, cell.href, cell.lines) != (first.text, first.href, first.lines) for cell in cells):
        return None
    if all(cell.extra == first.extra for cell in cells):
        return first
    return replace(first, extra="") if kind == "source" else None


def draw(
    table: Table[Item], items: Iterable[Item], links: SiteLinks, sources: Mapping[str, str], alone: bool = False
) -> list[list[Cell]]:
    """Return some rows of a table as templates draw them; ``alone``: without
    the picture that they would select something in."""
    columns = table.on_pages
    # decimals are for files, and beside the difference of two
    whole_scores = all(column.kind != "change" for column in columns)
    return [[_cell(column, item, links, sources, alone, whole_scores) for column in columns] for item in items]


def _cell(
    column: Column[Item], item: Item, links: SiteLinks, sources: Mapping[str, str], alone: bool, whole_scores: bool
) -> Cell:
    value = column.of(item)
    kind = "thing" if alone and column.kind == "segment" else column.kind
    lines = value.lines if isinstance(value, Folded) else value if kind in ("lines", "remarks") else ()
    steps = value if kind == "steps" else ()
    text, extra, sort = told(kind, value, sources), extra_of(column, item, value), sort_of(column, item)
    if column.apart.endswith("编号"):
        extra = ""  # an id is for programs
    if kind == "date":
        text = show_part(text)
    if whole_scores and kind == "score" and isinstance(value, float):
        text = f"{value:.0f}"
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

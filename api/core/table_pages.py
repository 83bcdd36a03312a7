"""A table of a page on pages of its own: searched, sorted and cut by the server, and as CSV; the state is in the address."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query
from fastapi.responses import Response

from api.core.rows import sort_key, write_csv
from api.core.table import Cell, Links, Table
from graph.deadline import check
from graph.errors import NotFound

BARE = ("segment", "score", "share", "said", "stage", "steps", "reached", "wrong")  # kinds of cells whose text is all they say
OWN = ("table", "page", "sort", "find", "format")  # parameters of the address that are the table's


@dataclass
class TableAsk:
    """Which table of a page is wanted by itself: which of its pages, sorted by which column (``-`` turns it round), with which words."""

    table: Annotated[str, Query(max_length=100)] = ""
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
    sort: Annotated[str, Query(pattern="^(-?[0-9]{1,2})?$")] = ""
    find: Annotated[str, Query(max_length=200)] = ""
    format: Annotated[str, Query(pattern="^(csv)?$")] = ""


@dataclass(frozen=True)
class TablePage:
    """A page of a table: its rows, how many there are in all and with the words, and the addresses of the other pages."""

    table: Table
    rows: list[tuple[Cell, ...]]
    found: int
    number: int
    pages: int
    ask: TableAsk
    address: Callable[..., str]

    def sorted_by(self, column: int) -> str:
        """Return how the table is sorted by a column, as browsers read it out."""
        return {str(column): "ascending", f"-{column}": "descending"}.get(self.ask.sort, "")

    def sort_address(self, column: int) -> str:
        """Return the address of the table sorted by a column, the other way round where it is so already."""
        return self.address(self.table.id, sort=f"-{column}" if self.ask.sort == str(column) else str(column), find=self.ask.find)

    def page_address(self, number: int) -> str:
        """Return the address of another page of the table as it stands."""
        return self.address(self.table.id, page=number, sort=self.ask.sort, find=self.ask.find)


def find_table(id: str, values: Mapping[str, Any]) -> Table:
    """Return the table with an id of those that a page is made from; raises ``NotFound`` where the page has no such table."""
    for table in _tables(values.values()):
        if table.id == id:
            return table
    raise NotFound(f"这一页没有编号为“{id[:60]}”的表;请从原页面的“全部”进入")


def _tables(values: Iterable[Any]) -> Iterator[Table]:
    for value in values:
        if isinstance(value, Table):
            yield value
        elif isinstance(value, dict):
            yield from _tables(value.values())
        elif isinstance(value, (list, tuple)):
            yield from _tables(one for one in value if isinstance(one, Table))


def turn_to(table: Table, ask: TableAsk, links: Links, address: Callable[..., str], most: int) -> TablePage:
    """Return the page of a table that is asked for, the last one where there are not so many."""
    rows = [tuple(_alone(cell, links) for cell in row) for row in _wanted(table, ask)] if ask.find or ask.sort else table.rows
    pages = max(1, -(-len(rows) // most))
    number = min(ask.page, pages)
    shown = [tuple(_alone(cell, links) for cell in row) for row in rows[(number - 1) * most : number * most]]
    return TablePage(table, shown, len(rows), number, pages, ask, address)


def _wanted(table: Table, ask: TableAsk) -> list[tuple[Cell, ...]]:
    """Return the rows that hold every word, sorted by the column that is asked for."""
    words, rows = ask.find.lower().split(), []
    for row in table.rows:
        check()
        text = " ".join(map(csv_text, row)).lower() if words else ""
        if all(word in text for word in words):
            rows.append(row)
    column = abs(int(ask.sort)) if ask.sort else len(table.columns)
    if column >= len(table.columns):
        return rows
    keyed = [(sort_key(_sorted_by(row[column])), row) for row in rows]
    filled = [pair for pair in keyed if pair[0] != sort_key("")]
    filled.sort(key=lambda pair: pair[0], reverse=ask.sort.startswith("-"))
    return [row for _, row in filled] + [row for key, row in keyed if key == sort_key("")]


def _sorted_by(cell: Cell) -> str | float | None:
    return csv_text(cell) if cell.sort is None else cell.sort


def _alone(cell: Cell, links: Links) -> Cell:
    """Return a cell as it stands without the picture that it would select something in."""
    return replace(cell, kind="text", href=links.thing("Segment", cell.href[2:])) if cell.kind == "segment" else cell


def csv_text(cell: Cell) -> str:
    """Return what a cell says in a file: the smaller text with it, and what it would unfold."""
    if cell.kind == "looked" and cell.lines:
        return f"{cell.text}: {';'.join(cell.lines)}"
    plain = cell.kind in BARE or cell.kind.startswith(("state-", "fit-", "status-"))
    return cell.text if plain or not cell.extra else f"{cell.text} {cell.extra}"


def send_csv(table: Table, ask: TableAsk, about: str) -> Response:
    """Send the rows of a table that are asked for as a CSV file."""
    text = write_csv(table.columns, (tuple(map(csv_text, row)) for row in _wanted(table, ask)))
    name = re.sub(r"\s+", " ", f"{about}-{table.title}" if about else table.title)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.csv"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

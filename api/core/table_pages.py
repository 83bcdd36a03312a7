"""A table of a page on pages of its own: searched, sorted and cut by the
server, and as CSV; the state is in the address."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query
from fastapi.responses import Response

from api.core.csv_text import write_csv
from api.core.draw import Cell, draw, sort_of
from api.core.links import SiteLinks
from graph.deadline import check
from graph.errors import NotFound
from queries.core.table import Item, Table, text_of

OWN = ("table", "page", "sort", "find", "format")  # parameters of the address that are the table's


@dataclass
class TableAsk:
    """Which table of a page is wanted by itself: which of its pages, sorted by
    which column (``-`` turns it round), with which words."""

    table: Annotated[str, Query(max_length=100)] = ""
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
    sort: Annotated[str, Query(pattern="^(-?[0-9]{1,2})?$")] = ""
    find: Annotated[str, Query(max_length=200)] = ""
    format: Annotated[str, Query(pattern="^(csv)?$")] = ""


@dataclass(frozen=True)
class TablePage:
    """A page of a table: its rows, how many there are in all and with the
    words, and the addresses of the other pages."""

    table: Table[Any]
    rows: list[list[Cell]]
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
        return self.address(
            self.table.id, sort=f"-{column}" if self.ask.sort == str(column) else str(column), find=self.ask.find
        )

    def page_address(self, number: int) -> str:
        """Return the address of another page of the table as it stands."""
        return self.address(self.table.id, page=number, sort=self.ask.sort, find=self.ask.find)


def find_table(id: str, values: Mapping[str, Any]) -> Table[Any]:
    """Return the table with an id of those that a page is made from; raises
    ``NotFound`` where the page has no such table."""
    for table in _tables(values):
        if table.id == id:
            return table
    raise NotFound(f"这一页没有编号为“{id[:60]}”的表;请从原页面的“全部”进入")


def _tables(value: Any) -> list[Table[Any]]:
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return [value] if isinstance(value, Table) else [table for item in inside for table in _tables(item)]


def turn_to(
    table: Table[Item],
    ask: TableAsk,
    links: SiteLinks,
    sources: Mapping[str, str],
    address: Callable[..., str],
    most: int,
) -> TablePage:
    """Return the page of a table that is asked for, the last one where there are not so many."""
    items = _wanted(table, ask, sources)
    pages = max(1, -(-len(items) // most))
    number = min(ask.page, pages)
    rows = draw(table, items[(number - 1) * most : number * most], links, sources, alone=True)
    return TablePage(table, rows, len(items), number, pages, ask, address)


def _wanted(table: Table[Item], ask: TableAsk, sources: Mapping[str, str]) -> Sequence[Item]:
    """Return the items whose rows hold every word, sorted by the column that is asked for."""
    words, items = ask.find.lower().split(), table.items
    if words:
        texts = ((item, " ".join(_said(table, item, sources)).lower()) for item in items)
        items = [item for item, text in texts if all(word in text for word in words)]
    if not ask.sort or abs(int(ask.sort)) >= len(table.on_pages):
        return items
    column, keyed = table.on_pages[abs(int(ask.sort))], []
    for item in items:
        check()
        value = sort_of(column, item)
        keyed.append((sort_key(text_of(column, item, sources) if value is None else value), item))
    filled = [pair for pair in keyed if pair[0] != sort_key("")]
    filled.sort(key=lambda pair: pair[0], reverse=ask.sort.startswith("-"))
    return [item for _, item in filled] + [item for key, item in keyed if key == sort_key("")]


def _said(table: Table[Item], item: Item, sources: Mapping[str, str]) -> list[str]:
    check()
    return [text_of(column, item, sources) for column in table.on_pages]


def sort_key(value: Any) -> tuple[Any, ...]:
    """Return by what a cell is sorted: numbers by size, then texts by pinyin
    and the numbers within them, nothing at the end."""
    if value in ("", None):
        return (2,)
    try:
        return (0, float(value))
    except ValueError:
        parts = re.split(r"(\d+)", str(value))
        return (1, [(1, int(part), "") if part.isdecimal() else (0, 0, _spelled(part)) for part in parts if part])


def _spelled(text: str) -> str:
    return " ".join(map(_pinyin, text.lower()))


@lru_cache(maxsize=20_000)
def _pinyin(sign: str) -> str:
    from pypinyin import Style, lazy_pinyin

    return lazy_pinyin(sign, style=Style.TONE3)[0] if sign > "\x7f" else sign


def send_csv(table: Table[Item], ask: TableAsk, sources: Mapping[str, str], about: str) -> Response:
    """Send the rows of a table that are asked for as a CSV file."""
    text = write_csv(
        [column.head for column in table.on_pages],
        (_said(table, item, sources) for item in _wanted(table, ask, sources)),
    )
    name = re.sub(r"\s+", " ", f"{about}-{table.title}" if about else table.title)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.csv"}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)

"""A table of a page on pages of its own: searched, sorted and cut by the
server, and as CSV; the state is in the address."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query
from fastapi.responses import Response

from api.core.csv_text import write_csv
from api.core.draw import Cell, draw, sort_of
from api.core.http import send_workbook
from api.core.links import SiteLinks
from api.core.workbooks import make_sheet
from graph.deadline import check
from graph.errors import NotFound
from queries.core.table import Column, Item, Table, text_of

OWN = ("table", "page", "sort", "find", "only", "column", "format")  # parameters of the address that are the table's
ROWS = 50  # of a page
OF_ONE = {"Cache-Control": "no-store"}  # says who asked: nobody else is to be given it
UNNAMED = frozenset('\\/:*?"<>|')  # signs that no file of a Windows may have in its name
FULL = {":": "：", "?": "？", "/": "-"}
LONGEST = 230  # bytes of a file's name, without what tells its kind
MOST_CHOICES = 30  # values of a column that are offered to choose from; with more of them one searches


@dataclass
class TableAsk:
    """Which table of a page is wanted by itself: which of its pages, sorted by which column (``-`` turns it round),
    with which words, ``only`` with some values (``3:签约``: in the column counted from 0), in which columns."""

    table: Annotated[str, Query(max_length=100)] = ""
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
    sort: Annotated[str, Query(pattern="^(-?[0-9]{1,2})?$")] = ""
    find: Annotated[str, Query(max_length=200)] = ""
    only: Annotated[list[str] | None, Query(max_length=20)] = None
    column: Annotated[list[int] | None, Query(max_length=100)] = None
    format: Annotated[str, Query(pattern="^(csv|xlsx)?$")] = ""

    @property
    def values(self) -> dict[int, str]:
        """Return the values that are asked for, by column."""
        pairs = (word.partition(":") for word in self.only or () if word)
        return {int(place): value for place, _, value in pairs if place.isdecimal() and len(place) < 3 and value}

    def state(self, **other: Any) -> dict[str, Any]:
        """Return what an address says of the table as it is asked for, with some of it otherwise."""
        told = {"sort": self.sort, "find": self.find, "only": [word for word in self.only or () if word]}
        return told | {"column": self.column or []} | other

    def told(self, table: Table[Any]) -> str:
        """Return in words which rows are asked for; nothing where it is all of them."""
        heads = [column.head for column in table.on_pages]
        said = [f"含“{self.find}”"] if self.find.strip() else []
        said += [f"{heads[place]}为“{value}”" for place, value in self.values.items() if place < len(heads)]
        return "，".join(said)


@dataclass(frozen=True)
class TablePage:
    """A page of a table: its rows, how many there are in all and as asked for, what each column can be narrowed to,
    and the addresses of the other pages."""

    table: Table[Any]
    rows: list[list[Cell]]
    found: int
    number: int
    pages: int
    ask: TableAsk
    address: Callable[..., str]
    choices: Mapping[int, Sequence[str]]

    @property
    def shown(self) -> list[tuple[int, Column[Any]]]:
        """Return the columns that are asked for, each with its place in the whole table."""
        return _shown(self.table, self.ask)

    def sorted_by(self, column: int) -> str:
        """Return how the table is sorted by a column, as browsers read it out."""
        return {str(column): "ascending", f"-{column}": "descending"}.get(self.ask.sort, "")

    def sort_address(self, column: int) -> str:
        """Return the address of the table sorted by a column, the other way round where it is so already."""
        turned = f"-{column}" if self.ask.sort == str(column) else str(column)
        return self.address(self.table.id, **self.ask.state(sort=turned))

    def page_address(self, number: int) -> str:
        """Return the address of another page of the table as it stands."""
        return self.address(self.table.id, page=number, **self.ask.state())

    def file_address(self, kind: str) -> str:
        """Return the address of the table as it stands as a file."""
        return self.address(self.table.id, format=kind, **self.ask.state())


def _shown(table: Table[Item], ask: TableAsk) -> list[tuple[int, Column[Item]]]:
    every = list(enumerate(table.on_pages))
    return [pair for pair in every if pair[0] in (ask.column or ())] or every


def find_table(id: str, values: Mapping[str, Any]) -> Table[Any]:
    """Return the table with an id of those that a page is made from; raises
    ``NotFound`` where the page has no such table."""
    for table in _tables(values):
        if table.id == id:
            return table
    raise NotFound(f"这一页没有编号为“{id[:60]}”的表；请从原页面的“全部”进入")


def _tables(value: Any) -> list[Table[Any]]:
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    return [value] if isinstance(value, Table) else [table for item in inside for table in _tables(item)]


def turn_to(
    table: Table[Item],
    ask: TableAsk,
    links: SiteLinks,
    sources: Mapping[str, str],
    address: Callable[..., str],
    most: int = ROWS,
) -> TablePage:
    """Return the page of a table that is asked for, the last one where there are not so many."""
    table = replace(table, items=[*table.items])  # looked through several times
    items = _wanted(table, ask, sources)
    pages = max(1, -(-len(items) // most))
    number = min(ask.page, pages)
    cut = replace(table, columns=[column for _, column in _shown(table, ask)])
    rows = draw(cut, items[(number - 1) * most : number * most], links, sources, alone=True)
    return TablePage(table, rows, len(items), number, pages, ask, address, _choices(table, sources))


def _choices(table: Table[Item], sources: Mapping[str, str]) -> dict[int, list[str]]:
    """Return the values of the columns that have few, by column; a column of one value tells nothing apart."""
    choices: dict[int, list[str]] = {}
    for place, column in enumerate(table.on_pages):
        values: set[str] = set()
        for item in table.items:
            check()
            values.add(text_of(column, item, sources))
            if len(values) > MOST_CHOICES:
                break
        else:
            values.discard("")
            if len(values) > 1:
                choices[place] = sorted(values, key=sort_key)
    return choices


def _wanted(table: Table[Item], ask: TableAsk, sources: Mapping[str, str]) -> Sequence[Item]:
    """Return the items whose rows hold every word and value, sorted by the column that is asked for."""
    words, items, columns = ask.find.lower().split(), table.items, table.on_pages
    if words:
        texts = ((item, " ".join(_said(table, item, sources)).lower()) for item in items)
        items = [item for item, text in texts if all(word in text for word in words)]
    for place, wanted in ask.values.items():
        if place < len(columns):
            items = [item for item in items if text_of(columns[place], item, sources) == wanted]
    if not ask.sort or abs(int(ask.sort)) >= len(columns):
        return items
    column, keyed = columns[abs(int(ask.sort))], []
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


def send_csv(
    table: Table[Item], ask: TableAsk, sources: Mapping[str, str], about: str, lines: Sequence[str] = ()
) -> Response:
    """Send the rows of a table that are asked for as a CSV file; who made it, when and of what is in its name: programs
    take every line of the file for a row."""
    columns = [column for _, column in _shown(table, ask)]
    text = write_csv(
        [column.head for column in columns],
        ([text_of(column, item, sources) for column in columns] for item in _wanted(table, ask, sources)),
    )
    which = ask.told(table)
    name = file_name(_name(table, about), [*lines, *([f"只列{which}的"] if which else [])])
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.csv", **OF_ONE}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def send_sheet(
    table: Table[Item], ask: TableAsk, sources: Mapping[str, str], about: str, lines: Sequence[str]
) -> Response:
    """Send the rows of a table that are asked for as a workbook, below lines that say who made it, when, of what."""
    columns = [column for _, column in _shown(table, ask)] if ask.column else table.in_files
    asked = replace(table, columns=columns, items=_wanted(table, ask, sources))
    which = ask.told(table)
    said = [*lines, f"只列{which}的，共 {len(asked.items):,} 行" if which else f"共 {len(asked.items):,} 行"]
    answer = send_workbook(make_sheet(_name(table, about), asked, said, sources), f"{_name(table, about)}.xlsx")
    answer.headers.update(OF_ONE)
    return answer


def file_name(name: str, said: Sequence[str]) -> str:
    """Return a name that every system takes for a file, with what is said of the file in it as far as there is room."""
    told = f"{name}（{'；'.join(said)}）" if said else name
    told = "".join(FULL.get(sign, " ") if sign in UNNAMED else sign for sign in told)
    cut = told.encode()[:LONGEST].decode("utf-8", "ignore")
    return told if cut == told else f"{cut}…"


def _name(table: Table[Any], about: str) -> str:
    return re.sub(r"\s+", " ", f"{about}-{table.title}" if about else table.title)

"""Tables of pages: plain rows of cells, each row with its status and its source."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from graph.model import NODE_TYPES, STATUS_ZH
from queries.core.answers import STATUS_ORDER

MOST_ROWS = 100  # of a table on a page; the rest is on pages of the table's own
MOST_NAMES = 20  # in a cell
TIER_ORDER = {"上游": 0, "中游": 1, "下游": 2, "服务": 3}


@dataclass(frozen=True)
class Links:
    """Addresses inside this site; what is switched off stays off from page to page."""

    without: str = ""
    city: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """Return the parameters that go along from page to page."""
        return {name: value for name, value in vars(self).items() if value}

    def page(self, path: str, **query: Any) -> str:
        """Return the address of a page."""
        asked = {name: value for name, value in {**query, **self.kept}.items() if value not in ("", None, [])}
        return f"{path}?{urlencode(asked, doseq=True)}" if asked else path

    def to(self, kind: str, id: str, **query: Any) -> str:
        """Return the address of one thing, whatever signs its id holds."""
        return self.page(f"/{kind}/{quote(id, safe='')}", **query)

    def thing(self, label: str, id: str) -> str:
        """Return the page of a thing of any label."""
        table = NODE_TYPES[label].table
        return self.to(table.file if table.own_page else f"things/{label}", id)

    def of_chain(self, chain: str, page: str, **query: Any) -> str:
        """Return the address of a page about a chain: its certificates, its what-if."""
        return self.page(f"/chains/{quote(chain, safe='')}/{page}", **query)


class NoLinks(Links):
    """Links of a file that stands alone: there is nothing to link to."""

    def page(self, path: str, **query: Any) -> str:
        """Return no address."""
        return ""


@dataclass(frozen=True)
class Cell:
    """One cell: its text, what it links to, by what it is sorted, a smaller text after it, or the text as a list or as parts."""

    text: str
    href: str = ""
    kind: str = "text"
    sort: str | float | None = None
    extra: str = ""
    lines: tuple[str, ...] = ()
    parts: Sequence[Any] = ()


@dataclass(frozen=True)
class Table:
    """A table with its heading; every row has as many cells as there are columns."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    note: str = ""
    empty: str = "图中暂无这类记录"
    things: int | None = None

    @property
    def count(self) -> int:
        """Return how many things the table is about: its rows, unless a thing takes several."""
        return len(self.rows) if self.things is None else self.things


@dataclass(frozen=True)
class Desk:
    """What every table needs: addresses and the names of the sources."""

    links: Links
    sources: Mapping[str, str]

    def trust(self, item: Mapping[str, Any]) -> tuple[Cell, Cell]:
        """Return the two cells that end every row: status and source with the place in it."""
        status, source = str(item["status"]), str(item["source"])
        return (
            status_cell(status),
            Cell(self.sources.get(source, source), self.links.to("sources", source), "source", extra=str(item.get("place") or "")),
        )

    def thing(self, label: str, id: str, name: str, extra: str = "") -> Cell:
        """Return the cell of a thing, with a link to it."""
        return Cell(name, self.links.thing(label, id), extra=extra)


def status_cell(status: str) -> Cell:
    """Return the cell of a data status."""
    return Cell(STATUS_ZH.get(status, status), kind=f"status-{status}", sort=STATUS_ORDER.get(status, 9))


def show_names(names: Iterable[str], most: int = MOST_NAMES, unit: str = "家") -> str:
    """Return names as a cell holds them: the first, and how many there are where that is not all."""
    every = list(names)
    return "、".join(every[:most]) + (f" 等 {len(every)} {unit}" if len(every) > most else "")


def show_number(value: float | None) -> str:
    """Return a number with thousands separated, without a tail of zeros."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6f}".rstrip("0").rstrip(".")


def show_percent(share: float | None, digits: int = 1) -> str:
    """Return a share of 1 in per cent."""
    return "" if share is None else f"{share:.{digits}%}"


def show_amount(value: float | None, unit: str = "") -> str:
    """Return an amount in 万 or 亿 where it is large, and its unit."""
    if value is None:
        return ""
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size and unit in ("元", "美元", "人", "张"):
            return f"{show_number(round(value / size, 4))} {word}{unit}"
    return f"{show_number(value)} {unit}".strip()

"""Tables of plain values: what stands in each column, never how it looks;
terminal, CSV, Excel and HTML draw the same one."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from graph.statuses import STATUS_ZH
from queries.core.words import show_names, show_percent

Item = TypeVar("Item")
Kind = Literal[
    "text", "date", "place", "act", "able",  # str or None each; bool: whether somebody is able to
    "number", "score", "share",  # int, float, None, or a Number; from 0 to 100; from 0 to 1
    "change",  # float: how much more, which is worse; or str in its place
    # the word of a state or None, the name of a data status (None: not enough data), 高/中/低 or None
    "state", "status", "fit",
    "source",  # SourceRef, several ids, or an Ask where rules found it
    # ThingRef, Folded or str in its place, None where there is none; a segment of the picture of the page
    "thing", "segment",
    "firms", "lines", "remarks",  # Named each: how many, and the first of them; str each, or Folded; what is wrong
    "steps", "stage", "reached",  # the steps of a match; str: a stage of the ledger, the one that a match has reached
    "ask",  # Ask
]  # fmt: skip
On = Literal["", "page", "text", "wide"]  # everywhere; else pages only, all but pages, all but the terminal
# without what is extra
ALL_SAID = (
    "segment",
    "score",
    "share",
    "state",
    "status",
    "fit",
    "lines",
    "remarks",
    "steps",
    "stage",
    "reached",
)
FIRST = 3  # firms that a cell names
TIER_ORDER = {"上游": 0, "中游": 1, "下游": 2, "服务": 3}


class Number(NamedTuple):
    """A number that is told in words of its own: in per cent, with its unit."""

    value: float | None
    text: str


class ThingRef(NamedTuple):
    """A thing of the graph, which has a page."""

    label: str
    id: str
    name: str


class SourceRef(NamedTuple):
    """A source by id, and the place in it."""

    id: str
    place: str = ""


class Folded(NamedTuple):
    """Lines that unfold below a short text."""

    text: str
    lines: Sequence[str]


class Ask(NamedTuple):
    """A question with arguments that answers more, and how it is offered."""

    question: str
    text: str
    arguments: Mapping[str, str] = {}


@dataclass(frozen=True)
class Column(Generic[Item]):
    """A head, and the value of an item below it; ``on`` says where, if not everywhere.

    ``extra`` is a smaller text after it; in files it stands ``apart``, below a head of its own, where one is named.
    """

    head: str
    of: Callable[[Item], Any]
    kind: Kind = "text"
    extra: Callable[[Item], Any] | None = None
    sort: Callable[[Item], str | float | None] | None = None
    on: On = ""
    apart: str = ""


@dataclass(frozen=True)
class Table(Generic[Item]):
    """A table with its heading: an item is a row; ``things`` is how many it is
    about where a thing takes several rows."""

    id: str
    title: str
    columns: Sequence[Column[Item]]
    items: Sequence[Item]
    note: str = ""
    empty: str = "图中暂无这类记录"
    things: int | None = None

    @property
    def count(self) -> int:
        """Return how many things the table is about."""
        return len(self.items) if self.things is None else self.things

    @property
    def on_pages(self) -> list[Column[Item]]:
        """Return the columns that pages show."""
        return [column for column in self.columns if column.on != "text"]

    @property
    def in_files(self) -> list[Column[Item]]:
        """Return the columns that CSV and Excel show: without those of pages,
        and what can only be clicked; what is apart, apart."""
        columns: list[Column[Item]] = []
        for column in self.columns:
            if column.on != "page" and column.kind != "ask":
                columns.append(replace(column, extra=None) if column.apart else column)
                columns += [Column(column.apart, column.extra)] if column.extra and column.apart else []
        return columns

    @property
    def on_terminals(self) -> list[Column[Item]]:
        """Return the columns that the terminal shows, which has no room for what stands apart."""
        return [column for column in self.columns if column.on in ("", "text") and column.kind != "ask"]


def trust(of: Callable[[Any], Any] = lambda item: item) -> tuple[Column[Any], Column[Any]]:
    """Return the two columns that end every table: the status of a record, and its source with the place in it."""
    return (
        Column("状态", lambda item: _get(of(item), "status"), "status"),
        Column("来源", lambda item: SourceRef(_get(of(item), "source"), _get(of(item), "place") or ""), "source"),
    )


def _get(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


TRUST = trust()


def _step(step: Any) -> str:
    said = f"{step.stage} {step.on or '没有日期'} {step.by or '没有写经办'}"
    return f"{said}：{step.note}" if step.note else said


TELLERS: dict[str, Callable[[Any, Mapping[str, str], str], str]] = {
    "source": lambda ids, sources, _: show_names((sources.get(id, id) for id in ids), unit="个"),
    "status": lambda name, *_: STATUS_ZH.get(name, name) if name else "不足",
    "thing": lambda name, *_: "没有" if name is None else name,
    "firms": lambda firms, *_: str(len(firms)),
    "share": lambda share, *_: show_percent(share),
    "able": lambda able, *_: "能" if able else "不能",
    "change": lambda more, *_: more if isinstance(more, str) else f"{more:+g}" if more else "不变",
    "lines": lambda lines, _, between: (between or "\n").join(lines),
    "remarks": lambda lines, _, between: (between or " ").join(lines),
    "steps": lambda steps, _, between: (between or "；").join(map(_step, steps)),
}


def told(kind: Kind, value: Any, sources: Mapping[str, str], between: str = "") -> str:
    """Return what a cell says; ``sources`` names them by id, ``between`` stands between its lines."""
    if isinstance(value, (Number, Folded, Ask)):
        return value.text
    if isinstance(value, (ThingRef, SourceRef)):
        return value.name if isinstance(value, ThingRef) else sources.get(value.id, value.id)
    if kind in TELLERS:
        return TELLERS[kind](value, sources, between)
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def extra_of(column: Column[Item], item: Item, value: Any) -> str:
    """Return the smaller text after what a cell says."""
    if isinstance(value, SourceRef):
        return value.place
    if column.kind == "firms":
        return show_names((firm.name for firm in value), FIRST)
    return str(column.extra(item) or "") if column.extra else ""


def text_of(
    column: Column[Item], item: Item, sources: Mapping[str, str], between: str = "", most: int | None = None
) -> str:
    """Return what a cell says in a file: the smaller text with it, and the
    first ``most`` lines that it would unfold."""
    value = column.of(item)
    text, extra = told(column.kind, value, sources, between), extra_of(column, item, value)
    if isinstance(value, Folded) and value.lines:
        cut = "；…" if most is not None and len(value.lines) > most else ""
        return f"{text}：{'；'.join(value.lines[:most])}{cut}"
    # an id is for programs
    bare = column.kind in ALL_SAID or (isinstance(value, SourceRef) and value.id not in sources)
    return f"{text} {extra}" if extra and not bare else text


def texts(table: Table[Item], sources: Mapping[str, str], file: bool) -> tuple[list[str], Iterator[list[str]]]:
    """Return heads and rows of a table as the terminal shows it, or a CSV
    ``file``, without what can only be clicked."""
    columns, most = (table.in_files, None) if file else (table.on_terminals, FIRST)
    return [column.head for column in columns], (
        [text_of(column, item, sources, ";", most) for column in columns] for item in table.items
    )


def without_empty(table: Table[Any], more: Container[str] = ()) -> Table[Any]:
    """Return the table without the columns that say nothing in any row, and without some more."""
    said = [
        column
        for column in table.columns
        if column.head not in more and any(text_of(column, item, {}) for item in table.items)
    ]
    return replace(table, columns=said)

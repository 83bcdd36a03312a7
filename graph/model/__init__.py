"""The model: every node and edge type that a file in this folder defines, and look-ups over them."""

from collections.abc import Iterable, Iterator, ValuesView
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from graph.model.base import ANY, Edge, Link, Node, Record, TypeInfo
from graph.model.edits import EDITS
from graph.model.kinds import LIST, MOMENT, Kind

__all__ = [
    "EDGES", "EDGE_TYPES", "EDITS", "NODES", "NODE_TYPES",
    "Edge", "Kind", "Link", "Node", "Record", "TypeInfo",
]  # fmt: skip

NODE_TYPES: dict[str, type[Node]] = {}
EDGE_TYPES: dict[str, type[Edge]] = {}
NODES: ValuesView[type[Node]] = NODE_TYPES.values()
EDGES: ValuesView[type[Edge]] = EDGE_TYPES.values()
PROVENANCE = (*Record.model_fields, EDITS, "recorded_at")
HEAD = ("id", "name")


def name_of(record: type[Record]) -> str:
    """Return the label of a node type or the relationship type of an edge type."""
    return record.type_name if issubclass(record, Edge) else record.__name__


@cache
def columns(record: type[Record]) -> dict[str, Kind]:
    """Return the store's columns of a type, each with its kind: identity, own fields, provenance."""
    kinds = record.kinds()
    own = [name for name in kinds if name not in HEAD and name not in PROVENANCE]
    order = [*(name for name in HEAD if name in kinds), *own, *Record.model_fields]
    return {name: kinds[name] for name in order} | {EDITS: LIST, "recorded_at": MOMENT}


@cache
def heads(record: type[Record]) -> dict[str, str]:
    """Return every accepted column head of a type's file, in lower case, with the field or link that it means."""
    table: dict[str, str] = {}
    for name, info in record.model_fields.items():
        extra: Any = info.json_schema_extra or {}
        for head in (name, *extra.get("heads", ())):
            table.setdefault(head.lower(), name)
    if "name" in record.model_fields:
        table.setdefault(f"{record.table.zh}名称", "name")
    for link in record.table.links:
        for head in (link.name, link.zh, *link.also):
            table.setdefault(head.lower(), link.name)
    if issubclass(record, Edge):
        for name, zh in record.table.end_columns:
            table |= {name.lower(): name, zh.lower(): name, f"{zh}名称".lower(): name}
    return table


@cache
def zh_heads(record: type[Record]) -> dict[str, str]:
    """Return the columns of a type's file in order, each with its Chinese head, as the forms print them."""
    ends = dict(record.table.end_columns) if issubclass(record, Edge) else {}
    links = {link.name: link.zh for link in record.table.links}
    fields = {name: str(info.title) for name, info in record.model_fields.items()}
    own = {name: zh for name, zh in fields.items() if name not in HEAD and name not in PROVENANCE}
    front = {name: fields[name] for name in HEAD if name in fields}
    return ends | front | links | own | {name: fields[name] for name in Record.model_fields}


@cache
def hints(record: type[Record]) -> dict[str, str]:
    """Return what the columns of a type's file are to hold, by field, where their heads do not say it."""
    extras: dict[str, Any] = {name: info.json_schema_extra or {} for name, info in record.model_fields.items()}
    return {name: extra["hint"] for name, extra in extras.items() if extra.get("hint")}


@cache
def file_name(record: type[Record]) -> str:
    """Return the stem of the type's seed file: plural for nodes, the relationship type in lower case for edges."""
    return record.table.file or name_of(record).lower()


@cache
def ends_of(record: type[Edge]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of labels that an edge type joins: those that it names,
    and those of the types that have a link by it."""
    links = [
        (node.label(), link) for node in NODES for link in node.table.links if link.to and link.edge == record.type_name
    ]
    subjects = [node.label() for node in NODES if node.table.figures]
    own = [(start, label) for start, end in record.table.ends for label in (subjects if end == ANY else [end])]
    return tuple(
        dict.fromkeys([*own, *((link.to, label) if link.reverse else (label, link.to) for label, link in links)])
    )


@cache
def searched() -> tuple[str, ...]:
    """Return the labels of what is searched for, in the order in which things that a word fits as well are listed."""
    return tuple(node.label() for node in sorted(NODES, key=lambda node: node.table.searched) if node.table.searched)


@cache
def yardstick() -> tuple[str, ...]:
    """Return the labels and relationship types of the yardstick: what a chain is made of, and where it is said."""
    return tuple(name_of(record) for record in (*NODES, *EDGES) if record.table.yardstick)


@cache
def counted() -> tuple[type[Record], ...]:
    """Return the types that are counted on the first page, in the order in which they stand there."""
    return tuple(record for record in (*NODES, *EDGES) if record.table.counted)


def find_type(word: str) -> type[Record] | None:
    """Return the type that a file stem, sheet name, label, relationship type or Chinese word names, if any."""
    return _words().get(word.strip().lower())


@cache
def _words() -> dict[str, type[Record]]:
    words: dict[str, type[Record]] = {}
    for record in (*NODES, *EDGES):
        for word in (file_name(record), name_of(record), record.table.zh, *record.table.also):
            words.setdefault(word.lower(), record)
    return words


def _take_in(records: Iterable[type[Record]]) -> None:
    for record in records:
        if issubclass(record, Node):
            NODE_TYPES[record.label()] = record
        elif issubclass(record, Edge):
            EDGE_TYPES[record.type_name] = record
    for derived in (ends_of, searched, yardstick, counted, _words):
        derived.cache_clear()


@contextmanager
def extended(*records: type[Record]) -> Iterator[None]:
    """Have more types in the model until the block ends, as if a file in this folder had them; for tests."""
    before = [*NODES, *EDGES]
    _take_in(records)
    try:
        yield
    finally:
        NODE_TYPES.clear()
        EDGE_TYPES.clear()
        _take_in(before)


for _name in ("nodes", "edges", *(module.name for module in iter_modules(__path__))):
    _found = vars(import_module(f"{__name__}.{_name}")).values()
    _take_in(item for item in _found if isinstance(item, type) and issubclass(item, Record) and hasattr(item, "table"))

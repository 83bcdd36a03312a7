"""The model: every node and edge type defined once, and look-ups over them."""

from functools import cache
from typing import Any

from graph.model.base import Edge, Link, Node, Record, Table
from graph.model.edges import EDGES
from graph.model.kinds import STATUS_CONFIDENCE, STATUS_MEANING, STATUS_ZH, Kind
from graph.model.nodes import NODES

__all__ = [
    "EDGES", "EDGE_TYPES", "NODES", "NODE_TYPES", "STATUS_CONFIDENCE", "STATUS_MEANING", "STATUS_ZH",
    "Edge", "Kind", "Link", "Node", "Record", "Table",
]  # fmt: skip

NODE_TYPES: dict[str, type[Node]] = {node.label(): node for node in NODES}
EDGE_TYPES: dict[str, type[Edge]] = {edge.type_name: edge for edge in EDGES}
PROVENANCE = (*Record.model_fields, "recorded_at")
HEAD = ("id", "name")


def name_of(record: type[Record]) -> str:
    """Return the label of a node type or the relationship type of an edge type."""
    return record.type_name if issubclass(record, Edge) else record.__name__


@cache
def columns(record: type[Record]) -> dict[str, str]:
    """Return the store's columns of a type with their Ladybug types: identity, own fields, provenance."""
    kinds = record.kinds()
    own = [name for name in kinds if name not in HEAD and name not in PROVENANCE]
    order = [*(name for name in HEAD if name in kinds), *own, *Record.model_fields]
    return {name: kinds[name].column_type for name in order} | {"recorded_at": "STRING"}


@cache
def heads(record: type[Record]) -> dict[str, str]:
    """Return every accepted column head of a type's file, in lower case, with the field or link that it means."""
    table: dict[str, str] = {}
    for name, info in record.model_fields.items():
        extra: Any = info.json_schema_extra or {}
        for head in (name, *extra.get("heads", ())):
            table.setdefault(head.lower(), name)
    for link in record.table.links:
        for head in (link.name, link.zh, *link.also):
            table.setdefault(head.lower(), link.name)
    if issubclass(record, Edge):
        for name, zh in record.table.end_columns:
            table |= {name.lower(): name, zh.lower(): name}
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
def file_name(record: type[Record]) -> str:
    """Return the stem of the type's seed file: plural for nodes, the relationship type in lower case for edges."""
    return record.table.file or name_of(record).lower()


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

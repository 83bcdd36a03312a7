"""What kind of value an expression has, as far as the text and the model tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graph.model import EDGE_TYPES, NODE_TYPES, Record, columns

ZH = {
    "any": "任意值", "null": "空值", "string": "文字", "int": "整数", "float": "小数", "bool": "真假", "list": "列表",
    "map": "映射",
    "node": "节点", "relation": "关系", "path": "路径", "date": "日期",
}  # fmt: skip
UNKNOWN = ("any", "null")


@dataclass(frozen=True)
class Kind:
    """A kind of value; ``item`` of a list's values, ``fields`` of a map's,
    ``names`` the labels or types that it may have.

    ``names`` is None where any will do; ``optional`` is true of what may be null as
    a whole; ``directed`` of a relation that a pattern with a direction has bound.
    """

    word: str
    item: "Kind | None" = None
    fields: "tuple[tuple[str, Kind], ...] | None" = None
    names: tuple[str, ...] | None = None
    optional: bool = False
    directed: bool = False

    @property
    def zh(self) -> str:
        """Return the kind's name for people."""
        return ZH[self.word]

    @property
    def group(self) -> str:
        """Return the kind, the two kinds of numbers as one."""
        return "number" if self.word in ("int", "float") else self.word

    def is_known(self) -> bool:
        """Tell whether anything is known of it."""
        return self.word not in UNKNOWN


ANY = Kind("any")
NULL = Kind("null")
STRING, INT, FLOAT, BOOL, PATH, DATE = (Kind(word) for word in ("string", "int", "float", "bool", "path", "date"))


def list_of(item: Kind = ANY) -> Kind:
    """Return the kind of a list."""
    return Kind("list", item=replace(item, directed=False))


def kind_of_value(value: Any) -> Kind:
    """Return the kind of a parameter's value."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, (int, float)):
        return INT if isinstance(value, int) else FLOAT
    if isinstance(value, str):
        return STRING
    if isinstance(value, Mapping):
        return Kind("map", fields=tuple((str(name), kind_of_value(item)) for name, item in value.items()))
    if isinstance(value, (list, tuple)):
        return list_of(joined(kind_of_value(item) for item in value))
    return ANY


def joined(kinds: Iterable[Kind]) -> Kind:
    """Return the one kind that all of these have, nulls apart; ``any`` where they have none in common."""
    result, nulls = NULL, False
    for kind in kinds:
        if kind.word == "null" or result == kind:
            nulls = nulls or kind.word == "null"
            continue
        result = kind if result.word == "null" else _both(result, kind)
    return replace(result, optional=True) if nulls and result.word in ("node", "relation", "map") else result


def _both(kind: Kind, second: Kind) -> Kind:
    if kind.group == second.group == "number":
        return FLOAT
    if kind.word != second.word:
        return ANY
    if kind.word == "list":
        return list_of(joined((kind.item or ANY, second.item or ANY)))
    if kind.word == "map":
        if kind.fields is None or second.fields is None:
            return Kind("map")
        mine, theirs = dict(kind.fields), dict(second.fields)
        return Kind(
            "map",
            fields=tuple((key, joined(side[key] for side in (mine, theirs) if key in side)) for key in mine | theirs),
        )
    names = None if kind.names is None or second.names is None else tuple(dict.fromkeys(kind.names + second.names))
    return Kind(kind.word, names=names, optional=kind.optional or second.optional)


def records(kind: Kind) -> list[type[Record]]:
    """Return the model's types that a node or relation of this kind may be of."""
    table: Mapping[str, type[Record]] = NODE_TYPES if kind.word == "node" else EDGE_TYPES
    return [record for name, record in table.items() if kind.names is None or name in kind.names]


def property_kind(kind: Kind, key: str) -> Kind | None:
    """Return the kind of a property of a node or relation, or None where none of its types has it."""
    own_columns = [columns(record)[key] for record in records(kind) if key in columns(record)]
    if not own_columns:
        return None
    return joined(
        {"list": list_of(STRING), "float": FLOAT, "bool": BOOL}.get(column.name, STRING) for column in own_columns
    )

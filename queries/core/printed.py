"""Tables of answers whose columns are their own fields, as terminal and CSV show them."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from queries.core.table import Column, Table


def table_of(id: str, title: str, heads: Mapping[str, str], items: Sequence[Any]) -> Table[Any]:
    """Return items as a table; ``heads`` has the title of each field, ``a.b`` is the field of a field."""
    return Table(id, title, columns_of(heads), items)


def columns_of(heads: Mapping[str, str]) -> tuple[Column[Any], ...]:
    """Return a column for each field."""
    return tuple(Column(head, partial(_field, path), "status" if path.endswith("status") else "text") for path, head in heads.items())


def _field(path: str, item: Any) -> Any:
    value = item
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
    if path.endswith("status"):
        return value
    return ";".join(value) if isinstance(value, (list, tuple)) else "" if value is None else str(value)

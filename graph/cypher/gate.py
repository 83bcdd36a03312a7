"""The gate for Cypher from outside: only what reads the graph gets through,
written anew so that the store reads what was read here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.cypher.dialect import Dialect
from graph.cypher.scope import check_parameters
from graph.cypher.statement import parse
from graph.cypher.write_query import QueryWriter
from graph.errors import QueryError

MOST_PARAMETERS = 100


@dataclass(frozen=True)
class Admitted:
    """What may be run: the text, its parameters and the columns of its answer.

    ``doubtful`` are keys asked of things of which nothing is known; each query
    of ``unless`` must find nothing, else its refusal holds.
    """

    text: str
    parameters: dict[str, Any]
    columns: list[str]
    doubtful: frozenset[str] = frozenset()
    unless: Mapping[str, str] = field(default_factory=dict)


def admit(text: str, parameters: Mapping[str, Any] | None, dialect: Dialect) -> Admitted:
    """Return what a store may run of a text from outside; raises
    ``WriteRefused`` or ``QueryError``, in words for its writer."""
    given = dict(parameters or {})
    if len(given) > MOST_PARAMETERS:
        raise QueryError(f"给了 {len(given)} 个参数,最多 {MOST_PARAMETERS} 个;多的值请放进一个列表")
    query = parse(text)
    writer = QueryWriter(dialect, text, given)
    try:
        written, columns = writer.query(query)
    except RecursionError as error:  # the bounds on depth and length come first; this is a last resort
        raise QueryError("查询嵌套太深,请拆开写") from error
    check_parameters(given, writer.used)
    return Admitted(written, writer.sent, [name for name, _ in columns], frozenset(writer.doubtful), writer.unless)

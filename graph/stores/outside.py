"""A store's door for Cypher from outside: the gate before it, and its errors in words for the query's writer."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from graph.cypher.dialect import Dialect
from graph.cypher.gate import Admitted, admit
from graph.errors import QueryError
from graph.stores.base import Result

Run = Callable[[Admitted, float, int | None], Result]


class Outside:
    """Reads a store for others; ``run`` runs what the gate has admitted, within so many seconds and rows."""

    def __init__(self, dialect: Dialect, run: Run) -> None:
        self.dialect = dialect
        self.run = run

    def read(
        self, query: str, parameters: Mapping[str, Any] | None = None, *, seconds: float, limit: int | None
    ) -> Result:
        """Run one query from outside; raises ``WriteRefused`` or ``QueryError``
        for one that may not or cannot be run."""
        admitted = admit(query, parameters, self.dialect)
        try:
            for probe, refusal in admitted.unless.items():
                if self.run(Admitted(probe, {}, ["found"]), seconds, 1).rows:
                    raise QueryError(refusal)
            result = self.run(admitted, seconds, limit)
        except QueryError as error:
            raise explained(error, self.dialect) from error
        return Result(
            result.columns,
            [{name: _plain(value) for name, value in row.items()} for row in result.rows],
            result.truncated,
        )


def explained(error: QueryError, dialect: Dialect) -> QueryError:
    """Return a store's error with what to do about it, where that is known."""
    hint = next((hint for piece, hint in dialect.hints.items() if piece in error.message), None)
    return QueryError(f"{hint}。({error.message})") if hint else error


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise QueryError("算出了无穷大或非数(如 1.0/0、0.0/0),不能返回;请先用 WHERE 去掉除数为 0 的")
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return value

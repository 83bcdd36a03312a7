"""Cypher from outside: through the store's own door for it, which lets through only what reads the graph."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.errors import InputError
from graph.stores import Store
from queries.core.answers import CypherAnswer


@dataclass(frozen=True)
class Console:
    """A store, and how long and how many rows a query has where it says
    nothing; ``capped``: not more rows, whatever it says."""

    store: Store
    seconds: float
    rows: int
    capped: bool = False

    def run(
        self, query: str, parameters: Mapping[str, Any], limit: int | None = None, seconds: float | None = None
    ) -> CypherAnswer:
        """Run one read-only query; raises ``WriteRefused``, ``QueryError``, ``CypherClosed`` or ``QueryTimeout``."""
        if self.capped and limit and limit > self.rows:
            raise InputError(f"limit {limit} 超过本服务的上限 {self.rows}")
        result = self.store.outside().read(query, parameters, seconds=seconds or self.seconds, limit=limit or self.rows)
        return CypherAnswer(columns=result.columns, rows=result.rows, truncated=result.truncated)


def run_cypher(
    store: Store, query: str, parameters: Mapping[str, Any] | None = None, *, seconds: float = 5.0, limit: int = 1000
) -> CypherAnswer:
    """Run one read-only query from a notebook."""
    return Console(store, seconds, limit).run(query, parameters or {})

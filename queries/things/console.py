"""Cypher from outside: through the store's own door for it, which lets through only what reads the graph."""

from typing import Any

from graph.stores import Store
from queries.core.answers import CypherAnswer


def run_cypher(
    store: Store, query: str, parameters: dict[str, Any] | None = None, *, seconds: float = 5.0, limit: int = 1000
) -> CypherAnswer:
    """Run one read-only query; raises ``WriteRefused``, ``QueryError``, ``CypherClosed`` or ``QueryTimeout``."""
    result = store.outside().read(query, parameters, seconds=seconds, limit=limit)
    return CypherAnswer(columns=result.columns, rows=result.rows, truncated=result.truncated)

"""Cypher from outside: read, checked against the model and the store's ways,
and written anew before a store sees it."""

from graph.cypher.dialect import Dialect
from graph.cypher.gate import Admitted, admit

__all__ = ["Admitted", "Dialect", "admit"]

"""About how many bytes a value holds: of long lists, every so many items stand for the others."""

import sys
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import Any

import numpy as np
import polars as pl

SAMPLE = 8  # items of a list that are looked at; each counts for as many as are between it and the next
SHALLOW = (str, bytes, int, float, bool, type(None), type, FunctionType)


def weigh(value: Any, known: Callable[[Any], bool] = lambda _: False) -> int:
    """Return about how many bytes a value holds, without the parts that are ``known``: they are weighed elsewhere."""
    return round(_weigh(value, known, set()))


def _weigh(value: Any, known: Callable[[Any], bool], seen: set[int]) -> float:
    own = float(sys.getsizeof(value, 64))
    if isinstance(value, SHALLOW):
        return own
    if id(value) in seen or (seen and known(value)):
        return 0.0
    seen.add(id(value))
    if isinstance(value, (pl.DataFrame, pl.Series)):
        return own + float(value.estimated_size())
    if isinstance(value, np.ndarray):
        return own if value.flags.owndata else own + value.nbytes
    if isinstance(value, dict):
        return own + sum(_of_many(part, len(value), known, seen) for part in (value.keys(), value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return own + _of_many(value, len(value), known, seen)
    named = getattr(value, "__dict__", {})
    parts = [*list(named.values()), *_slots(value)]  # copied: others may add to what is weighed
    return own + sys.getsizeof(named) + sum(_weigh(part, known, seen) for part in parts)


def _of_many(items: Iterable[Any], number: int, known: Callable[[Any], bool], seen: set[int]) -> float:
    looked_at = list(items)[:: max(1, number // SAMPLE)]  # copied: others may add to what is weighed
    return sum(_weigh(item, known, seen) for item in looked_at) * number / max(1, len(looked_at))


def _slots(value: Any) -> Iterator[Any]:
    """Yield what an object holds beside its dictionary."""
    for kind in type(value).__mro__:
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in {"__dict__", "__weakref__"}:
                yield getattr(value, name, None)

"""What is made of a whole graph is made once for each version of it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from graph.stores import Store

Made = TypeVar("Made")
MOST = 256  # answers that are kept, the least used go first

_kept: OrderedDict[Hashable, tuple[str, Any]] = OrderedDict()
_making: dict[Hashable, threading.Lock] = {}
_guard = threading.Lock()


def once(store: Store, what: Hashable, make: Callable[[], Made]) -> Made:
    """Return what ``make`` returned for this version of the store; threads that ask for the same thing wait for one of them."""
    key = (store.url, what)
    version = store.version()
    with _guard:
        lock = _making.setdefault(key, threading.Lock())
    with lock:
        with _guard:
            if key in _kept and _kept[key][0] == version:
                _kept.move_to_end(key)
                made: Made = _kept[key][1]
                return made
        made = make()
        with _guard:
            _kept[key] = (version, made)
            _kept.move_to_end(key)
            while len(_kept) > MOST:
                _making.pop(_kept.popitem(last=False)[0], None)
        return made

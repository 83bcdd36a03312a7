"""What is made of a whole graph is made once for each version of it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graph.deadline import seconds_left
from graph.stores import Store

Made = TypeVar("Made")
MOST = 256  # answers that are kept, the least used go first
GLANCE = 0.1  # seconds after which one who waits looks whether anybody still waits for it


@dataclass
class _Turn:
    """Whose turn it is to make a thing, and how many make it or wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


_kept: OrderedDict[Hashable, tuple[str, Any]] = OrderedDict()
_turns: dict[Hashable, _Turn] = {}
_guard = threading.Lock()


def once(store: Store, what: Hashable, make: Callable[[], Made]) -> Made:
    """Return what ``make`` returned for this version of the store; threads that ask for the same thing wait for one of them.

    Who waits does so to the end of its own deadline; where the one that makes it is stopped, the next that waits makes it.
    """
    key = (store.url, what)
    version = store.version()
    with _turn(key):
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
                _kept.popitem(last=False)
        return made


@contextmanager
def _turn(key: Hashable) -> Iterator[None]:
    """Let one thread at a time make a thing; raises ``WorkStopped`` where the time of one that waits is up."""
    with _guard:
        turn = _turns.setdefault(key, _Turn())
        turn.users += 1
    try:
        while not turn.lock.acquire(timeout=seconds_left(GLANCE)):
            pass
        try:
            yield
        finally:
            turn.lock.release()
    finally:
        with _guard:
            turn.users -= 1
            if not turn.users:
                del _turns[key]

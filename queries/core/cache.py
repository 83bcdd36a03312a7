"""What is made of a graph is made once for each version of it, and kept as long as there is room."""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from graph.deadline import seconds_left
from queries.core.weigh import weigh

Made = TypeVar("Made")
# answers are many small objects that stay: at its usual pace the collector takes a third of their time
gc.set_threshold(50_000, 20, 100)
GLANCE = 0.1  # seconds after which one who waits looks whether anybody still waits for it


@dataclass
class _Turn:
    """Whose turn it is to make a thing, and how many make it or wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


@dataclass
class _Kept:
    """A thing that was made of a version, what it weighs, and how often it was
    asked for: some parts are made when they are asked for."""

    version: str
    made: Any
    weight: int = 0
    asked: int = 0


class Cache:
    """Things by what they are, the least used go first where they weigh too
    much; one thread at a time makes a thing."""

    def __init__(self, most: int) -> None:
        """``most`` in bytes; a thing that weighs more than half of it counts as
        half, so that it does not drive out all others."""
        self.most = most
        self.weight = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._ids: set[int] = set()
        self._turns: dict[Hashable, _Turn] = {}
        self._guard = threading.Lock()

    def __len__(self) -> int:
        """Return how many things are kept."""
        return len(self._kept)

    def once(self, key: Hashable, version: str, make: Callable[[], Made]) -> Made:
        """Return what ``make`` returned for this version; what raises is not kept."""
        entry = self._find(key, version)
        if entry is None:
            with self._turn(key):
                entry = self._find(key, version)
                if entry is None:
                    entry = _Kept(version, make())
                    self._put(key, entry, None)
        made: Made = entry.made
        return made

    def forget(self, wanted: Callable[[Hashable], bool] = lambda _: True) -> None:
        """Let go of the things with some keys."""
        with self._guard:
            for key in [key for key in self._kept if wanted(key)]:
                self._drop(key)

    def _find(self, key: Hashable, version: str) -> _Kept | None:
        with self._guard:
            entry = self._kept.get(key)
            if entry is None or entry.version != version:
                return None
            self._kept.move_to_end(key)
            entry.asked += 1
        # the first time, the second, the fourth …: parts may have been made since
        if entry.asked & (entry.asked - 1) == 0:
            self._put(key, entry, entry)
        return entry

    def _put(self, key: Hashable, entry: _Kept, old: _Kept | None) -> None:
        """Weigh a thing and keep it; ``old`` is what stands there if it is to be weighed again."""
        weight = min(
            weigh((entry.made,), lambda part: part is not entry.made and id(part) in self._ids), self.most // 2
        )
        with self._guard:
            if old is not None and self._kept.get(key) is not old:
                return
            self._drop(key)
            entry.weight = weight
            self._kept[key] = entry
            self._ids.add(id(entry.made))
            self.weight += weight
            while self.weight > self.most:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Hashable) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._ids.discard(id(old.made))
            self.weight -= old.weight

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        """Let one thread at a time make a thing; raises ``WorkStopped`` where the time of one that waits is up."""
        with self._guard:
            turn = self._turns.setdefault(key, _Turn())
            turn.users += 1
        try:
            while not turn.lock.acquire(timeout=seconds_left(GLANCE)):
                pass
            try:
                yield
            finally:
                turn.lock.release()
        finally:
            with self._guard:
                turn.users -= 1
                if not turn.users:
                    del self._turns[key]


CACHE = Cache(512 << 20)

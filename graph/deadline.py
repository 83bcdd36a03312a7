"""How long a piece of work may go on, and whether anybody still waits for it.

A deadline belongs to the request or command that set it and goes with its context into the thread that does the work.
Long work calls ``check`` between its steps; work that no deadline was set for goes on as long as it takes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from graph.errors import WorkStopped


class Deadline:
    """The time at which a piece of work has to end; ``leave`` ends it at once, from any thread."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.until = time.monotonic() + seconds
        self.left_alone = False

    def leave(self) -> None:
        """Say that nobody waits for the work any more."""
        self.left_alone = True

    def check(self) -> None:
        """Raise ``WorkStopped`` where the time is up or nobody waits any more."""
        if self.left_alone:
            raise WorkStopped("提问的一方已经离开,计算已停止")
        if time.monotonic() > self.until:
            raise WorkStopped(f"计算超过 {self.seconds:g} 秒仍未结束,已停止。请缩小范围,或用命令计算")


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def within(deadline: Deadline) -> Iterator[Deadline]:
    """Let a deadline hold for the work of the block."""
    token = _current.set(deadline)
    try:
        yield deadline
    finally:
        _current.reset(token)


def current() -> Deadline | None:
    """Return the deadline of the work that is going on, if it has one."""
    return _current.get()


def check() -> None:
    """Raise ``WorkStopped`` where the work that is going on has to end."""
    deadline = _current.get()
    if deadline is not None:
        deadline.check()


def seconds_left(most: float) -> float:
    """Return how long a step of the work may take: ``most`` seconds, or what is
    left of its deadline; raises ``WorkStopped`` at its end."""
    deadline = _current.get()
    if deadline is None:
        return most
    deadline.check()
    return min(most, max(0.001, deadline.until - time.monotonic()))

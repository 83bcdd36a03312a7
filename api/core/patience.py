"""Work that a page waits for only a little: where it takes longer it goes on, and the page says so."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from threading import Lock, Thread
from typing import Any, TypeVar

Made = TypeVar("Made")


class Patience:
    """Work by what it is: whoever asks while it goes on waits for the same."""

    def __init__(self) -> None:
        self._going: dict[Hashable, Future[Any]] = {}
        self._guard = Lock()

    def wait(self, key: Hashable, make: Callable[[], Made], seconds: float) -> Made | None:
        """Return what ``make`` returned, or None where it takes longer; what it raises is raised to who waits, or who
        asks next."""
        with self._guard:
            future = self._going.get(key)
            if future is None:
                future = self._going[key] = Future()
                Thread(target=_work, args=(future, make), daemon=True).start()
        try:
            made: Made = future.result(seconds)
        except NotYet:
            if not future.done():
                return None
            raise
        finally:
            if future.done():
                with self._guard:
                    self._going.pop(key, None)
        return made


def _work(future: "Future[Any]", make: Callable[[], Any]) -> None:
    try:
        future.set_result(make())
    except BaseException as error:
        future.set_exception(error)

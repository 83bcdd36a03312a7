"""One process that has imported what a reader needs and splits readers off: a
new one costs milliseconds, not a fifth of a second."""

import os
import socket
import subprocess
import sys
import threading
import weakref
from pathlib import Path

WORKER = Path(__file__).with_name("worker.py")
# bytes of a message: nothing to split a reader off, or the one to end; the answer is who it is, or minus the error
ORDER = 8
NEW = bytes(ORDER)


class Gone(OSError):
    """The nursery cannot be asked, or could not split a reader off."""


class Nursery:
    """The process, its socket and the readers that it has split off; it ends with this program, and they with it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(WORKER), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # no threads of a library that a reader would lack
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._link = ours
        self._guard = threading.Lock()
        self._end = weakref.finalize(self, _end, self.process, ours)

    def start(self, handle: int) -> int:
        """Split a reader off that talks over a socket and return its process's number."""
        return self._ask(NEW, [handle])

    def end(self, pid: int) -> None:
        """End a reader at once and take note of its end; one that has ended, or
        that another nursery had, is left alone."""
        self._ask(pid.to_bytes(ORDER), [])

    def _ask(self, order: bytes, handles: list[int]) -> int:
        with self._guard:
            try:
                socket.send_fds(self._link, [order], handles)
                said = self._link.recv(ORDER, socket.MSG_WAITALL)
            except OSError:
                said = b""
            if len(said) < ORDER:
                self._end()
                raise Gone("the process that starts readers has ended")
        number = int.from_bytes(said, signed=True)
        if number < 0:
            raise Gone(os.strerror(-number))
        return number


def _end(process: "subprocess.Popen[bytes]", link: socket.socket) -> None:
    link.close()
    process.kill()
    process.wait()


_guard = threading.Lock()
_kept: tuple[int, Nursery] | None = None  # whose it is: a program that forks has none


def nursery() -> Nursery:
    """Return this program's nursery, a new one where it has ended."""
    global _kept
    with _guard:
        if _kept is None or _kept[0] != os.getpid() or _kept[1].process.poll() is not None:
            _kept = os.getpid(), Nursery()
        return _kept[1]

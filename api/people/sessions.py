"""Who is logged in, and how long somebody who tried wrong keys waits; both in the memory of the server."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST = 10_000  # sessions, and addresses that tried wrong keys
LONGEST = 12 * 3600.0  # seconds that a session lives, however busy
FREE = 5  # wrong keys before the first wait
FIRST_WAIT, LONGEST_WAIT = 2.0, 900.0
FORGOTTEN = 3600.0  # seconds after which wrong keys are forgotten

Clock = Callable[[], float]


@dataclass
class Session:
    """Somebody who is logged in."""

    name: str
    begun: float
    seen: float


class Sessions:
    """The sessions by the hash of their token."""

    def __init__(self, idle: float, clock: Clock = time.monotonic) -> None:
        self.idle = idle
        self.clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._guard = threading.Lock()

    def open(self, name: str) -> str:
        """Log somebody in and return the token."""
        token, now = secrets.token_urlsafe(32), self.clock()
        with self._guard:
            self._sessions[_hash(token)] = Session(name, now, now)
            while len(self._sessions) > MOST:
                self._sessions.popitem(last=False)
        return token

    def name_of(self, token: str) -> str | None:
        """Return who is logged in by a token, and take it as a sign of life; None where that is over."""
        now = self.clock()
        with self._guard:
            session = self._sessions.get(_hash(token))
            if session is None:
                return None
            if now - session.seen > self.idle or now - session.begun > LONGEST:
                del self._sessions[_hash(token)]
                return None
            session.seen = now
            return session.name

    def close(self, token: str) -> None:
        """Log out."""
        with self._guard:
            self._sessions.pop(_hash(token), None)


class Tries:
    """Wrong keys by the address that they came from: after some each one makes the wait longer."""

    def __init__(self, free: int = FREE, clock: Clock = time.monotonic) -> None:
        self.free = free
        self.clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._guard = threading.Lock()

    def wait(self, address: str) -> float:
        """Return how many seconds an address has to wait before it may try again."""
        with self._guard:
            count, last = self._wrong.get(address, (0, 0.0))
        if count < self.free:
            return 0.0
        wait = min(FIRST_WAIT * 2.0 ** min(count - self.free, 20), LONGEST_WAIT)
        return max(0.0, last + wait - self.clock())

    def wrong(self, address: str) -> None:
        """Count a wrong key."""
        now = self.clock()
        with self._guard:
            count, last = self._wrong.pop(address, (0, now))
            self._wrong[address] = (count + 1 if now - last < FORGOTTEN else 1, now)
            while len(self._wrong) > MOST:
                self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """Forget the wrong keys of an address."""
        with self._guard:
            self._wrong.pop(address, None)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

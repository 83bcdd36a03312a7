"""Moments as records keep them, and the ids of what begins at one."""

from datetime import UTC, datetime
from secrets import token_hex


def now() -> str:
    """Return this moment, to the second."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def new_id() -> str:
    """Return an id that no load has: the day, and what makes it the only one."""
    return f"{datetime.now(UTC):%Y%m%d}-{token_hex(4)}"

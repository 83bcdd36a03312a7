"""How often something is tried: some times here, many times in ``make soak``."""

import os

SOAK = bool(os.environ.get("LIANZHANG_SOAK"))


def times(here: int, soaked: int) -> int:
    """Return how often to try what is left to chance."""
    return soaked if SOAK else here

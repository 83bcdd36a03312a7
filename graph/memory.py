"""Memory that is no longer needed, given back before something large asks for it."""

import ctypes
import gc
from contextlib import suppress

import pyarrow as pa


def give_back_memory() -> None:
    """Let go of what earlier work has taken and no longer needs."""
    gc.collect()
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)

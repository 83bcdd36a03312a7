"""The small file that names the current generation, and the steps by which files take their places for good.

They are the ones that Windows knows too: there a folder can be neither opened nor synced, only a handle that may write
can be synced, links need rights that an office does not give, and a file that somebody has open stays where it is.
"""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

MARK = "lianzhang-generation"
NUMBERED = r"[0-9]{6,9}-[0-9a-f]{6}\.lbug"
# A link of version 0.1.0 comes out of some archives as a text of where it led.
LINE = re.compile(rf"(?:{MARK} |[^/\\\n]+\.d[/\\])({NUMBERED})\s*")
LONGEST = 1024  # bytes; what is longer is no pointer
READ_AGAIN = (0.005, 0.01, 0.02)  # seconds between tries: a file that is being replaced may refuse for an instant
REPLACE_AGAIN = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.3)  # and so does one that is being read


def read(path: Path) -> str | None:
    """Return the name of the graph file that a pointer names; None where the file is no pointer."""
    for wait in (*READ_AGAIN, None):
        try:
            with path.open("rb", buffering=0) as stream:
                text = stream.read(LONGEST).decode()
        except UnicodeDecodeError:
            return None
        except PermissionError:
            if wait is None:
                raise
            time.sleep(wait)
        else:
            found = LINE.fullmatch(text)
            return found.group(1) if found else None
    raise AssertionError("the last try returns or raises")


def write(path: Path, name: str) -> None:
    """Write a pointer, whole and on the disk; it is the current one when it has taken the other one's place."""
    put(path, f"{MARK} {name}\n")


def put(path: Path, text: str) -> None:
    """Write a small file; it is on the disk before this returns."""
    with path.open("wb") as stream:
        stream.write(text.encode())
        stream.flush()
        os.fsync(stream.fileno())


def nothing() -> None:
    """Do nothing."""


def replace(fresh: Path, path: Path, refused: Callable[[], None] = nothing) -> None:
    """Put a file in the place of another; who reads that one for an instant is waited for, a second at most.

    ``refused`` is called where the system refuses, before each new try.
    """
    for wait in (*REPLACE_AGAIN, None):
        try:
            os.replace(fresh, path)
        except PermissionError:
            if wait is None:
                raise
            refused()
            time.sleep(wait)
        else:
            return


def sync(path: Path) -> None:
    """Have the content of a file on the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Have the names in a folder on the disk, where the system can be asked to."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folder: it writes names down in its own order
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

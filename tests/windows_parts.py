"""A file system as an office's Windows has it, over the one that is here: what it forbids is refused, to this program
and to those that it starts with ``windows()`` around them."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

Seen = tuple[int, int]


def programs() -> list[int]:
    """This process and all that came of it: the nursery, its readers."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int((folder / "stat").read_text("utf-8").rpartition(")")[2].split()[1])
    found = [os.getpid()]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def open_files() -> set[Seen]:
    """The files that any of them has open or mapped."""
    found = set()
    for pid in programs():
        for kind in ("fd", "map_files"):
            with suppress(OSError):
                for handle in Path(f"/proc/{pid}/{kind}").iterdir():
                    with suppress(OSError):
                        stat = handle.stat()
                        found.add((stat.st_dev, stat.st_ino))
    return found


def is_open(path: Any) -> bool:
    """Tell whether a file is open anywhere here."""
    try:
        stat = os.lstat(path)
    except OSError:
        return False
    return (stat.st_dev, stat.st_ino) in open_files()


@contextmanager
def windows() -> Iterator[list[tuple[str, str]]]:
    """Forbid what Windows forbids; yields what was refused, each call with the name of its file."""
    refused: list[tuple[str, str]] = []
    real = {name: getattr(os, name) for name in ("open", "fsync", "replace", "rename", "unlink", "remove")}

    def refuse(call: str, path: Any, number: int = errno.EACCES) -> OSError:
        refused.append((call, Path(path).name))
        return OSError(number, os.strerror(number), str(path))

    def symlink(_start: Any, end: Any, *_: Any, **__: Any) -> None:
        raise refuse("symlink", end, errno.EPERM)

    def opened(path: Any, flags: int, mode: int = 0o777, **named: Any) -> int:
        if isinstance(path, (str, os.PathLike)) and os.path.isdir(path):
            raise refuse("open", path)
        handle: int = real["open"](path, flags, mode, **named)
        return handle

    def fsync(handle: int) -> None:
        if fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise refuse("fsync", os.readlink(f"/proc/self/fd/{handle}"), errno.EBADF)
        real["fsync"](handle)

    def moved(call: str, over: bool) -> Any:
        def move(start: Any, end: Any, **named: Any) -> None:
            for path in (start, end):
                if is_open(path):
                    raise refuse(call, path)
            if os.path.lexists(end) and (os.path.isdir(end) or not over):
                raise refuse(call, end, errno.EACCES if over else errno.EEXIST)
            real[call](start, end, **named)

        return move

    def removed(call: str) -> Any:
        def remove(path: Any, **named: Any) -> None:
            if is_open(path):
                raise refuse(call, path)
            real[call](path, **named)

        return remove

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "symlink", symlink)
        patch.setattr(os, "open", opened)
        patch.setattr(os, "fsync", fsync)
        patch.setattr(os, "replace", moved("replace", over=True))
        patch.setattr(os, "rename", moved("rename", over=False))
        patch.setattr(os, "unlink", removed("unlink"))
        patch.setattr(os, "remove", removed("remove"))
        patch.setattr(shutil, "_use_fd_functions", False)  # they open folders, which nobody would try there
        yield refused

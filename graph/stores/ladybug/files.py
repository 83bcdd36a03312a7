"""The shelf of an embedded store: a folder beside its generations."""

import os
from contextlib import suppress
from pathlib import Path

from graph.errors import StoreUnavailable
from graph.stores.ladybug import pointer


class FileShelf:
    """Files in a folder; a name may have slashes, which lead into folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, content: bytes) -> None:
        """Keep a file."""
        target = self.folder / name
        fresh = target.with_name(f"{target.name}.new")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with fresh.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            pointer.replace(fresh, target)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise StoreUnavailable(f"写不了 {target.parent}: {error.strerror};请检查磁盘与权限,图没有改动") from error

    def get(self, name: str) -> bytes:
        """Return a file."""
        try:
            return (self.folder / name).read_bytes()
        except OSError as error:
            raise StoreUnavailable(f"读不了 {self.folder / name}: {error.strerror};请从备份恢复") from error

    def names(self, start: str = "") -> list[str]:
        """Return the names that begin so."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and path.suffix != ".new")
        return sorted(name for path in files if (name := path.relative_to(self.folder).as_posix()).startswith(start))

    def remove(self, start: str) -> None:
        """Remove files, and the folders that they leave empty."""
        for name in self.names(start):
            path = self.folder / name
            with suppress(OSError):  # what somebody has open stays for the next time
                path.unlink(missing_ok=True)
                path.parent.rmdir()

"""Generations of an embedded graph file: a load builds the next one beside the current and swaps it in atomically."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from graph.errors import LoadBusy, StoreUnavailable

KEEP = 2


class Generations:
    """The folder ``NAME.lbug.d`` of numbered graph files; ``NAME.lbug`` is a link to the current one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = path.with_name(path.name + ".d")

    def current(self) -> Path | None:
        """Return the file that readers see now, or None before the first load."""
        try:
            return self.path.resolve(strict=True)
        except FileNotFoundError:
            return None

    def version(self) -> str:
        """Return the name of the current generation, or ``empty``."""
        try:
            return Path(os.readlink(self.path)).stem
        except FileNotFoundError:
            return "empty"
        except OSError:
            return "plain"

    @contextmanager
    def lock(self, seconds: float = 10.0) -> Iterator[None]:
        """Hold the right to write; a killed process lets go of it by itself."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            held = FileLock(self.folder / "lock")
            held.acquire(timeout=seconds)
        except Timeout:
            raise LoadBusy(f"另一个载入正在写 {self.path},请等它结束后再试") from None
        except OSError as error:
            raise StoreUnavailable(f"不能写入 {self.path.parent}: {error.strerror},请检查目录权限或换一个 --store") from error
        try:
            self._sweep()
            yield
        finally:
            held.release()

    def begin(self) -> Path:
        """Return a private copy of the current generation (or a new path) to write into; call it under the lock."""
        building = self.folder / f"building-{os.getpid()}.lbug"
        current = self.current()
        if current:
            shutil.copyfile(current, building)
        return building

    def commit(self, building: Path) -> None:
        """Make the finished file the current generation; readers of the old one are not disturbed."""
        numbers = [int(found.group(1)) for found in map(_number, self.folder.iterdir()) if found]
        if self.path.exists() and not self.path.is_symlink():
            os.replace(self.path, self.folder / f"{max(numbers, default=0) + 1:06d}-{os.urandom(3).hex()}.lbug")
            numbers.append(max(numbers, default=0) + 1)
        target = self.folder / f"{max(numbers, default=0) + 1:06d}-{os.urandom(3).hex()}.lbug"
        _sync(building)
        os.replace(building, target)
        link = self.folder / f"link-{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(Path(self.folder.name) / target.name)
        os.replace(link, self.path)
        _sync(self.folder)
        _sync(self.path.parent)
        self._prune()

    def _sweep(self) -> None:
        for left in (*self.folder.glob("building-*"), *self.folder.glob("link-*")):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)

    def _prune(self) -> None:
        files = sorted(path for path in self.folder.iterdir() if _number(path))
        for old in files[:-KEEP]:
            old.unlink(missing_ok=True)
            old.with_suffix(".json").unlink(missing_ok=True)


def _number(path: Path) -> re.Match[str] | None:
    return re.fullmatch(r"(\d{6})-[0-9a-f]{6}\.lbug", path.name)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

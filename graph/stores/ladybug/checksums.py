"""Checksums of a graph file, kept beside it: whoever opens it later knows whether it is still what was written.

One CRC-32 for each megabyte (fast, and it tells where the damage is), the SHA-256 of the whole, and a seal: what the
file system said of the file when it was last known to be whole. Any write through the file system changes the seal.
"""

import hashlib
import json
import os
import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

BLOCK = 1 << 20
WHOLE = 64  # blocks: a file of so many is read whole each time it is opened
SPREAD = 32  # blocks of a larger one that are read while its seal holds
FORMAT = 1
Tell = Callable[[], None]


@dataclass(frozen=True)
class Seal:
    """Which file it is and when it was last changed; the time of change (ctime) cannot be set back by a program."""

    inode: int
    size: int
    written: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> "Seal":
        """Return the seal of a file as it is now."""
        stat = path.stat()
        return cls(stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


@dataclass(frozen=True)
class Checksums:
    """What was written."""

    size: int
    crc32: tuple[int, ...]
    sha256: str
    seal: Seal

    def blocks(self, seal: Seal) -> Iterable[int]:
        """Return the blocks to read at an opening: all of a small file or of
        one that was touched, else both ends and some between."""
        number = len(self.crc32)
        if number <= WHOLE or seal != self.seal:
            return range(number)
        return sorted({0, number - 1, *random.sample(range(number), min(number, SPREAD))})


class Unreadable(ValueError):
    """The checksums themselves are damaged."""


def silent() -> None:
    """Show nothing."""


def file_of(path: Path) -> Path:
    """Return where the checksums of a graph file are."""
    return path.with_suffix(".sum")


def measure(path: Path, tell: Tell = silent) -> Checksums:
    """Read a whole file and return its checksums."""
    seal = Seal.of(path)
    sha, crc32 = hashlib.sha256(), []
    for _, block in read_blocks(path, range(-(-seal.size // BLOCK))):
        crc32.append(zlib.crc32(block))
        sha.update(block)
        tell()
    return Checksums(seal.size, tuple(crc32), sha.hexdigest(), seal)


def save(path: Path, sums: Checksums) -> None:
    """Write the checksums of a graph file: on the disk before they are in their place."""
    content = {
        "format": FORMAT,
        "size": sums.size,
        "block": BLOCK,
        "crc32": sums.crc32,
        "sha256": sums.sha256,
        "seal": vars(sums.seal),
    }
    fresh = path.with_suffix(f".sum.{os.urandom(3).hex()}.new")
    try:
        with fresh.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(content | {"check": _check(content)}))
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, file_of(path))
    finally:
        fresh.unlink(missing_ok=True)


def read(path: Path) -> Checksums | None:
    """Return the checksums of a graph file, or None where it has none; raises ``Unreadable`` where they are damaged."""
    try:
        content: dict[str, Any] = json.loads(file_of(path).read_bytes())
        if content.pop("check") != _check(content) or (content["format"], content["block"]) != (FORMAT, BLOCK):
            raise Unreadable
        return Checksums(content["size"], tuple(content["crc32"]), content["sha256"], Seal(**content["seal"]))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"它的校验和 {file_of(path).name} 损坏,无从核对") from error


def seal_again(path: Path, sums: Checksums, seal: Seal) -> None:
    """Keep the seal under which a file was found whole; where that cannot be
    written the file is read whole the next time too."""
    with suppress(OSError):
        save(path, replace(sums, seal=seal))


def wrong_blocks(path: Path, sums: Checksums, numbers: Iterable[int]) -> list[int]:
    """Return which of these blocks are not what was written."""
    return [number for number, block in read_blocks(path, numbers) if zlib.crc32(block) != sums.crc32[number]]


def read_blocks(path: Path, numbers: Iterable[int]) -> Iterator[tuple[int, memoryview]]:
    """Yield blocks of a file; the memory of one is used for the next. (A
    mapping would be killed by SIGBUS where the file is cut.)"""
    space = bytearray(BLOCK)
    whole = memoryview(space)
    with path.open("rb", buffering=0) as stream:
        at = 0
        for number in numbers:
            if number != at:
                stream.seek(number * BLOCK)
            filled = 0
            while filled < BLOCK and (more := stream.readinto(whole[filled:])):
                filled += more
            yield number, whole[:filled]
            at = number + 1


def copy(path: Path, target: Path, sums: Checksums | None) -> list[int]:
    """Copy a file and return which blocks of it are not what was written."""
    wrong = []
    numbers = range(-(-path.stat().st_size // BLOCK))
    with target.open("wb") as stream:
        for number, block in read_blocks(path, numbers):
            if sums and (number >= len(sums.crc32) or zlib.crc32(block) != sums.crc32[number]):
                wrong.append(number)
            stream.write(block)
    return wrong if sums is None or len(numbers) >= len(sums.crc32) else [*wrong, len(numbers)]


def _check(content: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(content, sort_keys=True).encode())

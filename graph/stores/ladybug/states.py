"""Whether a graph file can be trusted: whole, damaged, or written by an older version that kept no checksums."""

import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from graph.stores.ladybug import checksums
from graph.stores.ladybug.checksums import BLOCK, Checksums, Seal
from graph.stores.ladybug.tables import MAPPED

MAGIC = b"LBUG"
PROBE_SECONDS = 120
SHOWN = 3  # damaged places that a message names


class FileState(StrEnum):
    """How a generation is."""

    good = "good"
    damaged = "damaged"
    unchecked = "no-checksum"


STATE_ZH = {FileState.good: "完好", FileState.damaged: "损坏", FileState.unchecked: "没有校验和"}


@dataclass(frozen=True)
class Condition:
    """The state of a file, with what is wrong in words."""

    state: FileState
    problem: str = ""


def examine(path: Path, whole: bool = False) -> Condition:
    """Say how a file is; ``whole``: every block is read, else as much as ``Checksums.blocks`` says."""
    try:
        seal, sums = Seal.of(path), checksums.read(path)
        if seal.size == 0:
            return Condition(FileState.damaged, "它是空文件(0 字节)")
        if sums is None:
            return _copied(path, seal) or _without_checksums(path)
        if seal.size != sums.size:
            return Condition(FileState.damaged, f"写入时有 {sums.size:,} 字节,现在是 {seal.size:,} 字节")
        numbers = range(len(sums.crc32)) if whole else sums.blocks(seal)
        if wrong := checksums.wrong_blocks(path, sums, numbers):
            return Condition(FileState.damaged, places(wrong))
    except checksums.Unreadable as error:
        return Condition(FileState.damaged, str(error))
    except OSError as error:
        return Condition(FileState.damaged, f"读不了它({error.strerror or error}),请检查权限与磁盘")
    if seal != sums.seal and len(sums.crc32) > checksums.WHOLE and Seal.of(path) == seal:
        checksums.seal_again(path, sums, seal)
    return Condition(FileState.good)


def blocks_of(path: Path) -> int:
    """Return how many blocks there are to read in a file."""
    try:
        return -(-path.stat().st_size // BLOCK)
    except OSError:
        return 0


def verify_file(path: Path, tell: checksums.Tell = checksums.silent) -> Condition:
    """Read a whole file and compare every block and the hash of the whole;
    ``tell`` hears of each block that is done."""
    try:
        sums = checksums.read(path)
        if sums is None:
            return examine(path)
        measured = checksums.measure(path, tell)
    except (checksums.Unreadable, OSError):
        return examine(path)
    return compare(measured, sums)


def compare(measured: Checksums, sums: Checksums) -> Condition:
    """Say how a file is that was read whole."""
    if measured.size != sums.size:
        return Condition(FileState.damaged, f"写入时有 {sums.size:,} 字节,现在是 {measured.size:,} 字节")
    wrong = [
        number for number, (read, written) in enumerate(zip(measured.crc32, sums.crc32, strict=True)) if read != written
    ]
    if wrong or measured.sha256 != sums.sha256:
        return Condition(FileState.damaged, places(wrong))
    return Condition(FileState.good)


def places(blocks: list[int]) -> str:
    """Return in words which blocks are damaged."""
    where = "、".join(f"第 {block * BLOCK >> 20}–{(block + 1) * BLOCK >> 20} MB" for block in blocks[:SHOWN])
    more = f"等 {len(blocks)} 处" if len(blocks) > SHOWN else ""
    return f"内容与写入时的校验和不符({where or '全文'}{more})"


def _copied(path: Path, seal: Seal) -> Condition | None:
    """Say how a file is that stands where a link to one of the generations was:
    copying and packing often put the file in its place."""
    wrong: list[list[int]] = []
    for file in path.with_name(path.name + ".d").glob("*.sum"):
        with suppress(checksums.Unreadable):
            sums = checksums.read(file)
            if sums is not None and sums.size == seal.size:
                wrong.append(checksums.wrong_blocks(path, sums, range(len(sums.crc32))))
    if not wrong:
        return None
    least = min(wrong, key=len)
    return Condition(FileState.damaged, places(least)) if least else Condition(FileState.good)


def _without_checksums(path: Path) -> Condition:
    with path.open("rb") as stream:
        if stream.read(len(MAGIC)) != MAGIC:
            return Condition(FileState.damaged, "它不是图文件")
    # The engine may end the process over a damaged file.
    command = [sys.executable, "-P", str(Path(__file__).with_name("probe.py")), str(path), str(MAPPED)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PROBE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return Condition(FileState.damaged, f"它没有校验和,{PROBE_SECONDS} 秒里也没能打开")
    if done.returncode:
        return Condition(FileState.damaged, "它没有校验和,也打不开: 可能损坏,或由不同的版本写成")
    return Condition(FileState.unchecked)

"""Files that are written for people: whether they can be is known before the
work, and a write that fails leaves no half of one."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from graph.errors import LianzhangError, OutputError

DEVICES = ("/dev", "/proc")  # what is there is written as it is, never replaced
WHY = {
    errno.ENOSPC: "磁盘满了,请腾出空间或换一个位置",
    errno.EDQUOT: "磁盘配额用完了,请腾出空间或换一个位置",
    errno.EROFS: "那里是只读的文件系统,请换一个位置",
    errno.EACCES: "没有写的权限,或它正被别的程序(如 Excel、WPS)打开;请关闭它,或换一个文件名或位置",
    errno.EPERM: "不允许写,请换一个文件名或位置",
    errno.ENOENT: "那里不能建文件,请换一个位置",
    errno.ENAMETOOLONG: "名称太长,请换一个短的",
    errno.ENOTDIR: "它的上级不是目录,请换一个位置",
    errno.EISDIR: "它是一个目录,这里要的是文件名",
}


def check_writable(path: Path) -> None:
    """Raise ``OutputError`` where a file cannot be written; folders that it lacks would be made."""
    try:
        if path.is_dir():
            raise OSError(errno.EISDIR, "")
        if path.is_file():
            if not path.stat().st_mode & 0o222:  # read-only also to root, who may do anything
                raise OSError(errno.EACCES, "")
            with path.open("ab"):  # a spreadsheet that has the file open refuses this
                pass
        if not (path.exists() and _is_device(path)):
            _probe(path.resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise _refusal(path, error) from error


def check_folder(path: Path) -> None:
    """Raise ``OutputError`` where files cannot be written into a folder; the folder itself would be made."""
    try:
        if path.exists() and not path.is_dir():
            raise OSError(errno.EEXIST, "它是一个文件,这里要的是目录")
        _probe(path.resolve() / "_")
    except (OSError, ValueError, RuntimeError) as error:
        raise _refusal(path, error) from error


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield the path to write to; when the block ends without an error, the whole file is in the place of the old one.

    Raises ``OutputError`` where it cannot be written.
    """
    try:
        if _is_device(path):
            yield path
            return
        target = path.resolve()
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = _beside(target)
        try:
            yield fresh
            _replace(fresh, target)
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
    except LianzhangError:
        raise
    except OSError as error:
        raise _refusal(path, error) from error


def write_bytes(path: Path, content: bytes) -> None:
    """Write a whole file."""
    with writing(path) as fresh:
        fresh.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a whole file of text, UTF-8."""
    write_bytes(path, text.encode())


def _is_device(path: Path) -> bool:
    """Tell whether a path is no file that may be replaced: a device, a pipe, the terminal."""
    return (path.is_absolute() and path.parts[:2] in [("/", part[1:]) for part in DEVICES]) or (
        path.exists() and not path.is_file()
    )


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:40]}.{os.urandom(3).hex()}.part")


def _probe(path: Path) -> None:
    """Write a byte where the file, or the first folder that it lacks, would come to be."""
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "")
    probe = _beside(folder / path.name)
    try:
        probe.write_bytes(b"\n")
    finally:
        probe.unlink(missing_ok=True)


def _replace(fresh: Path, target: Path) -> None:
    """Put a finished file in its place, with the rights that the old one had."""
    if target.exists():
        shutil.copymode(target, fresh)
    try:
        os.replace(fresh, target)
    except OSError as error:
        # a single file that is mounted into a container cannot be replaced, only written
        if error.errno != errno.EBUSY:
            raise
        shutil.copyfile(fresh, target)


def _refusal(path: Path, error: Exception) -> OutputError:
    told = re.search(r"\(os error (\d+)\)", str(error))  # polars has the number in its text alone
    number = getattr(error, "errno", None) or (int(told.group(1)) if told else 0)
    return OutputError(f"{path}: {WHY.get(number) or getattr(error, 'strerror', None) or error}")

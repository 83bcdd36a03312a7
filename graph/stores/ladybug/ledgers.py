"""What was loaded into a generation: a small file beside it, written before the generation is the current one."""

import os
from pathlib import Path

from graph.errors import StoreUnavailable
from graph.stores.ladybug import pointer


def file_of(path: Path) -> Path:
    """Return where the ledger of a graph file is."""
    return path.with_suffix(".loads")


def read(path: Path) -> str | None:
    """Return the ledger of a graph file, None where it has none; raises ``StoreUnavailable`` where it cannot be
    read."""
    try:
        return file_of(path).read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        told = "图本身没有坏;请检查权限,或从备份恢复"
        raise StoreUnavailable(f"读不了载入记录 {file_of(path)}: {error}。{told}") from error


def write(path: Path, text: str) -> None:
    """Write the ledger of a graph file, whole and on the disk."""
    target = file_of(path)
    fresh = target.with_name(f"{target.name}.{os.urandom(3).hex()}.new")
    pointer.put(fresh, text)
    pointer.replace(fresh, target)

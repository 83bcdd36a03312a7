"""Small texts beside a generation: what is kept can be made again, so notes that cannot be read are no notes."""

import json
import os
import zlib
from contextlib import suppress
from pathlib import Path


def read_notes(path: Path) -> dict[str, str]:
    """Return the notes of a graph file."""
    try:
        content = json.loads(path.with_suffix(".json").read_bytes())
        notes: dict[str, str] = content.get("notes", {})
        return notes if content.get("check") == _check(notes) else {}
    except (OSError, ValueError, AttributeError):
        return {}


def write_note(path: Path, key: str, value: str) -> None:
    """Add a note to a graph file; where it cannot be written there is none."""
    notes = read_notes(path) | {key: value}
    fresh = path.with_suffix(f".json.{os.urandom(3).hex()}.new")
    with suppress(OSError):
        fresh.write_text(json.dumps({"notes": notes, "check": _check(notes)}, ensure_ascii=False), "utf-8")
        fresh.replace(path.with_suffix(".json"))
    with suppress(OSError):
        fresh.unlink(missing_ok=True)


def _check(notes: dict[str, str]) -> int:
    return zlib.crc32(json.dumps(notes, sort_keys=True).encode())

"""What the current version of a graph was loaded from: the same files again need not be read again."""

import hashlib
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import graph
import loaders
from graph.model import Record, name_of
from graph.stores import Store
from loaders.identity import Conflict
from loaders.report import FileReport, Report

KEY = "loaded"


def fingerprint(files: list[Path], kind: type[Record] | None) -> str:
    """Return the SHA-256 of the files' names and contents, the wished type, and the code that reads them."""
    digest = hashlib.sha256(_code().encode())
    digest.update((name_of(kind) if kind else "").encode())
    for path in (inner for path in files for inner in (sorted(path.rglob("*.json")) if path.is_dir() else [path])):
        digest.update(f"\0{path.resolve()}\0".encode())
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for package in (graph, loaders):
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def recall(store: Store, mark: str) -> Report | None:
    """Return the report of loading the very same files into this very version, every row ``same``; None otherwise."""
    if store.version() == "empty":
        return None
    kept = store.note(KEY)
    saved = json.loads(kept) if kept else {}
    if saved.get("mark") != mark:
        return None
    files = [FileReport(**{**file, "new": 0, "changed": 0, "same": file["read"]}) for file in saved["files"]]
    return Report(files=files, conflicts=[Conflict(**item) for item in saved["conflicts"]], warnings=saved["warnings"], version=store.version())


def remember(store: Store, mark: str, report: Report) -> None:
    """Keep what a clean load was made from, beside the version that it made."""
    files = [asdict(file) for file in report.files]
    conflicts = [asdict(conflict) for conflict in report.conflicts]
    store.note(KEY, json.dumps({"mark": mark, "files": files, "conflicts": conflicts, "warnings": report.warnings}, ensure_ascii=False))

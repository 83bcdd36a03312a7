"""What the current version of a graph was loaded from: the same files again need not be read again."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import graph
import loaders
from graph.model import file_name, name_of
from graph.stores import Store
from loaders.layouts.spelling import clean_head
from loaders.layouts.told import Layout, Told, sign_of
from loaders.layouts.words import mark
from loaders.report import FileReport, ReadOtherwise, Report
from loaders.rows.problems import Contradiction

KEY = "loaded"
LAYOUTS = "layouts"
MOST_LAYOUTS = 500


def fingerprint(files: list[Path], told: Told) -> str:
    """Return the SHA-256 of the files' names and contents, what is said of them, and the code and words that read
    them."""
    digest = hashlib.sha256(_code().encode())
    digest.update((name_of(told.kind) if told.kind else "").encode())
    said = [dict(told.proof), told.leader, dict(told.columns), dict(told.keep), told.census, mark()]
    digest.update(json.dumps(said, sort_keys=True).encode())
    for path in (inside for item in files for inside in (sorted(item.rglob("*.json")) if item.is_dir() else [item])):
        digest.update(b"\0" + os.fsencode(path.resolve()) + b"\0")
        # what cannot be read is reported when it is opened as a table
        with (
            suppress(OSError),
            path.open("rb") as stream,
        ):
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for package in (graph, loaders):
        folder = Path(str(package.__file__)).parent
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")]):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def recall(store: Store, mark: str) -> Report | None:
    """Return the report of loading the very same files into this very version, every row ``same``; None otherwise."""
    if store.version() == "empty":
        return None
    note = store.note(KEY)
    saved = json.loads(note) if note else {}
    if saved.get("mark") != mark:
        return None
    files = [FileReport(**{**file, "new": 0, "changed": 0, "same": file["read"]}) for file in saved["files"]]
    conflicts = [Contradiction(**item) for item in saved["conflicts"]]
    notes = [ReadOtherwise(**item) for item in saved.get("notes", [])]
    told = {"warnings": saved["warnings"], "notes": notes}
    return Report(files=files, conflicts=conflicts, version=store.version(), **told)


def remember(store: Store, mark: str, report: Report) -> None:
    """Keep what a clean load was made from, beside the version that it made."""
    files = [asdict(file) for file in report.files]
    conflicts = [asdict(conflict) for conflict in report.conflicts]
    store.note(
        KEY,
        json.dumps(
            {"mark": mark, "files": files, "conflicts": conflicts, "warnings": report.warnings}
            | {"notes": [asdict(note) for note in report.notes]},
            ensure_ascii=False,
        ),
    )


def recall_layouts(store: Store) -> dict[str, Layout]:
    """Return what was said of files, by the sign of their heads."""
    kept = store.lasting(LAYOUTS) if store.version() != "empty" else None
    return json.loads(kept) if kept else {}


def remember_layouts(store: Store, told: Told, tables: list[list[str]]) -> None:
    """Keep what was said of the type and the heads of tables, so that the next file of the kind needs no word."""
    if not told.columns and not told.kind:
        return
    layouts = recall_layouts(store)
    for heads in tables:
        there = {clean_head(head) for head in heads}
        mapped = {head: name for head, name in told.columns.items() if clean_head(head) in there}
        layouts.pop(sign_of(heads), None)
        layouts[sign_of(heads)] = ({"": file_name(told.kind)} if told.kind else {}) | mapped
    store.lasting(LAYOUTS, json.dumps(dict([*layouts.items()][-MOST_LAYOUTS:]), ensure_ascii=False))

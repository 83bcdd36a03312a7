"""STUB of the core, to build the page against; the merge replaces it."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from graph.errors import Conflict, NotFound
from graph.stores import Store, open_store
from loaders.report import Report, Step, silent
from loaders.run import Options, load


@dataclass(frozen=True)
class LoadRecord:
    """What the store keeps of a load."""

    id: str
    at: str
    by: str
    files: tuple[str, ...]
    source: str
    list: str
    edition: str
    counts: Mapping[str, int]
    state: str
    back_at: str = ""
    back_by: str = ""
    why_not: str = ""


@dataclass
class TakenBack:
    """What taking back did."""

    record: LoadRecord
    nodes: dict[str, int]
    edges: dict[str, int]
    changed: int = 0
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Gone:
    """A thing that ends."""

    label: str
    id: str
    name: str
    day: str


@dataclass(frozen=True)
class ChangedRow:
    """A node that changes."""

    label: str
    id: str
    name: str
    fields: Mapping[str, tuple[object, object]]


@dataclass(frozen=True)
class NewRow:
    """A node that is new."""

    label: str
    id: str
    name: str


@dataclass
class Rehearsal:
    """A load that was not done."""

    report: Report
    store: Store
    edition: LoadRecord | None
    gone: list[Gone]
    gone_count: int
    changed: list[ChangedRow]
    new: list[NewRow]
    version: str


def _kept(store: Store) -> list[LoadRecord]:
    text = store.lasting("stub-loads")
    return [LoadRecord(**item | {"files": tuple(item["files"])}) for item in json.loads(text)] if text else []


def _keep(store: Store, records: list[LoadRecord]) -> None:
    store.lasting("stub-loads", json.dumps([asdict(record) for record in records], ensure_ascii=False))


def note_load(store: Store, files: list[Path], report: Report, options: Options) -> None:
    """Keep a load."""
    counts = {name: report.total(name) for name in ("read", "new", "changed", "same", "rejected")} | {"gone": 0}
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    names = tuple(path.name for path in files)
    _keep(
        store,
        [LoadRecord(options.id, at, options.by, names, options.proof.get("source", ""), "", "", counts, "standing"), *_kept(store)],
    )


def read_loads(store: Store) -> list[LoadRecord]:
    """Return all loads, the newest first."""
    return [] if store.version() == "empty" else _kept(store)


def find_load(store: Store, id: str) -> LoadRecord:
    """Return a load."""
    for record in read_loads(store):
        if record.id == id:
            return record
    raise NotFound(f"没有编号为“{id[:60]}”的载入")


def take_back(store: Store, id: str, by: str, why: str = "", step: Step = silent) -> TakenBack:
    """Take a load back."""
    record = find_load(store, id)
    if record.state != "standing":
        raise Conflict("这次载入已经撤回")
    gone = replace(record, state="taken_back", back_at="2026-11-30T00:00:00Z", back_by=by)
    _keep(store, [gone if one.id == id else one for one in _kept(store)])
    return TakenBack(gone, {}, {})


@contextmanager
def rehearse(paths: list[Path], store: Store, options: Options) -> Iterator[Rehearsal]:
    """Load into a scratch copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(store.url.removeprefix("ladybug://"))
        if path.parent.exists() and store.version() != "empty":
            shutil.copytree(path.parent, Path(folder) / "g", symlinks=True)
        scratch = open_store(f"ladybug://{folder}/g/{path.name}")
        version = store.version()
        report = load(paths, scratch, replace(options, id="", rejects=None))
        try:
            yield Rehearsal(report, scratch, None, [], 0, [], [], version)
        finally:
            scratch.close()

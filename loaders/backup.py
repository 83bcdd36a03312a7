"""A whole graph in one file, with what people wrote and the journal: from either store, into either store."""

import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import InputError
from graph.journal import Head, JournalEntry, broken
from graph.model import EDGE_TYPES, EDGES, NODE_TYPES, NODES, Edge, Node, ends_of
from graph.outputs import check_writable, writing
from graph.stores import Ends, Store, Writer
from graph.stores.base import schema
from loaders.changes import RESTORED
from loaders.ledger import LoadLedger
from loaders.memory import LAYOUTS
from loaders.report import Step, silent

FORMAT = 2
READABLE = (1, FORMAT)  # the first one had no loads
MANIFEST, JOURNAL, LOADS, LAYOUTS_TOLD = "manifest.json", "journal.jsonl", "loads.json", "layouts.json"
SHELF = "shelf/"
OF_SHELF = re.compile(SHELF + r"[0-9A-Za-z-]+/[0-9]{4,}\.zip")
ROWS = 200_000  # that are read from a part at a time
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: its parts, each with its rows and the SHA-256 of its bytes."""

    made_at: str
    store: str
    version: str
    rows: dict[str, int] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def nodes(self) -> int:
        """Return how many nodes there are."""
        return sum(rows for name, rows in self.rows.items() if name.startswith("nodes/"))

    @property
    def edges(self) -> int:
        """Return how many edges there are."""
        return sum(rows for name, rows in self.rows.items() if name.startswith("edges/"))


def back_up(store: Store, path: Path, step: Step = silent) -> Manifest:
    """Write the graph as it stands, with the journal and what each load said, into a file; readers go on, whoever
    writes waits.

    Raises ``OutputError`` where the file cannot be written.
    """
    check_writable(path)
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with store.load(), writing(path) as fresh, zipfile.ZipFile(fresh, "w") as archive:
        manifest = Manifest(made_at, store.url, store.version())
        for name, frames in _parts(store):
            step(f"备份 {name.partition('/')[2]}", sum(manifest.rows.values()))
            _add(archive, manifest, name, frames)
        for name, kept in _kept(store):
            step(f"备份 {name}", sum(manifest.rows.values()))
            archive.writestr(name, kept, zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED)
            manifest.rows[name], manifest.sha256[name] = 0, hashlib.sha256(kept).hexdigest()
        entries = [*store.journal().entries()]
        lines = [json.dumps({"hash": entry.hash, "text": entry.text()}, ensure_ascii=False) for entry in entries]
        content = "".join(f"{line}\n" for line in lines).encode()
        archive.writestr(JOURNAL, content, zipfile.ZIP_DEFLATED)
        manifest.rows[JOURNAL], manifest.sha256[JOURNAL] = len(entries), hashlib.sha256(content).hexdigest()
        archive.writestr(MANIFEST, json.dumps(vars(manifest), ensure_ascii=False, indent=1), zipfile.ZIP_DEFLATED)
    return manifest


def restore(store: Store, path: Path, by: str, replace: bool = False, step: Step = silent) -> tuple[Manifest, bool]:
    """Make a store what a backup holds; return what that is, and whether its journal was taken over as well.

    The file is checked as a whole before anything is written. A store that holds a graph keeps it, unless it is to be
    ``replace``d; its own journal stays where the backup's does not go on from it. Raises ``InputError``.
    """
    with _opened(path) as (archive, manifest):
        if store.version() != "empty" and not replace:
            raise InputError(f"{store.url} 里已经有图,恢复会整个换掉它;确定要换请加 --replace")
        entries = list(_entries(archive))
        with store.load(fresh=True) as writer:
            done = 0
            for name in manifest.rows:
                step(f"恢复 {name.partition('/')[2]}", done)
                done += manifest.rows[name]
                if name.startswith(SHELF):
                    store.shelf().put(name.removeprefix(SHELF), archive.read(name))
                elif name == LOADS:
                    writer.keep_ledger(archive.read(name).decode())
                elif name == LAYOUTS_TOLD:
                    store.lasting(LAYOUTS, archive.read(name).decode())
                elif name != JOURNAL:
                    _put(writer, name, archive)
        journal = store.journal()
        taken = all(ours == theirs for ours, theirs in zip_longest(journal.entries(), entries) if ours is not None)
        if taken:
            journal.fill(entries)
        told = f"备份 {path.name},做于 {manifest.made_at},{manifest.nodes:,} 个节点、{manifest.edges:,} 条关系"
        journal.append(JournalEntry(RESTORED, by, told=told, version=store.version()))
    return manifest, taken


def _kept(store: Store) -> Iterator[tuple[str, bytes]]:
    """Yield what is kept beside a graph: what its loads said, which there are, and how files of a kind are read."""
    ledger, layouts = store.ledger(), store.lasting(LAYOUTS)
    if ledger is not None:
        needed = LoadLedger.of(ledger).needed
        for name in store.shelf().names():
            if name.partition("/")[0] in needed:
                yield SHELF + name, store.shelf().get(name)
        yield LOADS, ledger.encode()
    if layouts:
        yield LAYOUTS_TOLD, layouts.encode()


def _parts(store: Store) -> Iterator[tuple[str, Iterator[pl.DataFrame]]]:
    """Yield the parts of a graph: nodes by type, then edges by type and ends."""
    for node in NODES:
        yield f"nodes/{node.label()}", iter([store.nodes(node)])
    for edge in EDGES:
        for start, end in ends_of(edge):
            yield f"edges/{edge.type_name}/{start}/{end}", store.edges(edge, (start, end))


def _add(archive: zipfile.ZipFile, manifest: Manifest, name: str, frames: Iterator[pl.DataFrame]) -> None:
    """Add a part where it has any row."""
    import pyarrow.parquet as parquet  # takes long to import

    with tempfile.TemporaryDirectory(prefix="lianzhang-") as folder:
        path, writer, rows = Path(folder) / "part.parquet", None, 0
        for frame in frames:
            if frame.is_empty():
                continue
            table = frame.to_arrow()
            writer = writer or parquet.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table)
            rows += len(frame)
        if writer is None:
            return
        writer.close()
        file = f"{name}.parquet"
        archive.write(path, file)
        manifest.rows[file] = rows
        with path.open("rb") as stream:
            manifest.sha256[file] = hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open a backup after checking all of it."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(path))
            manifest = _checked(path, archive)
        except FileNotFoundError as error:
            raise InputError(f"没有备份文件 {path},请检查路径") from error
        except InputError:
            raise
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
            raise InputError(f"{path} 不是备份文件,或读不了: {error}") from error
        yield archive, manifest


def _checked(path: Path, archive: zipfile.ZipFile) -> Manifest:
    told: dict[str, Any] = json.loads(archive.read(MANIFEST))
    if told.get("format") not in READABLE:
        raise InputError(f"{path}: 备份的格式是 {told.get('format')},这里只认 {FORMAT} 及更早的;请用写它的那个版本恢复")
    manifest = Manifest(**told)
    for name in {*manifest.rows, *manifest.sha256}:
        known = name in archive.namelist() and name in manifest.sha256
        if not known or _digest(archive, name) != manifest.sha256[name]:
            raise InputError(f"{path}: 备份里的 {name} 缺了或坏了,没有恢复任何东西;请换一份备份")
        _type_of(name)
    entries = list(_entries(archive))
    head = Head(entries[-1].number, entries[-1].hash) if entries else Head()
    if faults := broken(entries, head):
        raise InputError(f"{path}: 备份里的操作记录接不上({faults[0]}),没有恢复任何东西;请换一份备份")
    return manifest


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def _entries(archive: zipfile.ZipFile) -> Iterator[JournalEntry]:
    for line in archive.read(JOURNAL).decode().splitlines():
        told = json.loads(line)
        yield JournalEntry.of(told["text"], told["hash"])


def _type_of(name: str) -> tuple[type[Node] | type[Edge], Ends | None] | None:
    """Return of what type a part's rows are, and between which labels; None for what is no table."""
    if name in (JOURNAL, LOADS, LAYOUTS_TOLD) or OF_SHELF.fullmatch(name):
        return None
    kind, *rest = name.removesuffix(".parquet").split("/")
    if kind == "nodes" and len(rest) == 1 and rest[0] in NODE_TYPES:
        return NODE_TYPES[rest[0]], None
    if kind == "edges" and len(rest) == 3 and rest[0] in EDGE_TYPES:
        return EDGE_TYPES[rest[0]], (rest[1], rest[2])
    raise InputError(f"备份里的 {name} 不是这里的模型认识的类型;请用写它的那个版本恢复")


def _put(writer: Writer, name: str, archive: zipfile.ZipFile) -> None:
    """Write the rows of a part; columns that it lacks, of a model before this one, are empty."""
    import pyarrow.parquet as parquet

    found = _type_of(name)
    assert found is not None
    record, ends = found
    types = schema(record)
    with tempfile.TemporaryDirectory(prefix="lianzhang-") as folder:
        path = Path(archive.extract(name, folder))
        for batch in parquet.ParquetFile(path).iter_batches(ROWS):
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            lacking = [pl.lit(None).alias(column) for column in types if column not in frame.columns]
            frame = frame.with_columns(lacking).select(pl.col(column).cast(kind) for column, kind in types.items())
            if ends is None:
                assert issubclass(record, Node)
                writer.insert_nodes(record, frame)
            else:
                assert issubclass(record, Edge)
                writer.insert_edges(record, ends, frame)

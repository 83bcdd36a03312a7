"""A load from paths to report: open, validate, identify, resolve, merge, write."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph.errors import InputError
from graph.journal import JournalEntry
from graph.model import Record
from graph.model.nodes import Coverage
from graph.moments import new_id, now
from graph.outputs import check_folder
from graph.stores import Store
from loaders.census import census_row
from loaders.folding import Folding
from loaders.layouts.told import Told
from loaders.layouts.words import head_words
from loaders.ledger import LoadRecord, edition_of, read_ledger
from loaders.memory import fingerprint, recall, recall_layouts, remember, remember_layouts
from loaders.recording import recorded
from loaders.rejects import write_rejects
from loaders.replay import leader_problem
from loaders.report import Report, Step, shown, silent
from loaders.tables import InputTable, Row, add_rows, fail, find_files, open_tables

MOST_NAMED = 5  # files of a load that the journal names


@dataclass
class Options:
    """How a load is done; ``rejects`` is the folder for the refused rows (None: they are only reported).

    ``by`` is who loads; ``kind``, ``proof``, ``leader``, ``columns``, ``keep`` and ``census`` are what is said of the
    whole files (``Told``); ``id`` is the one that the load is to have, if it matters: a load that came to its end is
    not repeated. ``edition`` tells whether a list is the next edition of the one before; where nobody says, its source
    and what is in both do.
    """

    dry_run: bool = False
    kind: type[Record] | None = None
    rejects: Path | None = None
    step: Step = silent
    by: str = "本机用户"
    proof: Mapping[str, str] = field(default_factory=dict)
    leader: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    edition: bool | None = None
    census: str = ""

    def about(self, files: list[str]) -> LoadRecord:
        """Return the record of a load of some files that begins now."""
        at = now()
        list_, day = edition_of(self.proof.get("source", ""))
        name, day = ("", "") if self.edition is False else (list_, day)
        return LoadRecord(
            self.id or new_id(),
            at,
            self.by,
            tuple(files),
            self.proof.get("source", ""),
            name,
            day,
            leader=self.leader,
            sure=self.edition is True,
        )

    @property
    def told(self) -> Told:
        """Return what is said of the whole files."""
        return Told(self.kind, self.proof, self.leader, self.columns, self.keep, census=self.census)


def load(paths: list[Path], store: Store, options: Options | None = None) -> Report:
    """Load files and folders into a store and report every row; nothing is written where ``dry_run`` is set."""
    options = options or Options()
    if options.rejects and not options.dry_run:
        check_folder(options.rejects)
    if done := _done_before(store, options):
        return done
    came = opened(paths, options)
    mark = fingerprint(came.files, options.told)
    if not came.report.failed and (remembered := recall(store, mark)):
        remembered.dry_run = options.dry_run
        return remembered
    came.open(store)

    def refuse() -> None:
        # before the commit, so that rows are never loaded and refused without a trace
        came.check()
        if options.rejects:
            came.report.rejects_written = write_rejects(came.tables, options.rejects)

    if options.dry_run:
        Folding(store, None, came.report, options.step, check=came.check).run(came.tables)
        came.check()
    else:
        recorded(store, came.tables, came.report, came.about, options.step, came.check, refuse)
    report = came.done()
    report.version = store.version()
    if options.dry_run:
        return report
    store.journal().append(_entry_of(came.files, report, options.by))
    if any(table.report.new + table.report.same + table.report.changed for table in came.tables):
        heads = [table.sheet.heads for table in came.tables if not table.in_passing]
        remember_layouts(store, options.told, heads)
    if not report.bad:
        remember(store, mark, report)
    return report


@dataclass
class Incoming:
    """Files on their way in: their tables, and what is reported of them."""

    files: list[Path]
    report: Report
    options: Options
    tables: list[InputTable] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stamps = stamps_of(self.files)

    def open(self, store: Store) -> None:
        """Open the tables; raises ``InputError`` where the leader is not known that they are about."""
        self.tables = open_tables(self.files, self.report, replace(self.options.told, layouts=recall_layouts(store)))
        if self.options.census:
            proof = {"source": "、".join(self.about.files), "status": "reported", **self.options.proof}
            add_rows(self.tables, Coverage, [census_row(self.options.census, store, proof)], self.report)
            self.tables[-1].in_passing = True  # an edition of the list that is no census does not end it
        if self.options.leader and (problem := leader_problem(self.options.leader, store, self.tables)):
            raise InputError(f"--leader: {problem}")

    @property
    def about(self) -> LoadRecord:
        """Return the record of a load of them that begins now."""
        return self.options.about([shown(path.name) for path in self.files])

    def check(self) -> None:
        """Raise ``InputError`` where a file is no longer the one that was opened."""
        if changed := [shown(path) for path, stamp in stamps_of(self.files).items() if self._stamps.get(path) != stamp]:
            raise InputError(f"载入时文件被改动了: {'、'.join(changed)[:300]}。没有载入,请等它写完再载入")

    def done(self) -> Report:
        """Return the report of all tables."""
        for table in self.tables:
            if table.report.read == 0 and not table.in_passing:
                fail(self.report, table.sheet.path, "表头之下没有数据行", table.sheet.name)
        self.report.files = [table.report for table in self.tables if table.report.read or not table.in_passing]
        return self.report


def opened(paths: list[Path], options: Options) -> Incoming:
    """Return the files of some paths, not opened yet; raises ``InputError`` where what is said of them cannot be."""
    if empty := [name for name, text in options.proof.items() if not text.strip()]:
        raise InputError(f"给整个文件的 {'、'.join(empty)} 是空的,请写明出处,或不写这一项")
    head_words()  # a fault in the office's own table of heads is told before any file is looked at
    report = Report(dry_run=options.dry_run)
    return Incoming(find_files(paths, report), report, options)


def _done_before(store: Store, options: Options) -> Report | None:
    """Return the report of a load that was to have the same id and came to its end: it is not repeated."""
    if not options.id:
        return None
    done = next((load for load in read_ledger(store).loads if load.id == options.id), None)
    return Report.of(done.report, store.version(), done.id) if done else None


def stamps_of(files: list[Path]) -> dict[Path, tuple[int, int, int]]:
    """Return by what it is told that a file is still the one that was opened: its number, size and time."""
    stamps: dict[Path, tuple[int, int, int]] = {}
    for path in (inside for item in files for inside in (item.rglob("*.json") if item.is_dir() else [item])):
        try:
            about = path.stat()
        except OSError:  # gone, or not to be read: the latter is told where it is opened
            stamps[path] = (0, 0, 0)
        else:
            stamps[path] = (about.st_ino, about.st_size, about.st_mtime_ns)
    return stamps


def load_rows(record: type[Record], rows: Iterable[Row], store: Store, options: Options | None = None) -> Report:
    """Load rows of a type, by field name or head, as those of a file are
    loaded; their numbers in the report count from 1."""
    options = options or Options()
    report, tables = Report(dry_run=options.dry_run), list[InputTable]()
    add_rows(tables, record, rows, report)
    if options.dry_run:
        Folding(store, None, report, options.step).run(tables)
    else:
        recorded(store, tables, report, options.about([record.table.zh]), options.step)
    report.version = store.version()
    return report


def _entry_of(files: list[Path], report: Report, by: str) -> JournalEntry:
    """Return what the journal says of a load."""
    counts = {"新增": "new", "更新": "changed", "拒收": "rejected"}
    told = "、".join(f"{zh} {report.total(name):,}" for zh, name in counts.items())
    names = "、".join(shown(path.name) for path in files[:MOST_NAMED]) + ("…" if len(files) > MOST_NAMED else "")
    told = f"{len(files)} 个文件：{told}"
    change = report.id or new_id()  # nothing is recorded of files without rows
    return JournalEntry("载入", by, name=names, told=told, change=change, version=report.version or "")

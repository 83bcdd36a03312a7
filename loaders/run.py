"""A load from paths to report: open, validate, identify, resolve, merge, write."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl

from graph.errors import InputError
from graph.journal import JournalEntry
from graph.memory import give_back_memory
from graph.model import EDGE_TYPES, NODE_TYPES, Edge, Node, Record, ends_of
from graph.model.nodes import Enterprise
from graph.outputs import check_folder
from graph.stores import Store, Writer
from loaders.files.sheets import ROW
from loaders.layouts.told import Told
from loaders.layouts.words import head_words
from loaders.memory import fingerprint, recall, recall_layouts, remember, remember_layouts
from loaders.rejects import write_rejects
from loaders.report import ReadOtherwise, Reject, Report, Step, shown, silent
from loaders.rows.directory import Directory
from loaders.rows.edges import EdgeLoader
from loaders.rows.edits import Marks
from loaders.rows.kept import PackedRows, packed
from loaders.rows.merge import ORDER, OUTCOME, TABLE
from loaders.rows.nodes import NodeLoader, Refused, best_outcomes
from loaders.rows.places import settle_places
from loaders.rows.problems import RowProblem
from loaders.rows.validate import validate
from loaders.standards import STANDARDS
from loaders.tables import InputTable, Row, add_rows, fail, find_files, open_tables

AT_MOST = 1 << 12  # things that one row may name
MANY = 100_000  # rows whose reading has taken much memory
MOST_NAMED = 5  # files of a load that the journal names


@dataclass
class Options:
    """How a load is done; ``rejects`` is the folder for the refused rows (None: they are only reported).

    ``marks`` are of the tables that hold what people wrote; ``by`` is who loads, for the journal;
    ``kind``, ``proof``, ``leader``, ``columns`` and ``keep`` are what is said of the whole files (``Told``).
    """

    dry_run: bool = False
    kind: type[Record] | None = None
    rejects: Path | None = None
    step: Step = silent
    marks: Marks = field(default_factory=dict)
    by: str = "本机用户"
    proof: Mapping[str, str] = field(default_factory=dict)
    leader: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: Mapping[str, str] = field(default_factory=dict)
    id: str = ""
    edition: bool | None = None

    @property
    def told(self) -> Told:
        """Return what is said of the whole files."""
        return Told(self.kind, self.proof, self.leader, self.columns, self.keep)


def load(paths: list[Path], store: Store, options: Options | None = None) -> Report:
    """Load files and folders into a store and report every row; nothing is written where ``dry_run`` is set."""
    options = options or Options()
    if empty := [name for name, text in options.proof.items() if not text.strip()]:
        raise InputError(f"给整个文件的 {'、'.join(empty)} 是空的,请写明出处,或不写这一项")
    if options.rejects and not options.dry_run:
        check_folder(options.rejects)
    head_words()  # a fault in the office's own table of heads is told before any file is looked at
    report = Report(dry_run=options.dry_run)
    files = find_files(paths, report)
    stamps = stamps_of(files)
    mark = fingerprint(files, options.told)
    if not report.failed and (remembered := recall(store, mark)):
        remembered.dry_run = options.dry_run
        return remembered
    tables = open_tables(files, report, replace(options.told, layouts=recall_layouts(store)))
    if options.leader:
        _check_leader(options.leader, store, tables)
    with nullcontext() if options.dry_run else store.load() as writer:
        load_tables(tables, store, writer, report, options, partial(_check_same, files, stamps))
        _check_same(files, stamps)
        # before the commit, so that rows are never loaded and refused without a trace
        if options.rejects and not options.dry_run:
            report.rejects_written = write_rejects(tables, options.rejects)
    for table in tables:
        if table.report.read == 0 and table.piece is None:
            fail(report, table.sheet.path, "表头之下没有数据行", table.sheet.name)
    report.files = [table.report for table in tables if table.report.read or table.piece is None]
    report.version = store.version()
    if not options.dry_run:
        store.journal().append(_entry_of(files, report, options.by))
        if options.id:
            from loaders.loads import note_load

            note_load(store, files, report, options)
    if not options.dry_run and any(table.report.new + table.report.same + table.report.changed for table in tables):
        remember_layouts(store, options.told, [table.sheet.heads for table in tables if not table.piece])
    if not options.dry_run and not report.bad:
        remember(store, mark, report)
    return report


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


def _check_same(files: list[Path], stamps: dict[Path, tuple[int, int, int]]) -> None:
    """Raise ``InputError`` where a file is no longer the one that was opened."""
    if changed := [shown(path) for path, stamp in stamps_of(files).items() if stamps.get(path) != stamp]:
        raise InputError(f"载入时文件被改动了: {'、'.join(changed)[:300]}。没有载入,请等它写完再载入")


def load_rows(record: type[Record], rows: Iterable[Row], store: Store, options: Options | None = None) -> Report:
    """Load rows of a type, by field name or head, as those of a file are
    loaded; their numbers in the report count from 1."""
    options = options or Options()
    report, tables = Report(dry_run=options.dry_run), list[InputTable]()
    add_rows(tables, record, rows, report)
    with nullcontext() if options.dry_run else store.load() as writer:
        load_tables(tables, store, writer, report, options)
    report.version = store.version()
    return report


def load_tables(
    tables: list[InputTable],
    store: Store,
    writer: Writer | None,
    report: Report,
    options: Options,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Check, identify, merge and write the rows of open tables; without a writer nothing is written; ``check`` is
    called before anything is."""
    _Load(store, writer, report, options, check).run(tables)


@dataclass
class _Load:
    store: Store
    writer: Writer | None
    report: Report
    options: Options
    check: Callable[[], None]
    now: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))

    def __post_init__(self) -> None:
        self.edges = EdgeLoader(self.store, self.writer, self.now, self.options.marks)
        self.nodes = NodeLoader(self.store, self.writer, self.edges, self.now)

    def run(self, tables: list[InputTable]) -> None:
        """Nodes of all tables first, then edges, table by table and chunk by chunk."""
        self._load_nodes([table for table in tables if issubclass(table.record, Node)], named_in(tables))
        for table in tables:
            if issubclass(table.record, Edge):
                self._load_edges(table, table.record)
        self.options.step("合并有出入的关系", 0)
        late = self.edges.finish()
        of_nodes = self.nodes.outcomes(late)
        for table in tables:
            self._count(
                table, (of_nodes if issubclass(table.record, Node) else late).filter(pl.col(TABLE) == table.index)
            )
        for table in tables:
            file, sheet = shown(table.sheet.path), table.sheet.name
            self.report.notes += [
                ReadOtherwise(file, note.row, note.column, note.value, note.note, sheet) for note in table.notes
            ]
            self.report.warnings += [f"{file}: {warning}" for warning in table.not_told()]
        self.report.conflicts = self.nodes.conflicts
        self.report.nodes, self.report.edges = self.nodes.counts, self.edges.counts

    def _load_nodes(self, tables: list[InputTable], mentioned: set[type[Node]]) -> None:
        kept: dict[type[Node], PackedRows] = {}
        raws: dict[int, list[bytes]] = {}
        for table in tables:
            for raw, named in table.chunks():
                raws.setdefault(table.index, []).append(packed(raw))
                valid = validate(named, table.record, spare=table.listing)
                assert issubclass(table.record, Node)
                kept.setdefault(table.record, PackedRows()).add(_marked(valid.frame, table.index))
                self._refuse(table, raw, valid.problems)
                table.leave_out(valid.left_out)
                self.options.step(f"读取 {shown(table.sheet.path.name)}", table.report.read)
            self._refuse_unreadable(table)
        self.options.step("识别与合并节点", 0)
        if sum(table.report.read for table in tables) > MANY:
            give_back_memory()
        frames = {record: [rows.unpacked()] for record, rows in kept.items()}
        listings = {table.index: table for table in tables if table.listing}
        for index, note in settle_places(frames, {*listings}, self.store):
            listings[index].leave_out([note])
        self.check()
        refused = self.nodes.apply(frames, mentioned, {table.index for table in tables if table.piece}, {*listings})
        for index, note in self.nodes.left_out:
            listings[index].leave_out([note])
        for table in tables:
            self._refuse_late(table, raws.get(table.index, []), refused)

    def _load_edges(self, table: InputTable, record: type[Edge]) -> None:
        for raw, named in table.chunks():
            valid = validate(named, record, spare=table.listing)
            self._refuse(table, raw, valid.problems)
            table.leave_out(valid.left_out)
            frame, problems = self._resolve(_marked(valid.frame, table.index), record)
            self._refuse(table, raw, problems)
            for (start, end), part in frame.group_by("__from_label", "__to_label", maintain_order=True):
                outcomes = self.edges.apply(record, (str(start), str(end)), part)
                self._count(table, outcomes)
            self.options.step(f"载入 {shown(table.sheet.path.name)}", table.report.read)
        self._refuse_unreadable(table)

    def _resolve(self, frame: pl.DataFrame, record: type[Edge]) -> tuple[pl.DataFrame, dict[int, list[RowProblem]]]:
        """Turn both ends of the rows into ids, sources too; rows with an end that is not known become problems."""
        problems: dict[int, list[RowProblem]] = {}
        frame = frame.with_columns(
            pl.col(name).str.strip_chars().replace("", None) for name, _ in record.table.end_columns
        )
        for side, (name, zh) in enumerate(record.table.end_columns):
            labels = sorted({ends[side] for ends in ends_of(record)})
            end, label = ("from", "__from_label") if side == 0 else ("to", "__to_label")
            identified = self.nodes.directory.find(frame[name], labels).rename({"id": f"__{end}", "label": label})
            frame = pl.concat([frame, identified], how="horizontal")
            wrong = frame.filter(pl.col(f"__{end}").is_null() | pl.col("problem").is_not_null())
            for row, value, problem in wrong.select(ROW, name, "problem").iter_rows():
                problems.setdefault(row, []).append(
                    RowProblem(zh, (value or "")[:200], f"{zh}: {problem or '不能为空'}")
                )
            frame = frame.drop("problem", name)
        frame = frame.rename({"__from": "from", "__to": "to"})
        if not record.table.loops:
            zh = record.table.end_columns[1][1]
            for row, id in frame.filter(pl.col("from") == pl.col("to")).select(ROW, "to").iter_rows():
                problems[row] = [
                    RowProblem(zh, id, f"{zh}: 两端是同一家企业,{record.table.zh}应在两家不同的企业之间;请改正其中一端")
                ]
        if problems:
            frame = frame.filter(~pl.col(ROW).is_in(list(problems)))
        if len(ends_of(record)) > 1:
            pairs = {f"{start} {end}" for start, end in ends_of(record)}
            fits = pl.concat_str("__from_label", pl.lit(" "), "__to_label").is_in(pairs)
            for row, start, end in frame.filter(~fits).select(ROW, "__from_label", "__to_label").iter_rows():
                problems[row] = [RowProblem("", f"{start}→{end}", f"{record.table.zh}不能从 {start} 指向 {end}")]
            frame = frame.filter(fits)
        return frame.with_columns(pl.col("source").replace(self.nodes.add_sources(frame["source"]))), problems

    def _refuse(self, table: InputTable, raw: pl.DataFrame, problems: dict[int, list[RowProblem]]) -> None:
        if not problems:
            return
        table.refused.append((raw.filter(pl.col(ROW).is_in(list(problems))), problems))
        table.report.rejected += len(problems)
        for row, of_row in sorted(problems.items()):
            reason = ";".join(problem.reason for problem in of_row)
            first = of_row[0]
            self.report.rejected.append(
                Reject(shown(table.sheet.path), row, first.column, first.value, reason, table.sheet.name, of_row)
            )

    def _refuse_late(self, table: InputTable, raws: list[bytes], refused: Refused) -> None:
        mine = {row: problems for (index, row), problems in refused.items() if index == table.index}
        for part in raws if mine else []:
            raw = pl.read_ipc(part)
            rows = set(raw[ROW].to_list())
            self._refuse(table, raw, {row: problems for row, problems in mine.items() if row in rows})

    def _refuse_unreadable(self, table: InputTable) -> None:
        if table.piece:
            return
        for bad in table.sheet.bad:
            table.report.read += 1
            table.report.rejected += 1
            problem = RowProblem(bad.column, bad.text[:200], bad.reason)
            place = shown(table.sheet.path), bad.row, bad.column
            self.report.rejected.append(Reject(*place, problem.value, bad.reason, table.sheet.name, [problem]))

    def _count(self, table: InputTable, outcomes: pl.DataFrame) -> None:
        if table.listing:  # a row may name several
            outcomes = best_outcomes(outcomes)
        counts = Counter(dict(outcomes[OUTCOME].value_counts().iter_rows()))
        table.report.new += counts["new"]
        table.report.changed += counts["changed"]
        table.report.same += counts["same"]


def _entry_of(files: list[Path], report: Report, by: str) -> JournalEntry:
    """Return what the journal says of a load."""
    counts = {"新增": "new", "更新": "changed", "拒收": "rejected"}
    told = "、".join(f"{zh} {report.total(name):,}" for zh, name in counts.items())
    names = "、".join(shown(path.name) for path in files[:MOST_NAMED]) + ("…" if len(files) > MOST_NAMED else "")
    return JournalEntry("载入", by, name=names, told=f"{len(files)} 个文件: {told}", version=report.version or "")


def named_in(tables: list[InputTable]) -> set[type[Node]]:
    """Return the types of what the cells of some tables may name: the ends of edges, and those of a node's links."""
    labels: set[str] = set()
    for table in tables:
        if issubclass(table.record, Edge):
            labels |= {label for ends in ends_of(table.record) for label in ends}
        for link in table.record.table.links:
            if link.name in table.fields or (table.listing and link.name in STANDARDS):
                side = 0 if link.reverse else 1
                labels |= {ends[side] for ends in ends_of(EDGE_TYPES[link.edge])}
    return {NODE_TYPES[label] for label in labels}


def _marked(frame: pl.DataFrame, table: int) -> pl.DataFrame:
    """Mark rows with their table and their place in the order of the whole load."""
    order = pl.col(ROW).cast(pl.Int64) * AT_MOST + (pl.int_range(pl.len()).over(ROW) if _several(frame) else 0)
    return frame.with_columns(pl.lit(table, dtype=pl.Int64).alias(TABLE), (order + (table << 48)).alias(ORDER))


def _several(frame: pl.DataFrame) -> bool:
    return len(frame) != frame[ROW].n_unique()


def _check_leader(name: str, store: Store, tables: list[InputTable]) -> None:
    """Raise ``InputError`` where the graph does not know the leader that whole files are about."""
    if any(table.record is Enterprise and table.piece is None for table in tables):
        return
    directory = Directory()
    directory.add("Enterprise", store.nodes(Enterprise))
    problem = directory.find(pl.Series([name]), ["Enterprise"])["problem"][0]
    if problem:
        raise InputError(f"--leader: {problem}")

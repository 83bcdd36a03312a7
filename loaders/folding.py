"""Rows into a graph: read, checked, identified, resolved, merged, written; or again, where they were checked before.

What a load says (its valid rows) goes to the shelf on its way, and with it what it says something of: who takes it back
needs the one, who loads the next edition of a list the other.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import polars as pl

from graph.memory import give_back_memory
from graph.model import EDGE_TYPES, NODE_TYPES, Edge, Node, ends_of
from graph.model.parts import Part
from graph.moments import now
from graph.stores import Tables, Writer
from loaders.files.sheets import ROW
from loaders.ledger import Bundles
from loaders.report import ReadOtherwise, Reject, Report, Step, shown, silent
from loaders.rows.edges import EdgeLoader
from loaders.rows.edits import Marks
from loaders.rows.kept import PackedRows, packed
from loaders.rows.merge import ORDER, OUTCOME, TABLE
from loaders.rows.nodes import NodeLoader, Refused, best_outcomes
from loaders.rows.places import settle_places
from loaders.rows.problems import RowProblem
from loaders.rows.touched import Touched
from loaders.rows.validate import validate
from loaders.standards import STANDARDS
from loaders.tables import InputTable

AT_MOST = 1 << 12  # things that one row may name
MANY = 100_000  # rows whose reading has taken much memory


def nothing() -> None:
    """Do nothing."""


@dataclass
class Folding:
    """One load on its way into a graph; without a writer nothing is written.

    ``marks`` are of the tables that hold what people wrote; ``check`` is called before anything is written; what was
    found valid is kept in ``said``, what it says something of in ``touched``.
    """

    store: Tables
    writer: Writer | None
    report: Report
    step: Step = silent
    marks: Marks = field(default_factory=dict)
    check: Callable[[], None] = nothing
    said: Bundles | None = None
    touched: Touched | None = None
    now: str = field(default_factory=now)

    def __post_init__(self) -> None:
        self.edges = EdgeLoader(self.store, self.writer, self.now, self.marks, self.touched)
        self.nodes = NodeLoader(self.store, self.writer, self.edges, self.now, touched=self.touched)
        self._several: dict[int, set[int]] = defaultdict(set)
        self._waiting: list[pl.DataFrame] = []

    def run(self, tables: list[InputTable]) -> None:
        """Nodes of all tables first, then edges, table by table and chunk by chunk."""
        self._load_nodes([table for table in tables if issubclass(table.record, Node)], named_in(tables))
        for table in tables:
            if issubclass(table.record, Edge):
                self._load_edges(table, table.record)
        self.step("合并有出入的关系", 0)
        late = self.edges.finish()
        if self._waiting:
            late = best_outcomes(pl.concat([late, *self._waiting]))
            self._several.clear()
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
            for raw, frame in self._checked(table):
                raws.setdefault(table.index, []).append(packed(raw))
                assert issubclass(table.record, Node)
                kept.setdefault(table.record, PackedRows()).add(frame)
                self.step(f"读取 {shown(table.sheet.path.name)}", table.report.read)
            self._refuse_unreadable(table)
        self.step("识别与合并节点", 0)
        if sum(table.report.read for table in tables) > MANY:
            give_back_memory()
        frames = {record: [rows.unpacked()] for record, rows in kept.items()}
        listings = {table.index: table for table in tables if table.listing}
        passing = {table.index for table in tables if table.in_passing}
        suppliers = passing if any(table.record is Part for table in tables) else set[int]()
        for index, note in settle_places(frames, {*listings}, self.store, suppliers):
            listings[index].leave_out([note])
        self.check()
        refused = self.nodes.apply(frames, mentioned, passing, {*listings})
        for index, note in self.nodes.left_out:
            listings[index].leave_out([note])
        for table in tables:
            self._refuse_late(table, raws.get(table.index, []), refused)

    def _checked(self, table: InputTable) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Yield each chunk of a table as it came, and its valid rows; the others are refused."""
        if table.again is not None:  # they were checked when they came
            yield from ((frame.select(ROW), frame) for frame in table.again)
            return
        for raw, named in table.chunks():
            valid = validate(named, table.record, spare=table.listing)
            self._refuse(table, raw, valid.problems)
            table.leave_out(valid.left_out)
            frame = _marked(valid.frame, table.index)
            if self.said is not None:
                self.said.add(str(table.index), frame)
            yield raw, frame

    def _load_edges(self, table: InputTable, record: type[Edge]) -> None:
        for raw, valid in self._checked(table):
            frame, problems = self._resolve(valid, record)
            self._refuse(table, raw, problems)
            self._several[table.index] |= {*frame.filter(pl.col(ROW).is_duplicated())[ROW]}
            for (start, end), part in frame.group_by("__from_label", "__to_label", maintain_order=True):
                outcomes = self.edges.apply(record, (str(start), str(end)), part)
                self._count(table, outcomes)
            self.step(f"载入 {shown(table.sheet.path.name)}", table.report.read)
        self._refuse_unreadable(table)

    def _resolve(self, frame: pl.DataFrame, record: type[Edge]) -> tuple[pl.DataFrame, dict[int, list[RowProblem]]]:
        """Turn both ends of the rows into ids, sources too; rows with an end that is not known become problems."""
        problems: dict[int, list[RowProblem]] = {}
        frame = frame.with_columns(
            pl.col(name).str.strip_chars().replace("", None) for name, _ in record.table.end_columns
        )
        for side, (name, zh) in enumerate(record.table.end_columns):
            labels = sorted({ends[side] for ends in ends_of(record)})
            frame = self.nodes.parted(frame, name, labels)
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
        if table.in_passing:
            return
        for bad in table.sheet.bad:
            table.report.read += 1
            table.report.rejected += 1
            problem = RowProblem(bad.column, bad.text[:200], bad.reason)
            place = shown(table.sheet.path), bad.row, bad.column
            self.report.rejected.append(Reject(*place, problem.value, bad.reason, table.sheet.name, [problem]))

    def _count(self, table: InputTable, outcomes: pl.DataFrame) -> None:
        if several := self._several[table.index]:  # what became of all that such a row says is known at the end
            is_several = pl.col(ROW).is_in(several)
            self._waiting.append(outcomes.filter(is_several))
            outcomes = outcomes.filter(~is_several)
        if table.listing:  # a row may name several
            outcomes = best_outcomes(outcomes)
        counts = Counter(dict(outcomes[OUTCOME].value_counts().iter_rows()))
        table.report.new += counts["new"]
        table.report.changed += counts["changed"]
        table.report.same += counts["same"]


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

"""Paths to tables: which files there are, how each is read, and what type each table is."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import InputError
from graph.model import Record, file_name
from graph.model.nodes import Project
from graph.model.parts import Part
from loaders.files.chain_knowledge_graph import is_chain_knowledge_graph, read_chain_knowledge_graph
from loaders.files.graph_import import import_graph, is_graph_import
from loaders.files.heads import REASON_HEADS, Shape, Surroundings, identify
from loaders.files.jsonl import find_fault, read_jsonl, sheet_of
from loaders.files.sheets import ROW, BadRow, Sheet
from loaders.files.text import read_text
from loaders.files.workbook import read_workbook
from loaders.layouts.spelling import clean_head, one_line, unit_of_title
from loaders.layouts.told import ENDS_OF_LEADER, NOTHING_TOLD, Told
from loaders.layouts.words import head_words
from loaders.parts import Piece, find_pieces, pieces_of
from loaders.report import FileReport, Report, shown
from loaders.rows.as_meant import FIRST, Note, as_meant, without_sections
from loaders.rows.kept import copies_of
from loaders.rows.problems import RowProblem
from loaders.rows.readings import read_cells
from loaders.rows.readings.days import day_of, without_day
from loaders.rows.readings.listing import Listing

Row = dict[str, Any]
YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
MOST_NOTES = 1000  # of one kind in one column that are told one by one
READERS: dict[str, Callable[[Path, frozenset[str]], list[Sheet]]] = {
    ".csv": read_text,
    ".tsv": read_text,
    ".txt": read_text,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".xls": read_workbook,
    ".ods": read_workbook,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
}


@dataclass
class InputTable:
    """One table on its way in: its rows, its type, its part of the report, the raw rows that were refused, what was
    read otherwise than it stood, and what holds where its rows say nothing; ``as_written``: a person's words, taken as
    they are.

    A list that somebody else made (``listing``) may tell of several kinds of thing a row: each is a table of its own
    with the same rows, what the others tell of being a ``piece``: named ``in_passing``. The valid rows of a table that
    was checked before come ``again``.
    """

    index: int
    sheet: Sheet
    record: type[Record]
    fields: list[str | None]
    report: FileReport
    refused: list[tuple[pl.DataFrame, dict[int, list[RowProblem]]]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    proof: Mapping[str, str] = field(default_factory=dict)
    as_written: bool = False
    listing: bool = False
    piece: Piece | None = None
    in_passing: bool = False
    again: Sequence[pl.DataFrame] | None = None
    purposes: Mapping[str, str] = field(default_factory=dict)
    told_before: frozenset[str] = frozenset()
    told: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seen: set[int] = field(default_factory=set)

    @property
    def heads(self) -> dict[str, str]:
        """Return the head under which each field stands."""
        pairs = zip(self.fields, self.sheet.heads, strict=True)
        return {field: one_line(head) for field, head in pairs if field}

    def chunks(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Yield each chunk twice: as it came, and as it is meant with its columns named by field."""
        names = {str(position): name for position, name in enumerate(self.fields) if name}
        mended = not {*REASON_HEADS}.isdisjoint(self.sheet.heads)
        for raw in _ahead(self.sheet.chunks):
            self.report.read += len(raw)
            if mended:  # our own rejects file: take off again what keeps a spreadsheet from changing a cell
                bare = pl.col(pl.String).str.replace(r"^'(\s*[=@+\-])", "${1}").str.replace(r'^="(\d+)"$', "${1}")
                raw = raw.with_columns(bare)
            if self.as_written:
                yield raw, raw.select(ROW, *names).rename(names)
                continue
            first = [] if "0" in names or "0" not in raw.columns else [pl.col("0").alias(FIRST)]
            read = raw.select(ROW, *names, *first).rename(names)
            named, notes = as_meant(read, self.record, self.heads, self.sheet.since_1904, self.listing)
            unit = unit_of_title(self.sheet.above)
            listing = Listing(self.record, self.heads, self.listing, unit, self._day, self.purposes, notes, self._about)
            if self.listing and not self.piece:
                named = without_sections(named, self.record, notes)
            named = self._with_proof(read_cells(named, listing))
            if self.listing:
                named = pieces_of(named, self.record, self.piece, self._seen)
            self._tell(listing.notes)
            self.report.read -= len(raw) - named[ROW].n_unique()
            yield raw, named

    @property
    def _day(self) -> str:
        """Return the day on which the list was made, as its source, its title or its file's name tells."""
        return day_of(self.proof.get("source", ""), self.sheet.above, self.sheet.path.stem)

    @property
    def _about(self) -> str:
        """Return what stands above the list, and what its sheet and its file are called."""
        return " ".join((self.sheet.above, self.sheet.name or "", self.sheet.path.stem))

    def _tell(self, notes: list[Note]) -> None:
        """Keep notes; what is read of a cell, or of a whole row, is told by the first table that has it."""
        self.leave_out(note for note in notes if note.column not in self.told_before)

    def _with_proof(self, named: pl.DataFrame) -> pl.DataFrame:
        """Return rows with what was said of the whole file where they say nothing themselves."""
        there = [name for name in self.proof if name in named.columns]
        said = [pl.col(name).str.strip_chars().replace("", None).fill_null(self.proof[name]) for name in there]
        added = [pl.lit(value).alias(name) for name, value in self.proof.items() if name not in named.columns]
        return named.with_columns(*said, *added)

    def leave_out(self, notes: Iterable[Note]) -> None:
        """Keep what is told of cells; of very many of a kind the first, and how many more there were."""
        for note in notes:
            self._keep(note)

    def not_told(self) -> list[str]:
        """Return of which notes there were too many to tell each, and how many more."""
        more = {kind: number - MOST_NOTES for kind, number in self.told.items() if number > MOST_NOTES}
        return [f"{column}: {note}: 另有 {number:,} 处没有逐一列出" for (column, note), number in more.items()]

    def _keep(self, note: Note) -> None:
        kind = note.column, note.note
        self.told[kind] += 1
        if self.told[kind] <= MOST_NOTES:
            self.notes.append(note)


def _ahead(chunks: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Read the next chunk while the one before it is worked on."""
    with ThreadPoolExecutor(1) as reader:
        upcoming = reader.submit(next, chunks, None)
        while (chunk := upcoming.result()) is not None:
            upcoming = reader.submit(next, chunks, None)
            yield chunk


def find_files(paths: list[Path], report: Report) -> list[Path]:
    """Return the files (and folders of a known format) under the given paths,
    by name; what cannot be read goes into the report."""
    files: list[Path] = []
    for path in paths:
        try:
            path.stat()
        except (OSError, ValueError) as error:
            missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
            why = getattr(error, "strerror", None) or error
            fail(report, path, "没有这个文件或目录,请检查路径" if missing else f"读不了这个路径: {why}")
            continue
        if path.is_dir():
            inside = [item for item in (path, *sorted(path.rglob("*"))) if _is_loadable(item)]
            if not inside:
                fail(
                    report,
                    path,
                    "目录里没有可载入的文件(支持 csv、tsv、xlsx、xls、ods、jsonl 和 ChainKnowledgeGraph 目录)",
                )
            files += inside
        elif not path.is_file():
            fail(report, path, "不是普通文件,请指定文件或目录")
        elif path.suffix.lower() not in READERS:
            fail(report, path, f"不支持的文件类型 {path.suffix or '(无扩展名)'},应为 csv、tsv、xlsx、xls、ods 或 jsonl")
        else:
            files.append(path)
    once: dict[Path, Path] = {}
    for path in files:
        once.setdefault(path.resolve(), path)
    return list(once.values())


def _is_loadable(path: Path) -> bool:
    if path.is_dir():
        return is_chain_knowledge_graph(path)
    hidden = path.name.startswith((".", "~$", "_")) or path.stem.upper() == "README"
    return path.suffix.lower() in READERS and path.is_file() and not hidden


def _read(path: Path, also: frozenset[str]) -> list[Sheet]:
    return read_chain_knowledge_graph(path) if path.is_dir() else READERS[path.suffix.lower()](path, also)


def open_tables(files: list[Path], report: Report, told: Told = NOTHING_TOLD) -> list[InputTable]:
    """Open every table of the files; a file that cannot be used is reported and the others go on."""
    tables: list[InputTable] = []
    of_graphs: list[Sheet] = []
    for path in files:
        try:
            sheets = _read(path, told.known_heads)
        except InputError as error:
            fail(report, path, error.message)
            continue
        except OSError as error:
            fail(report, path, f"读不了文件: {error.strerror or error}")
            continue
        for sheet in sheets:
            if is_graph_import(sheet.heads) and not sheet.record:
                of_graphs.append(sheet)
            else:
                add_table(tables, sheet, path, report, told)
    for part in import_graph(of_graphs):
        if part.record is None:
            fail(report, part.sheet.path, part.problem, part.sheet.name)
        else:
            add_table(tables, part.sheet, part.sheet.path, report, replace(told, kind=part.record), as_list=True)
    _check_columns(tables, told)
    return tables


def add_table(
    tables: list[InputTable],
    sheet: Sheet,
    path: Path,
    report: Report,
    told: Told = NOTHING_TOLD,
    as_list: bool = False,
) -> None:
    """Add a sheet to the tables of a load once it is known what it is; one that cannot be used is reported.

    ``as_list`` tells that it is no form of ours, whatever its heads are, and that its rows tell of one thing each.
    """
    now, told = told, told.of(sheet.heads)
    recalled = told is not now
    filled = frozenset(ENDS_OF_LEADER.values()) if told.leader else frozenset[str]()
    about = Surroundings(path.stem, sheet.name, sheet.above, told.kind, told.heads, filled, frozenset(told.purposes))
    try:
        shape = _shape_of(sheet, about, told, as_list)
    except InputError as error:
        fail(report, path, error.message, sheet.name)
        return
    if _is_own(shape, told) and "source" not in (*shape.fields, *told.proof):
        told = replace(told, proof={**told.proof, "source": f"{told.leader}的零件清单（{shown(path.name)}）"[:200]})
    pieces = find_pieces(sheet, shape, about, told.leader) if shape.listing and not as_list else []
    taken = {name for piece in pieces for name in piece.part.takes}
    shape = replace(shape, fields=[None if name in taken else name for name in shape.fields])
    report.warnings += [f"{shown(sheet.path.name)}: {warning}" for warning in sheet.warnings]
    if recalled:
        read = "、".join(f"{head}={name}" for head, name in told.columns.items())
        report.warnings.append(f"{shown(path.name)}: 表头照上次的对照读{f': {read}' if read else ''}")
    if unknown := _unknown(sheet, shape, pieces):
        report.warnings.append(f"{shown(path.name)}: 没有用到的列 {'、'.join(unknown)[:300]}")
    if shape.personal:
        report.warnings.append(f"{shown(path.name)}: 个人信息没有载入: {'、'.join(shape.personal)[:300]}")
    told_before: frozenset[str] = frozenset()
    for rows, piece in zip(copies_of(sheet.chunks, len(pieces) + 1), (None, *pieces), strict=True):
        record, fields = (piece.part.record, piece.fields) if piece else (shape.record, shape.fields)
        given = piece.given if piece else _given(sheet, shape, about, told)
        kind = f"{record.table.zh}({given['stage']})" if piece and "stage" in given else record.table.zh
        part = FileReport(shown(sheet.path), sheet.name, kind, unknown_columns=[] if piece else unknown)
        report.files.append(part)
        tables.append(
            InputTable(
                len(tables),
                replace(sheet, chunks=rows),
                record,
                fields,
                part,
                proof={**given, **told.proof},
                listing=shape.listing,
                piece=piece,
                in_passing=piece is not None,
                purposes=told.purposes,
                told_before=told_before,
            )
        )
        told_before |= {"", *(one_line(head) for head, name in zip(sheet.heads, fields, strict=True) if name)}


def _shape_of(sheet: Sheet, about: Surroundings, told: Told, as_list: bool) -> Shape:
    """Return what a sheet is; a form of ours that leaves its source to be told once is read as a list is."""
    shape = Shape(sheet.record, [*sheet.heads]) if sheet.record else identify(sheet.heads, about)
    says_source = "source" in shape.fields
    of_lists = file_name(shape.record) in head_words().heads
    is_told = "source" in told.proof or _is_own(shape, told)
    listing = shape.listing or as_list or (not says_source and is_told and of_lists)
    if listing and not says_source and not is_told:
        raise InputError('没有写来源: 请用 --source 写明这个文件出自哪里,如 --source "企查查导出 2026-11-20"')
    return replace(shape, listing=listing)


def _is_own(shape: Shape, told: Told) -> bool:
    """Tell whether a list is a leader's own parts list, which is a source in itself."""
    return shape.record is Part and bool(told.leader)


def _unknown(sheet: Sheet, shape: Shape, pieces: list[Piece]) -> list[str]:
    """Return the heads of columns that nothing is made of, but for those that say nothing."""
    used = {
        position
        for fields in (shape.fields, *(piece.fields for piece in pieces))
        for position, name in enumerate(fields)
        if name
    }
    said = {*REASON_HEADS, *shape.personal}
    left = [one_line(head) for position, head in enumerate(sheet.heads) if head and position not in used]
    return [head for head in left if head not in said and clean_head(head) not in head_words().nothing]


def _given(sheet: Sheet, shape: Shape, about: Surroundings, told: Told) -> dict[str, str]:
    """Return what holds in each row of a table that does not say otherwise: by its heads, its title, its leader."""
    given = dict(shape.given)
    if shape.listing and shape.record is Project and (stage := head_words().find_stage(" ".join(about.texts))):
        given["stage"] = stage
    if shape.listing and shape.record is Part:
        given |= _which_list(sheet, about, told.proof.get("source", ""))
    end = ENDS_OF_LEADER.get(file_name(shape.record), "")
    return given | ({end: told.leader} if end and told.leader else {})


def _which_list(sheet: Sheet, about: Surroundings, source: str) -> dict[str, str]:
    """Return which parts list it is, by its source, and of which year, as a head, its title, its name or its source
    says: what is bought in 2025 is of 2025."""
    texts = [*sheet.heads, *about.texts, source]
    year = next((found[0] for text in texts if (found := YEAR.search(text))), "")
    return {"list_name": (without_day(source) or source)[:200], **({"year": year} if year else {})}


def _check_columns(tables: list[InputTable], told: Told) -> None:
    """Raise ``InputError`` where a head that was said to stand for a field is in no table, or the field in none."""
    heads = {clean_head(head): table for table in tables if not table.piece for head in table.sheet.heads}
    for head in told.keep:
        if tables and clean_head(head) not in heads:
            raise InputError(f"--keep {head}: 文件里没有“{head}”这一列")
    for head, name in told.columns.items():
        table = heads.get(clean_head(head))
        if tables and table is None:
            raise InputError(f"--map {head}={name}: 文件里没有“{head}”这一列")
        if table and table.fields[[clean_head(own) for own in table.sheet.heads].index(clean_head(head))] is None:
            raise InputError(
                f"--map {head}={name}: {table.record.table.zh}表没有“{name}”这个字段,或另一列已经是它;"
                "可用 lianzhang schema 查看字段"
            )


def add_rows(tables: list[InputTable], record: type[Record], rows: Iterable[Row], report: Report) -> None:
    """Add rows by field name or head as a table of a type, numbered from 1 on, with the checks of a file's."""
    numbered = list(enumerate(rows, 1))
    bad = [BadRow(number, "", fault[1], fault[0]) for number, row in numbered if (fault := find_fault(row))]
    path = Path(record.table.zh)
    add_table(tables, sheet_of(path, numbered, bad), path, report, Told(record))


def fail(report: Report, path: Path, reason: str, sheet: str | None = None) -> None:
    """Enter a file or sheet that could not be used at all."""
    report.failed.append({"file": shown(path), "reason": reason} | ({"sheet": sheet} if sheet else {}))

"""Paths to tables: which files there are, how each is read, and what type each table is."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from graph.errors import InputError
from graph.model import Record
from loaders.files.chain_knowledge_graph import is_chain_knowledge_graph, read_chain_knowledge_graph
from loaders.files.heads import REASON_HEADS, Shape, identify
from loaders.files.jsonl import find_fault, read_jsonl, sheet_of
from loaders.files.sheets import ROW, BadRow, Sheet
from loaders.files.text import read_text
from loaders.files.workbook import read_workbook
from loaders.report import FileReport, Report, shown
from loaders.rows.as_meant import FIRST, Note, as_meant
from loaders.rows.problems import RowProblem

Row = dict[str, Any]
NO_PROOF: Mapping[str, str] = {}
READERS = {
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
    read otherwise than it stood, and what was said of the whole file; ``as_written``: a person's words, taken as they
    are."""

    index: int
    sheet: Sheet
    record: type[Record]
    fields: list[str | None]
    report: FileReport
    refused: list[tuple[pl.DataFrame, dict[int, list[RowProblem]]]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    proof: Mapping[str, str] = field(default_factory=dict)
    as_written: bool = False

    @property
    def heads(self) -> dict[str, str]:
        """Return the head under which each field stands."""
        pairs = zip(self.fields, self.sheet.heads, strict=True)
        return {field: head for field, head in pairs if field}

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
            named, notes = as_meant(read, self.record, self.heads, self.sheet.since_1904)
            self.notes += notes
            self.report.read -= len(raw) - len(named)
            yield raw, self._with_proof(named)

    def _with_proof(self, named: pl.DataFrame) -> pl.DataFrame:
        """Return rows with what was said of the whole file where they say nothing themselves."""
        there = [name for name in self.proof if name in named.columns]
        said = [pl.col(name).str.strip_chars().replace("", None).fill_null(self.proof[name]) for name in there]
        added = [pl.lit(value).alias(name) for name, value in self.proof.items() if name not in named.columns]
        return named.with_columns(*said, *added)


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


def _read(path: Path) -> list[Sheet]:
    return read_chain_knowledge_graph(path) if path.is_dir() else READERS[path.suffix.lower()](path)


def open_tables(
    files: list[Path], report: Report, wanted: type[Record] | None = None, proof: Mapping[str, str] = NO_PROOF
) -> list[InputTable]:
    """Open every table of the files; a file that cannot be used is reported and the others go on."""
    tables: list[InputTable] = []
    for path in files:
        try:
            sheets = _read(path)
        except InputError as error:
            fail(report, path, error.message)
            continue
        except OSError as error:
            fail(report, path, f"读不了文件: {error.strerror or error}")
            continue
        for sheet in sheets:
            add_table(tables, sheet, path, report, wanted)
    for table in tables:
        table.proof = proof
    return tables


def add_table(
    tables: list[InputTable], sheet: Sheet, path: Path, report: Report, wanted: type[Record] | None = None
) -> None:
    """Add a sheet to the tables of a load once it is known what it is; one that cannot be used is reported."""
    try:
        shape = (
            Shape(sheet.record, [*sheet.heads])
            if sheet.record
            else identify(sheet.heads, path.stem, sheet.name, wanted)
        )
    except InputError as error:
        fail(report, path, error.message, sheet.name)
        return
    unused = [head for head, name in zip(sheet.heads, shape.fields, strict=True) if head and name is None]
    unknown = [head for head in unused if head not in REASON_HEADS]
    part = FileReport(shown(sheet.path), sheet.name, shape.record.table.zh, unknown_columns=unknown)
    report.files.append(part)
    report.warnings += [f"{shown(sheet.path.name)}: {warning}" for warning in sheet.warnings]
    if unknown:
        report.warnings.append(f"{shown(path.name)}: 没有用到的列 {'、'.join(unknown)[:300]}")
    tables.append(InputTable(len(tables), sheet, shape.record, shape.fields, part))


def add_rows(tables: list[InputTable], record: type[Record], rows: Iterable[Row], report: Report) -> None:
    """Add rows by field name or head as a table of a type, numbered from 1 on, with the checks of a file's."""
    numbered = list(enumerate(rows, 1))
    bad = [BadRow(number, "", fault[1], fault[0]) for number, row in numbered if (fault := find_fault(row))]
    path = Path(record.table.zh)
    add_table(tables, sheet_of(path, numbered, bad), path, report, record)


def fail(report: Report, path: Path, reason: str, sheet: str | None = None) -> None:
    """Enter a file or sheet that could not be used at all."""
    report.failed.append({"file": shown(path), "reason": reason} | ({"sheet": sheet} if sheet else {}))

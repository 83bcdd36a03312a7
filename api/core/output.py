"""How the command prints: a table for people, JSON and CSV for programs; progress and messages go to stderr."""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any, NoReturn

from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Column as GridColumn
from rich.table import Table as Grid

from api.core.csv_text import csv_of
from loaders.report import Report, Step
from queries.core.answers import Named
from queries.core.table import Column, Table, texts

errors = Console(stderr=True, soft_wrap=True)


def say(text: str) -> None:
    """Tell people something on stderr, as it is written."""
    errors.print(text, highlight=False, markup=False)


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    json = "json"
    csv = "csv"


def print_rows(rows: Iterable[Mapping[str, Any]], format: Format, heads: Mapping[str, str] | None = None) -> None:
    """Print rows that are no answer of a question; ``heads`` chooses and names the columns of the table and the CSV."""
    if format is Format.json:
        print_json(list(rows))
    else:
        plain = list(rows)
        named = heads or {key: key for row in plain for key in row}
        columns = [Column[Any](head, lambda row, key=key: row.get(key)) for key, head in named.items()]  # type: ignore[misc]
        print_table(Table("", "", columns, plain), format)


def print_table(table: Table[Any], format: Format) -> None:
    """Print a table for people, or as CSV."""
    heads, rows = texts(table, {}, file=format is Format.csv)
    if format is Format.csv:
        sys.stdout.write(csv_of(heads, rows))
        return
    drawn = Grid(*(GridColumn(head, overflow="fold") for head in heads), header_style="bold")
    for row in rows:
        drawn.add_row(*row)
    out = Console(width=None if sys.stdout.isatty() else 200, markup=False)
    out.print(drawn if drawn.rows else "(没有结果)")


def say_which(word: str, firm: Named) -> Named:
    """Return the firm that a word was taken for, after saying on stderr which
    it is where the word is not its name or id."""
    if word.strip() not in (firm.id, firm.name):
        say(f"“{word}”是 {firm.name}({firm.id})")
    return firm


def print_json(value: Any) -> None:
    """Print a value as JSON, Chinese as it is."""
    plain = to_jsonable_python(value, by_alias=True, fallback=str)
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def end_after(error: OSError) -> NoReturn:
    """Say what could not be read or written, the standard output among it, and end with 1."""
    # what is still waiting to be printed cannot be, and would be tried again at the end
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno != errno.EPIPE:  # nobody reads on: `lianzhang … | head`
        where = f"{error.filename}: " if error.filename else ""
        say(f"读写失败: {where}{error.strerror or error}。请检查磁盘空间、路径与权限")
    sys.exit(1)


@contextmanager
def progress(quiet: bool = False) -> Iterator[Step]:
    """Show what a load is doing on stderr, with rows so far and the time; yields the function to report steps to."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[rows]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=not errors.is_terminal, disable=quiet) as bar:
        task = bar.add_task("打开文件", total=None, rows="")

        def step(text: str, rows: int) -> None:
            bar.update(task, description=text, rows=f"{rows:,} 行" if rows else "")

        yield step
        bar.update(task, total=1, completed=1, description="完成", rows="")


@contextmanager
def measuring(text: str, total: int) -> Iterator[Callable[[], None]]:
    """Show on stderr how much of a known amount is done; yields the function to call at each piece."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=not errors.is_terminal) as bar:
        task = bar.add_task(text, total=total)
        yield lambda: bar.advance(task)


def explain(report: Report) -> None:
    """Say on stderr what a load refused, and where to find it."""
    for failure in report.failed:
        told = escape(f"{failure['file']}: {failure['reason']}")
        errors.print(f"[red]未载入[/red] {told}", highlight=False)
    for reject in report.rejected[:20]:
        where = (
            f"{reject.file}"
            + (f" [{reject.sheet}]" if reject.sheet else "")
            + (f" 第 {reject.row} 行" if reject.row else "")
        )
        say(f"拒收 {where}: {reject.reason[:300]}")
    if len(report.rejected) > 20:
        say(f"…… 共拒收 {len(report.rejected)} 行,主要原因:")
        for reason, number in report.reasons()[:10]:
            say(f"  {number:>7,}  {reason}")
    if report.after:
        say(f"这是名单的下一期(上一期是载入 {report.after}): 到这一期为止的有 {report.gone:,} 条")
    if report.id and not report.dry_run:
        say(f"载入编号 {report.id},可用 lianzhang unload {report.id} 撤回")
    for path in report.rejects_written:
        say(f"拒收的行已写到 {path},改好后可再载入")
    for conflict in report.conflicts[:10]:
        say(f"冲突: {conflict.reason}: {conflict.left} ←→ {conflict.right}")
    for note, number, first in report.noted()[:20]:
        where = f"{first.file} 第 {first.row} 行{first.column and f' {first.column}'}“{first.value}”"
        say(f"注意: {where}{f'等 {number:,} 处' if number > 1 else ''}: {note}")
    for warning in report.warnings[:10]:
        say(f"注意: {warning}")

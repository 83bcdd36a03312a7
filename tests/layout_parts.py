"""What the tests of lists share: files, a store that knows a leader and two chains, and what is in it then."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from graph.model.nodes import Chain, Enterprise
from graph.stores import Store
from loaders.memory import KEY
from loaders.report import Report
from loaders.run import Options, load, load_rows

SOURCE = "示例名录 2026-11-20"
Rows = list[list[Any]]
Put = Callable[..., Report]


def save(path: Path, *sheets: Rows, merged: tuple[tuple[int, int, int, int, str], ...] = ()) -> Path:
    """Write rows as CSV, or as the sheets of a workbook with the merged cells of its first."""
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(sheets[0])
        return path
    with xlsxwriter.Workbook(str(path)) as book:
        for number, rows in enumerate(sheets, 1):
            page = book.add_worksheet(f"表{number}")
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    if cell not in ("", None):
                        page.write(y, x, cell)
            for area in merged if number == 1 else ():
                page.merge_range(*area)
    return path


@pytest.fixture
def put(store: Store, tmp_path: Path) -> Put:
    load_rows(
        Chain, [{"name": "集成电路", "source": "s", "status": "示例"}, {"name": "智能家电", "source": "s"}], store
    )
    load_rows(Enterprise, [{"name": "示例链主电器股份有限公司", "source": "s", "short_name": "示例链主"}], store)

    def put(name: str, *sheets: Rows, again: bool = True, **options: Any) -> Report:
        merged = options.pop("merged", ())
        path = save(tmp_path / name, *sheets, merged=merged)
        given = {"proof": {"source": SOURCE, "status": "reported"}} | options
        report = load([path], store, Options(**given))
        assert (report.rejected, report.failed, report.conflicts) == ([], [], [])
        for file in report.files:
            assert file.read == file.new + file.changed + file.same + file.rejected, file
        if again:  # loading the same once more changes nothing, read again
            store.note(KEY, "{}")
            second = load([path], store, Options(**given, step=lambda *_: None))
            assert (second.total("new"), second.total("changed"), second.bad) == (0, 0, False)
        return report

    return put


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    """Return what a query gives, in an order of its own."""
    return sorted((tuple(row.values()) for row in store.read(query).rows), key=str)


def firm(store: Store, name: str) -> dict[str, Any]:
    found = store.nodes(Enterprise)
    return next(row for row in found.iter_rows(named=True) if row["name"] == name)


def region_of(store: Store, name: str) -> tuple[str, str] | None:
    query = f"MATCH (e:Enterprise {{name: '{name}'}})-[l:LOCATED_IN]->(r:Region) RETURN r.name, l.status"
    found = rows(store, query)
    return found[0] if found else None

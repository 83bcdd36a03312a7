"""What the loaders' tests share: a store, a load, and what came of it."""

import re
from pathlib import Path
from typing import Any

import polars as pl

from graph.model import Record
from graph.model.nodes import Enterprise
from graph.stores import Store, open_store
from loaders.report import Report
from loaders.run import Options, load

COUNTS = ("read", "new", "changed", "same", "rejected")
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
FIRM_HEADS = "名称,统一社会信用代码,来源"


def new_store(folder: Path) -> Store:
    return open_store(f"ladybug://{folder}/g.lbug")


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def run(
    store: Store, *paths: Path, kind: type[Record] | None = None, dry: bool = False, rejects: Path | None = None
) -> Report:
    """Load and check what must hold of every load."""
    report = load([*paths], store, Options(dry_run=dry, kind=kind, rejects=rejects))
    for file in report.files:
        assert file.read == file.new + file.changed + file.same + file.rejected, file
    assert report.total("rejected") == len(report.rejected)
    for told in (*(reject.reason for reject in report.rejected), *(failed["reason"] for failed in report.failed)):
        assert CHINESE.search(told), told
        assert "Traceback" not in told
    assert all(failed["file"] for failed in report.failed)
    return report


def check(folder: Path, *paths: Path, kind: type[Record] | None = None) -> Report:
    """Load in a dry run into an empty store."""
    report = run(new_store(folder), *paths, kind=kind, dry=True)
    assert not list(folder.glob("g.lbug*"))
    return report


def counts(report: Report) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: report.total(name) for name in COUNTS if report.total(name)}


def firms(store: Store) -> list[str]:
    return sorted(store.nodes(Enterprise)["name"])


def rows_of(store: Store, query: str) -> list[dict[str, Any]]:
    return store.read(query).rows


def cells(frames: list[pl.DataFrame]) -> dict[int, list[str]]:
    """Raw rows by their number."""
    return {
        row[-1]: ["" if cell is None else cell for cell in row[:-1]] for frame in frames for row in frame.iter_rows()
    }


def where(report: Report) -> list[tuple[int | None, str]]:
    return [(reject.row, reject.column) for reject in report.rejected]

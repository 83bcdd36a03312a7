"""Rows of text to typed rows: what is plainly right passes in columns, the rest goes through the model one by one."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from pydantic import ValidationError

from graph.model import Record, zh_heads
from graph.model.kinds import EXCEL_ERROR, FORBIDDEN, FORMULA, PARTIAL_DATE, Kind
from graph.model.nodes import Source
from graph.statuses import STATUS_CONFIDENCE
from graph.stores.base import polars_type
from loaders.files.sheets import ROW
from loaders.rows.as_meant import LIMIT, Note
from loaders.rows.problems import RowProblem

SURELY_YUAN = 10_000_000
NEVER_SPARED = ("status", "confidence")
ORIGINAL = "amount_original"


@dataclass
class Valid:
    """The rows that passed, typed, with their other columns as they came, and the problems by row number."""

    frame: pl.DataFrame
    problems: dict[int, list[RowProblem]] = field(default_factory=dict)
    left_out: list[Note] = field(default_factory=list)


def validate(frame: pl.DataFrame, record: type[Record], spare: bool = False) -> Valid:
    """Check every field of the rows of ``frame`` (text columns named by field, and ``__row``) against the model; where
    ``spare`` is set a cell that does not fit and is not needed is left out, and the row stays."""
    rest = [name for name in frame.columns if name not in record.model_fields]
    frame = _complete(frame, record)
    kinds = record.kinds()
    needed = {name for name, info in record.model_fields.items() if info.is_required()}
    plain = frame.with_columns(
        pl.all_horizontal([_is_plain(name, kind, name in needed, kinds) for name, kind in kinds.items()]).alias(
            "__plain"
        )
    )
    quick = plain.filter(pl.col("__plain")).select(
        *(_typed(name, kind) for name, kind in kinds.items()), *(pl.col(name) for name in rest)
    )
    slow = plain.filter(~pl.col("__plain")).drop("__plain")
    if slow.is_empty():
        return Valid(quick)
    mended, problems, left_out = _one_by_one(slow, record, rest, spare)
    valid = pl.concat([quick, mended]).sort(ROW, maintain_order=True)
    if spare and problems:  # a row that names several things is refused whole
        valid = valid.filter(~pl.col(ROW).is_in([*problems]))
    return Valid(valid, problems, left_out)


def _complete(frame: pl.DataFrame, record: type[Record]) -> pl.DataFrame:
    """Add the columns that the file lacks, strip blanks, turn empty into null,
    and give status and confidence their defaults."""
    present = [name for name in frame.columns if name in record.model_fields]
    frame = frame.with_columns(
        *(pl.col(name).str.strip_chars().replace("", None) for name in present),
        *(pl.lit(None, dtype=pl.String).alias(name) for name in record.model_fields if name not in present),
    )
    status = pl.col("status").fill_null("reported").replace(record.kinds()["status"].words)
    if record is Source:
        frame = frame.with_columns(pl.coalesce("source", "id", "name").alias("source"))
    trust = pl.col("status").replace_strict(
        {status: str(share) for status, share in STATUS_CONFIDENCE.items()}, default=None
    )
    return frame.with_columns(status.alias("status")).with_columns(pl.coalesce("confidence", trust).alias("confidence"))


def _is_plain(name: str, kind: Kind, needed: bool, names: Collection[str]) -> pl.Expr:
    """Return whether a cell is surely right as it stands; a null is, unless the field is needed."""
    cell = pl.col(name)
    if kind.name in ("text", "list"):
        unsuitable = cell.str.contains(FORBIDDEN) | cell.str.contains(f"{EXCEL_ERROR}|{FORMULA}")
        ok = (cell.str.len_chars() <= kind.max_length) & ~unsuitable
        if kind.name == "list":
            ok &= ~cell.str.contains("[；、\n;]")
    elif kind.name == "date":
        day = cell.str.to_date("%Y-%m-%d", strict=False).is_not_null() & ~cell.str.starts_with("0000")
        ok = cell.str.contains(PARTIAL_DATE) & ~cell.str.contains("[^0-9HQ-]") & ((cell.str.len_chars() != 10) | day)
    elif kind.name == "float":
        number = cell.cast(pl.Float64, strict=False)
        ok = cell.str.contains(r"^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$") & number.is_between(kind.low, kind.high)
        if kind.money and ORIGINAL in names:  # a small one may be the bare number of 50亿元: the model compares them
            ok &= number >= SURELY_YUAN
    elif kind.name == "bool":
        ok = cell.is_in(["true", "false"])
    elif kind.name == "moment":
        ok = pl.lit(False)
    else:
        ok = cell.is_in(list(kind.choices))
    return ok.fill_null(False) if needed else ok.fill_null(True)


def _typed(name: str, kind: Kind) -> pl.Expr:
    cell = pl.col(name)
    if kind.name == "list":
        return pl.when(cell.is_null()).then(None).otherwise(pl.concat_list(cell)).alias(name)
    if kind.name == "bool":
        return (cell == "true").alias(name)
    return cell.cast(polars_type(kind)).alias(name)


def _one_by_one(
    slow: pl.DataFrame, record: type[Record], rest: list[str], spare: bool = False
) -> tuple[pl.DataFrame, dict[int, list[RowProblem]], list[Note]]:
    fields = list(record.model_fields)
    valid_rows: list[dict[str, Any]] = []
    problems: dict[int, list[RowProblem]] = {}
    left_out: list[Note] = []
    for row in slow.iter_rows(named=True):
        cells = {name: row[name] for name in fields if row[name] is not None}
        try:
            valid = record.model_validate(cells)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            bad = {str(item["loc"][0]): _problem(record, item) for item in faults if item["loc"]}
            if not spare or any(name in NEVER_SPARED or record.model_fields[name].is_required() for name in bad):
                problems[row[ROW]] = [_problem(record, item) for item in faults]
                continue
            left_out += [
                Note(row[ROW], told.column, told.value[:LIMIT], f"没有载入这一格。{told.reason}")
                for told in bad.values()
            ]
            valid = record.model_validate({name: cell for name, cell in cells.items() if name not in bad})
        valid_rows.append(valid.model_dump() | {name: row[name] for name in rest})
    types = {name: polars_type(kind) for name, kind in record.kinds().items()} | {
        name: slow.schema[name] for name in rest
    }
    return pl.DataFrame(valid_rows, schema=types), problems, left_out


def _problem(record: type[Record], item: Any) -> RowProblem:
    name = str(item["loc"][0]) if item["loc"] else ""
    zh = zh_heads(record).get(name, name)
    if item["type"] == "missing" or not str(item.get("input") or "").strip():
        reason = "缺少来源: 每一行都要写明出自哪份文件或名录" if name == "source" else f"缺少必填项“{zh}”"
        return RowProblem(zh, "", reason)
    reason = str(item.get("ctx", {}).get("error") or item["msg"])
    return RowProblem(zh, str(item["input"])[:200], f"{zh}: {reason}")

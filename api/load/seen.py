"""What a person sees of a load before it is done, and after: made in the process that does it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from api.load.unknown import sheets_of
from api.load.words import for_page
from graph.model import Record, file_name, zh_heads
from graph.model.nodes import Enterprise
from graph.scope import Scope, today
from graph.stores import Store
from loaders.files.sheets import Sheet
from loaders.layouts.spelling import clean_head
from loaders.layouts.words import head_words
from loaders.loads import rehearse
from loaders.memory import recall_layouts
from loaders.rejects import is_same_sheet
from loaders.report import Report, shown
from loaders.run import Options
from loaders.tables import InputTable, find_files, open_tables
from queries.core.view import View
from queries.gaps.flips import flips

MOST = 1_000  # rows of a kind that are shown
SAMPLES = 3
RECKONED = ("uscc_check", "field_sources", "contacts", "name_dates")  # made of other columns
MEANT = {  # what is read of a column before it is a field's
    "_taxpayer": "纳税人识别号", "_gone_on": "注销日期", "_approved_on": "核准日期", "_province": "所属省份",
    "_city": "所属城市", "_district": "所属区县", "_industry_code": "行业代码", "_industry_section": "行业门类",
    "_industry_division": "行业大类", "_industry_group": "行业中类", "_industry_class": "行业小类",
    "_years": "起止年限", "_currency": "币种", "_category": "品类", "_validity": "有效期",
    "_kept": "遮盖后载入", "_said": "备注",
}  # fmt: skip
LONGEST = 80  # signs of a sample


def preview(paths: list[Path], store: Store, options: Options) -> dict[str, Any]:
    """Return what loading files would do, as JSON; raises ``InputError`` where nothing in them can be loaded."""
    tables = taken(paths, store, options)
    with rehearse(paths, store, options) as rehearsal:
        options.step("看哪些状态会变", 0)
        day = max([today(), *(first_after(one.day) for one in rehearsal.gone)])
        scope = Scope(day=day)
        flipped = flips(View.of(store, scope), View.of(rehearsal.store, scope))
        told = loaded(rehearsal.report)
        told["counts"]["gone"] = rehearsal.gone_count
        for table in tables:
            for part in rehearsal.report.files:
                if table["kind"] and (Path(part.file).name, part.sheet, part.kind) == (
                    table["file"],
                    table["sheet"],
                    table["kind_name"],
                ):
                    names = ("read", "new", "changed", "same", "rejected")
                    table |= {name: table[name] + getattr(part, name) for name in names}
        earlier = rehearsal.edition
        return told | {
            "tables": tables,
            "new": [{"label": one.label, "id": one.id, "name": one.name} for one in rehearsal.new[:MOST]],
            "changed": [
                {"label": one.label, "id": one.id, "name": one.name, "fields": _texts(one.fields)}
                for one in rehearsal.changed[:MOST]
            ],
            "gone": [
                {"label": one.label, "id": one.id, "name": one.name, "day": one.day} for one in rehearsal.gone[:MOST]
            ],
            "changed_count": rehearsal.changed_count,
            "judged_on": day,
            "flips": [flip.model_dump(mode="json") for flip in flipped],
            "follows": earlier and {name: getattr(earlier, name) for name in ("id", "source", "list", "edition", "at")},
            "version": rehearsal.version,
        }


def first_after(day: str) -> str:
    """Return the first day after a day, a month or a year (ISO); nothing where that is none of these."""
    try:
        begin = date.fromisoformat((day + "-01-01")[:10] if len(day) < 10 else day[:10])
    except ValueError:
        return ""
    if len(day) >= 10:
        return (begin + timedelta(days=1)).isoformat()
    return (date(begin.year + 1, 1, 1) if len(day) < 7 else (begin + timedelta(days=32)).replace(day=1)).isoformat()


def loaded(report: Report) -> dict[str, Any]:
    """Return what a report says, as JSON and as an officer reads it."""
    counts = {name: report.total(name) for name in ("read", "new", "changed", "same")}
    return {
        "counts": counts | {"rejected": len(report.rejected), "gone": 0},
        "rejects": [
            {
                "file": Path(one.file).name,
                "sheet": one.sheet,
                "row": one.row,
                "column": one.column,
                "value": one.value[:200],
                "reason": for_page(one.reason),
            }
            for one in report.rejected[:MOST]
        ],
        "reject_files": [Path(path).name for path in report.rejects_written],
        "unread": [
            {"file": Path(one["file"]).name, "sheet": one.get("sheet"), "reason": for_page(one["reason"])}
            for one in report.failed
        ],
        "notes": [
            {
                "file": Path(first.file).name,
                "column": first.column,
                "value": first.value[:LONGEST],
                "row": first.row,
                "note": for_page(note),
                "count": count,
            }
            for note, count, first in report.noted()[:MOST]
        ],
        "warnings": [for_page(warning) for warning in report.warnings],
        "conflicts": len(report.conflicts),
    }


def taken(paths: list[Path], store: Store, options: Options) -> list[dict[str, Any]]:
    """Return what each table of the files was taken for, with some of what stands in each column."""
    report = Report(dry_run=True)
    layouts = recall_layouts(store)
    told = replace(options.told, layouts=layouts)
    files = find_files(paths, report)
    tables = open_tables(files, report, told)
    known = {(table.sheet.path, table.sheet.name) for table in tables}
    unknown = [
        sheet
        for path in files
        if not any(place == path for place, _ in known)
        for sheet in sheets_of(path, told.known_heads)
    ]
    record = options.kind or Enterprise
    return [
        *(_unknown(sheet, record) for sheet in unknown),
        *(_table(table, tables, told.of(table.sheet.heads).heads) for table in tables if table.piece is None),
    ]


def _unknown(sheet: Sheet, record: type[Record]) -> dict[str, Any]:
    """Return the columns of a table of which nobody knows yet what it is: a person may say what they stand for."""
    samples = _samples(sheet)
    heads = [
        {"head": head, "samples": samples[place], "personal": clean_head(head) in head_words().personal}
        for place, head in enumerate(sheet.heads)
        if head
    ]
    return {
        "file": Path(shown(sheet.path)).name,
        "sheet": sheet.name,
        "kind": "",
        "kind_name": f"还认不出，先当作{record.table.zh}",
        "heads": heads,
        "choices": choices(record),
        "parts": [],
    }


def _table(table: InputTable, tables: list[InputTable], said: Mapping[str, str]) -> dict[str, Any]:
    pieces = [part for part in tables if part.piece and is_same_sheet(part, table)]
    fields: dict[int, tuple[str, str]] = {}
    for part in (*reversed(pieces), table):
        zh = zh_heads(part.record)
        for place, name in enumerate(part.fields):
            if name:
                own = "" if part is table else f"{part.record.table.zh}："
                fields[place] = name, f"{own}{zh.get(name) or _kept_as(name)}"
    samples = _samples(table.sheet)
    personal = head_words().personal
    heads = [
        {
            "head": head,
            "samples": samples[place],
            "field": fields.get(place, ("", ""))[0],
            "field_name": fields.get(place, ("", ""))[1],
            "said": clean_head(head) in said,
            "personal": clean_head(head) in personal,
            "dull": place not in fields and clean_head(head) in head_words().nothing,
        }
        for place, head in enumerate(table.sheet.heads)
        if head
    ]
    return {
        "file": Path(shown(table.sheet.path)).name,
        "sheet": table.sheet.name,
        "kind": file_name(table.record),
        "kind_name": table.report.kind,
        "heads": sorted(
            heads, key=lambda head: bool(head["field"] or head["personal"] or head["dull"])
        ),  # unknown first
        "choices": choices(table.record),
        "parts": list(dict.fromkeys(part.record.table.zh for part in pieces)),
    } | dict.fromkeys(("read", "new", "changed", "same", "rejected"), 0)


def choices(record: type[Record]) -> list[dict[str, str]]:
    """Return the fields that a column can stand for."""
    return [{"name": name, "zh": zh} for name, zh in zh_heads(record).items() if name not in RECKONED]


def _kept_as(name: str) -> str:
    return MEANT.get(name.rstrip("0123456789"), "照表头的意思读")


def _samples(sheet: Sheet) -> list[list[str]]:
    """Return some different texts of each column, from the first rows."""
    chunk = next(iter(sheet.chunks), None)
    found: list[list[str]] = []
    for place in range(len(sheet.heads)):
        column: Iterable[str] = []
        if chunk is not None and str(place) in chunk.columns:
            column = chunk[str(place)].head(500).cast(pl.String).drop_nulls().to_list()
        different = dict.fromkeys(text.strip()[:LONGEST] for text in column if text.strip())
        found.append(list(islice(different, SAMPLES)))
    return found


def _texts(fields: Mapping[str, tuple[object, object]]) -> dict[str, list[str]]:
    return {name: [_text(value) for value in pair] for name, pair in fields.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "、".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)[:500]

"""The tables of loads: what is known of each, and what one would do."""

from collections.abc import Sequence
from typing import Any

from api.load.answers import (
    ChangedThing,
    GoneThing,
    LoadCounts,
    LoadOutcome,
    LoadPreview,
    NewThing,
    ReadNote,
    RejectedRow,
    StandingLoad,
    UnreadFile,
)
from graph.model import NODE_TYPES
from loaders.ledger import LoadRecord
from queries.core.table import Ask, Column, Table, ThingRef
from queries.gaps.answers import ChangedState

MOST = 1_000  # of a kind that a preview tells
STATES = {"standing": "有效", "taken_back": "已撤回", "older": "早先的，不能撤回"}
COUNTED = {"new": "新", "changed": "变", "rejected": "拒", "gone": "结束"}
FEW = 3  # files of a load that are named in a list


def counted(counts: LoadCounts) -> str:
    """Return counts in one line."""
    return " ".join(f"{zh} {getattr(counts, name):,}" for name, zh in COUNTED.items())


def moment(at: str) -> str:
    """Return a moment as it is shown."""
    return at[:16].replace("T", " ")


def some_of(files: Sequence[str]) -> str:
    """Return the names of a few files, and how many there are where they are more."""
    rest = f" 等 {len(files):,} 个文件" if len(files) > FEW else ""
    return "、".join(files[:FEW]) + rest


def state_of(load: StandingLoad | LoadRecord) -> str:
    """Return how a load stands, in words."""
    by = f"：{load.back_by} {load.back_at[:10]}" if load.state == "taken_back" else ""
    return STATES.get(load.state, load.state) + by


def table_of_loads(loads: Sequence[StandingLoad], may: bool) -> Table[StandingLoad]:
    """Return the loads that the graph knows; who ``may`` is offered to take one back."""
    columns: list[Column[StandingLoad]] = [
        Column("时间", lambda load: moment(load.at), "date", sort=lambda load: load.at),
        Column("谁", lambda load: load.by),
        Column("文件", lambda load: some_of(load.files), extra=lambda load: load.source, apart="来源"),
        Column("新、变、拒、结束", lambda load: counted(load.counts), sort=lambda load: load.counts.new),
        Column("现在", state_of, extra=lambda load: load.why_not if load.state == "standing" else ""),
    ]
    if may:
        columns.append(Column("撤回", _back, "ask"))
    return Table("loads", "载入记录", columns, loads, empty="还没有载入过。上面放进第一份文件，就从这里开始。")


def _back(load: StandingLoad) -> Ask | None:
    able = load.state == "standing" and not load.why_not
    return Ask(f"loads/{load.id}", "撤回") if able else None


def tables_of_preview(preview: LoadPreview) -> dict[str, Table[Any]]:
    """Return the tables of what a load would do; those that say nothing are left out."""
    every: list[Table[Any]] = [
        Table(
            "flips",
            "会变的状态",
            FLIPS,
            preview.flips,
            note=f"确认之后，这些环节和产品的判断会变；按 {preview.judged_on} 算。",
        ),
        *tables_of_outcome(preview).values(),
        _table("gone", "结束", GONE, preview.gone, "不删除，从这一天起不再有效。", preview.counts.gone),
        _table(
            "changed", "变", CHANGED, preview.changed, "箭头前是现在的，箭头后是载入之后的。", preview.changed_count
        ),
        _table("new", "新", NEW, preview.new, ""),
    ]
    return {table.id: table for table in every if table.items}


def tables_of_outcome(outcome: LoadOutcome) -> dict[str, Table[Any]]:
    """Return the tables of what was refused and of what was read otherwise than it stood."""
    every: list[Table[Any]] = [
        Table("unread", "读不了的文件", UNREAD, outcome.unread, note="这些文件或工作表里的行都没有载入。"),
        _table("rejects", "拒收", REJECTS, outcome.rejects, "这些行不载入。", outcome.counts.rejected),
        Table("notes", "照意思读的", NOTES, outcome.notes, note="与原来写的不同的格，怎样读的、有几处。"),
    ]
    return {table.id: table for table in every if table.items}


def _table(
    id: str, title: str, columns: Sequence[Column[Any]], items: Sequence[Any], note: str, count: int | None = None
) -> Table[Any]:
    cut = len(items) >= MOST if count is None else count > len(items)
    told = f"{note}只列前 {len(items):,} 个。" if cut else note
    return Table(id, title, columns, items, note=told, things=count)


def _fields(row: ChangedThing) -> list[str]:
    record = NODE_TYPES.get(row.label)
    said: list[str] = []
    for name, (before, after) in row.fields.items():
        field = record.model_fields.get(name) if record else None
        said.append(f"{field.title if field else name}：{before or '（空）'} → {after or '（空）'}")
    return said


def _zh(row: NewThing) -> str:
    record = NODE_TYPES.get(row.label)
    return record.table.zh if record else row.label


FLIPS: list[Column[ChangedState]] = [
    Column("产业链", lambda row: ThingRef("Chain", row.chain_id, row.chain), "thing"),
    Column("环节或产品", lambda row: row.place, extra=lambda row: row.kind),
    Column("现在", lambda row: row.before, "state"),
    Column("载入之后", lambda row: row.after, "state"),
    Column("为什么", lambda row: row.reason),
]
REJECTS: list[Column[RejectedRow]] = [
    Column("为什么", lambda row: row.reason),
    Column("第几行", lambda row: row.row, "number"),
    Column("列", lambda row: row.column),
    Column("写的是", lambda row: row.value),
    Column("文件", lambda row: row.file, extra=lambda row: row.sheet),
]
UNREAD: list[Column[UnreadFile]] = [
    Column("文件", lambda row: row.file, extra=lambda row: row.sheet),
    Column("为什么", lambda row: row.reason),
]
NOTES: list[Column[ReadNote]] = [
    Column("怎样读的", lambda row: row.note),
    Column("列", lambda row: row.column),
    Column("几处", lambda row: row.count, "number"),
    Column("第一处", lambda row: row.value, extra=lambda row: f"第 {row.row} 行" if row.row else ""),
    Column("文件", lambda row: row.file),
]
GONE: list[Column[GoneThing]] = [
    Column("名称", lambda row: row.name),
    Column("类别", _zh),
    Column("到哪天为止", lambda row: row.day, "date"),
]
CHANGED: list[Column[ChangedThing]] = [
    Column("名称", lambda row: row.name),
    Column("类别", _zh),
    Column("哪些变了", _fields, "lines"),
]
NEW: list[Column[NewThing]] = [Column("名称", lambda row: row.name), Column("类别", _zh)]

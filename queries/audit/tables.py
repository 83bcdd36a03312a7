"""The table of the journal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from graph.model import EDGE_TYPES, NODE_TYPES
from graph.statuses import STATUS_ZH
from queries.audit.answers import LoggedAction, Written
from queries.core.table import Column, Table, ThingRef

FINGERPRINTS = ("placed_on", "judged_on")  # of what a firm was placed and judged on; whole in JSON


def _thing(action: LoggedAction) -> ThingRef | str:
    """Return what it was done to."""
    if action.label in NODE_TYPES and action.ended.code == "done":
        return ThingRef(action.label, action.thing, action.name or action.thing)
    return action.name or action.thing.replace("→", " → ").rstrip(" →")


def time_of(action: LoggedAction) -> str:
    """Return the moment by the clock of this machine."""
    return f"{datetime.fromisoformat(action.at).astimezone():%Y-%m-%d %H:%M:%S}"


def _kind(action: LoggedAction) -> str:
    record = NODE_TYPES.get(action.label) or EDGE_TYPES.get(action.label)
    return record.table.zh if record else action.label


def is_told(written: Written) -> bool:
    """Whether a reader learns something: it is another value, and none that only a program compares."""
    return written.field not in FINGERPRINTS and _shown(written.before) != _shown(written.after)


def _said(written: Written) -> str:
    return f"{written.zh}：{_shown(written.before)} → {_shown(written.after)}"


def _shown(value: Any) -> str:
    if value in (None, "", []):
        return "（空）"
    return "、".join(map(str, value)) if isinstance(value, list) else STATUS_ZH.get(value, str(value))


ACTIONS: list[Column[LoggedAction]] = [
    Column("时间", time_of, "date"),
    Column("谁", lambda action: action.who),
    Column("做了什么", lambda action: action.action),
    Column("结果", lambda action: action.ended),
    Column("对象", _thing, "thing", _kind, apart="类别"),
    Column("改动", lambda action: [_said(one) for one in action.written if is_told(one)], "lines"),
    Column("为什么", lambda action: action.why),
    Column("说明", lambda action: action.told),
    Column("改动编号", lambda action: action.change, on="text"),
]


def table_of_actions(answer: Sequence[LoggedAction]) -> Table[LoggedAction]:
    """Return the actions."""
    return Table("audit", "操作记录", ACTIONS, answer, empty="还没有操作记录")

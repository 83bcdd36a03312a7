"""The items of the four lists of work: who owns each, when it is due, what it holds up and what holds it up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from queries.city.answers import ListName, TaskState, WorkItem
from queries.city.office import OfficeRules, code_of, read_office
from queries.city.ties import Tied, read_tied
from queries.core.answers import Named, Thing
from queries.core.days import last_day
from queries.core.view import View


def read_tasks(view: View) -> list[WorkItem]:
    """Return all items of work to be seen, judged by the day of the view, by id."""
    return view.once("tasks", lambda: _make(view, read_office()))


def _make(view: View, rules: OfficeRules) -> list[WorkItem]:
    today = date.fromisoformat(view.scope.day)
    tasks = [task.on(today) for task in read_tied(view, "Task", ("ON_CHAIN", "BLOCKS"), ("RESPONSIBLE_FOR",))]
    states = {task.thing["id"]: _state(task, rules) for task in tasks}
    holding: dict[str, list[Named]] = defaultdict(list)
    for task in tasks:
        if states[task.thing["id"]] in (TaskState.going, TaskState.blocked):
            for blocked in (tie.other for tie in task.by("BLOCKS", "Task")):
                if task.thing["status"] != "sample" or blocked["status"] == "sample":
                    holding[blocked["id"]].append(Named(id=task.thing["id"], name=task.thing["name"]))
    return [_item(task, states[task.thing["id"]], holding, today, rules.soon.value) for task in tasks]


def _state(tied: Tied, rules: OfficeRules) -> TaskState:
    code = code_of(rules.state, tied.thing.get("state"))
    return TaskState[code] if code else TaskState.going


def _item(tied: Tied, state: TaskState, holding: Mapping[str, list[Named]], today: date, soon: float) -> WorkItem:
    thing, owners = tied.thing, tied.named("RESPONSIBLE_FOR")
    going = state in (TaskState.going, TaskState.blocked)
    days = (last_day(thing["due"]) - today).days if going and thing.get("due") else None
    blocked_by = holding.get(thing["id"], []) if going else []
    return WorkItem(
        id=thing["id"],
        name=thing["name"],
        chains=tied.named("ON_CHAIN"),
        list_name=ListName(thing["list_name"]) if thing.get("list_name") else None,
        owner=thing.get("owner") or "、".join(owner.name for owner in owners),
        owners=owners,
        due=thing.get("due"),
        days=days,
        state=state,
        said=thing.get("state"),
        overdue=days is not None and days < 0,
        soon=days is not None and 0 <= days <= soon,
        blocked=state is TaskState.blocked or bool(blocked_by),
        blocks=[Thing(label=tie.other["_label"], id=tie.other["id"], name=tie.named.name) for tie in tied.by("BLOCKS")],
        blocked_by=blocked_by,
        status=thing["status"],
        source=thing["source"],
        place=thing.get("place"),
    )


def most_urgent_first(items: Iterable[WorkItem]) -> list[WorkItem]:
    """Return items by what asks for attention: overdue the longest, blocked, due soonest, without a due, done."""
    return sorted(items, key=lambda item: (not item.open, not item.overdue, not item.blocked, _left(item), item.id))


def _left(item: WorkItem) -> int:
    return item.days if item.days is not None else 1_000_000

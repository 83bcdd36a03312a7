"""How items of work stand, counted and in sentences."""

from collections.abc import Iterator, Sequence

from queries.city.answers import WorkItem
from queries.city.office import OfficeRules
from queries.core.reason import Reason
from queries.desk.answers import WorkCounts
from queries.desk.catalogue import say


def count_work(items: Sequence[WorkItem]) -> WorkCounts:
    """Return how many items there are, and how they stand; what is done or given up is in the first number alone."""
    going = [item for item in items if item.open]
    return WorkCounts(
        items=len(items),
        open=len(going),
        overdue=sum(item.overdue for item in going),
        soon=sum(item.soon for item in going),
        blocked=sum(item.blocked for item in going),
        undated=sum(item.due is None for item in going),
    )


def tell_work(items: Sequence[WorkItem], counts: WorkCounts, rules: OfficeRules) -> Iterator[Reason]:
    """Yield what asks for attention among some items."""
    if not items:
        yield say("no_work")
    elif not counts.open:
        yield say("all_done", count=counts.items)
    late = [(item.days, item.name) for item in items if item.overdue and item.days is not None]
    if late:
        days, name = min(late)
        yield say("overdue", count=len(late), name=name, days=-days)
    if counts.soon:
        yield say("soon", within=rules.soon.value, count=counts.soon)
    if counts.blocked:
        yield say("blocked", count=counts.blocked)
    if counts.open and not (counts.overdue or counts.soon or counts.blocked):
        yield say("calm", count=counts.open)
    if counts.undated:
        yield say("undated", count=counts.undated)

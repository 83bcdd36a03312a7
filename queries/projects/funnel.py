"""The funnel: how many projects and how much stand at each stage."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from queries.city.answers import ProjectRow
from queries.core.answers import weakest
from queries.projects.answers import Funnel, FunnelRow, ProjectItem, Sum


def make_funnel(items: Sequence[ProjectItem]) -> list[FunnelRow]:
    """Return all stages, in order, with the projects that stand at each; no project is left out."""
    return [_row(stage, [one for one in items if one.funnel is stage]) for stage in Funnel]


def _row(stage: Funnel, items: Sequence[ProjectItem]) -> FunnelRow:
    yuan = [one.yuan for one in items if one.yuan is not None]
    return FunnelRow(
        stage=stage,
        projects=len(items),
        sums=add_up(items),
        yuan=sum(yuan) if yuan else None,
        in_yuan=len(yuan),
        without_amount=sum(one.amount is None for one in items),
        without_currency=sum(one.amount is not None and not one.currency for one in items),
        status=weakest(one.status for one in items),
        sources=sorted({one.source for one in items}),
    )


def add_up(projects: Iterable[ProjectRow]) -> list[Sum]:
    """Return the amounts added up, each currency by itself."""
    amounts: dict[str, list[float]] = defaultdict(list)
    for one in projects:
        if one.amount is not None and one.currency:
            amounts[one.currency].append(one.amount)
    return [Sum(currency=name, amount=sum(own), projects=len(own)) for name, own in sorted(amounts.items())]

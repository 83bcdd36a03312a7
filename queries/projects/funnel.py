"""The funnel: how many projects and how much stand at each stage."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from queries.city.answers import ProjectRow
from queries.core.answers import weakest
from queries.projects.answers import Funnel, FunnelRow, ProjectItem, Sum


def make_funnel(items: Sequence[ProjectItem]) -> list[FunnelRow]:
    """Return all stages, in order, with the projects that stand at each; no project is left out."""
    return [_row(stage, [item for item in items if item.funnel is stage]) for stage in Funnel]


def _row(stage: Funnel, items: Sequence[ProjectItem]) -> FunnelRow:
    yuan = [item.yuan for item in items if item.yuan is not None]
    return FunnelRow(
        stage=stage,
        projects=len(items),
        sums=add_up(items),
        yuan=sum(yuan) if yuan else None,
        in_yuan=len(yuan),
        without_amount=sum(item.amount is None for item in items),
        without_currency=sum(item.amount is not None and not item.currency for item in items),
        status=weakest(item.status for item in items),
        sources=sorted({item.source for item in items}),
    )


def add_up(projects: Iterable[ProjectRow]) -> list[Sum]:
    """Return the amounts added up, each currency by itself."""
    amounts: dict[str, list[float]] = defaultdict(list)
    for project in projects:
        if project.amount is not None and project.currency:
            amounts[project.currency].append(project.amount)
    return [Sum(currency=name, amount=sum(own), projects=len(own)) for name, own in sorted(amounts.items())]

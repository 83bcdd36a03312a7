"""Where a project stands in the funnel, and the word for a stage; light, for commands read it first."""

from collections.abc import Callable, Iterable

from graph.currencies import CURRENCY_ZH
from graph.errors import InputError
from queries.city.answers import ProjectRow
from queries.core.words import show_amount
from queries.projects.answers import Funnel, ProjectItem, Sum

STANDS = {  # each stage of the model; 规划 and 已宣布 say that it is public, and not that it is signed
    "线索": Funnel.lead,
    "洽谈": Funnel.talks,
    "规划": Funnel.announced,
    "已宣布": Funnel.announced,
    "签约": Funnel.signed,
    "开工": Funnel.started,
    "在建": Funnel.started,
    "投产": Funnel.running,
    "终止": Funnel.ended,
}
PLACES = {stage: place for place, stage in enumerate(Funnel)}
OVER = (Funnel.running, Funnel.ended)
FIELDS: dict[str, Callable[[ProjectItem], bool]] = {  # what is not written of a project, in the words of the form
    "阶段": lambda item: item.stage is None,
    "投资额": lambda item: item.amount is None,
    "币种": lambda item: item.amount is not None and not item.currency,
    "投资方": lambda item: not item.investors,
    "区域": lambda item: not item.regions,
    "产业链": lambda item: not item.chains,
    "填补环节": lambda item: not item.segments,
    "预计投产日期": lambda item: item.open and not item.expected_on,
}


def find_stage(word: str) -> str:
    """Return the stage, of the model or of the funnel, that a word is; raises ``InputError`` for one that is none."""
    known = list(dict.fromkeys([*STANDS, *map(str, Funnel)]))
    if word.strip() not in known:
        raise InputError(f"没有“{word[:60]}”这个阶段;可选 {'、'.join(known)}")
    return word.strip()


def stand(project: ProjectRow) -> Funnel:
    """Return where a project stands: the furthest of what is recorded and of its steps."""
    said = {STANDS[stage] for stage in (project.stage, *(step.stage for step in project.steps)) if stage}
    return max(said, key=PLACES.__getitem__, default=Funnel.unsaid)


def fields_unwritten(project: ProjectItem) -> list[str]:
    """Return what is not written of a project."""
    return [name for name, lacks in FIELDS.items() if lacks(project)]


def show_sums(sums: Iterable[Sum], apart: str = "；") -> str:
    """Return sums in words, the currencies apart."""
    return apart.join(show_amount(total.amount, CURRENCY_ZH.get(total.currency, total.currency)) for total in sums)

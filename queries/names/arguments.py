"""The arguments that questions share: a chain, a firm, an office, a project, and how each is found by a word."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from queries.core.answers import Named
from queries.core.question import Word

if TYPE_CHECKING:
    from queries.core.view import View


def _find_chain(view: "View", word: str, _: Mapping[str, Any]) -> Named:
    from queries.names.search import find_chain  # what finds names takes long to import

    return find_chain(view, word)


def _find_firm(view: "View", word: str, _: Mapping[str, Any]) -> Named:
    from queries.names.search import find_enterprise

    return find_enterprise(view, word)


def _find_agency(view: "View", word: str, _: Mapping[str, Any]) -> Named:
    from queries.names.search import find_agency

    return find_agency(view, word)


def _find_cluster(view: "View", word: str, _: Mapping[str, Any]) -> Named:
    from queries.names.search import find_cluster

    return find_cluster(view, word)


def _find_project(view: "View", word: str, _: Mapping[str, Any]) -> Named:
    from queries.names.search import find_project

    return find_project(view, word)


def _find_task(view: "View", word: str, _: Mapping[str, Any]) -> Named:
    from queries.names.search import find_task

    return find_task(view, word)


Chain = Annotated[Named, Word("产业链的名称、编号或拼音,如 集成电路", "CHAIN", _find_chain)]
Firm = Annotated[Named, Word("企业的编号、全称、简称、别名、信用代码、拼音或首字母", "NAME", _find_firm)]
Office = Annotated[Named, Word("链长、部门、专班、区(市)等的编号、名称、别名或拼音", "WHO", _find_agency)]
Cluster = Annotated[Named, Word("产业集群的名称、编号、别名或拼音", "NAME", _find_cluster)]
Project = Annotated[Named, Word("项目的编号、名称、别名或拼音", "PROJECT", _find_project)]
Task = Annotated[Named, Word("任务、问题的编号、名称或拼音", "TASK", _find_task)]

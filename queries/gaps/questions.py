"""The questions about the gaps of a chain: its weak links, what defends a judgement, what if."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from queries.core.question import Word, question
from queries.gaps import tables
from queries.gaps.answers import Certificate, WeakLinks, WhatIf
from queries.names.arguments import Chain, Firm

if TYPE_CHECKING:
    from queries.city.facts import Place
    from queries.core.view import View
    from queries.gaps.reached import Landing

GROUP = "断点"


def _find_place(view: "View", word: str, earlier: Mapping[str, Any]) -> "Place":
    from queries.gaps.names import find_place
    from queries.gaps.weak_links import examine

    return find_place(examine(view, earlier["chain"].id), word)


def _find_landing(view: "View", word: str, _: Mapping[str, Any]) -> "Landing":
    from queries.gaps.names import find_landing

    return find_landing(view, word)


@question(
    "weak-links",
    "chains/{chain}/weak-links",
    group=GROUP,
    slow="计算断点",
    table=tables.table_of_segments,
    notes=tables.notes_of_weak_links,
)
def weak_links(
    view: "View", chain: Chain, no_suspects: Annotated[bool, Word("不要“疑似”：只说查过的和已知的")] = False
) -> WeakLinks:
    """断点: 一条链各环节与产品的状态(缺链、弱链、强链、未知)、评分及其各项、理由、依据、行动。

    还有延链的下一步、系统性风险,与规则移动 ±20% 时的稳定性。

    没有普查记录的环节不判缺链,有话可说的另列为疑似(look_first 是先查哪里)。
    评分(紧要) 0 至 100,越高越该先补,是各项之和;规则见 queries/gaps/rules.toml。
    """
    from queries.gaps.weak_links import weak_links as ask

    return ask(view, chain.id, suspects=not no_suspects)


@question(
    "certificate",
    "chains/{chain}/certificate",
    group=GROUP,
    table=lambda answer: tables.tables_of_certificate(answer)["candidates"],
    format="json",
)
def certificate(
    view: "View", chain: Chain, place: Annotated["Place", Word("环节或产品的名称或编号", "PLACE", _find_place)]
) -> Certificate:
    """断点说明: 谁需要它,查过哪些本地企业、为何都不能填补,用了哪版规则、哪天的数据、哪些来源。"""
    from queries.gaps.certificate import certificate as ask

    return ask(view, chain.id, place.label, place.id)


@question(
    "what-if",
    "chains/{chain}/what-if",
    group=GROUP,
    slow="推演",
    table=tables.table_of_changes,
    notes=tables.notes_of_what_if,
)
def what_if(
    view: "View",
    chain: Chain,
    remove: Annotated[list[Firm] | None, Word("假设这家企业退出;可写多次")] = None,
    land: Annotated[
        list["Landing"] | None, Word("假设企业落地生产某产品;可写多次", "NAME:PRODUCT", _find_landing)
    ] = None,
) -> WhatIf:
    """假如: 企业退出(``remove``)或落地(``land``)之后,各环节的状态、评分与风险,补上的和新开的缺口,牵涉的链主。"""
    from queries.gaps.what_if import what_if as ask

    return ask(view, chain.id, remove or [], land or [])

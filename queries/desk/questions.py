"""The questions about the desk of a chain, and about all that somebody answers for."""

from typing import TYPE_CHECKING

from queries.core.question import question
from queries.desk import tables
from queries.desk.answers import Desk, Duties
from queries.names.arguments import Chain, Office

if TYPE_CHECKING:
    from queries.core.view import View

GROUP = "链长制"


@question("desk", "chains/{chain}/desk", group=GROUP, book=tables.book_of_desk)
def desk(view: "View", chain: Chain) -> Desk:
    """链长的工作台: 谁负责、5个1、链长制四张清单里逾期、快到期、受阻的事项、引进目标;缺哪些行、用哪张空表填。

    一句话由不是示例的行得出;示例另列。没有的不当作没有做: 引进目标只在项目清单声明齐全的年份才说没有达到。
    规则见 queries/city/office.toml。
    """
    from queries.desk.desk import make_desk

    return make_desk(view, chain)


@question("duties", "agencies/{agency}/duties", group=GROUP, book=tables.book_of_duties, notes=tables.notes_of_duties)
def duties(view: "View", agency: Office) -> Duties:
    """一个人或一个部门负责的全部: 产业链、项目、机制等,自何时、至何时,和要办的事项里逾期、快到期、受阻的。"""
    from queries.desk.duties import make_duties

    return make_duties(view, agency)

"""The questions about 卡位入链: the four lists of a leader or a chain, and the ledger of the matches."""

from typing import TYPE_CHECKING, Annotated

from queries.core.answers import Named
from queries.core.question import Choice, Word, question
from queries.names.arguments import Chain, Firm
from queries.openings import tables
from queries.openings.answers import CityNeeds, Keys, Ledger, Met, Opportunities, Wanted

if TYPE_CHECKING:
    from queries.core.view import View

GROUP = "卡位入链"
ONE = Choice(("leader", "chain"), required=True)
SUBJECTS = ("chains/{chain}/opportunities", "enterprises/{leader}/opportunities")
Leader = Annotated[Firm, Word("链主企业的名称、简称、编号或拼音")]
Leaders = Annotated[Chain, Word("产业链的名称、编号或拼音: 它的全部链主")]


@question(
    "opportunities",
    *SUBJECTS,
    group=GROUP,
    slow="列出四张清单",
    choice=ONE,
    table=tables.table_of_lists,
    notes=tables.notes_of_opportunities,
)
def opportunities(
    view: "View",
    leader: Leader | None = None,
    chain: Leaders | None = None,
    keys: Annotated[
        Keys, Word("JSON 里四张清单的键: zh 是清单的名称,en 是 offers、needs、partners、invitations")
    ] = Keys.zh,
) -> Opportunities:
    """卡位入链的四张清单: 在青可提供、可采购、拟开展合作、建议招引;每行写明为什么、不利之处、状态和来源。

    登记的在前;推断的状态是“推断”,只是线索。一项需求没有合适的本地企业,才列入建议招引,并列出看过哪些本地企业、各为何不合适。
    不是链主的企业,按它自己登记的供给与需求列出,并说明。
    """
    return _lists(view, leader, chain).model_copy(update={"keys": keys})


NEEDS = ("chains/{chain}/needs", "enterprises/{leader}/needs")


@question("needs", *NEEDS, group=GROUP, slow="列出需求", choice=ONE, table=tables.table_of_needs)
def needs(view: "View", leader: Leader | None = None, chain: Leaders | None = None) -> list[Wanted]:
    """需求一览:
    链主要买的每种产品一次,本地哪些企业可以卡位入链、哪些已在供应,或没有合适的;没有登记、由所产产品推断的也在内。"""
    from queries.openings.glance import at_a_glance

    return at_a_glance(_lists(view, leader, chain).needs)


@question(
    "city-needs",
    "needs",
    group=GROUP,
    slow="列出全市的需求",
    book=tables.book_of_city_needs,
    table=tables.table_of_city_needs,
)
def city_needs(view: "View", met: Annotated[Met | None, Word("只列这样的")] = None) -> CityNeeds:
    """全市链主买什么: 各条链的链主买的每种产品一行,本地能接、已在供应,还是没有合适的企业;登记的和推得的分明。

    两条链的链主都买的,各列一次。只有示例里才有的需求另列,不算进那句话。
    """
    from queries.openings.glance import city_needs as ask

    return ask(view, met)


def _lists(view: "View", leader: Named | None, chain: Named | None) -> Opportunities:
    from queries.openings.lists import chain_opportunities, leader_opportunities

    if leader is not None:
        return leader_opportunities(view, leader)
    assert chain is not None
    return chain_opportunities(view, chain)


@question(
    "ledger",
    "ledger",
    group=GROUP,
    choice=Choice(("leader", "chain", "firm")),
    table=tables.table_of_steps,
    notes=tables.notes_of_ledger,
)
def ledger(
    view: "View",
    leader: Leader | None = None,
    chain: Leaders | None = None,
    firm: Annotated[Firm | None, Word("只看与这家企业有关的,不论哪一方")] = None,
) -> Ledger:
    """匹配台账: 需求 → 推荐 → 链主答复 → 洽谈 → 签约 或 放弃,每一步写明日期、经办和来源,从不覆盖。

    链主、产业链、企业只能给一个,都不给是全部。
    """
    from queries.openings.ledger import ledger as ask

    return ask(view, leader=leader, chain=chain, firm=firm)

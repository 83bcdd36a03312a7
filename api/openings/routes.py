"""The JSON API of 卡位入链: the four lists of a chain or a leader, suppliers for a need in words, and the ledger of the matches."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.http import Answering, ViewDep
from queries.names.search import find_chain, find_enterprise
from queries.openings import ledger as ledgers
from queries.openings.answers import Ledger, Opportunities
from queries.openings.lists import chain_opportunities, leader_opportunities

router = APIRouter(prefix="/api/v1", tags=["卡位入链"], route_class=Answering)

NameQuery = Annotated[str | None, Query(min_length=1, max_length=300)]


@router.get("/chains/{id}/opportunities")
def get_chain_opportunities(id: str, view: ViewDep) -> Opportunities:
    """一条产业链的全部链主的四张清单: 在青可提供、可采购、拟开展合作、建议招引;每行写明为什么、不利之处、状态和来源。"""
    return chain_opportunities(view, find_chain(view, id))


@router.get("/enterprises/{id:path}/opportunities")
def get_leader_opportunities(id: str, view: ViewDep) -> Opportunities:
    """一家链主的四张清单;不是链主的企业,按它自己登记的供给与需求列出,并说明。"""
    return leader_opportunities(view, find_enterprise(view, id))


@router.get("/ledger")
def get_ledger(view: ViewDep, leader: NameQuery = None, chain: NameQuery = None, firm: NameQuery = None) -> Ledger:
    """匹配台账: 每项匹配的各步(需求、推荐、链主答复、洽谈、签约、放弃),按日期;``leader``、``chain``、``firm`` 只能给一个,都不给是全部。"""
    return ledgers.ledger(
        view,
        leader=None if leader is None else find_enterprise(view, leader),
        chain=None if chain is None else find_chain(view, chain),
        firm=None if firm is None else find_enterprise(view, firm),
    )

"""The JSON API of firms: the list, one firm, who supplies whom, pairs that may be one."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.core.http import Answering, CursorQuery, Page, SizeQuery, ViewDep
from graph.errors import InputError
from queries.core.answers import EnterpriseView, SupplyEdge, SupplyPath
from queries.names.answers import Doubt, Judgement
from queries.names.same_firms import doubts, history
from queries.names.search import find_enterprise
from queries.things import enterprises as enterprise_queries
from queries.things import supply

router = APIRouter(prefix="/api/v1", tags=["企业"], route_class=Answering)

TiersQuery = Annotated[int, Query(ge=1, le=10, description="看几层")]


@router.get("/enterprises")
def get_enterprises(view: ViewDep, cursor: CursorQuery = "", size: SizeQuery = 50) -> Page[dict[str, Any]]:
    """企业名单,按编号排序,逐页取。"""
    items, following = enterprise_queries.list_enterprises(view, cursor, size)
    return Page(items=items, next=following)


@router.get("/enterprises/{id:path}/suppliers")
def get_suppliers(id: str, view: ViewDep, tiers: TiersQuery = 1) -> Page[SupplyEdge]:
    """谁供应这家企业,逐层;每条关系带产品、状态和来源。"""
    return Page(items=supply.suppliers(view, find_enterprise(view, id).id, tiers))


@router.get("/enterprises/{id:path}/customers")
def get_customers(id: str, view: ViewDep, tiers: TiersQuery = 1) -> Page[SupplyEdge]:
    """这家企业供应谁,逐层;每条关系带产品、状态和来源。"""
    return Page(items=supply.customers(view, find_enterprise(view, id).id, tiers))


@router.get("/enterprises/{id:path}")
def get_enterprise(id: str, view: ViewDep) -> EnterpriseView:
    """一家企业: 基本信息、产品、环节、关系与公布的数据。``id`` 可以是编号、全称、简称、别名或拼音。"""
    return enterprise_queries.view_enterprise(view, find_enterprise(view, id).id)


@router.get("/paths")
def get_paths(
    view: ViewDep,
    start: Annotated[str, Query(alias="from", min_length=1, max_length=300, description="起点企业")],
    end: Annotated[str, Query(alias="to", min_length=1, max_length=300, description="终点企业")],
    most: Annotated[int, Query(ge=1, le=50)] = 5,
    longest: Annotated[int, Query(ge=1, le=10)] = 6,
) -> Page[SupplyPath]:
    """两家企业之间的供应路径,短的在前,每一步带产品、状态和来源。"""
    return Page(items=supply.paths(view, find_enterprise(view, start).id, find_enterprise(view, end).id, most, longest))


@router.get("/same-firms")
def get_same_firms(view: ViewDep, cursor: CursorQuery = "", size: SizeQuery = 50) -> Page[Doubt]:
    """可能是同一家的企业,成对,最明显的在前,逐页取: 为什么可能是、有什么不利的;判断过的不再列出。判断用命令 lianzhang judge-firms。"""
    if cursor and not re.fullmatch("[0-9]{1,9}", cursor):
        raise InputError("cursor 应为上一页答案里的 next")
    found, start = doubts(view), int(cursor or 0)
    return Page(items=found[start : start + size], next=str(start + size) if start + size < len(found) else None)


@router.get("/same-firms/history")
def get_judgements(view: ViewDep) -> Page[Judgement]:
    """对企业是否同一的全部判断,新的在前;同一对里最后一条算数。"""
    return Page(items=history(view))

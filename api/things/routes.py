"""The JSON API under ``/api/v1``."""

import re
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from graph.errors import InputError
from graph.settings import Settings
from graph.stores import Store
from queries.core.answers import ChainSummary, ChainView, CypherAnswer, EnterpriseView, Figure, Hit, SupplyEdge, SupplyPath
from queries.core.catalogue import trusted
from queries.names.same_firms import Doubt, Judgement, doubts, history
from queries.names.search import find_chain, find_enterprise
from queries.names.search import search as find
from queries.things import chains as chain_queries
from queries.things import enterprises as enterprise_queries
from queries.things import supply
from queries.things.console import run_cypher
from queries.things.things import list_figures

Item = TypeVar("Item")

router = APIRouter(prefix="/api/v1", tags=["产业链"])


class Page(BaseModel, Generic[Item]):
    """A page of a list; ``next`` is the cursor of the page after it, or null at the end."""

    items: list[Item]
    next: str | None = None


class CypherQuestion(BaseModel):
    """A read-only Cypher query."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1, max_length=20_000, examples=["MATCH (c:Chain) RETURN c.name AS name ORDER BY name"])
    parameters: dict[str, Any] = {}
    limit: int | None = Field(default=None, ge=1, le=100_000)


async def get_store(request: Request) -> Store:
    """Return the store of the app."""
    store: Store = request.app.state.store
    return store


async def get_statuses(
    without: Annotated[str, Query(description="不使用哪些状态的数据,逗号分隔,如 curated,sample", max_length=200)] = "",
) -> list[str]:
    """Return the statuses to answer from."""
    return trusted(without.split(","))


StoreDep = Annotated[Store, Depends(get_store)]
StatusesDep = Annotated[list[str], Depends(get_statuses)]
TiersQuery = Annotated[int, Query(ge=1, le=10, description="看几层")]
SizeQuery = Annotated[int, Query(ge=1, le=500, description="每页几条")]
CursorQuery = Annotated[str, Query(max_length=300, description="上一页答案里的 next")]


@router.get("/chains")
def get_chains(store: StoreDep, statuses: StatusesDep) -> Page[ChainSummary]:
    """全部产业链,及各类数据的数量(按数据状态分)。"""
    return Page(items=chain_queries.list_chains(store, statuses))


@router.get("/chains/{id}")
def get_chain(id: str, store: StoreDep, statuses: StatusesDep) -> ChainView:
    """一条产业链: 环节、产品、企业、链主、项目、公布的数据与短板。``id`` 可以是编号或名称。"""
    return chain_queries.view_chain(store, find_chain(store, id).id, statuses)


@router.get("/enterprises")
def get_enterprises(store: StoreDep, statuses: StatusesDep, cursor: CursorQuery = "", size: SizeQuery = 50) -> Page[dict[str, Any]]:
    """企业名单,按编号排序,逐页取。"""
    items, following = enterprise_queries.list_enterprises(store, cursor, size, statuses)
    return Page(items=items, next=following)


@router.get("/enterprises/{id:path}/suppliers")
def get_suppliers(id: str, store: StoreDep, statuses: StatusesDep, tiers: TiersQuery = 1) -> Page[SupplyEdge]:
    """谁供应这家企业,逐层;每条关系带产品、状态和来源。"""
    return Page(items=supply.suppliers(store, find_enterprise(store, id).id, tiers, statuses))


@router.get("/enterprises/{id:path}/customers")
def get_customers(id: str, store: StoreDep, statuses: StatusesDep, tiers: TiersQuery = 1) -> Page[SupplyEdge]:
    """这家企业供应谁,逐层;每条关系带产品、状态和来源。"""
    return Page(items=supply.customers(store, find_enterprise(store, id).id, tiers, statuses))


@router.get("/enterprises/{id:path}")
def get_enterprise(id: str, store: StoreDep, statuses: StatusesDep) -> EnterpriseView:
    """一家企业: 基本信息、产品、环节、关系与公布的数据。``id`` 可以是编号、全称、简称、别名或拼音。"""
    return enterprise_queries.view_enterprise(store, find_enterprise(store, id).id, statuses)


@router.get("/statements")
def get_statements(store: StoreDep, statuses: StatusesDep, cursor: CursorQuery = "", size: SizeQuery = 50) -> Page[Figure]:
    """公布的数据,按编号排序,逐页取;每条带对象、指标、数值、单位、口径、时点、状态、来源与位置。"""
    items, following = list_figures(store, cursor, size, statuses)
    return Page(items=items, next=following)


@router.get("/paths")
def get_paths(
    store: StoreDep,
    statuses: StatusesDep,
    start: Annotated[str, Query(alias="from", min_length=1, max_length=300, description="起点企业")],
    end: Annotated[str, Query(alias="to", min_length=1, max_length=300, description="终点企业")],
    most: Annotated[int, Query(ge=1, le=50)] = 5,
    longest: Annotated[int, Query(ge=1, le=10)] = 6,
) -> Page[SupplyPath]:
    """两家企业之间的供应路径,短的在前,每一步带产品、状态和来源。"""
    return Page(items=supply.paths(store, find_enterprise(store, start).id, find_enterprise(store, end).id, most, longest, statuses))


@router.get("/same-firms")
def get_same_firms(store: StoreDep, statuses: StatusesDep, cursor: CursorQuery = "", size: SizeQuery = 50) -> Page[Doubt]:
    """可能是同一家的企业,成对,最明显的在前,逐页取: 为什么可能是、有什么不利的;判断过的不再列出。判断用命令 lianzhang judge-firms。"""
    if cursor and not re.fullmatch("[0-9]{1,9}", cursor):
        raise InputError("cursor 应为上一页答案里的 next")
    found, start = doubts(store, statuses), int(cursor or 0)
    return Page(items=found[start : start + size], next=str(start + size) if start + size < len(found) else None)


@router.get("/same-firms/history")
def get_judgements(store: StoreDep) -> Page[Judgement]:
    """对企业是否同一的全部判断,新的在前;同一对里最后一条算数。"""
    return Page(items=history(store))


@router.get("/search")
def get_search(
    store: StoreDep,
    statuses: StatusesDep,
    q: Annotated[str, Query(min_length=1, max_length=200, description="名称、简称、别名、拼音或首字母")],
    size: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Page[Hit]:
    """按名称、简称、别名、拼音或首字母查找;都不恰好相同时,后面列出名称相近的企业。"""
    return Page(items=find(store, q, size, statuses=statuses))


@router.post("/cypher")
def post_cypher(question: CypherQuestion, request: Request, store: StoreDep) -> CypherAnswer:
    """执行一条只读 Cypher;时间与行数有上限。"""
    settings: Settings = request.app.state.settings
    if question.limit and question.limit > settings.query_rows:
        raise InputError(f"limit {question.limit} 超过本服务的上限 {settings.query_rows}")
    return run_cypher(
        store, question.query, question.parameters, seconds=settings.query_seconds, limit=question.limit or settings.query_rows
    )

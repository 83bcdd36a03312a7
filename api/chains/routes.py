"""The JSON API of the chains."""

from fastapi import APIRouter

from api.core.http import Answering, Page, ViewDep
from queries.core.answers import ChainSummary, ChainView
from queries.names.search import find_chain
from queries.things import chains as chain_queries

router = APIRouter(prefix="/api/v1", tags=["产业链"], route_class=Answering)


@router.get("/chains")
def get_chains(view: ViewDep) -> Page[ChainSummary]:
    """全部产业链,及各类数据的数量(按数据状态分)。"""
    return Page(items=chain_queries.list_chains(view))


@router.get("/chains/{id}")
def get_chain(id: str, view: ViewDep) -> ChainView:
    """一条产业链: 环节、产品、企业、链主、项目、公布的数据与短板。``id`` 可以是编号或名称。"""
    return chain_queries.view_chain(view, find_chain(view, id).id)

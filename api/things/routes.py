"""The JSON API under ``/api/v1``."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.core.http import Answering, CursorQuery, Page, SizeQuery, StoreDep, ViewDep
from graph.errors import InputError
from graph.settings import Settings
from queries.core.answers import CypherAnswer, Figure, Hit
from queries.names.search import search as find
from queries.things.console import run_cypher
from queries.things.things import list_figures

router = APIRouter(prefix="/api/v1", tags=["产业链"], route_class=Answering)


class CypherQuestion(BaseModel):
    """A read-only Cypher query."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1, max_length=20_000, examples=["MATCH (c:Chain) RETURN c.name AS name ORDER BY name"])
    parameters: dict[str, Any] = {}
    limit: int | None = Field(default=None, ge=1, le=100_000)


@router.get("/statements")
def get_statements(view: ViewDep, cursor: CursorQuery = "", size: SizeQuery = 50) -> Page[Figure]:
    """公布的数据,按编号排序,逐页取;每条带对象、指标、数值、单位、口径、时点、状态、来源与位置。"""
    items, following = list_figures(view, cursor, size)
    return Page(items=items, next=following)


@router.get("/search")
def get_search(
    view: ViewDep,
    q: Annotated[str, Query(min_length=1, max_length=200, description="名称、简称、别名、拼音或首字母")],
    size: Annotated[int, Query(ge=1, le=200)] = 20,
) -> Page[Hit]:
    """按名称、简称、别名、拼音或首字母查找;都不恰好相同时,后面列出名称相近的企业。"""
    return Page(items=find(view, q, size))


@router.post("/cypher")
def post_cypher(question: CypherQuestion, request: Request, store: StoreDep) -> CypherAnswer:
    """执行一条只读 Cypher;时间与行数有上限。"""
    settings: Settings = request.app.state.settings
    if question.limit and question.limit > settings.query_rows:
        raise InputError(f"limit {question.limit} 超过本服务的上限 {settings.query_rows}")
    return run_cypher(
        store, question.query, question.parameters, seconds=settings.query_seconds, limit=question.limit or settings.query_rows
    )

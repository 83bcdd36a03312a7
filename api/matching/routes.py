"""The JSON API of matching: suppliers for a need in words."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.http import Answering, ViewDep
from queries.matching.answers import Matched
from queries.matching.city import match_city

router = APIRouter(prefix="/api/v1", tags=["卡位入链"], route_class=Answering)

NeedQuery = Annotated[str, Query(min_length=1, max_length=200)]
FirmsQuery = Annotated[int, Query(ge=1, le=400)]


@router.get("/match")
def get_match(view: ViewDep, need: NeedQuery, top: FirmsQuery = 20) -> Matched:
    """图中哪些企业能满足一项几个字的需求: 按可能性排列,每家写明理由;都是推断,不存入图。"""
    return match_city(view, need, top)

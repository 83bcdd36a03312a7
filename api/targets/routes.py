"""The JSON API of 招商名录: the targets of a chain, the portfolio over all chains."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.core.http import Answering, ViewDep
from queries.names.search import find_chain
from queries.targets.answers import Portfolio, Targets
from queries.targets.chain import TOP, list_targets
from queries.targets.portfolio import make_portfolio

router = APIRouter(prefix="/api/v1", tags=["招商名录"], route_class=Answering)

TopQuery = Annotated[int, Query(ge=1, le=1000, description="列前几名")]
MostQuery = Annotated[int | None, Query(ge=1, le=1000, description="最多几家;缺省为补上最多缺口的最少几家")]


@router.get("/chains/{id}/targets")
def get_targets(id: str, view: ViewDep, top: TopQuery = TOP) -> Targets:
    """招商名录: 能补缺口的外地企业,按各因素加权排名,附为什么、不利之处、依据和权重移动 ±20% 的变化;未知的、没有企业的另列。"""
    return list_targets(view, find_chain(view, id).id, top)


@router.get("/portfolio")
def get_portfolio(view: ViewDep, most: MostQuery = None) -> Portfolio:
    """招商组合: 在全部产业链上,用最少的外地企业补上最多的缺口;附求法、上界、离最优至多差多少和企业数的曲线。"""
    return make_portfolio(view, most)

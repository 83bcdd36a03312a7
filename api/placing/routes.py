"""The routes by which firms of the graph are placed, and placements judged."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field

from api.core.people import person_of
from api.core.problems import PROBLEMS
from api.placing.doing import place_graph
from loaders.placements import judge_places

GROUP = "企业上链"

router = APIRouter(prefix="/api/v1", tags=[GROUP], responses=PROBLEMS)


class PlacementVerdict(BaseModel):
    """What somebody judges of placements."""

    ids: list[Annotated[str, Field(max_length=700)]] = Field(min_length=1, max_length=1_000)
    verdict: Literal["accept", "refuse", "undo"]
    why: str = Field(default="", max_length=2_000)


class JudgedPlacements(BaseModel):
    """How many placements were judged."""

    judged: int


class PlacedGraph(BaseModel):
    """What became of the places that were inferred of the firms of the graph."""

    new: int
    changed: int
    same: int
    gone: int
    stated: int


@router.post("/placements", response_model=PlacedGraph)
def place_all(request: Request) -> PlacedGraph:
    """把图里的企业放上链: 推断写进图,等人审;已经审过的不再问,除非企业的登记变了。"""
    done = place_graph(request.app.state.store, person_of(request))
    return PlacedGraph(new=done.new, changed=done.changed, same=done.same, gone=done.gone, stated=done.stated)


@router.patch("/placements", response_model=JudgedPlacements)
def judge(request: Request, told: Annotated[PlacementVerdict, Body()]) -> JudgedPlacements:
    """审上链推断: accept 采纳、refuse 不收、undo 撤销;一次可以许多项,要么都记下,要么都不记。"""
    person = person_of(request)
    done = judge_places(request.app.state.store, told.ids, told.verdict, person.name, told.why, person.role)
    return JudgedPlacements(judged=len(done))

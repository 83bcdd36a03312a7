"""The route by which a look is kept."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field

from api.core.people import person_of
from api.core.problems import PROBLEMS
from api.coverage.doing import take_look

router = APIRouter(prefix="/api/v1", tags=["摸底"], responses=PROBLEMS)


class LookTold(BaseModel):
    """What somebody found at a segment or a product."""

    place: str = Field(min_length=1, max_length=300, description="环节或产品的名称、别名或编号")
    found: Literal["yes", "no", "none"] = Field(description="yes 登记的就是全部;no 没有;none 其实没查过")
    by: str = Field(default="", max_length=100, description="谁查的;不写是操作的人")
    as_of: str = Field(default="", max_length=10, description="哪天查的;不写是今天")
    universe: str = Field(default="", max_length=100, description="只查了哪些企业;查的是全部企业就不写")
    method: str = Field(default="", max_length=200)
    why: str = Field(default="", max_length=2_000)


class LookKept(BaseModel):
    """What came of it."""

    id: str
    name: str
    found: str
    outcome: Literal["new", "changed", "same", "refused"]


@router.post("/coverage", response_model=LookKept)
def keep(request: Request, told: Annotated[LookTold, Body()]) -> LookKept:
    """登记一次摸底: 某个环节或产品,查过没有,或查过有这些;后一次为准,以前的留在操作记录里。"""
    place, done = take_look(request.app.state.store, person_of(request), **told.model_dump())
    return LookKept(id=place.id, name=place.name, found=told.found, outcome=done.outcome)

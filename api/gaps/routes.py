"""The JSON API of weak links: states and scores, certificates, what if, systemic risk of a network that is sent."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.core.http import Answering, ViewDep
from queries.gaps import certificate as certificates
from queries.gaps import weak_links as gaps
from queries.gaps import what_if as scenarios
from queries.gaps.answers import Certificate, WeakLinks, WhatIf
from queries.gaps.names import find_landing, find_place
from queries.names.search import find_chain, find_enterprise
from queries.networks.answers import SupplyStructure
from queries.networks.supply_structure import supply_structure
from queries.networks.systemic_risk import SupplyNetwork, systemic_risk

router = APIRouter(prefix="/api/v1", tags=["断点"], route_class=Answering)

NamesQuery = Annotated[list[str], Query(max_length=50)]


class RiskQuestion(BaseModel):
    """A supply network, firms and industries by number from 0."""

    model_config = ConfigDict(extra="forbid")

    supplier: list[int] = Field(max_length=100_000, description="每条关系的供应企业")
    buyer: list[int] = Field(max_length=100_000, description="每条关系的购买企业")
    amount: list[float] = Field(max_length=100_000, description="每条关系的金额,单位一致即可")
    industry: list[int] = Field(max_length=2_000, description="每家企业的行业")
    essentiality: list[Annotated[list[int], Field(max_length=200)]] = Field(
        max_length=200, description="行供应、列购买: 0 可忽略、1 非必需、2 必需"
    )
    substitution: bool = True
    tolerance: float = Field(default=0.01, ge=1e-4, lt=1, description="一步之内变化都不超过它就停")


class RiskAnswer(BaseModel):
    """The systemic risk of each firm's closing, in the order of the firms."""

    esri: list[float]
    downstream: list[float]
    upstream: list[float]


@router.get("/chains/{id}/weak-links")
def get_weak_links(id: str, view: ViewDep) -> WeakLinks:
    """断点: 各环节与产品的状态、评分及其各项、理由、依据、行动,延链的下一步,系统性风险,规则移动 ±20% 时的稳定性。"""
    return gaps.weak_links(view, find_chain(view, id).id)


@router.get("/chains/{id}/certificate")
def get_certificate(
    id: str,
    view: ViewDep,
    place: Annotated[str, Query(min_length=1, max_length=300, description="环节或产品的编号或名称")],
) -> Certificate:
    """断点说明: 谁需要它,查过哪些本地企业、为何都不能填补,规则版本、数据日期与来源。"""
    chain = find_chain(view, id).id
    found = find_place(gaps.examine(view, chain), place)
    return certificates.certificate(view, chain, found.label, found.id)


@router.get("/chains/{id}/what-if")
def get_what_if(id: str, view: ViewDep, remove: NamesQuery = [], land: NamesQuery = []) -> WhatIf:  # noqa: B006
    """假如企业退出(``remove``,可多个)或落地(``land``,写作 企业:产品,可多个): 前后的状态、评分与风险,补上和新开的缺口,牵涉的链主。"""
    chain = find_chain(view, id).id
    leaving, landing = [find_enterprise(view, name) for name in remove], [find_landing(view, text) for text in land]
    return scenarios.what_if(view, chain, leaving, landing)


@router.get("/structure")
def get_structure(view: ViewDep, size: Annotated[int, Query(ge=1, le=1000)] = 20) -> SupplyStructure:
    """供应网络的结构: 割点、桥、成环的企业、居中的企业、群落,以及群落与已认定集群的一致程度。"""
    return supply_structure(view, size)


@router.post("/systemic-risk")
def post_systemic_risk(question: RiskQuestion) -> RiskAnswer:
    """系统性风险 ESRI: 送来一张供应网络,逐家停产,全网的产出损失多大一份;大的网络用命令 lianzhang systemic-risk。"""
    network = SupplyNetwork.build(question.supplier, question.buyer, question.amount, question.industry, question.essentiality)
    risk = systemic_risk(network, substitution=question.substitution, tolerance=question.tolerance)
    return RiskAnswer(esri=risk.esri.tolist(), downstream=risk.downstream.tolist(), upstream=risk.upstream.tolist())

"""The questions about networks of supply: how one is built, and what the closing of each firm would cost all others."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from queries.core.question import Word, question
from queries.networks.answers import RiskAnswer, SupplyStructure
from queries.networks.tables import notes_of_structure, table_of_structure

if TYPE_CHECKING:
    from queries.core.view import View

GROUP = "断点"
Most = Annotated[int, Word("每一项最多列几个", low=1, high=1000, route="size")]
Firms = Annotated[list[int], Field(max_length=100_000)]


@question(
    "structure", "structure", group=GROUP, slow="计算供应网络的结构", table=table_of_structure, notes=notes_of_structure
)
def structure(view: "View", most: Most = 20) -> SupplyStructure:
    """供应网络的结构: 割点、桥、成环的企业、居中的企业、群落,以及群落与已认定集群的一致程度(调整互信息)。"""
    from queries.networks.supply_structure import supply_structure

    return supply_structure(view, most)


@question("systemic-risk", "systemic-risk", group=GROUP, post=True, command=False)
def systemic_risk(
    supplier: Annotated[Firms, Word("每条关系的供应企业,从 0 数起")],
    buyer: Annotated[Firms, Word("每条关系的购买企业")],
    amount: Annotated[list[float], Field(max_length=100_000), Word("每条关系的金额,单位一致即可")],
    industry: Annotated[list[int], Field(max_length=2_000), Word("每家企业的行业")],
    essentiality: Annotated[
        list[Annotated[list[int], Field(max_length=200)]],
        Field(max_length=200),
        Word("行供应、列购买: 0 可忽略、1 非必需、2 必需"),
    ],
    substitution: bool = True,
    tolerance: Annotated[float, Field(ge=1e-4, lt=1), Word("一步之内变化都不超过它就停")] = 0.01,
) -> RiskAnswer:
    """系统性风险 ESRI: 送来一张供应网络,逐家停产,全网的产出损失多大一份;大的网络用命令 lianzhang systemic-risk。"""
    from queries.networks.systemic_risk import SupplyNetwork
    from queries.networks.systemic_risk import systemic_risk as ask

    network = SupplyNetwork.build(supplier, buyer, amount, industry, essentiality)
    risk = ask(network, substitution=substitution, tolerance=tolerance)
    return RiskAnswer(esri=risk.esri.tolist(), downstream=risk.downstream.tolist(), upstream=risk.upstream.tolist())

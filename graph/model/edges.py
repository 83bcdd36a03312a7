"""Every edge type, once: the labels that it joins, its own fields, and the heads of its two ends."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator

from graph.model.base import Edge, Table, column
from graph.model.kinds import Moment, OptDate, OptFlag, OptLongText, OptNumber, OptText, Text, choice

MATCH_STAGES = choice("需求", "推荐", "链主答复", "洽谈", "签约", "放弃")
MatchStage = Annotated[str, MATCH_STAGES, BeforeValidator(MATCH_STAGES.clean)]
VERDICTS = choice("同一", "不同", "撤销", words={"same": "同一", "different": "不同", "undo": "撤销"})
Verdict = Annotated[str, VERDICTS, BeforeValidator(VERDICTS.clean)]

ON_A_CHAIN = (
    "Enterprise", "Institute", "Project", "Cluster", "Park", "Agency", "Mechanism", "Deliverable", "Task", "Platform",
    "Centre", "Challenge", "Scenario", "Event", "Weakness",
)  # fmt: skip
IN_A_REGION = (
    "Region", "Chain", "Enterprise", "Institute", "Project", "Cluster", "Park", "Agency", "Platform", "Centre", "Scenario", "Event",
)  # fmt: skip
EVERYTHING = (
    "Chain", "Segment", "Product", "Enterprise", "Institute", "Project", "Cluster", "Park", "Region", "Agency", "Mechanism",
    "Deliverable", "Task", "Platform", "Centre", "Challenge", "Scenario", "Event", "Weakness", "Industry",
)  # fmt: skip


def table(
    zh: str,
    *ends: tuple[str, str],
    columns: tuple[tuple[str, str], tuple[str, str]] = (("from", "起点"), ("to", "终点")),
    key: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    file: str = "",
    loops: bool = True,
) -> Table:
    """Describe an edge type: its Chinese name, the label pairs it joins, the heads of its two ends, its extra key."""
    return Table(file, zh, ends=ends, end_columns=columns, key=key, also=also, loops=loops)


def _to(target: str, *labels: str) -> tuple[tuple[str, str], ...]:
    return tuple((label, target) for label in labels)


class PartOf(Edge):
    """环节属于产业链."""

    type_name = "PART_OF"
    table: ClassVar[Table] = table("环节归属", ("Segment", "Chain"), columns=(("segment", "环节"), ("chain", "产业链")))


class Feeds(Edge):
    """环节供给环节: the first stands upstream of the second."""

    type_name = "FEEDS"
    table: ClassVar[Table] = table("环节供给", ("Segment", "Segment"))


class BelongsTo(Edge):
    """产品属于环节."""

    type_name = "BELONGS_TO"
    table: ClassVar[Table] = table("产品归属", ("Product", "Segment"), columns=(("product", "产品"), ("segment", "环节")))


class InputTo(Edge):
    """投入: a product goes into another; essential where the other cannot be made without it."""

    type_name = "INPUT_TO"
    table: ClassVar[Table] = table("产品投入", ("Product", "Product"), columns=(("input", "投入品"), ("product", "产品")))
    essential: OptFlag = column("是否必需", "必需")
    weight: OptNumber = column("权重")


class ClassifiedAs(Edge):
    """产品的国民经济行业分类."""

    type_name = "CLASSIFIED_AS"
    table: ClassVar[Table] = table("产品行业分类", ("Product", "Industry"), columns=(("product", "产品"), ("industry", "行业")))


class Produces(Edge):
    """企业生产产品或提供服务."""

    type_name = "PRODUCES"
    table: ClassVar[Table] = table("生产", ("Enterprise", "Product"), columns=(("enterprise", "企业"), ("product", "产品")))
    weight: OptNumber = column("权重", "占比")


class Needs(Edge):
    """可采购产品(服务): what an enterprise wants to buy."""

    type_name = "NEEDS"
    table: ClassVar[Table] = table(
        "需求", ("Enterprise", "Product"), columns=(("enterprise", "企业"), ("product", "需求产品")), also=("可采购产品(服务)",)
    )


class Offers(Edge):
    """在青可提供产品(服务): what an enterprise can supply in the city."""

    type_name = "OFFERS"
    table: ClassVar[Table] = table(
        "供给", ("Enterprise", "Product"), columns=(("enterprise", "企业"), ("product", "可提供产品")), also=("在青可提供产品(服务)",)
    )


class SeeksPartner(Edge):
    """拟开展合作企业: a firm that a leader wants to work with."""

    type_name = "SEEKS_PARTNER"
    table: ClassVar[Table] = table(
        "拟开展合作企业",
        ("Enterprise", "Enterprise"),
        columns=(("enterprise", "企业"), ("partner", "拟合作企业")),
        key=("product",),
        loops=False,
    )
    product: OptText = column("产品", "产品(服务)", "合作产品")


class Recommends(Edge):
    """建议招引企业: a firm that a leader would like to see in the city."""

    type_name = "RECOMMENDS"
    table: ClassVar[Table] = table(
        "建议招引企业",
        ("Enterprise", "Enterprise"),
        columns=(("enterprise", "企业"), ("partner", "建议招引")),
        key=("product",),
        loops=False,
    )
    product: OptText = column("产品", "产品(服务)", "招引产品")


class Supplies(Edge):
    """供应: who supplies whom with what."""

    type_name = "SUPPLIES"
    table: ClassVar[Table] = table(
        "供应关系",
        ("Enterprise", "Enterprise"),
        columns=(("supplier", "供应商"), ("customer", "客户")),
        key=("product",),
        also=("供应", "供应链", "供货关系"),
    )
    product: OptText = column("产品", "供应产品", "产品(服务)", "货物")
    since: OptDate = column("开始供应", "自")


class Matched(Edge):
    """卡位入链 match: one dated step between a possible supplier and a leader; one that differs in anything is a step of its own."""

    type_name = "MATCHED"
    table: ClassVar[Table] = table(
        "匹配",
        ("Enterprise", "Enterprise"),
        columns=(("supplier", "供应商"), ("customer", "链主")),
        key=("product", "stage", "happened_on", "handled_by", "note"),
        also=("对接", "匹配台账"),
        loops=False,
    )
    product: OptText = column("产品", "产品(服务)")
    stage: MatchStage = column("对接阶段", "阶段", required=True)
    happened_on: OptDate = column("日期", "对接日期", "on")
    handled_by: OptText = column("经办", "经办人", "by")
    note: OptLongText = column("备注", "注", "原因", "理由")


class ComparedWith(Edge):
    """企业比对: one dated judgement whether two firms are one, never overwritten; where they are, the first name is the one to go by."""

    type_name = "COMPARED_WITH"
    table: ClassVar[Table] = table(
        "企业比对",
        ("Enterprise", "Enterprise"),
        columns=(("enterprise", "企业"), ("other", "另一企业")),
        key=("verdict", "decided_at", "decided_by"),
        loops=False,
    )
    verdict: Verdict = column("判断", "是否同一企业", required=True)
    decided_at: Moment = column("判断时间", "判断日期", required=True)
    decided_by: Text = column("判断人", required=True)
    reason: OptLongText = column("理由", "判断理由")


class Leads(Edge):
    """链主引领产业链."""

    type_name = "LEADS"
    table: ClassVar[Table] = table(
        "链主", ("Enterprise", "Chain"), ("Institute", "Chain"), columns=(("enterprise", "企业"), ("chain", "链主产业链"))
    )
    role: OptText = column("角色")


class OperatesIn(Edge):
    """企业所在环节."""

    type_name = "OPERATES_IN"
    table: ClassVar[Table] = table("企业环节", ("Enterprise", "Segment"), columns=(("enterprise", "企业"), ("segment", "所在环节")))


class OnChain(Edge):
    """与产业链相关."""

    type_name = "ON_CHAIN"
    table: ClassVar[Table] = table("涉及产业链", *_to("Chain", *ON_A_CHAIN), columns=(("subject", "对象"), ("chain", "产业链")))


class MemberOf(Edge):
    """集群成员."""

    type_name = "MEMBER_OF"
    table: ClassVar[Table] = table("集群成员", ("Enterprise", "Cluster"), columns=(("enterprise", "企业"), ("cluster", "集群")))


class SubsidiaryOf(Edge):
    """母子公司."""

    type_name = "SUBSIDIARY_OF"
    table: ClassVar[Table] = table("股权关系", ("Enterprise", "Enterprise"), columns=(("enterprise", "子公司"), ("parent", "母公司")))


class InIndustry(Edge):
    """企业所属行业."""

    type_name = "IN_INDUSTRY"
    table: ClassVar[Table] = table("企业行业", ("Enterprise", "Industry"), columns=(("enterprise", "企业"), ("industry", "所属行业")))


class SubclassOf(Edge):
    """行业的上级行业."""

    type_name = "SUBCLASS_OF"
    table: ClassVar[Table] = table("行业层级", ("Industry", "Industry"), columns=(("industry", "行业"), ("parent", "上级行业")))


class UpstreamOf(Edge):
    """行业上下游: the first industry stands upstream of the second, with how often that was seen."""

    type_name = "UPSTREAM_OF"
    table: ClassVar[Table] = table("行业上下游", ("Industry", "Industry"), columns=(("upstream", "上游行业"), ("downstream", "下游行业")))
    weight: OptNumber = column("次数", "权重")


class Fills(Edge):
    """项目填补环节."""

    type_name = "FILLS"
    table: ClassVar[Table] = table("项目填补", ("Project", "Segment"), columns=(("project", "项目"), ("segment", "填补环节")))


class InvestsIn(Edge):
    """企业投资项目."""

    type_name = "INVESTS_IN"
    table: ClassVar[Table] = table("投资", ("Enterprise", "Project"), columns=(("enterprise", "投资方"), ("project", "项目")))


class SignedAt(Edge):
    """项目在活动上签约."""

    type_name = "SIGNED_AT"
    table: ClassVar[Table] = table("签约", ("Project", "Event"), columns=(("project", "项目"), ("event", "签约活动")))


class InPark(Edge):
    """位于园区."""

    type_name = "IN_PARK"
    table: ClassVar[Table] = table("入驻园区", *_to("Park", "Enterprise", "Project"), columns=(("subject", "对象"), ("park", "园区")))


class LocatedIn(Edge):
    """位于区域."""

    type_name = "LOCATED_IN"
    table: ClassVar[Table] = table("所在区域", *_to("Region", *IN_A_REGION), columns=(("subject", "对象"), ("region", "区域")))


class ResponsibleFor(Edge):
    """谁负责什么: a chain head, leading department, task force, district or resource department and its charge."""

    type_name = "RESPONSIBLE_FOR"
    table: ClassVar[Table] = table(
        "责任分工",
        *(("Agency", label) for label in ("Chain", "Mechanism", "Project", "Task", "Platform", "Centre", "Scenario", "Event")),
        columns=(("agency", "部门"), ("subject", "负责对象")),
        key=("role",),
    )
    role: OptText = column("角色", "职责")


class ParticipatesIn(Edge):
    """参与: in a project, an event, a platform, a park, a scenario or an instrument."""

    type_name = "PARTICIPATES_IN"
    table: ClassVar[Table] = table(
        "参与",
        *(
            (who, what)
            for who in ("Enterprise", "Institute", "Agency")
            for what in ("Project", "Event", "Platform", "Cluster", "Scenario", "Mechanism", "Park", "Centre")
        ),
        columns=(("participant", "参与方"), ("subject", "参与对象")),
        key=("role",),
    )
    role: OptText = column("角色")


class Posts(Edge):
    """发榜."""

    type_name = "POSTS"
    table: ClassVar[Table] = table("发榜", ("Enterprise", "Challenge"), columns=(("enterprise", "发榜方"), ("challenge", "榜单")))


class TakesUp(Edge):
    """揭榜."""

    type_name = "TAKES_UP"
    table: ClassVar[Table] = table(
        "揭榜", *_to("Challenge", "Enterprise", "Institute"), columns=(("participant", "揭榜方"), ("challenge", "榜单"))
    )


class About(Edge):
    """数据的对象."""

    type_name = "ABOUT"
    table: ClassVar[Table] = table(
        "数据对象", *(("Statement", label) for label in EVERYTHING), columns=(("statement", "数据"), ("subject", "对象"))
    )


class Covers(Edge):
    """覆盖记录覆盖的环节与区域."""

    type_name = "COVERS"
    table: ClassVar[Table] = table(
        "覆盖", ("Coverage", "Segment"), ("Coverage", "Region"), columns=(("coverage", "覆盖记录"), ("subject", "对象"))
    )


EDGES: tuple[type[Edge], ...] = (
    PartOf, Feeds, BelongsTo, InputTo, ClassifiedAs, Produces, Needs, Offers, SeeksPartner, Recommends, Supplies, Matched, ComparedWith,
    Leads, OperatesIn, OnChain, MemberOf, SubsidiaryOf, InIndustry, SubclassOf, UpstreamOf, Fills, InvestsIn, SignedAt, InPark,
    LocatedIn, ResponsibleFor, ParticipatesIn, Posts, TakesUp, About, Covers,
)  # fmt: skip

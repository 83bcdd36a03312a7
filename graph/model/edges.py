"""Edge types of chains, products, industries and firms, each once: the labels
that it joins, its words both ways, its own fields, and the heads of its two ends."""

from typing import Annotated

from pydantic import BeforeValidator

from graph.model.base import Edge, Group, TypeInfo, column
from graph.model.kinds import (
    MONEY_HINT,
    Moment,
    OptDate,
    OptFlag,
    OptLongText,
    OptMoney,
    OptNumber,
    OptText,
    Text,
    choice,
)

MATCH_STAGES = choice("需求", "推荐", "链主答复", "洽谈", "签约", "放弃")
MatchStage = Annotated[str, MATCH_STAGES, BeforeValidator(MATCH_STAGES.clean)]
VERDICTS = choice("同一", "不同", "撤销", words={"same": "同一", "different": "不同", "undo": "撤销"})
Verdict = Annotated[str, VERDICTS, BeforeValidator(VERDICTS.clean)]
PLACED = choice("采纳", "不收")
PlacedVerdict = Annotated[str | None, PLACED, BeforeValidator(PLACED.clean)]
# of a place that was inferred from what a register says of a firm
PLACED_ON = column("推断依据", hint="企业名称、经营范围和行业的指纹:变了才再审")
VERDICT = column("审核", hint="人看过推断以后:采纳或不收")
JUDGED_ON = column("审核时的依据")


def joins(
    zh: str,
    *ends: tuple[str, str],
    words: tuple[str, str],
    columns: tuple[tuple[str, str], tuple[str, str]] = (("from", "起点"), ("to", "终点")),
    key: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    loops: bool = True,
    yardstick: bool = False,
    counted: str = "",
    group: Group = "",
) -> TypeInfo:
    """Describe an edge type: its Chinese name, the label pairs it joins, its
    words both ways, the heads of its two ends, its extra key."""
    return TypeInfo(
        "",
        zh,
        ends=ends,
        words=words,
        end_columns=columns,
        key=key,
        also=also,
        loops=loops,
        yardstick=yardstick,
        counted=counted,
        group=group,
    )


class PartOf(Edge):
    """环节属于产业链."""

    table = joins(
        "环节归属",
        ("Segment", "Chain"),
        columns=(("segment", "环节"), ("chain", "产业链")),
        words=("所属产业链", "环节"),
        yardstick=True,
    )


class Feeds(Edge):
    """环节供给环节: the first stands upstream of the second."""

    table = joins("环节供给", ("Segment", "Segment"), words=("供给到", "供给来自"), yardstick=True)


class NextTo(Edge):
    """区域相邻: cities of one circle, near enough to fetch from in a day; it holds both ways."""

    table = joins(
        "周边城市",
        ("Region", "Region"),
        columns=(("region", "城市"), ("neighbour", "周边城市")),
        words=("周边城市", "在它周边的城市"),
        loops=False,
    )


class BelongsTo(Edge):
    """产品属于环节."""

    table = joins(
        "产品归属",
        ("Product", "Segment"),
        columns=(("product", "产品"), ("segment", "环节")),
        words=("所属环节", "产品"),
        yardstick=True,
    )


class InputTo(Edge):
    """投入: a product goes into another; essential where the other cannot be made without it."""

    table = joins(
        "产品投入",
        ("Product", "Product"),
        columns=(("input", "投入品"), ("product", "产品")),
        words=("投入到", "所需投入品"),
        yardstick=True,
    )
    essential: OptFlag = column("是否必需", "必需")
    one_of: OptText = column("任选其一", "替代组", "group", hint="几种投入写同一个词：有其一即可")
    weight: OptNumber = column("权重")


class ClassifiedAs(Edge):
    """产品的国民经济行业分类."""

    table = joins(
        "产品行业分类",
        ("Product", "Industry"),
        columns=(("product", "产品"), ("industry", "行业")),
        words=("行业分类", "归入本类的产品"),
    )


class Produces(Edge):
    """企业生产产品或提供服务."""

    table = joins(
        "生产",
        ("Enterprise", "Product"),
        columns=(("enterprise", "企业"), ("product", "产品")),
        words=("生产", "生产企业"),
        group="products",
    )
    weight: OptNumber = column("权重", "占比")
    capacity: OptNumber = column("产能", "年产能", hint="只写数，单位写在“产能单位”列")
    capacity_unit: OptText = column("产能单位", hint="如 万台、吨；同一产品写同一个单位才能相比")
    placed_on: OptText = PLACED_ON
    verdict: PlacedVerdict = VERDICT
    judged_on: OptText = JUDGED_ON


class Needs(Edge):
    """可采购产品(服务): what an enterprise wants to buy."""

    table = joins(
        "需求",
        ("Enterprise", "Product"),
        columns=(("enterprise", "企业"), ("product", "需求产品")),
        also=("可采购产品(服务)",),
        words=("采购需求", "需求企业"),
        group="products",
    )
    requirements: OptLongText = column("规格要求", "技术要求")
    quantity: OptText = column("年用量", "用量")
    local_wanted: OptFlag = column("愿意本地替代", "是否愿意本地替代")


class Offers(Edge):
    """在青可提供产品(服务): what an enterprise can supply in the city."""

    table = joins(
        "供给",
        ("Enterprise", "Product"),
        columns=(("enterprise", "企业"), ("product", "可提供产品")),
        also=("在青可提供产品(服务)",),
        words=("可提供", "可提供的企业"),
        group="products",
    )


class SeeksPartner(Edge):
    """拟开展合作企业: a firm that a leader wants to work with."""

    table = joins(
        "拟开展合作企业",
        ("Enterprise", "Enterprise"),
        columns=(("enterprise", "企业"), ("partner", "拟合作企业")),
        key=("product",),
        loops=False,
        words=("拟合作企业", "被列为拟合作企业"),
    )
    product: OptText = column("产品", "产品(服务)", "合作产品")


class Recommends(Edge):
    """建议招引企业: a firm that a leader would like to see in the city."""

    table = joins(
        "建议招引企业",
        ("Enterprise", "Enterprise"),
        columns=(("enterprise", "企业"), ("partner", "建议招引")),
        key=("product",),
        loops=False,
        words=("建议招引", "被建议招引"),
    )
    product: OptText = column("产品", "产品(服务)", "招引产品")


class Supplies(Edge):
    """供应: who supplies whom with what."""

    table = joins(
        "供应关系",
        ("Enterprise", "Enterprise"),
        columns=(("supplier", "供应商"), ("customer", "客户")),
        key=("product",),
        also=("供应", "供应链", "供货关系"),
        counted="供应关系",
        words=("客户", "供应商"),
        group="supplies",
    )
    product: OptText = column("产品", "供应产品", "产品(服务)", "货物")
    since: OptDate = column("开始供应", "自")
    amount: OptMoney = column("年采购额", "采购额", hint=f"{MONEY_HINT},人民币")


class Matched(Edge):
    """卡位入链 match: one dated step between a possible supplier and a leader;
    one that differs in anything is a step of its own."""

    table = joins(
        "匹配",
        ("Enterprise", "Enterprise"),
        columns=(("supplier", "供应商"), ("customer", "链主")),
        key=("product", "stage", "happened_on", "handled_by", "note"),
        also=("对接", "匹配台账"),
        loops=False,
        words=("对接的链主", "对接的供应商"),
    )
    product: OptText = column("产品", "产品(服务)")
    stage: MatchStage = column("对接阶段", "阶段", required=True)
    happened_on: OptDate = column("日期", "对接日期", "on")
    handled_by: OptText = column("经办", "经办人", "by")
    note: OptLongText = column("备注", "注", "原因", "理由")


class ComparedWith(Edge):
    """企业比对: one dated judgement whether two firms are one, never
    overwritten; where they are, the first name is the one to go by."""

    table = joins(
        "企业比对",
        ("Enterprise", "Enterprise"),
        columns=(("enterprise", "企业"), ("other", "另一企业")),
        key=("verdict", "decided_at", "decided_by"),
        loops=False,
        words=("比对过的企业", "比对过的企业"),
    )
    verdict: Verdict = column("判断", "是否同一企业", required=True)
    decided_at: Moment = column("判断时间", "判断日期", required=True)
    decided_by: Text = column("判断人", required=True)
    reason: OptLongText = column("理由", "判断理由")


class Leads(Edge):
    """链主引领产业链."""

    table = joins(
        "链主",
        ("Enterprise", "Chain"),
        ("Institute", "Chain"),
        columns=(("enterprise", "企业"), ("chain", "链主产业链")),
        words=("链主", "链主"),
        group="places",
    )
    role: OptText = column("角色")


class OperatesIn(Edge):
    """企业所在环节."""

    table = joins(
        "企业环节",
        ("Enterprise", "Segment"),
        columns=(("enterprise", "企业"), ("segment", "所在环节")),
        words=("所在环节", "环节中的企业"),
        group="places",
    )
    placed_on: OptText = PLACED_ON
    verdict: PlacedVerdict = VERDICT
    judged_on: OptText = JUDGED_ON


class OnChain(Edge):
    """与产业链相关."""

    table = joins(
        "涉及产业链",
        columns=(("subject", "对象"), ("chain", "产业链")),
        words=("所在产业链", "链上内容"),
        group="places",
    )


class MemberOf(Edge):
    """集群成员."""

    table = joins(
        "集群成员",
        ("Enterprise", "Cluster"),
        columns=(("enterprise", "企业"), ("cluster", "集群")),
        words=("所属集群", "集群成员"),
    )


class Holds(Edge):
    """企业获得称号: ``valid_from`` and ``valid_to`` say from when until when."""

    table = joins(
        "称号认定",
        ("Enterprise", "Title"),
        columns=(("enterprise", "企业"), ("title", "称号")),
        words=("称号", "获得称号的企业"),
    )
    certificate: OptText = column("证书编号")


class SubsidiaryOf(Edge):
    """母子公司."""

    table = joins(
        "股权关系",
        ("Enterprise", "Enterprise"),
        columns=(("enterprise", "子公司"), ("parent", "母公司")),
        words=("母公司", "子公司"),
    )


class InIndustry(Edge):
    """企业所属行业."""

    table = joins(
        "企业行业",
        ("Enterprise", "Industry"),
        columns=(("enterprise", "企业"), ("industry", "所属行业")),
        words=("所属行业", "本行业企业"),
        group="places",
    )


class SubclassOf(Edge):
    """行业的上级行业."""

    table = joins(
        "行业层级",
        ("Industry", "Industry"),
        columns=(("industry", "行业"), ("parent", "上级行业")),
        words=("上级行业", "下级行业"),
    )


class UpstreamOf(Edge):
    """行业上下游: the first industry stands upstream of the second, with how often that was seen."""

    table = joins(
        "行业上下游",
        ("Industry", "Industry"),
        columns=(("upstream", "上游行业"), ("downstream", "下游行业")),
        words=("下游行业", "上游行业"),
    )
    weight: OptNumber = column("次数", "权重")

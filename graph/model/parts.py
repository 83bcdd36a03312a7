"""Parts lists: what a leader takes its product apart into, each part with what it goes into and who supplies it."""

from typing import Annotated

from pydantic import BeforeValidator

from graph.model.base import Edge, Link, Node, TypeInfo, column
from graph.model.edges import JUDGED_ON, VERDICT, PlacedVerdict, joins
from graph.model.kinds import MONEY_HINT, OptCount, OptDate, OptFlag, OptLongText, OptMoney, OptText, Text, choice

ORIGINS = choice("本地", "外地", "境外", "不明")
Origin = Annotated[str | None, ORIGINS, BeforeValidator(ORIGINS.clean)]


class Part(Node):
    """零件: a line of a leader's parts list of a year; one beneath which nothing stands is what is bought."""

    table = TypeInfo(
        "parts",
        "零件",
        "part",
        also=("零件清单", "物料清单", "拆零件", "bom"),
        key=("leader", "list_name", "year", "path"),
        figures=False,
        expected=(("in", "USES_PART"), ("out", "IS_PRODUCT"), ("out", "SUPPLIED_BY"), ("out", "PART_IN")),
        links=(
            Link("leader", "链主", "USES_PART", reverse=True),
            Link("supplier", "供应商", "SUPPLIED_BY", also=("现供应商",)),
            Link("region", "产地", "COMES_FROM", also=("供应商所在地",)),
        ),
    )
    name: Text = column("名称", "零件名称", "物料名称", required=True)
    leader: Text = column("链主", required=True)
    list_name: OptText = column("清单名称", hint="同一链主有几份清单的,各是哪一份")
    year: OptDate = column("年份", hint="采购额是哪一年的")
    number: OptText = column("层级编号", hint="如 1、1.1、1.1.2")
    level: OptCount = column("级", hint="0 是产品本身,1 是它下面的,2 是再下面的")
    path: OptLongText = column("装在哪里", hint="从最上面的总成到它自己,由层级得出")
    leaf: OptFlag = column("最末一级", hint="下面没有别的零件:由层级得出")
    spec: OptText = column("规格")
    quantity: OptText = column("单台用量")
    amount: OptMoney = column("年采购额", hint=f"{MONEY_HINT},人民币")
    made_here: OptFlag = column("自制", hint="链主自己做的,不算采购")
    supplier_said: OptText = column("供应商原文")
    place_said: OptText = column("产地原文")
    origin: Origin = column("产地类别", hint="产地只写了进口、外地、本地、外购之类的")


class UsesPart(Edge):
    """链主的零件."""

    table = joins(
        "零件使用",
        ("Enterprise", "Part"),
        columns=(("enterprise", "链主"), ("part", "零件")),
        group="parts",
        words=("零件", "用在哪家"),
    )


class PartIn(Edge):
    """零件装在哪个总成上."""

    table = joins(
        "零件归属",
        ("Part", "Part"),
        columns=(("part", "零件"), ("assembly", "总成")),
        loops=False,
        words=("装在", "由这些零件组成"),
    )


class IsProduct(Edge):
    """零件是哪种产品: by its name, or inferred from it and judged by people."""

    table = joins(
        "零件对应",
        ("Part", "Product"),
        columns=(("part", "零件"), ("product", "产品")),
        words=("对应产品", "对应的零件"),
    )
    placed_on: OptText = column("推断依据", hint="零件的名称:变了才再审")
    verdict: PlacedVerdict = VERDICT
    judged_on: OptText = JUDGED_ON


class SuppliedBy(Edge):
    """零件的现供应商."""

    table = joins(
        "零件供应商",
        ("Part", "Enterprise"),
        columns=(("part", "零件"), ("supplier", "供应商")),
        words=("现供应商", "供应的零件"),
    )


class ComesFrom(Edge):
    """零件的产地: where its supplier is, as the list says."""

    table = joins(
        "零件产地",
        ("Part", "Region"),
        columns=(("part", "零件"), ("region", "产地")),
        words=("产地", "来自这里的零件"),
    )

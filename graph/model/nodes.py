"""Every node type, once: label, fields, Chinese heads, and the link columns of its file."""

from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, field_validator

from graph.currencies import CURRENCY_WORDS, CURRENCY_ZH
from graph.model.base import Link, Node, TypeInfo, column
from graph.model.kinds import (
    MONEY_HINT,
    OptCount,
    OptDate,
    OptFlag,
    OptLongText,
    OptMoney,
    OptNames,
    OptNumber,
    OptScope,
    OptText,
    Text,
    check_unit,
    choice,
)

TIERS = choice("上游", "中游", "下游", "服务")
GOODS = choice("产品", "服务")
FUNCTIONS = choice("原料", "材料", "零部件", "设备", "软件", "工艺", "整机", "成品", "渠道", "服务")
STAGES = choice("线索", "洽谈", "签约", "规划", "已宣布", "开工", "在建", "投产", "终止")
NEARBY = choice("太重运不远", "不耐久放", "须准时供货", "买不进来")
FOUR_LISTS = choice("重点任务", "重点建设项目", "重点招商项目", "需协调解决问题")
FIVE_ONES = choice("行动计划", "产业图谱", "招商名录", "项目清单", "支撑平台")
CHALLENGE_STATES = choice("发榜", "揭榜方遴选", "过程管理", "成果验收")
FOUND, NOT_FOUND = "有", "没有"
LOOKS = choice(FOUND, NOT_FOUND, words={"yes": FOUND, "no": NOT_FOUND, "查过没有": NOT_FOUND, "查过有这些": FOUND})
EVERY_CLASS = "全部"  # in place of the codes of classes: a list of all firms, whatever they do
CURRENCIES = choice(*CURRENCY_ZH, words=CURRENCY_WORDS)
CONTACTS_HINT = "载入时要了才有，遮盖过，各写着用处；原样的人名与号码不进图"
GONE = ("注销", "吊销", "撤销", "责令关闭", "歇业清算")  # no longer there, by what the register calls it
CODE_CHECKS = choice("有效", "校验位不符", "格式不符")

Tier = Annotated[str | None, TIERS, BeforeValidator(TIERS.clean)]
Goods = Annotated[str | None, GOODS, BeforeValidator(GOODS.clean)]
Function = Annotated[str | None, FUNCTIONS, BeforeValidator(FUNCTIONS.clean)]
Stage = Annotated[str | None, STAGES, BeforeValidator(STAGES.clean)]
FourLists = Annotated[str | None, FOUR_LISTS, BeforeValidator(FOUR_LISTS.clean)]
FiveOnes = Annotated[str | None, FIVE_ONES, BeforeValidator(FIVE_ONES.clean)]
ChallengeState = Annotated[str | None, CHALLENGE_STATES, BeforeValidator(CHALLENGE_STATES.clean)]
NearbyBecause = Annotated[str | None, NEARBY, BeforeValidator(NEARBY.clean)]
Found = Annotated[str | None, LOOKS, BeforeValidator(LOOKS.clean)]
Currency = Annotated[str | None, CURRENCIES, BeforeValidator(CURRENCIES.clean)]
CodeCheck = Annotated[str | None, CODE_CHECKS, BeforeValidator(CODE_CHECKS.clean)]

REGION = Link("region", "区域", "LOCATED_IN", "Region", also=("所在区域", "所在区市", "区(市)", "地区"))
CHAINS = Link("chains", "产业链", "ON_CHAIN", "Chain", also=("所属产业链", "chain", "链条"))
BLOCKS = Link("blocks", "制约对象", "BLOCKS", also=("影响对象",))
PARK = Link("park", "园区", "IN_PARK", "Park", also=("所在园区",))


class Source(Node):
    """来源: a document, its publisher and its date."""

    table = TypeInfo("sources", "来源", "", yardstick=True, own_page=True, figures=False)
    publisher: OptText = column("发布单位", "发布者")
    published_on: OptDate = column("发布日期")
    kind: OptText = column("类别")
    licence: OptText = column("许可")
    url: OptText = column("网址")


class Region(Node):
    """区域: a district (区、市), a functional zone (功能区), or what contains them."""

    table = TypeInfo(
        "regions",
        "区域",
        "reg",
        searched=11,
        links=(
            Link("parent", "上级区域", "LOCATED_IN", "Region", also=("上级",)),
            Link("neighbours", "周边城市", "NEXT_TO", "Region", also=("相邻城市", "邻近城市", "都市圈城市")),
        ),
    )
    code: OptText = column("行政区划代码", "区划代码")
    kind: OptText = column("类别")


class Chain(Node):
    """产业链: one of the city's key industrial chains; its region is that city, and what is local is in it."""

    table = TypeInfo("chains", "产业链", "chain", yardstick=True, searched=1, own_page=True, links=(REGION,))


class Segment(Node):
    """环节: a place in a chain, upstream, midstream, downstream or service, that feeds other segments."""

    table = TypeInfo(
        "segments",
        "环节",
        "seg",
        key=("name", "chain"),
        yardstick=True,
        counted="环节",
        searched=4,
        expected=(("in", "OPERATES_IN"), ("in", "BELONGS_TO"), ("in", "FEEDS"), ("out", "FEEDS"), ("out", "PART_OF")),
        links=(
            Link("chain", "产业链", "PART_OF", also=("所属产业链",)),
            Link("feeds", "供给环节", "FEEDS", also=("下游环节",)),
        ),
    )
    tier: Tier = column("层级", "上中下游", "位置层级")
    function: Function = column("作用", "功能", hint="在链上起什么作用;位置(上中下游)另写")
    register_makes: OptNames = column("登记用语·制造", hint="处在这里的企业在经营范围里写的制造品,不带动词")
    register_does: OptNames = column("登记用语·服务", hint="同上,做的事,带动词")
    register_sells: OptNames = column("登记用语·销售", hint="同上,卖本身就是处在这里的")
    register_grows: OptNames = column("登记用语·种养", hint="同上,种的、养的、捕的")
    register_not: OptNames = column("登记用语·除外", hint="含有上面的词、说的却不是这里的词")
    typical_product: OptText = column("典型产品", hint="只说得出环节时最可能做的产品(服务)")
    formerly: OptText = column("原编号", hint="从哪个环节拆出来的")


class Industry(Node):
    """行业: a class of an industrial classification, such as GB/T 4754-2017."""

    table = TypeInfo(
        "industries", "行业", "ind", key=("code", "system"), links=(Link("parent", "上级行业", "SUBCLASS_OF"),)
    )
    code: OptText = column("代码", "行业代码")
    system: OptText = column("分类标准")


class Product(Node):
    """产品(服务): what is made, needed or bought."""

    table = TypeInfo(
        "products",
        "产品",
        "prod",
        also=("产品(服务)", "服务"),
        yardstick=True,
        counted="产品",
        searched=3,
        expected=(("in", "PRODUCES"), ("in", "INPUT_TO"), ("out", "INPUT_TO"), ("out", "BELONGS_TO")),
        links=(
            Link("segments", "环节", "BELONGS_TO", also=("所属环节", "segment")),
            Link("gbt4754", "国民经济行业代码", "CLASSIFIED_AS", also=("行业代码",)),
        ),
    )
    kind: Goods = column("类别", "产品或服务")
    hs: OptText = column("HS品目", "HS编码", "商品编码", "海关编码", hint="海关商品编码的品目，4 位或 6 位")
    register_words: OptNames = column("登记用语", hint="企业在经营范围里怎样写它,名称和别名之外的")
    bought_anywhere: OptFlag = column("到处可买", "通用外购", hint="是：到处买得到的通用品，不追问本地谁做")
    nearby_because: NearbyBecause = column(
        "须就近", "须就近的原因", hint="外地的来不了：太重、不耐放、须准时、买不进来"
    )


class Cluster(Node):
    """集群: an officially named industrial cluster."""

    table = TypeInfo("clusters", "集群", "clu", searched=7, links=(REGION, CHAINS))
    level: OptText = column("级别", "层次", hint="雁阵形、省级战略性新兴产业集群、特色产业集群等,照认定文件写")


class Park(Node):
    """园区: an industrial park."""

    table = TypeInfo("parks", "园区", "park", searched=8, links=(REGION, CHAINS))
    kind: OptText = column("类别")


class Enterprise(Node):
    """企业: a firm; being a leader, a supplier or a candidate is a role, not a type."""

    table = TypeInfo(
        "enterprises",
        "企业",
        "ent",
        also=("公司", "企业名录", "企业名单"),
        counted="企业",
        searched=2,
        own_page=True,
        links=(
            REGION,
            PARK,
            CHAINS,
            Link("segments", "环节", "OPERATES_IN", also=("所属环节",)),
            Link("products", "产品", "PRODUCES", also=("主要产品", "主营产品", "产品(服务)")),
            Link("needs", "需求产品", "NEEDS", also=("采购需求", "可采购产品(服务)")),
            Link("offers", "可提供产品", "OFFERS", also=("在青可提供产品(服务)",)),
            Link("leads", "链主产业链", "LEADS", also=("链主",)),
            Link("clusters", "集群", "MEMBER_OF", also=("所属集群",)),
            Link("parent", "母公司", "SUBSIDIARY_OF", also=("控股股东", "上级单位")),
            Link("industries", "所属行业", "IN_INDUSTRY", also=("行业",)),
            Link("titles", "称号", "HOLDS", also=("认定称号", "荣誉资质")),
        ),
    )
    name: Text = column("名称", "企业名称", "公司名称", "单位名称", "全称", "企业全称", required=True)
    short_name: OptText = column("简称", "企业简称", "公司简称")
    uscc: OptText = column("统一社会信用代码", "信用代码", "社会信用代码", "统一信用代码")
    uscc_check: CodeCheck = column("信用代码校验")
    stock_code: OptText = column("股票代码", "证券代码")
    roles: OptNames = column("角色")
    listed_on: OptDate = column("上市日期")
    registration_state: OptText = column("登记状态", hint=f"照登记机关的写;{'、'.join(GONE)} 的按已经不在算")
    registration_number: OptText = column("注册号", hint="营业执照上的 15 位老注册号,或境外的登记号")
    legal_form: OptText = column("企业类型", "公司类型")
    founded_on: OptDate = column("成立日期")
    capital: OptMoney = column("注册资本", hint=f"{MONEY_HINT};外币也写个数,币种写在“注册资本币种”列")
    capital_currency: Currency = column("注册资本币种")
    paid_in: OptMoney = column("实缴资本", hint="单位和币种与注册资本同")
    turnover: OptMoney = column("营业收入", hint=f"{MONEY_HINT};哪一年的写在“营业收入年份”列")
    turnover_year: OptDate = column("营业收入年份")
    staff: OptCount = column("从业人员", hint="人数")
    insured: OptCount = column("参保人数", hint="缴纳社会保险的人数")
    name_dates: OptNames = column("名称日期", hint="别的名称|那份材料的日期,如 示例旧名公司|2021")
    english_name: OptText = column("英文名")
    website: OptText = column("网址", "官网")
    address: OptText = column("地址")
    street: OptText = column("街道", hint="地址所在的街道、镇或乡")
    main_products: OptLongText = column("主要产品原文", hint="名录里写的原话;是图中产品的另连到产品")
    business_scope: OptScope = column("经营范围")
    makes_only: OptFlag = column("产品登记齐全", "只做这些", hint="是：登记的产品就是它做的全部")
    contacts: OptNames = column("遮盖的联系方式", hint=CONTACTS_HINT)


class Title(Node):
    """称号: what firms are officially recognised as, such as 高新技术企业 or 专精特新“小巨人”企业."""

    table = TypeInfo("titles", "称号", "title", searched=20, figures=False)
    level: OptText = column("级别", hint="国家级、省级、市级")


class Institute(Node):
    """科研院所与创新中心: a research institute, university or innovation centre."""

    table = TypeInfo("institutes", "科研院所", "inst", searched=6, links=(REGION, CHAINS))
    kind: OptText = column("类别")


class Agency(Node):
    """部门: a chain head, a leading department, a task force, a district, a resource department.

    ``collective`` where it stands for a kind of them, and nobody is named.
    """

    table = TypeInfo("agencies", "部门", "agy", searched=12, links=(REGION, CHAINS))
    kind: OptText = column("类别")
    collective: OptFlag = column("统称", "是否统称")


class Mechanism(Node):
    """机制: an instrument of the 链长制, such as 5个1, 四张清单, 卡位入链 or 揭榜挂帅."""

    table = TypeInfo("mechanisms", "机制", "mech", searched=13, links=(CHAINS,))
    kind: OptText = column("类别")


class Event(Node):
    """活动: a meeting, a signing, a delivery, an opening."""

    table = TypeInfo("events", "活动", "evt", searched=10, links=(REGION, CHAINS))
    kind: OptText = column("类别")
    started_on: OptDate = column("开始日期", "日期", "start")
    ended_on: OptDate = column("结束日期", "end")


class Project(Node):
    """项目: from a lead to production, with its amount, currency and the segment that it fills."""

    table = TypeInfo(
        "projects",
        "项目",
        "proj",
        counted="项目",
        searched=5,
        expected=(("in", "INVESTS_IN"), ("out", "FILLS"), ("out", "ON_CHAIN"), ("out", "LOCATED_IN")),
        links=(
            REGION,
            PARK,
            CHAINS,
            Link("fills", "填补环节", "FILLS", also=("环节",)),
            Link("investors", "投资方", "INVESTS_IN", reverse=True, also=("投资企业", "企业")),
            Link("events", "签约活动", "SIGNED_AT"),
        ),
    )
    stage: Stage = column("阶段", "项目阶段", "进展")
    amount: OptMoney = column("投资额", "总投资", "金额", hint=f"{MONEY_HINT};外币也写个数,币种写在“币种”列")
    currency: Currency = column("币种")
    amount_original: OptText = column("投资额原文", "金额原文")
    flagship: OptFlag = column("行业引领性", "引领性项目")
    expected_on: OptDate = column("预计投产日期", "预计投产")
    contacts: OptNames = column("遮盖的联系方式", hint=CONTACTS_HINT)
    annual_amount: OptMoney = column("年度计划投资", hint=f"{MONEY_HINT};币种同投资额")

    @field_validator("amount_original")
    @classmethod
    def _check_unit(cls, original: str | None, row: ValidationInfo) -> str | None:
        """Refuse an amount that is only the number of what was written."""
        check_unit(row.data.get("amount"), original)
        return original


class Deliverable(Node):
    """5个1: one of the five things that each chain keeps.

    A 项目清单 may say from when to when the graph has every project of the chain that was signed.
    """

    table = TypeInfo("deliverables", "五个一", "deli", also=("5个1",), searched=18, links=(CHAINS,))
    kind: FiveOnes = column("类别")
    complete_from: OptDate = column("签约项目齐全自", "齐全自")
    complete_to: OptDate = column("签约项目齐全至", "齐全至")


class Task(Node):
    """四张清单: one entry of a chain's four lists, with its owner, due date and state."""

    table = TypeInfo("tasks", "任务清单", "task", also=("四张清单", "任务"), searched=17, links=(CHAINS, BLOCKS))
    list_name: FourLists = column("清单", "清单类别", "list")
    owner: OptText = column("责任单位", "责任人")
    due: OptDate = column("完成时限", "截止时间")
    state: OptText = column(
        "进度",
        "办理状态",
        hint="恰好写 已完成、已办结、已解决 才算办完,受阻、停滞 才算受阻,已取消 才算取消;别的照写,按在办算",
    )


class Platform(Node):
    """支撑平台: an innovation, fund, exhibition or digital platform."""

    table = TypeInfo("platforms", "平台", "plat", searched=9, links=(REGION, CHAINS))
    kind: OptText = column("类别", hint="写明 创新、基金 或 会展,才算齐支撑平台的一种")


class Centre(Node):
    """赋能中心: a centre for digital transformation."""

    table = TypeInfo("centres", "赋能中心", "cent", searched=14, links=(REGION, CHAINS))
    kind: OptText = column("类别")


class Challenge(Node):
    """揭榜挂帅: a problem that was put up for anybody to solve."""

    table = TypeInfo(
        "challenges",
        "榜单",
        "chal",
        also=("揭榜挂帅",),
        searched=16,
        links=(
            CHAINS,
            Link("posted_by", "发榜方", "POSTS", reverse=True),
            Link("taken_up_by", "揭榜方", "TAKES_UP", reverse=True),
        ),
    )
    state: ChallengeState = column("阶段")


class Scenario(Node):
    """开放场景与应用实验室: a city scene in which products are tried."""

    table = TypeInfo("scenarios", "场景", "scen", also=("实验室",), searched=15, links=(REGION, CHAINS))
    kind: OptText = column("类别")


class Weakness(Node):
    """短板: a weak point that a chain has named, and its answer."""

    table = TypeInfo("weaknesses", "短板", "weak", searched=19, links=(CHAINS,))
    remedy: OptText = column("破解思路", "对策")


class Coverage(Node):
    """覆盖记录: which segments, products or classes of industry were looked through for producers, in which region,
    among which firms (``universe``; nothing: all that there are), by whom and how, when, and what was found."""

    table = TypeInfo(
        "coverages",
        "覆盖记录",
        "cov",
        figures=False,
        links=(
            Link("segments", "环节", "COVERS"),
            Link("products", "产品", "COVERS", also=("产品(服务)",)),
            Link("region", "区域", "COVERS"),
        ),
    )
    classes: OptNames = column("查过的行业", hint=f"国民经济行业代码，如 C39；{EVERY_CLASS} 是所有行业")
    universe: OptText = column("名录范围", hint="只查了哪些企业，如 规上企业、A股上市公司；查的是全部企业就不写")
    found: Found = column("查的结果", hint="没有 是查过没有；有 是查过，登记的就是全部；名录普查不写")
    method: OptText = column("方法", "普查方法")
    as_of: OptDate = column("时点", "截至")
    looked_by: OptText = column("谁查的", "走访人")


class Statement(Node):
    """数据: a published figure with its subject, unit, scope, date and place."""

    table = TypeInfo(
        "statements",
        "数据",
        "stat",
        also=("统计数据", "指标"),
        key=("subject", "metric", "scope", "as_of"),
        counted="公布数据",
        figures=False,
        links=(Link("subject", "对象", "ABOUT", also=("主体",)),),
    )
    name: OptText = column("名称")  # type: ignore[assignment]
    subject: Text = column("对象", "主体", required=True)
    metric: Text = column("指标", "指标名称", required=True)
    value: OptNumber = column("数值", "值", hint="与“单位”列一起读: 160 与 亿元,或 16000000000 与 元")
    unit: OptText = column("单位")
    currency: Currency = column("币种")
    qualifier: OptText = column("限定词")
    original: OptText = column("原文", "原始数值")
    scope: OptText = column("口径", "范围")
    as_of: OptDate = column("时点", "截至", "统计时点")

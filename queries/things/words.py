"""What the other end of a relation is to a thing, and which relations are asked of it first."""

OUT, IN = "out", "in"
GROUPS = (
    ("products", "产品与需求", ("PRODUCES", "OFFERS", "NEEDS")),
    ("places", "所在产业链与环节", ("LEADS", "OPERATES_IN", "ON_CHAIN", "IN_INDUSTRY")),
)
# What the other end of a relation is to a thing: the relation's name in Chinese, seen from either side.
OUTGOING_ZH = {
    "PART_OF": "所属产业链", "FEEDS": "供给到", "BELONGS_TO": "所属环节", "INPUT_TO": "投入到", "CLASSIFIED_AS": "行业分类",
    "PRODUCES": "生产", "NEEDS": "采购需求", "OFFERS": "可提供", "SEEKS_PARTNER": "拟合作企业", "RECOMMENDS": "建议招引",
    "SUPPLIES": "客户", "MATCHED": "对接的链主", "LEADS": "链主", "OPERATES_IN": "所在环节", "ON_CHAIN": "所在产业链",
    "MEMBER_OF": "所属集群", "SUBSIDIARY_OF": "母公司", "IN_INDUSTRY": "所属行业", "SUBCLASS_OF": "上级行业", "UPSTREAM_OF": "下游行业",
    "FILLS": "填补环节", "INVESTS_IN": "投资项目", "SIGNED_AT": "签约活动", "IN_PARK": "所在园区", "LOCATED_IN": "所在区域",
    "RESPONSIBLE_FOR": "负责", "PARTICIPATES_IN": "参与", "POSTS": "发榜", "TAKES_UP": "揭榜", "ABOUT": "数据对象", "COVERS": "覆盖",
    "COMPARED_WITH": "比对过的企业",
}  # fmt: skip
INCOMING_ZH = {
    "PART_OF": "环节", "FEEDS": "供给来自", "BELONGS_TO": "产品", "INPUT_TO": "所需投入品", "CLASSIFIED_AS": "归入本类的产品",
    "PRODUCES": "生产企业", "NEEDS": "需求企业", "OFFERS": "可提供的企业", "SEEKS_PARTNER": "被列为拟合作企业", "RECOMMENDS": "被建议招引",
    "SUPPLIES": "供应商", "MATCHED": "对接的供应商", "LEADS": "链主", "OPERATES_IN": "环节中的企业", "ON_CHAIN": "链上内容",
    "MEMBER_OF": "集群成员", "SUBSIDIARY_OF": "子公司", "IN_INDUSTRY": "本行业企业", "SUBCLASS_OF": "下级行业", "UPSTREAM_OF": "上游行业",
    "FILLS": "填补本环节的项目", "INVESTS_IN": "投资方", "SIGNED_AT": "签约项目", "IN_PARK": "入驻的企业与项目",
    "LOCATED_IN": "位于本区域的企业、项目等", "RESPONSIBLE_FOR": "负责单位", "PARTICIPATES_IN": "参与方", "POSTS": "发榜方",
    "TAKES_UP": "揭榜方", "ABOUT": "公布数据", "COVERS": "覆盖记录", "COMPARED_WITH": "比对过的企业",
}  # fmt: skip
WORDS = {OUT: OUTGOING_ZH, IN: INCOMING_ZH}
# What is asked of these kinds first, and is worth saying where it is not known.
EXPECTED: dict[str, tuple[tuple[str, str], ...]] = {
    "Product": ((IN, "PRODUCES"), (IN, "INPUT_TO"), (OUT, "INPUT_TO"), (OUT, "BELONGS_TO")),
    "Segment": ((IN, "OPERATES_IN"), (IN, "BELONGS_TO"), (IN, "FEEDS"), (OUT, "FEEDS"), (OUT, "PART_OF")),
    "Project": ((IN, "INVESTS_IN"), (OUT, "FILLS"), (OUT, "ON_CHAIN"), (OUT, "LOCATED_IN")),
}

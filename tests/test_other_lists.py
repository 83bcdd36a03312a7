"""Lists of the kinds that offices have, with other heads and other habits; rows are made up, names begin with 示例."""

from pathlib import Path
from typing import Any

import pytest
from layout_parts import SOURCE, Put, Rows, put, region_of, rows, save

from graph.model.nodes import Enterprise
from graph.stores import Store
from loaders.run import Options, load

__all__ = ["put"]  # the fixture
EXPORT = [
    "公司名称", "开业状态", "注册资本", "实缴资本", "成立日期", "核准日期", "营业期限", "所在地区", "国标行业大类", "参保人数", "人员规模", "员工人数",
    "企业地址", "最新年报地址",
]  # fmt: skip

Cells = list[tuple[str, list[tuple[Any, ...]]]]


OTHERS: list[tuple[str, list[Rows], Cells]] = [
    (
        "导出.csv",
        [[EXPORT,
          ["示例甲有限公司", "存续（在营、开业、在册）", "200.0万元(元)", "壹佰万元整", "2011-01-01 00:00:00.0", "", "2011-01-01至2041-01-01", "山东-青岛-崂山",
           "计算机、通信和其他电子设备制造业", "53（2023年报）", "50-99人", "78人", "", ""],
          ["示例乙有限公司", "吊销", "USD 2,000,000", "-", "1899-12-30", "2019/2/3", "", "青岛市崂山区沙子口街道", "铁路、船舶、航空航天和其他运输设备制造业", "-", "", "",
           "青岛市崂山区示例路1号", "青岛市市南区示例路2号"]]],
        [
            ("MATCH (e:Enterprise) WHERE e.name STARTS WITH '示例甲' RETURN e.capital, e.capital_currency, e.paid_in, e.founded_on, e.staff, e.insured, e.note",
             [(2_000_000, "CNY", 1_000_000, "2011-01-01", 78, 53, "营业期限：2011-01-01至2041-01-01；人员规模：50-99人")]),
            ("MATCH (e:Enterprise) WHERE e.name STARTS WITH '示例乙' RETURN e.capital, e.capital_currency, e.founded_on, e.registration_state, e.valid_to, e.note",
             [(2_000_000, "USD", None, "吊销", "2019-02-03", "最新年报地址：青岛市市南区示例路2号")]),
            ("MATCH (e:Enterprise)-[l:LOCATED_IN]->(r:Region) RETURN e.name, r.name, l.note",
             [("示例乙有限公司", "崂山区", None), ("示例甲有限公司", "崂山区", None)]),
            ("MATCH (e:Enterprise)-[:IN_INDUSTRY]->(i:Industry) RETURN e.name, i.id", [("示例乙有限公司", "gbt-37"), ("示例甲有限公司", "gbt-39")]),
        ],
    ),
    (
        "小巨人.xlsx",
        [[["附件"], ["第六批专精特新“小巨人”企业（青岛市）"], ["序号", "企业名称", "所属区市", "主导产品名称", "所属产业链", "2024年营业收入\n（万元）"],
          [1, "示例甲\n传动有限公司", "城阳", "齿轮箱", "没有的链", 23000], ["", "城阳区小计（1家）", "", "", "", 23000]]],
        [
            ("MATCH (e:Enterprise) WHERE e.source STARTS WITH '示例名录' RETURN e.name, e.turnover, e.turnover_year", [("示例甲传动有限公司", 230_000_000, "2024")]),
            ("MATCH (e:Enterprise)-[:HOLDS]->(t:Title) RETURN e.name, t.level", [("示例甲传动有限公司", "国家级")]),
        ],
    ),
    (
        "高企.xlsx",
        [[["企业名称", "发证时间", "有效期至", "技术领域"], ["示例乙软件有限公司", "2025年12月", "三年", "电子信息"], ["示例丙软件有限公司", "2025年Q3", "2028年底", ""]]],
        [("MATCH (e:Enterprise)-[h:HOLDS]->(t:Title) RETURN e.name, h.valid_from, h.valid_to, h.note",
          [("示例丙软件有限公司", "2025-Q3", "2028", None), ("示例乙软件有限公司", "2025-12", "2028-12", None)])],
    ),
    (
        "名单.xlsx",
        [[["第九批制造业单项冠军产品名单"], ["序号", "推荐地区", "企业名称", "产品名称", "国内市场占有率"], [1, "青岛市", "示例密封有限公司", "密封圈", "45%"]]],
        [("MATCH (e:Enterprise)-[:PRODUCES]->(p:Product) RETURN e.name, p.name", [("示例密封有限公司", "密封圈")])],
    ),
    (
        "上市.csv",
        [[["代码", "名称", "公司全称", "上市日期", "员工总数(人)", "营业总收入(亿元)"], ["sh900002", "示例风电", "示例风电股份有限公司", "20200720", "2300", "45.6"]]],
        [("MATCH (e:Enterprise) WHERE e.source STARTS WITH '示例名录' RETURN e.name, e.short_name, e.stock_code, e.staff, e.turnover",
          [("示例风电股份有限公司", "示例风电", "900002.SH", 2300, 4_560_000_000)])],
    ),
    (
        "在谈项目.xlsx",
        [[["青岛市示例调度表", "单位：亿元"],
          ["序号", "项目名称", "投资方情况", "", "项目情况", "", "", "对接情况", ""],
          ["", "", "投资方", "注册地", "总投资额", "拟落户区域", "产业类别", "首次对接时间", "目前进展及存在问题"],
          [1, "示例电池项目", "示例能源有限公司（世界500强）", "广东省深圳市", 50, "西海岸新区", "没有的链", "2026年8月", "正在办理开工手续"],
          [2, "示例封测项目", "示例封测有限公司", "江苏省无锡市", "3亿美元", "崂山区", "集成电路", "2026.9.15", "已签约，预计12月开工"],
          [3, "示例总部项目", "待定", "", "约10", "高新区", "", "", "考察，企业拟12月竣工"]]],
        [
            ("MATCH (p:Project) RETURN p.name, p.amount, p.currency, p.stage",
             [("示例封测项目", 300_000_000, "USD", "签约"), ("示例总部项目", 1_000_000_000, "CNY", "洽谈"), ("示例电池项目", 5_000_000_000, "CNY", "洽谈")]),
            ("MATCH (e:Enterprise)-[:INVESTS_IN]->(p:Project) RETURN e.name, p.name", [("示例封测有限公司", "示例封测项目"), ("示例能源有限公司", "示例电池项目")]),
            ("MATCH (e:Enterprise)-[:LOCATED_IN]->(r:Region) RETURN e.name, r.name", [("示例封测有限公司", "无锡市"), ("示例能源有限公司", "深圳市")]),
            ("MATCH (s:Progress) RETURN s.project, s.stage, s.happened_on",
             [("示例封测项目", "洽谈", "2026-09-15"), ("示例封测项目", "签约", None), ("示例总部项目", "洽谈", None), ("示例电池项目", "洽谈", "2026-08")]),
        ],
    ),
    (
        "在建.xlsx",
        [[["重点在建项目（单位：亿元）"], ["项目名称", "建设单位", "建设起止\n年月", "总投资", "2026年计划投资（亿元）", "形象进度", "预计竣工时间", "牵头市领导", "存在的问题"],
          ["示例模组项目", "示例显示有限公司", "2024.03-2026.12", 30, 10, "主体已封顶，尚未竣工", "2026年12月底", "张三", "用地"],
          ["示例医药项目", "示例医药有限公司", "2023-2025", 12.5, 0, "已竣工投产", "2025-11", "李四", "无"]]],
        [
            ("MATCH (p:Project) RETURN p.name, p.amount, p.annual_amount, p.stage, p.expected_on, p.note",
             [("示例医药项目", 1_250_000_000, 0, "投产", "2025-11", None), ("示例模组项目", 3_000_000_000, 1_000_000_000, "在建", "2026-12", "存在的问题：用地")]),
            ("MATCH (s:Progress {stage: '开工'}) RETURN s.project, s.happened_on", [("示例医药项目", "2023"), ("示例模组项目", "2024-03")]),
        ],
    ),
    (
        "register.csv",
        [[["entity_name", "date_of_incorporation", "entity_status", "sic_codes", "share_capital"],
          ["SHILI TRADING LTD", "5 April 1999", "Active", "2931", "£100"]]],
        [
            ("MATCH (e:Enterprise) WHERE e.source STARTS WITH '示例名录' RETURN e.founded_on, e.capital, e.capital_currency, e.note", [("1999-04-05", 100, "GBP", "sic_codes：2931")]),
            ("MATCH (i:Industry) RETURN i.id", []),
        ],
    ),
    (
        "名單.csv",
        [[["統一編號", "公司名稱", "公司狀況", "資本總額(元)", "核准設立日期", "最後核准變更日期"],
          ["12345675", "示例半導體股份有限公司", "核准設立", "5,000,000,000", "099年05月12日", ""], ["23456783", "示例貿易有限公司", "解散", "1,000,000", "0880203", "1090401"]]],
        [("MATCH (e:Enterprise) WHERE e.source STARTS WITH '示例名录' RETURN e.name, e.capital, e.capital_currency, e.founded_on, e.valid_to",
          [("示例半導體股份有限公司", 5_000_000_000, None, "2010-05-12", None), ("示例貿易有限公司", 1_000_000, None, "1999-02-03", "2020-04-01")])],
    ),
    (
        "外资.csv",
        [[["企业名称", "投资者国别（地区）", "注册资本（万美元）", "营业收入(万美元)"], ["示例外资有限公司", "德国", "2000", "3000"]]],
        [("MATCH (e:Enterprise) WHERE e.source STARTS WITH '示例名录' RETURN e.capital, e.capital_currency, e.turnover", [(20_000_000, "USD", None)])],
    ),
    (
        "青岛市企业.csv",
        [[["企业名称", "注册资本", "成立日期", "地区", "状态"],  # heads of our own form, but a list all the same
          ["示例甲有限公司", "1000", "20150301", "高新区", "除名"], ["示例乙有限公司", "一千万元", "三年前", "青岛西海岸新区", "列入经营异常名录"],
          ["示例丙有限公司", "100万-200万", "2015-13-01", "-", "已搬离"]]],
        [("MATCH (e:Enterprise) WHERE e.source STARTS WITH '示例名录' RETURN e.name, e.capital, e.founded_on, e.registration_state, e.valid_to, e.note",
          [("示例丙有限公司", None, None, None, None, "状态：已搬离"), ("示例乙有限公司", 10_000_000, None, "列入经营异常名录", None, None),
           ("示例甲有限公司", 1000, "2015-03-01", "除名", "2026-11-20", None)])],
    ),
    (
        "园区.xlsx",
        [[["示例科技园入驻企业台账"], ["企业名称", "入驻日期", "租期至", "2025年产值（万元）", "企业状态"], ["示例检测有限公司", "2022年9月", "2025年9月", 10, "已搬离"]]],
        [("MATCH (e:Enterprise)-[i:IN_PARK]->(p:Park) RETURN e.name, e.turnover, e.note, p.name, i.valid_from, i.valid_to",
          [("示例检测有限公司", 100_000, "企业状态：已搬离", "示例科技园", "2022-09", "2025-09")])],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sheets", "told"), OTHERS, ids=[name for name, _, _ in OTHERS])
def test_other_lists(store: Store, put: Put, name: str, sheets: list[Rows], told: Cells) -> None:
    merged = ((1, 2, 1, 3, "投资方情况"), (1, 4, 1, 6, "项目情况"), (1, 7, 1, 8, "对接情况"))
    put(name, *sheets, merged=merged if name == "在谈项目.xlsx" else ())
    for query, found in told:
        assert rows(store, query) == sorted(found, key=str), query


def test_what_a_leader_looks_for_in_other_words(store: Store, put: Put) -> None:
    put(
        "需求.csv",
        [["类别", "拟寻找配套产品", "年采购规模", "目前供应商", "所在地", "是否有意向在本地配套"],
         ["压缩机", "压缩机", "300万台", "示例子有限公司、示例丑有限公司", "广东、安徽", "有意向"], ["电控", "模块", "1亿元", "待定", "", "暂不考虑"]],
        leader="示例链主",
    )  # fmt: skip
    put(
        "供应商.csv",
        [["供应商全称", "供应物料", "2025年采购额（万元）", "供应商所在省市"],
         ["示例寅有限公司", "面板", "3200", "山东青岛"], ["示例卯有限公司", "外壳", "5万美元", "广东中山"]],
        leader="示例链主",
    )  # fmt: skip
    needs = "MATCH (:Enterprise)-[n:NEEDS]->(p:Product) RETURN p.name, n.quantity, n.local_wanted"
    assert rows(store, needs) == sorted([("压缩机", "300万台", True), ("模块", "1亿元", False)], key=str)
    supplies = "MATCH (a:Enterprise)-[s:SUPPLIES]->(b:Enterprise) RETURN a.name, s.product, s.amount"
    assert rows(store, supplies) == sorted(
        [("示例子有限公司", "压缩机", None), ("示例丑有限公司", "压缩机", None), ("示例寅有限公司", "面板", 32_000_000),
         ("示例卯有限公司", "外壳", None)], key=str,
    )  # fmt: skip
    where = (
        ("示例子有限公司", "广东省"),
        ("示例丑有限公司", "安徽省"),
        ("示例寅有限公司", "青岛市"),
        ("示例卯有限公司", "中山市"),
    )
    assert [region_of(store, name) for name, _ in where] == [(place, "reported") for _, place in where]


@pytest.mark.parametrize(
    ("heads", "reason"),
    [
        (["姓名", "性别", "年龄", "手机", "部门"], "人员名单"),
        (["单位名称", "联系人", "手机", "邮箱"], "通讯录"),
        (["节次", "星期一", "星期二", "星期三"], "表头"),
        (["序号", "单位", "姓名", "备注"], "认不出"),
    ],
)
def test_what_is_no_list_of_ours_is_refused(store: Store, tmp_path: Path, heads: list[str], reason: str) -> None:
    path = save(tmp_path / "表.csv", [heads, [f"示例{number}" for number in range(len(heads))]])
    report = load([path], store, Options(proof={"source": SOURCE}))
    assert [reason in failed["reason"] for failed in report.failed] == [True]
    assert store.nodes(Enterprise).is_empty()


def test_a_ledger_with_sections_and_names_in_several_lines(store: Store, put: Put) -> None:
    report = put(
        "签约.xlsx",
        [["2026年签约项目（单位：亿元）"], ["序号", "区市", "项目名称", "投资方", "总投资", "开工时间", "联系方式"],
         ["一", "崂山区（2个）"],
         [1, "崂山区", "示例\n甲项目", "示例甲\n有限公司", 5, "未开工", "13812345678"],
         [2, "", "示例乙项目", "示例乙有限公司/示例丙有限公司\n示例丁有限公司", 6, "2026年3月中旬", ""],
         ["二", "城阳区（1个）"],
         [3, "城阳区", "示例丙项目", "待定", 7, "", ""], ["", "城阳区小计", "1个", "", 7]],
        merged=((3, 1, 4, 1, "崂山区"),),
    )  # fmt: skip
    where = "MATCH (p:Project)-[:LOCATED_IN]->(r:Region) RETURN p.name, p.amount, r.name"
    assert rows(store, where) == sorted(
        [("示例甲项目", 500_000_000, "崂山区"), ("示例乙项目", 600_000_000, "崂山区"), ("示例丙项目", 700_000_000, "城阳区")], key=str,
    )  # fmt: skip
    investors = "MATCH (e:Enterprise)-[:INVESTS_IN]->(p:Project) RETURN e.name, p.name"
    assert rows(store, investors) == sorted(
        [("示例甲有限公司", "示例甲项目"), *((f"示例{name}有限公司", "示例乙项目") for name in "乙丙丁")], key=str
    )
    steps = "MATCH (s:Progress)-[:PROGRESS_OF]->(p:Project) RETURN p.name, s.stage, s.happened_on"
    assert rows(store, steps) == [("示例乙项目", "开工", "2026-03")]  # 未开工 is no step
    assert "138" not in str(rows(store, "MATCH (p:Project) RETURN p.contacts"))
    told = {(note.row, note.note) for note in report.notes}
    assert {
        (3, "只有小标题,没有当作一行"),
        (6, "只有小标题,没有当作一行"),
        (8, "是合计或备注,没有当作一行"),
        (4, "不是日期,没有当作一步进展"),
    } <= told


def test_leaders_titles_institutes_and_parks(store: Store, put: Put) -> None:
    put(
        "链主.csv",
        [["产业链", "链主企业", "2025年营收（亿元）", "资质"], ["集成电路", "示例链主甲有限公司", "120", "高新技术企业、专精特新中小企业"]],
    )  # fmt: skip
    put("机构.csv", [["机构名称", "机构类型", "所在地", "研究方向"], ["示例研究院", "新型研发机构", "崂山区", "海洋"]])
    put(
        "载体.csv", [["园区名称", "园区级别", "所在区市", "主导产业"], ["示例海洋产业园", "省级", "黄岛区", "海洋装备"]]
    )
    assert rows(
        store, "MATCH (e:Enterprise)-[:LEADS]->(c:Chain) RETURN e.name, c.name, e.turnover, e.turnover_year"
    ) == [("示例链主甲有限公司", "集成电路", 12_000_000_000, "2025")]
    held = rows(store, "MATCH (e:Enterprise)-[:HOLDS]->(t:Title) RETURN t.name")
    assert held == sorted([("高新技术企业",), ("专精特新中小企业",)], key=str)
    institutes = "MATCH (i:Institute)-[:LOCATED_IN]->(r:Region) RETURN i.name, i.kind, i.description, r.name"
    assert rows(store, institutes) == [("示例研究院", "新型研发机构", "海洋", "崂山区")]
    parks = "MATCH (p:Park)-[:LOCATED_IN]->(r:Region) RETURN p.name, p.kind, p.description"
    assert rows(store, parks) == [("示例海洋产业园", "省级", "海洋装备")]


def test_names_with_a_stroke_are_several_where_each_is_known(store: Store, put: Put) -> None:
    put(
        "产品.csv",
        [["名称", "别名", "来源"], ["智能电冰箱", "冰箱", "s"], ["洗衣机", "", "s"], ["铂碳催化剂", "Pt/C", "s"]],
    )
    put(
        "名单.csv",
        [
            ["企业名称", "主要产品"],
            ["示例甲有限公司", "冰箱/洗衣机"],
            ["示例乙有限公司", "Pt/C"],
            ["示例丙有限公司", "热泵/空调"],
        ],
    )
    assert rows(store, "MATCH (e:Enterprise)-[:PRODUCES]->(p:Product) RETURN e.name, p.name") == sorted(
        [("示例甲有限公司", "智能电冰箱"), ("示例甲有限公司", "洗衣机"), ("示例乙有限公司", "铂碳催化剂"), ("示例丙有限公司", "热泵/空调")], key=str,
    )  # fmt: skip


def test_what_several_suppliers_sell_together_is_said_of_none(store: Store, put: Put) -> None:
    put(
        "供应商.csv",
        [["供应商名称", "物料名称", "年采购额(万元)"], ["示例甲有限公司,示例乙有限公司", "面板", "860"], ["示例丙有限公司", "面板", "10"]],
        leader="示例链主",
    )  # fmt: skip
    together = "几家供应商合计年采购额：8600000元"
    assert rows(store, "MATCH (a:Enterprise)-[s:SUPPLIES]->(b:Enterprise) RETURN a.name, s.amount, s.note") == sorted(
        [("示例甲有限公司", None, together), ("示例乙有限公司", None, together), ("示例丙有限公司", 100_000, None)], key=str,
    )  # fmt: skip


def test_the_registered_address_goes_before_others_and_a_state_is_told_as_it_stands(store: Store, put: Put) -> None:
    report = put(
        "register.csv",
        [["企业名称", "最新年报地址", "注册地址", "员工规模", "status"],
         ["示例甲有限公司", "青岛市崂山区甲路", "青岛市城阳区流亭街道乙路", "10-20人", "Dissolved"]],
    )  # fmt: skip
    asked = "MATCH (e:Enterprise) WHERE e.source STARTS WITH '示例名录' RETURN e.address, e.street, e.note"
    assert rows(store, asked) == [
        ("青岛市城阳区流亭街道乙路", "流亭街道", "最新年报地址：青岛市崂山区甲路；员工规模：10-20人")
    ]
    assert ("status", "Dissolved") in {(note.column, note.value) for note in report.notes}


@pytest.mark.parametrize(("head", "field"), [("主体", "没有的"), ("没有列", "名称")])
def test_a_head_mapped_to_nothing_is_told_as_such(store: Store, tmp_path: Path, head: str, field: str) -> None:
    path = save(tmp_path / "名单.csv", [["主体"], ["示例甲有限公司"]])
    report = load([path], store, Options(kind=Enterprise, proof={"source": SOURCE}, columns={head: field}))
    assert [f"--map {head}={field}" in failed["reason"] for failed in report.failed] == [True]


def test_heads_of_what_goes_into_what(store: Store, put: Put) -> None:
    put("产品.csv", [["名称", "来源"], ["压缩机", "s"], ["冰箱", "s"]])
    put("表.csv", [["投入产品", "产出产品"], ["压缩机", "冰箱"]])
    assert rows(store, "MATCH (a:Product)-[:INPUT_TO]->(b:Product) RETURN a.name, b.name") == [("压缩机", "冰箱")]


def test_a_section_is_no_project_whatever_its_column(store: Store, put: Put) -> None:
    put(
        "签约.csv",
        [["序号", "项目名称", "总投资（亿元）", "投资方", "签约日期"], ["一", "第一批", "", "", ""], ["1", "示例甲项目", "1", "", "2026年9月"],
         ["", "（二）第二批", "", "", ""], ["2", "示例乙项目", "2", "", ""], ["三", "示例丙项目", "3", "示例有限公司", "2026年9月"]],
    )  # fmt: skip
    assert rows(store, "MATCH (p:Project) RETURN p.name") == [("示例丙项目",), ("示例乙项目",), ("示例甲项目",)]


def test_places_in_traditional_characters(store: Store, put: Put) -> None:
    put(
        "名單.csv",
        [["企業名稱", "註冊地址"], ["示例甲有限公司", "青島市嶗山區示例路"], ["示例乙有限公司", "廣東省東莞市"]],
    )
    assert [region_of(store, f"示例{name}有限公司") for name in "甲乙"] == [
        ("崂山区", "reported"),
        ("东莞市", "reported"),
    ]


def test_a_row_of_a_relation_may_name_several(store: Store, tmp_path: Path) -> None:
    """Parted where the whole names nothing and every part something; each row is counted once, and again changes nothing."""
    tables = {
        "企业": ["名称", "示例甲公司", "示例乙公司"],
        "产品": ["名称", "冰箱", "洗衣机", "空调", "Pt/C催化剂"],
        "生产": [
            "企业,产品",
            '示例甲公司,"冰箱，洗衣机"',
            "示例乙公司,Pt/C催化剂",
            "示例乙公司,冰箱;空调",
            "示例甲公司,冰箱、没有的",
            "示例甲公司,冰箱",
            "示例甲公司/示例乙公司,洗衣机",
        ],
    }
    for name, (head, *lines) in tables.items():
        text = [f"{head},来源,状态", *(f"{line},示例来源,据报道" for line in lines)]
        (tmp_path / f"{name}.csv").write_text("\n".join(text), encoding="utf-8")
    for again in (False, True):
        report = load([tmp_path], store)
        made = next(file for file in report.files if file.file.endswith("生产.csv"))
        assert (made.read, made.new + made.changed, made.same, made.rejected) == (
            6,
            0 if again else 4,
            5 if again else 1,
            1,
        )
        assert [(reject.row, reject.value) for reject in report.rejected] == [(5, "冰箱、没有的")]
    rows = store.read("MATCH (a:Enterprise)-[:PRODUCES]->(b) RETURN a.name AS firm, b.name AS made").rows
    assert {(row["firm"], row["made"]) for row in rows} == {
        *(("示例甲公司", product) for product in ("冰箱", "洗衣机")),
        *(("示例乙公司", product) for product in ("冰箱", "洗衣机", "空调", "Pt/C催化剂")),
    }

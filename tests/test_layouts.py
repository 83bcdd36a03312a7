"""Lists as offices have them load whole with nothing said but their source; rows are made up, names begin with 示例."""

import re
from pathlib import Path
from typing import Any

import pytest
from layout_parts import SOURCE, Put, Rows, firm, put, region_of, rows, save

from benchmarks.exports import HEADS
from graph.errors import InputError
from graph.model.nodes import Enterprise
from graph.stores import Store
from loaders.run import Options, load, load_rows

__all__ = ["put"]  # the fixture


def test_an_export_of_a_platform(store: Store, put: Put) -> None:
    report = put(
        "导出.csv",
        [
            ["导出时间：2026-11-20"], ["查询条件：青岛市"], [*HEADS],
            ["示例海蓝电器有限公司", "存续", "张三", "5000万人民币", "-", "2015-03-12", "2024-05-06", "2015-03-12至无固定期限", "山东省", "青岛市", "崂山区",
             "91370212MA3C00001A", "91370212MA3C00001A", "370212000012345", "MA3C00001", "有限责任公司(自然人投资或控股)", "制造业", "电气机械和器材制造业", "126",
             "示例海蓝五金厂", "Shili Hailan Co., Ltd.", "www.example.cn", "青岛市崂山区示例路1号", "一般项目：家用电器制造。", "0532-12345678", "a@example.cn"],
            ["示例旧港机械有限公司", "注销", "李四", "100万美元", "50万美元", "2001/5/8", "2020-07-01", "-", "山东省", "青岛市", "黄岛区",
             "-", "-", "370211000000001", "-", "有限责任公司", "制造业", "通用设备制造业", "-", "-", "-", "-", "青岛市黄岛区长江路街道示例路2号", "机械加工", "-", "-"],
            ["示例轴承有限公司", "吊销，未注销", "王五", "300.5万元", "-", "2010年1月5日", "-", "-", "江苏省", "苏州市", "昆山市",
             "-", "-", "-", "-", "有限责任公司", "制造业", "通用设备制造业", "12", "-", "-", "-", "江苏省昆山市示例路", "轴承", "-", "-"],
        ],
    )  # fmt: skip
    one, gone, revoked = (firm(store, f"示例{name}有限公司") for name in ("海蓝电器", "旧港机械", "轴承"))
    assert (one["capital"], one["capital_currency"], one["paid_in"]) == (50_000_000, "CNY", None)
    assert (gone["capital"], gone["capital_currency"], gone["paid_in"]) == (1_000_000, "USD", 500_000)
    assert (one["founded_on"], gone["founded_on"], revoked["founded_on"]) == ("2015-03-12", "2001-05-08", "2010-01-05")
    assert (one["registration_state"], one["valid_to"]) == ("存续", None)
    assert (gone["registration_state"], gone["valid_to"]) == ("注销", "2020-07-01")
    assert (revoked["valid_to"], revoked["insured"]) == ("2026-11-20", 12)  # no day is written: that of the list
    assert (one["uscc"], gone["uscc"], gone["registration_number"]) == ("91370212MA3C00001A", None, "370211000000001")
    assert (one["aliases"], one["website"], one["english_name"]) == (
        ["示例海蓝五金厂"], "www.example.cn", "Shili Hailan Co., Ltd.",
    )  # fmt: skip
    assert (one["address"], gone["street"]) == ("青岛市崂山区示例路1号", "长江路街道")
    assert one["business_scope"] == "一般项目：家用电器制造。"
    assert one["legal_form"] == "有限责任公司(自然人投资或控股)"
    assert region_of(store, "示例海蓝电器有限公司") == ("崂山区", "reported")
    assert region_of(store, "示例轴承有限公司") == ("昆山市", "reported")
    above = "MATCH (:Region {name: '昆山市'})-[:LOCATED_IN]->(a)-[:LOCATED_IN]->(b) RETURN a.name, b.name"
    assert rows(store, above) == [("苏州市", "江苏省")]
    classes = "MATCH (e:Enterprise)-[:IN_INDUSTRY]->(i:Industry) RETURN e.name, i.id"
    assert ("示例海蓝电器有限公司", "gbt-38") in rows(store, classes)
    assert any("个人信息没有载入: 法定代表人、电话、邮箱" in warning for warning in report.warnings)
    assert "张三" not in str(rows(store, "MATCH (n) RETURN n.id, n.note"))


def test_another_platform_with_its_unit_in_the_head(store: Store, put: Put) -> None:
    put(
        "名单.csv",
        [
            [
                "公司名",
                "状态",
                "法人",
                "注册资金(万元)",
                "成立时间",
                "地区(省/市/区)",
                "信用代码",
                "行业",
                "地址",
                "经营范围",
            ],
            [
                "示例甲新材料有限公司",
                "存续",
                "赵六",
                "1200",
                "2018-09-01",
                "山东省/青岛市/城阳区",
                "91370214MA3C00002B",
                "化学原料和化学制品制造业",
                "",
                "涂料",
            ],
            ["青岛示例乙有限公司", "在业", "", "-", "2019", "", "", "", "", ""],
        ],
    )
    assert firm(store, "示例甲新材料有限公司")["capital"] == 12_000_000
    assert firm(store, "示例甲新材料有限公司")["registration_state"] == "存续"
    assert region_of(store, "示例甲新材料有限公司") == ("城阳区", "reported")
    assert region_of(store, "青岛示例乙有限公司") == ("青岛市", "inferred")  # out of the name


TITLED: list[tuple[str, Rows, list[tuple[Any, ...]]]] = [
    (
        "专精特新.xlsx",
        [["青岛市2025年度专精特新中小企业名单"], ["序号", "企业名称", "所在区(市)", "主导产品", "细分领域", "认定年度", "有效期"],
         [1, "示例丙装备有限公司", "城阳区", "工业机器人、减速器", "智能制造", 2025, "2025-2028"],
         [2, "示例丁精密有限公司", "即墨区", "数控机床的研发、设计以及面向航空航天领域的整体解决方案", "机床", 2025, "三年"], ["", "合计2家"]],
        [("示例丁精密有限公司", "专精特新中小企业", "2025", "2028"), ("示例丙装备有限公司", "专精特新中小企业", "2025", "2028")],
    ),
    (
        "高新技术企业.xlsx",
        [["序号", "企业名称", "证书编号", "发证日期", "有效期", "所属区市"], [1, "示例科技有限公司", "GR2025", "2025-11-28", "三年", "市南区"]],
        [("示例科技有限公司", "高新技术企业", "2025-11-28", "2028-11-28")],
    ),
    (
        "名单.xlsx",
        [["第八批制造业单项冠军企业名单"], ["序号", "示范企业/产品", "企业名称", "主营产品", "推荐单位"],
         [1, "示范企业", "示例橡胶股份有限公司", "示例轮胎", "青岛市工信局"]],
        [("示例橡胶股份有限公司", "制造业单项冠军", None, None)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sheet", "titles"), TITLED, ids=[name for name, _, _ in TITLED])
def test_lists_of_titles(store: Store, put: Put, name: str, sheet: Rows, titles: list[tuple[Any, ...]]) -> None:
    put(name, sheet)
    query = "MATCH (e:Enterprise)-[h:HOLDS]->(t:Title) RETURN e.name, t.name, h.valid_from, h.valid_to"
    assert rows(store, query) == sorted(titles, key=str)


def test_names_of_products_are_taken_out_and_phrases_kept_as_words(store: Store, put: Put) -> None:
    put(*TITLED[0][:2])
    made = "MATCH (e:Enterprise)-[:PRODUCES]->(p) RETURN e.name, p.name"
    assert rows(store, made) == sorted(
        [("示例丙装备有限公司", "减速器"), ("示例丙装备有限公司", "工业机器人")], key=str
    )
    assert firm(store, "示例丁精密有限公司")["main_products"] == TITLED[0][1][3][3]
    assert firm(store, "示例丙装备有限公司")["note"] == "细分领域：智能制造"


def test_a_register_with_heads_in_two_rows(store: Store, put: Put) -> None:
    put(
        "规上工业.xlsx",
        [
            ["规模以上工业企业名录"],
            ["单位基本情况", "", "", "", "", "主要指标", ""],
            ["法人单位名称", "统一社会信用代码", "行业代码", "行业名称", "详细地址", "营业收入(千元)", "从业人员(人)"],
            [
                "示例己家电有限公司",
                "91370212MA3C00003C",
                "3852",
                "家用空气调节器制造",
                "青岛市崂山区示例路3号",
                1250000,
                "1,206",
            ],
        ],
        merged=((1, 0, 1, 4, "单位基本情况"), (1, 5, 1, 6, "主要指标")),
    )
    one = firm(store, "示例己家电有限公司")
    assert (one["turnover"], one["staff"]) == (1_250_000_000, 1206)
    assert region_of(store, "示例己家电有限公司") == ("崂山区", "reported")
    assert rows(store, "MATCH (:Enterprise)-[:IN_INDUSTRY]->(i) RETURN i.id") == [("gbt-3852",)]


def test_a_table_of_text_may_have_two_rows_of_heads_too(store: Store, put: Put) -> None:
    put(
        "名单.csv",
        [["规上企业名单（单位：万元）"], ["序号", "企业名称", "主要指标", ""], ["", "", "营业收入", "从业人员"], ["1", "示例甲公司", "1200", "35人"]],
    )  # fmt: skip
    one = firm(store, "示例甲公司")
    assert (one["turnover"], one["staff"]) == (12_000_000, 35)


def test_listed_firms(store: Store, put: Put) -> None:
    put(
        "上市公司.csv",
        [
            ["证券代码", "证券简称", "公司中文名称", "首发上市日期", "注册地址", "主营产品名称", "所属申万行业"],
            [
                "900001.SH",
                "示例股份",
                "示例庚股份有限公司",
                "1999-01-05",
                "山东省青岛市市北区示例路",
                "冰箱、洗衣机",
                "家用电器-白色家电",
            ],
        ],
    )
    one = firm(store, "示例庚股份有限公司")
    assert (one["stock_code"], one["short_name"], one["listed_on"]) == ("900001.SH", "示例股份", "1999-01-05")
    assert region_of(store, "示例庚股份有限公司") == ("市北区", "reported")


def test_a_ledger_of_signed_projects(store: Store, put: Put) -> None:
    heads = [
        "序号",
        "项目名称",
        "投资方",
        "投资方所在地",
        "总投资(亿元)",
        "建设内容",
        "所属产业链",
        "落户区市",
        "签约时间",
        "目前进展",
        "责任单位",
        "联系人",
        "备注",
    ]
    report = put(
        "签约.xlsx",
        [
            ["2026年签约项目台账（单位：亿元）"], heads,
            [1, "示例功率器件项目", "示例辛半导体有限公司", "江苏省苏州市", 12, "建设产线", "集成电路", "崂山区", "2026年3月18日", "已开工", "示例投促中心", "张三", "省重点"],
            [2, "示例封装项目", "示例壬电子有限公司、示例癸电子有限公司", "深圳", "3.5", "封装", "", "城阳区", "2026-05", "办理前期手续", "示例投促中心", "", ""],
            ["合计", "2个", "", "", 15.5],
        ],
        merged=((0, 0, 0, 12, "2026年签约项目台账（单位：亿元）"), (2, 6, 3, 6, "集成电路")),
    )  # fmt: skip
    query = "MATCH (p:Project) RETURN p.name, p.amount, p.currency, p.amount_original, p.stage"
    assert rows(store, query) == sorted(
        [
            ("示例封装项目", 350_000_000, "CNY", "3.5亿元", "签约"),
            ("示例功率器件项目", 1_200_000_000, "CNY", "12亿元", "开工"),
        ],
        key=str,
    )
    steps = "MATCH (s:Progress)-[:PROGRESS_OF]->(p) RETURN p.name, s.stage, s.happened_on"
    assert rows(store, steps) == sorted(
        [
            ("示例功率器件项目", "开工", None),
            ("示例功率器件项目", "签约", "2026-03-18"),
            ("示例封装项目", "签约", "2026-05"),
        ],
        key=str,
    )
    investors = "MATCH (e)-[:INVESTS_IN]->(p:Project {name: '示例封装项目'}) RETURN e.name"
    assert rows(store, investors) == sorted([("示例壬电子有限公司",), ("示例癸电子有限公司",)], key=str)
    assert region_of(store, "示例癸电子有限公司") == ("深圳市", "reported")
    chained = "MATCH (p:Project)-[:ON_CHAIN]->(c) RETURN count(*)"
    assert rows(store, chained) == [(2,)]  # the merged cell holds for both
    who = "MATCH (a:Agency)-[r:RESPONSIBLE_FOR]->(p:Project) RETURN a.name, r.role, count(*)"
    assert rows(store, who) == [("示例投促中心", "责任单位", 2)]
    assert [note.note for note in report.notes] == ["是合计或备注,没有当作一行"]


def test_projects_that_are_built_and_leads(store: Store, put: Put) -> None:
    put(
        "在建.csv",
        [
            [
                "项目名称",
                "建设单位",
                "建设地点",
                "建设规模及内容",
                "建设起止年限",
                "总投资(万元)",
                "本年度计划投资",
                "形象进度",
            ],
            [
                "示例产业园",
                "示例己家电有限公司",
                "青岛市黄岛区示例镇",
                "年产100万台",
                "2024-2026",
                "120000",
                "5亿元",
                "主体结构封顶",
            ],
        ],
    )
    put(
        "在谈.csv",
        [
            ["线索名称", "来源", "意向投资额", "对接人", "最近一次对接", "下一步"],
            ["示例氢能线索", "以商招商", "约5亿元", "张三", "2026-11-02", "月底考察"],
            ["示例车灯线索", "商会推荐", "5-10亿元", "李四", "2026/10/8", "报价"],
        ],
    )
    query = "MATCH (p:Project) RETURN p.name, p.stage, p.amount, p.annual_amount, p.expected_on, p.note, p.source"
    assert rows(store, query) == sorted(
        [
            ("示例产业园", "在建", 1_200_000_000, 500_000_000, "2026", None, SOURCE),
            ("示例氢能线索", "洽谈", 500_000_000, None, None, "来源：以商招商；下一步：月底考察", SOURCE),
            ("示例车灯线索", "洽谈", None, None, None, "来源：商会推荐；下一步：报价", SOURCE),
        ],
        key=str,
    )
    steps = "MATCH (s:Progress)-[:PROGRESS_OF]->(p) RETURN p.name, s.stage, s.happened_on"
    assert rows(store, steps) == sorted(
        [
            ("示例产业园", "在建", None),
            ("示例产业园", "开工", "2024"),
            ("示例氢能线索", "洽谈", "2026-11-02"),
            ("示例车灯线索", "洽谈", "2026-10-08"),
        ],
        key=str,
    )


def test_what_a_leader_buys_and_needs(store: Store, put: Put) -> None:
    put(
        "供应商.csv",
        [
            ["供应商编码", "供应商名称", "供货品类", "物料名称", "年采购额(万元)", "供应商所在地", "合作起始"],
            ["V001", "示例子塑胶有限公司", "注塑件", "空调面板", "3200", "青岛市胶州市", "2019"],
            ["V002", "示例丑电机有限公司", "电机", "", "1,500.5", "广东省中山市", "2020-06"],
        ],
        leader="示例链主",
    )
    put(
        "需求.csv",
        [
            ["序号", "需求产品", "规格要求", "年用量", "现供应商", "现供应地", "是否愿意本地替代"],
            ["1", "变频压缩机", "R32", "50万台", "示例寅压缩机有限公司", "浙江省绍兴市", "是"],
            ["2", "功率模块、驱动板", "", "20万只", "", "", "否"],
        ],
        leader="示例链主",
    )
    supplies = "MATCH (a)-[s:SUPPLIES]->(b) RETURN a.name, b.name, s.product, s.amount, s.since"
    assert rows(store, supplies) == sorted(
        [
            ("示例寅压缩机有限公司", "示例链主电器股份有限公司", "变频压缩机", None, None),
            ("示例丑电机有限公司", "示例链主电器股份有限公司", "电机", 15_005_000, "2020-06"),
            ("示例子塑胶有限公司", "示例链主电器股份有限公司", "空调面板", 32_000_000, "2019"),
        ],
        key=str,
    )
    assert region_of(store, "示例丑电机有限公司") == ("中山市", "reported")
    needs = "MATCH (:Enterprise)-[n:NEEDS]->(p) RETURN p.name, n.requirements, n.quantity, n.local_wanted"
    assert rows(store, needs) == sorted(
        [
            ("功率模块", None, "20万只", False),
            ("变频压缩机", "R32", "50万台", True),
            ("驱动板", None, "20万只", False),
        ],
        key=str,
    )


def test_a_leader_that_nobody_knows_is_asked_for_before_anything_is_written(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path / "供应商.csv", [["供应商名称", "物料名称"], ["示例子塑胶有限公司", "面板"]])
    before = store.version()
    with pytest.raises(InputError, match="图中没有企业“示例没有的链主”"):
        load([path], store, Options(proof={"source": SOURCE}, leader="示例没有的链主"))
    assert store.version() == before
    report = load([path], store, Options(proof={"source": SOURCE}))
    assert "--leader" in report.failed[0]["reason"]


def test_firms_of_a_park_and_of_a_cluster(store: Store, put: Put) -> None:
    put(
        "园区.xlsx",
        [["青岛示例创新园入驻企业名录"], ["楼宇/地块", "企业名称", "入驻时间", "主要产品", "上年营收(万元)", "用工人数"],
         ["A座3层", "示例卯软件有限公司", "2023年5月", "工业软件", 860, 35]],
    )  # fmt: skip
    put(
        "集群.csv",
        [["集群名称", "级别", "牵头单位", "领军企业", "所在区市"],
         ["示例智能家电集群", "国家级", "示例工信局", "示例链主电器股份有限公司、示例卯软件有限公司", "崂山区"]],
    )  # fmt: skip
    one = firm(store, "示例卯软件有限公司")
    assert (one["turnover"], one["staff"], one["note"]) == (8_600_000, 35, "楼宇/地块：A座3层")
    parks = "MATCH (e:Enterprise)-[i:IN_PARK]->(p:Park) RETURN p.name, i.valid_from"
    assert rows(store, parks) == [("青岛示例创新园", "2023-05")]
    assert rows(store, "MATCH (e)-[:MEMBER_OF]->(c:Cluster) RETURN count(*)") == [(2,)]
    lead = "MATCH (a:Agency)-[p:PARTICIPATES_IN]->(c:Cluster) RETURN a.name, p.role"
    assert rows(store, lead) == [("示例工信局", "牵头单位")]
    known = firm(store, "示例链主电器股份有限公司")
    assert (known["source"], known["short_name"]) == (
        "s",
        "示例链主",
    )  # a mention in passing does not become its source


def test_registers_in_english_and_in_traditional_characters(store: Store, put: Put) -> None:
    put(
        "register.csv",
        [
            [
                "company_name",
                "registration_number",
                "registered_address",
                "incorporation_date",
                "status",
                "industry_code",
            ],
            ["Shili Robotics Co., Ltd.", "91370212MA3C00004D", "No.1 Example Road", "2017-02-03", "Active", "C3491"],
            ["Shili Old Co., Ltd.", "12345678", "", "1999-01-01", "Dissolved", ""],
        ],
    )
    put(
        "名單.csv",
        [
            ["公司名稱", "統一編號", "資本額", "地址", "主要產品"],
            ["示例電子股份有限公司", "87654321", "5000萬元新台幣", "新北市示例路", "連接器、線束"],
        ],
    )
    robots, old, tw = (
        firm(store, name) for name in ("Shili Robotics Co., Ltd.", "Shili Old Co., Ltd.", "示例電子股份有限公司")
    )
    assert (robots["uscc"], robots["status"], robots["registration_state"]) == (
        "91370212MA3C00004D",
        "reported",
        "存续",
    )
    assert (old["registration_number"], old["valid_to"]) == ("12345678", "2026-11-20")
    assert (tw["registration_number"], tw["capital"], tw["capital_currency"]) == ("87654321", 50_000_000, "TWD")


def test_nodes_and_relations_for_the_import_of_graphs(store: Store, put: Put, tmp_path: Path) -> None:
    nodes = save(
        tmp_path / "nodes.csv",
        [
            ["companyId:ID(c)", "name:string", ":LABEL"],
            ["c1", "示例辰有限公司", "Company"],
            ["c2", "示例巳有限公司", "Company;Supplier"],
            ["p1", "示例零件", "Product"],
            ["p2", "示例巳有限公司", "Product"],
        ],
    )
    edges = save(
        tmp_path / "rels.csv",
        [
            [":START_ID(c)", ":END_ID(c)", ":TYPE"],
            ["c1", "c2", "SUPPLIES"],
            ["c1", "p1", "PRODUCES"],
            ["c1", "c9", "SUPPLIES"],
            ["c1", "c2", "LIKES"],
        ],
    )
    report = load([nodes, edges], store, Options(proof={"source": SOURCE}))
    query = "MATCH (a:Enterprise)-[r]->(b) WHERE r.source = $source RETURN a.name, b.name"
    assert [tuple(row.values()) for row in store.read(query, {"source": SOURCE}).rows] == [
        ("示例辰有限公司", "示例巳有限公司"), ("示例辰有限公司", "示例零件"),
    ]  # fmt: skip
    assert [(reject.row, reject.value) for reject in report.rejected] == [(4, "c9")]
    assert [failed["reason"][:20] for failed in report.failed] == ["1 行没有载入: 认不出标签或关系类型 "]


def test_heads_that_nobody_knows_are_mapped_by_hand(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path / "x.csv", [["Firma", "Ort"], ["示例甲公司", "崂山区"]])
    report = load([path], store, Options(proof={"source": SOURCE}, columns={"Firma": "企业名称", "Ort": "region"}))
    assert (report.total("new"), report.bad) == (1, False)
    assert region_of(store, "示例甲公司") == ("崂山区", "reported")
    next_one = save(tmp_path / "y.csv", [["Ort", "Firma"], ["城阳区", "示例乙公司"]])
    again = load([next_one], store, Options(proof={"source": "示例名录 2027"}))  # the same heads: as it was said before
    assert (again.total("new"), again.bad) == (1, False)
    assert any("照上次的对照读: Firma=企业名称、Ort=region" in warning for warning in again.warnings)
    assert region_of(store, "示例乙公司") == ("城阳区", "reported")
    with pytest.raises(InputError, match="没有“Umsatz”这一列"):
        load([path], store, Options(proof={"source": SOURCE}, columns={"Firma": "企业名称", "Umsatz": "turnover"}))
    with pytest.raises(InputError, match="没有“nosuch”这个字段"):
        load([path], store, Options(proof={"source": SOURCE}, columns={"Firma": "企业名称", "Ort": "nosuch"}))


def test_an_office_has_heads_of_its_own(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "heads.toml"
    own.write_text('[heads.enterprises]\nname = ["主体"]\nstaff = ["人头"]\n', "utf-8")
    monkeypatch.setenv("LIANZHANG_HEADS", str(own))
    path = save(tmp_path / "x.csv", [["主体", "人头"], ["示例甲公司", "35人"]])
    assert load([path], store, Options(proof={"source": SOURCE})).total("new") == 1
    assert firm(store, "示例甲公司")["staff"] == 35
    own.write_text('[heads.enterprises]\nnosuch = ["主体"]\n', "utf-8")
    monkeypatch.setenv("LIANZHANG_HEADS", f"{own}")
    with pytest.raises(InputError, match="企业没有“nosuch”这个字段"):
        load([path], store, Options(proof={"source": SOURCE}))


def test_a_row_tells_of_a_firm_its_product_and_its_project(store: Store, put: Put) -> None:
    report = put(
        "走访.csv",
        [
            ["企业名称", "主要产品", "项目名称", "总投资(亿元)", "联系人", "联系电话"],
            ["示例甲电子有限公司", "示例传感器", "示例传感器扩产项目", "约2.5", "张三", "13800000000"],
            ["示例乙电子有限公司", "示例连接器", "", "", "", ""],
            ["合计", "", "", "2.5", "", ""],
        ],
    )
    assert [(note.row, note.column, note.note) for note in report.notes] == [
        (4, "", "是合计或备注,没有当作一行"), (2, "总投资(亿元)", "是约数,按这个数读"),
    ]  # fmt: skip
    made = "MATCH (e:Enterprise)-[:PRODUCES]->(p) RETURN e.name, p.name"
    assert rows(store, made) == sorted(
        [("示例甲电子有限公司", "示例传感器"), ("示例乙电子有限公司", "示例连接器")], key=str
    )
    project = "MATCH (e)-[:INVESTS_IN]->(p:Project) RETURN e.name, p.name, p.amount"
    assert rows(store, project) == [("示例甲电子有限公司", "示例传感器扩产项目", 250_000_000)]


def test_a_list_without_a_source_is_not_loaded(store: Store, tmp_path: Path) -> None:
    path = save(tmp_path / "x.csv", [["公司名", "成立时间"], ["示例甲公司", "2019"]])
    report = load([path], store)
    assert "--source" in report.failed[0]["reason"]
    assert store.nodes(Enterprise).is_empty()


def test_older_knowledge_never_renames_a_firm_nor_raises_its_status(store: Store, tmp_path: Path) -> None:
    """A catalogue of 2021 that is loaded today calls a firm by its former name."""
    now = {"id": "e1", "name": "示例智家股份有限公司", "stock_code": "900690", "aliases": "示例海股份有限公司"}
    load_rows(Enterprise, [now | {"source": "名录 2026", "status": "curated"}], store)
    path = save(
        tmp_path / "名录.csv",
        [
            ["企业名称", "编号", "股票代码", "官网", "来源", "状态"],
            ["示例海股份有限公司", "e1", "900690", "www.example.cn", "上市公司名录 2021", "据报道"],
        ],
    )
    assert not load([path], store).bad
    one = store.nodes(Enterprise).row(0, named=True)
    assert (one["name"], one["status"], one["source"]) == ("示例智家股份有限公司", "curated", "名录 2026")
    assert (one["aliases"], one["name_dates"]) == (["示例海股份有限公司"], ["示例海股份有限公司|2021"])
    assert one["website"] == "www.example.cn"  # what nobody said is taken in
    assert one["field_sources"] == ["name_dates|上市公司名录 2021|reported", "website|上市公司名录 2021|reported"]
    newer = {"id": "e1", "name": "示例智家集团股份有限公司", "source": "名录 2027", "status": "curated"}
    load_rows(Enterprise, [newer], store)
    one = store.nodes(Enterprise).row(0, named=True)
    assert one["name"] == "示例智家集团股份有限公司"
    assert one["aliases"] == ["示例智家股份有限公司", "示例海股份有限公司"]
    short = {"id": "e1", "name": "示例智家", "source": "报道 2022", "status": "reported"}
    load_rows(Enterprise, [short], store)
    one = store.nodes(Enterprise).row(0, named=True)  # a short name is no former one: what a report says stands
    assert (one["name"], one["status"], one["source"]) == ("示例智家集团股份有限公司", "reported", "报道 2022")
    weaker = {"id": "e1", "name": "示例猜的名字有限公司", "source": "推断 2028", "status": "inferred"}
    load_rows(Enterprise, [weaker], store)
    assert store.nodes(Enterprise)["name"][0] == "示例智家集团股份有限公司"
    assert len(store.nodes(Enterprise)) == 1


def test_what_is_said_of_persons_is_kept_only_where_asked_for_and_masked(store: Store, tmp_path: Path) -> None:
    sheet = [
        ["公司名", "法定代表人", "电话", "邮箱"],
        ["示例甲公司", "张三丰", "13812345678;0532-88888888", "zhang@example.cn"],
    ]
    path = save(tmp_path / "x.csv", sheet)
    load([path], store, Options(proof={"source": SOURCE}))
    assert firm(store, "示例甲公司")["contacts"] is None
    load([path], store, Options(proof={"source": SOURCE}, keep={"电话": "回访", "法定代表人": "核对主体"}))
    assert firm(store, "示例甲公司")["contacts"] == [
        "法定代表人：张**（核对主体）",
        "电话：138****78 / 053****88（回访）",
    ]
    assert "12345" not in str(store.nodes(Enterprise).rows())


def test_the_examples_of_the_page_load_as_they_stand(store: Store, tmp_path: Path) -> None:
    load_rows(Enterprise, [{"name": "示例链主电器股份有限公司", "source": "s", "short_name": "示例链主"}], store)
    page = (Path(__file__).parent.parent / "docs" / "loading.md").read_text("utf-8")
    examples = re.findall(r"^```csv (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 16
    paths = []
    for name, text in examples:
        (tmp_path / name).write_text(text, "utf-8")
        paths.append(tmp_path / name)
    report = load(paths, store, Options(proof={"source": SOURCE}, leader="示例链主"))
    assert (report.failed, report.rejected, report.conflicts) == ([], [], [])
    made = {Path(file.file).name for file in report.files if file.new}
    assert made == {name for name, _ in examples}

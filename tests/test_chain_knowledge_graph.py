"""The ChainKnowledgeGraph folder: a hand-made one with each fault once, and the real one where it is at hand."""

import csv
import json
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import openpyxl
import pytest

from graph.model.undertakings import LocatedIn
from graph.stores import Store, open_store
from loaders.files.chain_knowledge_graph import _stock_code, is_chain_knowledge_graph, read_chain_knowledge_graph
from loaders.report import Report
from loaders.run import Options, load

MINI = Path(__file__).parent / "data" / "ckg_mini"
REAL = Path(__file__).parents[2] / "shared" / "data" / "chain_knowledge_graph" / "chain_knowledge_graph.tar.gz"

Counts = dict[str, tuple[int, int, int, int, int]]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"ladybug://{tmp_path}/g.lbug")
    yield opened
    opened.close()


def counts(report: Report) -> Counts:
    return {
        Path(file.file).stem: (file.read, file.new, file.changed, file.same, file.rejected) for file in report.files
    }


def reasons(report: Report, stem: str) -> dict[int, str]:
    return {reject.row or 0: reject.reason for reject in report.rejected if Path(reject.file).stem == stem}


def told(report: Report, stem: str) -> dict[str, int]:
    """Return the warnings of a file with the number that each begins with."""
    split = [
        warning.removeprefix(f"{stem}.json: ").partition(" ")
        for warning in report.warnings
        if warning.startswith(f"{stem}.json: ")
    ]
    return {text: int(number) for number, _, text in split}


def read_lines(path: Path) -> list[dict[str, str | None]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_folder_is_known_by_its_files(tmp_path: Path) -> None:
    assert is_chain_knowledge_graph(MINI)
    assert not is_chain_knowledge_graph(MINI / "company.json")
    assert not is_chain_knowledge_graph(tmp_path)


def test_heads_are_our_fields() -> None:
    sheets = {sheet.path.stem: sheet for sheet in read_chain_knowledge_graph(MINI)}
    assert {stem: sheet.record and sheet.record.__name__ for stem, sheet in sheets.items()} == {
        "industry": "Industry",
        "product": "Product",
        "company": "Enterprise",
        "industry_industry": "SubclassOf",
        "company_industry": "InIndustry",
        "industry_up": "UpstreamOf",
        "company_product": "Produces",
        "product_product": "InputTo",
        "company_universe": "Coverage",
    }
    assert sheets["product_product"].heads == ["input", "product", "source", "place", "status", "confidence"]


def test_every_row_is_counted(fresh: Store) -> None:
    report = load([MINI], fresh)
    assert not report.failed
    assert counts(report) == {
        "industry": (4, 3, 0, 0, 1),
        "product": (11, 5, 0, 1, 5),
        "company": (11, 5, 0, 2, 4),
        "industry_industry": (4, 2, 0, 0, 2),
        "company_industry": (5, 2, 0, 0, 3),
        "industry_up": (5, 2, 0, 0, 3),
        "company_product": (11, 4, 0, 2, 5),
        "product_product": (10, 2, 0, 1, 7),
        "company_universe": (1, 1, 0, 0, 0),
    }
    assert report.nodes == {"Source": 1, "Industry": 3, "Product": 5, "Enterprise": 5, "Coverage": 1}
    assert report.edges == {"SUBCLASS_OF": 2, "IN_INDUSTRY": 2, "UPSTREAM_OF": 2, "PRODUCES": 4, "INPUT_TO": 2}


def test_loading_again_changes_nothing(fresh: Store) -> None:
    first = load([MINI], fresh)
    again = load([MINI], fresh)
    assert counts(again) == {
        stem: (read, 0, 0, read - rejected, rejected) for stem, (read, *_, rejected) in counts(first).items()
    }
    assert again.version == first.version
    assert [reject.reason for reject in again.rejected] == [reject.reason for reject in first.rejected]


def test_dry_run_reports_the_same(fresh: Store) -> None:
    dry = load([MINI], fresh, Options(dry_run=True))
    assert fresh.version() == "empty"
    real = load([MINI], fresh)
    assert counts(dry) == counts(real)
    assert dry.rejected == real.rejected


def test_refused_masters_say_why(fresh: Store) -> None:
    report = load([MINI], fresh)
    assert reasons(report, "industry") == {4: "缺少行业代码"}
    assert reasons(report, "product") == {
        7: "会计科目行,不是产品“平衡项目”",
        8: "会计科目行,不是产品“示例合计”",
        9: "名称: 像是公式,单元格应为普通文本(不以 =、@ 开头)",
        10: "名称: 含有不可见的控制字符 U+200D,请删去后重试",
        11: "缺少必填项“名称”",
    }
    company = reasons(report, "company")
    assert company.pop(11).startswith("这一行不是合法的 JSON")
    assert company == {
        4: "同一股票代码,名称不同(如系更名,请在别名列写明曾用名): 图中已有 示例丙新材料股份有限公司(000003.SZ)",
        6: "股票代码与全称对不上“600004.SH 示例戊石化股份有限公司”: 该代码有 2 个全称、上市日期不一,简称“示例丁”也不见于全称,请核对代码",
        8: "缺少必填项“名称”",
    }


def test_refused_edges_say_why(fresh: Store) -> None:
    report = load([MINI], fresh)
    assert reasons(report, "industry_industry") == {
        3: "行业不能是自己的上级“910101”",
        4: "不认识的关系“下级行业”,应为 上级行业",
    }
    assert reasons(report, "company_industry") == {
        3: "企业: 图中没有企业“688999.SH”;请先登记它,或改正名称",
        4: "所属行业: 图中没有行业“990000”;请先登记它,或改正名称",
        5: "行业代码与行业名称对不上“910100 示例制造”: 行业表里该代码是“示例钢铁”(两版分类混用),请核对",
    }
    upstream = reasons(report, "industry_up")
    assert upstream.pop(1002).startswith("上游行业: 图中没有行业“示例未知”")
    assert upstream == {1003: "行业不能是自己的上游“示例板材”", 4000: "ups 应为 {行业: 次数} 的对象"}
    produces = reasons(report, "company_product")
    assert produces.pop(9).startswith("产品: 图中没有产品“示例未登记”")
    assert "不是有限的数" in produces.pop(11)
    assert produces == {
        7: "会计科目行,不是产品“分部间抵销”",
        8: "企业: 图中没有企业“688999.SH”;请先登记它,或改正名称",
        10: "产品: 不能为空",
    }
    inputs = reasons(report, "product_product")
    assert inputs.pop(9).startswith("投入品: 图中没有产品“示例未登记”")
    assert inputs == {
        4: "产品不能是自己的上游“示例led”",
        5: "两个产品互为上游“示例香膏、示例香精”,方向矛盾,两条都不载入",
        6: "两个产品互为上游“示例香精、示例香膏”,方向矛盾,两条都不载入",
        7: "产品小类只是字面包含,不作为事实载入",
        8: "会计科目行,不是产品“平衡项目、示例钢板”",
        10: "不认识的关系“同类产品”,应为 上游材料、下游产品 或 产品小类",
    }


def test_faults_that_load_are_told(fresh: Store) -> None:
    report = load([MINI], fresh)
    assert told(report, "company") == {
        "个股票代码各有两个以上的全称,见拒收与冲突": 2,
        "行的股票代码没有交易所后缀,已按号段补全,原代码见备注": 3,
        "行的 location 不是交易所,未载入": 1,
        "行没有上市日期,原值见备注": 3,
    }
    assert told(report, "industry_up") == {
        "行共 4 条边,按边计数: 行号 12003 即第 12 行的第 3 个上游": 4,
        "行没有任何上游": 1,
        "对行业互为上游,两个方向都载入": 1,
    }
    assert told(report, "company_product") == {
        "行的权重小于 0,权重不是占比": 2,
        "行的权重大于 1,权重不是占比": 1,
        "行因此只载入关系、不载入权重(原值见备注),其余是会计科目行": 2,
        "行的企业和产品与前面某行相同": 1,
        "行没有公司简称,按股票代码认定企业": 1,
        "个股票代码没有任何产品,企业照常载入": 3,
    }


def read_values(store: Store, query: str) -> list[list[object]]:
    return [list(row.values()) for row in store.read(query).rows]


def test_firms_arrive_with_codes_aliases_and_notes(fresh: Store) -> None:
    load([MINI], fresh)
    shanghai, shenzhen = "上市交易所: 上海证券交易所", "上市交易所: 深圳证券交易所"
    columns = "e.stock_code, e.name, e.short_name, e.aliases, e.listed_on"
    assert read_values(fresh, f"MATCH (e:Enterprise) RETURN {columns} ORDER BY e.stock_code") == [
        ["000003.SZ", "示例丙新材料股份有限公司", "示例丙", ["示例丙新材料有限公司"], None],
        ["300002.SZ", "示例乙科技股份有限公司", "示例乙", None, "2002-02-02"],
        ["600001.SH", "示例甲钢铁股份有限公司", "示例甲", ["900001.SH", "示例甲B"], "2001-01-01"],
        ["600004.SH", "示例丁软件股份有限公司", "示例丁", None, "2020-04-04"],
        ["600006.SH", "示例庚装备股份有限公司", "示例庚", None, "2006-06-06"],
    ]
    notes = read_values(fresh, "MATCH (e:Enterprise) RETURN e.note ORDER BY e.stock_code")
    assert notes == [
        [f"{shenzhen}; 上市日期原为 深圳证券交易所,不是日期"],
        [f"{shenzhen}; 股票代码原为 300002,缺交易所后缀"],
        [shanghai],
        [f"{shanghai}; 股票代码原为 600004,缺交易所后缀"],
        [None],
    ]
    assert read_values(fresh, "MATCH (:Enterprise)-[r:LOCATED_IN]->() RETURN count(r)") == [[0]]


def test_relations_arrive_with_direction_weight_and_trust(fresh: Store) -> None:
    load([MINI], fresh)
    pattern = "MATCH (e:Enterprise)-[r:PRODUCES]->(p:Product)"
    assert read_values(
        fresh, f"{pattern} RETURN e.stock_code, p.name, r.weight, r.note ORDER BY e.stock_code, p.name"
    ) == [
        ["300002.SZ", "示例led", 0.5, None],
        ["300002.SZ", "示例轧机", None, "原权重 -0.5 不在 0 与 1 之间,未载入"],
        ["600001.SH", "示例轧机", 0.25, None],
        ["600001.SH", "示例钢板", 0.75, None],
    ]
    pattern = "MATCH (a:Product)-[r:INPUT_TO]->(b:Product)"
    assert read_values(
        fresh, f"{pattern} RETURN a.name, b.name, r.status, r.confidence, r.source ORDER BY a.name, b.name"
    ) == [
        ["示例轧机", "示例led", "inferred", 0.2, "ChainKnowledgeGraph (liuhuanyong, 2021)"],
        ["示例轧机", "示例钢板", "inferred", 0.2, "ChainKnowledgeGraph (liuhuanyong, 2021)"],
    ]
    pattern = "MATCH (a:Industry)-[r:UPSTREAM_OF]->(b:Industry)"
    assert read_values(fresh, f"{pattern} RETURN a.name, b.name, r.weight ORDER BY a.name") == [
        ["示例板材", "示例钢铁", 2.0],
        ["示例钢铁", "示例板材", 3.0],
    ]


def test_former_name_is_a_conflict_with_both_sides(fresh: Store) -> None:
    (conflict,) = load([MINI], fresh).conflicts
    assert conflict.left == {"name": "示例旧名化工股份有限公司", "uscc": None, "stock_code": "000003.SZ"}
    assert (conflict.right["name"], conflict.right["stock_code"]) == ("示例丙新材料股份有限公司", "000003.SZ")


def test_rejects_can_be_mended_and_loaded(fresh: Store, tmp_path: Path) -> None:
    report = load([MINI], fresh, Options(rejects=tmp_path / "rejects"))
    written = {Path(path).stem: Path(path) for path in report.rejects_written}
    assert len(written) == len(counts(report)) - 1  # what the list is stands in no row of it
    heads, *rows = openpyxl.load_workbook(written["company-rejects"]).active.iter_rows(values_only=True)
    told = [dict(zip(map(str, heads), cells, strict=True)) for cells in rows]
    row = next(row for row in told if row["stock_code"] == "000003.SZ")
    refused = tmp_path / "mended.csv"
    with refused.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*row])
        writer.writeheader()
        writer.writerow(row | {"aliases": "示例丙新材料股份有限公司"})
    again = load([refused], fresh)
    assert (again.total("read"), again.total("changed"), again.rejected) == (1, 1, [])
    names = fresh.read("MATCH (e:Enterprise {stock_code: '000003.SZ'}) RETURN e.name, e.aliases").rows
    assert names == [
        {"e.name": "示例旧名化工股份有限公司", "e.aliases": ["示例丙新材料有限公司", "示例丙新材料股份有限公司"]}
    ]


def test_folder_below_another_is_found_and_lacking_files_are_told(fresh: Store, tmp_path: Path) -> None:
    folder = copytree(MINI, tmp_path / "outer" / "inner")
    (folder / "industry.json").unlink()
    report = load([tmp_path / "outer"], fresh)
    assert "product.json: 目录里没有 industry.json,其余文件照常载入" in report.warnings
    assert counts(report)["company_industry"] == (5, 0, 0, 0, 5)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report, Report]:
    """The real folder, and the reports of loading it twice."""
    if not REAL.exists():
        pytest.skip(f"outside data not at hand: {REAL}")
    folder = tmp_path_factory.mktemp("ckg") / "ckg"
    with tarfile.open(REAL) as archive:
        if hasattr(tarfile, "data_filter"):  # Python 3.11 before 3.11.4 has none
            archive.extractall(folder, filter="data")
        else:
            archive.extractall(folder)
    opened = open_store(f"ladybug://{folder.parent}/g.lbug")
    first, again = load([folder], opened), load([folder], opened)
    opened.close()
    return folder, first, again


def test_real_sums_add_up(real: tuple[Path, Report, Report]) -> None:
    folder, first, again = real
    assert not first.failed
    for file in (*first.files, *again.files):
        assert file.read == file.new + file.changed + file.same + file.rejected, file
    made = {"company_regions", "company_places", "company_universe"}  # read out of names; what the list is
    lines = {path.stem: len(read_lines(path)) for path in folder.rglob("*.json")}
    edges = sum(len(line["ups"] or {}) for path in folder.rglob("industry_up.json") for line in read_lines(path))
    read = {stem: read for stem, (read, *_) in counts(first).items() if stem not in made}
    assert read == lines | {"industry_up": edges}
    assert (lines["industry_up"], edges) == (335, 5256)


def test_real_firms_are_where_their_full_names_say(real: tuple[Path, Report, Report]) -> None:
    _, first, _ = real
    read, new, *_, rejected = counts(first)["company_places"]
    assert (read > 3_000, rejected < 50, new > 3_000) == (True, True, True)


def test_a_firm_is_where_its_full_name_says(tmp_path: Path, fresh: Store) -> None:
    copytree(MINI, tmp_path / "ckg")
    row = {
        "name": "示例海信",
        "fullname": "青岛示例视像股份有限公司",
        "code": "600999",
        "location": "上海证券交易所",
        "time": "1997-04-22",
    }
    with (tmp_path / "ckg" / "company.json").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    assert not load([tmp_path / "ckg"], fresh).failed
    (edge,) = [row for frame in fresh.edges(LocatedIn, ("Enterprise", "Region")) for row in frame.iter_rows(named=True)]
    assert (edge["to"], edge["status"], edge["note"]) == ("3702", "inferred", "按企业名称里的地名")


def test_real_folder_again_is_all_same(real: tuple[Path, Report, Report]) -> None:
    _, first, again = real
    assert counts(again) == {
        stem: (read, 0, 0, read - rejected, rejected) for stem, (read, *_, rejected) in counts(first).items()
    }
    assert again.version == first.version


def test_real_faults_are_all_met(real: tuple[Path, Report, Report]) -> None:
    _, report, _ = real
    company, produces = told(report, "company"), told(report, "company_product")
    assert list(company.values()) == [53, 752, 1, 86]
    assert list(produces.values()) == [763, 48, 75, 578, 803, 754]
    assert told(report, "industry_up")["行没有任何上游"] == 89
    met = Counter((Path(reject.file).stem, reject.reason.split("“")[0].split("(")[0]) for reject in report.rejected)
    assert met == {
        ("product", "会计科目行,不是产品"): 68,
        ("product", "名称: 含有不可见的控制字符 U+007F,请删去后重试"): 3,
        ("product", "名称: 含有不可见的控制字符 U+200D,请删去后重试"): 1,
        ("company", "股票代码与全称对不上"): 22,
        ("company_places", "对象: 图中没有部门、赋能中心、产业链、集群等"): 30,  # firms that are refused themselves
        ("company", "同一股票代码,名称不同"): 43,
        ("company_industry", "企业: 图中没有企业"): 104,
        ("company_industry", "所属行业: 图中没有行业"): 164,
        ("company_industry", "行业代码与行业名称对不上"): 60,
        ("industry_up", "上游行业: 图中没有行业"): 37,
        ("industry_up", "下游行业: 图中没有行业"): 48,
        ("company_product", "会计科目行,不是产品"): 2001,
        ("company_product", "产品: 图中没有产品"): 5,
        ("product_product", "产品小类只是字面包含,不作为事实载入"): 52_937,
        ("product_product", "产品不能是自己的上游"): 107,
        ("product_product", "两个产品互为上游"): 8,
        ("product_product", "投入品: 图中没有产品"): 6,  # one more names two that are there
        ("product_product", "会计科目行,不是产品"): 1,
    }


def test_real_unknown_firms_and_industries(real: tuple[Path, Report, Report]) -> None:
    folder, report, _ = real
    masters = {str(line["code"])[:6] for line in read_lines(next(folder.rglob("company.json")))}
    lines = read_lines(next(folder.rglob("company_industry.json")))
    unknown = {number for number, line in enumerate(lines, 1) if str(line["company_code"])[:6] not in masters}
    assert len(unknown) == 103
    assert unknown <= set(reasons(report, "company_industry"))
    problems = [
        problem
        for reject in report.rejected
        if Path(reject.file).stem == "company_industry"
        for problem in reject.problems
    ]
    refused_masters = {
        problem.value for problem in problems if problem.column == "企业" and problem.value[:6] in masters
    }
    assert refused_masters == {"300818.SZ", "688078.SH", "688080.SH"}
    assert len({problem.value for problem in problems if problem.column == "所属行业"}) == 8


@pytest.mark.parametrize(
    ("code", "whole"),
    [("000001", "000001.SZ"), ("200011", "200011.SZ"), ("301079", "301079.SZ"), ("600519", "600519.SH"), ("900901", "900901.SH"),
     ("600519.SH", "600519.SH"), ("830799", "830799"), ("00001", "00001"), ("", None)],
)  # fmt: skip
def test_a_code_is_of_the_exchange_that_its_range_tells(code: str, whole: str | None) -> None:
    assert _stock_code({"code": code}, "code") == whole

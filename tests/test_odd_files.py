"""Odd files as offices have them: read as they are meant, each with a note, nothing lost or changed without a word."""

from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from graph.errors import InputError
from graph.model.nodes import Chain, Enterprise, Product, Project
from graph.stores import Store, open_store
from loaders.files.text import read_text
from loaders.report import Report
from loaders.rows.as_meant import as_meant
from loaders.run import Options, load, load_rows

HEADS = {"name": "企业名称", "uscc": "统一社会信用代码", "stock_code": "股票代码", "source": "来源"}


def put(store: Store, folder: Path, text: str, **options: object) -> Report:
    path = folder / "企业.csv"
    path.write_text(text, "utf-8")
    return load([path], store, Options(**options))  # type: ignore[arg-type]


def firms(store: Store) -> list[tuple[str, str | None, str | None]]:
    return sorted(store.nodes(Enterprise).select("name", "uscc", "stock_code").iter_rows())


def test_what_is_no_code_tells_no_firms_apart(store: Store, tmp_path: Path) -> None:
    words = ["未上市", "无", "-", "nan", "000000", "N/A", "——", "＊＊＊"]
    rows = [f"示例{number}仪器有限公司,{word},{word},示例名录\n" for number, word in enumerate(words)]
    report = put(store, tmp_path, "企业名称,统一社会信用代码,股票代码,来源\n" + "".join(rows))
    assert (report.total("new"), report.rejected, report.conflicts) == (8, [], [])
    assert {firm[1:] for firm in firms(store)} == {(None, None)}
    assert len(report.notes) == 16
    assert [(note, number) for note, number, _ in report.noted()] == [("不是代码,没有当作代码", 8)] * 2


def test_codes_that_excel_changed_are_not_kept_as_codes(store: Store, tmp_path: Path) -> None:
    report = put(store, tmp_path, "企业名称,统一社会信用代码,股票代码,来源\n示例甲公司,9.13702E+17,2,示例名录\n")
    assert firms(store) == [("示例甲公司", None, None)]
    assert [(note.row, note.column, note.value) for note in report.notes] == [
        (2, "统一社会信用代码", "9.13702E+17"), (2, "股票代码", "2"),
    ]  # fmt: skip
    assert all("Excel" in note.note for note in report.notes)
    assert report.bad is False


def test_marks_that_a_cell_is_text_are_no_part_of_it(store: Store, tmp_path: Path) -> None:
    rows = [
        ("示例甲公司", '="91370200MA3C12345X"', '="000002"', "91370200MA3C12345X", "000002"),
        ("示例乙公司", "'91370200MA3C54321X", "'000003", "91370200MA3C54321X", "000003"),
        ("示例丙公司", "９１３７０２００ＭＡ３Ｃ８８８８８Ｘ", "０００００５", "91370200MA3C88888X", "000005"),
        ("'示例丁公司", "", "600690.SH", None, "600690.SH"),
    ]
    lines = [
        f'{name},"{code.replace(chr(34), chr(34) * 2)}","{stock.replace(chr(34), chr(34) * 2)}",示例\n'
        for name, code, stock, *_ in rows
    ]
    report = put(store, tmp_path, "企业名称,统一社会信用代码,股票代码,来源\n" + "".join(lines))
    assert report.rejected == []
    assert firms(store) == sorted((name.lstrip("'"), code, stock) for name, _, _, code, stock in rows)
    assert len(report.notes) == 7


def test_heads_sums_and_remarks_are_no_rows(store: Store, tmp_path: Path) -> None:
    text = (
        "序号,企业名称,别名,来源\n1,示例甲公司,,示例名录\n序号,企业名称,别名,来源\n2,示例乙公司,,示例名录\n,小计,,示例名录\n"
        "合计,2家,,示例名录\n合 计,合计,,示例名录\n备注：以上为初步名单,,,\n,填表人：张三,,\n3,合计划数字科技公司,总计,示例名录\n"
    )
    report = put(store, tmp_path, text)
    assert [name for name, _, _ in firms(store)] == ["合计划数字科技公司", "示例乙公司", "示例甲公司"]
    assert (report.total("read"), report.bad) == (3, False)
    assert [(note.row, note.note[:4]) for note in report.notes] == [
        (3, "又是表头"), (5, "是合计或"), (6, "是合计或"), (7, "是合计或"), (8, "是合计或"), (9, "是合计或"),
    ]  # fmt: skip


def test_a_file_says_once_where_it_is_from(store: Store, tmp_path: Path) -> None:
    proof = {"source": "企查查导出 2026-11-20", "status": "据报道"}
    report = put(store, tmp_path, "企业名称,来源\n示例甲公司,\n示例乙公司,自己的来源\n", proof=proof)
    assert report.bad is False
    rows = sorted(store.nodes(Enterprise).select("name", "source", "status").iter_rows())
    assert rows == [("示例乙公司", "自己的来源", "reported"), ("示例甲公司", "企查查导出 2026-11-20", "reported")]
    other = put(store, tmp_path, "企业名称\n示例丙公司\n", proof={"source": "s", "status": "curated"})
    assert other.bad is False
    assert put(store, tmp_path, "企业名称\n示例丁公司\n").rejected[0].column == "来源"


def test_the_same_file_again_says_the_same(store: Store, tmp_path: Path) -> None:
    text = "企业名称,股票代码,来源\n示例甲公司,未上市,示例名录\n"
    first, again = put(store, tmp_path, text), put(store, tmp_path, text)
    assert again.total("same") == 1
    assert again.notes == first.notes
    assert again.as_dict()["notes"][0]["value"] == "未上市"


@pytest.mark.parametrize(
    "name",
    [
        "注意力科技公司",
        "说明书印刷公司",
        "备注软件公司",
        "合计量科技公司",
        "小计算机公司",
        "无锡某公司",
        "'90后'文化公司",
        "NA公司",
    ],
)
def test_a_name_that_only_looks_like_it_stays(name: str) -> None:
    frame = pl.DataFrame({"__row": [2], "name": [name], "source": ["s"]})
    meant, notes = as_meant(frame, Enterprise, HEADS)
    assert (meant["name"].to_list(), notes) == ([name], [])


def test_empty_cells_too_many_are_nothing(store: Store, tmp_path: Path) -> None:
    text = "企业名称,来源\n示例甲公司,示例名录,\n示例乙公司,示例名录,,\n示例丙公司,示例名录\n示例丁公司,示例名录,多的\n"
    report = put(store, tmp_path, text)
    assert [name for name, _, _ in firms(store)] == ["示例丙公司", "示例乙公司", "示例甲公司"]
    assert [(reject.row, "3 列" in reject.reason) for reject in report.rejected] == [(5, True)]
    assert report.total("read") == 4


def test_a_cell_merged_downwards_holds_for_each_of_its_rows(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "企业.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["企业名称", "别名", "来源"])
        page.write_column(1, 0, ["示例甲公司", "示例乙公司", "示例丙公司", "示例丁公司"])
        page.merge_range(1, 2, 3, 2, "一号名录")
        page.write(4, 2, "二号名录")
        page.merge_range(1, 1, 2, 1, "共同")
    assert load([path], store).bad is False
    told = sorted(store.nodes(Enterprise).select("name", "source", "aliases").iter_rows())
    assert [(name[2], source, aliases) for name, source, aliases in told] == [
        ("丁", "二号名录", None), ("丙", "一号名录", None), ("乙", "一号名录", ["共同"]), ("甲", "一号名录", ["共同"]),
    ]  # fmt: skip


def test_values_are_parted_at_commas_only_where_every_part_is_something(store: Store, tmp_path: Path) -> None:
    chains = [{"id": id, "name": name, "source": "s"} for id, name in (("a", "集成电路"), ("b", "新型显示"))]
    load_rows(Chain, chains, store)
    products = [{"name": name, "source": "s"} for name in ("Pt/C", "1,4-丁二醇", "芯片")]
    load_rows(Product, products, store)
    text = (
        "企业名称;产业链;产品;来源\n示例甲公司;集成电路，新型显示;芯片,Pt/C;s\n示例乙公司;集成电路/新型显示;Pt/C;s\n"
        "示例丙公司;集成电路,没有的链;1,4-丁二醇;s\n示例丁公司;集成电路;1,4-丁二醇;s\n"
        "示例戊公司;集成电路 新型显示;;s\n示例己公司;集成电路|新型显示;;s\n"
    )
    report = put(store, tmp_path, text)
    assert [reject.row for reject in report.rejected] == [4]
    assert "集成电路,没有的链" in report.rejected[0].reason
    asked = "MATCH (e:Enterprise)-[:{}]->(t:{}) RETURN e.name AS firm, t.name AS thing"
    made = [
        row for ends in (("ON_CHAIN", "Chain"), ("PRODUCES", "Product")) for row in store.read(asked.format(*ends)).rows
    ]
    assert sorted((row["firm"][2], row["thing"]) for row in made) == sorted([
        ("丁", "1,4-丁二醇"), ("丁", "集成电路"), *((one, chain) for one in ("己", "戊") for chain in ("新型显示", "集成电路")),
        ("乙", "Pt/C"), ("乙", "新型显示"), ("乙", "集成电路"),
        ("甲", "Pt/C"), ("甲", "新型显示"), ("甲", "芯片"), ("甲", "集成电路"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("head", "cell", "yuan"),
    [
        ("总投资（亿元）", "12", 1.2e9), ("总投资(亿元)", "12.5", 1.25e9), ("投资额（万元）", "1,200", 1.2e7), ("投资额(千元)", "300", 3e5),
        ("投资额 (单位：亿元)", "3", 3e8), ("投资额", "12亿元", 1.2e9), ("投资额", "1000万元人民币", 1e7), ("投资额（亿元）", "5000万元", 5e7),
        ("投资额（元）", "5", 5.0), ("金额(百万元)", "2", 2e6),
    ],
)  # fmt: skip
def test_an_amount_is_read_by_the_unit_in_its_head(tmp_path: Path, head: str, cell: str, yuan: float) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    path = tmp_path / "项目.csv"
    path.write_text(f'项目名称,{head},来源\n示例项目,"{cell}",台账\n', "utf-8")
    report = load([path], store)
    assert (report.rejected, report.failed) == ([], [])
    assert store.nodes(Project)["amount"].to_list() == [yuan]
    store.close()


@pytest.mark.parametrize(
    ("file", "head"),
    [("产品", "产品名称"), ("园区", "园区名称"), ("产业链", "产业链名称"), ("环节", "环节名称"), ("项目", "项目名称")],
)
def test_a_head_may_be_a_word_longer(tmp_path: Path, file: str, head: str) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    path = tmp_path / f"{file}.csv"
    path.write_text(f"{head},来源\n示例,台账\n", "utf-8")
    report = load([path], store, Options(dry_run=True))
    assert (report.total("new"), report.failed, report.warnings) == (1, [], [])
    store.close()


QUOTED = "企业名称,说明,来源\n"


@pytest.mark.parametrize(
    ("rows", "loaded", "refused"),
    [
        ('甲,"主营电机,s\n乙,主营电机,s\n丙,"主营轴承",s\n丁,主营电机,s\n', "乙丙丁", [(2, "第 2-4 行")]),
        ('甲,"主营,s\n乙,b,s\n丙,c",s\n丁,d,s\n', "乙丁", [(2, "第 2-4 行"), (4, "引号不成对")]),
        ('甲,"主营,s\n乙,b,s\n\n丙,c,s\n', "乙丙", [(2, "第 2-5 行")]),
        ('甲,a,s\n乙,"b\nc,s\n丙,c,s\n', "甲丙", [(3, "第 3-5 行"), (4, "2 列")]),
        ('甲,"主营"轴承,s\n乙,b,s\n', "乙", [(2, "从第 2 行")]),
        ('"甲","a","s\n"乙","b","s"\n"丙","c","s"\n', "乙丙", [(2, "第 2-3 行")]),
        ('甲,6" 法兰,s\n乙,主营"轴承"等,s\n', "甲乙", []),
        ('甲,"一\n二,\r\n三""",s\n乙,"一,二\n三,四",s\n', "甲乙", []),
        ('甲,"一\n\n二",s\n"乙\n丙",b,"s"\n', "甲乙", []),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_an_open_quote_takes_no_rows_with_it(
    tmp_path: Path, rows: str, loaded: str, refused: list[tuple[int, str]], encoding: str
) -> None:
    path = tmp_path / "企业.csv"
    path.write_bytes((QUOTED + rows).encode(encoding))
    (sheet,) = read_text(path)
    assert [row[0][0] for frame in sheet.chunks for row in frame.iter_rows()] == [*loaded]
    assert [(bad.row, told in bad.reason) for bad, (_, told) in zip(sheet.bad, refused, strict=True)] == [
        (row, True) for row, _ in refused
    ]


def test_thirty_rows_are_not_in_a_description(store: Store, tmp_path: Path) -> None:
    lines = [f"示例{number:02}号公司,主营电机,示例名录\n" for number in range(1, 61)]
    lines[9], lines[39] = lines[9].replace("主营", '"主营'), lines[39].replace("主营电机", '"主营电机"')
    report = put(store, tmp_path, QUOTED + "".join(lines))
    assert (report.total("new"), [reject.row for reject in report.rejected]) == (59, [11])
    assert store.nodes(Enterprise)["description"].unique().to_list() == ["主营电机"]


def test_a_quote_far_into_a_large_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "企业.csv"
    lines = [f'企业{number},"说明,\n第二行",年鉴\n' for number in range(300_000)]
    lines[250_000] = '企业,"说明,年鉴\n'
    path.write_text(QUOTED + "".join(lines), "utf-8")
    (sheet,) = read_text(path)
    assert sum(map(len, sheet.chunks)) == 299_999
    assert [bad.row for bad in sheet.bad] == [250_002]


SOME = "企业名称,来源\n示例甲机电有限公司,示例名录\n示例乙轴承有限公司,示例名录\n"


@pytest.mark.parametrize(
    ("content", "loaded", "row", "told"),
    [
        (SOME.encode() + "示例丙光电公司,名录\n".encode("gb18030"), 2, 4, "GB18030 编码的字"),
        (SOME.encode() + "示例,".encode("gb18030") + "示例名录\n".encode(), 2, 4, "编码混杂"),
        (SOME.encode("gb18030") + "示例丙光电公司,名录\n".encode(), 2, 4, "UTF-8 编码的字"),
        (SOME.encode() + b"\xe7\xa4\xff,x\n" + SOME[8:].encode(), 4, 4, "读不出的字"),
        (SOME.encode("gb18030") + b"\xff,x\n", 2, 4, "读不出的字"),
        (SOME.encode("gb18030") + b"\x81\n", 2, 4, "读不出的字"),
        (SOME.encode("utf-8-sig") + b"\x81\x30,x\n", 2, 4, "读不出的字"),
        (b"name,source\nA,x\n\xff,x\n", 1, 3, "读不出的字"),
    ],
)
def test_a_line_of_another_encoding_refuses_itself_alone(
    store: Store, tmp_path: Path, content: bytes, loaded: int, row: int, told: str
) -> None:
    path = tmp_path / "企业.csv"
    path.write_bytes(content)
    report = load([path], store)
    refused = [(reject.row, told in reject.reason) for reject in report.rejected]
    assert (len({*store.nodes(Enterprise)["name"]}), refused) == (min(loaded, 2), [(row, True)])
    assert {name[:2] for name in store.nodes(Enterprise)["name"]} <= {"示例", "A"}


def test_big5_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "企業.csv"
    path.write_bytes("name,說明,source\n青島機電股份有限公司,從事電機與軸承,年鑑\n".encode("big5"))
    (sheet,) = read_text(path)
    assert [row[:3] for frame in sheet.chunks for row in frame.iter_rows()] == [
        ("青島機電股份有限公司", "從事電機與軸承", "年鑑")
    ]


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("name,source\nサンプル株式会社テスト,データ\n", "shift_jis", "日文"),
        ("name,source\nサンプル株式会社テスト,データ\n", "euc_jp", "日文"),
        ("name,source\n한국전자공업주식회사,명단자료집산업\n예시주식회사,명단자료집\n", "euc_kr", "韩文"),
        ("name,source\nSociété Générale,Lühe\nÅngström,x\n", "latin-1", "西文"),
        (SOME, "utf-32", "UTF-32"),
        (SOME, "utf-32-be", "UTF-32"),
    ],
)
def test_text_of_another_encoding_is_not_read_as_gb18030(tmp_path: Path, text: str, encoding: str, told: str) -> None:
    path = tmp_path / "企业.csv"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(InputError, match=told):
        read_text(path)


def test_the_characters_that_gb18030_moved_in_2022_are_read_where_they_are_now(tmp_path: Path) -> None:
    codes = ["a6d9", "a6da", "a6db", "a6dc", "a6dd", "a6de", "a6df", "a6ec", "a6ed", "a6f3"]
    codes += ["fe59", "fe61", "fe66", "fe67", "fe6d", "fe7e", "fe90", "fea0", "82359037", "84318236"]
    path = tmp_path / "企业.csv"
    path.write_bytes(SOME.encode("gb18030") + bytes.fromhex("".join(codes)) + b",x\n")
    (sheet,) = read_text(path)
    assert [row[0] for frame in sheet.chunks for row in frame.iter_rows()][2] == (
        "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
        "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb\u9fb4\ufe10"
    )
    path.write_text(SOME + "\ue81e,x\n", "utf-8")  # whoever says the private one in UTF-8 may mean it
    (sheet,) = read_text(path)
    assert [row[0] for frame in sheet.chunks for row in frame.iter_rows()][2] == "\ue81e"


def test_what_a_formula_failed_with_is_told_and_no_value(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "企业.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["企业名称", "统一社会信用代码", "说明", "来源"])
        page.write_row(1, 0, ["示例甲公司", "", "", "示例名录"])
        page.write_formula(1, 1, "=VLOOKUP(1,Z1:Z2,1,0)", None, "#N/A")
        page.write_formula(1, 2, "=1/0", None, "#DIV/0!")
        page.write_formula(2, 0, "=Z9", None, "#REF!")
        page.write(2, 3, "示例名录")
        page.write_row(3, 0, ["示例乙公司", "", "#NAME?", "示例名录"])
    report = load([path], store)
    assert firms(store) == [("示例乙公司", None, None), ("示例甲公司", None, None)]
    assert [(note.row, note.column, note.note) for note in report.notes] == [
        (2, "统一社会信用代码", "单元格是 Excel 错误值 #N/A,按空读"), (2, "说明", "单元格是 Excel 错误值 #DIV/0!,按空读"),
        (4, "说明", "单元格是 Excel 错误值 #NAME?,按空读"),
    ]  # fmt: skip
    assert [(each.row, each.column, "Excel 错误值 #REF!" in each.reason) for each in report.rejected] == [
        (3, "名称", True)
    ]


@pytest.mark.parametrize(
    "error", ["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"]
)
def test_errors_of_excel_in_text_are_told_too(tmp_path: Path, error: str) -> None:
    frame = pl.DataFrame(
        {"__row": [2, 3], "name": ["示例甲公司", "#1 公司"], "stock_code": [error, ""], "source": ["s", "s"]}
    )
    meant, notes = as_meant(frame, Enterprise, HEADS)
    assert meant["stock_code"].to_list() == [None, None]
    assert meant["name"].to_list() == ["示例甲公司", "#1 公司"]
    assert [(note.row, note.note) for note in notes] == [(2, f"单元格是 Excel 错误值 {error},按空读")]


def test_what_is_hidden_is_loaded_and_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "企业.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("在册")
        page.write_row(0, 0, ["企业名称", "说明", "来源"])
        for row in range(1, 6):
            page.write_row(row, 0, [f"示例{row}公司", "", "示例名录"])
        for row in (2, 3, 5, 900):
            page.set_row(row, None, None, {"hidden": True})
        page.set_column(1, 1, None, None, {"hidden": True})
        other = book.add_worksheet("旧表")
        other.write_row(0, 0, ["企业名称", "来源"])
        other.write_row(1, 0, ["示例旧公司", "示例名录"])
        other.hide()
    report = load([path], store)
    assert (report.total("new"), report.bad) == (6, False)
    assert report.warnings == [
        "企业.xlsx: 表“在册”有 3 个隐藏行也已载入: 第 3-4、6 行", "企业.xlsx: 表“在册”的隐藏列 B 也已读", "企业.xlsx: 表“旧表”是隐藏的,也已载入",
    ]  # fmt: skip


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_are_read_in_the_system_of_their_workbook(tmp_path: Path, since_1904: bool) -> None:
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    path = tmp_path / "企业.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": since_1904}) as book:
        page, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_row(0, 0, ["企业名称", "上市日期", "来源"])
        page.write_row(1, 0, ["示例甲公司", "", "s"])
        page.write_datetime(1, 1, datetime(2020, 5, 17), day)
        page.write_row(2, 0, ["示例乙公司", 43968 - (1462 if since_1904 else 0), "s"])
    report = load([path], store)
    assert report.rejected == []
    assert store.nodes(Enterprise)["listed_on"].to_list() == ["2020-05-17"] * 2
    assert [(note.row, note.note) for note in report.notes] == [(3, "是 Excel 的日期序号,读作 2020-05-17")]
    store.close()


def test_a_file_that_changes_while_it_is_read_loads_nothing(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "企业.csv"
    path.write_text(SOME, "utf-8")

    def step(text: str, _rows: int) -> None:
        if text.startswith("读取"):
            with path.open("a", encoding="utf-8") as stream:
                stream.write("示例丙公司,示例名录\n")

    with pytest.raises(InputError, match="载入时文件被改动了"):
        load([path], store, Options(step=step))
    assert store.nodes(Enterprise).is_empty()
    assert load([path], store).total("new") == 3


@pytest.mark.parametrize("source", ["", "  "])
def test_a_source_that_is_empty_is_refused_at_once(store: Store, tmp_path: Path, source: str) -> None:
    with pytest.raises(InputError, match="source 是空的"):
        put(store, tmp_path, SOME, proof={"source": source})
    assert store.nodes(Enterprise).is_empty()


@pytest.mark.parametrize(
    ("suffix", "size", "start"), [("xlsx", 300, b"PK\x03\x04"), ("xls", 300, b"\xd0\xcf\x11\xe0"), ("jsonl", 300, b"{")]
)
def test_a_file_of_300_mb_that_has_to_be_held_whole_is_refused_by_its_size(
    tmp_path: Path, suffix: str, size: int, start: bytes
) -> None:
    path = tmp_path / f"企业.{suffix}"
    with path.open("wb") as stream:
        stream.write(start)
        stream.truncate(size << 20)  # a hole: nothing is written
    store = open_store(f"ladybug://{tmp_path}/g.lbug")
    report = load([path], store, Options(dry_run=True))
    assert [("300 MB" in failure["reason"], "超过上限" in failure["reason"]) for failure in report.failed] == [
        (True, True)
    ]
    store.close()


def test_several_other_names_of_a_firm_are_parted(store: Store, tmp_path: Path) -> None:
    text = (
        '企业名称,别名,来源\n示例甲公司,甲链，甲多链,s\n示例乙公司,乙链/乙多链,s\n示例丙公司,"Alias One, Ltd.",s\n示例丁公司,丁链 丁多链,s\n'
        "示例戊公司,示例旧戊公司 示例老戊公司,s\n示例己公司,1.示例旧己公司;2.示例老己公司,s\n示例庚公司,AB/C,s\n"
    )
    report = put(store, tmp_path, text)
    said = {row["name"][2]: row["aliases"] for row in store.nodes(Enterprise).iter_rows(named=True)}
    assert {name: sorted(aliases) for name, aliases in said.items()} == {
        "甲": ["甲多链", "甲链"], "乙": ["乙多链", "乙链"], "丙": ["Alias One, Ltd."], "丁": ["丁链 丁多链"],
        "戊": ["示例旧戊公司", "示例老戊公司"], "己": ["示例旧己公司", "示例老己公司"], "庚": ["AB/C"],
    }  # fmt: skip
    assert [(note.row, note.value) for note in report.notes] == [(5, "丁链 丁多链")]


def test_numbers_of_registers_that_a_spreadsheet_changed_are_told(store: Store, tmp_path: Path) -> None:
    text = (
        "企业名称,统一社会信用代码,注册号,股票代码,来源\n示例甲公司,913702001234567000,370200018000123,600001.0,s\n"
        "示例乙公司,,3.702E+14,000002,s\n示例丙公司,,SC123456,,s\n"
    )
    report = put(store, tmp_path, text)
    said = store.nodes(Enterprise).select("name", "uscc", "registration_number", "stock_code").rows()
    assert sorted(said) == sorted([
        ("示例甲公司", None, "370200018000123", "600001"), ("示例乙公司", None, None, "000002"),
        ("示例丙公司", None, "SC123456", None),
    ])  # fmt: skip
    assert sorted((note.row, note.column) for note in report.notes) == [
        (2, "统一社会信用代码"), (2, "股票代码"), (3, "注册号"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding", "told"),
    [
        ("company_name,address\n삼성예시전자,서울시 강남구\n", "euc_kr", "韩文"),
        ("company_name,address\n示例電機株式会社,東京都港区\n", "euc_jp", "日文"),
        ("company_name,address\n示例電機株式会社,東京都港区\n", "shift_jis", "日文"),
    ],
)
def test_a_few_words_of_another_encoding_are_told_too(tmp_path: Path, text: str, encoding: str, told: str) -> None:
    path = tmp_path / "register.csv"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(InputError, match=told):
        read_text(path)

"""Forms: every kind has one that opens, with drop-downs and an example row; filled in, it loads back."""

from pathlib import Path

import openpyxl
import pytest
from loader_parts import check, counts, new_store, put, run

from graph.errors import InputError
from graph.model import EDGES, NODES, Record, file_name, zh_heads
from graph.model.edges import Supplies
from graph.model.nodes import Enterprise, Product, Project, Statement
from graph.statuses import STATUS_ZH
from loaders.files.heads import accepted, required
from loaders.layouts.spelling import clean_head
from loaders.templates import write_template

FILLED: dict[type[Record], list[dict[str, str]]] = {
    Enterprise: [
        {"name": "青岛甲有限公司", "source": "名录", "uscc": "91110000600037341L", "status": "已证实", "products": "轴承;齿轮", "aliases": "甲;甲厂", "listed_on": "2022年7月"},
        {"name": "青岛乙有限公司", "source": "名录", "status": "据报道", "parent": "青岛甲有限公司", "confidence": "0.5"},
    ],
    Product: [{"name": "轴承", "source": "名录", "kind": "产品"}, {"name": "齿轮", "source": "名录", "kind": "产品", "status": "整理"}],
    Project: [{"name": "项目一", "source": "公告", "stage": "开工", "amount": "12.5", "currency": "CNY", "investors": "青岛甲有限公司"}],
    Statement: [{"subject": "青岛甲有限公司", "metric": "营业收入", "value": "1200", "unit": "万元", "as_of": "2022-H1", "source": "年报", "status": "已证实"}],
    Supplies: [{"supplier": "青岛甲有限公司", "customer": "青岛乙有限公司", "product": "轴承", "source": "年报", "since": "2020"}],
}  # fmt: skip


def form(record: type[Record], folder: Path) -> Path:
    path = folder / f"{file_name(record)}.xlsx"
    write_template(record, path)
    return path


def fill(path: Path, record: type[Record], rows: list[dict[str, str]]) -> None:
    """Write rows over the example, as a person would."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    for column in range(1, len(zh_heads(record)) + 1):
        page.cell(2, column).value = None
    for number, row in enumerate(rows, 2):
        for name, text in row.items():
            page.cell(number, [*zh_heads(record)].index(name) + 1).value = text
    book.save(path)


@pytest.mark.parametrize("record", [*NODES, *EDGES], ids=lambda record: record.__name__)
def test_every_kind_has_a_form(tmp_path: Path, record: type[Record]) -> None:
    path = form(record, tmp_path)
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    heads = [str(cell.value) for cell in page[1]]
    assert [head.removesuffix("*") for head in heads] == [*zh_heads(record).values()]
    marked = {name for name, head in zip(zh_heads(record), heads, strict=True) if head.endswith("*")}
    assert marked == {*required(record), "source"}
    assert [accepted(record)[clean_head(head)] for head in heads] == [*zh_heads(record)]  # each column means one field
    example = dict(zip(zh_heads(record), (cell.value for cell in page[2]), strict=True))
    assert example["status"] == "示例"
    assert all(example[name] for name in marked)
    choices = {str(rule.sqref).split("2:")[0]: rule.formula1 for rule in page.data_validations.dataValidation}
    letter = openpyxl.utils.get_column_letter([*zh_heads(record)].index("status") + 1)
    assert choices[letter] == f"选项!${letter}$1:${letter}$5"
    options = book["选项"]
    assert options.sheet_state == "hidden"
    assert [options[f"{letter}{row}"].value for row in range(1, 6)] == [*STATUS_ZH.values()]
    assert len(choices) == sum(kind.name in ("bool", "choice") for kind in record.kinds().values())


def test_every_form_is_recognised_and_its_example_breaks_no_rule_of_its_own(tmp_path: Path) -> None:
    """Whatever the file is called; the names in the examples may be unknown, nothing else in them is wrong."""
    (tmp_path / "in").mkdir()
    for number, record in enumerate((*NODES, *EDGES)):
        form(record, tmp_path).rename(tmp_path / "in" / f"表{number:02d}.xlsx")
    report = check(tmp_path, tmp_path / "in")
    assert report.failed == []
    assert [(file.sheet, file.kind, file.read) for file in report.files] == [
        (record.table.zh, record.table.zh, 1) for record in (*NODES, *EDGES)
    ]
    assert all(
        "图中没有" in problem.reason or "对应多个" in problem.reason
        for reject in report.rejected
        for problem in reject.problems
    ), report.rejected
    assert {
        file.rejected
        for file, record in zip(report.files, (*NODES, *EDGES), strict=True)
        if record in NODES and record is not Statement
    } == {0}


def test_filled_forms_load_back(tmp_path: Path) -> None:
    store = new_store(tmp_path / "graph")
    (tmp_path / "forms").mkdir()
    for record, rows in FILLED.items():
        fill(form(record, tmp_path / "forms"), record, rows)
    report = run(store, tmp_path / "forms")
    assert counts(report) == {"read": 7, "new": 7}
    assert report.warnings == []
    assert store.nodes(Enterprise).sort("name").select("name", "uscc_check", "status", "confidence", "aliases", "listed_on").rows() == [
        ("青岛乙有限公司", None, "reported", 0.5, None, None), ("青岛甲有限公司", "有效", "confirmed", 1.0, ["甲", "甲厂"], "2022-07"),
    ]  # fmt: skip
    assert counts(run(store, tmp_path / "forms")) == {"read": 7, "same": 7}


def test_a_form_with_the_example_taken_out_is_empty(tmp_path: Path) -> None:
    path = form(Enterprise, tmp_path)
    fill(path, Enterprise, [])
    report = check(tmp_path, path)
    assert [failure["reason"] for failure in report.failed] == ["表头之下没有数据行"]


def test_a_form_has_to_be_an_excel_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"应以 \.xlsx 结尾"):
        write_template(Enterprise, tmp_path / "a.csv")
    write_template(Enterprise, tmp_path / "neu" / "A.XLSX")
    assert (tmp_path / "neu" / "A.XLSX").exists()


def test_the_english_heads_load_too(tmp_path: Path) -> None:
    heads, row = zip(*FILLED[Statement][0].items(), strict=True)
    firms = put(tmp_path / "enterprises.csv", "name,source\n青岛甲有限公司,x\n")
    assert counts(
        check(tmp_path, firms, put(tmp_path / "statements.csv", f"{','.join(heads)}\n{','.join(row)}\n"))
    ) == {
        "read": 2,
        "new": 2,
    }

"""Excel forms: one sheet to fill in with drop-downs and an example row, one that explains."""

import io
from pathlib import Path

import xlsxwriter

from graph.errors import InputError
from graph.model import Edge, Record, hints, zh_heads
from graph.outputs import check_writable, write_bytes
from graph.statuses import STATUS_ZH
from loaders.files.heads import required

ROWS = 2000
EXAMPLE_SOURCE = "示例来源(请改为文件或名录的名称)"
EXAMPLES = {
    "name": "示例企业有限公司", "short_name": "示例企业", "uscc": "", "source": EXAMPLE_SOURCE, "status": "示例",
    "confidence": "0.1",
    "aliases": "示例别名甲;示例别名乙", "subject": "青岛市", "metric": "示例指标", "product": "示例产品",
    "project": "示例项目", "valid_from": "2026-01", "leader": "示例企业有限公司",
    "decided_at": "2026-01-01", "decided_by": "示例判断人",
}  # fmt: skip


def write_template(record: type[Record], out: Path) -> None:
    """Write the form of a type; the example row is status 示例 and is to be overwritten or deleted."""
    if out.suffix.lower() != ".xlsx":
        raise InputError(f"{out} 应以 .xlsx 结尾")
    check_writable(out)
    write_bytes(out, make_template(record))


def make_template(record: type[Record]) -> bytes:
    """Return the form of a type as a workbook."""
    heads = zh_heads(record)
    needed = {*required(record), "source"}
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        must = book.add_format(
            {"bold": True, "bg_color": "#F6D9C8", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        grey = book.add_format({"italic": True, "font_color": "#7A7A7A", "num_format": "@"})
        text = book.add_format({"num_format": "@"})
        page = book.add_worksheet(record.table.zh[:31])
        options = book.add_worksheet("选项")
        for column, (name, zh) in enumerate(heads.items()):
            page.write_string(0, column, f"{zh}*" if name in needed else zh, must if name in needed else head)
            page.write_string(1, column, _example(record, name), grey)
            page.set_column(column, column, max(10, len(zh) * 2 + 4), text)
            if choices := _choices(record, name):
                options.write_column(0, column, choices)
                letter = xlsxwriter.utility.xl_col_to_name(column)
                source = f"=选项!${letter}$1:${letter}${len(choices)}"
                page.data_validation(
                    1, column, ROWS, column, {"validate": "list", "source": source, "ignore_blank": True}
                )
        options.hide()
        page.freeze_panes(1, 0)
        page.set_row(0, 30)
        _explain(book.add_worksheet("填写说明"), record, heads, needed)
    return buffer.getvalue()


def _example(record: type[Record], name: str) -> str:
    if choices := _choices(record, name):
        return "示例" if name == "status" else choices[0]
    if issubclass(record, Edge) and name in dict(record.table.end_columns):
        return f"示例{dict(record.table.end_columns)[name]}"
    if name == "name" and record.__name__ != "Enterprise":
        return f"示例{record.table.zh}"
    return EXAMPLES.get(name, "")


def _choices(record: type[Record], name: str) -> list[str]:
    if name == "status":
        return [*STATUS_ZH.values()]
    kind = record.kinds().get(name)
    if kind is not None and kind.name == "bool":
        return ["是", "否"]
    return list(kind.choices) if kind is not None else []


def _explain(
    page: xlsxwriter.worksheet.Worksheet, record: type[Record], heads: dict[str, str], needed: set[str]
) -> None:
    lines = [
        f"{record.table.zh}表填写说明",
        "带 * 的列必填;第 2 行是示例,请改写或删去。来源是必填项: 写明出自哪份文件或名录,没有来源的行不会载入。",
        "一个单元格里有多个值时用分号 ; 隔开。日期写 2026、2026-07 或 2026-07-01。不要写公式。",
        "状态: 已证实(有文件证明)、据报道、整理(一般知识,未核实)、推断(算法得出)、示例(虚构)。",
        "",
    ]
    sentences = {name: f"。{hint}" for name, hint in hints(record).items()}
    lines += [
        f"{zh}{'(必填)' if name in needed else ''}: {name}{sentences.get(name, '')}" for name, zh in heads.items()
    ]
    page.set_column(0, 0, 110)
    for row, line in enumerate(lines):
        page.write_string(row, 0, line)

"""The four lists as an Excel workbook that can be handed over as it is: titled, dated, sourced, ready to print."""

import io
import math
import unicodedata
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from api.core.workbooks import check_workbook_file
from graph.outputs import write_bytes
from graph.statuses import STATUS_MEANING, STATUS_ZH
from queries.core.table import Folded, Number, Table, told
from queries.openings.answers import Opening, Opportunities
from queries.openings.tables import looked_text, tables_of_openings

MOST_LOOKED = 5  # looked-at firms in a cell, fewer where they would not fit into the tallest row
CELL = 32_000
LINE, TALLEST = 14.5, 405.0  # points of a line of text, and of the tallest row that Excel knows
A4 = 9
HEAD_ROW = 4
FILLS = {
    "confirmed": "#D5EBDD",
    "reported": "#DCE8F6",
    "curated": "#FBF0D2",
    "inferred": "#EDE1F5",
    "sample": "#E7E9EB",
}
WIDTHS = {"链主(或集团内企业)": 14, "产品(服务)": 14, "环节": 11, "所在地": 8, "匹配": 6, "为什么": 32, "不利之处": 24,
          "看过的本地企业": 34, "台账": 8, "可信度": 7, "状态": 7, "来源": 12}  # fmt: skip
FIRM_WIDTH = 18


def write_workbook(answer: Opportunities, path: Path) -> None:
    """Write the four lists to a file."""
    check_workbook_file(path)
    write_bytes(path, make_workbook(answer))


def make_workbook(answer: Opportunities) -> bytes:
    """Return the workbook: one sheet for each list, named as the list, each
    with its title, date, data status and sources."""
    buffer = io.BytesIO()
    import xlsxwriter

    with xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({
            "title": f"卡位入链清单：{answer.subject.name}", "subject": "、".join(answer.titles.values()),
            "author": "链长 lianzhang",
            "comments": (f"截至 {answer.as_of}，规则 "
                         f"{answer.rule_version}"), "created": datetime.fromisoformat(answer.as_of),
        })  # fmt: skip
        formats = _formats(book)
        for table in tables_of_openings(answer).values():
            _Sheet(book.add_worksheet(table.title), answer, table, formats).write()
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    font = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True}
    cell = font | {"border": 1, "border_color": "#B8C2CC", "num_format": "@"}
    made = {
        "title": {"font_name": "黑体", "font_size": 16, "bold": True, "valign": "vcenter"},
        "line": font,
        "warning": font | {"font_color": "#A4262C", "bold": True},
        "head": cell
        | {"font_name": "黑体", "bold": True, "bg_color": "#DDE6F0", "valign": "vcenter", "align": "center"},
        "cell": cell,
        "number": cell | {"num_format": "0%", "align": "center"},
        "section": font | {"font_name": "黑体", "bold": True},
    }
    made |= {f"status-{status}": cell | {"bg_color": fill, "align": "center"} for status, fill in FILLS.items()}
    return {name: book.add_format(look) for name, look in made.items()}


class _Sheet:
    """One list on its sheet."""

    def __init__(self, page: Any, answer: Opportunities, table: Table[Opening], formats: dict[str, Any]) -> None:
        self.page, self.answer, self.title, self.rows, self.formats = page, answer, table.title, table.items, formats
        self.sources = {source.id: source.name for source in answer.sources}
        self.columns = table.in_files
        self.widths = [WIDTHS.get(column.head, FIRM_WIDTH) for column in self.columns]
        self.last = len(self.columns) - 1

    def write(self) -> None:
        """Write title, legend, head, rows and foot, and how it is printed."""
        for number, width in enumerate(self.widths):
            self.page.set_column(number, number, width)
        end = self._foot(self._body(self._top()))
        self.page.freeze_panes(HEAD_ROW + 1, 0)
        self.page.set_landscape()
        self.page.set_paper(A4)
        self.page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.7)
        self.page.fit_to_pages(1, 0)
        self.page.repeat_rows(HEAD_ROW)
        self.page.print_area(0, 0, end - 1, self.last)
        self.page.hide_gridlines(2)
        name = f"{self.answer.subject.name[:40]} · {self.title}".replace("&", "&&")
        self.page.set_footer(f"&L&9{name}&C&9第 &P 页，共 &N 页&R&9截至 {self.answer.as_of}")

    def _top(self) -> int:
        answer, counted = self.answer, Counter(row.status for row in self.rows)
        leaders = "、".join(leader.name for leader in answer.leaders) or "没有登记"
        kind = "产业链" if answer.label == "Chain" else ""
        self._line(0, f"{answer.subject.name}{kind}: {self.title}", "title", 26)
        date = f"截至 {answer.as_of}；数据录入至 {answer.data_date or '不详'}；规则 {answer.rule_version}"
        self._line(1, f"{date}。链主：{leaders}")
        states = "、".join(f"{zh} {counted[status]}" for status, zh in STATUS_ZH.items() if counted[status])
        self._line(
            2,
            f"数据状态：本表 {len(self.rows)} 行"
            + (f",{states}。推断的行由程序按规则得出，只是线索" if states else ""),
        )
        fictional = answer.rests_on.get("sample") and "含示例（虚构）数据，只作演示，不可引用。"
        self._line(3, fictional or "", "warning")
        for number, column in enumerate(self.columns):
            self.page.write_string(HEAD_ROW, number, column.head, self.formats["head"])
        self.page.set_row(HEAD_ROW, 30)
        return HEAD_ROW + 1

    def _body(self, start: int) -> int:
        for number, row in enumerate(self.rows, start):
            lines = 1
            for place, column in enumerate(self.columns):
                value = column.of(row)
                text = (_looked(row) if isinstance(value, Folded) else told(column.kind, value, self.sources))[:CELL]
                lines = max(lines, _lines(text, self.widths[place]))
                if isinstance(value, Number):
                    self.page.write_number(number, place, value.value, self.formats["number"])
                else:
                    look = f"status-{value}" if column.kind == "status" else "cell"
                    self.page.write_string(number, place, text, self.formats[look])
            self.page.set_row(number, min(TALLEST, LINE * lines + 4))
        if self.rows:
            self.page.autofilter(HEAD_ROW, 0, start + len(self.rows) - 1, self.last)
            return start + len(self.rows)
        self._line(start, f"{self.title}：图中没有可列的行。没有登记不等于没有。")
        return start + 1

    def _foot(self, row: int) -> int:
        sources = []
        for source in self.answer.sources:
            details = ",".join(filter(None, (source.publisher, source.published_on)))
            sources.append(source.name + (f"({details})" if details else ""))
        parts = (
            ("须知", self.answer.notes),
            ("来源", sources or ["没有用到任何记录"]),
            ("数据状态的意思", [f"{zh}: {STATUS_MEANING[status]}" for status, zh in STATUS_ZH.items()]),
        )
        row += 1
        for head, lines in parts:
            self._line(row, head, "section")
            for number, text in enumerate(lines, 1):
                self._line(row + number, f"{number}. {text}")
            row += len(lines) + 1
        return row

    def _line(self, row: int, text: str, look: str = "line", height: float = 0) -> None:
        """Write a text over the whole width of the sheet."""
        self.page.merge_range(row, 0, row, self.last, "", self.formats[look])
        self.page.write_string(row, 0, text[:CELL], self.formats[look])
        self.page.set_row(row, height or min(TALLEST, LINE * _lines(text, sum(self.widths)) + 2))


def _looked(row: Opening) -> str:
    """Return as many of the looked-at firms as a row can show."""
    texts = (looked_text(row.candidates, most) for most in range(MOST_LOOKED, 1, -1))
    return next(
        (text for text in texts if LINE * _lines(text, WIDTHS["看过的本地企业"]) + 4 <= TALLEST),
        looked_text(row.candidates, 1),
    )


def _lines(text: str, width: float) -> int:
    """Return over how many lines a text runs in a cell of some width; a Chinese character is two wide."""
    room = max(2.0, width - 1)
    wide = [sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line) for line in text.split("\n")]
    return sum(max(1, math.ceil(length / room)) for length in wide)

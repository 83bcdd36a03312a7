"""The four lists as an Excel workbook that can be handed over as it is: titled, dated, sourced, ready to print."""

import io
import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from graph.errors import InputError
from graph.outputs import check_writable, write_bytes
from graph.statuses import STATUS_MEANING, STATUS_ZH
from queries.openings.answers import LISTS, Opening, Opportunities
from queries.openings.words import FIRM_HEADS, looked_text

MOST_LOOKED = 5  # looked-at firms in a cell, fewer where they would not fit into the tallest row
LOOKED_WIDTH = 34
CELL = 32_000
LINE, TALLEST = 14.5, 405.0  # points of a line of text, and of the tallest row that Excel knows
A4 = 9
HEAD_ROW = 4
FILLS = {"confirmed": "#D5EBDD", "reported": "#DCE8F6", "curated": "#FBF0D2", "inferred": "#EDE1F5", "sample": "#E7E9EB"}
Column = tuple[str, float, Callable[[Opening], str]]


def check_workbook(path: Path) -> None:
    """Raise ``InputError`` for a file that is not to be a workbook, ``OutputError`` where it cannot be written."""
    if path.suffix.lower() != ".xlsx":
        raise InputError(f"{path} 应以 .xlsx 结尾")
    check_writable(path)


def write_workbook(answer: Opportunities, path: Path) -> None:
    """Write the four lists to a file."""
    check_workbook(path)
    write_bytes(path, make_workbook(answer))


def make_workbook(answer: Opportunities) -> bytes:
    """Return the workbook: one sheet for each list, named as the list, each with its title, date, data status and sources."""
    buffer = io.BytesIO()
    import xlsxwriter

    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({
            "title": f"卡位入链清单: {answer.subject.name}", "subject": "、".join(LISTS.values()), "author": "链长 lianzhang",
            "comments": f"截至 {answer.as_of},规则 {answer.rule_version}", "created": datetime.fromisoformat(answer.as_of),
        })  # fmt: skip
        formats = _formats(book)
        for name, title in LISTS.items():
            _Sheet(book.add_worksheet(title), answer, name, title, formats).write()
    return buffer.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    font = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True}
    cell = font | {"border": 1, "border_color": "#B8C2CC", "num_format": "@"}
    made = {
        "title": {"font_name": "黑体", "font_size": 16, "bold": True, "valign": "vcenter"},
        "line": font,
        "warning": font | {"font_color": "#A4262C", "bold": True},
        "head": cell | {"font_name": "黑体", "bold": True, "bg_color": "#DDE6F0", "valign": "vcenter", "align": "center"},
        "cell": cell,
        "number": cell | {"num_format": "0%", "align": "center"},
        "section": font | {"font_name": "黑体", "bold": True},
    }
    made |= {f"status-{status}": cell | {"bg_color": fill, "align": "center"} for status, fill in FILLS.items()}
    return {name: book.add_format(look) for name, look in made.items()}


class _Sheet:
    """One list on its sheet."""

    def __init__(self, page: Any, answer: Opportunities, name: str, title: str, formats: dict[str, Any]) -> None:
        self.page, self.answer, self.title, self.formats = page, answer, title, formats
        self.rows: list[Opening] = getattr(answer, name)
        self.sources = {source.id: source.name for source in answer.sources}
        self.columns = _columns(name, answer.of_one(self.rows), self.rows, self.sources)
        self.last = len(self.columns) - 1

    def write(self) -> None:
        """Write title, legend, head, rows and foot, and how it is printed."""
        for number, (_, width, _) in enumerate(self.columns):
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
        self.page.set_footer(f"&L&9{name}&C&9第 &P 页,共 &N 页&R&9截至 {self.answer.as_of}")

    def _top(self) -> int:
        answer, counted = self.answer, Counter(row.status for row in self.rows)
        leaders = "、".join(leader.name for leader in answer.leaders) or "没有登记"
        kind = "产业链" if answer.label == "Chain" else ""
        self._line(0, f"{answer.subject.name}{kind}: {self.title}", "title", 26)
        date = f"截至 {answer.as_of};数据录入至 {answer.data_date or '不详'};规则 {answer.rule_version}"
        self._line(1, f"{date}。链主: {leaders}")
        states = "、".join(f"{zh} {counted[status]}" for status, zh in STATUS_ZH.items() if counted[status])
        self._line(2, f"数据状态: 本表 {len(self.rows)} 行" + (f",{states}。推断的行由程序按规则得出,只是线索" if states else ""))
        fictional = answer.rests_on.get("sample") and "含示例(虚构)数据,只作演示,不可引用。"
        self._line(3, fictional or "", "warning")
        for number, (head, _, _) in enumerate(self.columns):
            self.page.write_string(HEAD_ROW, number, head, self.formats["head"])
        self.page.set_row(HEAD_ROW, 30)
        return HEAD_ROW + 1

    def _body(self, start: int) -> int:
        for number, row in enumerate(self.rows, start):
            texts = [text(row)[:CELL] for _, _, text in self.columns]
            for place, (head, _, _) in enumerate(self.columns):
                if head == "可信度":
                    self.page.write_number(number, place, row.confidence, self.formats["number"])
                else:
                    look = f"status-{row.status}" if head == "状态" else "cell"
                    self.page.write_string(number, place, texts[place], self.formats[look])
            lines = max(_lines(text, width) for text, (_, width, _) in zip(texts, self.columns, strict=True))
            self.page.set_row(number, min(TALLEST, LINE * lines + 4))
        if self.rows:
            self.page.autofilter(HEAD_ROW, 0, start + len(self.rows) - 1, self.last)
            return start + len(self.rows)
        self._line(start, f"{self.title}: 图中没有可列的行。没有登记不等于没有。")
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
        width = sum(width for _, width, _ in self.columns)
        self.page.set_row(row, height or min(TALLEST, LINE * _lines(text, width) + 2))


def _columns(name: str, of_one: bool, rows: Sequence[Opening], sources: dict[str, str]) -> Sequence[Column]:
    """Return the columns of a list: head, width in characters, and the text of a row; the fewer, the larger is the print."""
    leader: Column = ("链主(或集团内企业)", 14, lambda row: row.party.name)
    looked: Column = ("看过的本地企业", LOOKED_WIDTH, _looked)
    stage: Column = ("台账", 8, lambda row: row.stage or "")
    return [
        *([] if of_one else [leader]),
        ("产品(服务)", 14, lambda row: row.product or "没有写明"),
        ("环节", 11, lambda row: "、".join(row.segments)),
        (FIRM_HEADS[name], 18, lambda row: row.firm.name if row.firm else "没有"),
        ("所在地", 8, lambda row: row.region),
        ("匹配", 6, lambda row: row.fit or ""),
        ("为什么", 32, lambda row: "\n".join(row.grounds())),
        ("不利之处", 24, lambda row: "\n".join(row.against)),
        *([looked] if any(row.candidates for row in rows) else []),
        *([stage] if any(row.stage for row in rows) else []),
        ("可信度", 7, lambda row: f"{row.confidence:.0%}"),
        ("状态", 7, lambda row: STATUS_ZH[row.status]),
        ("来源", 12, lambda row: sources.get(row.source, row.source)),
    ]


def _looked(row: Opening) -> str:
    """Return as many of the looked-at firms as a row can show."""
    texts = (looked_text(row.candidates, most) for most in range(MOST_LOOKED, 1, -1))
    return next((text for text in texts if LINE * _lines(text, LOOKED_WIDTH) + 4 <= TALLEST), looked_text(row.candidates, 1))


def _lines(text: str, width: float) -> int:
    """Return over how many lines a text runs in a cell of some width; a Chinese character is two wide."""
    room = max(2.0, width - 1)
    wide = [sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line) for line in text.split("\n")]
    return sum(max(1, math.ceil(length / room)) for length in wide)

"""Cells read as they are meant where that is plain, each with a note; rows that are no rows of the table left out.

A placeholder is no code, a code that Excel turned into a number has lost its digits, a mark that a cell is text is not
part of it; a row that repeats the heads, a sum or a remark below the table is no thing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from graph.model import Edge, Record
from graph.model.kinds import EXCEL_ERROR
from graph.names.names import check_codes
from loaders.files.sheets import ROW
from loaders.layouts.spelling import clean_head

CODES = ("uscc", "stock_code", "registration_number")
NOTHING = r"^(?:未上市|暂无|没有|不详|未知|空|无|/+|[-—–－_]+|n/?a|nan|null|none|nil|0+|\*+|×+|x+)$"
NOT_SAID = r"^[-—–－]{1,4}$"  # in any field; a word such as 无 or NULL may be what is meant there
MARKED = r"^(?:['’‘`]\s*|=\s*\"(.*)\"\s*$|=\s*“(.*)”\s*$)"
CUT = r"^[0-9]{15}000$"  # Excel keeps fifteen digits of a number
DECIMAL = r"^(\d{6,15})\.0$"  # what a program made of a number that it took a code for
SCIENTIFIC = r"^\d(?:\.\d+)?[eE]\+?\d{1,2}$"
SUMS = (
    r"^(?:[\u4e00-\u9fff]{0,8}(?:区|市|县|省|链|类|业|镇|全部|项目|本页|本表|以上))?(?:合|小|总|共|累)\s*计(?:[(（].*[)）]|[:：]?\s*[\d,.]+\s*(?:家|个|项|户|条|人|元|万元|亿元)?)?[:：]?$"
    r"|^(?:小|合|总)计[(（]?[\u4e00-\u9fff]{2,6}(?:区|市|县)[)）]?$"
)
REMARKS = (
    r"^(?:备\s*注|注|说\s*明|填\s*表\s*人|填报(?:人|单位)|制\s*表(?:人)?|审\s*核(?:人)?|单位负责人|联系电话|数据来源)\s*[:：].*$"
    r"|^(?:备注|填表人|制表人|审核人)$"
)
PLAIN_CODE = (  # nothing is to be read otherwise
    r"^[0-9A-Z]{17}[1-9A-Z]$|^[0-9]{13}(?:[0-9]{2})?$|^[0-9]{6}$|^[0-9]{6}\.[A-Z]{2}$"
)
ODD_START = r"^\s*[-'‘’—–－]"
ORDINAL = r"^[(（]?[一二三四五六七八九十]{1,3}[)）、.．]?$"
SECTION = rf"{ORDINAL}|^(?:[(（][一二三四五六七八九十]{{1,3}}[)）]|[一二三四五六七八九十]{{1,3}}[、.．])\S"
NO_NAME = r"^(?:共?\s*\d+\s*[个家项户])?$"  # a sum beside 小计: 2个
FIRST = "__first"  # the first column where it is none of ours: a number, or the word 合计
SYSTEM_1904 = 1462  # days between the two systems in which Excel counts them
LIMIT = 100  # letters of a value that a note shows


@dataclass(frozen=True)
class Note:
    """A cell or a row that was read otherwise than it stood."""

    row: int
    column: str
    value: str
    note: str


def as_meant(
    frame: pl.DataFrame,
    record: type[Record],
    heads: Mapping[str, str],
    since_1904: bool = False,
    listing: bool = False,
) -> tuple[pl.DataFrame, list[Note]]:
    """Return the rows of a table (text columns by field) as they are meant, and what was read otherwise; ``heads`` are
    the columns' own heads, ``since_1904`` tells from when the numbers of days count. In a list of somebody else
    (``listing``) a dash is how it says that nothing is known: nothing is read otherwise there."""
    notes: list[Note] = []
    frame = _without_rows(frame, record, heads, notes)
    needed = {name for name, info in record.model_fields.items() if info.is_required()} - {"source"}
    for name in (name for name in frame.columns if name in heads):
        if name not in needed:  # a row that needs the cell is refused with the same words
            frame = _without_errors(frame, name, heads[name], notes)
        if name in record.kinds() and record.kinds()[name].name == "date":
            frame = _day(frame, name, heads[name], since_1904, notes)
        if listing:
            frame = frame.with_columns(pl.when(~_is_dash(name)).then(pl.col(name)))
        frame = _code(frame, name, heads[name], notes) if name in CODES else _plain(frame, name, heads[name], notes)
    return frame, sorted(notes, key=lambda note: note.row)


def _without_rows(
    frame: pl.DataFrame, record: type[Record], heads: Mapping[str, str], notes: list[Note]
) -> pl.DataFrame:
    """Leave out rows that repeat the heads, and sums and remarks that stand where the name of a thing would."""
    cells = [name for name in frame.columns if name in heads]
    unused = [name for name in (FIRST,) if name in frame.columns]
    if not cells:
        return frame.drop(unused)
    own = {name: clean_head(head) for name, head in heads.items()}
    names = [name for name, _ in record.table.end_columns] if issubclass(record, Edge) else ["name"]
    first = next(iter([*unused, *cells]))
    leading = [name for name in dict.fromkeys([first, *names]) if name in frame.columns]
    heads_again = [pl.col(name).str.strip_chars().is_in([heads[name].strip(), own[name]]) for name in cells]
    sections = [pl.col(name).str.strip_chars().str.contains(SECTION).fill_null(False) for name in leading]
    suspects = frame.filter(pl.any_horizontal(*heads_again, *map(_is_sum, leading), *sections))
    gone: list[int] = []
    for row in suspects.iter_rows(named=True):
        said = {name: row[name] for name in (*unused, *cells) if (row[name] or "").strip()}
        repeated = [name for name, text in said.items() if clean_head(text) == own.get(name)]
        lead = next((said[name] for name in (first, *names) if name in said), "").strip()
        if repeated and len(repeated) * 2 > len(said):
            notes.append(Note(row[ROW], "", "、".join(said.values())[:LIMIT], "又是表头,没有当作一行"))
        elif any(_reads(said.get(name, ""), SUMS) for name in (*names, first)) or _reads(lead, REMARKS):
            notes.append(Note(row[ROW], "", "、".join(said.values())[:LIMIT], "是合计或备注,没有当作一行"))
        elif _is_section([*said.values()], len(cells)):
            notes.append(Note(row[ROW], "", "、".join(said.values())[:LIMIT], "只有小标题,没有当作一行"))
        else:
            continue
        gone.append(row[ROW])
    return frame.drop(unused).filter(~pl.col(ROW).is_in(gone)) if gone else frame.drop(unused)


def _is_section(said: list[str], cells: int) -> bool:
    """Tell whether a row of several cells only says what the next ones are about: 一, 第一批; 二、城阳区(2个)."""
    if cells < 3 or len(said) > 2:
        return False
    return _reads(said[0], SECTION) and (len(said) == 2 or not _reads(said[0], ORDINAL))


def without_sections(frame: pl.DataFrame, record: type[Record], notes: list[Note]) -> pl.DataFrame:
    """Leave out the rows of a list that only say what the next rows are about, 一、崂山区(2个), and sums in any column
    of a row that names nothing."""
    names = [name for name, _ in record.table.end_columns] if issubclass(record, Edge) else ["name"]
    cells = [name for name in frame.columns if not name.startswith("__")]
    if len(cells) < 3 or not {*names} <= {*cells}:
        return frame
    said = pl.concat_list(pl.col(cells).str.strip_chars().replace("", None)).list.drop_nulls()
    there = pl.any_horizontal(~pl.col(name).str.strip_chars().fill_null("").str.contains(NO_NAME) for name in names)
    nameless = frame.filter(~there).with_columns(said.alias("__said"))
    gone: list[int] = []
    for row, texts in nameless.select(ROW, "__said").iter_rows():
        is_sum = any(_reads(text, SUMS) for text in texts)
        if is_sum or len(texts) < 2:
            told = "是合计或备注,没有当作一行" if is_sum else "只有小标题,没有当作一行"
            notes.append(Note(row, "", "、".join(texts)[:LIMIT], told))
            gone.append(row)
    return frame.filter(~pl.col(ROW).is_in(gone)) if gone else frame


def _reads(text: str, pattern: str) -> bool:
    return re.search(pattern, text.strip()) is not None


def _is_sum(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars().str.contains(f"{SUMS}|{REMARKS}").fill_null(False)


def _without_errors(frame: pl.DataFrame, name: str, head: str, notes: list[Note]) -> pl.DataFrame:
    """Read what a formula of Excel failed with as nothing."""
    wrong = pl.col(name).str.strip_chars().str.contains(EXCEL_ERROR)
    if not frame.select(pl.col(name).str.starts_with("#").any()).item():
        return frame
    told = pl.when(wrong).then(pl.format("单元格是 Excel 错误值 {},按空读", pl.col(name)))
    return _noted(frame, name, head, pl.when(wrong).then(None).otherwise(pl.col(name)), told, notes)


def _day(frame: pl.DataFrame, name: str, head: str, since_1904: bool, notes: list[Note]) -> pl.DataFrame:
    """Read the number of a day, as Excel keeps it, as the day."""
    bare = pl.col(name).str.strip_chars().str.contains(r"^\d{5}(?:\.\d+)?$")
    if not frame.select(bare.any()).item():
        return frame
    serial = pl.when(bare).then(pl.col(name)).str.strip_chars().cast(pl.Float64).floor()
    days = serial + (SYSTEM_1904 if since_1904 else 0)
    is_day = bare & days.is_between(20000, 80000)
    day = (pl.lit(date(1899, 12, 30)) + pl.duration(days=days)).dt.to_string("%Y-%m-%d")
    told = pl.when(is_day).then(pl.format("是 Excel 的日期序号,读作 {}", day))
    return _noted(frame, name, head, pl.when(is_day).then(day).otherwise(pl.col(name)), told, notes)


def _is_dash(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars().str.contains(NOT_SAID)


def _code(frame: pl.DataFrame, name: str, head: str, notes: list[Note]) -> pl.DataFrame:
    """Read a column of codes."""
    if not frame.select((~pl.col(name).str.contains(PLAIN_CODE)).any()).item():
        return frame
    was = pl.col(name).str.strip_chars()
    bare = was.str.replace(MARKED, "${1}${2}").str.normalize("NFKC").str.strip_chars()
    if name != "uscc":
        bare = bare.str.replace(DECIMAL, "${1}")
    nothing, damaged = bare.str.contains(f"(?i){NOTHING}"), bare.str.contains(SCIENTIFIC)
    short = bare.str.contains(r"^\d{1,4}$") if name == "stock_code" else pl.lit(False)
    cut = bare.str.contains(CUT) & _is_wrong(bare) if name == "uscc" else pl.lit(False)
    told = (
        pl.when(nothing).then(pl.lit("不是代码,没有当作代码"))
        .when(damaged).then(pl.lit("被 Excel 改成了数字,后几位已丢失,没有当作代码;请把这一列设为文本后重填"))
        .when(cut).then(pl.lit("后几位变成了 0,像是被 Excel 改成过数字,没有当作代码;请把这一列设为文本后重填"))
        .when(short).then(pl.lit("位数不够,前面的 0 可能被 Excel 去掉了,没有当作代码;请把这一列设为文本后重填"))
        .when(bare != was).then(pl.lit("去掉了文本记号,全角改为半角"))
    )  # fmt: skip
    value = pl.when(nothing | damaged | cut | short | (bare == "")).then(None).otherwise(bare)
    return _noted(frame, name, head, value, told, notes)


def _is_wrong(code: pl.Expr) -> pl.Expr:
    return code.map_batches(lambda codes: check_codes(codes)[1] != "有效", return_dtype=pl.Boolean).fill_null(False)


def _plain(frame: pl.DataFrame, name: str, head: str, notes: list[Note]) -> pl.DataFrame:
    """Read a column of anything else: a mark that the cell is text is taken off, a dash says nothing."""
    if not frame.select(pl.col(name).str.contains(ODD_START).any()).item():
        return frame
    was = pl.col(name).str.strip_chars()
    marked = was.str.contains(r"^['‘’]\S") & ~was.str.contains(r"^.[^'‘’]*['‘’]")
    nothing = _is_dash(name)
    told = (
        pl.when(nothing).then(pl.lit("没有填,按空读"))
        .when(marked).then(pl.lit("去掉了文本记号"))
    )  # fmt: skip
    value = pl.when(nothing).then(None).when(marked).then(was.str.slice(1)).otherwise(pl.col(name))
    return _noted(frame, name, head, value, told, notes)


def _noted(frame: pl.DataFrame, name: str, head: str, value: pl.Expr, told: pl.Expr, notes: list[Note]) -> pl.DataFrame:
    made = frame.with_columns(told.alias("__told"), value.alias("__value"))
    for row, text, note in made.filter(pl.col("__told").is_not_null()).select(ROW, name, "__told").iter_rows():
        notes.append(Note(row, head, text[:LIMIT], note))
    return made.with_columns(pl.col("__value").alias(name)).drop("__told", "__value")

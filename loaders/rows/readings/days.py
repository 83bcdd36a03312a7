"""Days, months, years and the time between two of them, however they are written."""

import re
import unicodedata

import polars as pl

from graph.model.kinds import PARTIAL_DATE
from graph.model.nodes import Project
from graph.model.work import Progress
from loaders.rows.readings.listing import Listing, or_none, text_of

FOR_EVER = (
    "长期",
    "永久",
    "长期有效",
    "无固定期限",
    "永续",
    "长期经营",
    "无期限",
    "至今",
    "至长期",
    "9999-12-31",
    "9999-09-09",
    "无固定期",
)
LONG = r"^(?:有效期)?:?([一二两三四五六十]|\d{1,2})年$"
A_DAY = r"(\d{4}(?:[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?)?[年月日]?)"
NO_DAYS = ("1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "0001-01-01", "0000-00-00", "1900-01")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_years = re.compile(r"^(\d{4})(?:年)?(?:[-/.年](\d{1,2}))?(?:[-/.月](\d{1,2}))?[日月]?$")
_dated = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:[-/.年](0?[1-9]|1[0-2])(?:[-/.月](0?[1-9]|[12]\d|3[01]))?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))?(?!\d)"
)


def read_dates(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read dates however they are written: 2023年11月29日, 2023/1/5, 20230105, 2024年上半年; 长期 is no date."""
    for name, kind in listing.record.kinds().items():
        if kind.name != "date" or name not in frame.columns:
            continue
        cell = text_of(name)
        if not frame.select((~cell.str.contains(r"^\d{4}(?:-\d{2}){0,2}$")).any()).item():
            continue
        hours = r"[T\s]+\d{1,2}:\d{2}.*$" if listing.listing else r"[T\s]+0{1,2}:00(?::00(?:\.0+)?)?$"
        text = cell.str.normalize("NFKC").str.replace(hours, "").str.replace_all(r"\s", "")
        day = text.str.extract_groups(r"^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?$")
        solid = text.str.extract_groups(r"^((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
        part = text.str.extract_groups(r"^(\d{4})年?-?(?:(?:第?([一二三四1-4])季度?)|[qQ]([1-4])|(上|下)半年)$")
        year, month, of_month = (day.struct.field(str(number)) for number in (1, 2, 3))
        iso = pl.concat_str(year, pl.lit("-"), month.str.zfill(2))
        iso = pl.when(of_month.is_null()).then(iso).otherwise(pl.concat_str(iso, pl.lit("-"), of_month.str.zfill(2)))
        quarters = {
            "一": "Q1",
            "二": "Q2",
            "三": "Q3",
            "四": "Q4",
            "1": "Q1",
            "2": "Q2",
            "3": "Q3",
            "4": "Q4",
            "上": "H1",
        }
        which = pl.coalesce(*(part.struct.field(number) for number in "234")).replace(quarters | {"下": "H2"})
        ways = (
            iso,
            pl.concat_str([solid.struct.field(str(number)) for number in (1, 2, 3)], separator="-"),
            pl.concat_str(part.struct.field("1"), pl.lit("-"), which),
            text.str.extract(r"^(\d{4})(?:年度?)$"),
        )
        value = pl.when(text.is_in(FOR_EVER)).then(None).otherwise(pl.coalesce(*ways, cell))
        made = frame.with_columns(value.alias("__value"))
        if listing.listing:
            odd = made.filter(~pl.col("__value").str.contains(PARTIAL_DATE) | pl.col("__value").is_in(NO_DAYS))
            read = {text: find_day(text) for text in odd["__value"].unique()}
            found = pl.col("__value").replace_strict(
                {text: day for text, day in read.items() if day is not None}, default=None, return_dtype=pl.String
            )
            listing.note(made, name, pl.when(found == "").then(pl.lit("不是真的日期,按空读")))
            listing.note(made, name, pl.when(found != "").then(pl.format("读作 {}", found)))
            made = made.with_columns(pl.coalesce(found, "__value").replace("", None).alias("__value"))
        frame = made.with_columns(pl.col("__value").alias(name)).drop("__value")
    return frame


def find_day(text: str) -> str | None:
    """Return the day (or month, or year) that a text in no usual form tells, ``""`` for what Excel or a platform shows
    where there is none, or nothing."""
    if text in NO_DAYS:
        return ""
    bare = re.sub(r"[\s.,/-]+", "", unicodedata.normalize("NFKC", text)).lower()
    if match := re.fullmatch(
        r"(\d{1,2})(?:st|nd|rd|th)?([a-z]{3})[a-z]*(\d{4})|([a-z]{3})[a-z]*(\d{1,2})(?:st|nd|rd|th)?(\d{4})", bare
    ):
        day, name, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        return f"{year}-{MONTHS.index(name) + 1:02d}-{int(day):02d}" if name in MONTHS else None
    if match := re.fullmatch(r"(?:民[国國])?0?(\d{2,3})年(\d{1,2})月(\d{1,2})日|0?(\d{2,3})(\d{2})(\d{2})", bare):
        year, month, of_month = (int(part) for part in match.groups() if part)
        return f"{year + 1911}-{month:02d}-{of_month:02d}" if month <= 12 and of_month <= 31 else None
    loose = re.sub(r"\s|(?:年?(?:底|末|初)|[上中下]旬)?(?:之?前|左右)?$", "", unicodedata.normalize("NFKC", text))
    return _day(loose) if loose != text else None


def read_period(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read until when something holds, or from when to when it is built: 2022-2025, 三年, 至2025年12月."""
    if "valid_to" in frame.columns:  # 三年 may stand below 有效期至 too
        long = pl.when(text_of("valid_to").str.contains(LONG)).then(text_of("valid_to"))
        frame = frame.with_columns(
            pl.coalesce(or_none(frame, "_validity"), long).alias("_validity"),
            pl.when(long.is_null()).then(pl.col("valid_to")).alias("valid_to"),
        )
    for name, start, end in (
        ("_validity", "valid_from", "valid_to"),
        (
            "_years",
            "happened_on" if listing.record is Progress else "",
            "expected_on" if listing.record is Project else "",
        ),
    ):
        if name not in frame.columns:
            continue
        begun = or_none(frame, start) if start else pl.lit(None, dtype=pl.String)
        pairs = frame.select(text_of(name).alias("said"), begun.alias("begun")).rows()
        read = [find_period(said, begun) if said else (None, None) for said, begun in pairs]
        for to, values in ((start, [first for first, _ in read]), (end, [last for _, last in read])):
            if to:
                column = pl.Series(to, values, dtype=pl.String)
                frame = frame.with_columns(pl.coalesce(or_none(frame, to), column).alias(to))
        dull = pl.Series(
            [
                said is not None and pair == (None, None) and said not in FOR_EVER
                for (said, _), pair in zip(pairs, read, strict=True)
            ],
            dtype=pl.Boolean,
        )
        listing.note(frame, name, pl.when(dull).then(pl.lit("不是起止时间,没有载入")))
    return frame


def find_period(text: str, begun: str | None = None) -> tuple[str | None, str | None]:
    """Return the first and the last day (or month, or year) of what a text tells, as far as it does."""
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    numbers = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "十": 10}
    if match := re.fullmatch(LONG, bare):
        long = numbers.get(match[1]) or int(match[1])
        return (begun, f"{int(begun[:4]) + long}{begun[4:]}") if begun else (None, None)
    both = re.fullmatch(rf"{A_DAY}(?:[—–~～至到]|-)+{A_DAY}", bare)
    ends = [both[1], both[2]] if both else re.split(r"[—–~～至到]+|--+", bare)
    days = [_day(end) if end else None for end in ends]
    if len(days) == 1:
        return None, days[0]
    return (days[0], days[-1]) if len(days) == 2 else (None, None)


def _day(text: str) -> str | None:
    match = _years.match(text)
    return "-".join([match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part)]) if match else None


def read_year(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read of which year a turnover is, from its head: 2024年营业收入, 上年营收."""
    head = listing.heads.get("turnover", "")
    told = re.search(r"((?:19|20)\d{2})年", head)
    year = told[1] if told else str(int(listing.day[:4]) - 1) if "上年" in head and listing.day else ""
    if not year or "turnover" not in frame.columns:
        return frame
    said = pl.when(text_of("turnover").is_not_null()).then(pl.lit(year))
    return frame.with_columns(pl.coalesce(or_none(frame, "turnover_year"), said).alias("turnover_year"))


def day_of(*texts: str) -> str:
    """Return the first day (or month, or year) that some texts tell: when a list was made."""
    for text in texts:
        if match := _dated.search(unicodedata.normalize("NFKC", text)):
            return "-".join([match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part)])
    return ""


def without_day(text: str) -> str:
    """Return what a text says beside the first day that it tells: the name of a list without that of its edition."""
    rest = re.sub(rf"(?:截至|截止)?{_dated.pattern}[年月日]?", " ", unicodedata.normalize("NFKC", text), count=1)
    return re.sub(r"\s+", " ", re.sub(r"[(（\[【<《]\s*[)）\]】>》]", " ", rest)).strip(" ,，、;；:：-—_/·.")

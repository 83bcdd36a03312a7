"""What the cells of a list mean: places from several columns, amounts with unit and currency, periods, states.

``Listing`` is what is known of the table. Each reading takes the columns that it knows, those that begin with ``_``
away, and leaves the model's fields; where it reads something otherwise than it stands it says so in a note.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from graph.currencies import CURRENCY_OF
from graph.model import Record
from graph.model.kinds import PARTIAL_DATE
from graph.model.nodes import CURRENCIES, GONE, STAGES, Enterprise, Project
from graph.model.work import Progress
from graph.statuses import STATUS_ZH
from loaders.files.heads import KEPT
from loaders.files.sheets import ROW
from loaders.layouts.spelling import SCALES, clean_head, factor_of, simplified, unit_of
from loaders.layouts.words import head_words
from loaders.rows.as_meant import LIMIT, Note
from loaders.standards.regions import cut_region, find_city, find_street

SIGNS = {"rmb": "CNY", "¥": "CNY", "us$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "hk$": "HKD", "nt$": "TWD"}
SIGNS |= {code.lower(): code for code in CURRENCIES.choices}
MONEY_WORDS = sorted([*CURRENCIES.words, *SIGNS], key=len, reverse=True)
_money_word = "|".join(map(re.escape, MONEY_WORDS))
BARE, GOT = "__bare", "__got"  # the columns of an amount while it is read
MONEY = (
    rf"(?i)^(约|大约|近|超过|超|逾|不低于|不少于|至少|预计|暂定|计划|拟)?(?:({_money_word})\s*)?(\d+(?:\.\d+)?)"
    rf"(万亿|亿|千万|百万|万|千|百)?元?(?:({_money_word}))?(?:\(?(人民币)\)?|整)?(左右|以上|余|多|上下)?$"
)
DIGITS = {
    sign: number
    for number, signs in enumerate(("零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for sign in signs
}
PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMERAL = re.compile(rf"([{''.join(DIGITS)}{''.join(PLACES)}]+)(?=[万亿元])")
ORIGINAL_OF = {"amount": "amount_original"}
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
PRODUCT_LENGTH = 40
LISTED = r"[、;；，\n]+|,(?=\s|[\u4e00-\u9fff])"
STATES = {  # what registers call the state of a firm, with what it is in the words of ours
    "active": "存续", "live": "存续", "registered": "存续", "in operation": "在业", "dissolved": "注销",
    "deregistered": "注销", "struck off": "注销", "cancelled": "注销", "revoked": "吊销", "liquidation": "清算",
    "in liquidation": "清算", "inactive": "停业",
}  # fmt: skip
OF_FIRMS = ("investors", "supplier", "customer", "enterprise", "participant", "agency", "titles")
NOBODY = (
    r"(^|[、;；，,\n])\s*(?:待定|未定|待确定|待落实|尚?未确定|暂未确定|暂无|无|不详|保密|-+|—+|/)\s*(?:$|[、;；，,\n])"
)
REMARK = (
    r"[(（](?:(?:世界|中国|全国|民企|民营企业|财富)*\d*500强.{0,6}|(?:A股|港股|主板|科创板|创业板|北交所)?上市(?:公司|企业)"
    r"|央企|国企|民企|外企|外资|龙头(?:企业)?|链主(?:企业)?|牵头(?:单位|方)?|联合体|暂定名?|拟设立?|新设)[)）]"
)
IN_NAME = (  # a line break that is not between two names
    r"(?<=[\u4e00-\u9fff（）()])(?<!公司)(?<!集团)(?<!中心)(?<![厂院所局委会社店部])[ \t]*\n[ \t]*"
    r"|[ \t]*\n[ \t]*(?=[（(])"
)
AND_OTHERS = r"等(?:\d+家)?(?:企业|公司|单位)?$"
DISSOLVED = (*GONE, "解散", "废止", "廢止", "除名")
STATE_WORDS = (
    *(
        "存续",
        "在业",
        "开业",
        "在营",
        "正常",
        "迁出",
        "迁入",
        "停业",
        "歇业",
        "清算",
        "筹建",
        "仍注册",
        "设立",
        "設立",
        "登记",
        "破产",
    ),
    *("异常", "成立", *DISSOLVED),
)
A_DAY = r"(\d{4}(?:[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?)?[年月日]?)"
NO_WORDS = ("无", "-", "--", "—", "/", "暂无", "不详")  # nothing that is to be kept
NO_DAYS = ("1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "0001-01-01", "0000-00-00", "1900-01")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_told = re.compile(
    r"(?:研发|生产|制造|销售|加工|设计|经营|开发|安装)$|以及|面向|从事|用于|主要|专业|的(?:研发|研究|生产|制造|销售|设计|加工)"
)
_gone = re.compile(rf"^(?:已|依法)?(?:{'|'.join(DISSOLVED)})")
_years = re.compile(r"^(\d{4})(?:年)?(?:[-/.年](\d{1,2}))?(?:[-/.月](\d{1,2}))?[日月]?$")

_dated = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:[-/.年](0?[1-9]|1[0-2])(?:[-/.月](0?[1-9]|[12]\d|3[01]))?|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))?(?!\d)"
)


@dataclass
class Listing:
    """What is known of a table whose rows are read: its type, the heads of its fields, whether it is a list that
    somebody else made, what stands above it, the day on which it was made, as far as that is said, and what the heads
    of what it says of persons are kept for."""

    record: type[Record]
    heads: Mapping[str, str]
    listing: bool
    unit: str = ""
    day: str = ""
    purposes: Mapping[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    title: str = ""

    def note(self, frame: pl.DataFrame, name: str, told: pl.Expr) -> None:
        """Note the cells of a column for which something is told."""
        said = frame.with_columns(told.alias("__told")).filter(pl.col("__told").is_not_null())
        for row, value, text in said.select(ROW, name, "__told").iter_rows():
            self.notes.append(Note(row, self.heads.get(name, ""), (value or "")[:LIMIT], text))


Reading = Callable[[pl.DataFrame, Listing], pl.DataFrame]


def read_cells(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Return the rows of a table (text columns by field) with the model's fields, each cell read as what it means."""
    for reading in OF_EVERY if not listing.listing else (*OF_EVERY, *OF_LISTS):
        frame = reading(frame, listing)
    return frame.drop(name for name in frame.columns if name.startswith("_") and name != ROW)


def _text(name: str) -> pl.Expr:
    return pl.col(name).str.strip_chars().replace("", None)


def _or_none(frame: pl.DataFrame, name: str) -> pl.Expr:
    return _text(name) if name in frame.columns else pl.lit(None, dtype=pl.String)


def read_money(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read amounts: the unit of the cell, else of the head, else of the title; the currency into its own column."""
    for name, kind in listing.record.kinds().items():
        if kind.money and name in frame.columns:
            frame = _read_amount(frame, name, listing)
    return frame


def _read_amount(frame: pl.DataFrame, name: str, listing: Listing) -> pl.DataFrame:
    head = listing.heads.get(name, "")
    of_head = unit_of(head) or listing.unit
    bare = _text(name).str.normalize("NFKC").str.replace_all(r"[\s,]", "").str.to_lowercase()
    bare = bare.str.replace_many({"萬": "万", "億": "亿", "幣": "币", "圓": "元", "臺": "台", "million": "百万"})
    frame, bare = frame.with_columns(bare.alias(BARE)), pl.col(BARE)  # read once, asked often
    if listing.listing and not of_head:
        small = bare.str.contains(r"^[1-9]\d{0,3}(?:\.\d+)?$")
        listing.note(frame, name, pl.when(small).then(pl.lit("没有写单位,按元读;是万元或亿元的请在表头写明")))
    plain = not of_head and "_currency" not in frame.columns
    if plain and not frame.select(bare.str.contains(r"[^0-9.]").any()).item():
        return frame.drop(BARE)
    bare = bare.str.replace(r"元\(元\)$", "元").str.replace(r"\(([^()\d]{1,8})\)(整?)$", "${1}${2}")  # 200(万元)
    frame, bare = frame.with_columns(bare.alias(BARE)), pl.col(BARE)
    numerals = {text: number for text in frame[BARE].drop_nulls().unique() if (number := in_digits(text))}
    got = bare.replace(numerals).str.extract_groups(MONEY)
    frame = frame.with_columns(bare.replace(numerals), got.alias(GOT))
    unit, of_unit = factor_of(of_head)
    # a bare 元 is not the yuan in a list in traditional characters
    home = "CNY" if simplified(head) == head else None
    about, before, digits, scale, after, yuan, more = (pl.col(GOT).struct.field(str(n)) for n in range(1, 8))
    has_unit = scale.is_not_null() | after.is_not_null() | bare.str.contains("元")
    factor = scale.replace_strict(SCALES, default=1.0, return_dtype=pl.Float64)
    value = digits.cast(pl.Float64) * pl.when(has_unit).then(factor).otherwise(unit * factor)
    word = pl.coalesce(before, after)
    of_column = pl.lit((home if of_unit == "CNY" else of_unit) if of_head else None, dtype=pl.String)
    currency = word.replace_strict(CURRENCIES.words | SIGNS, default=None, return_dtype=pl.String)
    told_yuan = pl.when(yuan.is_not_null()).then(pl.lit("CNY")).when(bare.str.contains("元整?$")).then(pl.lit(home))
    currency = pl.when(word == "元").then(told_yuan).otherwise(pl.coalesce(currency, told_yuan))
    currency = currency.fill_null(of_column)
    read = digits.is_not_null()
    if listing.record.__name__ == "Supplies" or name == "turnover":  # they have no currency of their own
        paid_in = _or_none(frame, "_currency").str.to_lowercase()
        currency = pl.coalesce(currency, paid_in.replace_strict(CURRENCIES.words | SIGNS, default=None))
        abroad = read & (currency != "CNY")
        listing.note(frame, name, pl.when(abroad).then(pl.lit("是外币,没有折算,没有载入这一格")))
        frame = frame.with_columns(pl.when(abroad).then(None).otherwise(pl.col(name)).alias(name))
        read = read & ~abroad.fill_null(False)
    was, made = _text(name), list[pl.Expr]()
    listing.note(
        frame, name, pl.when(read & (about.is_not_null() | more.is_not_null())).then(pl.lit("是约数,按这个数读"))
    )
    if (to := CURRENCY_OF.get(name)) and listing.record in (Enterprise, Project):
        foreign = read & (currency != "CNY")
        told = pl.when(pl.lit(listing.listing) | foreign).then(pl.when(read).then(currency))
        made.append(pl.coalesce(_or_none(frame, to), told).alias(to))
    if (to := ORIGINAL_OF.get(name)) and listing.record is Project and listing.listing:
        whole = pl.when(has_unit | ~read).then(was).otherwise(was + pl.lit(of_head))
        made.append(pl.coalesce(_or_none(frame, to), whole).alias(to))
    made.append(pl.when(read).then(value.round(2).cast(pl.String)).otherwise(was).alias(name))
    return frame.with_columns(made).drop(BARE, GOT)


def in_digits(text: str) -> str:
    """Return an amount that begins with a Chinese numeral with its number in digits: 壹仟万元整 is 1000万元整."""
    found = NUMERAL.match(text)
    if not found:
        return ""
    total = digit = 0
    for sign in found[1]:
        if (place := PLACES.get(sign)) is not None:
            total, digit = total + (digit or 1) * place, 0
        else:
            digit = DIGITS[sign]
    return f"{total + digit}{text[found.end() :]}"


def read_dates(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read dates however they are written: 2023年11月29日, 2023/1/5, 20230105, 2024年上半年; 长期 is no date."""
    for name, kind in listing.record.kinds().items():
        if kind.name != "date" or name not in frame.columns:
            continue
        cell = _text(name)
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


def read_other_status(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take what stands under 状态 for what it is: the state of a firm's registration, or a project's stage."""
    to = {Enterprise: "registration_state", Project: "stage"}.get(listing.record)
    if "status" not in frame.columns or (not listing.listing and to is None):
        return frame
    if to is None:
        known = pl.col("status").str.strip_chars().str.to_lowercase().is_in([*STATUS_ZH, *STATUS_ZH.values()])
        return frame.with_columns(pl.when(known).then(pl.col("status")).alias("status"))
    values = frame["status"].drop_nulls().unique().str.strip_chars()
    mine = [
        value
        for value in values
        if value and not _is_status(value) and (listing.listing or _is_state(value, listing.record))
    ]
    if not mine:
        return frame
    is_mine = _text("status").is_in(mine)
    return frame.with_columns(
        pl.coalesce(_or_none(frame, to), pl.when(is_mine).then(_text("status"))).alias(to),
        pl.when(is_mine).then(None).otherwise(pl.col("status")).alias("status"),
    )


def _is_status(value: str) -> bool:
    return value.lower() in STATUS_ZH or value in STATUS_ZH.values()


def _is_state(value: str, record: type[Record]) -> bool:
    if record is Project:
        return value in STAGES.choices or head_words().find_stage(value) is not None
    return value.lower() in STATES or any(word in value for word in STATE_WORDS)


def read_register(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read what a register says of a firm: its numbers, its state; a firm that is no longer there ends."""
    if listing.record is not Enterprise:
        return frame
    for name in ("_taxpayer", "registration_number"):
        if name in frame.columns:
            code = _text(name).str.to_uppercase().str.extract(r"^([0-9A-HJ-NPQRTUWXY]{18})$")
            frame = frame.with_columns(pl.coalesce(_or_none(frame, "uscc"), code).alias("uscc"))
            frame = frame.with_columns(pl.when(code.is_null()).then(pl.col(name)).alias(name))
    if "stock_code" in frame.columns:  # sh600690 is 600690.SH
        code = _text("stock_code").str.to_uppercase().str.replace(r"^(SH|SZ|BJ)[.:_-]?(\d{6})$", "${2}.${1}")
        frame = frame.with_columns(code.alias("stock_code"))
    for name in ("staff", "insured"):
        if name in frame.columns:
            bare = _text(name).str.normalize("NFKC").str.replace_all(r"[\s,]", "")
            bare = bare.str.replace(r"^约?(\d+)(?:余|多)?[人名]?(?:\(.*\))?$", "${1}")  # 53(2023年报)
            frame = frame.with_columns(bare.alias(name))
    if "registration_state" not in frame.columns:
        return frame
    state = pl.col("registration_state").str.strip_chars()
    words = {
        value: STATES[value.lower()]
        for value in frame["registration_state"].drop_nulls().unique()
        if value.lower() in STATES
    }
    frame = frame.with_columns(state.replace(words).alias("registration_state"))
    if listing.listing:  # what is no state of a register, such as 已搬离 or 在谈, is kept as words
        values = frame["registration_state"].drop_nulls().unique()
        odd = pl.col("registration_state").is_in([text for text in values if text and not _is_state(text, Enterprise)])
        head = listing.heads.get("registration_state") or "状态"
        as_words = pl.when(odd).then(pl.concat_str(pl.lit(f"{head}："), "registration_state"))
        frame = frame.with_columns(
            _joined(_or_none(frame, "note"), as_words).alias("note"),
            pl.when(odd).then(None).otherwise(pl.col("registration_state")).alias("registration_state"),
        )
    gone = [value for value in frame["registration_state"].drop_nulls().unique() if _gone.match(value)]
    if not gone:
        return frame
    is_gone = pl.col("registration_state").is_in(gone)
    for name in {"_gone_on", "_approved_on"} & {*frame.columns}:
        unread = frame.filter(is_gone & ~_text(name).str.contains(r"^(?:19|20)\d{2}"))[name].unique()
        read = {text: find_day(text) or text for text in unread.drop_nulls()}
        frame = frame.with_columns(_text(name).replace(read).alias(name))
    days = [_or_none(frame, name) for name in ("valid_to", "_gone_on", "_approved_on")]
    told = pl.coalesce(*(day.str.extract(r"^(\d{4}-\d{2}-\d{2})").fill_null(day) for day in days))
    end = pl.coalesce(told, pl.lit(listing.day or date.today().isoformat()))
    listing.note(
        frame,
        "registration_state",
        pl.when(is_gone & told.is_null()).then(pl.lit("企业已经不在;没有写哪一天,按名单的日期算")),
    )
    return frame.with_columns(pl.when(is_gone).then(end).otherwise(days[0]).alias("valid_to"))


def read_names(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take names as names: without line breaks, without what is said of a firm in brackets; 待定 is nobody."""
    kind = listing.record.__name__
    own = {"Enterprise": ["name"], "Agency": ["name"], "Title": ["name"]}.get(kind, [])
    for name in (name for name in (*own, *OF_FIRMS, "name", "project") if name in frame.columns):
        was = _text(name)
        if not frame.select(was.str.contains(f"\n|{REMARK}|{NOBODY}|{AND_OTHERS}").any()).item():
            continue
        broken = frame.filter(was.str.contains("\n"))[name].unique().to_list()
        bare = was.replace({text.strip(): _in_one_line(text.strip()) for text in broken}) if broken else was
        if name in (*own, *OF_FIRMS):
            bare = bare.str.replace_all(REMARK, "").str.replace_all(NOBODY, "${1}").str.replace(AND_OTHERS, "")
            listing.note(frame, name, pl.when(was.str.contains(REMARK)).then(pl.lit("括号里的说明没有当作名称")))
            bare = bare.str.strip_chars(" 、;；，,").replace("", None)
        frame = frame.with_columns(bare.alias(name))
    return frame


def _in_one_line(text: str) -> str:
    """Return a name without the line break in it; several names, each in a line of its own, stay apart."""
    return re.sub(IN_NAME, "", text)


def read_flags(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read yes and no in the words of an office: 愿意, 有意向, 不接受."""
    for name, kind in listing.record.kinds().items():
        if kind.name == "bool" and name in frame.columns:
            said = _text(name)
            no = said.str.contains(r"^(?:不|否|无|没|暂不|暂无|尚无)")
            yes = said.str.contains(r"^(?:是|有|愿意|同意|接受|可以?|能|希望|√|✓|对)")
            frame = frame.with_columns(
                pl.when(no).then(pl.lit("false")).when(yes).then(pl.lit("true")).otherwise(said).alias(name)
            )
    return frame


def read_period(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read until when something holds, or from when to when it is built: 2022-2025, 三年, 至2025年12月."""
    if "valid_to" in frame.columns:  # 三年 may stand below 有效期至 too
        long = pl.when(_text("valid_to").str.contains(LONG)).then(_text("valid_to"))
        frame = frame.with_columns(
            pl.coalesce(_or_none(frame, "_validity"), long).alias("_validity"),
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
        begun = _or_none(frame, start) if start else pl.lit(None, dtype=pl.String)
        pairs = frame.select(_text(name).alias("said"), begun.alias("begun")).rows()
        read = [find_period(said, begun) if said else (None, None) for said, begun in pairs]
        for to, values in ((start, [first for first, _ in read]), (end, [last for _, last in read])):
            if to:
                column = pl.Series(to, values, dtype=pl.String)
                frame = frame.with_columns(pl.coalesce(_or_none(frame, to), column).alias(to))
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


def read_place(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Put together where something is: province, city and district, else what an address begins with."""
    parts = [_text(name) for name in ("_province", "_city", "_district") if name in frame.columns]
    if not parts and not {"address", "region"} & {*frame.columns}:
        return frame
    places = [_or_none(frame, "region")]
    if parts:
        whole = pl.concat_str(parts, separator="/", ignore_nulls=True).replace("", None)
        places.append(whole)
    if "address" in frame.columns:
        places.append(_text("address").str.extract(ADDRESS).replace("", None))
    frame = frame.with_columns(pl.coalesce(*places).alias("region"))
    if frame.select(pl.col("region").str.contains(ZONE).any()).item() and (city := find_city(listing.title)):
        zone = pl.col("region").str.contains(ZONE)  # of the city that the title names
        frame = frame.with_columns(
            pl.when(zone).then(pl.concat_str(pl.lit(f"{city}/"), "region")).otherwise(pl.col("region")).alias("region")
        )
    if listing.record is Enterprise and "address" in frame.columns and "street" not in frame.columns:
        told = _text("address").str.contains("街道|镇|乡").fill_null(False)
        streets = [
            find_street(rest, code) or None
            for code, rest in map(cut_region, frame.filter(told).select(_text("address"))["address"])
        ]
        rows = frame.filter(told).select(ROW).with_columns(pl.Series("street", streets, dtype=pl.String))
        frame = frame.join(rows.unique(ROW), on=ROW, how="left", maintain_order="left")
    return frame


ZONE = (  # of which every city has one
    r"^(?:国家级?)?(?:高新区|高新技术产业开发区|经开区|经济技术开发区|经济开发区|开发区|综合保税区|综保区|保税港?区"
    r"|自贸区|自贸片区)$"
)
ADDRESS = (
    r"^((?:[\u4e00-\u9fff]{2,8}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,8}?(?:市|自治州|地区|盟))?"
    r"(?:[\u4e00-\u9fff]{1,9}?(?:区|县|市|旗))?)"
)


def read_industry(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take the most exact of the classes that a firm is said to be in."""
    names = [f"_industry_{level}" for level in ("code", "class", "group", "division")]
    there = [name for name in (*names, "industries", "_industry_section") if name in frame.columns]
    if not there or listing.record is not Enterprise:
        return frame
    return frame.with_columns(pl.coalesce(*map(_text, there)).alias("industries"))


def read_products(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Keep what a list says of a firm's products in its own words, and take the names of products out of it."""
    if listing.record is not Enterprise or "products" not in frame.columns:
        return frame
    named = {text: names_of(text) for text in frame["products"].drop_nulls().unique()}
    values = pl.Series("products", [named.get(text or "") or None for text in frame["products"]], dtype=pl.String)
    long = pl.when(pl.col("products").str.strip_chars().str.len_chars() > 0).then(
        pl.when(values.is_null()).then(pl.lit("不像产品的名称,存在“主要产品原文”里"))
    )
    listing.note(frame, "products", long)
    return frame.with_columns(
        pl.coalesce(_or_none(frame, "main_products"), _text("products")).alias("main_products"), values
    )


def names_of(text: str) -> str:
    """Return the names of products in what a list says of them, with ``;`` between."""
    parts = (
        re.sub(r"^(?:\d{1,2}[.、)]|[①-⑳])\s*|等(?:产品|系列)?$|[。.]$", "", part.strip())
        for part in re.split(LISTED, text)
    )
    names = (part for part in parts if 1 < len(part) <= PRODUCT_LENGTH and not _told.search(part))
    return ";".join(dict.fromkeys(names))


def read_year(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read of which year a turnover is, from its head: 2024年营业收入, 上年营收."""
    head = listing.heads.get("turnover", "")
    told = re.search(r"((?:19|20)\d{2})年", head)
    year = told[1] if told else str(int(listing.day[:4]) - 1) if "上年" in head and listing.day else ""
    if not year or "turnover" not in frame.columns:
        return frame
    said = pl.when(_text("turnover").is_not_null()).then(pl.lit(year))
    return frame.with_columns(pl.coalesce(_or_none(frame, "turnover_year"), said).alias("turnover_year"))


def read_stage(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read how far a project is from what is said of it; the words themselves stay in the note."""
    if listing.record not in (Project, Progress) or "stage" not in frame.columns:
        return frame
    words = head_words()
    values = frame["stage"].drop_nulls().unique()
    stages = {
        value: stage for value in values if (stage := value if value in STAGES.choices else words.find_stage(value))
    }
    said, read = _text("stage"), pl.col("stage").replace_strict(stages, default=None, return_dtype=pl.String)
    keep = said.is_not_null() & (read.is_null() | (read != said))
    if listing.record is Project:
        keep &= read.is_null()
    word = pl.when(keep).then(pl.concat_str(pl.lit(f"{listing.heads.get('stage', '进展')}："), said))
    return frame.with_columns(_joined(_or_none(frame, "note"), word).alias("note"), read.alias("stage"))


def read_steps(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take no step of a project from what is no day: 未开工 below 开工时间 is none."""
    if listing.record is not Progress or "happened_on" not in frame.columns:
        return frame
    dull = ~_text("happened_on").str.contains(PARTIAL_DATE)
    listing.note(frame, "happened_on", pl.when(dull).then(pl.lit("不是日期,没有当作一步进展")))
    return frame.with_columns(pl.when(~dull).then(pl.col("happened_on")).alias("happened_on"))


def read_quantity(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Keep the unit that a head says of a quantity with its bare number: 年用量(万台)."""
    told = re.search(r"[(（【\[]([^()（）\d]{1,6})[)）】\]]\s*$", listing.heads.get("quantity", ""))
    if not told or "quantity" not in frame.columns:
        return frame
    bare = _text("quantity").str.contains(r"^[\d.,]+$")
    whole = pl.when(bare).then(pl.concat_str(_text("quantity"), pl.lit(told[1]))).otherwise(pl.col("quantity"))
    return frame.with_columns(whole.alias("quantity"))


def read_said(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Put into the note what has no field of its own, each under its head."""
    names = [name for name in frame.columns if name.startswith("_said")]
    if listing.record.__name__ == "Supplies" and "_category" in frame.columns:
        product = _or_none(frame, "product")
        frame = frame.with_columns(pl.coalesce(product, _text("_category")).alias("product"))
        names.append("_category")
    if not names:
        return frame
    words = [
        pl.concat_str(
            pl.lit(f"{listing.heads.get(name, '')}："), pl.when(~_text(name).is_in(NO_WORDS)).then(_text(name))
        )
        for name in names
    ]
    return frame.with_columns(_joined(_or_none(frame, "note"), *words).alias("note"))


def day_of(*texts: str) -> str:
    """Return the first day (or month, or year) that some texts tell: when a list was made."""
    for text in texts:
        if match := _dated.search(unicodedata.normalize("NFKC", text)):
            return "-".join([match[1], *(f"{int(part):02d}" for part in match.groups()[1:] if part)])
    return ""


def read_persons(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Keep what was asked for of persons: masked, under its head, with what it is for."""
    names = [name for name in frame.columns if name.startswith(KEPT)]
    if not names:
        return frame
    entries: list[pl.Expr] = []
    for name in names:
        head = listing.heads.get(name, "")
        purpose = listing.purposes.get(clean_head(head), "")
        masked = _text(name).map_elements(mask, return_dtype=pl.String)
        entries.append(pl.concat_str(pl.lit(f"{head}："), masked, pl.lit(f"（{purpose}）")))
    return frame.with_columns(
        pl.concat_str(entries, separator=";", ignore_nulls=True).replace("", None).alias("contacts")
    )


def mask(text: str) -> str:
    """Return a name, a number or an address of mail as anybody may see it: 张*, 138****00, a***@example.cn."""
    parts = re.split(r"[;；,，、\s]+", text.strip())
    return " / ".join(_masked(part) for part in parts if part)


def _masked(part: str) -> str:
    if "@" in part:
        name, _, host = part.partition("@")
        return f"{name[:1]}***@{host}"
    if sum(sign.isdigit() for sign in part) >= 5:
        return f"{part[:3]}****{part[-2:]}"
    return part[:1] + "*" * max(1, min(len(part) - 1, 3))


def _joined(*texts: pl.Expr) -> pl.Expr:
    return pl.concat_str(*texts, separator="；", ignore_nulls=True).replace("", None)


OF_EVERY: tuple[Reading, ...] = (read_other_status, read_money, read_dates)
OF_LISTS: tuple[Reading, ...] = (
    read_names,
    read_flags,
    read_register,
    read_period,
    read_place,
    read_industry,
    read_products,
    read_year,
    read_stage,
    read_steps,
    read_quantity,
    read_said,
    read_persons,
)

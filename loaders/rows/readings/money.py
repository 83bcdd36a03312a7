"""Amounts: their unit by the cell, the head or the title, their currency."""

import re

import polars as pl

from graph.currencies import CURRENCY_OF
from graph.model.edges import Supplies
from graph.model.nodes import CURRENCIES, Enterprise, Project
from graph.model.parts import Part
from loaders.layouts.spelling import SCALES, factor_of, simplified, unit_of
from loaders.rows.readings.listing import Listing, or_none, text_of

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


def read_money(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read amounts: the unit of the cell, else of the head, else of the title; the currency into its own column."""
    for name, kind in listing.record.kinds().items():
        if kind.money and name in frame.columns:
            frame = _read_amount(frame, name, listing)
    return frame


def _read_amount(frame: pl.DataFrame, name: str, listing: Listing) -> pl.DataFrame:
    head = listing.heads.get(name, "")
    of_head = unit_of(head) or listing.unit
    bare = text_of(name).str.normalize("NFKC").str.replace_all(r"[\s,]", "").str.to_lowercase()
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
    if listing.record in (Supplies, Part) or name == "turnover":  # they have no currency of their own
        paid_in = or_none(frame, "_currency").str.to_lowercase()
        currency = pl.coalesce(currency, paid_in.replace_strict(CURRENCIES.words | SIGNS, default=None))
        abroad = read & (currency != "CNY")
        listing.note(frame, name, pl.when(abroad).then(pl.lit("是外币,没有折算,没有载入这一格")))
        frame = frame.with_columns(pl.when(abroad).then(None).otherwise(pl.col(name)).alias(name))
        read = read & ~abroad.fill_null(False)
    was, made = text_of(name), list[pl.Expr]()
    listing.note(
        frame, name, pl.when(read & (about.is_not_null() | more.is_not_null())).then(pl.lit("是约数,按这个数读"))
    )
    if (to := CURRENCY_OF.get(name)) and listing.record in (Enterprise, Project):
        foreign = read & (currency != "CNY")
        told = pl.when(pl.lit(listing.listing) | foreign).then(pl.when(read).then(currency))
        made.append(pl.coalesce(or_none(frame, to), told).alias(to))
    if (to := ORIGINAL_OF.get(name)) and listing.record is Project and listing.listing:
        whole = pl.when(has_unit | ~read).then(was).otherwise(was + pl.lit(of_head))
        made.append(pl.coalesce(or_none(frame, to), whole).alias(to))
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

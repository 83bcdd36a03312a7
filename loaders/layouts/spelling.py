"""Column heads as they are compared: half width, simplified, no blanks, no marks, no unit."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

from graph.currencies import CURRENCY_WORDS

SCALES = {"万亿": 1e12, "亿": 1e8, "千万": 1e7, "百万": 1e6, "万": 1e4, "千": 1e3, "百": 1e2}
_scale = "|".join(SCALES)
_money = "|".join(sorted(CURRENCY_WORDS, key=len, reverse=True))
_unit = rf"(?:人民币)?((?:{_scale})?(?:{_money})|(?:{_scale}))(?:人民币)?"
UNIT = re.compile(
    rf"[(\[【](?:单位:?)?{_unit}[)\]】]$"
    rf"|(?:[/,:_-]|单位:?)(?:人民币)?((?:{_scale})?(?:{_money}))$|((?:{_scale})(?:{_money}))$"
)
TITLE_UNIT = re.compile(rf"单位[::]?\s*[(\[【]?{_unit}")
COUNTED = re.compile(
    r"[(\[【](?:单位:?)?(?:人|名|家|户|个|项|亩|㎡|m2|平方米|万平方米|%|年|月|日|辆|台|套|吨|t|件|只|支|条|块|片|张|根|颗|对|副|米|m|公斤|千克|kg|克|g|升|l|pcs?|ea|sets?)"
    r"(?:/(?:台|套|车|辆|机|件))?"
    r"[)\]】]$",
    re.IGNORECASE,
)
YEAR = re.compile(r"^((?:19|20)\d{2})年(?:度|全年)?(.{2,})$")
FAR = 30  # letters of a head; what is longer is no head


def clean_head(text: str) -> str:
    """Return a column head as it is compared: half width, no blanks, no required-mark, no unit, lower case."""
    return COUNTED.sub("", UNIT.sub("", _narrow(text))).lower()


def one_line(head: str) -> str:
    """Return a head without the line breaks in it."""
    return re.sub(r"\s*\n\s*", "", head)


def unit_of(head: str) -> str:
    """Return the unit of money that a head says of its column: 亿元, 万美元; nothing where it says none."""
    found = UNIT.search(_narrow(head))
    return next(filter(None, found.groups())) if found else ""


def unit_of_title(title: str) -> str:
    """Return the unit of money that stands above a table: (单位:万元)."""
    found = TITLE_UNIT.search(_narrow(title))
    return found[1] if found else ""


def factor_of(unit: str) -> tuple[float, str]:
    """Return by what a number in a unit of money is multiplied, and the currency: 万美元 is (10000, USD)."""
    scale = next((word for word in SCALES if unit.startswith(word)), "")
    return SCALES.get(scale, 1.0), CURRENCY_WORDS.get(unit.removeprefix(scale) or "元", "CNY")


def without_year(head: str) -> list[str]:
    """Return what a head with a year in front may be known as: 2024年营业收入 is 年度营业收入, 年营业收入, 营业收入."""
    found = YEAR.match(head)
    return [f"年度{found[2]}", f"年{found[2]}", found[2]] if found else []


def _narrow(text: str) -> str:
    return re.sub(r"[\s*★▲]+", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=10_000)
def simplified(head: str) -> str:
    """Return a head in simplified characters."""
    if head.isascii() or len(head) > FAR:
        return head
    return str(_converter().convert(head))


@cache
def _converter() -> Any:
    from opencc import OpenCC  # only where a head is not known as it stands

    return OpenCC("t2s")

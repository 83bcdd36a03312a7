"""Column heads as they are compared: half width, simplified, no blanks, no marks, no unit."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

UNIT = re.compile(r"\((?:单位[::]?)?(?:人民币)?(亿元|百万元|万元|千元|元)(?:人民币)?\)$")
TITLE_UNIT = re.compile(r"单位[::]?\s*\(?(?:人民币)?(亿元|百万元|万元|千元|元)")
COUNTED = re.compile(r"\((?:单位[::]?)?(?:人|名|家|户|个|项|亩|平方米|万平方米|%|年|月|辆|台|套|吨)\)$")
YEAR = re.compile(r"^(?:19|20)\d{2}年度?(?=\D)")  # 2024年营业收入 is 营业收入
FAR = 30  # letters of a head; what is longer is no head


def clean_head(text: str) -> str:
    """Return a column head as it is compared: half width, no blanks, no required-mark, no unit, lower case."""
    return YEAR.sub("", COUNTED.sub("", UNIT.sub("", _narrow(text)))).lower()


def unit_of(head: str) -> str:
    """Return the unit of money that a head says of its column: 亿元, 万元; nothing where it says none."""
    found = UNIT.search(_narrow(head))
    return found[1] if found else ""


def unit_of_title(title: str) -> str:
    """Return the unit of money that stands above a table: (单位:万元)."""
    found = TITLE_UNIT.search(_narrow(title))
    return found[1] if found else ""


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

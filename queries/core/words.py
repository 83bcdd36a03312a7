"""How names and numbers are told, on every face alike."""

from collections.abc import Iterable

from graph.currencies import CURRENCY_ZH

MOST_NAMES = 20  # in a cell


def show_names(names: Iterable[str], most: int = MOST_NAMES, unit: str = "家") -> str:
    """Return names as a cell holds them: the first, and how many there are where that is not all."""
    every = list(names)
    return "、".join(every[:most]) + (f" 等 {len(every)} {unit}" if len(every) > most else "")


def show_number(value: float | None) -> str:
    """Return a number with thousands separated, without a tail of zeros."""
    if value is None:
        return ""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6f}".rstrip("0").rstrip(".")


def show_percent(share: float | None, digits: int = 1) -> str:
    """Return a share of 1 in per cent."""
    return "" if share is None else f"{share:.{digits}%}"


def in_unit(value: float, unit: str) -> float:
    """Return an amount of yuan or dollars in a figure's own unit: a figure of 160 亿元 is not one of 160 yuan."""
    return value / next((size for word, size in (("亿", 1e8), ("万", 1e4)) if unit in (f"{word}元", f"{word}美元")), 1)


def show_amount(value: float | None, unit: str = "") -> str:
    """Return an amount in 万 or 亿 where it is large, and its unit."""
    if value is None:
        return ""
    for size, word in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= size and unit in (*CURRENCY_ZH.values(), "人", "张"):
            return f"{show_number(round(value / size, 4))} {word}{unit}"
    return f"{show_number(value)} {unit}".strip()

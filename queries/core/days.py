"""Days of dates that may name a year, a half, a quarter, a month or a day."""

from calendar import monthrange
from datetime import date, datetime


def first_day(text: str) -> date:
    """Return the first day that a date means."""
    year, _, rest = text.partition("-")
    return date.fromisoformat(text) if len(text) == 10 else date(int(year), _months(rest)[0], 1)


def last_day(text: str) -> date:
    """Return the last day that a date means."""
    if len(text) == 10:
        return date.fromisoformat(text)
    year, _, rest = text.partition("-")
    month = _months(rest)[1]
    return date(int(year), month, monthrange(int(year), month)[1])


def after_months(day: date, months: int) -> date:
    """Return the day so many months later; the last of its month where that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _months(rest: str) -> tuple[int, int]:
    """Return the first and the last month of a part of a year: nothing, ``H1``, ``Q3``, ``07``."""
    if not rest:
        return 1, 12
    if rest[0] in "HQ":
        long = 6 if rest[0] == "H" else 3
        return (int(rest[1]) - 1) * long + 1, int(rest[1]) * long
    return int(rest), int(rest)


HALVES = {"H1": "上半年", "H2": "下半年"} | {f"Q{number}": f"{word}季度" for number, word in enumerate("一二三四", 1)}


def show_part(text: str) -> str:
    """Return a date as people read it: halves and quarters in words, a moment by the clock of this machine, others as
    they are."""
    if "T" in text:
        return f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M}"
    year, _, rest = text.partition("-")
    return f"{year} {HALVES[rest]}" if rest in HALVES else text


def holds_on(day: date, since: str | None, until: str | None) -> bool:
    """Tell whether what has a first and a last day, or only one of them, or none, holds on a day."""
    return (since is None or first_day(since) <= day) and (until is None or day <= last_day(until))

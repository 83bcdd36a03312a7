"""The classes of GB/T 4754-2017 by code or name: of all levels, of which the most exact holds."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

SOURCE = "gbt4754-2017"
SYSTEM = "GB/T 4754-2017"
_code = re.compile(r"([A-T])?(\d{2,4})?")


@cache
def _classes() -> dict[str, tuple[str, str]]:
    """Return the name of each class and the code of the class that contains it, by code."""
    with (files("loaders.standards") / "gbt4754.csv").open(encoding="utf-8") as stream:
        return {row["code"]: (row["name"], row["parent"]) for row in csv.DictReader(stream)}


@cache
def _by_name() -> dict[str, str]:
    """Return the code of each name; of a division and its only class, which are called the same, the division's."""
    table: dict[str, str] = {}
    for code, (name, _) in sorted(_classes().items(), key=lambda item: (item[0].isdigit(), len(item[0]), item[0])):
        table.setdefault(_plain(name), code)
    return table


def _plain(text: str) -> str:
    return re.sub(r"[\s、,,()()]+", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=50_000)
def find_industry(text: str) -> str | None:
    """Return the id of the class that a text names: C3510, 3510, gbt-3510, 矿山机械制造, C351矿山机械制造."""
    said = unicodedata.normalize("NFKC", text).strip().removeprefix("gbt-").upper()
    match = _code.match(said)
    letter, digits = match.groups() if match else (None, None)
    rest = _plain(said[match.end() :].lstrip("-—.: ")) if match and (letter or digits) else _plain(said)
    wider = digits.rstrip("0") if digits and len(digits) > 2 else None  # 3510 says that of 351 no class is told
    for code in (digits, wider, letter if not digits else None):
        if code in _classes() and (not rest or _plain(_classes()[code][0]) == rest or rest in _by_name()):
            return f"gbt-{code}"
    named = _by_name().get(_plain(said)) or _by_name().get(rest) or _by_name().get(f"{rest}业")
    if named is None and len(steps := re.split(r"[>＞/|→]+|--?", text.strip())) > 1:  # 制造业>汽车制造业
        return find_industry(steps[-1]) if steps[-1].strip() else None
    return f"gbt-{named}" if named else None


def industry_rows(ids: Iterable[str]) -> list[dict[str, str]]:
    """Return the rows of some classes and of all that contain them, the widest first."""
    wanted: dict[str, str] = {}
    for id in ids:
        code = id.removeprefix("gbt-")
        while code:
            wanted[code], code = _classes()[code]
    return [_row(code) for code in sorted(wanted, key=lambda code: (not code.isalpha(), len(code), code))]


def _row(code: str) -> dict[str, str]:
    name, parent = _classes()[code]
    row = {"id": f"gbt-{code}", "code": code, "name": name, "system": SYSTEM, "source": SOURCE, "status": "confirmed"}
    return row | ({"parent": f"gbt-{parent}"} if parent else {})


def industry_name(code: str) -> str:
    """Return the name of a class."""
    return _classes()[code][0]


def industry_parts(id: str) -> list[str]:
    """Return the digits of a class (id); of one that has a letter alone those of its divisions."""
    code = id.removeprefix("gbt-")
    return [code] if code.isdigit() else sorted(part for part, (_, above) in _classes().items() if above == code)


def words_of_industry(id: str) -> list[str]:
    """Return the words by which a class alone is known: its id."""
    return [id]

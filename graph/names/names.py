"""Firms' names: full and half width, brackets, place, legal form; and the credit code's check digit (GB 32100-2015)."""

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray
from stdnum.cn import uscc as uscc_standard
from stdnum.exceptions import InvalidChecksum, ValidationError

FORMS = (
    "集团股份有限公司", "集团有限责任公司", "集团有限公司", "集团公司",
    "股份有限公司", "有限责任公司", "有限公司", "股份公司", "合伙企业", "公司", "集团",
)  # fmt: skip
_form = re.compile(f"(?:{'|'.join(FORMS)})$")
CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
COMPACT_CODE = rf"^[0-9]{{8}}[{CODE_SIGNS}]{{10}}$"
IGNORED = r"[\s\"'“”‘’·•・]+"
_ignored = re.compile(IGNORED)
_bracket = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class FirmName:
    """A firm's name in its parts: ``core`` is what is left when place and legal form are off.

    ``place`` is the code of the city (or province) that it names, ``district`` that of the district, if it names one.
    """

    exact: str
    core: str
    form: str
    place: str
    district: str


def normal(expression: pl.Expr) -> pl.Expr:
    """Return names as they are compared letter by letter: half width, no blanks or quotes, lower case."""
    return expression.map_batches(_normal, return_dtype=pl.String)


def _normal(names: pl.Series) -> pl.Series:
    bare = names.str.normalize("NFKC").str.to_lowercase()
    if not bare.str.contains(IGNORED).any():
        return bare
    bare = bare.str.replace_all(IGNORED, "")
    return bare.zip_with(bare != "", names)


def normalise(name: str) -> str:
    """Return one name as ``normal`` does."""
    return _ignored.sub("", unicodedata.normalize("NFKC", name)).lower() or name


@cache
def places() -> dict[str, str]:
    """Return place names, full and short, with their six-digit codes (GB/T 2260)."""
    table: dict[str, str] = {}
    with (files("graph.names") / "places.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            table[row["name"]] = table[row["short"]] = row["code"]
    return table


@cache
def _prefix() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, places()), key=len, reverse=True)))


def split_name(exact: str) -> FirmName:
    """Return the parts of a normalised name."""
    codes: list[str] = []

    def drop(match: re.Match[str]) -> str:
        if match.group(1) in places():
            codes.append(places()[match.group(1)])
            return ""
        return match.group(1)

    core = _bracket.sub(drop, exact)
    form = ""
    if match := _form.search(core):
        form, core = match.group(), core[: match.start()]
    rest = core
    outer = ""
    while (
        (match := _prefix().match(rest)) and len(rest) - match.end() >= 2 and _is_within(places()[match.group()], outer)
    ):
        outer = places()[match.group()]
        codes.append(outer)
        rest = rest[match.end() :]
    district = max((code for code in codes if not code.endswith("00")), default="")
    return FirmName(exact, rest or exact, form, city_of(codes), district)


def _is_within(code: str, outer: str) -> bool:
    """Tell whether a place lies in another (in none: yes): 山东省青岛市 goes
    on, 青岛北海 is a name that begins with 北海."""
    return not outer or (code != outer and code.startswith(outer.rstrip("0")))


def city_of(codes: list[str]) -> str:
    """Return the most exact of some place codes, at the level of the city."""
    best = max(codes, key=lambda code: len(code.rstrip("0")), default="")
    return best[:4] + "00" if best else ""


def apart(left: str, right: str) -> bool:
    """Tell whether two places exclude one another; a province does not exclude its cities."""
    if not left or not right:
        return False
    whole = left.endswith("0000") or right.endswith("0000")
    return left[:2] != right[:2] if whole else left != right


@lru_cache(maxsize=100_000)
def city_of_region(text: str | None) -> str:
    """Return the city's code for what a region column says, or nothing where that is not known."""
    if not text:
        return ""
    codes = [places()[match.group()] for match in _prefix().finditer(text)]
    return city_of(codes)


def check_code(code: str) -> tuple[str, str]:
    """Return a credit code in compact form and what its check says: 有效, 校验位不符 or 格式不符."""
    compact = str(uscc_standard.compact(unicodedata.normalize("NFKC", code))).upper()
    try:
        uscc_standard.validate(compact)
    except InvalidChecksum:
        return compact, "校验位不符"
    except ValidationError:
        return compact, "格式不符"
    return compact, "有效"


def check_codes(codes: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return a column of credit codes as ``check_code`` does each: those in compact form are reckoned together."""
    uscc, check = codes.alias("uscc"), pl.Series("uscc_check", [None] * len(codes), dtype=pl.String)
    plain = codes.str.contains(COMPACT_CODE).fill_null(False)
    signs = np.frombuffer("".join(codes.filter(plain)).encode(), dtype=np.uint8).reshape(-1, 18)
    sums = _values()[signs] @ np.array([*(pow(3, place, 31) for place in range(17)), 1])
    found = pl.Series(np.where(sums % 31 == 0, "有效", "校验位不符"), dtype=pl.String)
    check = check.scatter(plain.arg_true(), found)
    odd = (~plain & codes.is_not_null()).arg_true()
    told = [check_code(code) for code in codes.gather(odd)]
    return uscc.scatter(odd, [code for code, _ in told]), check.scatter(odd, [said for _, said in told])


@cache
def _values() -> NDArray[np.int64]:
    """Return what each sign of a credit code counts, by its byte."""
    table = np.zeros(256, dtype=np.int64)
    table[[*CODE_SIGNS.encode()]] = range(len(CODE_SIGNS))
    return table


def make_id(prefix: str, *parts: str) -> str:
    """Return the id of a thing that has none of its own: its type's prefix and 64 bits of what makes it itself."""
    return f"{prefix}-{blake2b('|'.join(parts).encode(), digest_size=8).hexdigest()}"

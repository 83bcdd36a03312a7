"""Provinces, cities, districts and streets by what an address or a cell says (GB/T 2260; see LICENSE.regions)."""

import csv
import io
import lzma
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files

from loaders.layouts.spelling import simplified

SOURCE = "admin-divisions-cn"
COUNTRY = {"id": "cn", "name": "中国", "kind": "国家"}
KINDS = {2: "省", 4: "市", 6: "区(市)"}
ENDINGS = (
    *("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "特别行政区", "自治州", "自治县", "自治旗", "林区", "特区"),
    *("地区", "省", "市", "区", "县", "旗", "盟"),
)
_nations = re.compile(r"(?:[\u4e00-\u9fff]{1,3}族)+$")
_marks = re.compile(r"[\s/\\>·,，、\-—|]+")
GOES_ON = re.compile(r"[路街道巷弄号镇乡村园楼区县市旗]|[东西南北中][路街]")
_street = re.compile(r"([\u4e00-\u9fff]{2,9}?(?:街道(?:办事处)?|镇|乡))")


@cache
def _names() -> dict[str, str]:
    """Return the name of each division by its code."""
    with (files("loaders.standards") / "regions.csv").open(encoding="utf-8") as stream:
        return {row["code"]: row["name"] for row in csv.DictReader(stream)}


def _short(name: str) -> str:
    ending = next((ending for ending in ENDINGS if name.endswith(ending)), "")
    bare = name.removesuffix(ending)
    return bare if len(bare) < 2 else _nations.sub("", bare) if len(_nations.sub("", bare)) > 1 else bare


@cache
def _below() -> dict[str, dict[str, list[str]]]:
    """Return the divisions within each (none: provinces, cities) by full and short name, the longest names first."""
    table: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for code, name in _names().items():
        words = {name, _short(name)} - {""}
        within = ["", code[:2]] if len(code) == 4 else [code[:4], code[:2]] if len(code) == 6 else [""]
        for outer in within:
            table[outer] |= {(word, code) for word in words if len(word) > 1}
    below: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for outer, named in table.items():
        for word, code in sorted(named, key=lambda pair: (-len(pair[0]), pair[1])):
            below[outer].setdefault(word, []).append(code)
    return below


@cache
def _lengths(code: str) -> list[int]:
    """Return how long the names of the divisions within one are, the longest first."""
    return sorted({len(word) for word in _below().get(code, ())}, reverse=True)


@cache
def _alone() -> dict[str, str]:
    """Return the districts by the full and short names that only one in the country has."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, name in _names().items():
        for word in {name, _short(name)} if len(code) == 6 else ():
            found[word].append(code)
    return {word: codes[0] for word, codes in found.items() if len(codes) == 1 and len(word) > 1}


def find_region(text: str) -> str | None:
    """Return the code of the most exact division with which a text begins: 山东省/青岛市/崂山区."""
    return text if text in _names() else cut_region(text)[0] or cut_region(simplified(text))[0] or None


@lru_cache(maxsize=10_000)
def cut_region(text: str) -> tuple[str, str]:
    """Return the code of the division with which a text begins, or nothing, and the rest of the text."""
    rest, code = _marks.sub("", text).removeprefix("中国").removeprefix("中华人民共和国").removeprefix("直辖市"), ""
    while found := _next(rest, code):
        code, rest = found
    if code:
        return code, rest
    if rest in _alone():
        return _alone()[rest], ""
    match = re.match(r"[\u4e00-\u9fff]{2,12}?(?:区|县|市|旗)", rest)
    if match and match.group() in _alone():
        return _alone()[match.group()], rest[match.end() :]
    return "", rest


def find_city(text: str) -> str:
    """Return the city that a text, such as a title, names in full, or nothing."""
    cities = (name for code, name in _names().items() if len(code) == 4 and name.endswith("市") and len(name) > 2)
    return next((name for name in cities if name in text), "")


def _next(rest: str, code: str) -> tuple[str, str] | None:
    """Return the division within another with which a text goes on, and what is left of it."""
    if len(code) == 6:
        return None
    for length in _lengths(code):
        word = rest[:length]
        for inner in _below()[code].get(word, ()):
            # a short name that goes on as the name of a road is the road's: 青岛路, 南京东路
            if word == _names()[inner] or _is_short(word, rest):
                return inner, rest[length:]
    name = _names().get(code, "")
    for own in (name, "市辖区", _short(name)):  # 北京市北京市朝阳区, 北京市/北京/朝阳区
        if own and code and rest.startswith(own) and (own != _short(name) or _is_short(own, rest)):
            return _next(rest[len(own) :], code)
    return None


def _is_short(word: str, rest: str) -> bool:
    return not GOES_ON.match(rest[len(word) :])


def find_street(text: str, code: str) -> str:
    """Return the street, town or township of a district that an address names behind its divisions, or nothing."""
    match = _street.match(text)
    if not match or len(code) != 6:
        return ""
    said = match.group().removesuffix("办事处")
    return said if said in _streets().get(code, ()) else ""


@cache
def _streets() -> dict[str, frozenset[str]]:
    packed = (files("loaders.standards") / "streets.csv.xz").read_bytes()
    table: dict[str, set[str]] = defaultdict(set)
    for row in csv.DictReader(io.StringIO(lzma.decompress(packed).decode())):
        table[row["code"][:6]].add(row["name"].removesuffix("办事处"))
    return {code: frozenset(names) for code, names in table.items()}


def region_rows(codes: Iterable[str]) -> list[dict[str, str]]:
    """Return the rows of some divisions and of all that contain them, down from the country."""
    wanted = {part for code in codes for part in _and_above(code)}
    rows = [_row(code) for code in sorted(wanted, key=lambda code: (len(code), code))]
    proof = {"source": SOURCE, "status": "confirmed"}
    return [row | proof for row in ([COUNTRY, *rows] if rows else [])]


def _and_above(code: str) -> Iterator[str]:
    yield from (part for part in (code[:2], code[:4], code) if part in _names())


def _row(code: str) -> dict[str, str]:
    above = [part for part in _and_above(code) if len(part) < len(code)]
    name = _names()[code]
    return {"id": code, "code": code, "name": name, "kind": KINDS[len(code)], "parent": above[-1] if above else "cn"}


def names_of_region(code: str) -> tuple[str, ...]:
    """Return the full and the short name of a division, or nothing where there is none."""
    name = _names().get(code)
    return (name, _short(name)) if name else ()


def words_of_region(code: str) -> list[str]:
    """Return the words by which a division alone is known: its code, and its name where no other is called the same."""
    if code == COUNTRY["id"]:
        return [code, COUNTRY["name"]]
    name = _names()[code]
    return [code, name] if len(code) < 6 or name in _alone() else [code]

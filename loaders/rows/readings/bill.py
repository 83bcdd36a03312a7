"""Parts lists: how deep each part lies, by its number, a column of levels or its indentation; who supplies it, from
where.

A line beneath which others stand is an assembly; what is bought are the others. Sums, headings and copies are no lines.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from graph.model.parts import Part
from loaders.files.sheets import ROW
from loaders.rows.as_meant import LIMIT, Note
from loaders.rows.readings.listing import Listing, or_none, text_of

NUMERALS = {sign: number for number, sign in enumerate("零一二三四五六七八九十")}
LEVEL_WORDS = {"整机": 0, "成品": 0, "产品": 0, "总成": 1, "部件": 2, "组件": 2, "子件": 2, "零件": 3, "元件": 3}
RUNNING = 4  # numbers one after the other that are no levels
LONGEST_PATH = 4_000
SUM = r"(?:小\s*计|合\s*计|总\s*计|共\s*计)(?:[(（].*[)）])?[:：]?\s*[\d,.]*\s*(?:万?元|项|种|个)?$"
HEADING = r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）、.．]|第[一二三四五六七八九十]{1,3}部分)"
DOTTED = r"^\d+(?:\s*[.．\-]\s*\d+)+[.．]?$"
_marks = re.compile(r"^(?:[\s\u3000]|[·•∙…│├└┣┗─—–>＞|]|[.+\-]+(?=[.\s\u3000\u4e00-\u9fff(（]))*")
_level = re.compile(r"(?:第|l|lv\.?|level)?\s*(\d{1,2})\s*(?:级|层|阶)?(?:总成|部件|组件|零件|件|物料)?")
_numeral = re.compile(r"第?([一二三四五六七八九十])(?:级|层|阶)(?:总成|部件|组件|零件|件|物料)?")
_starred = re.compile(r"[*＊.·+]+(\d{0,2})")
MADE = r"(?i)^(?:是|自制|自产|自加工|内制|自制件|自加工件|本厂自制|厂内|厂内自制|make|made)$"
BOUGHT = r"(?i)^(?:否|外购|外协|采购|外购件|外协件|buy)$"
NOBODY = (
    r"(?i)^(?:自制|自产|自加工|内制|自制件|自供|本厂|本公司|我司|厂内|厂内自制|外购|外协|采购|市场采购|市购|国产|国产件|待定|未定|待确定|待填|多家|若干|多家供应商|不详|未知|不明|不清楚|未知供应商|保密|暂无"
    r"|没有|无|客供|客户指定|通用件?|标准件|本地|本市|市内|当地|外地|外省|省外|市外|国外|境外|海外|进口|进口件|进口[(（].*|n/?a|null|none|[?？]+|[-—–/\\_*×.]+)$"
)
OWN = r"^(?:自制|自产|自加工|内制|自制件|自供|本厂|本公司|我司|厂内|厂内自制)$"
NO_PLACE = (
    r"(?i)^(?:自制|外购|外协|采购|待定|未定|待填|不详|未知|不明|不清楚|多地|各地|国内|国产|省内|暂无|没有|无|国产[/、]进口"
    r"|进口[/、]国产|n/?a|null|none|[?？]+|[-—–/\\_*×.]+)$"
)
HERE = r"^(?:本地|本市|市内|当地|本地企业|本地采购|市内采购)$"
ELSEWHERE = r"^(?:外地|外省|外省市|省外|市外|外市|外地企业|外地采购|非本地|异地|(?:中国)?(?:台湾|香港|澳门).*)$"
ABROAD = (
    r"(?i)^(?:进口|纯进口|进口件|国外|境外|海外|外国|国外进口|overseas|abroad|imported?|进口[(（].*|[^国/、]{1,6}进口|(?:德国|日本|韩国|美国|法国|英国|意大利|瑞士|瑞典|荷兰|奥地利|西班牙|葡萄牙|丹麦"
    r"|芬兰|比利时|挪威|波兰|捷克|匈牙利|罗马尼亚|斯洛伐克|希腊|爱尔兰|卢森堡|加拿大|墨西哥|巴西|阿根廷|智利|俄罗斯|乌克兰|印度尼西亚|印尼|印度|泰国|越南|马来西亚|新加坡|菲律宾|柬埔寨|澳大利亚|新西兰|以色列|土耳其|沙特|阿联酋"
    r"|南非|埃及|欧洲|欧盟|北美|南美|东南亚|germany|japan|korea|usa|france|italy|switzerland).*)$"
)

Above = list[int | None]  # for each line the one that it goes into


@dataclass
class _Tree:
    """How the lines of a list lie: which each goes into, and how deep the topmost are."""

    above: Above
    top: int = 1


def read_parts(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read a parts list: each line with its level, the way down to it, whether anything stands beneath it, and of its
    supplier and place what they name."""
    if listing.record is not Part or "name" not in frame.columns or _is_told(frame):
        return frame
    frame = _without_sums(frame, listing)
    names = [_bare(text or "") for text in frame["name"]]
    said = [frame.select(or_none(frame, name))[:, 0].to_list() for name in ("level", "number")]
    tree = _tree(said[0], said[1], [indent for _, indent in names])
    made, copies = _lines(frame, [name for name, _ in names], tree)
    listing.notes += [Note(row, "", name[:LIMIT], f"与第 {first} 行完全相同,只算一次") for row, name, first in copies]
    if any(text and re.match(DOTTED, text) for text in said[0]):  # the levels are numbers
        made.append(pl.Series("number", said[0], dtype=pl.String))
    return _with_supplier(frame.with_columns(*made).filter(~pl.col(ROW).is_in([row for row, *_ in copies])))


def _is_told(frame: pl.DataFrame) -> bool:
    """Tell whether the rows say themselves where each part goes: they come out of a graph."""
    return bool(frame.select(or_none(frame, "path").is_not_null().any()).item())


def read_maker(frame: pl.DataFrame, _: Listing) -> pl.DataFrame:
    """Read what the lines of a parts list say of a firm: who supplies what, and where it is."""
    if "_maker" not in frame.columns:
        return frame
    firm = _firm(text_of("_maker"))
    if "_part" in frame.columns:
        bare = pl.Series("product", [_bare(text or "")[0] or None for text in frame["_part"]], dtype=pl.String)
        frame = frame.with_columns(bare)
        firm = pl.when(~pl.col("product").str.contains(SUM)).then(firm)
    if "region" in frame.columns:
        frame = frame.with_columns(_region(text_of("region")).alias("region"))
    return frame.with_columns(firm.alias("supplier" if "_part" in frame.columns else "name"))


def _bare(name: str) -> tuple[str, int]:
    """Return a name without what indents it, and how far that is."""
    match = _marks.match(name)
    assert match is not None
    wide = {"\t": 4, "\u3000": 2}
    bare = name[match.end() :].strip()
    return (bare, sum(wide.get(sign, 1) for sign in match.group())) if bare else (name.strip(), 0)


def _without_sums(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Leave out the lines that sum others up, and headings alone in their row."""
    name = text_of("name")
    others = ("amount", "quantity", "supplier", "spec", "level", "number")
    alone = pl.all_horizontal(or_none(frame, other).is_null() for other in others)
    told = (
        pl.when(name.str.contains(SUM)).then(pl.lit("是合计或备注,没有当作一行"))
        .when(name.str.contains(HEADING) & alone).then(pl.lit("只有小标题,没有当作一行"))
    )  # fmt: skip
    marked = frame.with_columns(told.alias("__told"))
    gone = marked.filter(pl.col("__told").is_not_null()).select(ROW, "name", "__told")
    listing.notes += [Note(row, "", text.strip()[:LIMIT], why) for row, text, why in gone.iter_rows()]
    return marked.filter(pl.col("__told").is_null()).drop("__told")


def _tree(levels: Sequence[str | None], numbers: Sequence[str | None], indents: Sequence[int]) -> _Tree:
    """Return how the lines lie, by the first that tells it: their numbers, their levels, how far they are indented."""
    for texts in (levels, numbers):
        if any(text and re.match(DOTTED, text) for text in texts):
            return _by_number([_number(text) for text in texts])
    depths = [_depth(text or "") for text in levels]
    known = [depth for depth in depths if depth is not None]
    running = len(known) >= RUNNING and all(after == before + 1 for before, after in pairwise(known))
    if len({*known}) > 1 and not running:
        return _Tree(_by_depth(depths), min(min(known), 1))
    return _Tree(_by_depth(indents))


def _number(text: str | None) -> tuple[int, ...]:
    """Return a number such as 1.1.2 in its parts, nothing where it is none; 1.0 stands where 1 does."""
    parts = [int(part) for part in re.findall(r"\d+", text or "")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _by_number(numbers: Sequence[tuple[int, ...]]) -> _Tree:
    """Return which line each goes into: the last before or after it whose number its own begins with; one without a
    number stands beside the one before it. What is numbered 0 is above all."""
    numbers = _unrounded(numbers)
    at: dict[tuple[int, ...], int] = {}
    first: dict[tuple[int, ...], int] = {}
    for place, number in enumerate(numbers):
        first.setdefault(number, place)
    root = first.get((0,))
    above: Above = []
    for place, number in enumerate(numbers):
        at[number] = place
        if not number:
            above.append(above[-1] if above else None)
            continue
        shorter = (number[:size] for size in range(len(number) - 1, 0, -1))
        over = next((found for part in shorter if (found := at.get(part, first.get(part))) is not None), root)
        above.append(None if over == place else over)
    return _Tree(above, 0 if root is not None else 1)


def _unrounded(numbers: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """Return numbers with the zero that a spreadsheet has taken from 1.10, which follows upon 1.9."""
    last: dict[tuple[int, ...], int] = {}
    made: list[tuple[int, ...]] = []
    for number in numbers:
        over, own = number[:-1], number[-1] if number else 0
        if over and own * 10 == last.get(over, 0) + 1 and own:
            own *= 10
        if over:
            last[over] = own
        made.append((*over, own) if number else ())
    return made


def _depth(text: str) -> int | None:
    """Return how deep a cell of a column of levels says that its line lies."""
    bare = text.strip().lower()
    if bare in LEVEL_WORDS:
        return LEVEL_WORDS[bare]
    if match := _level.fullmatch(bare):
        return int(match[1])
    if match := _numeral.fullmatch(bare):
        return NUMERALS[match[1]]
    match = _starred.fullmatch(bare)
    return (int(match[1]) if match[1] else len(bare)) if match else None


def _by_depth(depths: Sequence[int | None]) -> Above:
    """Return which line each goes into: the last before it that is less deep; one that does not say it stands beside
    the one before it."""
    above: Above = []
    open_: list[tuple[int, int]] = []
    for place, said in enumerate(depths):
        depth = said if said is not None else open_[-1][0] if open_ else 0
        while open_ and open_[-1][0] >= depth:
            open_.pop()
        above.append(open_[-1][1] if open_ else None)
        open_.append((depth, place))
    return above


def _lines(
    frame: pl.DataFrame, names: Sequence[str], tree: _Tree
) -> tuple[list[pl.Series], list[tuple[int, str, int]]]:
    """Return what is told of the lines by how they lie, and those that another is again: row, name, the other's row."""
    over = {place for place in tree.above if place is not None}
    levels: dict[int, int] = {}
    paths: dict[int, str] = {}
    taken: dict[str, int] = {}
    seen: dict[tuple[Any, ...], int] = {}
    copies: list[tuple[int, str, int]] = []
    cells = frame.drop(ROW).rows()
    amounts = [name for name in ("supplier", "amount", "number") if name in frame.columns]
    told: Sequence[bool] = []
    if amounts:
        told = frame.select(pl.any_horizontal(text_of(name).is_not_null() for name in amounts))[:, 0].to_list()

    def place_of(place: int) -> None:
        above = tree.above[place]
        if above is not None and above not in paths:
            place_of(above)
        levels[place] = tree.top if above is None else levels[above] + 1
        own = names[place].replace("/", "／")
        path = own if above is None else f"{paths[above]}/{own}"
        taken[path] = taken.get(path, 0) + 1
        paths[place] = path if taken[path] == 1 else f"{path}#{taken[path]}"

    rows = frame[ROW].to_list()
    for place, name in enumerate(names):
        key = (tree.above[place], *cells[place])
        if place not in over and amounts and told[place] and key in seen:
            copies.append((rows[place], name, seen[key]))
            levels[place], paths[place] = 0, ""
            continue
        seen.setdefault(key, rows[place])
        if place not in paths:
            place_of(place)
    number = range(len(names))
    made: dict[str, list[str | None]] = {
        "name": [name or None for name in names],
        "level": [str(levels[place]) for place in number],
        "path": [paths[place][:LONGEST_PATH] for place in number],
        "leaf": ["false" if place in over else "true" for place in number],
    }
    return [pl.Series(name, values, dtype=pl.String) for name, values in made.items()], copies


def _with_supplier(frame: pl.DataFrame) -> pl.DataFrame:
    """Read of who supplies a part and where it comes from what they name; what was said is kept."""
    said, place, made = (or_none(frame, name) for name in ("supplier", "region", "made_here"))
    by_itself = pl.when(made.str.contains(MADE) | said.str.contains(OWN)).then(pl.lit("true"))
    told = pl.coalesce(place, said)
    origin = (
        pl.when(told.str.contains(HERE)).then(pl.lit("本地"))
        .when(told.str.contains(ELSEWHERE)).then(pl.lit("外地"))
        .when(told.str.contains(ABROAD)).then(pl.lit("境外"))
        .when(place.str.contains(NO_PLACE)).then(pl.lit("不明"))
    )  # fmt: skip
    only_said = place.is_null() & ~said.str.contains(NOBODY).fill_null(False)  # a firm may be named after a country
    return frame.with_columns(
        _firm(said).alias("supplier_said"),
        place.alias("place_said"),
        _firm(said).alias("supplier"),
        _region(place).alias("region"),
        pl.when(~only_said).then(origin).alias("origin"),
        pl.coalesce(by_itself, pl.when(made.str.contains(BOUGHT)).then(pl.lit("false"))).alias("made_here"),
    )


def _firm(said: pl.Expr) -> pl.Expr:
    return pl.when(~said.str.contains(NOBODY)).then(said)


def _region(said: pl.Expr) -> pl.Expr:
    """Return a place that is said, as far as it is one that a map has."""
    none = [NO_PLACE, HERE, ELSEWHERE, ABROAD]
    return pl.when(~pl.any_horizontal(said.str.contains(words) for words in none)).then(said)

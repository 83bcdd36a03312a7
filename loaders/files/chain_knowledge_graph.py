"""The ChainKnowledgeGraph folder (liuhuanyong, 2021): its eight files of JSON lines as tables of ours.

A line is a row and keeps its line number; in industry_up.json, where a line holds many edges, each edge is a row and
12003 is the third of line 12. What is wrong with the data, how often it is met, and the rule for it:

===================================================  ======
========================================================================= fault
rows    rule ===================================================  ======
========================================================================= stock code without its exchange (301079)
752     completed from its number range, the original in the note a code with several full names, one listing date
49      the next name: an alias where the cores agree (6), else a conflict (43) a code with several full names and
listing dates     23      refused where the full name lacks the short one (22): another firm's code one firm with
several codes (A, B, H shares)         0       one firm: the first code and short name, the others as aliases
``location`` is the exchange, once a date            all     the exchange goes into the note, never a place ``time`` is
no date (the exchange, "-")              86      no listing date, the original in the note firm without any product
754     loads; the number of codes is a warning null company name beside a code                      803     the code
alone says which firm is meant null full name, industry or product                  0       refused: a required field is
empty company_industry: firm in no master file             103     refused unless the graph knows the code; so are 3
whose own row was company_industry: industry code in no master file    168     refused unless the graph knows the code
(8 codes) company_industry: code and name disagree             60      refused: two editions of the classification, one
code industry_up: industry in no master file              85      refused unless the graph knows the name (2 names)
industry_up: two industries, both directions         719     both load: industries do supply one another
company_product: weight below 0 (763), above 1 (48)  811     no share: loads without it, the original in the note (75),
the rest are: accounting rows as products (平衡项目, 抵销 …)       2,070   refused as products (68), as what a firm
makes (2,001) and as inputs (1) company_product: a pair again                        578     ``same`` product_product:
upstream of itself                  107     refused product_product: upstream of each other              8       both
directions refused (4 pairs) product_product: 产品小类                            52,937  refused: one name contains the
other, which is no fact (玫瑰 > 玫瑰金) product with a control character, or in no file      16      refused by the
pipeline itself ===================================================  ======
=========================================================================

上游材料 becomes INPUT_TO from ``to_entity`` to ``from_entity``, 下游产品 the other way round. Both, the products and
UPSTREAM_OF were made by machine (most of 上游材料 is cookery): ``inferred``, with little confidence.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from graph.model import EDGE_TYPES, NODE_TYPES
from graph.model.nodes import EVERY_CLASS
from graph.names.names import normal, normalise, split_name
from loaders.files.jsonl import read_objects
from loaders.files.sheets import BadRow, Sheet, cell_text, raw_frame
from loaders.standards.regions import region_rows

SOURCE = "ChainKnowledgeGraph (liuhuanyong, 2021)"
UNIVERSE = "ChainKnowledgeGraph 所列上市公司"
SYSTEM = "申万行业分类(2021)"
SIGNS = ("company.json", "product.json", "company_product.json")
REPORTED = {"status": "reported"}
SPLIT_BY_MACHINE = {"status": "reported", "confidence": "0.5"}
NAMED_BY_MACHINE = {"status": "inferred", "confidence": "0.3"}
LINKED_BY_MACHINE = {"status": "inferred", "confidence": "0.2"}

EXCHANGES = {"0": "SZ", "2": "SZ", "3": "SZ", "6": "SH", "9": "SH"}
EDGES_A_LINE = 1000
_bare_code = re.compile(r"[02369]\d{5}")
_day = re.compile(r"\d{4}-\d{2}-\d{2}")
_accounting = re.compile(
    r"抵[销消减銷減]|^平衡项目?$|(?:合计|总计|小计)$|^调整项目?$|追溯调整$|^未分配|(?:支出|损益)$|公允价值变动"
    r"|^非?主营(?:业务)?$|^其[他它](?:主营|业务|产品|项目|收入)*$|^公司内部?各?业务"
)

Line = dict[str, Any]
Lines = list[tuple[int, Line]]


@dataclass
class _Part:
    """One file of the folder on its way to be a sheet."""

    path: Path
    lines: Lines
    bad: list[BadRow]
    cells: list[list[str | None]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def keep(self, number: int, *cells: str | None) -> None:
        """Take a row."""
        self.cells.append([*cells])
        self.numbers.append(number)

    def refuse(self, number: int, line: Line, column: str, reason: str) -> None:
        """Refuse a row because of one of its columns."""
        text = ", ".join(f"{name}: {value}" for name, value in line.items())
        self.bad.append(BadRow(number, text[:2000], reason, column))

    def warn(self, count: int, text: str) -> None:
        """Tell how many rows have a fault that does not refuse them."""
        if count:
            self.warnings.append(f"{count} {text}")

    def sheet(self, kind: str, fields: tuple[str, ...], trust: dict[str, str], name: str | None = None) -> Sheet:
        """Return what was taken as a sheet of one of our types."""
        constants = {"source": SOURCE, "place": self.path.name, **trust}
        frame = raw_frame(self.cells, self.numbers, len(fields))
        frame = frame.with_columns(
            pl.lit(value).alias(str(len(fields) + index)) for index, value in enumerate(constants.values())
        )
        record = NODE_TYPES.get(kind) or EDGE_TYPES[kind]
        chunks = iter([frame] if self.numbers else [])
        return Sheet(
            self.path, name, [*fields, *constants], chunks, bad=self.bad, record=record, warnings=self.warnings
        )


@dataclass(frozen=True)
class _Folder:
    """The folder, with what its master files say about the codes of the others."""

    path: Path

    def part(self, stem: str) -> _Part:
        """Read one file."""
        path = self.path / f"{stem}.json"
        return _Part(path, *read_objects(path))

    @cached_property
    def industries(self) -> dict[str, str]:
        """The name of each industry code."""
        if not (self.path / "industry.json").exists():
            return {}
        return {_cell(line, "code") or "": _cell(line, "name") or "" for _, line in self.part("industry").lines}

    @cached_property
    def codes(self) -> set[str]:
        """The stock codes of all firms."""
        return {code for _, line in self.part("company").lines if (code := _stock_code(line, "code"))}


def is_chain_knowledge_graph(path: Path) -> bool:
    """Tell whether a path is an unpacked ChainKnowledgeGraph folder."""
    return path.is_dir() and all((path / name).is_file() for name in SIGNS)


def read_chain_knowledge_graph(path: Path) -> list[Sheet]:
    """Return the folder's files as sheets whose heads are our fields; rows that
    a rule refuses are bad rows of their sheet."""
    folder = _Folder(path)
    there = {stem: read for stem, read in FILES.items() if (path / f"{stem}.json").is_file()}
    sheets = [read(folder, folder.part(stem)) for stem, read in there.items()]
    if "company" in there:
        sheets += [*_read_places(folder), _universe(folder)]
    if missing := [f"{stem}.json" for stem in FILES if stem not in there]:
        sheets[0].warnings.append(f"目录里没有 {'、'.join(missing)},其余文件照常载入")
    return sheets


def _read_industries(_folder: _Folder, part: _Part) -> Sheet:
    for number, line in part.lines:
        if code := _cell(line, "code"):
            part.keep(number, code, _cell(line, "name"), SYSTEM)
        else:
            part.refuse(number, line, "code", "缺少行业代码")
    return part.sheet("Industry", ("code", "name", "system"), REPORTED)


def _read_products(_folder: _Folder, part: _Part) -> Sheet:
    for number, line in part.lines:
        name = _cell(line, "name")
        if _is_accounting(name):
            part.refuse(number, line, "name", f"会计科目行,不是产品“{name}”")
        else:
            part.keep(number, name)
    return part.sheet("Product", ("name",), NAMED_BY_MACHINE)


def _read_companies(_folder: _Folder, part: _Part) -> Sheet:
    contested = _contested(part)
    same = _normal(_cell(line, "fullname") for _, line in part.lines)
    first_codes: dict[str, str] = {}
    for number, line in part.lines:
        if number in contested:
            part.refuse(number, line, "code", contested[number])
            continue
        name, short, code = _cell(line, "fullname"), _cell(line, "name"), _stock_code(line, "code")
        day = _cell(line, "time") or ""
        listed = day if _day.fullmatch(day) else None
        if name and code and first_codes.setdefault(same[name], code) != code:
            part.keep(number, name, None, None, f"{code};{short or ''}", listed, _company_note(line))
        else:
            part.keep(number, name, short, code, None, listed, _company_note(line))
    lines = [line for _, line in part.lines]
    bare = sum(_stock_code(line, "code") != _cell(line, "code") for line in lines)
    part.warn(bare, "行的股票代码没有交易所后缀,已按号段补全,原代码见备注")
    part.warn(sum(not _is_exchange(_cell(line, "location")) for line in lines), "行的 location 不是交易所,未载入")
    part.warn(sum(not _day.fullmatch(_cell(line, "time") or "") for line in lines), "行没有上市日期,原值见备注")
    return part.sheet("Enterprise", ("name", "short_name", "stock_code", "aliases", "listed_on", "note"), REPORTED)


def _read_places(folder: _Folder) -> list[Sheet]:
    """Return the regions that firms' full names name, and where the firms are therefore thought to be."""
    read = folder.part("company")
    refused = _contested(read)
    codes = {
        number: (name, code)
        for number, line in read.lines
        if number not in refused and (name := _cell(line, "fullname")) and (code := _place_of(name))
    }
    regions, places = (_Part(read.path, [], []) for _ in range(2))
    for number, row in enumerate(region_rows(code for _, code in codes.values()), 1):
        regions.keep(number, row["id"], row.get("code"), row["name"], row["kind"], row.get("parent"))
    for number, (name, code) in codes.items():
        places.keep(number, name, code)
    guessed = {"status": "inferred", "note": "按企业名称里的地名"}
    sheets = {
        "regions": regions.sheet("Region", ("id", "code", "name", "kind", "parent"), {"status": "confirmed"}),
        "places": places.sheet("LOCATED_IN", ("subject", "region"), guessed),
    }
    return [replace(sheet, path=folder.path / f"company_{stem}.json") for stem, sheet in sheets.items() if codes]


def _universe(folder: _Folder) -> Sheet:
    """Return what the list is: of its firms it can be said what none of them makes, and no more than that."""
    part = _Part(folder.path / "company_universe.json", [], [])
    part.keep(1, UNIVERSE, EVERY_CLASS, UNIVERSE, "2021", "按主营产品整理的名录")
    return part.sheet("Coverage", ("name", "classes", "universe", "as_of", "method"), REPORTED)


def _place_of(name: str) -> str:
    """Return the code of the district or city that a firm's name names, or of the province, or nothing."""
    parts = split_name(normalise(name))
    return parts.district or parts.place[:4].removesuffix("00")


def _company_note(line: Line) -> str | None:
    code, exchange, day = _cell(line, "code"), _cell(line, "location"), _cell(line, "time")
    notes = [
        f"上市交易所: {exchange}" if _is_exchange(exchange) else "",
        f"股票代码原为 {code},缺交易所后缀" if code != _stock_code(line, "code") else "",
        f"上市日期原为 {day},不是日期" if day and not _day.fullmatch(day) else "",
    ]
    return "; ".join(note for note in notes if note) or None


def _contested(part: _Part) -> dict[int, str]:
    """Return the rows whose code and short name belong to another firm: several
    full names and listing dates, no likeness."""
    by_code: dict[str, Lines] = defaultdict(list)
    for number, line in part.lines:
        if code := _stock_code(line, "code"):
            by_code[code].append((number, line))
    names = {code: len({_cell(line, "fullname") for _, line in rows}) for code, rows in by_code.items()}
    part.warn(sum(count > 1 for count in names.values()), "个股票代码各有两个以上的全称,见拒收与冲突")
    reasons: dict[int, str] = {}
    for code, rows in by_code.items():
        if names[code] == 1 or len({_cell(line, "time") for _, line in rows}) == 1:
            continue
        for number, line in rows:
            short, name = _cell(line, "name") or "", _cell(line, "fullname") or ""
            if not short or short not in name:
                why = f"该代码有 {names[code]} 个全称、上市日期不一,简称“{short}”也不见于全称"
                reasons[number] = f"股票代码与全称对不上“{code} {name}”: {why},请核对代码"
    return reasons


def _read_company_industries(folder: _Folder, part: _Part) -> Sheet:
    for number, line in part.lines:
        code, name = _cell(line, "industry_code"), _cell(line, "industry_name")
        known = folder.industries.get(code or "", name)
        if name and known != name:
            reason = f"行业代码与行业名称对不上“{code} {name}”: 行业表里该代码是“{known}”(两版分类混用),请核对"
            part.refuse(number, line, "industry_code", reason)
        else:
            part.keep(number, _stock_code(line, "company_code"), code)
    return part.sheet("IN_INDUSTRY", ("enterprise", "industry"), REPORTED)


def _read_parents(_folder: _Folder, part: _Part) -> Sheet:
    for number, line in part.lines:
        code, parent, rel = _cell(line, "from_code"), _cell(line, "to_code"), _cell(line, "rel")
        if rel != "上级行业":
            part.refuse(number, line, "rel", f"不认识的关系“{rel}”,应为 上级行业")
        elif code and code == parent:
            part.refuse(number, line, "to_code", f"行业不能是自己的上级“{code}”")
        else:
            part.keep(number, code, parent)
    return part.sheet("SUBCLASS_OF", ("industry", "parent"), REPORTED)


def _read_upstream(folder: _Folder, part: _Part) -> Sheet:
    codes = {name: code for code, name in folder.industries.items()}
    pairs: set[tuple[str, str]] = set()
    part.bad = [replace(bad, row=bad.row * EDGES_A_LINE) for bad in part.bad]
    for number, line in part.lines:
        name, ups = _cell(line, "industry") or "", line.get("ups")
        if not isinstance(ups, dict):
            part.refuse(number * EDGES_A_LINE, line, "ups", "ups 应为 {行业: 次数} 的对象")
            continue
        for index, (up, count) in enumerate(ups.items(), 1):
            row = number * EDGES_A_LINE + index
            pairs.add((up, name))
            if up == name:
                part.refuse(row, {"industry": name, "ups": up}, "ups", f"行业不能是自己的上游“{name}”")
            else:
                part.keep(row, codes.get(up, up), codes.get(name, name), cell_text(count))
    part.warn(len(part.lines), f"行共 {len(pairs)} 条边,按边计数: 行号 12003 即第 12 行的第 3 个上游")
    part.warn(sum(line.get("ups") == {} for _, line in part.lines), "行没有任何上游")
    part.warn(sum(up < name and (name, up) in pairs for up, name in pairs), "对行业互为上游,两个方向都载入")
    return part.sheet("UPSTREAM_OF", ("upstream", "downstream", "weight"), LINKED_BY_MACHINE, "ups")


def _read_company_products(folder: _Folder, part: _Part) -> Sheet:
    met: Counter[str] = Counter()
    pairs: set[tuple[str | None, str | None]] = set()
    for number, line in part.lines:
        code, name, weight = _stock_code(line, "company_code"), _cell(line, "product_name"), line.get("rel_weight")
        share, note = _share(weight)
        met["nameless"] += _cell(line, "company_name") is None
        met["negative"] += note is not None and float(weight or 0) < 0
        met["large"] += note is not None and float(weight or 0) > 1
        met["again"] += (code, name) in pairs
        pairs.add((code, name))
        if _is_accounting(name):
            part.refuse(number, line, "product_name", f"会计科目行,不是产品“{name}”")
        else:
            met["dropped"] += note is not None
            part.keep(number, code, name, share, note)
    part.warn(met["negative"], "行的权重小于 0,权重不是占比")
    part.warn(met["large"], "行的权重大于 1,权重不是占比")
    part.warn(met["dropped"], "行因此只载入关系、不载入权重(原值见备注),其余是会计科目行")
    part.warn(met["again"], "行的企业和产品与前面某行相同")
    part.warn(met["nameless"], "行没有公司简称,按股票代码认定企业")
    part.warn(len(folder.codes - {code for code, _ in pairs if code}), "个股票代码没有任何产品,企业照常载入")
    return part.sheet("PRODUCES", ("enterprise", "product", "weight", "note"), SPLIT_BY_MACHINE)


def _share(weight: Any) -> tuple[str | None, str | None]:
    """Return a weight that can be a share, or the note that it was left out."""
    if isinstance(weight, (int, float)) and (weight < 0 or weight > 1):
        return None, f"原权重 {weight:g} 不在 0 与 1 之间,未载入"
    return cell_text(weight), None


def _read_product_inputs(_folder: _Folder, part: _Part) -> Sheet:
    ends = [(number, line, *_input_ends(line)) for number, line in part.lines]
    same = _normal(name for _, _, *pair in ends for name in pair)
    pairs = {(same[start], same[end]) for _, _, start, end in ends if start and end}
    for number, line, start, end in ends:
        left, right = same.get(start or ""), same.get(end or "")
        rel = _cell(line, "rel")
        if rel == "产品小类":
            part.refuse(number, line, "rel", "产品小类只是字面包含,不作为事实载入")
        elif rel not in ("上游材料", "下游产品"):
            part.refuse(number, line, "rel", f"不认识的关系“{rel}”,应为 上游材料、下游产品 或 产品小类")
        elif left and left == right:
            part.refuse(number, line, "to_entity", f"产品不能是自己的上游“{start}”")
        elif _is_accounting(start) or _is_accounting(end):
            part.refuse(number, line, "to_entity", f"会计科目行,不是产品“{start}、{end}”")
        elif left and right and (right, left) in pairs:
            part.refuse(number, line, "to_entity", f"两个产品互为上游“{start}、{end}”,方向矛盾,两条都不载入")
        else:
            part.keep(number, start, end)
    return part.sheet("INPUT_TO", ("input", "product"), LINKED_BY_MACHINE)


def _input_ends(line: Line) -> tuple[str | None, str | None]:
    """Return what goes in and what it goes into; nothing for a relation that says neither."""
    start, end = _cell(line, "from_entity"), _cell(line, "to_entity")
    return {"上游材料": (end, start), "下游产品": (start, end)}.get(_cell(line, "rel") or "", (None, None))


def _cell(line: Line, name: str) -> str | None:
    value = line.get(name)
    return value.strip() or None if isinstance(value, str) else cell_text(value) or None


def _stock_code(line: Line, name: str) -> str | None:
    """Return a stock code with its exchange, which the number range tells (0, 2, 3: Shenzhen; 6, 9: Shanghai)."""
    code = _cell(line, name)
    return f"{code}.{EXCHANGES[code[0]]}" if code and _bare_code.fullmatch(code) else code


def _is_exchange(text: str | None) -> bool:
    return bool(text and text.endswith("交易所"))


def _is_accounting(name: str | None) -> bool:
    return bool(name and _accounting.search(name))


def _normal(names: Iterable[str | None]) -> dict[str, str]:
    """Return names with how they are compared."""
    table = pl.DataFrame({"name": [*{name for name in names if name}]}, schema={"name": pl.String})
    return dict(table.select("name", normal(pl.col("name")).alias("normal")).iter_rows())


FILES: dict[str, Callable[[_Folder, _Part], Sheet]] = {
    "industry": _read_industries,
    "product": _read_products,
    "company": _read_companies,
    "industry_industry": _read_parents,
    "company_industry": _read_company_industries,
    "industry_up": _read_upstream,
    "company_product": _read_company_products,
    "product_product": _read_product_inputs,
}

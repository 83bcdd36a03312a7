"""Which row holds the column heads, what the heads mean, and which type the table is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from graph.errors import InputError
from graph.model import EDGES, NODES, Edge, Record, file_name, find_type, heads, zh_heads
from graph.model.nodes import Enterprise, Project
from loaders.layouts.spelling import clean_head, simplified, without_year
from loaders.layouts.told import ENDS_OF_LEADER
from loaders.layouts.words import SAID, head_words, mark

LOOK_AHEAD = 25
ASIDE = re.compile(  # 企业名称(全称), 产值(2024年)
    r"[(\[【](?:请?(?:填写?|写)?全称|规范全称|公章|盖章|必填|选填|如有|可多选|单选|简述|与营业执照一致|截[至止].*|\d{4}年.{0,6}|\d+字.{0,3})[)\]】]$"
)
ABOUT_IT = re.compile(r"(?:基本)?(?:情况|信息|概况)$")
CONTACTS = frozenset({"单位名称", "单位", "机构名称"})
OF_PEOPLE = frozenset(
    map(
        clean_head,
        ("姓名", "性别", "年龄", "出生日期", "出生年月", "身份证号", "身份证号码", "学号", "班级", "民族", "政治面貌"),
    )
)
ALSO_SAID = ("address", "business_scope", "turnover", "description", "region")  # a second column is kept as words
KEPT = "_kept"  # the fields of what is said of persons and was asked for
PEOPLE_OF = (Enterprise, Project)
REASON_HEADS = ("拒收原因", "reject_reason")
OF_IMPORT = re.compile(
    r":(?:id|start_id|end_id|label|type|string|int|long|float|double|boolean|date)(?:\(.*\))?(?:\[\])?$"
)


@dataclass(frozen=True)
class Surroundings:
    """What is known of a table beside its heads: its file's name, its sheet's, the title above it; what was said of it.

    ``columns`` are heads (as they are compared) with the field or head that they stand for; ``filled`` are ends that
    one name fills for the whole table; ``keep`` are heads of what is said of persons that is asked for.
    """

    stem: str
    sheet: str | None = None
    title: str = ""
    wanted: type[Record] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    filled: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()

    @property
    def texts(self) -> list[str]:
        """Return what may tell what the whole table is about: the sheet's name, the title, the file's name."""
        return [self.sheet or "", self.title, self.stem]


@dataclass(frozen=True)
class Shape:
    """What a table is: its type, and the field that each column stands for (None: not known).

    ``listing`` tells that it is not one of our forms but a list that somebody else made; ``given`` is what holds where
    no cell says it; ``personal`` are the heads of what is said of persons.
    """

    record: type[Record]
    fields: list[str | None]
    listing: bool = False
    given: Mapping[str, str] = field(default_factory=dict)
    personal: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Heads:
    """The cleaned heads of a type with their fields: those of its form, all with those of lists, of its parts."""

    form: Mapping[str, str]
    every: Mapping[str, str]
    parts: frozenset[str]


def _heads_of(record: type[Record]) -> _Heads:
    return _cached_heads(record, mark())


@cache
def _cached_heads(record: type[Record], _mark: str) -> _Heads:
    words = head_words()
    form = {clean_head(head): name for head, name in heads(record).items()}
    parts = frozenset(head for part in words.parts_of(record) for head in part.heads)
    return _Heads(form, {**words.of(record), **form}, parts)


def accepted(record: type[Record]) -> Mapping[str, str]:
    """Return the cleaned heads that a type's file may have, with their fields."""
    return _heads_of(record).every


def all_heads() -> frozenset[str]:
    """Return every head of every type, of what else their rows tell of, and of persons."""
    return _all_heads(mark())


@cache
def _all_heads(_mark: str) -> frozenset[str]:
    every = [_heads_of(record) for record in (*NODES, *EDGES)]
    return frozenset(head for of in every for head in (*of.every, *of.parts)) | head_words().personal


def is_head(cell: str, also: frozenset[str] = frozenset()) -> bool:
    """Tell whether a cell is a head that is known, in simplified or traditional characters."""
    head = clean_head(cell)
    known = all_heads()
    return head in also or known_head(head) in known or OF_IMPORT.search(head) is not None


def find_header(rows: list[list[str]], also: frozenset[str] = frozenset()) -> int | None:
    """Return the index of the row with the most different known heads among the first rows, or None where no row has
    any; ``also`` are heads that are known for this file alone."""
    scores = [count_heads(row, also) for row in rows[:LOOK_AHEAD]]
    best = max(scores, default=0)
    return scores.index(best) if best else None


def count_heads(row: list[str], also: frozenset[str] = frozenset()) -> int:
    """Return how many different known heads a row has."""
    return len({clean_head(cell) for cell in row if cell and is_head(cell, also)})


def join_headers(upper: list[str], lower: list[str]) -> list[str]:
    """Return the heads of a two-row header: both together where that is a head (投资方 over 注册地), else the lower
    cell, or the upper one where the lower is empty or unknown and the upper stands over it alone."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    joined: list[str] = []
    for place, (up, low) in enumerate(zip(upper, lower, strict=True)):
        both = f"{ABOUT_IT.sub('', up.strip())}{low}"
        wide = up in (*upper[max(place - 1, 0) : place], *upper[place + 1 : place + 2])
        if up and low and up != low and is_head(both):
            joined.append(both)
        elif not low or (is_head(up) and not is_head(low) and not wide):
            joined.append(up)
        else:
            joined.append(low)
    return joined


def heads_at(rows: list[list[str]], header: int) -> tuple[list[str], int, int]:
    """Return the heads of the table whose header was found in a row, and the first and the last row that they take:
    a header may have two."""
    # one text alone above the heads is a title, whatever it says: 2026年签约项目
    if header and len({*filter(None, rows[header - 1])}) > 1 and any(map(is_head, rows[header - 1])):
        return join_headers(rows[header - 1], rows[header]), header - 1, header
    if header + 1 < len(rows) and _goes_on(rows[header], rows[header + 1]):
        return join_headers(rows[header], rows[header + 1]), header, header + 1
    return rows[header], header, header


def _goes_on(header: list[str], row: list[str]) -> bool:
    """Tell whether a row below the header is its second row: heads alone below one that is empty or wide in places, or
    mostly heads below one head over several columns."""
    cells = [cell for cell in row if cell]
    known = sum(map(is_head, cells))
    over_several = any(left and left == right for left, right in pairwise(header))
    if over_several and known > 1 and known * 2 >= len(cells):
        return True
    wide = len({*filter(None, header)}) < max(len(header), len(row))
    return wide and len(cells) > 1 and known == len(cells)


def required(record: type[Record]) -> list[str]:
    """Return the columns that a type's file cannot do without (source is asked for row by row)."""
    fields = [name for name, info in record.model_fields.items() if info.is_required() and name != "source"]
    ends = [name for name, _ in record.table.end_columns] if issubclass(record, Edge) else []
    return ends + fields


def identify(read_heads: list[str], about: Surroundings) -> Shape:
    """Return what a table is, by its sheet or file name and its heads; raises ``InputError`` with the nearest types."""
    cleaned = [known_head(clean_head(about.columns.get(clean_head(head), head))) for head in read_heads]
    chosen = about.wanted or _named(about.sheet)
    if chosen is None and (chosen := _named(about.stem)) and about.sheet and _missing(chosen, cleaned, about):
        chosen = _fitting(read_heads, cleaned, chosen, about)  # a workbook's name speaks for sheets that agree
    if chosen and about.wanted is None and _missing(chosen, cleaned, about) and (fit := _fit(cleaned, about)):
        chosen = fit  # a list's title may be the word for something else: 签约
    if chosen is None:
        chosen = _fitting(read_heads, cleaned, None, about)
    if lacking := _missing(chosen, cleaned, about):
        _check_mapped(chosen, read_heads, about)
        raise InputError(
            f"{chosen.table.zh}表缺少必需的列 {'、'.join(_zh(chosen, name) for name in lacking)};"
            f"表头读到的是 {'、'.join(filter(None, read_heads))[:200] or '(空)'}。"
            + (_leader_hint(chosen, lacking) or f"可用 lianzhang template {file_name(chosen)} 生成空表对照")
        )
    shape = _shape(chosen, cleaned, read_heads, about.keep)
    said = {head for head in cleaned if head and head not in {*head_words().nothing, *head_words().personal, "备注"}}
    if about.wanted is None and shape.personal and chosen is Enterprise and said and said <= CONTACTS:
        raise InputError(
            "这像是一份通讯录: 除了单位名称只有联系人,没有载入;如果这些单位都是企业,请用 --kind enterprises"
        )
    return shape


def _check_mapped(record: type[Record], read_heads: list[str], about: Surroundings) -> None:
    """Raise ``InputError`` where what was said of a head is why a column is lacking: no such head, or no such field."""
    there = {clean_head(head) for head in read_heads}
    for head, name in about.columns.items():
        if head not in there:
            said = "、".join(filter(None, read_heads))[:200]
            raise InputError(f"--map {head}={name}: 文件里没有“{head}”这一列;表头是 {said}")
        if clean_head(name) not in accepted(record):
            raise InputError(
                f"--map {head}={name}: {record.table.zh}表没有“{name}”这个字段;可用 lianzhang schema 查看字段"
            )


def known_head(head: str) -> str:
    """Return a head as it is known, in simplified characters or without the year in front, or else as it stands."""
    known = all_heads()
    if head in known:
        return head
    plain = simplified(head)
    bare = ASIDE.sub("", plain)
    return next((word for word in (plain, bare, *without_year(bare)) if word in known), head)


def _leader_hint(record: type[Record], lacking: list[str]) -> str:
    is_leaders = [ENDS_OF_LEADER.get(file_name(record))] == lacking
    return "如果整张表说的是一家链主,请用 --leader 链主名称" if is_leaders else ""


def _shape(record: type[Record], cleaned: list[str], read_heads: list[str], keep: frozenset[str]) -> Shape:
    known, words = _heads_of(record), head_words()
    meant, given = dict(known.every), dict[str, str]()
    for instead in words.instead.get(file_name(record), []):
        if instead.when & {*cleaned}:
            meant, given = {**meant, **instead.heads}, {**given, **instead.given}
    listing = any(
        head not in known.form and (head in meant or head in known.parts or head in words.personal) for head in cleaned
    )
    fields: list[str | None] = []
    for position, head in enumerate(cleaned):
        name = meant.get(head)
        if name == SAID or (listing and name in fields and name in ALSO_SAID):
            name = f"_said{position}"
        if head in words.personal and head in keep and record in PEOPLE_OF:
            name = f"{KEPT}{position}"
        fields.append(None if name in fields else name)
    personal = [
        head
        for head, told, name in zip(read_heads, cleaned, fields, strict=True)
        if told in words.personal and not name
    ]
    return Shape(record, fields, listing, given, (*personal,))


def _fitting(
    read_heads: list[str], cleaned: list[str], otherwise: type[Record] | None, about: Surroundings
) -> type[Record]:
    """Return the one type that the heads fit best; where several fit as well it is not guessed."""
    ranked = sorted(((_score(record, cleaned), record) for record in (*NODES, *EDGES)), key=lambda item: -item[0])
    ranked = [(score, record) for score, record in ranked if _may_be(record, cleaned)]
    usable = [(score, record) for score, record in ranked if score and not _missing(record, cleaned, about)]
    best = [record for score, record in usable if score == usable[0][0]]
    whole = [record for record in best if not _lacks_key(record, cleaned)]
    if len(best) == 1 or len(whole) == 1:
        return (whole or best)[0]
    finer = {record: _finer(record, cleaned) for record in best}
    if Enterprise in best and any(issubclass(record, Edge) and not _only_form(record, cleaned) for record in best):
        return Enterprise  # a relation with columns that are none of its form is a list of firms
    if len(best) > 1 and any(_is_list(record, cleaned) for record in best):
        return max(best, key=lambda record: finer[record])
    if otherwise is not None:
        return otherwise
    for record in (*NODES, *EDGES):
        hint = _leader_hint(record, _missing(record, cleaned, about))
        if hint and _may_be(record, cleaned):
            raise InputError(f"{record.table.zh}表没有说是哪家链主的;{hint}")
    if len(OF_PEOPLE & {*cleaned}) > 1:
        raise InputError("这像是人员名单(有姓名、性别等列),不是企业、项目等的表,没有载入")
    near = "、".join(record.table.zh for record in best[:6] or [record for score, record in ranked[:3] if score])
    raise InputError(
        f"认不出这是哪一类表: 表头 {'、'.join(filter(None, read_heads))[:200] or '(空)'};"
        f"{'同样像' if best else '最接近的是'} {near or '(没有一个表头可识别)'}。"
        "请把文件名或表名改为类别名(如 enterprises.csv、企业.xlsx),用 --kind 指定类别,或用 lianzhang template 生成空表"
    )


def _fit(cleaned: list[str], about: Surroundings) -> type[Record] | None:
    """Return the type whose list the heads plainly are, if any."""
    usable = [
        record
        for record in (*NODES, *EDGES)
        if not _missing(record, cleaned, about) and _is_list(record, cleaned) and _may_be(record, cleaned)
    ]
    return max(usable, key=lambda record: (_score(record, cleaned), _finer(record, cleaned)), default=None)


def _may_be(record: type[Record], cleaned: list[str]) -> bool:
    """Tell whether a list may be taken for one of a type unless somebody says that it is none."""
    telling = head_words().guessed_by.get(file_name(record))
    return telling is None or not telling.isdisjoint(cleaned)


def _is_list(record: type[Record], cleaned: list[str]) -> bool:
    """Tell whether some heads are those of lists rather than of a type's form."""
    known = _heads_of(record)
    return any(head not in known.form and (head in known.every or head in known.parts) for head in cleaned)


def _only_form(record: type[Record], cleaned: list[str]) -> bool:
    """Tell whether all heads that say something are those of a type's form."""
    form = _heads_of(record).form
    return all(head in form or head in REASON_HEADS for head in cleaned if head and head not in head_words().nothing)


def _finer(record: type[Record], cleaned: list[str]) -> tuple[int, int]:
    """Return what decides between types that fit as well: heads of their own form, then whose name stands first."""
    known, needed = _heads_of(record), required(record)
    first = min((place for place, head in enumerate(cleaned) if known.every.get(head) in needed), default=len(cleaned))
    return len({known.form[head] for head in cleaned if head in known.form}), -first


def _lacks_key(record: type[Record], cleaned: list[str]) -> bool:
    there = {accepted(record)[head] for head in cleaned if head in accepted(record)}
    return not there.issuperset(record.table.key)


def _named(text: str | None) -> type[Record] | None:
    if not text:
        return None
    while (record := find_type(text)) is None:
        trimmed = re.sub(r"[-_.\s\d()()年月日]+(?:rejects?|拒收)?$", "", text)
        if trimmed == text:
            return find_type(text.partition("-")[0])
        text = trimmed
    return record


def _score(record: type[Record], cleaned: list[str]) -> int:
    known = _heads_of(record)
    own = {known.every[head] for head in cleaned if head in known.every}
    of_parts = {head for head in cleaned if head in known.parts and head not in known.every}
    of_persons = {head for head in cleaned if head in head_words().personal} if record in PEOPLE_OF else set()
    return len(own) + len(of_parts) + len(of_persons)


def _missing(record: type[Record], cleaned: list[str], about: Surroundings) -> list[str]:
    there = {accepted(record)[head] for head in cleaned if head in accepted(record)} | about.filled
    return [name for name in required(record) if name not in there]


def _zh(record: type[Record], name: str) -> str:
    return zh_heads(record).get(name, name)

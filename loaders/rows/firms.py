"""Which row is which firm: the credit code first, then the name and the place; a contradiction is listed, never merged.

The rows of one load are taken in an order of their own (those that say most of themselves first), so that neither the
order of rows nor of files changes which firms there are. They are then asked again with all that they said known, until
no answer changes: what is loaded is what the same rows would find, so that loading them again changes nothing.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from graph.names.names import FirmName, apart, check_code, city_of_region, make_id, normal, normalise, split_name
from loaders.rows.bulk_firms import find_alone
from loaders.rows.problems import Contradiction, RowProblem

USCC, STOCK = "统一社会信用代码", "股票代码"
VALID, UNUSABLE = "有效", "格式不符"
TURNS = 20
Cities = dict[str, set[str]]
TakenFor = dict[str, str]  # for a firm that is judged to be another, which one


@dataclass
class Identified:
    """The rows with their ids, the contradictions, and the rows that cannot be taken because of one (by position)."""

    frame: pl.DataFrame
    conflicts: list[Contradiction] = field(default_factory=list)
    refused: dict[int, RowProblem] = field(default_factory=dict)


class _Row(NamedTuple):
    """What identity asks of one row; a code of the wrong form (``无``, masked with stars) tells no firms apart."""

    position: int
    given: str | None
    name: str
    code: str | None
    stock: str | None
    parts: FirmName
    region: str
    others: list[str]
    valid: bool

    @property
    def city(self) -> str:
        """Return the city that the name says, or else the region column."""
        return self.parts.place or self.region

    def side(self) -> dict[str, Any]:
        """Return what a conflict shows of the row."""
        return ({"id": self.given} if self.given else {}) | _side(self.name, self.code, self.stock)

    def rank(self) -> tuple[Any, ...]:
        """Return the place of the row in the order in which rows are taken; a stock code's first name comes first."""
        turn = 0 if self.given or self.code or not self.stock else self.position
        codes = (not self.given, self.given or "", not self.valid, not self.code, not self.stock, turn)
        lacks = (*codes, not self.others, not self.parts.form, not self.city)
        return (*lacks, self.parts.exact, self.code or "", self.city, self.position)


@dataclass(slots=True)
class _Firm:
    """A firm as it is known so far; ``names``: all its names, ``former``: those that gave way, ``codes``: what people
    say that its code is, beside what files say."""

    name: str
    main: FirmName
    code: str | None = None
    stock: str | None = None
    regions: set[str] = field(default_factory=set)
    valid: bool = False
    names: tuple[FirmName, ...] = ()
    former: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)

    @property
    def cities(self) -> set[str]:
        """Return the city that the firm's name says, or else those that it is located in."""
        return {self.main.place} if self.main.place else self.regions

    @property
    def forms(self) -> set[str]:
        """Return the legal forms in those of its names that share the core of the main one."""
        return {parts.form for parts in self.names if parts.core == self.main.core and parts.form}


class _Match(NamedTuple):
    """The firm of a row; ``renames`` where the row's name takes the place of
    the firm's, else it may become an alias."""

    id: str
    renames: bool = False


Taken = dict[int, tuple[_Row, _Match]]
"""The firm of each row that has one, by the row's position, in the order in which the rows were taken."""


class Firms:
    """What is known of firms so far, to be asked row by row."""

    def __init__(self, taken_for: TakenFor) -> None:
        self.taken_for = taken_for
        self.by_id: dict[str, _Firm] = {}
        self.by_code: dict[str, str] = {}
        self.by_stock: dict[str, str] = {}
        self.by_name: dict[str, list[str]] = {}
        self.by_alias: dict[str, list[str]] = {}
        self.by_core: dict[str, list[str]] = {}

    def add(self, id_: str, row: _Row, renames: bool = False) -> None:
        """Remember what a row says of a firm: its codes, its place, its names and their core."""
        firm = self.by_id.setdefault(id_, _Firm(row.name, row.parts))
        if renames and firm.main != row.parts:
            _leave(self.by_name, firm.main.exact, id_)
            _leave(self.by_core, firm.main.core, id_)
            _enter(self.by_alias, firm.main.exact, id_)
            firm.former.append(firm.name)
            firm.main = row.parts
        if renames:
            firm.name = row.name
        if row.code and firm.code not in (None, row.code):
            self.by_code.pop(firm.code or "", None)
        firm.valid = row.valid if row.code else firm.valid
        firm.code, firm.stock = row.code or firm.code, firm.stock or row.stock
        firm.regions |= {row.region} - {""}
        if row.code:
            self.by_code[row.code] = id_
        if row.stock:
            self.by_stock[row.stock] = id_
        _enter(self.by_core, firm.main.core, id_)
        _enter(self.by_name if firm.main == row.parts else self.by_alias, row.parts.exact, id_)
        for text in row.others:
            _enter(self.by_alias, text, id_)
        firm.names += tuple(parts for parts in (row.parts, *map(split_name, row.others)) if parts not in firm.names)

    def accept(self, id_: str, row: _Row) -> None:
        """Know a firm by another name and another code too."""
        firm = self.by_id[id_]
        _enter(self.by_alias, row.parts.exact, id_)
        if row.code:
            firm.codes.add(row.code)
            self.by_code.setdefault(row.code, id_)

    def knows(self, id_: str, text: str) -> bool:
        """Tell whether a firm goes by a name."""
        return id_ in self.by_name.get(text, ()) or id_ in self.by_alias.get(text, ())

    def one_of(self, ids: list[str]) -> list[str]:
        """Return the firms that a row may be; of several, those that are judged to be one as the one to go by."""
        return ids if len(ids) < 2 else [*dict.fromkeys(self.taken_for.get(id_, id_) for id_ in ids)]

    def clash(self, row: _Row, id_: str) -> str:
        """Return why a row of the same name cannot be this firm, or nothing."""
        firm = self.by_id[id_]
        if row.code and firm.code and row.code != firm.code and row.code not in firm.codes:
            return f"{USCC}不同"
        return "所在城市不同" if firm.cities and all(apart(row.city, city) for city in firm.cities) else ""

    def side(self, id_: str) -> dict[str, Any]:
        """Return what a conflict shows of a firm."""
        firm = self.by_id[id_]
        return {"id": id_} | _side(firm.name, firm.code, firm.stock)


def identify_firms(frame: pl.DataFrame, known: pl.DataFrame, cities: Cities, taken_for: TakenFor) -> Identified:
    """Give every row the id of its firm and its code in compact form with its
    check; ``cities``: where known firms are."""
    frame = _with_codes(frame)
    alone = find_alone(frame, known)
    mixed = frame.filter(~alone)
    if mixed.is_empty():
        return Identified(_own_id(frame, known))
    done = _identify_one_by_one(mixed, known, cities, taken_for)
    places = alone.not_().arg_true().to_list()
    order = pl.Series("__at", [*alone.arg_true().to_list(), *places])
    done.frame = (
        pl.concat([_own_id(frame.filter(alone), known), done.frame]).with_columns(order).sort("__at").drop("__at")
    )
    done.refused = {places[position]: problem for position, problem in done.refused.items()}
    return done


def _with_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Put each credit code into compact form and beside it what its check says."""
    checked = {raw: check_code(raw) for raw in frame["uscc"].drop_nulls().unique()}
    codes = {raw: code for raw, (code, _) in checked.items()}
    checks = {raw: check for raw, (_, check) in checked.items()}
    if not checked:
        return frame.with_columns(pl.lit(None, dtype=pl.String).alias("uscc_check"))
    return frame.with_columns(
        pl.col("uscc").replace_strict(codes, default=None, return_dtype=pl.String),
        pl.col("uscc").replace_strict(checks, default=None, return_dtype=pl.String).alias("uscc_check"),
    )


def _own_id(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Give rows that are alone their own id, or that of the firm with their code."""
    if frame["id"].null_count() == 0:
        return frame
    codes = (
        known.filter(pl.col("uscc").is_not_null())
        .select("uscc", pl.col("id").alias("__by_code"))
        .unique("uscc", keep="none")
    )
    joined = frame.join(codes, on="uscc", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("id", "__by_code").alias("id")).drop("__by_code")


def _identify_one_by_one(frame: pl.DataFrame, known: pl.DataFrame, cities: Cities, taken_for: TakenFor) -> Identified:
    rows, there = sorted(_rows(frame), key=_Row.rank), _known_rows(known)
    taken: Taken = {}
    listed: list[Contradiction] = []
    for turn in range(TURNS):
        firms, result = _known_firms(there, cities, taken_for), Identified(frame)
        for row, match in taken.values():
            firms.add(match.id, row, match.renames)
        answers = _ask(firms, result, rows)
        listed = listed if turn else result.conflicts
        moved = [row for row in rows if _id(taken, row) != _id(answers, row)]
        if not moved:
            break
        settled = {position: entry for position, entry in taken.items() if _id(answers, entry[0]) == entry[1].id}
        taken = settled | {position: entry for position, entry in answers.items() if position not in settled}
    else:
        for row in moved:
            result.refused[row.position] = RowProblem(
                "名称", row.name, f"与其他行或图中企业的关系无法唯一确定,请填写编号或{USCC}"
            )
            del answers[row.position]
    result.conflicts = [*listed, *(conflict for conflict in result.conflicts if conflict not in listed)]
    result.frame = _completed(frame, sorted(rows, key=lambda row: row.position), answers, firms)
    return result


def _ask(firms: Firms, result: Identified, rows: list[_Row]) -> Taken:
    """Return the firm of each row that has one; what is refused is asked again
    when all others have said what they know."""
    answers: Taken = {}
    waiting = rows
    for turn in range(TURNS):
        left: list[tuple[_Row, Identified]] = []
        for row in waiting:
            tried = Identified(result.frame)
            match = _find(firms, tried, row)
            if match is None:
                left.append((row, tried))
                continue
            firms.add(match.id, row, match.renames)
            answers[row.position] = row, match
            result.conflicts += tried.conflicts
        if len(left) == len(waiting) or turn == TURNS - 1:
            for _, tried in left:
                result.conflicts += tried.conflicts
                result.refused |= tried.refused
            break
        waiting = [row for row, _ in left]
    return answers


def _completed(frame: pl.DataFrame, rows: list[_Row], answers: Taken, firms: Firms) -> pl.DataFrame:
    """Put beside each row its firm's id and name; other names, the row's own among them, become aliases."""
    ids = [_id(answers, row) for row in rows]
    owners = [firms.by_id[id_] if id_ else _Firm(row.name, row.parts) for id_, row in zip(ids, rows, strict=True)]
    pairs = [*zip(rows, owners, strict=True)]
    others = [[name for name in (row.name, *firm.former) if normalise(name) != firm.main.exact] for row, firm in pairs]
    better = pl.Series([bool(firm.code) and not row.code for row, firm in pairs], dtype=pl.Boolean)
    return frame.with_columns(
        pl.Series("id", ids, dtype=pl.String),
        pl.Series("name", [firm.name for firm in owners], dtype=pl.String),
        *(pl.when(better).then(None).otherwise(pl.col(name)).alias(name) for name in ("uscc", "uscc_check")),
        pl.Series("aliases", _joined(frame["aliases"], others), dtype=pl.List(pl.String)),
    )


def _id(answers: Taken, row: _Row) -> str | None:
    return answers[row.position][1].id if row.position in answers else None


def _known_firms(there: list[_Row], cities: Cities, taken_for: TakenFor) -> Firms:
    firms = Firms(taken_for)
    for row in there:
        assert row.given is not None
        if row.given in firms.by_id:  # what people say of it, after what files say
            firms.accept(row.given, row)
            continue
        firms.add(row.given, row)
        firms.by_id[row.given].regions |= cities.get(row.given, set())
    return firms


def _known_rows(known: pl.DataFrame) -> list[_Row]:
    """Return the graph's firms as rows."""
    rows: list[_Row] = []
    wanted = known.select(
        "id", "name", normal(pl.col("name")).alias("exact"), "uscc", "uscc_check", "stock_code", "aliases"
    )
    for id_, name, exact, code, check, stock, aliases in wanted.iter_rows():
        code = None if check == UNUSABLE else code
        rows.append(
            _Row(-1, id_, name, code, stock, split_name(exact), "", [*map(normalise, aliases or [])], check == VALID)
        )
    return rows


def _rows(frame: pl.DataFrame) -> list[_Row]:
    """Return the rows as identity sees them; their codes are in compact form."""
    region = frame["region"] if "region" in frame.columns else pl.Series([None] * len(frame), dtype=pl.String)
    exacts = frame.select(normal(pl.col("name")).alias("exact"))["exact"]
    codes = zip(frame["uscc"], frame["uscc_check"], frame["stock_code"], strict=True)
    columns = zip(frame["id"], frame["name"], exacts, codes, region, frame["aliases"].to_list(), strict=True)
    rows: list[_Row] = []
    for position, (given, name, exact, (code, check, stock), where, aliases) in enumerate(columns):
        parts = split_name(exact)
        others = [*map(normalise, aliases or [])]
        code = None if check == UNUSABLE else code
        rows.append(_Row(position, given, name, code, stock, parts, city_of_region(where), others, check == VALID))
    return rows


def _find(firms: Firms, result: Identified, row: _Row) -> _Match | None:
    """Return the firm that a row is about: a known one, or a new one; None where the row is refused."""
    holder, what = firms.by_code.get(row.code or ""), USCC
    if holder is None:
        holder, what = firms.by_stock.get(row.stock or ""), STOCK
    if row.given:
        if holder and holder != row.given:
            return _refuse(firms, result, row, holder, what, f"同一{what}已用于另一编号")
        return _follow(firms, result, row, row.given)
    if holder:
        return _find_by_code(firms, result, row, holder, what)
    named = [*(firms.by_name.get(row.parts.exact) or firms.by_alias.get(row.parts.exact, []))]
    fitting = firms.one_of([id_ for id_ in named if not firms.clash(row, id_)])
    if len(fitting) > 1:
        return _refuse(
            firms, result, row, min(fitting), "名称", f"名称对应 {len(fitting)} 家企业,请填写{USCC}、编号或全称"
        )
    if fitting:
        return _Match(fitting[0])
    if named:
        reason = f"名称相同,{firms.clash(row, named[0])},按两家企业载入"
        result.conflicts.append(Contradiction(reason, row.side(), firms.side(named[0])))
    return _find_by_core(firms, result, row, named) or _Match(
        f"ent-{row.code}" if row.code else make_id("ent", row.parts.exact, row.city)
    )


def _follow(firms: Firms, result: Identified, row: _Row, given: str) -> _Match | None:
    """Return the firm of the id that a row gives itself; its code may only be replaced where it was wrong in itself."""
    firm = firms.by_id.get(given)
    if firm is None:
        for id_ in firms.by_name.get(row.parts.exact, [])[:1]:
            result.conflicts.append(Contradiction("名称相同,编号不同,按两家企业载入", row.side(), firms.side(id_)))
    elif row.code and firm.code not in (None, row.code) and (firm.valid or not row.valid):
        if row.code in firm.codes:
            return _Match(given, renames=True)
        return _refuse(firms, result, row, given, USCC, f"编号相同,{USCC}不同")
    return _Match(given, renames=True)


def _find_by_core(firms: Firms, result: Identified, row: _Row, apart: list[str]) -> _Match | None:
    """Return the one firm of the same place whose name differs only in place
    and legal form, and that nothing speaks against."""
    fitting: list[str] = []
    clashing: list[str] = []
    for id_ in firms.by_core.get(row.parts.core, []) if row.city else []:
        firm = firms.by_id[id_]
        if id_ in apart or row.city not in firm.cities:
            continue
        other_form = bool(row.parts.form and firm.forms - {row.parts.form})
        other_district = row.parts.district != firm.main.district
        clash = bool(row.code and firm.code) or bool(row.stock and firm.stock) or other_form or other_district
        (clashing if clash else fitting).append(id_)
    if len(fitting := firms.one_of(fitting)) == 1:
        return _Match(fitting[0])
    for id_ in sorted(fitting or clashing)[:1]:
        reason = "去掉地名与公司形式后名称相同,是否同一企业需人工判断,按两家企业载入"
        result.conflicts.append(Contradiction(reason, row.side(), firms.side(id_)))
    return None


def _find_by_code(firms: Firms, result: Identified, row: _Row, holder: str, what: str) -> _Match | None:
    """Return the firm that holds the row's code where the names agree; refuse the row where they do not."""
    if what == STOCK and row.code and firms.by_id[holder].code:
        return _refuse(firms, result, row, holder, what, f"同一{STOCK},{USCC}不同")
    if firms.knows(holder, row.parts.exact) or firms.by_id[holder].main.core == row.parts.core:
        return _Match(holder)
    if firms.by_id[holder].main.exact in row.others:
        return _Match(holder, renames=True)
    return _refuse(firms, result, row, holder, what, f"同一{what},名称不同(如系更名,请在别名列写明曾用名)")


def _refuse(firms: Firms, result: Identified, row: _Row, holder: str, what: str, reason: str) -> _Match | None:
    """List both sides, and refuse the row."""
    side = firms.side(holder)
    result.conflicts.append(Contradiction(reason, row.side(), side))
    value = {USCC: row.code, STOCK: row.stock}.get(what, row.name)
    result.refused[row.position] = RowProblem(what, value or "", f"{reason}: 图中已有 {side['name']}({value})")
    return None


def _side(name: str, code: str | None, stock: str | None) -> dict[str, Any]:
    return {"name": name, "uscc": code} | ({"stock_code": stock} if stock else {})


def _enter(index: dict[str, list[str]], word: str, id_: str) -> None:
    entries = index.setdefault(word, [])
    if id_ not in entries:
        entries.append(id_)


def _leave(index: dict[str, list[str]], word: str, id_: str) -> None:
    index[word] = [entry for entry in index.get(word, []) if entry != id_]


def _joined(first: pl.Series, second: list[list[str]]) -> list[list[str] | None]:
    return [list(dict.fromkeys([*(a or []), *b])) or None for a, b in zip(first.to_list(), second, strict=True)]

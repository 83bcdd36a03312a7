"""What is known of firms while rows are given theirs: by code, by name, by the name without place and form."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.names.names import FirmName, apart, make_id, split_name

USCC, STOCK = "统一社会信用代码", "股票代码"
UNUSABLE = "格式不符"  # what the check says of a code that tells no firms apart
AS_SAID = "__region_said"  # where a firm is in the words of the file, for which firm it is
TakenFor = dict[str, str]  # for a firm that is judged to be another, which one


class FirmRow(NamedTuple):
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
    trust: int = 0
    as_of: str = ""

    @property
    def city(self) -> str:
        """Return the city that the name says, or else the region column."""
        return self.parts.place or self.region

    def renames(self, firm: "KnownFirm") -> bool:
        """Tell whether the row's name takes the place of the firm's: neither weaker nor older knowledge does that."""
        return self.trust >= firm.trust and not is_older(self.as_of, firm.as_of)

    def side(self) -> dict[str, Any]:
        """Return what a conflict shows of the row."""
        return ({"id": self.given} if self.given else {}) | _side(self.name, self.code, self.stock)

    def rank(self) -> tuple[Any, ...]:
        """Return the place of the row in the order in which rows are taken; a stock code's first name comes first."""
        turn = 0 if self.given or self.code or not self.stock else self.position
        codes = (not self.given, self.given or "", not self.valid, not self.code, not self.stock, turn)
        lacks = (*codes, not self.others, not self.parts.form, not self.city)
        told = (self.parts.exact, self.code or "", self.city, self.region, self.others)
        return (*lacks, *told, self.position)


@dataclass(slots=True)
class KnownFirm:
    """A firm as it is known so far; ``names``: all its names, ``former``: those that gave way, ``codes``: what people
    say that its code is, beside what files say; ``trust`` and ``as_of`` are of who gave it its name."""

    name: str
    main: FirmName
    code: str | None = None
    stock: str | None = None
    regions: set[str] = field(default_factory=set)
    valid: bool = False
    names: tuple[FirmName, ...] = ()
    former: list[str] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    trust: int = 0
    as_of: str = ""

    @property
    def cities(self) -> set[str]:
        """Return the city that the firm's name says, or else those that it is located in."""
        return {self.main.place} if self.main.place else self.regions

    @property
    def forms(self) -> set[str]:
        """Return the legal forms in those of its names that share the core of the main one."""
        return {parts.form for parts in self.names if parts.core == self.main.core and parts.form}


def new_id(code: str | None, exact: str, city: str) -> str:
    """Return the id of a firm that nobody knows: by its code, else by its name and city."""
    return f"ent-{code}" if code else make_id("ent", exact, city)


def is_older(day: str, than: str) -> bool:
    """Tell whether a day, a month or a year was before another, as far as both tell."""
    length = min(len(day), len(than))
    return day[:length] < than[:length]


class Firms:
    """What is known of firms so far, to be asked row by row."""

    def __init__(self, taken_for: TakenFor) -> None:
        self.taken_for = taken_for
        self.by_id: dict[str, KnownFirm] = {}
        self.by_code: dict[str, str] = {}
        self.by_stock: dict[str, str] = {}
        self.by_name: dict[str, list[str]] = {}
        self.by_alias: dict[str, list[str]] = {}
        self.by_core: dict[str, list[str]] = {}

    def add(self, id_: str, row: FirmRow, renames: bool = False) -> None:
        """Remember what a row says of a firm: its codes, its place, its names and their core."""
        firm = self.by_id.setdefault(id_, KnownFirm(row.name, row.parts, trust=row.trust, as_of=row.as_of))
        if renames and firm.main != row.parts:
            _leave(self.by_name, firm.main.exact, id_)
            _leave(self.by_core, firm.main.core, id_)
            _enter(self.by_alias, firm.main.exact, id_)
            firm.former.append(firm.name)
            firm.main = row.parts
        if renames:
            firm.name, firm.trust, firm.as_of = row.name, row.trust, row.as_of
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

    def accept(self, id_: str, row: FirmRow) -> None:
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

    def clash(self, row: FirmRow, id_: str) -> str:
        """Return why a row of the same name cannot be this firm, or nothing."""
        firm = self.by_id[id_]
        if row.code and firm.code and row.code != firm.code and row.code not in firm.codes:
            return f"{USCC}不同"
        return "所在城市不同" if firm.cities and all(apart(row.city, city) for city in firm.cities) else ""

    def side(self, id_: str) -> dict[str, Any]:
        """Return what a conflict shows of a firm."""
        firm = self.by_id[id_]
        return {"id": id_} | _side(firm.name, firm.code, firm.stock)


def _side(name: str, code: str | None, stock: str | None) -> dict[str, Any]:
    return {"name": name, "uscc": code} | ({"stock_code": stock} if stock else {})


def _enter(index: dict[str, list[str]], word: str, id_: str) -> None:
    entries = index.setdefault(word, [])
    if id_ not in entries:
        entries.append(id_)


def _leave(index: dict[str, list[str]], word: str, id_: str) -> None:
    index[word] = [entry for entry in index.get(word, []) if entry != id_]

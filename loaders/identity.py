"""Which row is which thing: the credit code first, then the name; a contradiction is listed, never merged."""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from graph.model import Node
from graph.model.nodes import Enterprise
from loaders.names import FirmName, check_code, city_of_region, make_id, normal, split_name


@dataclass(frozen=True)
class Conflict:
    """Two sides that contradict one another about whether they are the same thing."""

    reason: str
    left: dict[str, Any]
    right: dict[str, Any]


@dataclass
class Identified:
    """The rows with their ids, the contradictions, and the rows that cannot be taken because of one (by position)."""

    frame: pl.DataFrame
    conflicts: list[Conflict] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def identify_nodes(frame: pl.DataFrame, record: type[Node], known: pl.DataFrame) -> Identified:
    """Give every row an id: its own, or that of the thing with the same key, or a new one made from the key."""
    if record is Enterprise:
        return _identify_firms(frame, known)
    if record.label() == "Source":
        return Identified(frame.with_columns(pl.coalesce("id", "name").alias("id")))
    keys = [part for part in record.table.key if part in frame.columns] or ["name"]
    key = pl.concat_str([normal(pl.col(part)).fill_null("") for part in keys], separator="|")
    own = _known_keys(record, known, keys)
    ids: list[str] = []
    for given, value in zip(frame["id"], frame.select(key.alias("key"))["key"], strict=True):
        found = given or own.get(value) or make_id(record.table.prefix, value)
        own.setdefault(value, found)
        ids.append(found)
    return Identified(frame.with_columns(pl.Series("id", ids, dtype=pl.String)))


def _known_keys(record: type[Node], known: pl.DataFrame, keys: list[str]) -> dict[str, str]:
    if record.table.key != ("name",):
        parts = [part for part in keys if part in known.columns]
        if len(parts) < len(keys):
            return {}
        key = pl.concat_str([normal(pl.col(part)).fill_null("") for part in parts], separator="|")
        return dict(known.select(key.alias("key"), "id").iter_rows())
    names = known.select(normal(pl.col("name")), "id")
    aliases = known.select("aliases", "id").explode("aliases").drop_nulls().select(normal(pl.col("aliases")).alias("name"), "id")
    return dict(pl.concat([aliases, names]).iter_rows())


class Firms:
    """What is known of firms so far, to be asked row by row."""

    def __init__(self) -> None:
        self.by_id: dict[str, tuple[str, str | None]] = {}
        self.by_code: dict[str, str] = {}
        self.by_exact: dict[str, list[str]] = defaultdict(list)
        self.by_core: dict[str, list[tuple[str, FirmName]]] = defaultdict(list)

    def add(self, id_: str, name: str, exact: str, code: str | None, place: str, others: list[str] | None = None) -> None:
        """Remember a firm under its code, its names and its core."""
        self.by_id[id_] = (name, code or self.by_id.get(id_, ("", None))[1])
        if code:
            self.by_code[code] = id_
        for text in (exact, *(others or [])):
            if id_ not in self.by_exact[text]:
                self.by_exact[text].append(id_)
        parts = split_name(exact)
        parts = FirmName(parts.exact, parts.core, parts.form, parts.place or place)
        if all(id_ != other or parts.exact != known.exact for other, known in self.by_core[parts.core]):
            self.by_core[parts.core].append((id_, parts))

    def side(self, id_: str) -> dict[str, Any]:
        """Return what a conflict shows of a firm."""
        name, code = self.by_id[id_]
        return {"id": id_, "name": name, "uscc": code}


def _identify_firms(frame: pl.DataFrame, known: pl.DataFrame) -> Identified:
    firms = Firms()
    exact_known = known.select("id", "name", normal(pl.col("name")).alias("exact"), "uscc", "aliases")
    for id_, name, exact, code, aliases in exact_known.iter_rows():
        firms.add(id_, name, exact, code, "", [*map(_simple, aliases or [])])
    region = frame["region"] if "region" in frame.columns else pl.Series([None] * len(frame), dtype=pl.String)
    exacts = frame.select(normal(pl.col("name")).alias("exact"))["exact"]
    result = Identified(frame)
    ids: list[str | None] = []
    codes: list[str | None] = []
    checks: list[str | None] = []
    extra: list[list[str] | None] = []
    columns = zip(frame["id"], frame["name"], exacts, frame["uscc"], region, frame["aliases"].to_list(), strict=True)
    for position, (given, name, exact, raw_code, where, aliases) in enumerate(columns):
        code, check = check_code(raw_code) if raw_code else (None, None)
        codes.append(code)
        checks.append(check)
        found, alias = _find(firms, result, position, given, name, exact, code, city_of_region(where), [*map(_simple, aliases or [])])
        ids.append(found)
        extra.append([alias] if alias else None)
        if found:
            firms.add(found, firms.by_id.get(found, (name, None))[0] if alias else name, exact, code, city_of_region(where))
    added = pl.Series("extra", extra, dtype=pl.List(pl.String))
    result.frame = frame.with_columns(
        pl.Series("id", ids, dtype=pl.String),
        pl.Series("uscc", codes, dtype=pl.String),
        pl.Series("uscc_check", checks, dtype=pl.String),
        pl.Series("aliases", _joined(frame["aliases"], added), dtype=pl.List(pl.String)),
    ).with_columns(pl.Series("name", [firms.by_id[i][0] if i and e else n for i, e, n in zip(ids, extra, frame["name"], strict=True)]))
    return result


def _find(
    firms: Firms, result: Identified, position: int, given: str | None, name: str, exact: str, code: str | None, city: str, others: list[str]
) -> tuple[str | None, str | None]:
    """Return the id of a row's firm and the row's name where it is another name of a firm that is known."""
    row = {"name": name, "uscc": code}
    holder = firms.by_code.get(code) if code else None
    if given:
        if holder and holder != given:
            return _refuse(firms, result, position, row | {"id": given}, holder, "同一统一社会信用代码已用于另一编号")
        return given, None
    same_name = firms.by_exact.get(exact, [])
    if holder:
        if holder in same_name or any(holder in firms.by_exact.get(other, []) for other in others):
            return holder, None
        if any(id_ == holder for id_, _ in firms.by_core.get(split_name(exact).core, [])):
            return holder, name
        return _refuse(firms, result, position, row, holder, "同一统一社会信用代码,名称不同(如系更名,请在别名列写明曾用名)")
    for id_ in same_name:
        if not (code and firms.by_id[id_][1]):
            return id_, None
        result.conflicts.append(Conflict("名称相同,统一社会信用代码不同,按两家企业载入", row, firms.side(id_)))
    parts = split_name(exact)
    for id_, other in firms.by_core.get(parts.core, []):
        if other.exact == exact or not _same_place(parts.place or city, other.place):
            continue
        clash = bool(code and firms.by_id[id_][1]) or bool(parts.form and other.form and parts.form != other.form)
        if not clash:
            return id_, name
        result.conflicts.append(Conflict("去掉地名与公司形式后名称相同,是否同一企业需人工判断,按两家企业载入", row, firms.side(id_)))
    return (f"ent-{code}" if code else make_id("ent", exact, parts.place or city)), None


def _refuse(
    firms: Firms, result: Identified, position: int, row: dict[str, Any], holder: str, reason: str
) -> tuple[str | None, str | None]:
    side = firms.side(holder)
    result.conflicts.append(Conflict(reason, row, side))
    result.refused[position] = f"{reason}: 图中已有 {side['name']}({side['uscc']})"
    return None, None


def _same_place(left: str, right: str) -> bool:
    return bool(left) and left == right


def _simple(name: str) -> str:
    return unicodedata.normalize("NFKC", name).replace(" ", "").lower()


def _joined(first: pl.Series, second: pl.Series) -> list[list[str] | None]:
    return [list(dict.fromkeys([*(a or []), *(b or [])])) or None for a, b in zip(first.to_list(), second.to_list(), strict=True)]


"""Which row is which firm: the credit code first, then the name and the place; a contradiction is listed, never merged.

The rows of one load are taken in an order of their own (those that say most of themselves first), so that neither the
order of rows nor of files changes which firms there are. They are then asked again with all that they said known, until
no answer changes: what is loaded is what the same rows would find, so that loading them again changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from graph.names.names import FORMS, check_codes, city_of_region, normal, normalise, split_name
from loaders.rows.bulk_firms import ids_of_alone
from loaders.rows.known_firms import AS_SAID, STOCK, UNUSABLE, USCC, FirmRow, Firms, KnownFirm, TakenFor, new_id
from loaders.rows.merge import RANK, YIELDS
from loaders.rows.problems import Contradiction, RowProblem

VALID = "有效"
ASKED = (
    *("id", "name", "uscc", "uscc_check", "stock_code", "aliases", "name_dates", "status", "source"),
    *(AS_SAID, "region"),
)  # what identity goes by, or changes
TURNS = 20
LEGAL = tuple(form for form in FORMS if form.endswith(("有限公司", "有限责任公司", "合伙企业")))
Cities = dict[str, set[str]]
Ages = Mapping[str, str]  # when each source was made, as far as it tells
NO_AGES: Ages = {}


@dataclass
class Identified:
    """The rows with their ids, the contradictions, and the rows that cannot be taken because of one (by position)."""

    frame: pl.DataFrame
    conflicts: list[Contradiction] = field(default_factory=list)
    refused: dict[int, RowProblem] = field(default_factory=dict)


class _Match(NamedTuple):
    """The firm of a row; ``renames`` where the row's name takes the place of
    the firm's, else it may become an alias."""

    id: str
    renames: bool = False


Taken = dict[int, tuple[FirmRow, _Match]]
"""The firm of each row that has one, by the row's position, in the order in which the rows were taken."""


def identify_firms(
    frame: pl.DataFrame, known: pl.DataFrame, cities: Cities, taken_for: TakenFor, ages: Ages = NO_AGES
) -> Identified:
    """Give every row the id of its firm and its code in compact form with its check; ``cities``: where known firms
    are, ``ages``: when sources were made. A row that knows a firm by a former name yields to what is known of it."""
    frame = _with_codes(frame)
    asked = frame.select(name for name in ASKED if name in frame.columns)  # a copy of all columns is large
    ids = ids_of_alone(asked, known)
    alone = ids.is_not_null()
    found, mixed = _with_ids(asked.filter(alone), ids.drop_nulls()), asked.filter(~alone)
    if mixed.is_empty():
        return Identified(frame.with_columns(found["id"], found["aliases"]))
    done = _identify_one_by_one(mixed, known, cities, taken_for, ages)
    places = alone.not_().arg_true().to_list()
    order = pl.Series("__at", [*alone.arg_true().to_list(), *places])
    told = pl.concat([found, done.frame], how="diagonal").with_columns(order).sort("__at").drop("__at")
    done.frame = frame.with_columns(told.get_columns())
    done.refused = {places[position]: problem for position, problem in done.refused.items()}
    return done


def _with_codes(frame: pl.DataFrame) -> pl.DataFrame:
    """Put each credit code into compact form and beside it what its check says."""
    return frame.with_columns(*check_codes(frame["uscc"]))


def _with_ids(frame: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    """Give rows that are alone their ids; what they say of themselves stays, each alias once."""
    aliases = pl.col("aliases").list.unique(maintain_order=True)
    once = pl.when(aliases.list.len() > 0).then(aliases)
    return frame.with_columns(ids.alias("id"), once.alias("aliases"))


def _identify_one_by_one(
    frame: pl.DataFrame, known: pl.DataFrame, cities: Cities, taken_for: TakenFor, ages: Ages = NO_AGES
) -> Identified:
    rows, there = sorted(_rows(frame, ages), key=FirmRow.rank), _known_rows(known, ages)
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


def _ask(firms: Firms, result: Identified, rows: list[FirmRow]) -> Taken:
    """Return the firm of each row that has one; what is refused is asked again
    when all others have said what they know."""
    answers: Taken = {}
    waiting = rows
    for turn in range(TURNS):
        left: list[tuple[FirmRow, Identified]] = []
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


def _completed(frame: pl.DataFrame, rows: list[FirmRow], answers: Taken, firms: Firms) -> pl.DataFrame:
    """Put beside each row its firm's id and name; other names, the row's own among them, become aliases."""
    ids = [_id(answers, row) for row in rows]
    owners = [firms.by_id[id_] if id_ else KnownFirm(row.name, row.parts) for id_, row in zip(ids, rows, strict=True)]
    pairs = [*zip(rows, owners, strict=True)]
    others = [[name for name in (row.name, *firm.former) if normalise(name) != firm.main.exact] for row, firm in pairs]
    yields = [_calls_it_otherwise(row, firm) and not row.renames(firm) for row, firm in pairs]
    dated = [_dated(row) if row.parts.exact != firm.main.exact else None for row, firm in pairs]
    better = pl.Series([bool(firm.code) and not row.code for row, firm in pairs], dtype=pl.Boolean)
    return frame.with_columns(
        pl.Series("id", ids, dtype=pl.String),
        pl.Series("name", [firm.name for firm in owners], dtype=pl.String),
        *(pl.when(better).then(None).otherwise(pl.col(name)).alias(name) for name in ("uscc", "uscc_check")),
        pl.Series("aliases", _joined(frame["aliases"], others), dtype=pl.List(pl.String)),
        pl.Series("name_dates", dated, dtype=pl.List(pl.String)),
        pl.Series(YIELDS, yields, dtype=pl.Boolean),
    )


def _calls_it_otherwise(row: FirmRow, firm: KnownFirm) -> bool:
    """Tell whether a row of a catalogue has another name for a firm than its own now, not one that is short for it: a
    full name with its legal form, or one beside a code; what a report calls a firm is no name before a change."""
    full = row.parts.form in LEGAL or bool(row.code or row.stock)
    return full and row.parts.exact not in firm.main.exact


def _dated(row: FirmRow) -> list[str] | None:
    """Return of when a name is that is not the firm's own now: ``name|day``."""
    return [f"{row.name}|{row.as_of}"] if row.as_of else None


def _id(answers: Taken, row: FirmRow) -> str | None:
    return answers[row.position][1].id if row.position in answers else None


def _known_firms(there: list[FirmRow], cities: Cities, taken_for: TakenFor) -> Firms:
    firms = Firms(taken_for)
    for row in there:
        assert row.given is not None
        if row.given in firms.by_id:  # what people say of it, after what files say
            firms.accept(row.given, row)
            continue
        firms.add(row.given, row)
        firms.by_id[row.given].regions |= cities.get(row.given, set())
    return firms


def _known_rows(known: pl.DataFrame, ages: Ages) -> list[FirmRow]:
    """Return the graph's firms as rows."""
    rows: list[FirmRow] = []
    wanted = known.select(
        *("id", "name", normal(pl.col("name")).alias("exact"), "uscc", "uscc_check", "stock_code", "aliases"),
        *("status", "source"),
    )
    for id_, name, exact, code, check, stock, aliases, status, source in wanted.iter_rows():
        code = None if check == UNUSABLE else code
        others, told = [*map(normalise, aliases or [])], (RANK.get(status, 0), ages.get(source, ""))
        rows.append(FirmRow(-1, id_, name, code, stock, split_name(exact), "", others, check == VALID, *told))
    return rows


def _rows(frame: pl.DataFrame, ages: Ages) -> list[FirmRow]:
    """Return the rows as identity sees them; their codes are in compact form."""
    said = next((name for name in (AS_SAID, "region") if name in frame.columns), None)
    region = frame[said] if said else pl.Series([None] * len(frame), dtype=pl.String)
    exacts = frame.select(normal(pl.col("name")).alias("exact"))["exact"]
    codes = zip(frame["uscc"], frame["uscc_check"], frame["stock_code"], strict=True)
    proofs = zip(frame["status"], frame["source"], strict=True)
    columns = zip(frame["id"], frame["name"], exacts, codes, region, frame["aliases"].to_list(), proofs, strict=True)
    rows: list[FirmRow] = []
    for position, (given, name, exact, (code, check, stock), where, aliases, (status, source)) in enumerate(columns):
        parts = split_name(exact)
        others = [*map(normalise, aliases or [])]
        code = None if check == UNUSABLE else code
        city, told = city_of_region(where), (RANK.get(status, 0), ages.get(source, ""))
        rows.append(FirmRow(position, given, name, code, stock, parts, city, others, check == VALID, *told))
    return rows


def _find(firms: Firms, result: Identified, row: FirmRow) -> _Match | None:
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
    return _find_by_core(firms, result, row, named) or _Match(new_id(row.code, row.parts.exact, row.city))


def _follow(firms: Firms, result: Identified, row: FirmRow, given: str) -> _Match | None:
    """Return the firm of the id that a row gives itself; its code may only be replaced where it was wrong in itself."""
    firm = firms.by_id.get(given)
    if firm is None:
        for id_ in firms.by_name.get(row.parts.exact, [])[:1]:
            result.conflicts.append(Contradiction("名称相同,编号不同,按两家企业载入", row.side(), firms.side(id_)))
    elif row.code and firm.code not in (None, row.code) and (firm.valid or not row.valid):
        if row.code in firm.codes:
            return _Match(given, renames=row.renames(firm))
        return _refuse(firms, result, row, given, USCC, f"编号相同,{USCC}不同")
    return _Match(given, renames=firm is None or row.renames(firm))


def _find_by_core(firms: Firms, result: Identified, row: FirmRow, apart: list[str]) -> _Match | None:
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


def _find_by_code(firms: Firms, result: Identified, row: FirmRow, holder: str, what: str) -> _Match | None:
    """Return the firm that holds the row's code where the names agree; refuse the row where they do not."""
    if what == STOCK and row.code and firms.by_id[holder].code:
        return _refuse(firms, result, row, holder, what, f"同一{STOCK},{USCC}不同")
    if firms.knows(holder, row.parts.exact) or firms.by_id[holder].main.core == row.parts.core:
        return _Match(holder)
    if firms.by_id[holder].main.exact in row.others:
        return _Match(holder, renames=row.renames(firms.by_id[holder]))
    return _refuse(firms, result, row, holder, what, f"同一{what},名称不同(如系更名,请在别名列写明曾用名)")


def _refuse(firms: Firms, result: Identified, row: FirmRow, holder: str, what: str, reason: str) -> _Match | None:
    """List both sides, and refuse the row."""
    side = firms.side(holder)
    result.conflicts.append(Contradiction(reason, row.side(), side))
    value = {USCC: row.code, STOCK: row.stock}.get(what, row.name)
    result.refused[row.position] = RowProblem(what, value or "", f"{reason}: 图中已有 {side['name']}({value})")
    return None


def _joined(first: pl.Series, second: list[list[str]]) -> list[list[str] | None]:
    return [list(dict.fromkeys([*(a or []), *b])) or None for a, b in zip(first.to_list(), second, strict=True)]

"""Places of firms that were inferred: written as a load, judged by people; what was judged comes up again only when
what it was inferred from is another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

import polars as pl

from graph.errors import InputError, NotFound
from graph.model import Edge, ends_of
from graph.model.edges import OperatesIn, Produces
from graph.model.edits import read_edits
from graph.model.parts import IsProduct
from graph.stores import Store
from loaders.changes import Change, Done, apply
from loaders.history import undo_all
from loaders.recording import recorded
from loaders.report import Report, Step, silent
from loaders.rows.edits import released
from loaders.run import Options
from loaders.tables import InputTable, Row, add_rows
from loaders.wanted import follow_parts

SOURCE = "企业上链（按经营范围推断）"
ACCEPTED, REFUSED = "采纳", "不收"
SEPARATOR = "~"  # between the firm and the place in the id of a placement
RECORDS: tuple[type[Edge], ...] = (OperatesIn, Produces)
JUDGED: dict[type[Edge], str] = {OperatesIn: "上链审核", Produces: "上链审核", IsProduct: "零件审核"}
Verdict = Literal["accept", "refuse", "undo"]


@dataclass(frozen=True)
class InferredPlace:
    """A place of a firm, a segment or a product by ``record``: how likely, why, and the mark of what it was inferred
    from."""

    record: type[Edge]
    firm: str
    of: str
    score: float
    why: str
    basis: str

    @property
    def row(self) -> Row:
        """Return it as a row of a file."""
        start, end = (name for name, _ in self.record.table.end_columns)
        told = {"source": SOURCE, "status": "inferred", "confidence": round(self.score, 2), "note": self.why}
        return {start: self.firm, end: self.of, "placed_on": self.basis} | told


@dataclass
class WrittenPlaces:
    """What became of the places that were inferred: how many are new, changed, as before, gone, or were stated by
    somebody already; ``report`` is that of the load, if anything was written."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    stated: int = 0
    report: Report = field(default_factory=Report)


def write_places(
    store: Store, places: Iterable[InferredPlace], by: str, step: Step = silent, today: str = ""
) -> WrittenPlaces:
    """Write what was inferred of all firms as one load: what is not inferred any more ends, what a source states is
    left alone."""
    day, done = today or date.today().isoformat(), WrittenPlaces()
    inferred = {(place.record, place.firm, place.of): place for place in places}
    rows: dict[type[Edge], list[Row]] = {record: [] for record in RECORDS}
    for record in RECORDS:
        there = _there(store, record)
        for (kind, firm, of), place in inferred.items():
            if kind is not record:
                continue
            stands = there.get((firm, of))
            if stands is not None and stands["source"] not in (None, SOURCE):
                done.stated += 1
            elif stands is not None and _says(stands, place):
                done.same += 1
            else:
                done.changed += stands is not None
                done.new += stands is None
                rows[record].append(place.row)
        start, end = (name for name, _ in record.table.end_columns)
        for (firm, of), stands in there.items():
            if stands["source"] == SOURCE and not stands["valid_to"] and (record, firm, of) not in inferred:
                done.gone += 1
                told = {
                    "source": SOURCE,
                    "status": "inferred",
                    "confidence": stands["confidence"],
                    "note": "依据变了，不再推断",
                }
                rows[record].append({start: firm, end: of, "placed_on": stands["placed_on"], "valid_to": day} | told)
    tables: list[InputTable] = []
    for record, own in rows.items():
        if own:
            add_rows(tables, record, own, done.report)
    if tables:
        recorded(store, tables, done.report, Options(by=by, proof={"source": SOURCE}).about(["企业上链"]), step)
    return done


def _says(stands: Mapping[str, object], place: InferredPlace) -> bool:
    told = place.row
    return not stands["valid_to"] and all(stands[name] == told[name] for name in ("placed_on", "confidence", "note"))


def _there(store: Store, record: type[Edge]) -> dict[tuple[str, str], Row]:
    """Return the places that stand, as files have them."""
    columns = ["from", "to", "source", "status", "confidence", "note", "valid_to", "placed_on"]
    frames = [released(frame).select(columns) for ends in ends_of(record) for frame in store.edges(record, ends)]
    return {(row["from"], row["to"]): row for frame in frames for row in frame.iter_rows(named=True)}


def judge_places(
    store: Store, ids: Sequence[str], verdict: Verdict, by: str, why: str = "", role: str = ""
) -> list[Done]:
    """Keep what somebody judges of inferred places (``firm~segment``, ``firm~product`` or ``part~product``), all or
    none; what leaders need follows their parts. Raises ``NotFound`` for one that is not there, ``InputError`` for one
    that there is nothing to judge of."""
    standing = _standing(store, ids)
    done = _judge(store, standing, verdict, by, why, role)
    parts = [(row["from"], row["to"]) for record, row in standing.values() if record is IsProduct]
    follow_parts(store, parts, by, role)
    return done


def _judge(
    store: Store, standing: Mapping[str, tuple[type[Edge], Row]], verdict: Verdict, by: str, why: str, role: str
) -> list[Done]:
    if verdict == "undo":
        return undo_all(store, [_last(row, id) for id, (_, row) in standing.items()], by, why, role)
    changes: list[Change] = []
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    for id, (record, row) in standing.items():
        word = ACCEPTED if verdict == "accept" else REFUSED
        if row["verdict"] == word and row["judged_on"] == row["placed_on"]:
            raise InputError(f"{id} 已经审过：{word}")
        written: Row = {"verdict": word, "judged_on": row["placed_on"]}
        if verdict == "accept":
            written |= {"status": "reported", "source": f"{JUDGED[record]}（{by}）", "valid_to": None}
        else:
            written |= {"valid_to": yesterday}
        start, end = (name for name, _ in record.table.end_columns)
        changes.append(Change(record, {start: row["from"], end: row["to"]}, written, by, why or word, role=role))
    done = apply(store, changes)
    if refused := [one.reason for one in done if one.outcome == "refused"]:
        raise InputError("；".join(refused[:3]))
    return done


def _standing(store: Store, ids: Sequence[str]) -> dict[str, tuple[type[Edge], Row]]:
    """Return the rows of placements, by their ids in the order in which they are asked for."""
    wanted = dict.fromkeys(ids)
    found: dict[str, tuple[type[Edge], Row]] = {}
    for record in JUDGED:
        for ends in ends_of(record):
            for frame in store.edges(record, ends):
                named = pl.concat_str("from", pl.lit(SEPARATOR), "to")
                mine = frame.filter(pl.col("placed_on").is_not_null() & named.is_in(list(wanted)))
                found |= {f"{row['from']}{SEPARATOR}{row['to']}": (record, row) for row in mine.iter_rows(named=True)}
    if missing := [id for id in wanted if id not in found]:
        raise NotFound(f"没有这项推断: {'、'.join(missing[:3])[:200]};用 lianzhang placements 查看编号")
    return {id: found[id] for id in wanted}


def _last(row: Row, id: str) -> str:
    """Return the change by which a placement was last judged."""
    edit = read_edits(row).get("verdict")
    if edit is None:
        raise InputError(f"{id} 还没有审过，无从撤销")
    return edit.change

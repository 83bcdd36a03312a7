"""CSV files for neo4j-import: nodes (``x:ID(space)``, ``:LABEL``), relations (``:START_ID``, ``:END_ID``, ``:TYPE``).

Their ids are theirs alone: a relation finds its ends by the names (or credit codes) of the nodes that come with it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import polars as pl

from graph.model import Edge, Node, Record, find_type, name_of
from loaders.files.heads import accepted
from loaders.files.sheets import ROW, Sheet
from loaders.layouts.spelling import clean_head
from loaders.layouts.words import head_words

ID = re.compile(r"^(.*):ID(?:\((.*)\))?$", re.IGNORECASE)
END = re.compile(r"^:(START|END)_ID(?:\((.*)\))?$", re.IGNORECASE)
LABEL = re.compile(r"^:(?:LABEL|TYPE)$", re.IGNORECASE)
PROPERTY = re.compile(
    r"^(.+?):(?:string|int|integer|long|float|double|boolean|date|datetime|localdatetime)(?:\[\])?$", re.IGNORECASE
)
Names = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Imported:
    """A sheet of one type out of a file for the import of graphs; or, without a type, why its rows have none."""

    sheet: Sheet
    record: type[Record] | None
    problem: str = ""


def is_graph_import(heads: list[str]) -> bool:
    """Tell whether the heads are those of nodes or relations for neo4j-import."""
    return any(ID.match(head.strip()) or END.match(head.strip()) for head in heads)


def import_graph(sheets: Iterable[Sheet]) -> list[Imported]:
    """Return the nodes and relations of files that belong together, by type; relations name their ends in words."""
    names: Names = {}
    both = [*sheets]
    nodes = [sheet for sheet in both if any(ID.match(head) for head in sheet.heads)]
    made = [part for sheet in nodes for part in _nodes_of(sheet, names)]
    return made + [part for sheet in both if sheet not in nodes for part in _edges_of(sheet, names)]


def _nodes_of(sheet: Sheet, names: Names) -> list[Imported]:
    place, space, word = next(
        (at, match[2] or "", match[1]) for at, head in enumerate(sheet.heads) if (match := ID.match(head))
    )
    frame, heads = _whole(sheet), [_property(head) for head in sheet.heads]
    heads[place] = ""
    parts = _by_type(sheet, frame, heads, re.sub(r"(?i)_?id$", "", word) or sheet.path.stem, Node)
    for part in parts:
        if part.record is None:
            continue
        known = accepted(part.record)
        fields = {known.get(clean_head(head)): str(at) for at, head in enumerate(heads) if head}
        told = [fields[field] for field in ("uscc", "name") if field in fields]
        chunks = [*part.sheet.chunks]
        for chunk in chunks:
            for id, *words in chunk.select(str(place), *told).iter_rows():
                if said := next(filter(None, words), None):
                    names[space, id or ""] = f"{name_of(part.record)}:{said}"
        part.sheet.chunks = iter(chunks)
    return parts


def _edges_of(sheet: Sheet, names: Names) -> list[Imported]:
    ends = {match[1].upper(): (at, match[2] or "") for at, head in enumerate(sheet.heads) if (match := END.match(head))}
    frame, heads = _whole(sheet), [_property(head) for head in sheet.heads]
    for at, space in ends.values():
        words = [names.get((space, id or "")) or names.get(("", id or "")) or id for id in frame[str(at)]]
        frame = frame.with_columns(pl.Series(str(at), words, dtype=pl.String))
    made: list[Imported] = []
    for part in _by_type(sheet, frame, heads, sheet.path.stem, Edge):
        if part.record is not None:
            own = [*part.sheet.heads]
            for side, (name, _) in zip(("START", "END"), part.record.table.end_columns, strict=True):
                if side in ends:
                    own[ends[side][0]] = name
            part = replace(part, sheet=replace(part.sheet, heads=own))
        made.append(part)
    return made


def _whole(sheet: Sheet) -> pl.DataFrame:
    chunks = [*sheet.chunks]
    empty = {**{str(at): pl.String() for at in range(len(sheet.heads))}, ROW: pl.UInt32()}
    return pl.concat(chunks) if chunks else pl.DataFrame(schema=empty)


def _property(head: str) -> str:
    match = PROPERTY.match(head)
    return match[1] if match else head


def _by_type(sheet: Sheet, frame: pl.DataFrame, heads: list[str], otherwise: str, of: type[Record]) -> list[Imported]:
    """Part rows by their label or type; without such a column ``otherwise`` is the word for all of them."""
    place = next((at for at, head in enumerate(heads) if LABEL.match(head)), None)
    words = frame[str(place)].fill_null("").to_list() if place is not None else [otherwise] * len(frame)
    types = {word: _type_of(word, of) for word in dict.fromkeys(words)}
    bare = ["" if LABEL.match(head) else head for head in heads]
    made: list[Imported] = []
    for record in dict.fromkeys(types.values()):
        mine = pl.Series([types[word] is record for word in words], dtype=pl.Boolean)
        rows = frame.filter(mine)
        # the rows that could not be read at all are told of once
        part = replace(sheet, heads=[*bare], chunks=iter([rows]), bad=[] if made else sheet.bad)
        unknown = "、".join(word for word, found in types.items() if found is None)[:200]
        problem = (
            ""
            if record
            else f"{len(rows)} 行没有载入: 认不出标签或关系类型 {unknown or '(空)'};可用 lianzhang schema 查看"
        )
        made.append(Imported(part, record, problem))
    return made


def _type_of(text: str, of: type[Record]) -> type[Record] | None:
    """Return the type that one of some labels names: ``Company;Supplier``."""
    for word in re.split(r"[;|]", text.strip().lstrip(":")):
        record = find_type(head_words().types.get(word.strip().lower(), word))
        if record is not None and issubclass(record, of):
            return record
    return None

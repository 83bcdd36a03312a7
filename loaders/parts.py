"""What else the rows of a list tell of: which other tables it holds, and their rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from graph.model import Node, Record, file_name
from graph.model.edges import Supplies
from graph.model.nodes import Product
from loaders.files.heads import Shape, Surroundings, known_head
from loaders.files.sheets import Sheet
from loaders.layouts.spelling import clean_head
from loaders.layouts.words import RowPart, head_words
from loaders.rows.readings.words import LISTED, names_of

KEY = "__piece"
PROOF = ("source", "status", "confidence")
PAIRED = ("region", "uscc")  # of which a cell has one for each thing that another names
APART = r"(?<=公司)\s*(?:[/+&]|和|及|与)\s*(?=\S{2,}公司)"  # 示例甲公司/示例乙公司
READ_FROM = {"happened_on": "_years", "name": "_maker", "supplier": "_maker"}  # what is read out of another column
_park = re.compile(
    r"([\u4e00-\u9fff()A-Za-z0-9]{2,20}?(?:产业园|工业园|科技园|创新园|软件园|物流园|园区|孵化器|开发区|产业基地|示范区))(?:区|内)?"
    r"(?:入驻|在园|入园|重点|规上)?企业"
)


@dataclass(frozen=True)
class Piece:
    """One more table of a sheet: which part it is, the field of each column, and what always holds."""

    part: RowPart
    fields: list[str | None]
    given: Mapping[str, str]


def find_pieces(sheet: Sheet, shape: Shape, about: Surroundings, leader: str = "") -> list[Piece]:
    """Return what else the rows of a sheet tell of, by its heads and its title."""
    words = head_words()
    title = words.find_title(about.texts)
    heads = [known_head(clean_head(head)) for head in sheet.heads]
    said = {"@leader": leader, "@park": _find_park(about.texts)} | (
        {"@title": title.name, "@level": title.level} if title else {}
    )
    pieces = []
    for part in words.parts_of(shape.record):
        given = {name: said.get(value, "") if value.startswith("@") else value for name, value in part.given.items()}
        given = {name: value for name, value in given.items() if value}
        shared = {own: theirs for theirs, own in part.same.items()} | {name: name for name in PROOF}
        fields: list[str | None] = []
        for head, name in zip(heads, shape.fields, strict=True):
            field = part.heads.get(head) or (shared.get(name) if name else None)
            fields.append(None if field in fields else field)
        own = any(head in part.heads for head in heads)
        there = {*filter(None, fields), *given}
        told = own or all({name, READ_FROM.get(name)} & {*part.same, *part.given} for name in part.needs)
        if told and all(name in there or READ_FROM.get(name) in there for name in part.needs):
            pieces.append(Piece(part, fields, given))
    return pieces


def _find_park(texts: list[str]) -> str:
    """Return the park whose firms a list has, by its title."""
    found = next((match for text in texts if (match := _park.search(text))), None)
    return found[1] if found else ""


def pieces_of(frame: pl.DataFrame, record: type[Record], piece: Piece | None, seen: set[int]) -> pl.DataFrame:
    """Return the rows of a list that tell of a thing, one for each that they name, each node once."""
    each = piece.part.each if piece else head_words().each.get(file_name(record), "")
    if each in frame.columns:
        split = (lambda text: names_of(text).split(";")) if _names_products(record, each) else _split
        parts = {text: split(text) for text in frame[each].drop_nulls().unique()}
        values = pl.Series(each, [parts.get(text or "", []) for text in frame[each]], dtype=pl.List(pl.String))
        also = [name for name in PAIRED if piece and each != name and name in frame.columns]
        for name in also:
            frame = frame.with_columns(_paired(frame[name], values))
        if record is Supplies and "amount" in frame.columns:
            frame = _of_all(frame, values)
        frame = frame.with_columns(values).explode(each, *also, keep_nulls=False, empty_as_null=False)
    if piece is None:
        return frame
    for name in piece.part.needs:
        frame = frame.filter(pl.col(name).str.strip_chars().fill_null("") != "")
    for name, label in piece.part.prefix.items():
        frame = frame.with_columns(pl.concat_str(pl.lit(f"{label}:"), pl.col(name).str.strip_chars()).alias(name))
    if not issubclass(record, Node) or frame.is_empty():
        return frame
    said = [name for name in frame.columns if not name.startswith("__")]
    frame = frame.with_columns(frame.select(said).hash_rows().alias(KEY)).unique(KEY, keep="first", maintain_order=True)
    frame = frame.filter(~pl.col(KEY).is_in([*seen]))
    seen.update(frame[KEY].to_list())
    return frame.drop(KEY)


def _paired(told: pl.Series, things: pl.Series) -> pl.Series:
    """Return for each of several things what is told of it: 广东、安徽 of two firms is one of each, 广东 is of both."""
    made: list[list[str | None]] = []
    for text, several in zip(told, things, strict=True):
        parts: list[str | None] = [*_split(text)] if text else []
        number = len(several)
        made.append(parts if len(parts) == number else [text if len(parts) == 1 or number == 1 else None] * number)
    return pl.Series(told.name, made, dtype=pl.List(pl.String))


def _of_all(frame: pl.DataFrame, values: pl.Series) -> pl.DataFrame:
    """Take what is bought from several suppliers together for none of them; it is said in the note."""
    together = (values.list.len() > 1) & frame["amount"].is_not_null()
    if not together.any():
        return frame
    note = pl.col("note") if "note" in frame.columns else pl.lit(None, dtype=pl.String)
    told = pl.when(together).then(pl.format("几家供应商合计年采购额：{}元", pl.col("amount").str.replace(r"\.0$", "")))
    return frame.with_columns(
        pl.concat_str(note.replace("", None), told, separator="；", ignore_nulls=True).replace("", None).alias("note"),
        pl.when(~together).then(pl.col("amount")).alias("amount"),
    )


def _names_products(record: type[Record], each: str) -> bool:
    return record is Product or each == "product"


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(f"{LISTED}|{APART}", text) if part.strip()]

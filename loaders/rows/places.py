"""The places and classes that lists name: what the graph has, else what the standard has, which is then entered.

Where a list says nothing of where a firm is, the place in its name does, as what is inferred.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

import polars as pl

from graph.model import Node
from graph.model.nodes import Enterprise, Industry, Region
from graph.names.names import city_of_region, normal, normalise, split_name
from graph.stores import Tables
from loaders.files.sheets import ROW
from loaders.rows.as_meant import LIMIT, Note
from loaders.rows.directory import Directory
from loaders.rows.known_firms import AS_SAID
from loaders.rows.merge import ORDER, TABLE
from loaders.rows.nodes import GUESSED
from loaders.rows.validate import validate
from loaders.standards import STANDARDS, Standard
from loaders.standards.regions import cut_region, names_of_region

SEVERAL = r"[;；、\n]+"
ENTERED = -1  # the table of what comes from a standard
Frames = dict[type[Node], list[pl.DataFrame]]


def settle_places(
    frames: Frames, listings: set[int], store: Tables, suppliers: Collection[int] = ()
) -> Iterator[tuple[int, Note]]:
    """Turn what cells say of places and classes into ids where the graph or a standard has them, and enter those of
    the standard; yield what could not be read in lists, by table: it is left out, where other tables are refused.

    ``suppliers`` are tables of who supplies parts: the place is where a part comes from, which may be a branch.
    """
    for column, standard in STANDARDS.items():
        if column == "region" and Enterprise in frames:
            own = [_without_branches(frame, suppliers, store) for frame in frames[Enterprise]]
            told = [_with_places_of_names(frame, listings) for frame in own]
            frames[Enterprise] = [frame.with_columns(pl.col("region").alias(AS_SAID)) for frame in told]
        columns = [
            (record, place)
            for record, parts in frames.items()
            for place, frame in enumerate(parts)
            if column in frame.columns and frame[column].null_count() < len(frame)
        ]
        if not columns:
            continue
        words = _Words(standard, store.nodes(standard.record), frames.get(standard.record, []))
        for record, place in columns:
            frame = frames[record][place]
            read = {value: words.read(value) for value in frame[column].drop_nulls().unique()}
            value = pl.col(column).replace_strict(read, default=None, return_dtype=pl.String)
            unread = value.is_null() & (pl.col(column).str.strip_chars() != "")
            listed = pl.col(TABLE).is_in([*listings])
            for index, row, text in frame.filter(unread & listed).select(TABLE, ROW, column).iter_rows():
                told_of = f"认不出这个{standard.record.table.zh},没有载入这一格"
                yield index, Note(row, standard.record.table.zh, text[:LIMIT], told_of)
            final = pl.when(listed).then(value).otherwise(pl.coalesce(value, column))
            frames[record][place] = frame.with_columns(final.alias(column))
        if fresh := words.to_enter():
            frames.setdefault(standard.record, []).append(_entered(fresh, standard))


@dataclass
class _Words:
    """What a cell may call the things of a standard: as the graph knows them, as this load brings them, as the standard
    does."""

    standard: Standard
    there: pl.DataFrame
    coming: list[pl.DataFrame]
    wanted: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._directory = Directory()
        self._directory.add(self.standard.record.label(), self.there)
        self._coming = {
            normalise(word)
            for frame in self.coming
            for row in frame.select("id", "name", "aliases").iter_rows()
            for word in (row[0], row[1], *(row[2] or []))
            if word
        }

    def read(self, text: str) -> str | None:
        """Return the ids of what a cell names, with ``;`` between; nothing where one of them is not known."""
        ids: list[str] = []
        # 铁路、船舶、航空航天和其他运输设备制造业 is one class
        whole = self.standard.record is Industry and self.standard.find(text) is not None
        for part in [text.strip()] if whole else [part.strip() for part in re.split(SEVERAL, text)]:
            if not part:
                continue
            id = part if normalise(part) in self._coming else self._find([part, *_near(part, self.standard)])
            if id is None and (code := self.standard.find(part)):
                id = self._own(code)
                if id is None:
                    self.wanted[code], id = None, code
            if id is None:
                return None
            ids.append(id)
        return ";".join(dict.fromkeys(ids)) or None

    def to_enter(self) -> list[dict[str, str]]:
        """Return the rows of the standard that cells name and nobody has, with all that contains them."""
        rows = self.standard.rows([*self.wanted])
        own = {row["id"]: self._own(row["id"]) for row in rows}
        return [
            row | ({"parent": own.get(row["parent"]) or row["parent"]} if "parent" in row else {})
            for row in rows
            if own[row["id"]] is None
        ]

    def _own(self, code: str) -> str | None:
        """Return what the graph or this load has for a code of the standard."""
        words = self.standard.words(code)
        return next((word for word in words if normalise(word) in self._coming), None) or self._find(words)

    def _find(self, words: list[str]) -> str | None:
        if not words or self.there.is_empty():
            return None
        found = self._directory.find(pl.Series(words), [self.standard.record.label()])["id"].drop_nulls()
        return str(found[0]) if len(found) else None


def _near(text: str, standard: Standard) -> list[str]:
    """Return what a functional zone of a city may be called in the graph: 青岛市高新区 is 青岛高新区."""
    code, rest = cut_region(text) if standard.record is Region else ("", "")
    if not code or len(rest) < 2:
        return []
    names = {name for part in (code, code[:4]) for name in names_of_region(part)}
    return [f"{name}{rest}" for name in sorted(names)]


def _without_branches(frame: pl.DataFrame, suppliers: Collection[int], store: Tables) -> pl.DataFrame:
    """Leave out where a part comes from, where its supplier is one that the graph has by that name, or supplies from
    several cities: that does not tell where it is itself."""
    if not suppliers or "region" not in frame.columns:
        return frame
    exact = normal(pl.col("name"))
    known = store.nodes(Enterprise).select(exact.alias("exact"))["exact"].unique()
    cities = {text: city_of_region(text) or text for text in frame["region"].drop_nulls().unique()}
    city = pl.col("region").replace_strict(cities, default=None, return_dtype=pl.String)
    branches = exact.is_in(known.implode()) | (city.drop_nulls().n_unique().over(exact) > 1)
    there = pl.col(TABLE).is_in([*suppliers]) & branches
    return frame.with_columns(pl.when(~there).then("region").alias("region"))


def _with_places_of_names(frame: pl.DataFrame, listings: set[int]) -> pl.DataFrame:
    """Put the place that a firm's name tells where a list tells none, and mark that it is guessed."""
    if "region" not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias("region"))
    silent = pl.col(TABLE).is_in([*listings]) & (pl.col("region").str.strip_chars().fill_null("") == "")
    mute = frame.select(TABLE, ORDER, "name", "region").filter(silent)
    if mute.is_empty():
        return frame
    exacts = mute.select(normal(pl.col("name")).alias("exact"))["exact"]
    codes = [split_name(exact) for exact in exacts]
    ids = [parts.district or parts.place[:4].removesuffix("00") or None for parts in codes]
    guessed = mute.select(ORDER).with_columns(pl.Series("__place", ids, dtype=pl.String))
    joined = frame.select(ORDER).join(guessed, on=ORDER, how="left", maintain_order="left")
    is_guess = pl.col("__place").is_not_null()
    return (
        frame.with_columns(joined["__place"])
        .with_columns(
            pl.when(is_guess).then(pl.col("__place")).otherwise(pl.col("region")).alias("region"),
            is_guess.alias(GUESSED.format("region")),
        )
        .drop("__place")
    )


def _entered(rows: list[dict[str, str]], standard: Standard) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pl.Series([row.get(name) for row in rows], dtype=pl.String) for name in names}
    numbers = pl.Series(ROW, range(1, len(rows) + 1), dtype=pl.UInt32)
    frame = validate(pl.DataFrame(columns).with_columns(numbers), standard.record).frame
    return frame.with_columns(
        pl.lit(ENTERED, dtype=pl.Int64).alias(TABLE), (pl.col(ROW).cast(pl.Int64) - (1 << 40)).alias(ORDER)
    )

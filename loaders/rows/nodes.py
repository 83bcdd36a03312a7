"""Nodes into the store, with the edges that their link columns stand for."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from graph.model import EDGE_TYPES, NODES, Edge, Link, Node, columns, ends_of
from graph.model.nodes import Enterprise, Product, Region, Source
from graph.model.parts import Part
from graph.model.undertakings import LocatedIn
from graph.names.comparisons import read_comparisons
from graph.names.names import city_of_region
from graph.statuses import STATUS_CONFIDENCE
from graph.stores import Ends, Tables, Writer
from graph.stores.base import schema
from loaders.files.sheets import ROW
from loaders.rows.as_meant import LIMIT, Note
from loaders.rows.directory import Directory
from loaders.rows.edges import EdgeLoader
from loaders.rows.edits import known_to_files
from loaders.rows.firms import NO_AGES, Ages, Cities
from loaders.rows.goods import goods_of_parts, named_leaders
from loaders.rows.identity import identify_nodes
from loaders.rows.merge import ORDER, OUTCOME, PROOF, TABLE, YIELDS, merge, write
from loaders.rows.problems import Contradiction, RowProblem
from loaders.rows.readings.days import day_of
from loaders.rows.touched import OWN, WAS, Touched

GUESSED = "__guessed_{}"  # the column that tells which links were read out of a name
COMMAS = ("[;；、]", "[，,|｜]", "/", r"[;；、，,|｜/\s]")  # with which offices part names, though names have them too
Refused = dict[tuple[int, int], list[RowProblem]]


@dataclass
class NodeBatch:
    """All rows of one node type in this load, with what is already there."""

    record: type[Node]
    rows: pl.DataFrame
    there: pl.DataFrame


@dataclass
class NodeLoader:
    """Applies all node tables of a load: identify, resolve links, merge, write."""

    store: Tables
    writer: Writer | None
    edges: EdgeLoader
    now: str
    directory: Directory = field(default_factory=Directory)
    taken_for: dict[str, str] = field(default_factory=dict)
    conflicts: list[Contradiction] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    written: list[pl.DataFrame] = field(default_factory=list)
    linked: list[pl.DataFrame] = field(default_factory=list)
    lists: Collection[int] = ()
    left_out: list[tuple[int, Note]] = field(default_factory=list)
    touched: Touched | None = None

    def apply(
        self,
        frames: dict[type[Node], list[pl.DataFrame]],
        named: set[type[Node]],
        mentions: Collection[int] = (),
        lists: Collection[int] = (),
    ) -> Refused:
        """Load the valid rows of each type with their links and return the refused; ``outcomes`` tells of the others.

        ``named`` are the types of what the load names in cells: the others are not read. ``mentions`` are tables that
        only mention things in passing: what is known of one does not become theirs. Of ``lists`` a row stays where the
        graph has not what a cell names, which ``left_out`` tells.
        """
        refused: Refused = {}
        self.lists = lists
        named = {*frames, *named, Source}  # a row names its source
        named |= {Enterprise, Product, Region} if Part in frames else set()
        known = {record: self.store.nodes(record) for record in NODES if record in named}
        self.taken_for = read_comparisons(self.store).taken_for
        batches: list[NodeBatch] = []
        for record in (record for record in NODES if record in frames):
            if record is Part:
                firms = [known[Enterprise], *(batch.rows for batch in batches if batch.record is Enterprise)]
                frames[Part] = [named_leaders(frame, firms, self.taken_for) for frame in frames[Part]]
            if record is Product and mentions:
                frames[Product] = [self._of_several(frame, known[Product], mentions) for frame in frames[Product]]
            batches.append(self._identify(record, frames.pop(record), known[record], refused))
        while True:
            self.directory = Directory(self.taken_for)
            for record, there in known.items():
                self.directory.add(record.label(), there)
            for batch in batches:
                self.directory.add(batch.record.label(), batch.rows)
            self.left_out = []
            links, bad = self._links(batches)
            if not bad:
                break
            refused |= bad
            for batch in batches:
                batch.rows = without(batch.rows, bad)
        for batch in (batch for batch in batches if batch.record is Part):
            products = [known[Product], *(other.rows for other in batches if other.record is Product)]
            for edge, ends, frame in goods_of_parts(batch.rows, products, self.directory, self.store):
                links.setdefault((edge, ends), []).append(frame)
        for batch in batches if self.touched is not None else ():
            self._touch(batch, mentions)
        self.written = [self._write(batch, mentions) for batch in batches if not batch.rows.is_empty()]
        self.linked = [self._write_links(record, ends, pl.concat(parts)) for (record, ends), parts in links.items()]
        return refused

    def _touch(self, batch: NodeBatch, mentions: Collection[int]) -> None:
        assert self.touched is not None
        own, was = ~pl.col(TABLE).is_in([*mentions]), pl.col("id").is_in(batch.there["id"].implode())
        self.touched.add_nodes(batch.record, batch.rows.select("id", own.alias(OWN), was.alias(WAS)))

    def outcomes(self, late: pl.DataFrame) -> pl.DataFrame:
        """Return one outcome for each row: its own, or ``changed`` where it
        only made or changed a link (``late``: settled since)."""
        links = pl.concat([*self.linked, late]).with_columns(
            pl.col(OUTCOME).replace({"new": "linked", "changed": "linked"})
        )
        best = best_outcomes(pl.concat([*self.written, links]))
        return best.with_columns(pl.col(OUTCOME).replace("linked", "changed"))

    def add_sources(self, names: pl.Series) -> dict[str, str]:
        """Enter every source that is only named, and return each name with its id."""
        every = names.unique()
        identified = self.directory.find(every, ["Source"], prefixes=False).with_columns(every.alias("value"))
        fresh = identified.filter(pl.col("id").is_null())["value"].to_list()
        if fresh:
            made = pl.DataFrame({"id": fresh, "name": fresh, "source": fresh}).with_columns(
                pl.lit("reported").alias("status"),
                pl.lit(0.8).alias("confidence"),
                pl.lit(self.now).alias("recorded_at"),
            )
            frame = _typed(made, Source)
            if self.writer is not None:
                self.writer.insert_nodes(Source, frame)
            self.counts["Source"] = self.counts.get("Source", 0) + len(frame)
            self.directory.add("Source", frame)
        known = identified.filter(pl.col("id").is_not_null())
        return {value: id_ for value, id_ in known.select("value", "id").iter_rows() if value != id_}

    def _identify(
        self, record: type[Node], frames: list[pl.DataFrame], there: pl.DataFrame, refused: Refused
    ) -> NodeBatch:
        rows = pl.concat(frames, how="diagonal")
        known = known_to_files(there, rows if self.edges.marks else None)
        cities = self._cities() if record is Enterprise else None
        ages = self._ages(rows["source"], known["source"]) if record is Enterprise else NO_AGES
        identified = identify_nodes(rows, record, known, cities, self.taken_for, ages)
        self.conflicts += identified.conflicts
        rows = identified.frame
        if identified.refused:
            where = rows.select(TABLE, ROW)
            bad = {where.row(position): [problem] for position, problem in identified.refused.items()}
            refused |= bad
            rows = without(rows, bad)
        return NodeBatch(record, rows, there)

    def _ages(self, *sources: pl.Series) -> Ages:
        """Return when sources were made: what they say of it, else the day in their name."""
        told = self.store.nodes(Source).select("id", "name", "published_on")
        known = {word: day for id, name, day in told.iter_rows() if day for word in (id, name)}
        return {text: known.get(text) or day_of(text) for source in sources for text in source.drop_nulls().unique()}

    def _cities(self) -> Cities:
        """Return the cities of each known firm that is located in a region."""
        names = dict(self.store.nodes(Region).select("id", "name").iter_rows())
        cities: Cities = {}
        for part in self.store.edges(LocatedIn, ("Enterprise", "Region")):
            for firm, region in part.select("from", "to").iter_rows():
                if city := city_of_region(names.get(region)):
                    cities.setdefault(firm, set()).add(city)
        return cities

    def _links(self, batches: list[NodeBatch]) -> tuple[dict[tuple[type[Edge], Ends], list[pl.DataFrame]], Refused]:
        made: dict[tuple[type[Edge], Ends], list[pl.DataFrame]] = {}
        bad: Refused = {}
        for batch in batches:
            for link in batch.record.table.links:
                if link.name not in batch.rows.columns or batch.rows[link.name].null_count() == len(batch.rows):
                    continue
                for ends, part in self._one_link(batch, link, bad):
                    made.setdefault((EDGE_TYPES[link.edge], ends), []).append(part)
        return made, bad

    def _one_link(self, batch: NodeBatch, link: Link, bad: Refused) -> Iterator[tuple[Ends, pl.DataFrame]]:
        label = batch.record.label()
        pairs = ends_of(EDGE_TYPES[link.edge])
        labels = (
            [start for start, end in pairs if end == label]
            if link.reverse
            else [end for start, end in pairs if start == label]
        )
        cell = pl.col(link.name)
        whole = link.name in batch.record.model_fields
        parts = pl.concat_list(cell) if whole else cell.str.replace_all("[；、\n]", ";").str.split(";")
        there = batch.rows.select(TABLE, ROW, ORDER, "id", *PROOF, link.name).filter(cell.is_not_null() & (cell != ""))
        wide = there.select(TABLE, ROW, ORDER, "id", *PROOF, parts.alias("value"))
        said = pl.when(pl.col(TABLE).is_in([*self.lists])).then(None).otherwise(pl.col("note"))
        wide = wide.with_columns(said.alias("note"))  # what a list says of a thing is not said of where it is
        long = wide.explode("value").with_columns(pl.col("value").str.strip_chars()).filter(pl.col("value") != "")
        long = self.parted(long, "value", labels)
        targets = self.directory.find(long["value"], labels)
        long = pl.concat([long.rename({"id": "own"}), targets], how="horizontal")
        zh = next(item.zh for item in batch.record.table.links if item is link)
        for table, row, value, problem in (
            long.filter(pl.col("problem").is_not_null()).select(TABLE, ROW, "value", "problem").iter_rows()
        ):
            if table in self.lists and not whole:
                self.left_out.append((table, Note(row, zh, value[:LIMIT], f"没有载入这一格。{problem}")))
                continue
            bad.setdefault((table, row), []).append(RowProblem(zh, value[:200], f"{zh}: {problem}"))
        if (guess := GUESSED.format(link.name)) in batch.rows.columns:
            long = _as_guessed(long.join(batch.rows.select(ORDER, guess), on=ORDER, maintain_order="left"), guess)
        start, end = ("id", "own") if link.reverse else ("own", "id")
        for (target,), part in long.filter(pl.col("problem").is_null()).group_by("label", maintain_order=True):
            ends = (str(target), label) if link.reverse else (label, str(target))
            yield ends, part.select(pl.col(start).alias("from"), pl.col(end).alias("to"), *PROOF, TABLE, ROW, ORDER)

    def parted(self, frame: pl.DataFrame, column: str, labels: list[str]) -> pl.DataFrame:
        """Part values at commas and slashes where the whole names nothing and every part something: Pt/C and
        1,4-丁二醇 are names."""
        parted = self._parts_of(frame[column], labels)
        if not parted:
            return frame
        several = [parted.get(value, [value]) for value in frame[column]]
        return frame.with_columns(pl.Series(column, several, dtype=pl.List(pl.String))).explode(column)

    def _of_several(self, frame: pl.DataFrame, there: pl.DataFrame, mentions: Collection[int]) -> pl.DataFrame:
        """Take what is mentioned in passing for the first of several things that are there where it names these: a list
        that has 冰箱/洗衣机 makes no product of that name."""
        doubtful = frame.filter(pl.col(TABLE).is_in([*mentions]) & pl.col("name").str.contains(COMMAS[-1]))["name"]
        if doubtful.is_empty():
            return frame
        self.directory = Directory(self.taken_for)
        self.directory.add(Product.label(), there)
        first = {name: parts[0] for name, parts in self._parts_of(doubtful, [Product.label()]).items()}
        is_passing = pl.col(TABLE).is_in([*mentions])
        name = pl.when(is_passing).then(pl.col("name").replace(first)).otherwise("name")
        return frame.with_columns(name.alias("name")) if first else frame

    def _parts_of(self, said: pl.Series, labels: list[str]) -> dict[str, list[str]]:
        """Return the parts of the values that name nothing as a whole and of which every part names something."""
        values = said.unique(maintain_order=True)
        doubtful = values.filter(values.str.contains(COMMAS[-1]))
        whole = self.directory.find(doubtful, labels) if len(doubtful) else None
        parted: dict[str, list[str]] = {}
        if whole is None:
            return parted
        for value in doubtful.filter(whole["id"].is_null()):
            for sign in COMMAS:
                parts = [part.strip() for part in re.split(sign, value)]
                known = len(parts) > 1 and all(parts)
                if known and self.directory.find(pl.Series(parts), labels)["problem"].is_null().all():
                    parted[value] = parts
                    break
        return parted

    def _write(self, batch: NodeBatch, mentions: Collection[int]) -> pl.DataFrame:
        record = batch.record
        by_the_way = pl.col(TABLE).is_in([*mentions])
        where = batch.rows.select(TABLE, ROW, ORDER, "id")
        passed = where.filter(by_the_way)
        if len(passed):
            own = pl.concat([batch.there["id"], where.filter(~by_the_way)["id"]])
            passed = passed.filter(pl.col("id").is_in(own.implode()))
        told = passed.select(TABLE, ROW, pl.lit("same").alias(OUTCOME))
        if len(passed):
            batch.rows = batch.rows.join(passed.select(ORDER), on=ORDER, how="anti", maintain_order="left")
        rows = _typed(batch.rows, record, extra=[ORDER, TABLE, *({YIELDS} & {*batch.rows.columns})])
        if record is not Source:
            sources = self.add_sources(rows["source"])
            rows = rows.with_columns(pl.col("source").replace(sources))
        if self.edges.marks:
            merged = write(rows, batch.there, record, ["id"], self.now, self.edges.marks)
        else:
            merged = merge(rows, batch.there, record, ["id"], self.now)
        if self.writer is not None:
            if not merged.new.is_empty():
                self.writer.insert_nodes(record, merged.new)
            if not merged.changed.is_empty():
                self.writer.update_nodes(record, merged.changed)
        self.counts[record.label()] = self.counts.get(record.label(), 0) + len(merged.new)
        batch.rows, outcomes = batch.rows.select(TABLE, ROW, ORDER), merged.outcomes
        del rows, merged  # what is written is not needed, and large
        made = batch.rows.join(outcomes, on=ORDER).select(TABLE, ROW, OUTCOME)
        return pl.concat([made, told]) if len(told) else made

    def _write_links(self, record: type[Edge], ends: Ends, frame: pl.DataFrame) -> pl.DataFrame:
        frame = frame.with_columns(pl.col("source").replace(self.add_sources(frame["source"])))
        return self.edges.apply(record, ends, frame)


def _as_guessed(long: pl.DataFrame, guess: str) -> pl.DataFrame:
    """Give links that were read out of a name the status of what is inferred."""
    is_guess = pl.col(guess).fill_null(False)
    proof = {"status": "inferred", "confidence": STATUS_CONFIDENCE["inferred"], "note": "按企业名称里的地名"}
    return long.with_columns(
        pl.when(is_guess).then(pl.lit(value)).otherwise(pl.col(name)).alias(name) for name, value in proof.items()
    )


def best_outcomes(outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return one outcome for each row of a table: new before changed before linked before same."""
    rank = pl.col(OUTCOME).replace_strict({"same": 0, "linked": 1, "changed": 2, "new": 3}, return_dtype=pl.Int8)
    return outcomes.sort(rank, descending=True).unique([TABLE, ROW], keep="first")


def without(rows: pl.DataFrame, bad: Refused) -> pl.DataFrame:
    """Return the rows that are not among the refused."""
    gone = pl.DataFrame(list(bad), schema={TABLE: pl.Int64, ROW: pl.UInt32}, orient="row")
    return rows.join(gone, on=[TABLE, ROW], how="anti", maintain_order="left") if TABLE in rows.columns else rows


def _typed(frame: pl.DataFrame, record: type[Node], extra: list[str] | None = None) -> pl.DataFrame:
    types: dict[str, Any] = schema(record)
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in types.items() if name not in frame.columns]
    return frame.with_columns(missing).select([*columns(record), *(extra or [])])

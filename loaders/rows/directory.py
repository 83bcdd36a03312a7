"""The directory of everything that a row can point at: ids, names, codes and aliases to ids, by label."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from rapidfuzz import process

from graph.model import NODE_TYPES, find_type, name_of
from graph.names.index import NameIndex
from graph.names.names import normal

TOKENS = {"token": pl.String, "id": pl.String, "label": pl.String, "level": pl.Int8}
BY_ID, BY_CODE, BY_NAME, BY_ALIAS = 0, 1, 2, 3
WORDS = {
    "name": BY_NAME,
    "uscc": BY_CODE,
    "code": BY_CODE,
    "stock_code": BY_CODE,
    "short_name": BY_ALIAS,
    "aliases": BY_ALIAS,
}
PREFIXED = 10
HINTS, HINT_NAMES, HINT_FIRMS = 50, 20_000, 100_000


class Directory:
    """Look-ups from what a cell says to the node that it means: the id beats a
    code, a code the name, the name an alias.

    A word of several firms that are judged to be one means the one in ``taken_for``.
    """

    def __init__(self, taken_for: dict[str, str] | None = None) -> None:
        self._taken_for = taken_for or {}
        self._nodes: dict[str, list[pl.DataFrame]] = {}
        self._kept: dict[tuple[str, ...], pl.DataFrame] = {}

    def add(self, label: str, nodes: pl.DataFrame) -> None:
        """Enter nodes of one label under every word that names them."""
        if nodes.is_empty():
            return
        self._nodes.setdefault(label, []).append(nodes.select("id", *(name for name in WORDS if name in nodes.columns)))
        self._kept = {key: table for key, table in self._kept.items() if label not in key}

    def find(self, values: pl.Series, labels: Iterable[str], prefixes: bool = True) -> pl.DataFrame:
        """Return for each value, in order, its node's ``id`` and ``label``, or
        the ``problem`` with what to do; nulls for null.

        ``Label:word`` asks for the nodes of one label, unless a node is called just that, or ``prefixes`` is off.
        """
        labels = [*labels]
        asked = pl.DataFrame({"value": values, "hash": values.hash()})
        by_id = asked.join(self._ids(labels), on="hash", how="left", maintain_order="left")
        is_id = pl.col("id") == pl.col("value")
        by_id = by_id.select("value", *(pl.when(is_id).then(pl.col(name)).alias(name) for name in ("id", "label")))
        rest = by_id.filter(pl.col("id").is_null())["value"].drop_nulls().unique(maintain_order=True)
        if rest.is_empty():
            return by_id.select("id", "label", pl.lit(None, dtype=pl.String).alias("problem"))
        both = by_id.join(
            self._search(rest, labels, prefixes), on="value", how="left", maintain_order="left", suffix="_word"
        )
        return both.select(pl.coalesce("id", "id_word"), pl.coalesce("label", "label_word"), "problem")

    def _search(self, values: pl.Series, labels: list[str], prefixes: bool) -> pl.DataFrame:
        """Return for each of some different values its node, by whatever word names it, or the problem."""
        every = pl.DataFrame({"value": values})
        none = pl.lit(None, dtype=pl.String)
        asked = every.with_columns(
            pl.col("value").alias("word"), none.alias("only"), pl.lit(0, dtype=pl.Int8).alias("part")
        )
        if prefixes:
            cut = every.with_columns(_prefix(every["value"], labels)).filter(pl.col("only").is_not_null())
            asked = pl.concat([asked, cut.with_columns(pl.lit(PREFIXED, dtype=pl.Int8).alias("part"))])
        tokens = self._tokens(labels)
        by_id = asked.join(tokens.filter(pl.col("level") == BY_ID), left_on="word", right_on="token")
        left = asked.join(by_id, on=["value", "part"], how="anti").with_columns(normal(pl.col("word")).alias("normal"))
        by_word = left.join(tokens.filter(pl.col("level") != BY_ID), left_on="normal", right_on="token")
        level = (pl.col("level") + pl.col("part")).alias("level")
        hits = pl.concat([part.select("value", "only", "id", "label", level) for part in (by_id, by_word)])
        hits = hits.filter(pl.col("only").is_null() | (pl.col("only") == pl.col("label"))).unique(
            ["value", "id", "label", "level"]
        )
        hits = hits.filter(pl.col("level") == pl.col("level").min().over("value"))
        several = pl.len().over("value") > 1
        hits = hits.with_columns(pl.when(several).then(pl.col("id").replace(self._taken_for)).otherwise("id"))
        hits = hits.unique(["value", "id", "label"])
        first = (pl.first("id"), pl.first("label"), pl.len().alias("many"), pl.col("id").alias("ids"))
        grouped = hits.sort("label", "id").group_by("value").agg(first)
        table = every.join(grouped, on="value", how="left", maintain_order="left")
        bad = table.filter(pl.col("many").is_null() | (pl.col("many") > 1))
        hints = _Hints(tokens.filter(pl.col("level").is_in([BY_NAME, BY_ALIAS]))) if len(bad) else None
        problems = {
            value: _explain(value, ids, labels, hints.near(value) if hints and number < HINTS and not ids else [])
            for number, (value, ids) in enumerate(bad.select("value", "ids").iter_rows())
        }
        problem = pl.col("value").replace_strict(problems, default=None, return_dtype=pl.String) if problems else none
        return table.select("value", "id", "label", problem.alias("problem"))

    def _ids(self, labels: list[str]) -> pl.DataFrame:
        """Return the ids that belong to one node only, by their hashes: most
        cells are ids, and whole numbers join faster."""
        key = ("by hash", *labels)
        if key not in self._kept:
            parts = [
                part.select("id", pl.lit(label).alias("label"))
                for label in labels
                for part in self._nodes.get(label, [])
            ]
            every = pl.concat(parts) if parts else pl.DataFrame(schema={"id": pl.String, "label": pl.String})
            once = every.with_columns(pl.col("id").hash().alias("hash")).unique(["hash", "label"], keep="first")
            self._kept[key] = once.filter(pl.col("hash").is_unique())
        return self._kept[key]

    def _tokens(self, labels: list[str]) -> pl.DataFrame:
        """Return every word of the nodes with these labels."""
        key = (*labels,)
        if key not in self._kept:
            parts = [_tokens(label, part) for label in labels for part in self._nodes.get(label, [])]
            self._kept[key] = pl.concat(parts).unique(maintain_order=True) if parts else pl.DataFrame(schema=TOKENS)
        return self._kept[key]


class _Hints:
    """Names like one that is not known: of firms that it may be short for, then of anything that is spelt alike."""

    def __init__(self, tokens: pl.DataFrame) -> None:
        firms = tokens.filter(pl.col("label") == "Enterprise").head(HINT_FIRMS)
        self._firms = NameIndex(firms["id"].to_list(), firms["token"].to_list())
        self._names: list[str] = tokens.filter(pl.col("level") == BY_NAME)["token"].head(HINT_NAMES).to_list()

    def near(self, value: str) -> list[str]:
        """Return the three nearest names."""
        names = [item.name for item in self._firms.find(value, 3)]
        names += [
            match[0]
            for match in process.extract(value[:100], self._names, limit=3, score_cutoff=70 if len(value) > 3 else 50)
        ]
        return list(dict.fromkeys(names))[:3]


def _explain(value: str, ids: list[str] | None, labels: list[str], near: list[str]) -> str:
    kinds = "、".join(NODE_TYPES[label].table.zh for label in labels[:4]) + ("等" if len(labels) > 4 else "")
    if ids:
        return f"“{value}”对应多个{kinds}: {'、'.join(ids[:5])},请改填编号或“类别:名称”"
    hint = f",相近的有 {'、'.join(near)}" if near else ""
    return f"图中没有{kinds}“{value[:60]}”{hint};请先登记它,或改正名称"


def _tokens(label: str, nodes: pl.DataFrame) -> pl.DataFrame:
    pieces = [nodes.select(pl.col("id").alias("token"), "id", pl.lit(BY_ID, dtype=pl.Int8).alias("level"))]
    for column, level in WORDS.items():
        if column not in nodes.columns:
            continue
        part = nodes.select(column, "id").filter(pl.col(column).is_not_null())
        if part.schema[column] == pl.List(pl.String):
            part = part.explode(column).drop_nulls()
        pieces.append(
            part.select(normal(pl.col(column)).alias("token"), "id", pl.lit(level, dtype=pl.Int8).alias("level"))
        )
    return pl.concat(pieces).with_columns(pl.lit(label).alias("label")).select(list(TOKENS))


def _prefix(values: pl.Series, labels: list[str]) -> list[pl.Series]:
    """Split ``Label:word`` where the part before the colon names one of the labels."""
    if not values.str.contains("[:：]").any():
        return [values.alias("word"), pl.Series("only", [None] * len(values), dtype=pl.String)]
    words: list[str] = []
    only: list[str | None] = []
    for value in values:
        head, colon, rest = value.replace("：", ":", 1).partition(":")
        record: Any = find_type(head) if colon and rest else None
        label = name_of(record) if record else None
        words.append(rest.strip() if label in labels else value)
        only.append(label if label in labels else None)
    return [pl.Series("word", words, dtype=pl.String), pl.Series("only", only, dtype=pl.String)]

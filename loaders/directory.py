"""The directory of everything that a row can point at: ids, names, codes and aliases to ids, by label."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from rapidfuzz import process

from graph.model import NODE_TYPES, find_type, name_of
from loaders.names import normal

TOKENS = {"token": pl.String, "id": pl.String, "label": pl.String, "level": pl.Int8}
BY_ID, BY_CODE, BY_NAME, BY_ALIAS = 0, 1, 2, 3
WORDS = {"name": BY_NAME, "uscc": BY_CODE, "code": BY_CODE, "stock_code": BY_CODE, "short_name": BY_ALIAS, "aliases": BY_ALIAS}
PREFIXED = 10
HINTS, HINT_NAMES = 50, 20_000
FOUND = {"value": pl.String, "id": pl.String, "label": pl.String, "problem": pl.String}


class Directory:
    """Look-ups from what a cell says to the node that it means: the id beats a code, a code the name, the name an alias."""

    def __init__(self) -> None:
        self._ids: dict[str, list[pl.DataFrame]] = {}
        self._words: dict[str, list[pl.DataFrame]] = {}

    def add(self, label: str, nodes: pl.DataFrame) -> None:
        """Enter nodes of one label under every word that names them."""
        tokens = _tokens(label, nodes)
        self._ids.setdefault(label, []).append(tokens.filter(pl.col("level") == BY_ID))
        self._words.setdefault(label, []).append(tokens.filter(pl.col("level") != BY_ID))

    def find(self, values: pl.Series, labels: Iterable[str], prefixes: bool = True) -> pl.DataFrame:
        """Return for each different value its node's ``id`` and ``label``, or the ``problem`` with what to do.

        ``Label:word`` asks for the nodes of one label, unless a node is called just that, or ``prefixes`` is off.
        """
        labels = [*labels]
        every = pl.DataFrame({"value": values.drop_nulls().unique(maintain_order=True)})
        none = pl.lit(None, dtype=pl.String)
        asked = every.with_columns(pl.col("value").alias("word"), none.alias("only"), pl.lit(0, dtype=pl.Int8).alias("part"))
        if prefixes:
            cut = every.with_columns(_prefix(every["value"], labels)).filter(pl.col("only").is_not_null())
            asked = pl.concat([asked, cut.with_columns(pl.lit(PREFIXED, dtype=pl.Int8).alias("part"))])
        by_id = asked.join(_together(self._ids, labels), left_on="word", right_on="token")
        left = asked.join(by_id, on=["value", "part"], how="anti").with_columns(normal(pl.col("word")).alias("normal"))
        tokens = _together(self._words, labels if len(left) else [])
        by_word = left.join(tokens, left_on="normal", right_on="token")
        level = (pl.col("level") + pl.col("part")).alias("level")
        hits = pl.concat([part.select("value", "only", "id", "label", level) for part in (by_id, by_word)])
        hits = hits.filter(pl.col("only").is_null() | (pl.col("only") == pl.col("label"))).unique(["value", "id", "label", "level"])
        hits = hits.filter(pl.col("level") == pl.col("level").min().over("value"))
        first = (pl.first("id"), pl.first("label"), pl.len().alias("many"), pl.col("id").alias("ids"))
        grouped = hits.sort("label", "id").group_by("value").agg(first)
        table = every.join(grouped, on="value", how="left", maintain_order="left")
        bad = table.filter(pl.col("many").is_null() | (pl.col("many") > 1))
        names = tokens.filter(pl.col("level") == BY_NAME)["token"].head(HINT_NAMES).to_list() if len(bad) else []
        problems = {
            value: _explain(value, ids, labels, names if number < HINTS else [])
            for number, (value, ids) in enumerate(bad.select("value", "ids").iter_rows())
        }
        problem = pl.col("value").replace_strict(problems, default=None, return_dtype=pl.String) if problems else none
        return table.select("value", "id", "label", problem.alias("problem"))


def _explain(value: str, ids: list[str] | None, labels: list[str], names: list[str]) -> str:
    kinds = "、".join(NODE_TYPES[label].table.zh for label in labels[:4]) + ("等" if len(labels) > 4 else "")
    if ids:
        return f"“{value}”对应多个{kinds}: {'、'.join(ids[:5])},请改填编号或“类别:名称”"
    near = [match[0] for match in process.extract(value[:100], names, limit=3, score_cutoff=70 if len(value) > 3 else 50)]
    hint = f",相近的有 {'、'.join(dict.fromkeys(near))}" if near else ""
    return f"图中没有{kinds}“{value[:60]}”{hint};请先登记它,或改正名称"


def _together(parts: dict[str, list[pl.DataFrame]], labels: list[str]) -> pl.DataFrame:
    found = [part for label in labels for part in parts.get(label, [])]
    return pl.concat(found) if found else pl.DataFrame(schema=TOKENS)


def _tokens(label: str, nodes: pl.DataFrame) -> pl.DataFrame:
    pieces = [nodes.select(pl.col("id").alias("token"), "id", pl.lit(BY_ID, dtype=pl.Int8).alias("level"))]
    for column, level in WORDS.items():
        if column not in nodes.columns:
            continue
        part = nodes.select(column, "id").filter(pl.col(column).is_not_null())
        if part.schema[column] == pl.List(pl.String):
            part = part.explode(column).drop_nulls()
        pieces.append(part.select(normal(pl.col(column)).alias("token"), "id", pl.lit(level, dtype=pl.Int8).alias("level")))
    return pl.concat(pieces).unique(maintain_order=True).with_columns(pl.lit(label).alias("label")).select(list(TOKENS))


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

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
HINTS, HINT_NAMES = 50, 20_000
FOUND = {"value": pl.String, "id": pl.String, "label": pl.String, "problem": pl.String}


class Directory:
    """Look-ups from what a cell says to the node that it means: the id beats a code, a code the name, the name an alias."""

    def __init__(self) -> None:
        self._parts: dict[str, list[pl.DataFrame]] = {}

    def add(self, label: str, nodes: pl.DataFrame) -> None:
        """Enter nodes of one label under every word that names them."""
        self._parts.setdefault(label, []).append(_tokens(label, nodes))

    def find(self, values: pl.Series, labels: Iterable[str]) -> pl.DataFrame:
        """Return for each different value its node's ``id`` and ``label``, or the ``problem`` with what to do."""
        labels = [*labels]
        every = pl.DataFrame({"value": values.drop_nulls().unique(maintain_order=True)})
        asked = every.with_columns(_prefix(every["value"], labels))
        whole = asked.filter(pl.col("only").is_not_null())
        whole = whole.with_columns(pl.col("value").alias("word"), pl.lit(None, dtype=pl.String).alias("only"))
        asked = pl.concat([asked, whole])  # “来源:年鉴” may be a name as it stands
        tokens = pl.concat([part for label in labels for part in self._parts.get(label, [])] or [pl.DataFrame(schema=TOKENS)])
        by_id = asked.join(tokens.filter(pl.col("level") == BY_ID), left_on="word", right_on="token")
        asked = asked.with_columns(normal(pl.col("word")).alias("normal"))
        left = asked.join(by_id, on="value", how="anti")
        by_word = left.join(tokens.filter(pl.col("level") != BY_ID), left_on="normal", right_on="token")
        hits = pl.concat([by_id.select("value", "only", "id", "label", "level"), by_word.select("value", "only", "id", "label", "level")])
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
        none = pl.lit(None, dtype=pl.String)
        problem = pl.col("value").replace_strict(problems, default=None, return_dtype=pl.String) if problems else none
        return table.select("value", "id", "label", problem.alias("problem"))


def _explain(value: str, ids: list[str] | None, labels: list[str], names: list[str]) -> str:
    kinds = "、".join(NODE_TYPES[label].table.zh for label in labels[:4]) + ("等" if len(labels) > 4 else "")
    if ids:
        return f"“{value}”对应多个{kinds}: {'、'.join(ids[:5])},请改填编号或“类别:名称”"
    near = [match[0] for match in process.extract(value[:100], names, limit=3, score_cutoff=70 if len(value) > 3 else 50)]
    hint = f",相近的有 {'、'.join(dict.fromkeys(near))}" if near else ""
    return f"图中没有{kinds}“{value[:60]}”{hint};请先登记它,或改正名称"


def _tokens(label: str, nodes: pl.DataFrame) -> pl.DataFrame:
    pieces = [nodes.select(pl.col("id").alias("token"), "id", pl.lit(BY_ID, dtype=pl.Int8).alias("level"))]
    for column, level in WORDS.items():
        if column not in nodes.columns:
            continue
        part = nodes.select(column, "id").filter(pl.col(column).is_not_null())
        if part.schema[column] == pl.List(pl.String):
            part = part.explode(column).drop_nulls()
        pieces.append(part.select(normal(pl.col(column)).alias("token"), "id", pl.lit(level, dtype=pl.Int8).alias("level")))
    return pl.concat(pieces).unique().with_columns(pl.lit(label).alias("label")).select(list(TOKENS))


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

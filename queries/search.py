"""Search by name, short name, alias, code, pinyin and initials; and the one firm that a word means."""

from dataclasses import dataclass
from typing import Any

import polars as pl
from pypinyin import lazy_pinyin

from graph.errors import Ambiguous, NotFound
from graph.model import NODE_TYPES
from graph.stores import Store
from queries.answers import Hit, Named
from queries.cache import once
from queries.catalogue import ask, trusted

LABELS = (
    "Chain", "Enterprise", "Product", "Segment", "Project", "Institute", "Cluster", "Park", "Platform", "Event", "Region", "Agency",
    "Mechanism", "Centre", "Scenario", "Challenge", "Task", "Deliverable", "Weakness",
)  # fmt: skip
WAYS = ("名称", "简称或别名", "名称开头", "拼音", "拼音首字母", "名称包含", "别名包含", "拼音开头", "拼音首字母包含")


@dataclass(frozen=True)
class Index:
    """Every word that names something, with its pinyin, for one version of the graph."""

    words: pl.DataFrame


def index_of(store: Store) -> Index:
    """Return the index of a store's current version, built at the first question after a load."""
    return once(store, "search", lambda: Index(pl.concat([_words(store, label) for label in LABELS])))


def _words(store: Store, label: str) -> pl.DataFrame:
    nodes = store.nodes(NODE_TYPES[label])
    base = ("id", "name", "status")
    pieces = [nodes.select(*base, pl.col("name").alias("word"), pl.lit(True).alias("own"))]
    for column in ("short_name", "aliases", "uscc", "stock_code"):
        if column in nodes.columns:
            part = nodes.select(*base, pl.col(column).alias("word")).filter(pl.col("word").is_not_null())
            part = part.explode("word") if part.schema["word"] == pl.List(pl.String) else part
            pieces.append(part.drop_nulls("word").with_columns(pl.lit(False).alias("own")))
    words = pl.concat(pieces).with_columns(pl.lit(label).alias("label"))
    syllables = [lazy_pinyin(word) for word in words["word"]]
    return words.with_columns(
        pl.col("word").str.to_lowercase(),
        pl.Series("pinyin", ["".join(parts).lower() for parts in syllables], dtype=pl.String),
        pl.Series("initials", ["".join(part[:1] for part in parts).lower() for parts in syllables], dtype=pl.String),
    )


def search(store: Store, text: str, most: int = 20, labels: tuple[str, ...] = LABELS, statuses: list[str] | None = None) -> list[Hit]:
    """Return what a text names or begins to name, the nearest first, each thing once."""
    wanted = "".join(text.split()).lower()
    if not wanted:
        return []
    word, own, pinyin, initials = pl.col("word"), pl.col("own"), pl.col("pinyin"), pl.col("initials")
    ascii_only = pl.lit(wanted.isascii())
    ways = (
        own & (word == wanted) | (pl.col("id").str.to_lowercase() == wanted),
        word == wanted,
        own & word.str.starts_with(wanted),
        ascii_only & (pinyin == wanted),
        ascii_only & (initials == wanted),
        own & word.str.contains(wanted, literal=True),
        word.str.contains(wanted, literal=True),
        ascii_only & pinyin.str.starts_with(wanted),
        ascii_only & initials.str.contains(wanted, literal=True),
    )
    rank: Any = pl.lit(None, dtype=pl.Int8)
    for number in range(len(ways) - 1, -1, -1):
        rank = pl.when(ways[number]).then(pl.lit(number, dtype=pl.Int8)).otherwise(rank)
    words = index_of(store).words.lazy().filter(pl.col("label").is_in(labels) & pl.col("status").is_in(statuses or trusted()))
    order = pl.col("label").replace_strict({label: place for place, label in enumerate(LABELS)}, return_dtype=pl.Int8)
    hits = (
        words.with_columns(rank.alias("rank"))
        .filter(pl.col("rank").is_not_null())
        .with_columns(order.alias("order"), word.str.len_chars().alias("length"))
    )
    best = (
        hits.sort("rank", "length", "order", "name", "id").unique(["label", "id"], keep="first", maintain_order=True).head(most).collect()
    )
    return [
        Hit(id=row["id"], label=row["label"], name=row["name"], status=row["status"], matched=WAYS[row["rank"]])
        for row in best.iter_rows(named=True)
    ]


def find_enterprise(store: Store, word: str) -> Named:
    """Return the one firm that an id, full name, alias, short name, code or pinyin means; raises ``NotFound`` or ``Ambiguous``."""
    exact = ask(store, "named", word=word.strip())
    if len(exact) == 1:
        return Named(**exact[0])
    return _one_of(store, word, "Enterprise")


def find_chain(store: Store, word: str) -> Named:
    """Return the one chain that an id, name, alias or pinyin means."""
    return _one_of(store, word.strip().removesuffix("产业链") or word, "Chain")


def find_product(store: Store, word: str) -> Named:
    """Return the one product that an id, name, alias or pinyin means."""
    return _one_of(store, word, "Product")


def _one_of(store: Store, word: str, label: str) -> Named:
    zh = NODE_TYPES[label].table.zh
    hits = search(store, word, 10, (label,))
    sure = [hit for hit in hits if hit.matched in ("名称", "简称或别名", "拼音", "拼音首字母")]
    best = [hit for hit in sure if hit.matched == sure[0].matched]
    candidates = [{"id": hit.id, "name": hit.name} for hit in (best or hits)]
    listed = "、".join(f"{hit['name']}({hit['id']})" for hit in candidates[:10])
    if len(best) == 1:
        return Named(id=best[0].id, name=best[0].name)
    if best:
        raise Ambiguous(f"“{word}”对应多个{zh}: {listed}。请改用编号或全称", candidates=candidates)
    hint = f"相近的有 {listed}" if listed else "也没有相近的名称,请核对或先载入数据"
    raise NotFound(f"图中没有{zh}“{word[:60]}”。{hint}", candidates=candidates)

"""Search by name, short name, alias, code, pinyin and initials, then by what is
alike; and the one firm that a word means."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import polars as pl

from graph.deadline import check
from graph.errors import Ambiguous, NotFound
from graph.model import EDITS, NODE_TYPES, searched, yardstick
from graph.model.edits import Edit, read_edits
from graph.model.nodes import Enterprise
from graph.names.comparisons import Comparisons, read_comparisons
from graph.names.index import Alike, NameIndex
from queries.core.answers import Hit, Named, Way
from queries.core.view import View

WAYS = tuple(Way)
EXACT = (Way.by_name, Way.by_alias, Way.pinyin, Way.initials)


class Meant(NamedTuple):
    """What a word means, and its status."""

    named: Named
    status: str


@dataclass(frozen=True)
class SearchIndex:
    """Every word that names something, with its pinyin, for one version of the graph."""

    words: pl.DataFrame

    @cached_property
    def exact(self) -> dict[tuple[str, str], Meant]:
        """Return what an id or a full name means, by label and the word in
        lower case; nothing for a word of several things."""
        own = self.words.filter("own").select("label", "word", "id", "name", "status")
        ids = own.with_columns(word=pl.col("id").str.to_lowercase())
        meanings: dict[tuple[str, str], Meant | None] = {}
        for label, word, id, name, status in pl.concat([own, ids]).unique().sort("label", "word", "id").iter_rows():
            meanings[label, word] = None if (label, word) in meanings else Meant(Named(id=id, name=name), status)
        return {word: meant for word, meant in meanings.items() if meant is not None}


@dataclass(frozen=True)
class Similar:
    """A firm with a name that is like a text."""

    firm: Named
    status: str
    alike: Alike


def index_of(view: View) -> SearchIndex:
    """Return the index of a store's current version, built at the first question after a load."""
    return view.whole.once("search", lambda: SearchIndex(pl.concat([_words(view, label) for label in searched()])))


def _words(view: View, label: str) -> pl.DataFrame:
    nodes = view.store.nodes(NODE_TYPES[label])
    base = ("id", "name", "status")
    pieces = [nodes.select(*base, pl.col("name").alias("word"), pl.lit(True).alias("own"))]
    for column in ("short_name", "aliases", "uscc", "stock_code"):
        if column in nodes.columns:
            part = nodes.select(*base, pl.col(column).alias("word")).filter(pl.col("word").is_not_null())
            part = part.explode("word") if part.schema["word"] == pl.List(pl.String) else part
            pieces.append(part.drop_nulls("word").with_columns(pl.lit(False).alias("own")))
    words = pl.concat(pieces)
    if label == "Enterprise":
        words = pl.concat([words, _words_of_others(words, comparisons_of(view).taken_for)])
    words = words.with_columns(pl.lit(label).alias("label"))
    syllables = [_spell(word) for word in words["word"]]
    return words.with_columns(
        pl.col("word").str.to_lowercase(),
        pl.Series("pinyin", ["".join(parts).lower() for parts in syllables], dtype=pl.String),
        pl.Series("initials", ["".join(part[:1] for part in parts).lower() for parts in syllables], dtype=pl.String),
    )


def _spell(word: str) -> list[str]:
    from pypinyin import lazy_pinyin

    check()
    syllables: list[str] = lazy_pinyin(word)
    return syllables


def _words_of_others(words: pl.DataFrame, taken_for: dict[str, str]) -> pl.DataFrame:
    """Return the words of firms that are judged to be another once more, as other names of that one."""
    firms = words.filter("own").select("id", "name", "status")
    others = words.filter(pl.col("id").is_in(list(taken_for))).select(pl.col("id").replace(taken_for), "word")
    return others.join(firms, on="id", maintain_order="left").select(
        "id", "name", "status", "word", pl.lit(False).alias("own")
    )


def renamed(view: View) -> dict[tuple[str, str], Edit]:
    """Return by label and id who wrote the name of what a person has named."""

    def make() -> dict[tuple[str, str], Edit]:
        found = dict[tuple[str, str], Edit]()
        for label in searched():
            nodes = view.store.nodes(NODE_TYPES[label])
            for row in nodes.filter(pl.col(EDITS).is_not_null()).select("id", EDITS).iter_rows(named=True):
                if edit := read_edits(row).get("name"):
                    found[label, row["id"]] = edit
        return found

    return view.whole.once("renamed", make)


def search(view: View, text: str, most: int = 20, labels: tuple[str, ...] = ()) -> list[Hit]:
    """Return what a text names or begins to name, the nearest first, each thing
    once, then firms of like names if it names none."""
    return view.once(("search", text, most, labels), lambda: _search(view, text, most, labels or searched()))


def _search(view: View, text: str, most: int, labels: tuple[str, ...]) -> list[Hit]:
    hits = _matching(view, text, most, labels)
    if "Enterprise" not in labels or any(hit.matched in EXACT for hit in hits):
        return hits
    there = {hit.id for hit in hits}
    alike = (item for item in similar_firms(view, text) if item.firm.id not in there)
    more = [
        Hit(id=item.firm.id, label="Enterprise", name=item.firm.name, status=item.status, matched=Way.alike)
        for item in alike
    ]
    return [*hits, *more][:most]


def _matching(view: View, text: str, most: int, labels: tuple[str, ...]) -> list[Hit]:
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
    scope, label, status = view.scope, pl.col("label"), pl.col("status")
    shown = (
        pl.when(label.is_in(yardstick())).then(status.is_in(scope.yardstick)).otherwise(status.is_in(scope.statuses))
    )
    elsewhere = (label == "Chain") & pl.col("id").is_in(list(view.elsewhere))
    words = index_of(view).words.lazy().filter(label.is_in(labels) & shown & ~elsewhere)
    order = pl.col("label").replace_strict(
        {label: place for place, label in enumerate(searched())}, return_dtype=pl.Int8
    )
    hits = (
        words.with_columns(rank.alias("rank"))
        .filter(pl.col("rank").is_not_null())
        .with_columns(order.alias("order"), word.str.len_chars().alias("length"))
    )
    best = (
        hits.sort("rank", "length", "order", "name", "id")
        .unique(["label", "id"], keep="first", maintain_order=True)
        .head(most)
        .collect()
    )
    return [
        Hit(id=row["id"], label=row["label"], name=row["name"], status=row["status"], matched=WAYS[row["rank"]])
        for row in best.iter_rows(named=True)
    ]


def comparisons_of(view: View) -> Comparisons:
    """Return what has been judged of pairs of firms, in the current version."""
    return view.whole.once("comparisons", lambda: read_comparisons(view.store))


def names_of_firms(view: View) -> NameIndex:
    """Return the index of all names, short names and aliases of firms; firms that are judged to be one are one."""
    return view.whole.once("names of firms", lambda: _index_names(view))


def _index_names(view: View) -> NameIndex:
    firms = view.store.nodes(Enterprise)
    parts = [firms.select("id", pl.col(column).alias("word")) for column in ("name", "short_name")]
    parts.append(firms.select("id", pl.col("aliases").alias("word")).explode("word"))
    words = (
        pl.concat(parts)
        .drop_nulls()
        .with_columns(pl.col("id").replace(comparisons_of(view).taken_for))
        .unique(maintain_order=True)
    )
    return NameIndex(words["id"].to_list(), words["word"].to_list())


def similar_firms(view: View, text: str, most: int = 10) -> list[Similar]:
    """Return the firms with names like a text, the likest first; a text in Latin letters is pinyin, and like none."""
    alike = [] if text.isascii() else names_of_firms(view).find(text, most)
    nodes = _firms(view, [item.id for item in alike])
    shown = [(item, nodes[item.id]) for item in alike if nodes[item.id]["status"] in view.statuses]
    return [Similar(Named(id=item.id, name=node["name"]), node["status"], item) for item, node in shown]


def _firms(view: View, ids: list[str]) -> dict[str, dict[str, Any]]:
    return (
        {row["enterprise"]["id"]: row["enterprise"] for row in view.whole.ask("enterprises_by_id", ids=ids)}
        if ids
        else {}
    )


def find_enterprise(view: View, word: str, short_forms: bool = True) -> Named:
    """Return the one firm that a word means: exactly, or (``short_forms``) as
    the only one that it can be a short form of.

    A firm that is judged to be another stands for that one, unless it is asked for by its id. Raises ``NotFound``,
    also where it is hidden, or ``Ambiguous``, with the firms of like names as candidates, each with the reason.
    """
    meant = view.whole.once(("firm named", word, short_forms), lambda: _find_enterprise(view.whole, word, short_forms))
    return _shown(view, "Enterprise", meant)


def _find_enterprise(view: View, word: str, short_forms: bool) -> Meant:
    judged = comparisons_of(view)
    try:
        meant = _find_exactly(view, word)
    except Ambiguous as error:
        only, *others = {judged.who(item["id"]) for item in error.details["candidates"]}
        if others:
            raise
        return _firm(view, only)
    except NotFound as error:
        if not short_forms:
            raise
        return _only_similar(view, word.strip(), error)
    survivor = meant.named.id if meant.named.id == word.strip() else judged.who(meant.named.id)
    return meant if survivor == meant.named.id else _firm(view, survivor)


def _firm(view: View, id: str) -> Meant:
    node = _firms(view, [id])[id]
    return Meant(Named(id=id, name=node["name"]), node["status"])


def _only_similar(view: View, word: str, error: NotFound) -> Meant:
    """Return the firm that a word is surely a short form of; where there is
    none, raise what was wrong with all firms of like names."""
    similar = similar_firms(view, word)
    for item in similar:
        if item.alike.sure:
            return Meant(item.firm, item.status)
    if not similar:
        raise error
    candidates = [{"id": item.firm.id, "name": item.firm.name, "reason": item.alike.reason} for item in similar]
    there = {item["id"] for item in candidates}
    candidates += [item for item in error.details["candidates"] if item["id"] not in there]
    listed = "、".join(
        f"{item['name']}（{'，'.join([item['id'], *filter(None, [item.get('reason')])])}）" for item in candidates[:10]
    )
    raise NotFound(f"图中没有企业“{word[:60]}”。相近的有 {listed}。请改用编号或全称", candidates=candidates) from None


def find_exactly(view: View, word: str) -> Named:
    """Return the one firm that an id, full name, alias, short name, code or
    pinyin means; raises ``NotFound`` or ``Ambiguous``."""
    return _shown(view, "Enterprise", _find_exactly(view.whole, word))


def _find_exactly(view: View, word: str) -> Meant:
    exact = view.ask("named", word=word.strip())
    if len(exact) == 1:
        return Meant(Named(id=exact[0]["id"], name=exact[0]["name"]), exact[0]["status"])
    return _one_of(view, word, "Enterprise")


def find_chain(view: View, word: str) -> Named:
    """Return the one chain that an id, name, alias or pinyin means."""
    return _shown(view, "Chain", _one_of(view.whole, word.strip().removesuffix("产业链") or word, "Chain"))


def find_product(view: View, word: str) -> Named:
    """Return the one product that an id, name, alias or pinyin means."""
    return _shown(view, "Product", _one_of(view.whole, word, "Product"))


def find_segment(view: View, word: str) -> Named:
    """Return the one segment that an id, name, alias or pinyin means."""
    return _shown(view, "Segment", _one_of(view.whole, word, "Segment"))


def find_agency(view: View, word: str) -> Named:
    """Return the one person or office that an id, name, alias or pinyin means."""
    return _shown(view, "Agency", _one_of(view.whole, word, "Agency"))


def find_cluster(view: View, word: str) -> Named:
    """Return the one cluster that an id, name, alias or pinyin means."""
    return _shown(view, "Cluster", _one_of(view.whole, word, "Cluster"))


def find_project(view: View, word: str) -> Named:
    """Return the one project that an id, name, alias or pinyin means."""
    return _shown(view, "Project", _one_of(view.whole, word, "Project"))


def find_task(view: View, word: str) -> Named:
    """Return the one task that an id, name or pinyin means."""
    return _shown(view, "Task", _one_of(view.whole, word, "Task"))


def _shown(view: View, label: str, meant: Meant) -> Named:
    view.refuse_hidden({"_label": label, "id": meant.named.id, "name": meant.named.name, "status": meant.status})
    return meant.named


def _one_of(view: View, word: str, label: str) -> Meant:
    meant = index_of(view).exact.get((label, word.strip().lower()))
    if meant is not None:
        return meant
    zh = NODE_TYPES[label].table.zh
    hits = _matching(view, word, 10, (label,))
    sure = [hit for hit in hits if hit.matched in EXACT]
    best = [hit for hit in sure if hit.matched == sure[0].matched]
    candidates = [{"id": hit.id, "name": hit.name} for hit in (best or hits)]
    listed = "、".join(f"{hit['name']}（{hit['id']}）" for hit in candidates[:10])
    if len(best) == 1:
        return Meant(Named(id=best[0].id, name=best[0].name), best[0].status)
    if best:
        raise Ambiguous(f"“{word}”对应多个{zh}：{listed}。请改用编号或全称", candidates=candidates)
    hint = f"相近的有 {listed}" if listed else "也没有相近的名称，请核对或先载入数据"
    raise NotFound(f"图中没有{zh}“{word[:60]}”。{hint}", candidates=candidates)

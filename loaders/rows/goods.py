"""Which products the parts of a list are, by their names; what goes into what, and what their leader needs."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import polars as pl

from graph.model import Edge
from graph.model.edges import BelongsTo, InputTo, Leads, Needs, PartOf
from graph.model.parts import IsProduct, Part, PartIn
from graph.names.names import normalise
from graph.stores import Ends, Tables
from loaders.files.sheets import ROW
from loaders.rows.directory import Directory
from loaders.rows.merge import ORDER, PROOF, TABLE

SHORTEST = 2  # signs of a product's name that may be the end of a part's
WEAK, STRONG = 0.45, 0.4  # how sure an end is at least, and what is added for the share of the name that it makes up
ELSEWHERE = 0.6  # how sure an alias of a product of another chain is
_aside = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_whole = re.compile(r"(?:总成|组件|部件|套件|模组|单元|系统|本体|配件|零件)$")
_model = re.compile(r"[A-Za-z0-9φΦ×*./\-_#+ ]+$")
_list_of = re.compile(r"([^（(]*?)[\s\d年度月版的]*(?:零部件|零件|物料|部件|配套|采购|拆)*(?:清单|BOM|bom|明细|拆解)")
SURE = 0.6  # how sure what goes into what is at most: a list tells of one firm's product


class MeantProduct(NamedTuple):
    """A product that a part is: by a name of its own (``sure``), or as its name ends."""

    product: str
    sure: bool
    share: float
    why: str


Words = Mapping[str, Collection[str]]  # of each name or alias the products that have it


@dataclass
class Goods:
    """The names of products, and what parts are by them; a name that several have means none."""

    names: Words = field(default_factory=dict)
    aliases: Words = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, frames: Sequence[pl.DataFrame]) -> "Goods":
        """Return the products of some frames."""
        names: dict[str, set[str]] = defaultdict(set)
        others: dict[str, set[str]] = defaultdict(set)
        shown: dict[str, str] = {}
        for frame in frames:
            for id, name, aliases in frame.select("id", "name", "aliases").iter_rows():
                shown[id] = name
                names[normalise(name)].add(id)
                for alias in aliases or ():
                    others[normalise(alias)].add(id)
        return cls(names, others, shown)

    def within(self, own: Collection[str]) -> "Goods":
        """Return some of the products."""
        kept = {*own}

        def of(words: Words) -> dict[str, set[str]]:
            return {word: there for word, ids in words.items() if (there := kept.intersection(ids))}

        return Goods(of(self.names), of(self.aliases), self.shown)

    @cached_property
    def meant(self) -> dict[str, str]:
        """Return what each word means that means one; a name goes before an alias."""
        only = [
            {word: next(iter(ids)) for word, ids in words.items() if len(ids) == 1}
            for words in (self.aliases, self.names)
        ]
        return {word: id for word, id in only[0].items() if not self.names.get(word)} | only[1]

    def find(self, name: str, own: "Goods | None" = None) -> MeantProduct | None:
        """Return the product that a part is: the one that is called so, else the one whose name its own ends with.

        ``own`` are the products of its leader's chains, which go before those of others: there an alias of a product of
        another chain, 线束 of cars, is not sure.
        """
        whole = normalise(name)
        called = self.meant.get(whole) if self.names.get(whole) else None
        if found := (own or self).meant.get(whole) or called:
            return MeantProduct(found, True, 1.0, f"名称就是“{self.shown[found]}”")
        if own and (ending := own.by_end(name)):
            return ending
        if found := self.meant.get(whole):
            return MeantProduct(found, False, ELSEWHERE, f"“{self.shown[found]}”也叫“{name}”，不在链主的产业链上")
        return self.by_end(name)

    def by_end(self, name: str) -> MeantProduct | None:
        """Return the product whose name a part's own ends with, or the only one whose name ends with the part's."""
        whole = normalise(name)
        for text in dict.fromkeys(_shorter(whole)):
            for start in range(len(text) - SHORTEST + 1):
                if found := self.meant.get(text[start:]):
                    share = round(WEAK + STRONG * (len(text) - start) / len(whole), 2)
                    told = "" if text[start:] == normalise(self.shown[found]) else f"，产品是“{self.shown[found]}”"
                    return MeantProduct(found, False, share, f"名称的末尾是“{text[start:]}”{told}")
        wider = {id for word, id in self.meant.items() if word.endswith(whole)} if len(whole) >= SHORTEST else set()
        if len(wider) == 1:
            found = wider.pop()
            return MeantProduct(found, False, WEAK, f"只有“{self.shown[found]}”的名称或别名末尾是“{name}”")
        return None

    def named_after(self, text: str) -> str | None:
        """Return the product that a list is named after: 冰箱 of 示例冰箱零件清单."""
        for match in _list_of.finditer(text):
            told = normalise(match[1])
            ends = (self.meant.get(told[start:]) for start in range(len(told) - SHORTEST + 1))
            if found := next(filter(None, ends), None):
                return found
        return None


def _shorter(name: str) -> Iterator[str]:
    """Yield a name as it is, without what stands in brackets, without the model behind it, without the word that says
    that it is a whole of several: 变频压缩机(R32) 总成."""
    text = unicodedata.normalize("NFKC", name)
    yield text
    for pattern in (_aside, _model, _whole):
        text = pattern.sub("", text) or text
        yield text


def named_leaders(frame: pl.DataFrame, firms: Sequence[pl.DataFrame], taken_for: dict[str, str]) -> pl.DataFrame:
    """Return parts with their leader under its own name, however the list calls it: it is part of what tells parts
    apart."""
    directory = Directory(taken_for)
    for known in firms:
        directory.add("Enterprise", known)
    words = frame["leader"].drop_nulls().unique()
    ids = directory.find(words, ["Enterprise"])["id"]
    names = {id: name for known in firms for id, name in known.select("id", "name").iter_rows()}
    wanted = [names.get(id or "", word) for word, id in zip(words, ids, strict=True)]
    back = directory.find(pl.Series(wanted, dtype=pl.String), ["Enterprise"])["id"]
    # a name that two firms have tells nothing apart: there the id does
    said = {
        word: name if id == own else id or word for word, name, id, own in zip(words, wanted, ids, back, strict=True)
    }
    return frame.with_columns(pl.col("leader").replace(said))


def goods_of_parts(
    rows: pl.DataFrame, products: Sequence[pl.DataFrame], directory: Directory, store: Tables
) -> Iterator[tuple[type[Edge], Ends, pl.DataFrame]]:
    """Yield what parts say besides: what each goes into, which product one is that is bought, and that its leader needs
    that product."""
    yield PartIn, ("Part", "Part"), _into(rows)
    leaves = rows.filter(pl.col("leaf").fill_null(True) & ~pl.col("made_here").fill_null(False))
    goods = Goods.of(products)
    leaders = rows["leader"].unique()
    firms = dict(zip(leaders, directory.find(leaders, ["Enterprise"])["id"], strict=True))
    of_chains = _of_chains(store, [id for id in firms.values() if id])
    own = {name: goods.within(of_chains[id]) for name, id in firms.items() if id in of_chains}
    asked = rows.select("leader", "name").unique(maintain_order=True)
    meant = {(leader, name): goods.find(name, own.get(leader)) for leader, name in asked.iter_rows()}
    yield InputTo, ("Product", "Product"), _inputs(rows, goods, meant)
    told = [(*key, *found) for key, found in meant.items() if found]
    schema = {"leader": pl.String, "name": pl.String, "__product": pl.String, "__sure": pl.Boolean}
    found = pl.DataFrame(told, schema=schema | {"__share": pl.Float64, "__why": pl.String}, orient="row")
    same = ["id", "name", "leader", *PROOF, TABLE, ROW, ORDER]
    parts = leaves.select(same).join(found, on=["leader", "name"], how="inner", maintain_order="left")
    parts = parts.with_columns(
        pl.when("__sure").then("status").otherwise(pl.lit("inferred")).alias("status"),
        pl.when("__sure").then("confidence").otherwise(pl.min_horizontal("confidence", "__share")).alias("confidence"),
        pl.when(~pl.col("__sure")).then("name").alias("placed_on"),
    )
    are = parts.with_columns(pl.col("id").alias("from"), pl.col("__product").alias("to"), pl.col("__why").alias("note"))
    yield IsProduct, ("Part", "Product"), are.select("from", "to", *PROOF, "placed_on", TABLE, ROW, ORDER)
    needs = parts.with_columns(pl.col("leader").replace_strict(firms, return_dtype=pl.String).alias("from"))
    needs = needs.with_columns(pl.col("__product").alias("to")).filter(pl.col("from").is_not_null())
    best = needs.sort(~pl.col("__sure"), ORDER).group_by("from", "to", maintain_order=True)
    needs = best.agg(pl.col(*PROOF, TABLE, ROW, ORDER).first(), pl.col("name").unique(maintain_order=True))
    names = pl.col("name").list.head(5).list.join("、")
    needs = needs.with_columns(pl.concat_str(pl.lit("零件清单里的零件："), names).alias("note"))
    yield Needs, ("Enterprise", "Product"), needs.select("from", "to", *PROOF, TABLE, ROW, ORDER)


def _of_chains(store: Tables, leaders: Collection[str]) -> dict[str, set[str]]:
    """Return the products of the chains that firms lead, by firm."""
    none = pl.DataFrame(schema={"from": pl.String, "to": pl.String})

    def ends(record: type[Edge], of: Ends) -> pl.DataFrame:
        return pl.concat([none, *(frame.select("from", "to") for frame in store.edges(record, of))])

    led = (
        ends(Leads, ("Enterprise", "Chain")).filter(pl.col("from").is_in([*leaders])).select(leader="from", chain="to")
    )
    if led.is_empty():
        return {}
    segments = ends(PartOf, ("Segment", "Chain")).select(segment="from", chain="to")
    products = ends(BelongsTo, ("Product", "Segment")).select(product="from", segment="to")
    found = led.join(segments, on="chain").join(products, on="segment").select("leader", "product").unique()
    return {leader: {*products} for leader, products in found.group_by("leader").agg("product").iter_rows()}


def _inputs(rows: pl.DataFrame, goods: Goods, meant: Mapping[tuple[str, str], MeantProduct | None]) -> pl.DataFrame:
    """Return which products go into which, as a list tells it: each into the next above it that is a product by its
    name, the topmost into the product that the list is named after. A name that only ends like a product's tells none.
    """
    key = [name for name in Part.table.key if name != "path"]
    own = rows.with_columns(pl.col(*key, "path").fill_null(""))
    sure = {key: found.product for key, found in meant.items() if found and found.sure}
    at, whose = key.index("list_name"), key.index("leader")
    lines = [*own.select(*key, "path", "name").iter_rows()]
    there = {(*which, path): sure.get((which[whose], name)) for *which, path, name in lines}
    of_list = {name: goods.named_after(name) for name in own["list_name"].unique()}
    ends: dict[tuple[str, str], tuple[int, str]] = {}
    for number, (*which, path, name) in enumerate(lines):
        above = path
        into: str | None = None
        while into is None and "/" in above:
            above = above.rpartition("/")[0]
            into = there.get((*which, above))
        into = into or of_list[which[at]]
        if (product := sure.get((which[whose], name))) and into and into != product:
            ends.setdefault((product, into), (number, f"零件清单里的“{name}”装在“{goods.shown[into]}”上"))
    made = own[[number for number, _ in ends.values()]].with_columns(
        pl.Series("from", [start for start, _ in ends], dtype=pl.String),
        pl.Series("to", [end for _, end in ends], dtype=pl.String),
        pl.Series("note", [why for _, why in ends.values()], dtype=pl.String),
        pl.lit("inferred").alias("status"),
        pl.min_horizontal("confidence", pl.lit(SURE)).alias("confidence"),
    )
    return made.select("from", "to", *PROOF, TABLE, ROW, ORDER)


def _into(rows: pl.DataFrame) -> pl.DataFrame:
    """Return what each part goes into: the part of the same list at the end of the way down to it."""
    key = [*(name for name in Part.table.key if name != "path"), "path"]
    own = rows.with_columns(pl.col(key).fill_null(""))
    over = own.select(pl.col("id").alias("to"), *(pl.col(name) for name in key)).unique(key)
    up = pl.col("path").str.replace(r"/[^/]*$", "")
    inner = own.filter(pl.col("path").str.contains("/", literal=True)).with_columns(up.alias("path"))
    joined = inner.join(over, on=key, how="inner", maintain_order="left")
    return joined.select(pl.col("id").alias("from"), "to", *PROOF, TABLE, ROW, ORDER)

"""Firms of a register mapped to the chains by the names of what they make: what
matches, what may mean several things, what nothing.

A register's words are seldom the taxonomy's. A Chinese noun has its head at the end, so a name that ends with a
product's name or alias is a kind of that product (matched); one with which several products' names end is a wider word,
as are the parts of a segment's name (ambiguous), and an ending of three characters is too little to tell (四氯乙烯 is
no 氯乙烯); one that holds a chain's name says no more than the chain. Mere containment elsewhere says nothing (玫瑰金
is no 玫瑰), nor does what a firm has no income by. All of it is ``inferred``.

What a firm makes by an ambiguous word is not known, but where it stands may be: in the segment with whose name's
first part the word agrees (货运代理 and 货运代理与口岸服务), or that holds every product whose name ends with it, two
at least (开关柜). One kind alone (餐饮服务) or kinds in several segments (传感器) tell nothing; nor does a later part
of a segment's name, which leans on the first (家电芯片与电子元器件), nor a word that only ends with the first
(工业智能控制), nor what a firm has a hundredth of its income by, or less, nor what a trader has. A firm whose industry
is one segment's business stands there (``industries.toml``). Both were narrowed by reading samples: see
``docs/chain-mapping.md``.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import polars as pl

from queries.city.city import City
from queries.core.shipped import Strict, read_shipped

SHORTEST = 3  # characters of an ending that says anything
SURE = 4  # characters of an ending that says what a thing is
SHORTEST_PART = 4  # characters of a part of a segment's name
NO_INCOME = 0.001  # ChainKnowledgeGraph's share of what only the scope of business mentions
LITTLE = 0.01  # share of a firm's income that does not say where it stands
Verdict = Literal["matched", "ambiguous", "none"]


class Industries(Strict):
    """Which industries are the business of one segment."""

    segments: dict[str, str]


_parts = re.compile(r"[与和及、/]")
_thing = re.compile(r"(?:器件|产品)$")
_income = re.compile(r"(?<=..)(?:系列|业务|分部|板块|销售|收入|产品|类)+$")
_trade = re.compile(r"流通|连锁|零售|贸易|供应链|百货|超市|经销")


@dataclass(frozen=True)
class MappedProduct:
    """What one registered product means: products of the taxonomy, or else segments, or else chains alone."""

    product: str
    name: str
    verdict: Verdict
    products: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    chains: tuple[str, ...] = ()
    how: str = ""
    stands: str | None = None  # the one segment in which its makers are thought to stand


@dataclass(frozen=True)
class ChainMapping:
    """Every product that is made but stands in no segment, with what it means;
    ``direct`` are makers of the taxonomy's own products."""

    city: City
    matches: tuple[MappedProduct, ...]
    direct: Mapping[str, frozenset[str]]

    @cached_property
    def makers(self) -> dict[str, tuple[str, ...]]:
        """Return who makes each product, sorted."""
        makers_of: dict[str, set[str]] = defaultdict(set)
        for firm, product in self.city.going("PRODUCES").select("from", "to").iter_rows():
            makers_of[product].add(firm)
        return {product: tuple(sorted(firms)) for product, firms in makers_of.items()}

    @cached_property
    def traders(self) -> frozenset[str]:
        """Return the firms whose industry is trade: they make little of what they have."""
        trades = [id for id, name in self.city.names["Industry"].items() if _trade.search(name)]
        return frozenset(self.city.going("IN_INDUSTRY").filter(pl.col("to").is_in(trades))["from"])

    def firms(self) -> dict[str, Verdict]:
        """Return the best verdict of each firm that makes anything."""
        order: tuple[Verdict, ...] = ("matched", "ambiguous", "none")
        verdicts: dict[str, Verdict] = {firm: "matched" for firms in self.direct.values() for firm in firms}
        for match in self.matches:
            for firm in self.makers[match.product]:
                verdicts[firm] = min(match.verdict, verdicts.get(firm, "none"), key=order.index)
        return dict(sorted(verdicts.items()))

    def by_chain(self) -> dict[str, Counter[str]]:
        """Return for each chain how many firms are matched to it, and how many more are ambiguous."""
        reached: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"matched": set(), "ambiguous": set()})
        for chain, firms in self.direct.items():
            reached[chain]["matched"] |= firms
        for match in self.matches:
            for chain in match.chains:
                reached[chain][match.verdict] |= set(self.makers[match.product])
        return {
            chain: Counter(
                matched=len(reached[chain]["matched"]),
                ambiguous=len(reached[chain]["ambiguous"] - reached[chain]["matched"]),
            )
            for chain in sorted(self.city.names["Chain"])
        }

    def rows(self) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
        """Return rows of 生产 and of 企业环节 that can be loaded after somebody
        has read them; each says from which word or industry it comes."""
        produces: dict[tuple[str, str], dict[str, str]] = {}
        operates: dict[tuple[str, str], dict[str, str]] = {}
        rows = {(row["from"], row["to"]): row for row in self.city.going("PRODUCES").iter_rows(named=True)}
        for match in self.matches:
            for firm in self.makers[match.product]:
                row = rows[firm, match.product]
                share = 1 if row["weight"] is None else row["weight"]
                proof = _proof(row["source"], f"产品“{match.name}”{match.how}")
                for product in match.products if match.verdict == "matched" and share > NO_INCOME else ():
                    produces.setdefault((firm, product), {"enterprise": firm, "product": product, **proof})
                if (segment := match.stands) and share > LITTLE and firm not in self.traders:
                    operates.setdefault((firm, segment), {"enterprise": firm, "segment": segment, **proof})
        for firm, segment, source, industry in self._by_industry():
            proof = _proof(source, f"行业“{industry}”")
            operates.setdefault((firm, segment), {"enterprise": firm, "segment": segment, **proof})
        return [produces[key] for key in sorted(produces)], [operates[key] for key in sorted(operates)]

    def _by_industry(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield the makers of anything whose industry is a segment's business, with its source and the industry."""
        known = read_shipped(Industries, "matching/industries.toml").segments
        makers = {firm for firms in self.makers.values() for firm in firms}
        for firm, industry, source in self.city.going("IN_INDUSTRY").select("from", "to", "source").iter_rows():
            name = self.city.names["Industry"][industry]
            if firm in makers and known.get(name) in self.city.names["Segment"]:
                yield firm, known[name], source, name


def _proof(source: str, word: str) -> dict[str, str]:
    return {"source": source, "status": "inferred", "note": f"由登记的{word}推得"}


def map_products(city: City) -> ChainMapping:
    """Return what the products mean that are made but stand in no segment."""
    words = _Words(city)
    made = city.going("PRODUCES")
    placed = set(city.going("BELONGS_TO")["from"])
    direct: dict[str, set[str]] = defaultdict(set)
    for firm, product in made.select("from", "to").iter_rows():
        for chain in words.chains_of((product,)):
            direct[chain].add(firm)
    loose = made.filter(~pl.col("to").is_in(list(placed)))["to"].unique().sort()
    matches = tuple(words.match(product, city.names["Product"][product]) for product in loose)
    return ChainMapping(city, matches, {chain: frozenset(firms) for chain, firms in direct.items()})


class _Words:
    """The words of the taxonomy: names and aliases of its products, their
    endings, the parts of its segments' names, its chains."""

    def __init__(self, city: City) -> None:
        self.segments_of: dict[str, set[str]] = defaultdict(set)
        for product, segment in city.going("BELONGS_TO").select("from", "to").iter_rows():
            self.segments_of[product].add(segment)
        self.chain_of: dict[str, set[str]] = defaultdict(set)
        for segment, chain in city.going("PART_OF").select("from", "to").iter_rows():
            self.chain_of[segment].add(chain)
        self.words: dict[str, set[str]] = defaultdict(set)
        self.endings: dict[str, set[str]] = defaultdict(set)
        for id, name, aliases in city.nodes["Product"].select("id", "name", "aliases").iter_rows():
            for word in map(bare, (name, *(aliases or ()))) if id in self.segments_of else ():
                self.words[word].add(id)
                for start in range(1, len(word) - SHORTEST + 1):
                    self.endings[word[start:]].add(id)
        self.parts: dict[str, set[str]] = defaultdict(set)
        self.leading: dict[str, set[str]] = defaultdict(set)
        for segment in self.chain_of:
            for place, part in enumerate(_parts.split(city.names["Segment"].get(segment, ""))):
                if len(part) >= SHORTEST_PART:
                    self.parts[bare(part)].add(segment)
                    if not place:
                        self.leading[bare(part)].add(segment)
                short = _thing.sub("", bare(part))
                if len(short) > SHORTEST_PART and short != bare(part):  # 化合物半导体 is what 化合物半导体器件 are of
                    self.parts[short].add(segment)
                    self.leading[short].add(segment)
        self.chains = {bare(name): id for id, name in city.names["Chain"].items()}

    def chains_of(self, products: Iterable[str]) -> tuple[str, ...]:
        """Return the chains in which products stand."""
        return tuple(
            sorted(
                {
                    chain
                    for product in products
                    for segment in self.segments_of.get(product, ())
                    for chain in self.chain_of[segment]
                }
            )
        )

    def match(self, id: str, name: str) -> MappedProduct:
        """Return what a name means, the longest word that it ends with first."""
        text = bare(name)
        if text not in self.words:
            text = _income.sub("", text)
        for start in range(len(text)):
            ending = text[start:]
            if len(ending) < SHORTEST and start:
                break
            if ending in self.words:
                how = f"以“{ending}”结尾" if start else "同名"
                return self._matched(id, name, self.words[ending], how, not start or len(ending) >= SURE)
        wider = self.endings.get(text, set()) if len(text) >= SHORTEST else set()
        kinds = {segment for product in wider for segment in self.segments_of[product]}
        parts = [segments for part, segments in self.parts.items() if text.endswith(part)]
        if segments := kinds.union(*parts):
            stands = kinds | self.leading.get(text, set()) if len(wider) > 1 or text in self.leading else set()
            return MappedProduct(
                id,
                name,
                "ambiguous",
                tuple(sorted(wider)),
                tuple(sorted(segments)),
                tuple(sorted({chain for segment in segments for chain in self.chain_of[segment]})),
                "是更宽的词",
                next(iter(stands)) if len(stands) == 1 else None,
            )
        on = tuple(sorted(chain for word, chain in self.chains.items() if word in text))
        return MappedProduct(id, name, "ambiguous" if on else "none", chains=on, how="只含产业链的名称" if on else "")

    def _matched(self, id: str, name: str, products: set[str], how: str, sure: bool) -> MappedProduct:
        segments = tuple(sorted({segment for product in products for segment in self.segments_of[product]}))
        verdict: Verdict = "matched" if sure and len(products) == 1 else "ambiguous"
        return MappedProduct(id, name, verdict, tuple(sorted(products)), segments, self.chains_of(products), how)


def bare(name: str) -> str:
    """Return a product's name as it is compared: half width, lower case, without blanks and what stands in brackets."""
    text = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"\([^()]*\)|[\s\"'“”·]", "", text) or text

"""The city as the analytics read it: the columns that they need of every chain,
product, firm and link, once per version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import polars as pl

from graph.deadline import check
from graph.model import EDGE_TYPES, NODE_TYPES, Edge, ends_of
from graph.names.comparisons import as_one, read_comparisons
from graph.stores.base import schema
from queries.core.answers import Named
from queries.core.catalogue import side_by_side
from queries.core.view import View

if TYPE_CHECKING:
    import networkx as nx

NODES: dict[str, tuple[str, ...]] = {
    "Chain": (), "Segment": ("tier",), "Product": ("aliases", "bought_anywhere"),
    "Enterprise": ("short_name", "makes_only"), "Park": (), "Region": (), "Industry": ("code",),
    "Coverage": ("method", "as_of", "classes", "universe", "found", "looked_by"),
}  # fmt: skip
EDGES: dict[str, tuple[str, ...]] = {
    "PART_OF": (), "FEEDS": (), "BELONGS_TO": (), "INPUT_TO": ("essential", "one_of"),
    "PRODUCES": ("confidence", "weight"), "OFFERS": ("confidence", "note"), "NEEDS": ("confidence", "note"),
    "OPERATES_IN": (), "LEADS": ("role",), "SUBSIDIARY_OF": (),
    "IN_PARK": (), "LOCATED_IN": (), "COVERS": (), "SUPPLIES": ("product",),
    "SEEKS_PARTNER": ("product", "confidence", "note"),
    "RECOMMENDS": ("product", "confidence", "note"),
    "MATCHED": ("product", "stage", "happened_on", "handled_by", "note"),
    "IN_INDUSTRY": (), "CLASSIFIED_AS": (),
}  # fmt: skip
PROOF = ("status", "source", "place")
TIMES = ("valid_to", "recorded_at")


@dataclass(frozen=True)
class City:
    """Frames of nodes by label (``id``, ``name``, own columns, proof) and of
    edges by type (``from``, ``to``, both labels, …).

    Only rows of the allowed statuses are there, and edges whose both ends are; ``ended``
    tells what was over before the day asked for. ``recorded`` is the day on which the latest
    of the rows was recorded here; ``taken_for`` are firms that are judged to be another.
    """

    statuses: tuple[str, ...]
    today: str
    nodes: Mapping[str, pl.DataFrame]
    edges: Mapping[str, pl.DataFrame]
    recorded: str | None = None
    taken_for: Mapping[str, str] = field(default_factory=dict)

    def as_one(self, firm: Named) -> Named:
        """Return the firm that a firm is judged to be: mostly itself."""
        survivor = self.taken_for.get(firm.id)
        return Named(id=survivor, name=self.names["Enterprise"][survivor]) if survivor else firm

    def going(self, type_name: str) -> pl.DataFrame:
        """Return the edges of a type that have not ended."""
        return self.edges[type_name].filter(~pl.col("ended"))

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """Return the name of every thing by label and id."""
        return {label: dict(frame.select("id", "name").iter_rows()) for label, frame in self.nodes.items()}

    @cached_property
    def placed(self) -> dict[frozenset[str], dict[str, Any]]:
        """Hold the firms that were found already, by the regions that they are
        seen from (``gaps.local.find_firms``)."""
        return {}

    @cached_property
    def product_words(self) -> dict[str, str]:
        """Return the product that each name or alias means; a word of several
        products means none, a name goes before an alias."""
        meant: dict[str, set[str]] = defaultdict(set)
        products = self.nodes["Product"]
        for id, aliases in products.select("id", "aliases").drop_nulls("aliases").iter_rows():
            for alias in aliases:
                meant[alias].add(id)
        words = {word: next(iter(ids)) for word, ids in meant.items() if len(ids) == 1}
        return words | dict(products.select("name", "id").iter_rows())

    @cached_property
    def supplies(self) -> pl.DataFrame:
        """Return the supplies that go on, each with the ``good``: the id of its
        product, or null where the graph has no such product."""
        words = pl.DataFrame(
            {"product": list(self.product_words), "good": list(self.product_words.values())}, schema_overrides=_TEXTS
        )
        return self.going("SUPPLIES").join(words, on="product", how="left", maintain_order="left")

    @cached_property
    def inputs(self) -> "nx.DiGraph[str]":
        """Return the graph of products: from input to product, with ``essential``; ``ends`` where the input is bought
        anywhere: somebody else sells it, so what it goes into does not depend on its makers."""
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        products = self.nodes["Product"]
        graph.add_nodes_from(products["id"])
        anywhere = {*products.filter(pl.col("bought_anywhere"))["id"]}
        for source, target, essential in self.going("INPUT_TO").select("from", "to", "essential").iter_rows():
            if source != target:
                graph.add_edge(source, target, essential=bool(essential), ends=source in anywhere)
        return graph

    def needing(self, product: str) -> set[str]:
        """Return the products to which a product is essential; one that is bought anywhere is to none."""
        links = self.inputs.adj.get(product, {})
        return {user for user, link in links.items() if link["essential"] and not link["ends"]}

    def needed_for(self, product: str) -> set[str]:
        """Return the products that are essential to a product."""
        return {source for source, link in self.inputs.pred.get(product, {}).items() if link["essential"]}

    @cached_property
    def dominated(self) -> dict[str, set[str]]:
        """Return for each product those that can be reached by no way round it: its subtree in the dominator tree."""
        import networkx as nx

        carrying = (pair for pair in self.inputs.edges if not self.inputs.edges[pair]["ends"])
        graph: nx.DiGraph[str] = nx.DiGraph(carrying)
        root = "\x00root"
        condensed = nx.condensation(graph)
        for component, number in condensed.in_degree():
            if number == 0:
                graph.add_edges_from((root, member) for member in sorted(condensed.nodes[component]["members"]))
        if root not in graph:
            return {}
        above = {node: dominator for node, dominator in nx.immediate_dominators(graph, root).items() if node != root}
        below: dict[str, set[str]] = defaultdict(set)
        for node in above:
            dominator = above[node]
            while dominator not in (None, root, node):
                below[dominator].add(node)
                dominator = above[dominator]
        return dict(below)

    def standing_on(self, products: Iterable[str]) -> set[str]:
        """Return the products that cannot be made without one of these: by
        essential inputs, or because there is no way round it."""
        own = set(products)
        reached, waiting = set(own), sorted(own)
        while waiting:
            product = waiting.pop()
            following = set(self.dominated.get(product, ()))
            following |= self.needing(product)
            waiting += sorted(following - reached)
            reached |= following
        return reached - own


_TEXTS = {"product": pl.String, "good": pl.String}


def read_city(view: View) -> City:
    """Return the city that a view shows."""
    return view.once("city", lambda: _read(view))


def _read(view: View) -> City:
    scope = view.scope
    nodes, stamps = {}, [""]
    for label, own in NODES.items():
        check()
        frame = view.store.nodes(NODE_TYPES[label]).select("id", "name", *own, *PROOF, *TIMES)
        frame = frame.filter(pl.col("status").is_in(scope.of_kind(label)))
        if label == "Chain":
            frame = frame.filter(~pl.col("id").is_in(list(view.elsewhere)))
        stamps.append(str(frame["recorded_at"].max() or ""))
        nodes[label] = frame.with_columns(ended=_ended(scope.day)).drop(TIMES).sort("id")
    known = set(nodes["Enterprise"]["id"])
    taken_for = {id: survivor for id, survivor in read_comparisons(view.store).taken_for.items() if survivor in known}
    nodes["Enterprise"] = nodes["Enterprise"].filter(~pl.col("id").is_in(list(taken_for)))
    kinds = [partial(_read_edges, view, name, own, nodes, stamps, taken_for) for name, own in EDGES.items()]
    edges = dict(zip(EDGES, side_by_side(*kinds), strict=True))
    return City(scope.statuses, scope.day, nodes, edges, max(stamps)[:10] or None, taken_for)


def _read_edges(
    view: View,
    name: str,
    own: tuple[str, ...],
    nodes: Mapping[str, pl.DataFrame],
    stamps: list[str],
    taken_for: Mapping[str, str],
) -> pl.DataFrame:
    """Return the edges of a type, without their times; firms that are judged to
    be one are one, and texts that come again are kept once."""
    record = EDGE_TYPES[name]
    columns = ("from", "to", *own, *PROOF)
    few = pl.col("status", "source", "from_label", "to_label").cast(pl.Categorical)
    check()
    frames = [_empty(record, columns).with_columns(few)]
    for ends in ends_of(record):
        for frame in view.store.edges(record, ends) if ends[0] in nodes and ends[1] in nodes else ():
            edges = frame.select(*columns, *TIMES).filter(pl.col("status").is_in(view.scope.of_kind(name)))
            edges = as_one(
                edges,
                taken_for,
                [end for end, label in zip(("from", "to"), ends, strict=True) if label == "Enterprise"],
            )
            for column, label in (("from", ends[0]), ("to", ends[1])):
                edges = edges.join(nodes[label].select(pl.col("id").alias(column)), on=column, how="semi")
            stamps.append(str(edges["recorded_at"].max() or ""))
            edges = edges.with_columns(
                ended=_ended(view.scope.day), from_label=pl.lit(ends[0]), to_label=pl.lit(ends[1])
            ).drop(TIMES)
            frames.append(edges.with_columns(few))
    edges = pl.concat(frames).sort("from", "to", *own, pl.col("from_label", "to_label").cast(pl.String))
    return _with_choices(edges) if "one_of" in own else edges


def _with_choices(inputs: pl.DataFrame) -> pl.DataFrame:
    """Return the inputs of products; one that others may stand in for (``one_of``) is not essential by itself."""
    replaceable = pl.col("one_of").is_not_null() & (pl.col("from").n_unique().over("to", "one_of") > 1)
    return inputs.with_columns(pl.col("essential") & ~replaceable)


def _empty(record: type[Edge], columns: tuple[str, ...]) -> pl.DataFrame:
    types = {column: schema(record)[column] for column in columns}
    return pl.DataFrame(schema=types | {"ended": pl.Boolean, "from_label": pl.String, "to_label": pl.String})


def _ended(today: str) -> pl.Expr:
    """Tell whether ``valid_to``, which may name a year, a half, a quarter, a month or a day, was over before a day."""
    text = pl.col("valid_to")
    ends = {"-H1": "-06-30", "-H2": "-12-31", "-Q1": "-03-31", "-Q2": "-06-30", "-Q3": "-09-30", "-Q4": "-12-31"}
    last = (
        pl.when(text.str.len_chars() == 4)
        .then(text + "-12-31")
        .when(text.str.len_chars() == 7)
        .then(text + "-31")
        .otherwise(text)
    )
    for mark, day in ends.items():
        last = pl.when(text.str.ends_with(mark)).then(text.str.slice(0, 4) + day).otherwise(last)
    return (last < today).fill_null(False)

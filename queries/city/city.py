"""The city as the analytics read it: the columns that they need of every chain,
product, firm and link, once per version."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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
    "Chain": (), "Segment": ("tier",), "Product": ("aliases", "bought_anywhere", "nearby_because"),
    "Enterprise": ("short_name", "makes_only", "turnover", "staff", "insured"),
    "Park": (), "Region": ("kind",), "Industry": ("code",),
    "Coverage": ("method", "as_of", "classes", "universe", "found", "looked_by"),
}  # fmt: skip
EDGES: dict[str, tuple[str, ...]] = {
    "PART_OF": (), "FEEDS": (), "BELONGS_TO": (), "INPUT_TO": ("essential", "one_of"),
    "PRODUCES": ("confidence", "weight", "capacity", "capacity_unit"),
    "OFFERS": ("confidence", "note"), "NEEDS": ("confidence", "note"),
    "OPERATES_IN": (), "LEADS": ("role",), "SUBSIDIARY_OF": (),
    "IN_PARK": (), "LOCATED_IN": (), "NEXT_TO": (), "COVERS": (), "SUPPLIES": ("product",),
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
        """Return the graph of products: from input to product, with ``essential``."""
        import networkx as nx

        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(self.nodes["Product"]["id"])
        for source, target, essential in self.going("INPUT_TO").select("from", "to", "essential").iter_rows():
            if source != target:
                graph.add_edge(source, target, essential=bool(essential))
        return graph

    @cached_property
    def bought_anywhere(self) -> frozenset[str]:
        """Return the products that somebody else sells everywhere: what they go into does not depend on who makes them
        here."""
        products = self.nodes["Product"]
        return frozenset(products.filter(pl.col("bought_anywhere"))["id"])

    @cached_property
    def nearby(self) -> Mapping[str, str]:
        """Return why a product must be fetched from near, for those of which that is said."""
        told = self.nodes["Product"].select("id", "nearby_because").drop_nulls()
        return dict(told.iter_rows())

    @cached_property
    def capacities(self) -> Mapping[tuple[str, str], tuple[float, str]]:
        """Return what each firm can make of each product, with the unit, where that is known."""
        made = self.going("PRODUCES").drop_nulls(("capacity", "capacity_unit"))
        rows = made.select("from", "to", "capacity", "capacity_unit").iter_rows()
        return {(firm, product): (amount, unit) for firm, product, amount, unit in rows}

    @cached_property
    def recipes(self) -> Mapping[str, tuple[frozenset[str], ...]]:
        """Return what each product cannot be made without: groups of inputs of which one is enough, an essential input
        being a group of its own; a group of which one is bought anywhere never fails."""
        groups: dict[tuple[str, str], set[str]] = defaultdict(set)
        for source, target, essential, one_of in (
            self.going("INPUT_TO").select("from", "to", "essential", "one_of").iter_rows()
        ):
            if source != target and (essential or one_of is not None):
                groups[target, f"={source}" if one_of is None else one_of].add(source)
        recipes: dict[str, list[frozenset[str]]] = defaultdict(list)
        for (target, _), sources in sorted(groups.items()):
            if self.bought_anywhere.isdisjoint(sources):
                recipes[target].append(frozenset(sources))
        return {product: tuple(own) for product, own in recipes.items()}

    @cached_property
    def _uses(self) -> Mapping[str, tuple[tuple[str, frozenset[str]], ...]]:
        """Return by input the products that may fail with it, each with the group that it is in."""
        uses: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for product, groups in self.recipes.items():
            for group in groups:
                for source in group:
                    uses[source].append((product, group))
        return {source: tuple(own) for source, own in uses.items()}

    def needing(self, product: str) -> set[str]:
        """Return the products to which a product is essential; one that is bought anywhere is to none."""
        return {user for user, group in self._uses.get(product, ()) if len(group) == 1}

    def blocks(self, product: str, missing: Collection[str]) -> bool:
        """Tell whether something cannot be made since a product and all that could stand in for it are missing."""
        return any(all(source in missing for source in group) for _, group in self._uses.get(product, ()))

    def needed_for(self, product: str) -> set[str]:
        """Return the products that are essential to a product."""
        return {source for source, link in self.inputs.pred.get(product, {}).items() if link["essential"]}

    @cached_property
    def chains_of(self) -> Mapping[str, frozenset[str]]:
        """Return the chains that each product is of, by its segments."""
        chains = self.going("PART_OF").select(pl.col("from").alias("segment"), pl.col("to").alias("chain"))
        belonging = self.going("BELONGS_TO").join(chains, left_on="to", right_on="segment")
        found: dict[str, set[str]] = defaultdict(set)
        for product, chain in belonging.select("from", "chain").iter_rows():
            found[product].add(chain)
        return {product: frozenset(own) for product, own in found.items()}

    def standing_on(self, products: Iterable[str], missing: Collection[str] = ()) -> set[str]:
        """Return the products that cannot be made without one of these: all of a group of their inputs is among these,
        what fails with these, and what is ``missing`` anyhow.

        It goes on through the chains that these are of; a product of another chain that uses one of them counts, and
        what is made of that does not: a chip that lacks its wire is bought elsewhere long before a port stands still.
        """
        own = set(products)
        home = {chain for product in own for chain in self.chains_of.get(product, ())}
        reached, waiting = set(own), sorted(own)
        while waiting:
            for user, group in self._uses.get(waiting.pop(), ()):
                if user not in reached and all(source in reached or source in missing for source in group):
                    reached.add(user)
                    if not home or not self.chains_of.get(user) or home & self.chains_of[user]:
                        waiting.append(user)
        return reached - own

    def ending_at(self, products: Iterable[str]) -> set[str]:
        """Return those of some products at which dependence ends, since others sell them: bought anywhere, and used."""
        return {product for product in self.bought_anywhere.intersection(products) if self.inputs.succ.get(product)}


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
    """Return the inputs of products, those that others may stand in for with the group of these (``one_of``).

    Those that are said to be replaceable and name no group are one. None of a group is essential by itself; what is
    alone in its group is no choice.
    """
    group = pl.coalesce("one_of", pl.when(~pl.col("essential")).then(pl.lit("")))
    several = group.is_not_null() & (pl.col("from").n_unique().over("to", group) > 1)
    return inputs.with_columns(pl.col("essential") & ~several, one_of=pl.when(several).then(group))


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

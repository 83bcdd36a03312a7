"""What is known of one chain in one city: its places, who fills them, who needs
them, who looked. Pure data that can be changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from typing import Any, Literal

import polars as pl

from graph.errors import NotFound
from graph.model.nodes import FOUND
from queries.city.answers import ProjectRow
from queries.city.city import City
from queries.city.local import CityFirm, find_firms, find_homes, grouped
from queries.city.looks import Look, LookedAt, looks_at
from queries.city.rows import Row, rows_at, rows_of
from queries.core.answers import Evidence, Named

TIERS = ("上游", "中游", "下游", "服务", "")


@dataclass(frozen=True)
class Place:
    """A segment or a product of the chain, and the products that are judged for it."""

    label: Literal["Segment", "Product"]
    id: str
    name: str
    products: tuple[str, ...]
    segments: tuple[str, ...]


@dataclass(frozen=True)
class LocalSupply:
    """Who makes a product here, who ``perhaps`` does, and whether somebody looked.

    Perhaps: those of which it is not known where they are, and the ``vague``: local firms of its segments without a
    recorded product there; neither may make it here where somebody ``asked`` for this very product. ``unnamed``: it was
    said that somebody makes it, and nobody was named.
    """

    makers: tuple[str, ...]
    perhaps: tuple[str, ...]
    vague: tuple[str, ...]
    looked: bool
    asked: bool
    unnamed: bool

    @property
    def missing(self) -> bool:
        """Tell whether it is known to have no local maker: looked for, and no firm is left that may make it."""
        return self.looked and not (self.makers or self.perhaps or self.unnamed)


@dataclass(frozen=True)
class Facts:
    """Everything that the judgement of one chain rests on, or what is asked of one firm; ids are those of the graph.

    ``makes`` holds PRODUCES and OFFERS of the chain's products, of what goes into them and of the rest of those
    segments, ``supplies`` the supplies of the chain's products, ``looks`` those at each segment and product,
    ``leads`` the leaders of every chain. ``gone`` are firms that were taken away, ``lost`` what had makers here before
    they went and has none now, ``bought`` what others had from them. ``under_way`` are projects here by the segments
    that they will fill.
    """

    chain: Named
    homes: tuple[Named, ...]
    places: tuple[Place, ...]
    tiers: Mapping[str, str]
    product_names: Mapping[str, str]
    segments_of: Mapping[str, tuple[str, ...]]
    firms: Mapping[str, CityFirm]
    makes: tuple[Row, ...]
    operates: tuple[Row, ...]
    needs: tuple[Row, ...]
    inputs: tuple[Row, ...]
    supplies: tuple[Row, ...]
    looks: Mapping[str, tuple[Look, ...]]
    leads: tuple[Row, ...]
    leader_goods: Mapping[str, frozenset[str]]
    city: City
    gone: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()
    bought: tuple[Row, ...] = ()
    under_way: Mapping[str, tuple[ProjectRow, ...]] = field(default_factory=dict)

    @property
    def about(self) -> dict[str, Any]:
        """Return what every answer about the chain begins with: its name and id, the day, and how fresh the data is."""
        names = {"chain": self.chain.name, "chain_id": self.chain.id}
        return {**names, "as_of": self.city.today, "data_date": self.city.recorded}

    def local(self, firm: str) -> bool:
        """Tell whether a firm is in the city and still there."""
        return firm in self._here

    @cached_property
    def _here(self) -> frozenset[str]:
        return frozenset(id for id, firm in self.firms.items() if firm.where == "local" and not firm.closed)

    @cached_property
    def makers(self) -> Mapping[str, tuple[str, ...]]:
        """Return the local firms that make or offer each product, sorted."""
        makers_of: dict[str, set[str]] = defaultdict(set)
        for row in self.makes:
            if not row.ended and self.local(row.start):
                makers_of[row.end].add(row.start)
        return {product: tuple(sorted(firms)) for product, firms in makers_of.items()}

    @cached_property
    def unplaced_makers(self) -> Mapping[str, tuple[str, ...]]:
        """Return the firms of which it is not known where they are, by product that they make."""
        makers_of: dict[str, set[str]] = defaultdict(set)
        for row in self.makes:
            firm = self.firms[row.start]
            if not row.ended and firm.where == "unknown" and not firm.closed:
                makers_of[row.end].add(row.start)
        return {product: tuple(sorted(firms)) for product, firms in makers_of.items()}

    @cached_property
    def operators(self) -> Mapping[str, tuple[str, ...]]:
        """Return the firms that are recorded in each segment, wherever they are, sorted."""
        firms_in: dict[str, set[str]] = defaultdict(set)
        for row in self.operates:
            if not row.ended and not self.firms[row.start].closed:
                firms_in[row.end].add(row.start)
        return {segment: tuple(sorted(firms)) for segment, firms in firms_in.items()}

    @cached_property
    def vague_operators(self) -> Mapping[str, tuple[str, ...]]:
        """Return by segment the local firms in it of which no product of it is recorded: they may make any of them,
        unless it is said of one that it makes only what is recorded."""
        made: dict[str, set[str]] = defaultdict(set)
        for product, firms in self.makers.items():
            for segment in self.segments_of.get(product, ()):
                made[segment] |= set(firms)
        return {
            segment: tuple(
                firm for firm in firms if self.local(firm) and firm not in made[segment] and not self.firms[firm].only
            )
            for segment, firms in self.operators.items()
        }

    @cached_property
    def customers(self) -> Mapping[tuple[str, str], int]:
        """Return how many firms each firm is known to supply with each product."""
        return Counter((start, good) for start, good, _ in {(row.start, row.good, row.end) for row in self.supplies})

    @cached_property
    def all_makers(self) -> Mapping[str, tuple[str, ...]]:
        """Return the local firms that make or offer each product of any chain, sorted."""
        made = pl.concat([self.city.going(name).select("from", "to") for name in ("PRODUCES", "OFFERS")]).unique()
        firms = find_firms(self.city, sorted(set(made["from"])), {home.id for home in self.homes})
        makers_of = {product: set(makers) for product, makers in self.makers.items()}
        for firm, product in made.iter_rows():
            if firm not in self.gone and firms[firm].where == "local" and not firms[firm].closed:
                makers_of.setdefault(product, set()).add(firm)
        return {product: tuple(sorted(makers)) for product, makers in makers_of.items()}

    def supply(self, product: str) -> LocalSupply:
        """Return who makes a product here, and who may."""
        looked, makers = self.looked(product), self.makers.get(product, ())
        unplaced = () if looked.asked else self.unplaced_makers.get(product, ())
        vague = () if looked.asked else self._vague_makers(product)
        perhaps = tuple(sorted({*unplaced, *vague} - {*makers}))
        unnamed = looked.found == FOUND and not self._named_here(product)
        return LocalSupply(makers, perhaps, vague, looked.whole, looked.asked, unnamed)

    def _vague_makers(self, product: str) -> tuple[str, ...]:
        """Return the local firms of a product's segments without a recorded product there: they may make it."""
        segments = self.segments_of.get(product, ())
        return tuple(sorted({firm for segment in segments for firm in self.vague_operators.get(segment, ())}))

    def _named_here(self, product: str) -> bool:
        """Tell whether a firm is recorded here that makes a product, or did; firms that were taken away were."""
        rows = self.rows_at("makes", [product])
        return bool(self.gone) or any(self.firms[row.start].where == "local" for row in rows)

    @cached_property
    def missing(self) -> frozenset[str]:
        """Return the products, of the chain or beside it, of which it is known that nobody makes them here."""
        return frozenset(
            product
            for product, looks in self.looks.items()
            if product in self.segments_of and looks
            if self.supply(product).missing
        )

    def wanted_by(self, product: str) -> frozenset[str]:
        """Return the local firms that want a product: that said so, buy it, or make what it goes into and not it."""
        wanting = {row.start for row in self.rows_at("needs", [product]) if self.local(row.start)}
        bought = (*self.rows_at("supplies", [product]), *(row for row in self.bought if row.good == product))
        wanting |= {row.end for row in bought if self.local(row.end)}
        uses = self.city.inputs.succ.get(product, ())
        wanting |= {firm for user in uses for firm in self.all_makers.get(user, ())}
        return frozenset(wanting - {*self.all_makers.get(product, ())})

    @cached_property
    def _at(self) -> Mapping[str, Mapping[str, list[int]]]:
        """Return the numbers of the rows of each kind by what they are at: their product or segment."""
        numbers_at: dict[str, dict[str, list[int]]] = {}
        for kind in ("makes", "operates", "needs", "supplies"):
            rows: Iterable[Row] = getattr(self, kind)
            at = numbers_at[kind] = defaultdict(list)
            for number, row in enumerate(rows):
                at[row.good if kind == "supplies" else row.end].append(number)
        return numbers_at

    def rows_at(self, kind: Literal["makes", "operates", "needs", "supplies"], ids: Iterable[str]) -> list[Row]:
        """Return the rows of a kind at some products or segments, in their order."""
        at, rows = self._at[kind], getattr(self, kind)
        return [rows[number] for number in sorted(chain.from_iterable(at.get(id, ()) for id in set(ids)))]

    @cached_property
    def made_by(self) -> Mapping[str, tuple[Row, ...]]:
        """Return what each firm makes or offers, in the order of the rows."""
        makes_of: dict[str, list[Row]] = defaultdict(list)
        for row in self.makes:
            makes_of[row.start].append(row)
        return {firm: tuple(rows) for firm, rows in makes_of.items()}

    @cached_property
    def goods(self) -> dict[str, Any]:
        """Hold the measures of products that were taken (``measures.measure_good``)."""
        return {}

    @cached_property
    def leads_of(self) -> Mapping[str, tuple[str, ...]]:
        """Return the chains that each firm leads, in the order of the rows."""
        chains_of: dict[str, list[str]] = defaultdict(list)
        for row in self.leads:
            chains_of[row.start].append(row.end)
        return {firm: tuple(chains) for firm, chains in chains_of.items()}

    def coming_to(self, place: Place) -> list[ProjectRow]:
        """Return the projects under way that will fill a place: for a product those of its segments by who makes it, or
        by nobody of whom a product there is known."""
        coming = {project.id: project for segment in place.segments for project in self.under_way.get(segment, ())}
        if place.label == "Segment" or not coming:
            return [*coming.values()]
        beside = {id for id, segments in self.segments_of.items() if not {*segments}.isdisjoint(place.segments)}
        found = []
        for project in coming.values():
            made = {row.end for firm in project.investors for row in self.made_by.get(firm.id, ())} & beside
            if not made or place.id in made:
                found.append(project)
        return found

    def coming_with(self, product: str) -> list[ProjectRow]:
        """Return the projects under way that will make a product here."""
        segments = self.segments_of.get(product, ())
        return self.coming_to(Place("Product", product, self.product_names[product], (product,), segments))

    def looked(self, place: str) -> LookedAt:
        """Return what the looks at a segment or a product come to."""
        return LookedAt(self.looks.get(place, ()))

    def looked_in(self, place: Place) -> LookedAt:
        """Return what the looks at a place come to; a segment was looked through as well where each of its products
        was."""
        own = self.looked(place.id)
        each = [self.looked(product) for product in place.products] if place.label == "Segment" else []
        if own.whole or not each or not all(looked.whole for looked in each):
            return own
        looks = {look.id: look for looked in each for look in looked.looks}
        return LookedAt((*own.looks, *(replace(look, asked=False, found="") for look in looks.values())))

    def evidence(self, row: Row) -> Evidence:
        """Return a relation as evidence, with the names of its ends."""
        evidence = self._evidence.get(row)
        if evidence is None:
            evidence = self._evidence[row] = self._make_evidence(row)
        return evidence

    @cached_property
    def _evidence(self) -> dict[Row, Evidence]:
        return {}

    def _make_evidence(self, row: Row) -> Evidence:
        start, end = _LABELS[row.type]
        end = "Product" if row.type == "COVERS" and row.end in self.product_names else end
        return Evidence(
            record=row.type,
            from_id=row.start,
            from_name=self._name(start, row.start),
            to_id=row.end,
            to_name=self._name(end, row.end),
            product=self.product_names.get(row.good),
            status=row.status,
            source=row.source,
            place=row.place,
        )

    def _name(self, label: str, id: str) -> str:
        return self.firm_name(id) if label == "Enterprise" else self.city.names[label].get(id, id)

    def named(self, id: str) -> Named:
        """Return a firm by id and name."""
        if id not in self._named:
            self._named[id] = Named(id=id, name=self.firm_name(id))
        return self._named[id]

    @cached_property
    def _named(self) -> dict[str, Named]:
        return {}

    def firm_name(self, id: str) -> str:
        """Return the name of a firm; one that was landed is known here alone."""
        return self.firms[id].name if id in self.firms else self.city.names["Enterprise"].get(id, id)

    def find(self, id: str) -> CityFirm:
        """Return a firm of the city, of this chain or not."""
        return self.firms[id] if id in self.firms else self._others[id]

    @cached_property
    def _others(self) -> Mapping[str, CityFirm]:
        """Return the firms of the city that are not of this chain."""
        ids = self.city.nodes["Enterprise"]["id"]
        return find_firms(
            self.city, ids.filter(~ids.is_in(list(self.firms))).to_list(), {home.id for home in self.homes}
        )

    def without(self, firms: Iterable[str]) -> "Facts":
        """Return the facts as they would be if firms were gone."""
        gone = set(firms)

        def left(rows: tuple[Row, ...]) -> tuple[Row, ...]:
            return tuple(row for row in rows if row.start not in gone and row.end not in gone)

        changed: dict[str, Any] = {
            name: left(getattr(self, name)) for name in ("makes", "operates", "needs", "supplies", "leads")
        }
        goods = {firm: goods for firm, goods in self.leader_goods.items() if firm not in gone}
        bought = tuple(row for row in self.supplies if row.start in gone and row.end not in gone)
        after = replace(self, **changed, leader_goods=goods, gone=self.gone | gone, bought=(*self.bought, *bought))
        lost = {product for product in self.all_makers if product not in after.all_makers}
        return replace(after, lost=self.lost | lost)

    def landed(self, firm: CityFirm, product: str) -> "Facts":
        """Return the facts as they would be if a firm made a product here; what
        it makes elsewhere does not come with it."""
        came = not self.local(firm.id)
        makes, operates = (
            tuple(row for row in rows if not came or row.start != firm.id) for rows in (self.makes, self.operates)
        )
        row = Row("PRODUCES", firm.id, product, "inferred", "")
        known = {**self.firms, firm.id: firm}
        return replace(self, firms=known, makes=(*makes, row), operates=operates, lost=self.lost - {product})


_LABELS = {
    "PRODUCES": ("Enterprise", "Product"), "OFFERS": ("Enterprise", "Product"), "NEEDS": ("Enterprise", "Product"),
    "OPERATES_IN": ("Enterprise", "Segment"), "INPUT_TO": ("Product", "Product"),
    "SUPPLIES": ("Enterprise", "Enterprise"),
    "LEADS": ("Enterprise", "Chain"), "COVERS": ("Coverage", "Segment"), "SEEKS_PARTNER": ("Enterprise", "Enterprise"),
    "RECOMMENDS": ("Enterprise", "Enterprise"),
}  # fmt: skip


def chain_facts(city: City, chain: str) -> Facts:
    """Return what is known of one chain; raises ``NotFound`` for an id that is no chain of the allowed statuses."""
    name = city.names["Chain"].get(chain)
    if name is None:
        raise NotFound(f"图中没有编号为“{chain[:60]}”的产业链，或它的数据状态已被隐藏")
    segments = segments_of_chains(city, [chain])
    return gather(city, Named(id=chain, name=name), segments, find_homes(city, chain, segments))


def segments_of_chains(city: City, chains: Iterable[str]) -> list[str]:
    """Return the segments of some chains by tier, upstream first, then by id."""
    return _in_order(city, _ends(city, "PART_OF", "to", chains, "from"))


def gather(
    city: City, subject: Named, segments: list[str], homes: tuple[Named, ...], also: Iterable[str] = ()
) -> Facts:
    """Return what is known of some segments, and of the products ``also`` asked
    about, seen from the regions that are home."""
    belonging = city.going("BELONGS_TO")
    products = sorted(set(belonging.filter(pl.col("to").is_in(segments))["from"]))
    inputs = rows_at(city, "INPUT_TO", "to", products)
    asked = {*products, *also, *(row.start for row in inputs)}
    near_segments = sorted({*segments, *belonging.filter(pl.col("from").is_in(list(asked)))["to"]})
    known = sorted({*asked, *belonging.filter(pl.col("to").is_in(near_segments))["from"]})
    segments_of = grouped(belonging.filter(pl.col("from").is_in(known)), "from", "to")
    makes = (*rows_at(city, "PRODUCES", "to", known, ended=True), *rows_at(city, "OFFERS", "to", known, ended=True))
    operates = rows_at(city, "OPERATES_IN", "to", near_segments)
    needs = rows_at(city, "NEEDS", "to", known)
    supplied = city.supplies.filter(pl.col("good").is_in([*products, *also]))
    supplies = rows_of("SUPPLIES", supplied)
    leads = tuple(row for row in rows_of("LEADS", city.going("LEADS")) if row.start in city.names["Enterprise"])
    firms = {row.start for row in (*makes, *operates, *needs, *leads)} | {
        end for row in supplies for end in (row.start, row.end)
    }
    return Facts(
        chain=subject,
        homes=homes,
        places=_places(city, segments, products, segments_of),
        tiers={
            id: tier or ""
            for id, tier in city.nodes["Segment"].filter(pl.col("id").is_in(segments)).select("id", "tier").iter_rows()
        },
        product_names=city.names["Product"],
        segments_of=segments_of,
        firms=find_firms(city, sorted(firms), {home.id for home in homes}),
        makes=makes,
        operates=operates,
        needs=needs,
        inputs=inputs,
        supplies=supplies,
        looks=looks_at(city, near_segments, segments_of, {home.id for home in homes}),
        leads=leads,
        leader_goods=_leader_goods(city, {row.start for row in leads}),
        city=city,
    )


def _ends(city: City, type_name: str, column: str, ids: Iterable[str], wanted: str) -> list[str]:
    return sorted(set(city.going(type_name).filter(pl.col(column).is_in(list(ids)))[wanted]))


def _in_order(city: City, segments: list[str]) -> list[str]:
    """Return segments by tier, upstream first, then by id."""
    tiers = dict(city.nodes["Segment"].select("id", "tier").iter_rows())
    return sorted(segments, key=lambda segment: (TIERS.index(tiers.get(segment) or ""), segment))


def _places(
    city: City, segments: list[str], products: list[str], segments_of: Mapping[str, tuple[str, ...]]
) -> tuple[Place, ...]:
    """Return every segment with its products behind it; a product of two
    segments of the chain stands once, in the first."""
    names = city.names
    places: list[Place] = []
    seen: set[str] = set()
    for segment in segments:
        own = tuple(product for product in products if segment in segments_of[product])
        places.append(Place("Segment", segment, names["Segment"].get(segment, segment), own, (segment,)))
        fresh = [product for product in own if product not in seen]
        seen |= set(fresh)
        places += [
            Place("Product", product, names["Product"][product], (product,), segments_of[product]) for product in fresh
        ]
    return tuple(places)


def _leader_goods(city: City, leaders: set[str]) -> dict[str, frozenset[str]]:
    """Return what each leader makes or needs."""
    goods_of: dict[str, set[str]] = {leader: set() for leader in sorted(leaders)}
    for type_name in ("PRODUCES", "NEEDS"):
        for firm, product in (
            city.going(type_name).filter(pl.col("from").is_in(list(leaders))).select("from", "to").iter_rows()
        ):
            goods_of[firm].add(product)
    return {leader: frozenset(goods) for leader, goods in goods_of.items()}

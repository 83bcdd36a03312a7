"""Chains: the list with its counts, and everything about one."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from graph.errors import NotFound
from graph.model import Edge, Record, counted, ends_of, name_of
from graph.model.edges import OnChain
from graph.statuses import STATUS_ZH
from queries.core.answers import (
    STATUS_ORDER,
    ChainCounts,
    ChainProduct,
    ChainSummary,
    ChainView,
    Flow,
    Related,
    SegmentView,
    Total,
)
from queries.core.catalogue import side_by_side
from queries.core.view import View
from queries.things.systems import chains_out_of_use

_RELATED = TypeAdapter(list[Related])  # many are made at once: five times as fast as one by one
PARTS = (  # the large ones first
    "chain_supplies", "chain_operators", "chain_firms", "chain_segments", "chain_products", "chain_feeds",
    "chain_inputs",
    "chain_leaders", "chain_members",
)  # fmt: skip
PLAIN = (
    "_label",
    "id",
    "name",
    "status",
    "source",
    "place",
    "confidence",
    "recorded_at",
    "valid_from",
    "valid_to",
    "field_sources",
)


def list_totals(view: View) -> list[Total]:
    """Return how many rows there are of the types that the model counts; a
    segment is its chain's, the other things are every city's."""
    return view.once("totals", lambda: _totals(view))


def _totals(view: View) -> list[Total]:
    counts = dict(
        zip(
            map(name_of, counted()), side_by_side(*(partial(_count, view, record) for record in counted())), strict=True
        )
    )
    if view.elsewhere:
        counts["Segment"] = dict(sum((Counter(chain.counts.segments) for chain in list_chains(view)), Counter()))
    return [
        Total(label=name_of(record), name=record.table.counted, counts=_sorted(counts[name_of(record)]))
        for record in counted()
    ]


def _count(view: View, record: type[Record]) -> dict[str, int]:
    """Return how many rows of a type are to be seen, of a relation with the things at its ends, by data status."""

    def seen(kinds: Iterable[str]) -> list[str]:
        return [status for status in STATUS_ZH if all(status in view.scope.of_kind(kind) for kind in kinds)]

    kind = name_of(record)
    if issubclass(record, Edge):
        starts, ends = (dict.fromkeys(labels) for labels in zip(*ends_of(record), strict=True))
        rows = view.ask(
            "count_relations",
            labels=[*starts | ends],
            types=[kind],
            seen=seen([kind]),
            seen_start=seen(starts),
            seen_end=seen(ends),
        )
    else:
        rows = view.ask("count_things", labels=[kind], seen=seen([kind]))
    return {row["status"]: row["number"] for row in rows if row["number"]}


def list_chains(view: View) -> list[ChainSummary]:
    """Return the chains of the systems that hold today with how much is known of each, by data status."""
    return view.once("chains", lambda: _list(view))


def _list(view: View) -> list[ChainSummary]:
    counts, unlisted = _counts(view), {*view.elsewhere, *chains_out_of_use(view)}
    return [
        ChainSummary(
            **chain,
            counts=ChainCounts(**{name: _sorted(counts[chain["id"], name]) for name in ChainCounts.model_fields}),
        )
        for chain in (row["chain"] for row in view.ask("chains") if row["chain"]["id"] not in unlisted)
    ]


def _counts(view: View) -> dict[tuple[str, str], dict[str, int]]:
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for name in ("segments", "products", "leaders", "statements", "projects"):
        for row in view.ask(f"count_{name}"):
            counts[row["chain"], name][row["status"]] = row["number"]
    rows = [row for name in ("operators", "members") for row in view.ask(f"count_{name}")]
    firms = {(row["chain"], row["enterprise"], row["status"]) for row in rows}
    for (chain, status), number in Counter((chain, status) for chain, _, status in firms).items():
        counts[chain, "enterprises"][status] = number
    return counts


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: STATUS_ORDER[item[0]]))


def view_chain(view: View, id: str) -> ChainView:
    """Return everything about one chain; raises ``NotFound`` for an id that is no chain."""
    return view.once(("chain", id), lambda: _view(view, id))


def _view(view: View, id: str) -> ChainView:
    chain = next(
        (row["chain"] for row in view.ask("chains") if row["chain"]["id"] == id and id not in view.elsewhere), None
    )
    if chain is None:
        for row in view.whole.ask("chains"):
            if row["chain"]["id"] == id:
                view.refuse_hidden(row["chain"])
        raise NotFound(f"图中没有编号为“{id[:60]}”的产业链，可在首页查看全部产业链")

    of = view.ask_each(PARTS, labels=[start for start, _ in ends_of(OnChain) if start != "Enterprise"], chain=id)
    return ChainView(
        chain=chain,
        segments=_segments(of["chain_segments"], of["chain_products"], of["chain_operators"]),
        feeds=[Flow(**row) for row in of["chain_feeds"]],
        inputs=[Flow(upstream=row["input"], downstream=row["product"], **row) for row in of["chain_inputs"]],
        leaders=related(of["chain_leaders"], "leader"),
        members=related([*of["chain_members"], *firm_rows(of["chain_firms"], "ON_CHAIN")], "thing"),
        statements=[row["statement"] for row in view.ask("statements_about", id=id)],
        supplies=of["chain_supplies"],
    )


def _segments(
    rows: list[dict[str, Any]], belonging: list[dict[str, Any]], operating: list[dict[str, Any]]
) -> list[SegmentView]:
    """Return the segments, each with its products and the firms in it."""
    products: dict[str, list[ChainProduct]] = defaultdict(list)
    for row in belonging:
        products[row["segment"]].append(_product(row))
    firms: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in operating:
        firms[row["segment"]].append({"id": row["enterprise"], **row})
    return [
        SegmentView(**segment, products=products[segment["id"]], enterprises=firms[segment["id"]])
        for segment in (row["segment"] for row in rows)
    ]


def _product(row: dict[str, Any]) -> ChainProduct:
    """Return a product with the provenance of what is the less founded: the
    product, or its belonging to the segment."""
    product = row["product"]
    proof = row if STATUS_ORDER[row["status"]] > STATUS_ORDER[product["status"]] else product
    own = {name: product.get(name) for name in ("id", "name", "kind", "description")}
    return ChainProduct(**own, status=proof["status"], source=proof["source"], place=proof.get("place"))


def firm_rows(rows: list[dict[str, Any]], type_name: str) -> list[dict[str, Any]]:
    """Return firms and their relation that were read field by field as if they had been read whole."""
    mark = "relation_"
    firms = []
    for row in rows:
        known = {name: value for name, value in row.items() if value is not None}
        firm = {name: value for name, value in known.items() if not name.startswith(mark)}
        relation = {name.removeprefix(mark): value for name, value in known.items() if name.startswith(mark)}
        firms.append({"thing": {"_label": "Enterprise", **firm}, "relation": {"_label": type_name, **relation}})
    return firms


def related(rows: list[dict[str, Any]], column: str) -> list[Related]:
    """Return rows of a thing and its relation as related things, in a fixed order."""
    things = [
        {
            "relation": relation["_label"],
            "label": thing["_label"],
            "id": thing["id"],
            "name": thing.get("name") or thing.get("metric") or thing["id"],
            "status": relation["status"],
            "source": relation["source"],
            "place": relation.get("place"),
            "properties": {name: value for name, value in {**thing, **relation}.items() if name not in PLAIN},
        }
        for thing, relation in ((row[column], row["relation"]) for row in rows)
    ]
    return _RELATED.validate_python(sorted(things, key=_related_order))


def _related_order(item: dict[str, Any]) -> tuple[Any, ...]:
    return (
        item["relation"],
        STATUS_ORDER[item["status"]],
        item["label"],
        item["name"],
        item["id"],
        item["source"],
        sorted(map(str, item["properties"].items())),
    )

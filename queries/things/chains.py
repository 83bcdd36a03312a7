"""Chains: the list with its counts, and everything about one."""

from collections import Counter, defaultdict
from typing import Any

from pydantic import TypeAdapter

from graph.errors import NotFound
from graph.model import ends_of
from graph.model.edges import OnChain
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
from queries.core.view import View

_RELATED = TypeAdapter(list[Related])  # many are made at once: five times as fast as one by one
PARTS = (  # the large ones first
    "chain_supplies", "chain_operators", "chain_firms", "chain_segments", "chain_products", "chain_feeds",
    "chain_inputs",
    "chain_leaders", "chain_members",
)  # fmt: skip
TOTALS = {
    "Segment": "环节", "Product": "产品", "Enterprise": "企业", "Project": "项目", "Statement": "公布数据",
    "SUPPLIES": "供应关系",
}  # fmt: skip
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
    """Return how many things of the main kinds there are; a segment is its
    chain's, the other things are every city's."""
    counts_of: dict[str, dict[str, int]] = {label: {} for label in TOTALS}
    for row in view.ask("totals"):
        if row["number"]:
            counts_of[row["label"]][row["status"]] = row["number"]
    if view.elsewhere:
        counts_of["Segment"] = dict(sum((Counter(chain.counts.segments) for chain in list_chains(view)), Counter()))
    return [Total(label=label, name=name, counts=_sorted(counts_of[label])) for label, name in TOTALS.items()]


def list_chains(view: View) -> list[ChainSummary]:
    """Return all chains with how much is known of each, by data status."""
    return view.once("chains", lambda: _list(view))


def _list(view: View) -> list[ChainSummary]:
    counts = _counts(view)
    return [
        ChainSummary(
            **chain,
            counts=ChainCounts(**{name: _sorted(counts[chain["id"], name]) for name in ChainCounts.model_fields}),
        )
        for chain in (row["chain"] for row in view.ask("chains") if row["chain"]["id"] not in view.elsewhere)
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
        raise NotFound(f"图中没有编号为“{id[:60]}”的产业链,可在首页查看全部产业链")

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

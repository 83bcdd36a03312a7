"""Who supplies whom: suppliers, customers and supply paths."""

from collections import defaultdict
from typing import Any

import polars as pl
from pydantic import TypeAdapter

from graph.errors import InputError
from graph.model.nodes import Enterprise
from queries.core.answers import STATUS_ORDER, Hop, Named, SupplyEdge, SupplyPath
from queries.core.catalogue import MAX_HOPS
from queries.core.view import View

PATH_ROWS = 2_000


def suppliers(view: View, id: str, tiers: int = 1) -> list[SupplyEdge]:
    """Return every supply edge up to ``tiers`` steps upstream of a firm, each once, nearest and best founded first."""
    return _neighbourhood(view, "suppliers", id, tiers, near="customer", far="supplier")


def customers(view: View, id: str, tiers: int = 1) -> list[SupplyEdge]:
    """Return every supply edge up to ``tiers`` steps downstream of a firm, each
    once, nearest and best founded first."""
    return _neighbourhood(view, "customers", id, tiers, near="supplier", far="customer")


def _neighbourhood(view: View, question: str, id: str, tiers: int, near: str, far: str) -> list[SupplyEdge]:
    if not 1 <= tiers <= MAX_HOPS:
        raise InputError(f"层数 {tiers} 超出范围，应在 1 与 {MAX_HOPS} 之间")
    return view.once((question, id, tiers), lambda: _walk(view, question, id, tiers, near, far))


def _walk(view: View, question: str, id: str, tiers: int, near: str, far: str) -> list[SupplyEdge]:
    """Return the edges of a question that was asked to the end, tier by tier."""
    hidden = _hidden_firms(view)
    rows = [
        row
        for row in view.ask(question, hops=tiers - 1, id=id)
        if hidden.isdisjoint((row["supplier"], row["customer"]))
    ]
    edges: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        edges[row[near]].append(row)
    supplies: list[dict[str, Any]] = []
    seen, frontier = {id}, [id]
    for tier in range(1, tiers + 1):
        reached = [row for node in frontier for row in edges[node]]
        supplies += [_edge(tier, row) for row in reached]
        frontier = sorted({row[far] for row in reached} - seen)
        seen.update(frontier)
    return _EDGES.validate_python(sorted(supplies, key=_order))


def _hidden_firms(view: View) -> frozenset[str]:
    """Return the firms that are left out; of every edge at a million firms, the
    engine would look at both ends for a millisecond."""

    def make() -> frozenset[str]:
        firms = view.store.nodes(Enterprise)
        return frozenset(firms.filter(~pl.col("status").is_in(view.statuses))["id"])

    return view.once("hidden firms", make) if view.scope.hidden else frozenset()


_EDGES = TypeAdapter(list[SupplyEdge])


def _edge(tier: int, row: dict[str, Any]) -> dict[str, Any]:
    ends = {side: {"id": row[side], "name": row[f"{side}_name"]} for side in ("supplier", "customer")}
    return row | ends | {"tier": tier, "product": row.get("product") or "", "valid_to": row.get("valid_to") or None}


def _order(edge: dict[str, Any]) -> tuple[Any, ...]:
    supplier, customer = edge["supplier"], edge["customer"]
    names = customer["name"], supplier["name"], edge["product"], customer["id"], supplier["id"], edge["source"]
    return edge["tier"], STATUS_ORDER[edge["status"]], *names


def paths(view: View, start: str, end: str, most: int = 5, longest: int = 6) -> list[SupplyPath]:
    """Return up to ``most`` supply paths from one firm to another, shortest
    first, without going through a firm twice."""
    if start == end:
        raise InputError("起点与终点是同一家企业，请给出两家不同的企业")
    if not 1 <= longest <= MAX_HOPS:
        raise InputError(f"路径长度 {longest} 超出范围，应在 1 与 {MAX_HOPS} 之间")
    shortest: list[SupplyPath] = []
    for length in range(1, longest + 1):
        rows = view.ask("paths", hops=length, origin=start, target=end, size=PATH_ROWS)
        simple = [path for row in rows if (path := _path(view, row["path"]))]
        shortest += sorted(simple, key=_path_order)
        if len(shortest) >= most:
            break
    return shortest[:most]


def _path(view: View, path: dict[str, Any]) -> SupplyPath | None:
    nodes, relations = path["nodes"], path["relationships"]
    if len({node["id"] for node in nodes}) < len(nodes) or not view.shows(*nodes, *relations):
        return None
    hops = [
        Hop(
            supplier=Named(id=left["id"], name=left["name"]),
            customer=Named(id=right["id"], name=right["name"]),
            product=relation.get("product") or "",
            status=relation["status"],
            source=relation["source"],
            valid_to=relation.get("valid_to") or None,
        )
        for left, relation, right in zip(nodes, relations, nodes[1:], strict=False)
    ]
    return SupplyPath(length=len(hops), hops=hops)


def _path_order(path: SupplyPath) -> tuple[Any, ...]:
    return (
        path.length,
        [STATUS_ORDER[hop.status] for hop in path.hops],
        [(hop.customer.name, hop.product, hop.customer.id) for hop in path.hops],
    )

"""The places that were inferred of firms, and what somebody has judged of them."""

from collections import Counter, defaultdict
from typing import Any

import polars as pl

from graph.model import Edge
from graph.model.edges import BelongsTo, OperatesIn, PartOf, Produces
from graph.model.edits import read_edits
from graph.model.nodes import Chain, Enterprise, Product, Region, Segment
from graph.model.parts import IsProduct, Part, UsesPart
from graph.model.undertakings import LocatedIn
from queries.core.answers import Named
from queries.core.view import View
from queries.placing.answers import InferredPlacement, PlacementOf, Placements, PlacementState, Sureness
from queries.placing.judge import read_model

OPEN = (PlacementState.waiting, PlacementState.again)
ORDER = {Sureness.middle: 0, Sureness.high: 1, Sureness.low: 2}  # a look settles most where it is least certain
Names = dict[str, str]


def list_placements(
    view: View,
    chain: str = "",
    level: Sureness | None = None,
    state: PlacementState | None = None,
    of: PlacementOf | None = None,
) -> Placements:
    """Return the places that were inferred; without a state those that wait."""
    every = view.once("placements", lambda: _read(view.whole))
    counts = Counter(one.state for one in every)
    waiting = [one for one in every if one.state in OPEN]
    shown = [
        one
        for one in every
        if (one.state is state or (state is None and one.state in OPEN))
        and (level is None or one.level is level)
        and (of is None or (one.part is None) is (of is PlacementOf.firm))
        and (not chain or any(each.id == chain for each in one.chains))
    ]
    return Placements(
        counts={each: counts[each] for each in PlacementState},
        firms=len({one.firm.id for one in waiting if one.part is None}),
        parts=len({one.part.id for one in waiting if one.part}),
        middle=sum(one.level is Sureness.middle for one in waiting),
        placements=shown,
    )


def _read(view: View) -> list[InferredPlacement]:
    chains: Names = dict(view.store.nodes(Chain).select("id", "name").iter_rows())
    segments: Names = dict(view.store.nodes(Segment).select("id", "name").iter_rows())
    products: Names = dict(view.store.nodes(Product).select("id", "name").iter_rows())
    of_segment = _ends(view, PartOf, ("Segment", "Chain"))
    of_product: dict[str, list[str]] = defaultdict(list)
    for product, at in _ends(view, BelongsTo, ("Product", "Segment")).items():
        of_product[product] = [chain for segment in at for chain in of_segment.get(segment, ())]
    regions: Names = dict(view.store.nodes(Region).select("id", "name").iter_rows())
    located = _ends(view, LocatedIn, ("Enterprise", "Region"))
    kinds: tuple[tuple[type[Edge], tuple[str, str], Names, dict[str, list[str]]], ...] = (
        (OperatesIn, ("Enterprise", "Segment"), segments, of_segment),
        (Produces, ("Enterprise", "Product"), products, of_product),
    )
    rows: list[tuple[dict[str, Any], str, Names, dict[str, list[str]]]] = [
        (row, ends[1], names, above)
        for record, ends, names, above in kinds
        for frame in view.store.edges(record, ends)
        for row in frame.filter(_to_be_judged()).iter_rows(named=True)
    ]
    wanted = pl.Series([row["from"] for row, *_ in rows], dtype=pl.String).unique()
    told = (
        view.store.nodes(Enterprise).filter(pl.col("id").is_in(wanted.implode())).select("id", "name", "business_scope")
    )
    firms = {row["id"]: row for row in told.iter_rows(named=True)}
    made = [
        _one(
            row,
            kind,
            names,
            firms[row["from"]],
            [Named(id=id, name=chains[id]) for id in dict.fromkeys(above.get(row["to"], ()))],
            "、".join(regions[id] for id in located.get(row["from"], ()) if id in regions),
        )
        for row, kind, names, above in rows
        if row["from"] in firms and row["to"] in names
    ]
    made += _parts(view, products, of_product, chains)
    return sorted(
        made,
        key=lambda one: (
            ORDER[one.level],
            one.firm.name,
            one.firm.id,
            one.part is not None,
            one.kind != "Segment",
            -one.score,
            one.id,
        ),
    )


def _parts(view: View, products: Names, of_product: dict[str, list[str]], chains: Names) -> list[InferredPlacement]:
    """Return what the parts of parts lists were inferred to be."""
    leaders = _ends(view, UsesPart, ("Enterprise", "Part"))
    whose = {part: leader for leader, parts in leaders.items() for part in parts}
    names: Names = dict(view.store.nodes(Part).select("id", "name").iter_rows())
    firms: Names = dict(view.store.nodes(Enterprise).select("id", "name").iter_rows()) if whose else {}
    return [
        _one(
            row,
            "Product",
            products,
            {"id": whose[row["from"]], "name": firms[whose[row["from"]]], "business_scope": None},
            [Named(id=id, name=chains[id]) for id in dict.fromkeys(of_product.get(row["to"], ()))],
            "",
            Named(id=row["from"], name=names[row["from"]]),
        )
        for frame in view.store.edges(IsProduct, ("Part", "Product"))
        for row in frame.filter(_to_be_judged()).iter_rows(named=True)
        if whose.get(row["from"]) in firms and row["to"] in products
    ]


def _to_be_judged() -> pl.Expr:
    """Tell which rows were inferred and stand, or were judged."""
    return pl.col("placed_on").is_not_null() & (pl.col("valid_to").is_null() | pl.col("verdict").is_not_null())


def _ends(view: View, record: type[Edge], ends: tuple[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for frame in view.store.edges(record, ends):
        for start, end in frame.select("from", "to").sort("from", "to").iter_rows():
            found[start].append(end)
    return found


def _one(
    row: dict[str, Any],
    kind: Any,
    names: Names,
    firm: dict[str, Any],
    chains: list[Named],
    region: str,
    part: Named | None = None,
) -> InferredPlacement:
    judged = read_edits(row).get("verdict")
    model, score = read_model(), float(row["confidence"] or 0)
    return InferredPlacement(
        id=f"{row['from']}~{row['to']}",
        firm=Named(id=firm["id"], name=firm["name"]),
        part=part,
        region=region or None,
        kind=kind,
        place=Named(id=row["to"], name=names[row["to"]]),
        chains=chains,
        level=Sureness.high if score >= model.high else Sureness.middle if score >= model.middle else Sureness.low,
        score=score,
        why=row["note"] or "",
        scope=firm["business_scope"],
        state=_state(row),
        judged_by=judged.by if judged else None,
        judged_at=judged.at if judged else None,
        judged_why=judged.why if judged else None,
        status=row["status"],
        source=row["source"],
    )


def _state(row: dict[str, Any]) -> PlacementState:
    if row["verdict"] is None:
        return PlacementState.waiting
    if row["judged_on"] != row["placed_on"]:
        return PlacementState.again
    return PlacementState(row["verdict"])

"""Enterprises: a page of the list by id or by pinyin, and everything about one."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from graph.errors import NotFound
from graph.model import EDGE_TYPES, ends_of
from graph.model.edits import tag_of
from queries.core.answers import EnterpriseView
from queries.core.view import View
from queries.names.search import index_of
from queries.things.chains import firm_rows, related


def list_enterprises(view: View, after: str = "", size: int = 50) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of firms by id, and the id to continue after (None at the end)."""

    def make() -> tuple[list[dict[str, Any]], str | None]:
        firms = [row["enterprise"] for row in view.ask("enterprises", after=after, size=size + 1)]
        return firms[:size], firms[size - 1]["id"] if len(firms) > size else None

    return view.once(("enterprises", after, size), make)


def list_by_pinyin(view: View, number: int = 1, size: int = 50) -> tuple[list[dict[str, Any]], int]:
    """Return page ``number`` (from 1) of the firms in the order of their names'
    pinyin, and how many firms there are in all."""
    words = index_of(view).words.lazy()
    firms = words.filter((pl.col("label") == "Enterprise") & pl.col("own") & pl.col("status").is_in(view.statuses))
    ids = firms.sort("pinyin", "word", "id").select("id").collect()["id"]
    return find_enterprises(view, ids.slice((number - 1) * size, size).to_list()), len(ids)


def find_enterprises(view: View, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the firms with these ids, in the order of the ids."""
    firms = (
        {row["enterprise"]["id"]: row["enterprise"] for row in view.whole.ask("enterprises_by_id", ids=list(ids))}
        if ids
        else {}
    )
    return [firms[id] for id in ids if id in firms]


def view_enterprise(view: View, id: str, supplies: bool = True) -> EnterpriseView:
    """Return everything about one firm, without its ``supplies`` where they are
    asked for apart; raises ``NotFound`` for an unknown id."""
    return view.once(("enterprise", id, supplies), lambda: _view(view, id, supplies))


def _ends_at(place: int) -> dict[str, list[str]]:
    """Return the relations that begin (0) or end (1) at firms, but for those
    that are asked for by themselves, and their other ends."""
    edges = {name: ends_of(edge) for name, edge in EDGE_TYPES.items() if name not in ("SUPPLIES", "ABOUT")}
    type_ends = [
        (name, ends[1 - place]) for name, pairs in edges.items() for ends in pairs if ends[place] == "Enterprise"
    ]
    return {"types": [*dict(type_ends)], "labels": [*{label: None for _, label in type_ends}]}


def _view(view: View, id: str, supplies: bool) -> EnterpriseView:
    rows = view.whole.ask("enterprise", id=id)
    if not rows:
        raise NotFound(f"图中没有编号为“{id[:60]}”的企业，可用搜索按名称、简称或拼音查找")
    view.refuse_hidden(rows[0]["enterprise"])
    sides = (view.ask(f"enterprise_{side}", **_ends_at(place), id=id) for place, side in enumerate(("out", "in")))
    outgoing, incoming = ([row for row in side if view.shows(row["relation"], row["thing"])] for side in sides)
    if supplies:
        outgoing += firm_rows(view.ask("enterprise_customers", id=id), "SUPPLIES")
        incoming += firm_rows(view.ask("enterprise_suppliers", id=id), "SUPPLIES")
    return EnterpriseView(
        etag=tag_of(rows[0]["enterprise"]),
        enterprise=rows[0]["enterprise"],
        outgoing=related(outgoing, "thing"),
        incoming=related(incoming, "thing"),
        statements=[row["statement"] for row in view.ask("statements_about", id=id)],
    )

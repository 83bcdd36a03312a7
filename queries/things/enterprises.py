"""Enterprises: a page of the list by id or by pinyin, and everything about one."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from graph.errors import NotFound
from graph.stores import Store
from queries.core.answers import EnterpriseView
from queries.core.cache import once
from queries.core.catalogue import ask, refuse_hidden, trusted
from queries.names.search import index_of
from queries.things.chains import firm_rows, related


def list_enterprises(
    store: Store, after: str = "", size: int = 50, statuses: list[str] | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of firms by id, and the id to continue after (None at the end)."""
    allowed = statuses or trusted()

    def make() -> tuple[list[dict[str, Any]], str | None]:
        firms = [row["enterprise"] for row in ask(store, "enterprises", after=after, size=size + 1, statuses=allowed)]
        return firms[:size], firms[size - 1]["id"] if len(firms) > size else None

    return once(store, ("enterprises", after, size, tuple(allowed)), make)


def list_by_pinyin(store: Store, number: int = 1, size: int = 50, statuses: list[str] | None = None) -> tuple[list[dict[str, Any]], int]:
    """Return page ``number`` (from 1) of the firms in the order of their names' pinyin, and how many firms there are in all."""
    words = index_of(store).words.lazy()
    firms = words.filter((pl.col("label") == "Enterprise") & pl.col("own") & pl.col("status").is_in(statuses or trusted()))
    ids = firms.sort("pinyin", "word", "id").select("id").collect()["id"]
    return find_enterprises(store, ids.slice((number - 1) * size, size).to_list()), len(ids)


def find_enterprises(store: Store, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the firms with these ids, in the order of the ids."""
    found = {row["enterprise"]["id"]: row["enterprise"] for row in ask(store, "enterprises_by_id", ids=list(ids))} if ids else {}
    return [found[id] for id in ids if id in found]


def view_enterprise(store: Store, id: str, statuses: list[str] | None = None, supplies: bool = True) -> EnterpriseView:
    """Return everything about one firm, without its ``supplies`` where they are asked for apart; raises ``NotFound`` for an unknown id."""
    allowed = statuses or trusted()
    return once(store, ("enterprise", id, tuple(allowed), supplies), lambda: _view(store, id, allowed, supplies))


def _view(store: Store, id: str, allowed: list[str], supplies: bool) -> EnterpriseView:
    found = ask(store, "enterprise", id=id)
    if not found:
        raise NotFound(f"图中没有编号为“{id[:60]}”的企业,可用搜索按名称、简称或拼音查找")
    refuse_hidden(found[0]["enterprise"], allowed)
    outgoing, incoming = (ask(store, f"enterprise_{side}", id=id, statuses=allowed) for side in ("out", "in"))
    if supplies:
        outgoing += firm_rows(ask(store, "enterprise_customers", id=id, statuses=allowed), "SUPPLIES")
        incoming += firm_rows(ask(store, "enterprise_suppliers", id=id, statuses=allowed), "SUPPLIES")
    return EnterpriseView(
        enterprise=found[0]["enterprise"],
        outgoing=related(outgoing, "thing"),
        incoming=related(incoming, "thing"),
        statements=[row["statement"] for row in ask(store, "statements_about", id=id, statuses=allowed)],
    )

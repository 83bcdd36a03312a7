"""What leaders need by their parts lists, when somebody has judged which products the parts are."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl

from graph.model.edges import Needs
from graph.model.edits import Edit, read_edits
from graph.model.parts import IsProduct, UsesPart
from graph.stores import Store
from loaders.changes import Change, apply, standing
from loaders.history import undo
from loaders.tables import Row

WHY = "随零件审核"


def follow_parts(store: Store, judged: Collection[tuple[str, str]], by: str, role: str = "") -> None:
    """Let needs follow what was judged of parts (part, product): a need of which a part is accepted was said by
    somebody, one of which all parts are refused has ended, any other is as files have it."""
    if not judged:
        return
    for leader, product, parts in _leaders(store, judged):
        key = {"enterprise": leader, "product": product}
        need = standing(store, Needs, key)
        if need is None:
            continue
        wanted = _wanted(parts)
        ours = _ours(need)
        if ours is not None and ("valid_to" if ours.field == "valid_to" else "status") not in wanted:
            undo(store, ours.change, by, WHY, role)
            need, ours = standing(store, Needs, key) or need, None
        if wanted and ours is None and need["status"] == "inferred":
            told = wanted if "valid_to" in wanted else wanted | {"source": f"零件审核（{by}）"}
            apply(store, [Change(Needs, key, told, by, WHY, role=role)])


def _wanted(parts: pl.DataFrame) -> Row:
    """Return what a need is to say by the parts that are the product, or may be; nothing: what files say."""
    standing = parts.filter(pl.col("valid_to").is_null())
    if standing.is_empty():
        return {"valid_to": (date.today() - timedelta(days=1)).isoformat()}
    return {"status": "reported"} if (standing["status"] != "inferred").any() else {}


def _ours(need: Row) -> Edit | None:
    """Return the entry that an earlier judgement has left in a need."""
    own = [edit for edit in read_edits(need).values() if edit.why == WHY]
    return next((edit for edit in own if edit.field != "valid_to" or edit.value), None)


def _leaders(store: Store, judged: Collection[tuple[str, str]]) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield for each leader and product that were judged of the leader's parts that are the product, or may be."""
    uses = pl.concat(store.edges(UsesPart, ("Enterprise", "Part")))
    meant = pl.concat(store.edges(IsProduct, ("Part", "Product")))
    pairs = pl.DataFrame([*judged], schema=["part", "product"], orient="row")
    leaders: Any = pairs.join(uses.select(leader="from", part="to"), on="part").select("leader", "product").unique()
    for leader, product in leaders.sort("leader", "product").iter_rows():
        own = uses.filter(pl.col("from") == leader)["to"]
        yield leader, product, meant.filter(pl.col("from").is_in(own.implode()) & (pl.col("to") == product))

"""A look that somebody took at a segment or a product: kept as the coverage record of that place, one for each list of
firms that was looked through; the next look takes its place, and the journal keeps what was said before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from graph.errors import Conflict, InputError
from graph.model.edits import tag_of
from graph.model.nodes import LOOKS, Coverage
from graph.model.undertakings import Covers
from graph.stores import Store
from loaders.changes import Change, Done, apply, standing
from loaders.tables import Row


@dataclass(frozen=True)
class LookTaken:
    """What somebody found at a place (id and name), in some regions (ids): ``found`` yes or no; nothing: nobody has
    looked after all. ``seen`` is the tag of the look that the writer saw, empty where there was none."""

    place: str
    name: str
    regions: Sequence[str]
    found: str
    by: str
    as_of: str = ""
    universe: str = ""
    method: str = ""
    seen: str | None = None

    @property
    def id(self) -> str:
        """Return the id of the coverage record of the place, and of the list that was looked through."""
        return look_id(self.place, self.universe)


def look_id(place: str, universe: str = "") -> str:
    """Return the id of the coverage record that people write of a place."""
    return f"look~{place}" + (f"~{universe}" if universe else "")


def keep_look(store: Store, look: LookTaken, who: str, why: str = "", role: str = "") -> Done:
    """Keep a look; raises ``Conflict`` where somebody else has said something of the place since."""
    key: Row = {"id": look.id}
    row = standing(store, Coverage, key)
    if look.seen is not None and row is not None and tag_of(row) != look.seen:
        raise Conflict(f"“{look.name}”：你打开之后有人登记过摸底，请看过再改", newer=row)
    if not look.found:
        if row is None:
            raise InputError(f"“{look.name}”没有登记过摸底，无从去掉")
        yesterday = (date.today() - timedelta(days=1)).isoformat()
        changes = [Change(Coverage, key, {"valid_to": yesterday}, who, why or "没查过", role=role)]
    else:
        changes = _changes(look, who, why, role)
    done = apply(store, changes)
    if refused := [one.reason for one in done if one.outcome == "refused"]:
        raise InputError("；".join(dict.fromkeys(refused)))
    return done[0]


def _changes(look: LookTaken, who: str, why: str, role: str) -> list[Change]:
    try:
        found = LOOKS.clean(look.found)
    except ValueError:
        wrong = f"查的结果“{look.found[:20]}”应为 yes（查过，有这些）或 no（查过，没有）"
        raise InputError(wrong) from None
    proof: Row = {"source": f"摸底登记（{look.by}）", "status": "reported"}
    today = date.today().isoformat()
    if look.as_of > today[: len(look.as_of)]:
        raise InputError(f"查的日期 {look.as_of[:20]} 在今天之后")
    told: Row = {
        "name": f"摸底：{look.name}" + (f"（{look.universe}）" if look.universe else ""),
        "found": found,
        "as_of": look.as_of or today,
        "universe": look.universe or None,
        "method": look.method or "走访登记",
        "looked_by": look.by,
        "valid_to": None,
    }
    changes = [Change(Coverage, {"id": look.id}, told | proof, who, why, role=role)]
    for subject in (look.place, *look.regions):
        changes.append(Change(Covers, {"coverage": look.id, "subject": subject}, dict(proof), who, why, role=role))
    return changes


def tags_of_looks(store: Store, places: Collection[str]) -> dict[str, str]:
    """Return the tags, which a form carries, of the records that people wrote of some places, by their ids."""
    written = store.nodes(Coverage).filter(pl.col("id").str.starts_with(look_id("")))
    rows = ((str(row["id"]), row) for row in written.iter_rows(named=True))
    return {id: tag_of(row) for id, row in rows if id.split("~")[1] in places}

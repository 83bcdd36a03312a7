"""The firms of a graph placed on its chains, and the places that wait for somebody to judge them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import polars as pl

from graph.model.edges import InIndustry
from graph.model.nodes import Enterprise, Industry
from queries.core.view import View
from queries.placing.evidence import RegisteredFirm
from queries.placing.judge import Placement
from queries.placing.run import place
from queries.placing.yardstick import read_yardstick


@dataclass(frozen=True)
class FirmPlaces:
    """The places of a firm of the graph, and the mark of what they were inferred from."""

    firm: RegisteredFirm
    basis: str
    segments: tuple[Placement, ...]
    products: tuple[Placement, ...]


def read_register(view: View) -> Iterator[RegisteredFirm]:
    """Yield the firms of a graph of which a register says anything but the name, in order of their ids."""
    industries: dict[str, list[str]] = defaultdict(list)
    names = dict(view.store.nodes(Industry).select("id", "name").iter_rows())
    for frame in view.store.edges(InIndustry, ("Enterprise", "Industry")):
        for firm, industry in frame.filter(pl.col("status").is_in(view.statuses)).select("from", "to").iter_rows():
            industries[firm].append(names.get(industry, ""))
    firms = view.store.nodes(Enterprise).filter(pl.col("status").is_in(view.statuses), pl.col("valid_to").is_null())
    for row in firms.sort("id").select("id", "name", "business_scope", "main_products").iter_rows(named=True):
        made = f"；生产：{row['main_products']}" if row["main_products"] else ""
        scope, own = (row["business_scope"] or "") + made, tuple(sorted(filter(None, industries[row["id"]])))
        if scope or own:
            yield RegisteredFirm(row["id"], row["name"], scope, own)


def infer_places(view: View) -> Iterator[FirmPlaces]:
    """Yield the places of the firms of a view; raises ``InputError`` where there is no segment to be placed on."""
    firms: list[RegisteredFirm] = []

    def remembered() -> Iterator[RegisteredFirm]:
        for firm in read_register(view):
            firms.append(firm)
            yield firm

    for batch in place(remembered(), read_yardstick(view)):
        for one, firm in zip(batch, firms, strict=True):
            yield FirmPlaces(firm, mark_of(firm), one.segments, one.products)
        firms.clear()


def mark_of(firm: RegisteredFirm) -> str:
    """Return a mark that is another one when the firm's name, scope or classes are."""
    said = "\n".join((firm.name, firm.scope, *firm.industries))
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

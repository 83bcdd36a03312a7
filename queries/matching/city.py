"""The matcher over the graph: the city's firms as suppliers, each suggestion with the status and source of its firm."""

import polars as pl

from graph.deadline import check
from graph.errors import InputError
from queries.city.city import City, read_city
from queries.core.answers import Named
from queries.core.view import View
from queries.matching.answers import MatchedFirms, SuggestedFirm
from queries.matching.derived import Derived, derive
from queries.matching.index import build
from queries.matching.offers import Need, Offer
from queries.matching.ranker import rank, read_weights


def offers_of(city: City) -> list[Offer]:
    """Return what each firm that goes on makes or offers; its segments and industries stand for its trade."""
    names = city.names
    made: dict[str, dict[str, float]] = {}
    for kind in ("PRODUCES", "OFFERS"):
        for firm, product in city.going(kind).select("from", "to").iter_rows():
            made.setdefault(firm, {})[names["Product"][product]] = 1.0
    trades: dict[str, list[str]] = {}
    for kind, label in (("OPERATES_IN", "Segment"), ("IN_INDUSTRY", "Industry")):
        for firm, trade in city.going(kind).select("from", "to").iter_rows():
            trades.setdefault(firm, []).append(names[label].get(trade, trade))
    going = city.nodes["Enterprise"]
    ended = dict(going.select("id", "ended").iter_rows())
    return [
        Offer(firm, names["Enterprise"][firm], tuple(dict.fromkeys(trades.get(firm, ()))), tuple(products.items()))
        for firm, products in sorted(made.items())
        if firm in ended and not ended[firm]
    ]


def match_city(view: View, text: str, most: int) -> MatchedFirms:
    """Return the firms of the graph for a need in a few words; raises
    ``InputError`` where there is no text or nothing to compare."""
    if not text.strip():
        raise InputError("没有需求文字，无从匹配；请写产品或服务的名称，如 动力电池")
    city = read_city(view)
    derived = view.once("matcher", lambda: _derive(city))
    if derived is None:
        raise InputError("还没有一家企业登记产品，无从匹配；请先载入名录，写明各家生产或供给什么")
    answer = rank(derived, Need("asked", text.strip()), most)
    told = (
        city.nodes["Enterprise"]
        .filter(pl.col("id").is_in([suggestion.supplier for suggestion in answer.ranked]))
        .select("id", "status", "source")
    )
    proof = {row["id"]: {"status": row["status"], "source": row["source"]} for row in told.iter_rows(named=True)}
    ranked = [
        SuggestedFirm(
            firm=Named(id=suggestion.supplier, name=suggestion.name), **vars(suggestion), **proof[suggestion.supplier]
        )
        for suggestion in answer.ranked
    ]
    return MatchedFirms(
        need=text.strip(),
        weights_version=read_weights().version,
        suppliers=len(derived.index),
        ranked=ranked,
        remarks=answer.remarks,
    )


def _derive(city: City) -> Derived | None:
    offers = offers_of(city)
    return derive(build(offers, tell=_look), tell=_look) if offers else None


def _look(_text: str, _rows: int) -> None:
    """Look between two steps whether the work is to go on."""
    check()

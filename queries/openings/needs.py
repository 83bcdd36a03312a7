"""可采购产品(服务): each need of a leader, and the local firms that could take the place (卡位入链)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from graph.deadline import check
from graph.statuses import STATUS_CONFIDENCE
from queries.city.facts import Place
from queries.city.rows import Row
from queries.core.reason import Reason
from queries.gaps.candidates import find_candidates
from queries.matching.answers import Level
from queries.openings.against import against_supplier, speaks_for, why_dropped
from queries.openings.answers import Looked, Match, Opening
from queries.openings.asked import Asked, Wish
from queries.openings.catalogue import say
from queries.openings.fits import Fit

MOST = 20  # candidates that are listed for a need; what is cut is counted
MOST_LOOKED = 20  # firms that were looked at where none fits


@dataclass(frozen=True, slots=True)
class Supplier:
    """A firm that could serve a need, or does, by one of its products."""

    firm: str
    fit: Fit
    row: Row
    supplies: bool = False
    dropped: bool = False

    @property
    def fits(self) -> bool:
        """Tell whether its product is good enough and it was not given up."""
        return self.fit.fills and not self.dropped


@dataclass(frozen=True)
class Supply:
    """Who could serve a need: local firms that do or fit, the looked-at and the firms elsewhere where none does.

    ``more`` counts the firms that are not listed because there are too many.
    """

    wish: Wish
    suppliers: tuple[Supplier, ...]
    unplaced: tuple[Supplier, ...]
    outside: tuple[Supplier, ...]
    looked: tuple[Looked, ...]
    looked_through: str
    more: int

    @property
    def fitting(self) -> list[Supplier]:
        """Return the local firms that fit, or serve the need already."""
        return [supplier for supplier in self.suppliers if supplier.fits]


def find_supply(asked: Asked, wish: Wish) -> Supply:
    """Return who could serve a need."""
    check()
    facts, group = asked.facts, set(asked.groups[wish.leader])
    suppliers: dict[str, Supplier] = {}
    for supplier in sorted(_makers(asked, wish), key=lambda maker: (not maker.supplies, maker.fit.level.order)):
        if supplier.firm not in group:
            suppliers.setdefault(supplier.firm, supplier)
    every = sorted(
        suppliers.values(),
        key=lambda supplier: (not supplier.fits, supplier.fit.level.order, supplier.supplies, supplier.firm),
    )
    placed: dict[str, list[Supplier]] = {"local": [], "unknown": [], "outside": []}
    for supplier in every:
        placed[asked.firm(supplier.firm).where].append(supplier)
    fitting = any(supplier.fits for supplier in placed["local"])
    local = [supplier for supplier in placed["local"] if supplier.fit.fills or not fitting]
    unplaced = [supplier for supplier in placed["unknown"] if supplier.fit.fills]
    outside = [supplier for supplier in placed["outside"] if supplier.fit.fills and not fitting]
    looks = {look.name: look for look in facts.looked(wish.product).looks if look.counts}
    return Supply(
        wish=wish,
        suppliers=tuple(local[:MOST]),
        unplaced=tuple(unplaced[:MOST]),
        outside=tuple(outside[:MOST]),
        looked=() if fitting else tuple(islice(_looked(asked, wish), MOST_LOOKED)),
        looked_through="、".join(f"{look.name}（{look.as_of or '日期不详'}）" for look in looks.values()),
        more=sum(max(0, len(firms) - MOST) for firms in (local, unplaced, outside)),
    )


def _makers(asked: Asked, wish: Wish) -> Iterator[Supplier]:
    """Yield the firms that supply, make or offer the product or one that is near to it by name."""
    for row in asked.facts.rows_at("supplies", [wish.product]):
        if row.end == wish.party and not asked.firm(row.start).closed:
            yield Supplier(
                row.start, Fit(Level.high, say("supplies_leader", product=asked.product(row.good))), row, supplies=True
            )
    near = asked.near[wish.product]
    for row in asked.facts.rows_at("makes", near):
        if not row.ended and not asked.firm(row.start).closed:
            yield Supplier(
                row.start, near[row.end], row, dropped=(row.start, wish.party, wish.product) in asked.dropped
            )


def _looked(asked: Asked, wish: Wish) -> Iterator[Looked]:
    """Yield the firms that are not elsewhere and were looked at, and why each does not fit."""
    facts, group = asked.facts, set(asked.groups[wish.leader])
    place = Place(
        "Product", wish.product, asked.product(wish.product), (wish.product,), facts.segments_of.get(wish.product, ())
    )
    for candidate in find_candidates(facts, place):
        firm = facts.find(candidate.firm.id)
        if firm.where == "outside" or firm.id in group:
            continue
        why = why_dropped(asked, firm.id, wish.party, wish.product) or candidate.why
        yield Looked(
            firm=candidate.firm, region=candidate.region, why=why, status=candidate.status, source=candidate.source
        )


def list_needs(asked: Asked, supply: Supply) -> Iterator[Opening]:
    """Yield the rows of one need: the firms that fit, or else those that nearly
    do and the need itself with who was looked at."""
    for supplier in (*supply.suppliers, *supply.unplaced):
        yield supplier_row(asked, supply.wish, supplier, computed=not supplier.supplies)
    if not supply.fitting:
        yield row_of_wish(asked, supply.wish, nobody(supply), candidates=supply.looked)


def nobody(supply: Supply) -> Iterator[Reason]:
    """Yield that no local firm fits, and whether local firms were looked for at all."""
    if supply.looked:
        yield say(
            "nobody_fits_nearest" if len(supply.looked) == MOST_LOOKED else "nobody_fits", count=len(supply.looked)
        )
    else:
        yield say("nobody_to_look_at")
    yield say("looked_through", looks=supply.looked_through) if supply.looked_through else say("not_looked_through")


def supplier_row(asked: Asked, wish: Wish, supplier: Supplier, computed: bool) -> Opening:
    """Return the row of a firm that could serve a need, computed; or of one that does, which is a record."""
    rows = (*wish.rows, supplier.row)
    why = [
        supplier.fit.words,
        *said_of(asked, wish),
        *dict.fromkeys(speaks_for(asked, wish.party, supplier.firm, wish.product)),
    ]
    against = against_supplier(asked, wish.party, supplier.firm, wish.product, supplier.fit, rows)
    match = asked.match(supplier.firm, wish.party, wish.product)
    about = (wish.leader, wish.party, [wish.product], rows, supplier.row, computed)
    return opening(asked, *about, firm=supplier.firm, fit=supplier.fit.level, why=why, against=against, match=match)


def row_of_wish(
    asked: Asked, wish: Wish, why: Iterable[Reason], against: Iterable[Reason] = (), candidates: Iterable[Looked] = ()
) -> Opening:
    """Return the row of a need or an offer for which no firm is known: a record, unless it was inferred."""
    said = [*filter(None, [wish.why]), *why]
    about = (wish.leader, wish.party, [wish.product], wish.rows, wish.rows[0], wish.inferred)
    return opening(asked, *about, why=said, against=against, candidates=candidates)


def said_of(asked: Asked, wish: Wish) -> list[Reason]:
    """Return what is said of a wish beside a firm for it: why it is one, and the segments of the product."""
    segments = asked.segments(wish.product)
    return [*filter(None, [wish.why]), *([say("segments", segments="、".join(segments))] if segments else [])]


def opening(
    asked: Asked,
    leader: str,
    party: str,
    products: Sequence[str],
    rows: Sequence[Row],
    first: Row,
    computed: bool,
    *,
    why: Iterable[Reason],
    against: Iterable[Reason],
    firm: str | None = None,
    fit: Level | None = None,
    match: Match | None = None,
    candidates: Iterable[Looked] = (),
) -> Opening:
    """Return a row about some products that rests on records, ``first`` of all on one."""
    where = asked.firm(firm) if firm else None
    return Opening(
        leader=asked.named(leader),
        party=asked.named(party),
        product="、".join(map(asked.product, products)),
        product_id=products[0] if len(products) == 1 else None,
        segments=[*dict.fromkeys(segment for product in products for segment in asked.segments(product))],
        firm=asked.named(firm) if firm else None,
        region=where.region if where else "",
        local=where is not None and where.where == "local",
        fit=fit,
        why=[*why],
        against=[*against],
        stage=match.state if match else None,
        computed=computed,
        confidence=confidence(rows, computed),
        status="inferred" if computed else first.status,
        source=first.source,
        candidates=[*candidates],
        evidence=[asked.facts.evidence(row) for row in rows],
    )


def confidence(rows: Iterable[Row], computed: bool) -> float:
    """Return the confidence of a row: that of the weakest record it rests on,
    and no more than that of what is inferred."""
    known = [row.confidence or STATUS_CONFIDENCE[row.status] for row in rows]
    return min([*known, *([STATUS_CONFIDENCE["inferred"]] if computed else [])])

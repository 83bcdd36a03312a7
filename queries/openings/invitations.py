"""拟开展合作企业 and 建议招引企业: what the leaders have said, then what follows from their needs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from graph.deadline import check
from queries.city.rows import Row, rows_at
from queries.core.reason import Reason
from queries.matching.answers import Level
from queries.openings.against import against_supplier, speaks_for
from queries.openings.answers import Opening, Stage
from queries.openings.asked import Asked
from queries.openings.catalogue import say
from queries.openings.needs import Supplier, Supply, confidence, nobody, opening, row_of_wish, supplier_row

SEVERAL = 2  # needs that a firm fits from which on it is worth meeting
DONE = (Stage.signed, Stage.dropped)
MOST = 20  # firms that are computed for a list, of one leader


def list_partners(asked: Asked, supplies: Sequence[Supply]) -> tuple[list[Opening], int]:
    """Return the firms that leaders want to work with, then local ones that fit
    several needs or are in talks; and how many were cut."""
    openings = [
        _recorded(asked, row, supplies, "seeks_partner", "seeks_partner_noted") for row in _said(asked, "SEEKS_PARTNER")
    ]
    told = {(row.leader.id, row.firm.id) for row in openings if row.firm is not None}
    fitting: dict[tuple[str, str], list[tuple[Supply, Supplier]]] = defaultdict(list)
    for supply in supplies:
        for supplier in supply.suppliers:
            if supplier.fits and not supplier.supplies:
                fitting[supply.wish.leader, supplier.firm].append((supply, supplier))
    order = sorted(fitting, key=lambda key: (key[0], -len({supply.wish.product for supply, _ in fitting[key]}), key[1]))
    listed = Counter[str]()
    for leader, firm in order:
        places = fitting[leader, firm]
        products = dict.fromkeys(supply.wish.product for supply, _ in places)
        talks = any(
            (match := asked.match(firm, supply.wish.party, supply.wish.product)) and match.state not in DONE
            for supply, _ in places
        )
        if (leader, firm) in told or not (talks or len(products) >= SEVERAL):
            continue
        listed[leader] += 1
        if listed[leader] <= MOST:
            openings.append(_computed(asked, leader, firm, places, list(products)))
    return openings, sum(max(0, number - MOST) for number in listed.values())


def _said(asked: Asked, type_name: str) -> list[Row]:
    members = {member: leader for leader, group in asked.groups.items() for member in group}
    rows = rows_at(asked.city, type_name, "from", members)
    return sorted(rows, key=lambda row: (members[row.start], row.start, row.end, row.good))


def _recorded(asked: Asked, row: Row, supplies: Sequence[Supply], said: str, noted: str) -> Opening:
    """Return the row of a firm that a leader has named; the product is that of
    the record, or that of the needs it makes."""
    group = asked.group_of(row.start)
    check()
    makes = {made.end: made for made in asked.facts.made_by.get(row.end, ()) if not made.ended}
    met = [
        supply.wish.product for supply in supplies if supply.wish.leader == group[0] and supply.wish.product in makes
    ]
    written = asked.city.product_words.get(row.product)
    products = [written] if written else [] if row.product else list(dict.fromkeys(met))
    own = [supply for supply in supplies if supply.wish.leader == group[0] and supply.wish.product in products]
    words = [say("makes_what_is_needed", product=asked.product(product)) for product in products if product in met]
    rows = (row, *(makes[product] for product in products if product in makes))
    each = products or [row.product]
    links = dict.fromkeys(text for product in each for text in speaks_for(asked, row.start, row.end, product))
    against = dict.fromkeys(
        text for product in each for text in against_supplier(asked, row.start, row.end, product, None, rows)
    )
    about = (group[0], row.start, products, rows, row, False)
    base = opening(
        asked,
        *about,
        firm=row.end,
        fit=Level.high if words else None,
        why=[say(noted, note=row.note) if row.note else say(said), *words, *links],
        against=[*against, *_local_instead(asked, row.end, own)],
        match=asked.match(row.end, row.start, each[0]) if len(each) == 1 else None,
        candidates={looked.firm.id: looked for supply in own for looked in supply.looked}.values(),
    )
    product = row.product or base.product
    sure = confidence([row], computed=False)  # the other records only say what it makes
    return base.model_copy(update={"product": product, "segments": sorted(base.segments), "confidence": sure})


def _local_instead(asked: Asked, firm: str, supplies: Iterable[Supply]) -> list[Reason]:
    """Return that there are local firms that fit, which speaks against going elsewhere."""
    if asked.firm(firm).where == "local":
        return []
    names = dict.fromkeys(asked.firm(supplier.firm).name for supply in supplies for supplier in supply.fitting)
    return [say("local_instead", firms=[*names])] if names else []


def _computed(
    asked: Asked, leader: str, firm: str, places: list[tuple[Supply, Supplier]], products: list[str]
) -> Opening:
    """Return the row of a local firm that fits several needs, or is in talks."""
    check()
    rows = tuple(dict.fromkeys(row for supply, supplier in places for row in (*supply.wish.rows, supplier.row)))
    parties = dict.fromkeys(supply.wish.party for supply, _ in places)
    each = [(supply.wish.party, supply.wish.product, supplier.fit) for supply, supplier in places]
    matches = [match for party, product, _ in each if (match := asked.match(firm, party, product))]
    links = dict.fromkeys(text for party, product, _ in each for text in speaks_for(asked, party, firm, product))
    against = dict.fromkeys(
        text for party, product, fit in each for text in against_supplier(asked, party, firm, product, fit, rows)
    )
    words = [say("fits_several", count=len(products))] if len(products) >= SEVERAL else []
    why = [*words, *dict.fromkeys(fit.words for _, _, fit in each), *links]
    fit = min((fit.level for _, _, fit in each), key=lambda level: level.order)
    about = (leader, next(iter(parties)) if len(parties) == 1 else leader, products, rows, places[0][1].row, True)
    row = opening(asked, *about, firm=firm, fit=fit, why=why, against=against, match=matches[0] if matches else None)
    return row.model_copy(update={"segments": sorted(row.segments)})


def list_invitations(asked: Asked, supplies: Sequence[Supply]) -> list[Opening]:
    """Return the firms that the leaders suggest, then firms elsewhere for each need that no local firm fits."""
    openings = [_recorded(asked, row, supplies, "recommends", "recommends_noted") for row in _said(asked, "RECOMMENDS")]
    told = {
        (row.leader.id, row.firm.id, product)
        for row in openings
        if row.firm is not None
        for product in row.product.split("、")
    }
    for supply in supplies:
        if supply.fitting:
            continue
        wish, words = supply.wish, list(nobody(supply))
        outside = [
            supplier
            for supplier in supply.outside
            if (wish.leader, supplier.firm, asked.product(wish.product)) not in told
        ]
        for supplier in outside:
            row = supplier_row(asked, wish, supplier, computed=True)
            openings.append(row.model_copy(update={"why": [*words, *row.why], "candidates": list(supply.looked)}))
        if supply.outside or any(key[0] == wish.leader and key[2] == asked.product(wish.product) for key in told):
            continue
        unplaced = [asked.firm(supplier.firm).name for supplier in supply.unplaced]
        against = [say("place_first", firms=unplaced)] if unplaced else []
        openings.append(row_of_wish(asked, wish, [*words, say("nobody_elsewhere")], against, supply.looked))
    return openings

"""在青可提供产品(服务): what a leader can supply in the city, and who could use it."""

from collections import defaultdict
from collections.abc import Iterator

from graph.deadline import check
from queries.city.rows import Row
from queries.matching.answers import Level
from queries.openings.against import against_user
from queries.openings.answers import Opening
from queries.openings.asked import Asked, Wish
from queries.openings.catalogue import say
from queries.openings.fits import Fit
from queries.openings.needs import opening, row_of_wish, said_of

MOST = 20  # users that are listed for an offer
User = tuple[str, Fit, tuple[Row, ...], bool]  # firm, how well it fits, the records, whether it is supplied already


def list_offers(asked: Asked) -> tuple[list[Opening], int]:
    """Return what the leaders offer with who in the city could use it, and how
    many users were cut; what they only make needs a user."""
    needs: dict[str, list[tuple[Row, Fit]]] = defaultdict(list)
    wanting: dict[str, list[Row]] = defaultdict(list)
    for row in asked.facts.needs:
        wanting[row.end].append(row)
    for need, rows in wanting.items():
        for product, fit in asked.fits.near(need).items():
            if fit.fills:
                needs[product] += [(row, fit) for row in rows]
    openings: list[Opening] = []
    cut = 0
    for wish in asked.offers:
        check()
        users = list(_users(asked, wish, needs[wish.product]))
        openings += [_row(asked, wish, *user) for user in users[:MOST]]
        cut += max(0, len(users) - MOST)
        if not users and not wish.inferred:
            openings.append(row_of_wish(asked, wish, [say("nobody_needs_it")]))
    return openings, cut


def _users(asked: Asked, wish: Wish, needs: list[tuple[Row, Fit]]) -> Iterator[User]:
    """Yield local firms that are supplied with it, that say they need it, and that make what needs it; each once."""
    facts, group = asked.facts, asked.groups[wish.leader]
    seen = set[str](group)
    for customer in asked.customers_of.get(wish.party, ()):
        for row in asked.supplied[wish.party, customer]:
            if row.good == wish.product and facts.local(customer) and customer not in seen:
                seen.add(customer)
                yield customer, Fit(Level.high, say("buys_already")), (row,), True
    for row, fit in sorted(needs, key=lambda item: (item[1].level != Level.high, item[0].start)):
        if facts.local(row.start) and row.start not in seen:
            seen.add(row.start)
            yield (
                row.start,
                Fit(fit.level, say("said_to_need", product=asked.product(row.end), fit=fit.words)),
                (row,),
                False,
            )
    for link, made in asked.uses[wish.product]:
        if facts.local(made.start) and made.start not in seen:
            seen.add(made.start)
            yield (
                made.start,
                Fit(Level.middle, say("makes_from_it", product=asked.product(link.end))),
                (made, link),
                False,
            )


def _row(asked: Asked, wish: Wish, firm: str, fit: Fit, own: tuple[Row, ...], supplied: bool) -> Opening:
    rows = (*wish.rows, *own)
    why, against = [fit.words, *said_of(asked, wish)], against_user(asked, wish.party, firm, wish.product, fit, rows)
    match = asked.match(wish.party, firm, wish.product)
    about = (wish.leader, wish.party, [wish.product], rows, own[0], not supplied)
    return opening(asked, *about, firm=firm, fit=fit.level, why=why, against=against, match=match)

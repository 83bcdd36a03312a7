"""The firms that could answer an open challenge, by the matcher."""

import re
from collections.abc import Sequence
from datetime import date

from graph.errors import InputError
from queries.city.ties import Tied
from queries.core.answers import weakest
from queries.core.days import holds_on
from queries.core.view import View
from queries.matching.city import match_city
from queries.registries.answers import Answerer
from queries.registries.entries import as_thing

MOST, LOOKED = 3, 50  # firms for a challenge; so many are looked at
OPEN = (None, "发榜", "揭榜方遴选")  # the stages in which somebody may still come
_label = re.compile(r"^[^:：]*[:：]")


def find_answerers(view: View, challenges: Sequence[Tied]) -> list[Answerer]:
    """Return the firms that fit each open challenge, best first; not those who put it up or took it up."""
    answerers, today = [], date.fromisoformat(view.scope.day)
    for challenge in challenges:
        since, until = challenge.thing.get("valid_from"), challenge.thing.get("valid_to")
        if challenge.thing.get("state") not in OPEN or not holds_on(today, since, until):
            continue
        taken = {tie.other["id"] for tie in challenge.ties}
        try:
            ranked = match_city(view, _label.sub("", challenge.thing["name"]), LOOKED).ranked
        except InputError:  # no firm has a product, or there are no words: nobody to name
            continue
        made_up = challenge.thing["status"] == "sample"  # nobody real is named for what is made up
        others = [firm for firm in ranked if firm.covered and firm.firm.id not in taken]
        fitting = [firm for firm in others if (firm.status == "sample") is made_up]
        subject = as_thing(challenge.thing)
        for firm in fitting[:MOST]:
            own = {name: getattr(firm, name) for name in ("firm", "level", "product", "why", "source")}
            status = weakest(("inferred", firm.status)) or ""
            answerers.append(Answerer(subject=subject, status=status, **own))
    return answerers

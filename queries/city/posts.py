"""Who answers for what: every post that an agency holds, since when and until when."""

from datetime import date

from queries.city.answers import Duty, Post
from queries.city.office import code_of, read_office
from queries.city.ties import Tie, Tied, read_tied
from queries.core.answers import Named, Thing, weakest
from queries.core.days import holds_on
from queries.core.view import View


def read_posts(view: View) -> list[Post]:
    """Return all posts to be seen, by agency; an office of a known kind that is marked as on a chain has one there."""
    return view.once("posts", lambda: _make(view))


def _make(view: View) -> list[Post]:
    today = date.fromisoformat(view.scope.day)
    posts = []
    for agency in read_tied(view, "Agency", ("RESPONSIBLE_FOR", "ON_CHAIN")):
        told = {tie.other["id"] for tie in agency.by("RESPONSIBLE_FOR")}
        posts += [_post(agency, tie, tie.relation.get("role") or "", today) for tie in agency.by("RESPONSIBLE_FOR")]
        if kind := code_of(read_office().duty, agency.thing.get("kind")) and agency.thing["kind"]:
            posts += [_post(agency, tie, kind, today) for tie in agency.by("ON_CHAIN") if tie.other["id"] not in told]
    return posts


def _post(tied: Tied, tie: Tie, role: str, today: date) -> Post:
    since, until = tie.relation.get("valid_from"), tie.relation.get("valid_to")
    return Post(
        duty=Duty[code_of(read_office().duty, role) or "other"],
        role=role,
        agency=Named(id=tied.thing["id"], name=tied.thing["name"]),
        collective=bool(tied.thing.get("collective")),
        subject=Thing(label=tie.other["_label"], id=tie.other["id"], name=tie.named.name),
        since=since,
        until=until,
        current=holds_on(today, since, until),
        status=weakest((tied.thing["status"], tie.relation["status"])) or "",
        source=tie.relation["source"],
        place=tie.relation.get("place"),
    )

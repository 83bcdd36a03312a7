"""All that a person or an office answers for: chains, projects, instruments, and their items of work."""

from collections.abc import Iterator

from graph.model import NODE_TYPES
from queries.city.answers import Post, WorkItem
from queries.city.office import read_office
from queries.city.posts import read_posts
from queries.city.tasks import most_urgent_first, read_tasks
from queries.core.answers import Named, count_statuses
from queries.core.reason import Reason
from queries.core.view import View
from queries.desk.answers import Duties, WorkCounts
from queries.desk.catalogue import say
from queries.desk.told import count_work, tell_work
from queries.things.things import sources_used


def make_duties(view: View, agency: Named) -> Duties:
    """Return all that an agency answers for; where it is no sample, without what samples say."""
    thing = next(row["thing"] for row in view.ask("things", labels=["Agency"]) if row["thing"]["id"] == agency.id)
    names = {thing["name"], *(thing.get("aliases") or [])}

    def tells(status: str) -> bool:
        return status != "sample" or thing["status"] == "sample"

    work = [
        task
        for task in read_tasks(view)
        if (any(owner.id == agency.id for owner in task.owners) or task.owner in names) and tells(task.status)
    ]
    held = [post for post in read_posts(view) if post.agency.id == agency.id and tells(post.status)]
    posts = sorted((post for post in held if post.subject.label != "Task"), key=_order)
    counts = count_work(work)
    points = [*_tell(posts), *_tell_work(work, counts)]
    proofs = [*((post.status, post.source) for post in posts), *((item.status, item.source) for item in work)]
    return Duties(
        agency=agency,
        collective=bool(thing.get("collective")),
        as_of=view.scope.day,
        rules_version=read_office().version,
        verdict=f"{agency.name}：{'；'.join(points)}。",
        points=points,
        posts=posts,
        work=most_urgent_first(work),
        counts=counts,
        rests_on=count_statuses(status for status, _ in proofs),
        sources=sources_used(view, [source for _, source in proofs]),
    )


def _order(post: Post) -> tuple[bool, int, str, str]:
    return not post.current, [*NODE_TYPES].index(post.subject.label), post.subject.name, post.role


def _tell(posts: list[Post]) -> Iterator[Reason]:
    now = {(post.subject.label, post.subject.id) for post in posts if post.current}
    chains = sum(label == "Chain" for label, _ in now)
    yield say("answers_for", count=len(now)) if now else say("answers_for_nothing")
    if 0 < chains < len(now):
        yield say("answers_for_chains", count=chains)
    if past := sum(not post.current for post in posts):
        yield say("was", count=past)


def _tell_work(work: list[WorkItem], counts: WorkCounts) -> Iterator[Reason]:
    yield from tell_work(work, counts, read_office()) if work else [say("no_items")]

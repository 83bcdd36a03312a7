"""The desk of a chain, put together; what is a sample stands apart, and no sentence rests on it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from queries.city.answers import Duty, ListName, Post, ProjectRow
from queries.city.lacking import lacking
from queries.city.office import OfficeRules, read_office
from queries.city.posts import read_posts
from queries.city.projects import read_projects
from queries.city.tasks import most_urgent_first, read_tasks
from queries.city.ties import read_tied
from queries.core.answers import STATUS_ORDER, MissingRows, Named, count_statuses
from queries.core.days import first_day, last_day
from queries.core.reason import Reason
from queries.core.view import View
from queries.desk.answers import Desk, DeskRows, FiveState, GoalScope
from queries.desk.catalogue import say
from queries.desk.five import MADE_BY, PLATFORM, Founded, make_five, read_documents, read_told
from queries.desk.goals import Complete, Known, judge_goal, judge_project, without_goal
from queries.desk.told import count_work, tell_work
from queries.things.things import sources_used

DUTIES = [*Duty]
WANTED = [duty for duty in Duty if duty is not Duty.other]


def make_desk(view: View, chain: Named) -> Desk:
    """Return the desk of a chain."""
    return view.once(("desk", chain.id), lambda: _make(view, chain, read_office()))


def _make(view: View, chain: Named, rules: OfficeRules) -> Desk:
    rows, samples = (_rows(view, chain.id, rules, sample) for sample in (False, True))
    counts = count_work(rows.work)
    points = [*tell_work(rows.work, counts, rules), *_tell_rest(rows)]
    proofs = [*_proofs(rows), *_proofs(samples)]
    return Desk(
        chain=chain.name,
        chain_id=chain.id,
        as_of=view.scope.day,
        rules_version=rules.version,
        verdict=f"{chain.name}：{'；'.join(points)}。",
        points=points,
        counts=counts,
        missing=list(_missing(rows)),
        samples=samples,
        rests_on=count_statuses(status for status, _ in proofs),
        sources=sources_used(view, [source for _, source in proofs]),
        **{name: getattr(rows, name) for name in DeskRows.model_fields},
    )


def _rows(view: View, chain: str, rules: OfficeRules, sample: bool) -> DeskRows:
    """Return the rows of a chain that are samples, or all others."""

    def apart(status: str) -> bool:
        return (status == "sample") is sample

    today = date.fromisoformat(view.scope.day)
    on_chain = [project for project in read_projects(view) if apart(project.status) and _among(chain, project.chains)]
    has_goal = _has_goal(view, chain, rules)
    projects = [judge_project(project, today, rules) if has_goal else without_goal(project) for project in on_chain]
    lists = [declared for declared in _complete(view, chain) if apart(declared.status)]
    documents = [document for document in read_documents(view, chain) if apart(document.status)]
    made, told = ({}, {}) if sample else (_made(view, chain, on_chain), read_told(view, chain))
    five = make_five(documents, made, told)
    work = [task for task in read_tasks(view) if apart(task.status) and _among(chain, task.chains)]
    goals = judge_goal(Known(projects, lists, today, rules)) if has_goal else []
    return DeskRows(
        posts=sorted(_posts(view, chain, apart), key=_post_order),
        five=[piece for piece in five if not sample or piece.documents],
        work=most_urgent_first(work),
        goals=[goal for goal in goals if not sample or goal.status or goal.possible],
        projects=sorted(
            projects, key=lambda project: (project.counts is not True, project.counts is False, project.project.id)
        ),
    )


def _among(chain: str, chains: Iterable[Named]) -> bool:
    return any(on.id == chain for on in chains)


def _posts(view: View, chain: str, apart: Callable[[str], bool]) -> list[Post]:
    posts = (post for post in read_posts(view) if apart(post.status))
    return [post for post in posts if (post.subject.label, post.subject.id) == ("Chain", chain)]


def _post_order(post: Post) -> tuple[int, bool, bool, int, str]:
    return DUTIES.index(post.duty), not post.current, post.collective, STATUS_ORDER[post.status], post.agency.name


def _made(view: View, chain: str, projects: Sequence[ProjectRow]) -> dict[str, Founded]:
    """Return which of the 5个1 the system makes of this chain, and from what."""
    segments = [(row["segment"]["status"], row["segment"]["source"]) for row in view.ask("chain_segments", chain=chain)]
    made = {}
    if segments:
        made["产业图谱"] = Founded(say("made_map", count=len(segments)), segments)
        made["招商名录"] = Founded(say("made_targets"), segments)
    if projects:
        proofs = [(project.status, project.source) for project in projects]
        made["项目清单"] = Founded(say("made_projects", count=len(projects)), proofs)
    return made


def _complete(view: View, chain: str) -> list[Complete]:
    """Return the declarations that the graph has every project of the chain that was signed in a time."""
    lists = []
    for deliverable in read_tied(view, "Deliverable", ("ON_CHAIN",)):
        since, until = deliverable.thing.get("complete_from"), deliverable.thing.get("complete_to")
        if (
            deliverable.thing.get("kind") == "项目清单"
            and since
            and until
            and _among(chain, deliverable.named("ON_CHAIN"))
        ):
            lists.append(
                Complete(first_day(since), last_day(until), deliverable.thing["status"], deliverable.thing["source"])
            )
    return lists


def _has_goal(view: View, chain: str, rules: OfficeRules) -> bool:
    """Tell whether the goal is that of the chain's city; a chain without a city is of every one that the graph has."""
    homes = [row["name"] for row in view.whole.ask("chain_cities") if row["chain"] == chain]
    homes = homes or [*view.cities.values()]
    return not homes or rules.goal.city in homes


def _tell_rest(rows: DeskRows) -> Iterator[Reason]:
    lacking = [piece.kind for piece in rows.five if piece.state is FiveState.missing]
    yield say("five_lacking", kinds="、".join(lacking)) if lacking else say("five_whole")
    if nobody := _without_names(rows):
        yield say("nobody", duties=nobody)
    if rows.goals:
        yield say("goal_now", year=rows.goals[0].year, state=rows.goals[0].state)


def _without_names(rows: DeskRows) -> list[Duty]:
    """Return the duties that nobody who is named has now."""
    named = {post.duty for post in rows.posts if post.current and not post.collective}
    return [duty for duty in WANTED if duty not in named]


def _missing(rows: DeskRows) -> Iterator[MissingRows]:
    """Yield which rows the graph lacks, and the form of each."""
    if nobody := _without_names(rows):
        yield _lacking("posts", "responsible_for", duties="、".join(nobody))
    lacking = [piece.kind for piece in rows.five if piece.state is FiveState.missing]
    if written := [kind for kind in lacking if kind != PLATFORM and kind not in MADE_BY]:
        yield _lacking("documents", "deliverables", kinds="、".join(written))
    if PLATFORM in lacking:
        yield _lacking("platforms", "platforms")
    if lists := [name for name in ListName if not any(item.list_name is name for item in rows.work)]:
        yield _lacking("work", "tasks", lists="、".join(lists))
    if not rows.projects:
        yield _lacking("projects", "projects")
    if any(reason.code == "goal_undated" for project in rows.projects for reason in project.why):
        yield _lacking("steps", "progress")
    if any(goal.scope is GoalScope.chain and goal.reason.code == "goal_incomplete" for goal in rows.goals):
        yield _lacking("complete", "deliverables")


LACKING = {  # what is lacking, and why it matters
    "posts": ("lack_posts", "lack_posts_why"),
    "documents": ("lack_documents", "lack_documents_why"),
    "platforms": ("lack_platforms", "lack_platforms_why"),
    "work": ("lack_work", "lack_work_why"),
    "projects": ("lack_projects", "lack_projects_why"),
    "steps": ("lack_steps", "lack_steps_why"),
    "complete": ("lack_complete", "lack_complete_why"),
}


def _lacking(topic: str, form: str, **params: str) -> MissingRows:
    what, why = LACKING[topic]
    return lacking(topic, form, say(what, **params), say(why))


def _proofs(rows: DeskRows) -> Iterator[tuple[str, str]]:
    """Yield the status and the source of each row."""
    for listed in (rows.posts, rows.work, rows.projects):
        yield from ((row.status, row.source) for row in listed)
    yield from ((document.status, document.source) for five in rows.five for document in five.documents)

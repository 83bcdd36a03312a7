"""Tables of the desk of a chain: who answers, 5个1, the four lists of work, the city's goal, what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from queries.city.answers import Duty, ListName, Post, WorkItem
from queries.core.answers import Named, Thing
from queries.core.parts import MADE_UP, Book, as_samples, table_of_missing
from queries.core.table import TRUST, Ask, Column, Number, Table, ThingRef, without_empty
from queries.core.words import show_names
from queries.desk.answers import Desk, DeskRows, Duties, FiveOne, FiveState, GoalProject, GoalRow

DUTIES, LISTS = [*Duty], [*ListName]
COUNTS = {True: "算", False: "不算", None: "还不知道"}
NOT_THOSE = "这是链长制的四张清单，记谁在何时之前办什么；企业之间供需的四张清单在“卡位入链”，不是一回事。"
GOAL = "目标是每条链每年引进（签约）20 亿元以上或行业引领性项目不少于 2 个；没有声明齐全的年份不说没有达到。"


def _ref(thing: Thing) -> ThingRef:
    return ThingRef(thing.label, thing.id, thing.name)


def _refs(things: list[Thing]) -> ThingRef | str:
    """Return one thing with its page, or the names of several."""
    return _ref(things[0]) if len(things) == 1 else show_names((thing.name for thing in things), unit="个")


def _name(post: Post) -> ThingRef:
    return ThingRef("Agency", post.agency.id, post.agency.name)


def _when(post: Post) -> str:
    """Return whether a post is over or still to come, where it is not held now."""
    return "" if post.current else "现在不是" if post.until else "还没有开始"


def _remark(post: Post) -> str:
    return "，".join(filter(None, ("统称，没有点名" if post.collective else "", _when(post))))


def _stands(item: WorkItem) -> str:
    """Return how an item stands, in words."""
    if not item.open:
        return item.state
    said = f"逾期 {-item.days:,} 天" if item.overdue and item.days is not None else "今天到期" if item.days == 0 else ""
    if item.soon and item.days:
        said = f"还有 {item.days:,} 天"
    return "，".join(filter(None, (said, "受阻" if item.blocked else ""))) or item.state


def _names(projects: Sequence[Named]) -> str:
    return show_names((project.name for project in projects), unit="个")


def _written(project: GoalProject) -> str:
    """Return the amount as it was written, where that says more."""
    text = project.amount_original or ""
    return "" if text.replace(" ", "") == f"{_yuan(project).text}亿元" else text


def _yuan(project: GoalProject) -> Number:
    if project.yuan is not None:
        return Number(project.yuan, f"{project.yuan / 1e8:g}")
    unwritten = any(reason.code == "goal_no_amount" for reason in project.why) or not (
        project.why or project.amount_original
    )
    return Number(None, "没有写" if unwritten else "不可比")


def _chains(item: WorkItem) -> ThingRef | str:
    return _refs([Thing(label="Chain", id=chain.id, name=chain.name) for chain in item.chains])


def _urgency(item: WorkItem) -> int:
    return item.days if item.days is not None else 1_000_000 if item.open else 2_000_000


def _held(item: WorkItem) -> str:
    return f"受制于 {show_names((blocker.name for blocker in item.blocked_by), unit='件')}" if item.blocked_by else ""


RESTS: tuple[Column[Any], Column[Any]] = (
    Column("状态", lambda row: row.status, "status"),
    Column("来源", lambda row: row.sources, "source"),
)
POSTS: list[Column[Post]] = [
    Column(
        "职责",
        lambda post: post.duty if post.duty is not Duty.other else post.role,
        sort=lambda post: DUTIES.index(post.duty),
    ),
    Column("谁", _name, "thing", _remark, apart="须知"),
    Column("自", lambda post: post.since or "没有写", "date"),
    Column("至", lambda post: post.until, "date"),
    Column("还负责", lambda post: Ask("duties", "全部职责", {"agency": post.agency.id}), "ask"),
    *TRUST,
]
HELD: list[Column[Post]] = [
    Column("负责什么", lambda post: _ref(post.subject), "thing", _when),
    Column("职责", lambda post: post.role or post.duty),
    *POSTS[2:4],
    Column(
        "去看",
        lambda post: Ask("desk", "工作台", {"chain": post.subject.id}) if post.subject.label == "Chain" else "",
        "ask",
    ),
    *TRUST,
]
WORK: list[Column[WorkItem]] = [
    Column("事项", lambda item: ThingRef("Task", item.id, item.name), "thing", _held, apart="须知"),
    Column(
        "清单",
        lambda item: item.list_name or "没有写",
        sort=lambda item: LISTS.index(item.list_name) if item.list_name else 9,
    ),
    Column("责任单位", lambda item: item.owner or "没有写"),
    Column("期限", lambda item: item.due or "没有写", "date"),
    Column("现在", _stands, sort=_urgency),
    Column("进度（原文）", lambda item: item.said),
    Column("制约什么", lambda item: _refs(item.blocks)),
    *TRUST,
]
GOALS: list[Column[GoalRow]] = [
    Column("哪里、何时", lambda row: row.name),
    Column("目标", lambda row: row.state),
    Column("算数的", lambda row: len(row.counted), "number", lambda row: _names(row.counted)),
    Column("说不清的", lambda row: len(row.possible), "number", lambda row: _names(row.possible)),
    Column("为什么", lambda row: row.reason),
    *RESTS,
]
PROJECTS: list[Column[GoalProject]] = [
    Column("项目", lambda project: ThingRef("Project", project.project.id, project.project.name), "thing"),
    Column("所在", lambda project: show_names((region.name for region in project.regions), unit="处") or "没有写"),
    Column("签约", lambda project: project.signed_on or "没有写", "date"),
    Column("亿元", _yuan, "number", _written, apart="原文"),
    Column("算不算", lambda project: COUNTS[project.counts] if project.why else ""),
    Column("为什么", lambda project: project.why, "lines"),
    *TRUST,
]


def tables_of_desk(answer: Desk) -> dict[str, Table[Any]]:
    """Return the tables of a desk by what they show."""
    return tables_of_rows(answer, answer) | {"missing": table_of_missing(answer.missing)}


def tables_of_samples(answer: Desk) -> dict[str, Table[Any]]:
    """Return the tables of what is made up, without those that have no row."""
    return as_samples(tables_of_rows(answer, answer.samples))


def tables_of_duties(answer: Duties) -> dict[str, Table[Any]]:
    """Return the tables of all that somebody answers for."""
    chains = Column[WorkItem]("产业链", _chains)
    work = Table("work", "要办的事项", [*WORK[:2], chains, *WORK[2:]], answer.work, NOT_THOSE, "没有登记要办的事项")
    posts = Table("posts", "负责什么", HELD, answer.posts, empty="没有登记负责什么")
    return {"work": without_empty(work), "posts": without_empty(posts)}


def tables_of_rows(answer: Desk, rows: DeskRows) -> dict[str, Table[Any]]:
    """Return the tables of some rows of a desk, without the columns that say nothing in any row."""
    tables: dict[str, Table[Any]] = {
        "work": Table("work", "链长制四张清单", WORK, rows.work, NOT_THOSE, "还没有载入"),
        "posts": Table("posts", "谁负责", POSTS, rows.posts, empty="没有登记谁负责"),
        "five": Table("five", "5个1", _five(answer), rows.five),
        "goals": Table("goals", "引进目标", GOALS, rows.goals, GOAL, "没有这个城市的目标"),
        "projects": Table(
            "goal-projects",
            "看了哪些项目" if rows.goals else "这条链的项目",
            PROJECTS,
            rows.projects,
            empty="图里没有这条链的项目",
        ),
    }
    return {name: without_empty(table) for name, table in tables.items()}


def _absent(piece: FiveOne) -> str:
    """Return that the graph lacks one: the city may well have it."""
    return "过期" if piece.documents and not any(document.current for document in piece.documents) else "图里没有"


def _five(answer: Desk) -> list[Column[FiveOne]]:
    def page(piece: FiveOne) -> ThingRef | Ask | str:
        if piece.question == "chain":
            return ThingRef("Chain", answer.chain_id, piece.kind)
        return Ask(piece.question, piece.kind, {"chain": answer.chain_id}) if piece.question else ""

    def documents(piece: FiveOne) -> ThingRef | str:
        return _refs([Thing(label=item.label, id=item.id, name=item.name) for item in piece.documents])

    return [
        Column("5个1", lambda piece: piece.kind),
        Column("有没有", lambda piece: piece.state if piece.state is not FiveState.missing else _absent(piece)),
        Column("在线看", page, on="page"),
        Column("文件或平台", documents),
        Column("为什么", lambda piece: piece.why, "lines"),
        *RESTS,
    ]


def book_of_desk(answer: Desk) -> Book:
    """Return the tables of a desk, the made-up rows apart."""
    return Book(f"{answer.chain}：工作台", tables_of_desk(answer), tables_of_samples(answer))


def book_of_duties(answer: Duties) -> Book:
    """Return the tables of all that somebody answers for."""
    return Book(f"{answer.agency.name}负责的全部", tables_of_duties(answer))


def notes_of_duties(answer: Duties, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, by which day it is, and whether it is made up or nobody is named."""
    yield from book_of_duties(answer).notes(answer)
    if {*answer.rests_on} == {"sample"}:
        yield MADE_UP
    if answer.collective:
        yield "这是统称，没有点名是哪一位、哪一家"

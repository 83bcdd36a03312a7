"""Tables of the projects: the funnel, what stands still, what each fills, the rows that are missing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from graph.currencies import CURRENCY_ZH
from graph.statuses import STATUS_ZH
from queries.city.answers import ProjectStep
from queries.core.days import show_part
from queries.core.parts import MADE_UP, Book, as_samples, table_of_missing
from queries.core.question import Word
from queries.core.table import TRUST, Ask, Column, Number, Table, ThingRef, text_of
from queries.core.words import show_amount, show_names
from queries.gaps.answers import GAPS
from queries.projects.answers import FunnelRow, ProjectItem, ProjectRows, Projects, ProjectWhatIf
from queries.projects.stages import PLACES, fields_unwritten, show_sums

GAP = {True: "，要补", False: "，现在不缺", None: ""}  # 未知 says that nobody knows
NOT_SUMMED = (
    "金额按币种各自相加；外币没有写明汇率的不折算。“规划”“已宣布”没有说签没签约，单列。每个项目只在它走得最远的一步里。"
)
UNDATED = "没有任何一步有日期，停没停、停了多久都不知道；不算在停着的里面。"


def _amount(item: ProjectItem) -> Number:
    if item.amount is None:
        return Number(None, "")
    return Number(
        item.yuan or item.amount, show_amount(item.amount, CURRENCY_ZH.get(item.currency or "", "（没有写币种）"))
    )


def _original(item: ProjectItem) -> str:
    """Return the amount as it was written, where that says more."""
    text = item.amount_original or ""
    return "" if text.replace(",", "") == _amount(item).text.replace(" ", "").replace(",", "") else text


def _investors(item: ProjectItem) -> str:
    return show_names((firm.name for firm in item.investors), 3)


def _paid(item: ProjectItem) -> str:
    """Return what stands below an amount on a page: how it was written, and who pays."""
    return " · ".join(filter(None, (_original(item), _investors(item))))


def _quiet(item: ProjectItem) -> Number:
    if not item.open:
        return Number(None, "不再看")
    return Number(item.quiet, "不知道" if item.quiet is None else f"{item.quiet:,} 天")


def _expected(item: ProjectItem) -> str:
    return f"过了 {item.late:,} 天" if item.late else ""


def _fills(item: ProjectItem) -> str:
    return "；".join(f"{fill.segment.name}：{fill.state or '看不到'}{GAP[fill.gap]}" for fill in item.fills)


def _worst(item: ProjectItem) -> float:
    return min((0 if fill.gap else 1 if fill.gap is None else 2 for fill in item.fills), default=3)


def _step(step: ProjectStep) -> str:
    return " ".join(filter(None, (step.stage, show_part(step.on or "没有日期"), step.by)))


def _stage(item: ProjectItem) -> str:
    return item.stage or "" if item.stage and item.stage != item.funnel else ""


def _unwritten(item: ProjectItem) -> str:
    lacking = [*([] if item.steps else ["各步"]), *fields_unwritten(item)]
    return "、".join(lacking)


def _project(item: ProjectItem) -> ThingRef:
    return ThingRef("Project", item.id, item.name)


def _chains(item: ProjectItem) -> str:
    return show_names((chain.name for chain in item.chains), 3, "条")


def _regions(item: ProjectItem) -> str:
    return show_names((region.name for region in item.regions), 3, "处")


FUNNEL: list[Column[FunnelRow]] = [
    Column("阶段", lambda row: row.stage, sort=lambda row: PLACES[row.stage]),
    Column("个数", lambda row: row.projects, "number"),
    Column("金额", lambda row: show_sums(row.sums), sort=lambda row: row.yuan or 0),
    Column("没写金额的", lambda row: row.without_amount, "number"),
    Column("状态", lambda row: STATUS_ZH[row.status] if row.status else ""),
    Column("来源", lambda row: row.sources, "source"),
]
UNNAMED = Column[FunnelRow]("有金额没写币种的", lambda row: row.without_currency, "number")
IN_YUAN = Column[FunnelRow]("有汇率的合人民币亿元", lambda row: row.yuan and row.yuan / 1e8, "number")
PROJECTS: list[Column[ProjectItem]] = [
    Column(
        "项目", _project, "thing", lambda item: " · ".join(filter(None, (_chains(item), _regions(item)))), on="page"
    ),
    Column("项目", _project, "thing", on="text"),
    Column("产业链", _chains, on="text"),
    Column("所在", _regions, on="text"),
    Column("阶段", lambda item: item.funnel, extra=_stage, sort=lambda item: PLACES[item.funnel], apart="原文阶段"),
    Column("多久没进展", _quiet, "number"),
    Column("各步", lambda item: list(map(_step, item.steps)), "lines"),
    Column("预计投产", lambda item: item.expected_on, "date", _expected, apart="过期"),
    Column("投资额", _amount, "number", _paid, on="page"),
    Column("投资额", _amount, "number", _original, apart="投资额原文", on="text"),
    Column("投资方", _investors, on="text"),
    Column("填补环节", _fills, sort=_worst),
    Column("没有写的", _unwritten, sort=lambda item: -len(fields_unwritten(item))),
    Column("假如", lambda item: Ask("what-if", "推演", {"project": item.id}), "ask"),
    *TRUST,
]


def projects(answer: Projects, funnel: Annotated[bool, Word("只列漏斗: 各阶段几个、多少钱")] = False) -> Table[Any]:
    """Return the projects, made-up ones last, or the funnel."""
    tables = book_of_projects(answer).tables
    if funnel:
        return tables["funnel"]
    more = [] if answer.stalled_days is None else [*answer.undated, *answer.samples.undated]
    return replace(tables["projects"], columns=PROJECTS, items=[*answer.projects, *answer.samples.projects, *more])


def book_of_projects(answer: Projects) -> Book:
    """Return the tables of the projects, the made-up ones apart."""
    tables = _tables(answer, answer) | {"missing": table_of_missing(answer.missing)}
    samples = as_samples(_tables(answer, answer.samples)) if answer.samples.any else {}
    return Book(f"{answer.chain.name}：项目" if answer.chain else "项目", tables, samples)


def _tables(answer: Projects, rows: ProjectRows) -> dict[str, Table[Any]]:
    stalled = answer.stalled_days
    title = "项目" if stalled is None else f"停了 {stalled} 天以上的项目"
    empty = "图里没有这样的项目" if stalled is None else f"有日期的项目里没有停 {stalled} 天以上的"
    own = [sum(each.projects for each in stage.sums if each.currency == "CNY") for stage in rows.funnel]
    foreign = any(stage.in_yuan > known for stage, known in zip(rows.funnel, own, strict=True))
    more = [IN_YUAN] * foreign + [UNNAMED] * any(stage.without_currency for stage in rows.funnel)
    tables: dict[str, Table[Any]] = {
        "funnel": Table("funnel", "漏斗", [*FUNNEL[:3], *more, *FUNNEL[3:]], rows.funnel, NOT_SUMMED),
        "projects": Table("projects", title, _said(rows.projects), rows.projects, empty=empty),
    }
    if stalled is not None:
        tables["undated"] = Table("undated", "停没停不知道的项目", _said(rows.undated), rows.undated, UNDATED, "没有")
    return tables


def _said(items: list[ProjectItem]) -> list[Column[ProjectItem]]:
    """Return the columns in which any item says something."""
    return [project for project in PROJECTS if not items or any(text_of(project, item, {}) for item in items)]


def notes_of_projects(answer: Projects, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, by which day it is, that there are samples, and what is missing."""
    yield from book_of_projects(answer).notes(answer)
    if answer.stalled_days is not None and answer.undated:
        yield f"停没停不知道的 {len(answer.undated)} 个项目列在最后，“多久没进展”写“不知道”"
    yield from (
        f"缺 {missing.what}。空表：lianzhang template {missing.form} --out {missing.form}.xlsx"
        for missing in answer.missing
    )


def project_what_if(answer: ProjectWhatIf) -> Table[Any]:
    """Return what a project would change, chain by chain."""
    moved = [(on_chain.chain.name, change) for on_chain in answer.changes for change in on_chain.what_if.changes]
    columns: list[Column[Any]] = [
        Column("产业链", lambda row: row[0]),
        Column("环节或产品", lambda row: row[1].name),
        Column("之前", lambda row: row[1].before),
        Column("之后", lambda row: row[1].after),
        Column("紧要(前)", lambda row: row[1].score_before),
        Column("紧要(后)", lambda row: row[1].score_after),
        Column("变化", lambda row: _turn(row[1])),
        Column("状态", lambda _: answer.status, "status"),
    ]
    return Table("project-changes", "会改变什么", columns, moved, empty="没有变化，或说不清")


def _turn(change: Any) -> str:
    if change.before == change.after:
        return ""
    return "补上缺口" if change.before in GAPS and change.after not in GAPS else f"{change.before}变{change.after}"


def notes_of_what_if(answer: ProjectWhatIf, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the verdict, what cannot be said, and what is assumed."""
    yield answer.verdict
    if answer.status == "sample":
        yield MADE_UP
    yield from (f"没有推演：{why}" for why in answer.cannot if why not in answer.points)
    yield from dict.fromkeys(f"假定：{text}" for change in answer.changes for text in change.what_if.assumptions)
    yield f"截至 {answer.as_of}；推演是推断，不写入图中"

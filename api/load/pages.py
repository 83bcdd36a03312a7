"""The page 载入: drop, look, confirm, take back."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from api.core.forms import FormDep, see
from api.core.page import PageRequest, VisitDep
from api.core.people import Role
from api.load import doing
from api.load.answers import LoadCounts, LoadPreview, UploadedLoad
from api.load.jobs import WORKING
from api.load.routes import send_rejects
from api.load.tables import COUNTED, counted, moment, some_of, table_of_loads, tables_of_outcome, tables_of_preview
from graph.errors import LianzhangError, NotNow
from graph.model import EDGES, NODES, file_name, find_type, zh_heads
from graph.model.nodes import Enterprise
from graph.model.parts import UsesPart
from graph.statuses import STATUS_ZH
from loaders.layouts.told import read_pairs
from queries.names.search import find_enterprise

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

FORMS = (
    "enterprises",
    "products",
    "produces",
    "supplies",
    "projects",
    "needs",
    "parts",
    "coverage",
    "posts",
)  # offered first
STATE_ZH = {
    "previewing": "正在预览",
    "previewed": "等你确认",
    "loading": "正在载入",
    "failed": "没有做成",
    "done": "已载入",
    "cancelled": "已取消",
    "taken_back": "已撤回",
    "older": "已载入",
}


def _kinds() -> dict[str, str]:
    return {file_name(record): record.table.zh for record in (*NODES, *EDGES)}


def _list(visit: PageRequest, problem: LianzhangError | None = None, said: Mapping[str, str] | None = None) -> Response:
    may = visit.person.role.covers(Role.editor)
    told = doing.listed(doing.jobs_of(visit.request), visit.store, may)
    kinds = _kinds()
    answer = visit.render(
        "loads.html",
        "载入",
        table=table_of_loads(told.items, may),
        open=told.open,
        states=STATE_ZH,
        moment=moment,
        some_of=some_of,
        most=visit.request.app.state.settings.upload_mb,
        forms={name: kinds[name] for name in FORMS if name in kinds},
        other_forms={name: zh for name, zh in kinds.items() if name not in FORMS},
        status_zh=STATUS_ZH,
        problem=problem.message if problem else "",
        said=said or {},
    )
    answer.status_code = problem.status if problem else 200
    return answer


@router.get("/loads")
def show_loads(visit: VisitDep) -> Response:
    """Show where to drop files, and the loads so far."""
    return _list(visit)


@router.post("/loads")
async def take_files(visit: VisitDep) -> Response:
    """Take the files of the form and look at them."""
    try:
        job = await doing.receive(visit.request)
    except LianzhangError as error:
        return await run_in_threadpool(_list, visit, error)
    return see(visit.links.page(f"/loads/{job.id}"))


def _one(visit: PageRequest, id: str, problem: LianzhangError | None = None) -> Response:
    load = doing.find(doing.jobs_of(visit.request), visit.store, id)
    kinds = _kinds()
    tables = tables_of_preview(load.preview) if load.preview else {}
    if load.outcome:
        tables = tables_of_outcome(load.outcome)
    answer = visit.render(
        "load.html",
        some_of(load.files) or "撤回",
        load=load,
        working=load.state in WORKING,
        state=STATE_ZH.get(load.state, load.state) if not load.back else _state_of_back(load),
        told=_verdict(load),
        tables=tables,
        kind_names=kinds,
        kind_zh=kinds.get(load.kind, load.kind),
        status_zh=STATUS_ZH,
        editions=doing.EDITIONS,
        moment=moment,
        some_of=some_of,
        counted=counted,
        counts=COUNTED,
        problem=problem.message if problem else "",
        why_not=_why_not(load),
        undone=_undone(visit, load),
        share=_share(visit, load),
    )
    answer.status_code = problem.status if problem else 200
    return answer


def _state_of_back(load: UploadedLoad) -> str:
    return {"loading": "正在撤回", "done": "已撤回", "failed": "没有撤回", "cancelled": "已取消"}.get(load.state, "")


def _verdict(load: UploadedLoad) -> str:
    """Return the one sentence that says what would come of a load, or what came of it."""
    if load.preview and load.state == "previewed":
        return _would(load.preview)
    if load.taken_back:
        back = load.taken_back
        gone, changed, new = (sum(part.values()) for part in (back.gone, back.changed, back.new))
        return f"撤回了：去掉 {gone:,} 条，{changed:,} 条变回原来的样子，{new:,} 条重新出现。"
    if load.outcome:
        counts = load.outcome.counts
        return f"载入了 {counts.read - counts.rejected:,} 条：{_said(counts)}。"
    return ""


def _would(preview: LoadPreview) -> str:
    counts = preview.counts
    ends = f"，结束 {counts.gone:,}" if counts.gone else ""
    flips = f"；{len(preview.flips):,} 处状态会变" if preview.flips else "；没有哪处状态会变"
    same = (
        f"（内容变的 {preview.changed_count:,}，其余只换了来源或日期）"
        if preview.changed_count < counts.changed
        else ""
    )
    said = _said(counts).replace(f"变 {counts.changed:,}", f"变 {counts.changed:,}{same}")
    rows = sum(table.read for table in preview.tables)
    parted = f"，说到 {counts.read:,} 条" if rows != counts.read else ""  # a row may tell of several things
    return f"{rows:,} 行{parted}：{said}{ends}{flips}。还没有写入。"


def _said(counts: LoadCounts) -> str:
    words = {"new": "新", "changed": "变", "same": "相同", "rejected": "拒收"}
    return "，".join(f"{zh} {getattr(counts, name):,}" for name, zh in words.items())


def _why_not(load: UploadedLoad) -> str:
    """Return why nothing of a load can be confirmed, or nothing where it can."""
    preview = load.preview
    if preview is None or load.state != "previewed":
        return ""
    if not any(table.kind for table in preview.tables):
        return "没有一张表能载入，请看下面的原因"
    if not (preview.counts.read - preview.counts.rejected):
        return "没有一行能载入，请看下面的原因"
    return ""


def _undone(visit: PageRequest, load: UploadedLoad) -> dict[str, Any]:
    """Return what would go with a load, where it can be taken back."""
    record = load.record
    if record is None or load.back or record.state != "standing":
        return {}
    counts = record.counts
    return {"why_not": record.why_not, "new": counts.new, "changed": counts.changed, "gone": counts.gone}


def _share(visit: PageRequest, load: UploadedLoad) -> str:
    """Return the page of the local share of the leader whose parts list was loaded, if it was one."""
    if load.state != "done" or not load.leader or load.back:
        return ""
    try:
        leader = find_enterprise(visit.view, load.leader).id
    except LianzhangError:
        return ""
    has_parts = any((frame["from"] == leader).any() for frame in visit.store.edges(UsesPart, ("Enterprise", "Part")))
    return visit.links.page(f"/enterprises/{quote(leader, safe='')}/local-share") if has_parts else ""


@router.get("/loads/{id}")
def show_load(id: str, visit: VisitDep) -> Response:
    """Show where a load stands: what it was taken for, what it would do, how far it is, what it did."""
    return _one(visit, id)


@router.post("/loads/{id}/told")
def tell(id: str, visit: VisitDep, form: FormDep) -> Response:
    """Take what somebody says of the columns and the files, and look at them anew."""
    jobs = doing.jobs_of(visit.request)
    try:
        doing.say_anew(jobs, id, _told(jobs.find(id), doing.find(jobs, visit.store, id), form))
    except LianzhangError as error:
        return _one(visit, id, error)
    return see(visit.links.page(f"/loads/{id}"))


def _told(job: Any, load: UploadedLoad, form: Mapping[str, str]) -> dict[str, Any]:
    """Return what a form says of the files: of a column only what is not as it was read without a word."""
    told: dict[str, Any] = {
        name: form[name].strip() if name in form else getattr(job, name)
        for name in ("source", "status", "leader", "kind", "edition", "census")
    }
    if "census:0" in form:
        parts = [form.get(f"census:{number}", "").strip() for number in range(4)]
        told["census"] = "@".join(parts[:3] + [part for part in parts[3:] if part]) if any(parts) else ""
    columns, read = dict(job.columns), dict[str, str]()
    for table in load.preview.tables if load.preview else ():
        read |= {head.head: "" if head.said else head.field for head in table.heads}
    for name, value in form.items():
        place, _, head = name.partition(":")
        if place == "map" and head:
            columns.pop(head, None)
            if value.strip() and value.strip() != read.get(head):
                columns[head] = value.strip()
    tables = load.preview.tables if load.preview else []
    if columns and tables and not told["kind"] and not any(table.kind for table in tables):
        told["kind"] = file_name(Enterprise)  # as which its columns were offered
    if record := find_type(told["kind"]) if told["kind"] != job.kind else None:
        columns = {head: name for head, name in columns.items() if name in zh_heads(record)}
    told["columns"] = read_pairs("map", [f"{head}={value}" for head, value in columns.items()], "", once=True)
    kept = {name.removeprefix("keep:"): value.strip() for name, value in form.items() if name.startswith("keep:")}
    told["keep"] = {head: purpose for head, purpose in kept.items() if purpose}
    return doing.check_told(told)


@router.post("/loads/{id}/confirm")
def confirm(id: str, visit: VisitDep, form: FormDep) -> Response:
    """Load what was seen."""
    try:
        job = doing.confirm(doing.jobs_of(visit.request), visit.store, id, visit.person)
    except LianzhangError as error:
        return _one(visit, id, error)
    if job.moved and job.state == "previewing":
        return _one(visit, id, NotNow("预览之后图变了，没有载入；正在重新预览，请看过再确认"))
    return see(visit.links.page(f"/loads/{id}"))


@router.post("/loads/{id}/cancel")
def cancel(id: str, visit: VisitDep, form: FormDep) -> Response:
    """Cancel a load on its way, or take one back that stands."""
    try:
        job = doing.remove(
            doing.jobs_of(visit.request), visit.store, id, visit.person, form.get("why", "").strip()[:500]
        )
    except LianzhangError as error:
        return _one(visit, id, error)
    return see(visit.links.page(f"/loads/{job.id}" if job.back else "/loads"))


@router.get("/loads/{id}/rejects/{name}")
def rejects(id: str, name: str, visit: VisitDep) -> Response:
    """Send the refused rows of a load, in the form of its file."""
    return send_rejects(visit.request, id, name)

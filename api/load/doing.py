"""What routes and pages do with loads alike."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.core.people import Person, person_of
from api.load.answers import LoadList, LoadOutcome, LoadPreview, LoadProgress, StandingLoad, TakenBackLoad, UploadedLoad
from api.load.jobs import WORKING, Jobs, LoadJob, read_made
from api.load.upload import Uploaded, take
from api.load.words import for_page
from graph.errors import InputError, NotFound, NotNow
from graph.journal import JournalEntry, Outcome
from graph.model import find_type
from graph.moments import new_id, now
from graph.statuses import STATUS_ZH
from graph.stores import Store
from loaders.layouts.told import read_pairs
from loaders.ledger import LoadRecord
from loaders.loads import find_load, read_loads

STEP = 0.15  # seconds between two looks at a job that somebody waits for
EDITIONS = {"auto": "照来源的名称和日期认", "yes": "是上一期之后的一期", "no": "不是，单独的一份"}
LONGEST = {"source": 500, "leader": 200, "kind": 60, "status": 20, "edition": 10, "census": 1_000}
SAME = "这次载入"


def jobs_of(request: Request) -> Jobs:
    """Return the uploads of the app's store."""
    jobs: Jobs = request.app.state.jobs
    return jobs


def store_of(request: Request) -> Store:
    """Return the store of the app."""
    store: Store = request.app.state.store
    return store


async def receive(request: Request) -> LoadJob:
    """Take the files of a request and begin the preview; nothing is left of what is refused."""
    jobs, person = jobs_of(request), person_of(request)
    await run_in_threadpool(jobs.sweep)
    folder = await run_in_threadpool(jobs.begin)
    try:
        came = await take(request.stream(), request.headers.get("content-type", ""), folder / "files")
        job = LoadJob(new_id(), jobs.mark, person.name, now(), came.files, came.size, person.role, **told_by(came))
        await run_in_threadpool(jobs.add, folder, job)
    except BaseException as error:
        await asyncio.shield(run_in_threadpool(jobs.drop, folder))
        if isinstance(error, ClientDisconnect):
            raise InputError("上传中断了，文件没有收完，什么也没有留下；请再传一次") from error
        raise
    told = f"{len(job.files)} 个文件，等待预览与确认"
    entry = JournalEntry("上传", person.name, role=person.role, name="、".join(job.files[:5]), told=told)
    await run_in_threadpool(store_of(request).journal().append, entry)
    return job


def told_by(came: Uploaded) -> dict[str, Any]:
    """Return what is told of the files that came; raises ``InputError`` for what cannot be said of them."""
    source, day = came.first("source"), came.first("day")
    if day and not source:
        raise InputError("写了日期，没有写来源；请写明这些文件出自哪里，如“企查查导出”")
    told: dict[str, Any] = {name: came.first(name) for name in LONGEST}
    told["source"] = f"{source} {day}" if day and day not in source else source
    told["columns"] = read_pairs("map", came.fields.get("map", []), "公司名=name", once=True)
    told["keep"] = read_pairs("keep", came.fields.get("keep", []), "电话=回访")
    return check_told(told)


def check_told(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is told of files as a job has it; raises ``InputError`` for a word that is none of those offered."""
    for name, most in LONGEST.items():
        if len(str(told.get(name, ""))) > most:
            raise InputError(f"{name} 太长，最多 {most} 个字")
    if (kind := told.get("kind")) and find_type(str(kind)) is None:
        raise InputError(f"没有“{kind}”这一类表")
    if (status := told.get("status")) and status not in (*STATUS_ZH, *STATUS_ZH.values()):
        raise InputError(f"没有“{status}”这个数据状态，可选 {'、'.join(STATUS_ZH.values())}")
    told["edition"] = told.get("edition") or "auto"
    if told["edition"] not in EDITIONS:
        raise InputError("edition 应为 auto、yes 或 no")
    return told


async def wait_for(request: Request, id: str, seconds: float) -> UploadedLoad:
    """Return a load as it is once nothing is being done with it, or when the seconds are over."""
    until = time.monotonic() + seconds
    while True:
        job = await run_in_threadpool(jobs_of(request).find, id)
        if job.state not in WORKING or time.monotonic() >= until or await request.is_disconnected():
            return await run_in_threadpool(show, jobs_of(request), store_of(request), job)
        await asyncio.sleep(STEP)


def find(jobs: Jobs, store: Store, id: str) -> UploadedLoad:
    """Return a load by id: on its way, or one that the graph knows; raises ``NotFound``."""
    try:
        return show(jobs, store, jobs.find(id))
    except NotFound:
        record = find_load(store, id)
    state = "done" if record.state == "standing" else record.state
    told = dict.fromkeys(("status", "leader", "kind", "census", "problem"), "")
    return UploadedLoad(
        id=record.id, state=state, by=record.by, at=record.at, files=[*record.files], size=0, source=record.source,
        columns={}, keep={}, edition="auto", moved=False, ended=record.at, record=standing(record), **told,
    )  # fmt: skip


def show(jobs: Jobs, store: Store, job: LoadJob) -> UploadedLoad:
    """Return a load on its way with all that is known of it."""
    folder = jobs.folder(job.id)
    told = {name: value for name, value in asdict(job).items() if name in UploadedLoad.model_fields}
    shown = UploadedLoad(**told)
    if job.state in WORKING:
        shown.progress = LoadProgress(**read_made(folder, "progress.json") or {})
    made = read_made(folder, f"preview-{job.round}.json") if job.state in ("previewed", "failed") else None
    if made is None and job.state == "failed":  # what was said last was wrong: the columns are still there to be chosen
        made = next((read_made(folder, path.name) for path in folder.glob("preview-*.json")), None)
    shown.preview = LoadPreview(**made) if made else None
    if job.state == "done" and (report := read_made(folder, "report.json")):
        if job.back:
            shown.taken_back = TakenBackLoad(**report)
        else:
            shown.outcome = LoadOutcome(**report)
    if job.state == "done":
        try:
            shown.record = standing(find_load(store, job.back or job.id))
        except NotFound:
            shown.record = None
    return shown


def listed(jobs: Jobs, store: Store, everything: bool) -> LoadList:
    """Return the loads that the graph knows, and those on their way; of these only to who may see ``everything``."""
    records = [standing(record) for record in read_loads(store)]
    there = {record.id for record in records}
    on_way = [job for job in jobs.all() if job.state not in ("done", "cancelled") and job.id not in there]
    bare = [UploadedLoad(**{n: v for n, v in asdict(job).items() if n in UploadedLoad.model_fields}) for job in on_way]
    return LoadList(items=records, open=bare if everything else [])


def standing(record: LoadRecord) -> StandingLoad:
    """Return a load of the graph as it is told."""
    told = {name: getattr(record, name) for name in StandingLoad.model_fields}
    return StandingLoad(**told | {"files": [*record.files], "counts": dict(record.counts)})


def confirm(jobs: Jobs, store: Store, id: str, person: Person) -> LoadJob:
    """Begin to load what was seen."""
    jobs.find(id)
    return jobs.confirm(id, store.version(), person.name, person.role)


def say_anew(jobs: Jobs, id: str, told: Mapping[str, object]) -> LoadJob:
    """Begin the preview anew with what is told of the files."""
    jobs.find(id)
    return jobs.preview(id, told)


def remove(jobs: Jobs, store: Store, id: str, person: Person, why: str = "") -> LoadJob:
    """Cancel a load on its way, or begin to take one back that stands; raises ``NotNow`` where it cannot be."""
    try:
        job = jobs.find(id)
    except NotFound:
        job = None
    if job is not None and job.state != "done":
        if _stands(store, id):  # its process had not come to say so
            jobs.done(id)
        else:
            ended = jobs.cancel(id)
            if job.back and find_load(store, job.back).state == "taken_back":
                jobs.done(id)
                raise NotNow("取消得晚了一步，已经撤回")
            if _stands(store, id):
                jobs.done(id)
                raise NotNow("取消得晚了一步，已经载入；要退回请用“撤回”")
            entry = JournalEntry("取消载入", person.name, role=person.role, name="、".join(job.files[:5]), why=why)
            store.journal().append(entry)
            return ended
    record = find_load(store, id)
    if record.state != "standing" or record.why_not:
        refused = JournalEntry("撤回载入", person.name, Outcome.refused, person.role, name=id, told=_why_not(record))
        store.journal().append(refused)
        raise NotNow(_why_not(record))
    return jobs.take_back(id, person.name, person.role, why)


def _why_not(record: LoadRecord) -> str:
    if record.state == "taken_back":
        return f"这次载入已由 {record.back_by} 于 {record.back_at[:10]} 撤回，不能再撤一次"
    if record.state == "older":
        return "这次载入早于可以撤回的办法，不能撤回"
    return for_page(record.why_not)


def _stands(store: Store, id: str) -> bool:
    try:
        return find_load(store, id).state == "standing"
    except NotFound:
        return False

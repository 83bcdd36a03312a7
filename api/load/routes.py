"""The routes by which files are loaded: what they would do is seen first, then confirmed; a load can be taken back."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.core.people import Role, person_of
from api.core.problems import PROBLEMS, Problem
from api.load import doing
from api.load.answers import LoadList, UploadedLoad
from api.load.jobs import WORKING
from graph.errors import NotFound, NotNow

GROUP = "载入"
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "source": {"type": "string", "description": "整批文件的来源"},
                        "day": {"type": "string", "description": "哪天的,接在来源之后"},
                        "status": {"type": "string", "description": "整批文件的数据状态"},
                        "leader": {"type": "string", "description": "整张表说的是哪家链主"},
                        "kind": {"type": "string", "description": "表的类别,认不出时指定"},
                        "map": {"type": "array", "items": {"type": "string"}, "description": "表头=字段,可多个"},
                        "keep": {"type": "array", "items": {"type": "string"}, "description": "表头=用处,可多个"},
                        "census": {"type": "string", "description": "这份名单是普查: 什么@哪里@哪天[@哪些企业]"},
                        "edition": {"type": "string", "enum": ["auto", "yes", "no"]},
                    },
                }
            }
        },
    }
}
Wait = Annotated[float, Query(ge=0, le=25, description="最多等几秒;没做完答 202")]
CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "不能做,或图已变、要先看新的预览(newer)"},
    202: {"model": UploadedLoad, "description": "还在做"},
}

router = APIRouter(prefix="/api/v1", tags=[GROUP], responses=PROBLEMS | CONFLICT)


def _answer(value: BaseModel, status: int = 200) -> Response:
    return Response(value.model_dump_json(), status, media_type="application/json")


def _ended(shown: UploadedLoad, status: int = 200) -> Response:
    return _answer(shown, 202 if shown.state in WORKING else status)


@router.post("/loads", response_model=UploadedLoad, status_code=201, openapi_extra=FORM)
async def upload(request: Request, wait: Wait = 20) -> Response:
    """上传一个或几个文件并预览: 各表认成什么,会新增、更新、拒收什么,哪些状态会变。什么也没有写入。"""
    job = await doing.receive(request)
    return _ended(await doing.wait_for(request, job.id, wait), 201)


@router.get("/loads", response_model=LoadList)
def loads(request: Request) -> Response:
    """载入过的(包括已撤回的)与还没有确认的。"""
    everything = person_of(request).role.covers(Role.editor)
    return _answer(doing.listed(doing.jobs_of(request), doing.store_of(request), everything))


@router.get("/loads/{id}", response_model=UploadedLoad)
def one_load(id: str, request: Request) -> Response:
    """一次载入走到了哪里: 预览、进度、结果。"""
    return _answer(doing.find(doing.jobs_of(request), doing.store_of(request), id))


@router.post("/loads/{id}/confirm", response_model=UploadedLoad)
async def confirm(id: str, request: Request, wait: Wait = 0) -> Response:
    """确认预览,开始载入;再确认一次不会载入两次。预览之后图变了的是 409,先看新的预览。"""
    jobs, store, person = doing.jobs_of(request), doing.store_of(request), person_of(request)
    job = await run_in_threadpool(doing.confirm, jobs, store, id, person)
    if job.moved and job.state not in ("loading", "done"):
        shown = await doing.wait_for(request, id, max(wait, 5.0))
        raise NotNow("预览之后图变了，没有载入；请看新的预览再确认", newer=shown.model_dump(mode="json"))
    return _ended(await doing.wait_for(request, id, wait))


@router.delete("/loads/{id}", response_model=UploadedLoad)
async def remove(
    id: str,
    request: Request,
    why: Annotated[str, Query(max_length=500, description="为什么")] = "",
    wait: Wait = 20,
) -> Response:
    """没有确认的: 取消,文件清除。载入了的: 撤回,图回到没有载入它的样子;再撤一次是 409。"""
    jobs, store, person = doing.jobs_of(request), doing.store_of(request), person_of(request)
    job = await run_in_threadpool(doing.remove, jobs, store, id, person, why)
    shown = await doing.wait_for(request, job.id, wait if job.back else 0)
    if job.back and shown.state == "failed":
        raise NotNow(shown.problem)
    return _ended(shown)


@router.get("/loads/{id}/rejects/{name}", response_class=FileResponse)
def rejects(id: str, name: str, request: Request) -> Response:
    """下载拒收的行: 原来的样子加一列原因,改好后再上传。"""
    return send_rejects(request, id, name)


def send_rejects(request: Request, id: str, name: str) -> Response:
    """Return one of the files with the rows that a load refused; raises ``NotFound``."""
    jobs = doing.jobs_of(request)
    jobs.find(id)
    folder = jobs.folder(id) / "rejects"
    there = {path.name: path for path in folder.iterdir()} if folder.is_dir() else {}
    if name not in there:
        raise NotFound("没有这个拒收文件，可能已过 24 小时，已经清除")
    return FileResponse(there[name], filename=name, headers={"Cache-Control": "no-store"})

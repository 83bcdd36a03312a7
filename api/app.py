"""The web application: JSON under ``/api/v1``, pages under ``/``, everything served from this machine."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from anyio.to_thread import current_default_thread_limiter
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from api.changes import routes as changes
from api.core.http import refuse_unknown
from api.core.page import error_page
from api.core.problems import PROBLEMS, problem
from api.core.routes import router_of
from api.coverage import routes as coverage
from api.load import routes as loads
from api.load.jobs import Jobs
from api.people.users import Users
from api.pictures.files import VIS
from api.placing import routes as placing
from api.rooms import PAGES
from api.server.front import Front
from api.server.measures import ServerMeasures
from api.server.warm import keep_warm
from graph.errors import InputError, LianzhangError, NotFound
from graph.settings import Settings
from graph.stores import Store
from queries.questions import QUESTIONS

SWEEP_SECONDS = 600.0
THREADS = 16  # requests that are computed at once: more only make all of them late, the interpreter runs one at a time


def check_exposure(host: str, settings: Settings) -> None:
    """Refuse an address beyond this machine while no key is configured."""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local and settings.api_key is None and not Users(settings.users).all():
        raise InputError(
            f"监听 {host} 会让其他机器访问,须先用 lianzhang users add 添加用户,"
            "或设置环境变量 LIANZHANG_API_KEY(一个访问口令);只在本机使用请去掉 --host"
        )
    if host in ("0.0.0.0", "::", "") and not settings.host_names:
        told = (
            "须先设置环境变量 LIANZHANG_HOSTS(别人用来访问的主机名或地址,多个用逗号分隔),如 "
            "LIANZHANG_HOSTS=chain.office.local"
        )
        raise InputError(f"监听 {host or '全部地址'} 时不知道哪些主机名是自己的,{told}")


def create_app(store: Store, settings: Settings | None = None, *, warm: bool = False) -> FastAPI:
    """Return the application over a store; ``warm`` lets it make, once it has
    started, what first visits would wait for."""
    settings = settings or Settings()
    measures = ServerMeasures(store)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = THREADS
        resuming = asyncio.create_task(_resume(app.state.jobs))
        keeping = asyncio.create_task(keep_warm(app, store)) if warm else None
        yield
        resuming.cancel()
        if keeping is not None:
            keeping.cancel()
        store.close()

    app = FastAPIOffline(title="链长 lianzhang", version="0.1.0", redoc_url=None, lifespan=lifespan)
    app.state.store, app.state.settings, app.state.warming = store, settings, warm
    app.state.jobs = Jobs(settings, store.url, getattr(store, "database", None))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.mount("/vis", StaticFiles(directory=VIS), name="vis")
    app.include_router(router_of(QUESTIONS), responses=PROBLEMS, dependencies=[Depends(refuse_unknown)])
    app.include_router(changes.router, dependencies=[Depends(refuse_unknown)])
    app.include_router(loads.router, dependencies=[Depends(refuse_unknown)])
    app.include_router(coverage.router, dependencies=[Depends(refuse_unknown)])
    app.include_router(placing.router, dependencies=[Depends(refuse_unknown)])
    _add_health(app, store, measures)
    for pages in PAGES:
        app.include_router(pages.router, dependencies=[Depends(refuse_unknown)])
    _add_errors(app)
    app.add_middleware(Front, store=store, settings=settings, measures=measures)
    return app


async def _resume(jobs: Jobs) -> None:
    """Go on with loads that were cut off, and sweep uploads, now and then, whether anybody looks or not."""
    while True:
        with suppress(OSError, LianzhangError):
            await asyncio.to_thread(jobs.resume)
        await asyncio.sleep(SWEEP_SECONDS)


def _add_health(app: FastAPI, store: Store, measures: ServerMeasures) -> None:
    @app.get("/healthz", tags=["运行"])
    def healthz() -> dict[str, str]:
        """进程活着。"""
        return {"status": "ok"}

    @app.get("/readyz", tags=["运行"])
    def readyz() -> dict[str, str]:
        """存储可以回答,否则 503;``warm`` 说明首次要算的是否已经算好: yes、no(正在算)。"""
        store.ping()
        return {
            "status": "ok",
            "store": store.url,
            "version": store.version(),
            "warm": "no" if app.state.warming else "yes",
        }

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(measures.text(), media_type=CONTENT_TYPE_LATEST)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(LianzhangError)
    def ours(request: Request, error: LianzhangError) -> Response:
        if _wants_page(request):
            return error_page(request, error)
        return problem(request, error.status, error.title, error.message, **error.details)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        if _wants_page(request):
            return error_page(request, InputError("；".join(dict.fromkeys(map(_fault, error.errors())))))
        faults = ";".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        return problem(request, 422, InputError.title, faults)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        if _wants_page(request) and error.status_code == 404:
            return error_page(request, NotFound("没有这个页面，请从首页或搜索进入"))
        answer: JSONResponse = problem(request, error.status_code, str(error.detail), str(error.detail))
        answer.headers.update(error.headers or {})
        return answer


def _fault(item: dict[str, Any]) -> str:
    """Say what is wrong with a parameter of an address, to who reads the page."""
    name, limits = item["loc"][-1], item.get("ctx", {})
    wanted = {
        "int_parsing": "应是整数",
        "float_parsing": "应是数",
        "greater_than_equal": "不能小于 {ge}",
        "less_than_equal": "不能大于 {le}",
        "string_too_short": "不能空着",
        "string_too_long": "至多 {max_length} 个字",
        "too_long": "至多写 {max_length} 个",
        "missing": "没有写",
    }.get(item["type"], "不是这里能用的")
    given = "" if item["type"] == "missing" else f"“{str(item.get('input', ''))[:60]}”"
    return f"地址里的 {name} {given}{wanted.format(**limits)}"


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/openapi"))

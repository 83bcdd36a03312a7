"""The web application: JSON under ``/api/v1``, pages under ``/``, everything served from this machine."""

import base64
import ipaddress
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyvis
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api import gap_pages, gap_routes, opening_pages, opening_routes, pages, routes, target_pages, target_routes
from graph.errors import InputError, LianzhangError, NotFound
from graph.settings import Settings
from graph.stores import Store
from queries.gaps.rules import read_rules
from queries.openings.lists import RULE_VERSION
from queries.targets.weights import read_weights

VIS = Path(pyvis.__file__).parent / "lib" / "vis-9.1.2"
Next = Callable[[Request], Awaitable[Response]]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": routes.Problem, "description": text, "content": {"application/problem+json": {}}}
    for code, text in (
        (400, "查询语句有误"),
        (401, "需要口令"),
        (403, "只读"),
        (404, "未找到"),
        (409, "名称不唯一"),
        (422, "输入有误"),
        (503, "存储不可用"),
        (504, "查询超时"),
    )
}
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
PAGE_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def check_exposure(host: str, settings: Settings) -> None:
    """Refuse an address beyond this machine while no key is configured."""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local and settings.api_key is None:
        raise InputError(f"监听 {host} 会让其他机器访问,须先设置环境变量 LIANZHANG_API_KEY(访问口令);只在本机使用请去掉 --host")


def create_app(store: Store, settings: Settings | None = None) -> FastAPI:
    """Return the application over a store."""
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = FastAPIOffline(title="链长 lianzhang", version="0.1.0", redoc_url=None, lifespan=lifespan)
    app.state.store, app.state.settings = store, settings
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    app.mount("/vis", StaticFiles(directory=VIS), name="vis")
    app.include_router(opening_routes.router, responses=PROBLEMS)  # before the routes, whose ids may hold any sign
    app.include_router(routes.router, responses=PROBLEMS)
    app.include_router(gap_routes.router, responses=PROBLEMS)
    app.include_router(target_routes.router, responses=PROBLEMS)
    _add_health(app, store)
    app.include_router(gap_pages.router)  # before the pages, for the same reason
    app.include_router(opening_pages.router)
    app.include_router(target_pages.router)
    app.include_router(pages.router)
    _add_metrics(app)
    _add_guards(app, store, settings)
    _add_errors(app)
    return app


def _add_health(app: FastAPI, store: Store) -> None:
    @app.get("/healthz", tags=["运行"])
    def healthz() -> dict[str, str]:
        """进程活着。"""
        return {"status": "ok"}

    @app.get("/readyz", tags=["运行"])
    def readyz() -> dict[str, str]:
        """存储可以回答;否则 503。"""
        store.ping()
        return {"status": "ok", "store": store.url, "version": store.version()}


def _add_metrics(app: FastAPI) -> None:
    registry = CollectorRegistry()
    requests = Counter("lianzhang_requests_total", "Requests by route and status.", ["method", "route", "status"], registry=registry)
    seconds = Histogram("lianzhang_request_seconds", "Seconds to answer, by route.", ["method", "route"], registry=registry)

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @app.middleware("http")
    async def measure(request: Request, call_next: Next) -> Response:
        start = time.perf_counter()
        response = await call_next(request)
        route = getattr(request.scope.get("route"), "path", "other")
        requests.labels(request.method, route, response.status_code).inc()
        seconds.labels(request.method, route).observe(time.perf_counter() - start)
        return response


def _add_guards(app: FastAPI, store: Store, settings: Settings) -> None:
    """Ask for the key where one is set, answer 304 where the caller has this version, and send the safety headers."""

    @app.middleware("http")
    async def guard(request: Request, call_next: Next) -> Response:
        if settings.api_key and request.url.path != "/healthz" and not _has_key(request, settings.api_key.get_secret_value()):
            denied = routes.problem(request, 401, "需要口令", "请在请求头 Authorization 里给出 Bearer 口令,浏览器里用户名任意、密码填口令")
            denied.headers["WWW-Authenticate"] = 'Basic realm="lianzhang", charset="UTF-8"'
            return denied
        tagged = request.method == "GET" and request.url.path.startswith("/api/v1/")
        tag = await run_in_threadpool(_tag, store) if tagged else ""
        if tag and request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        response = await call_next(request)
        if tag and response.status_code == 200:
            response.headers["ETag"] = tag
            response.headers["Cache-Control"] = "no-cache"
        response.headers.update(SECURITY_HEADERS)
        if not request.url.path.startswith("/docs"):
            response.headers["Content-Security-Policy"] = PAGE_POLICY
        return response


def _tag(store: Store) -> str:
    """Return the ETag of every answer of this version of the graph, on this day, by these rules; nothing where the store is silent."""
    try:
        return f'W/"{store.version()}.{date.today():%Y%m%d}.{read_rules().version}.{RULE_VERSION}.{read_weights().version}"'
    except LianzhangError:
        return ""


def _has_key(request: Request, key: str) -> bool:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() not in ("basic", "bearer"):
        value = request.headers.get("x-api-key", "")
    given = value.encode("latin-1")  # headers arrive as bytes that were read as Latin-1
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).partition(b":")[2]
        except ValueError:
            return False
    return secrets.compare_digest(given, key.encode())


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(LianzhangError)
    def ours(request: Request, error: LianzhangError) -> Response:
        if _wants_page(request):
            return pages.error_page(request, error)
        return routes.problem(request, error.status, error.title, error.message, **error.details)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        found = ";".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
        if _wants_page(request):
            return pages.error_page(request, InputError(found))
        return routes.problem(request, 422, InputError.title, found)

    @app.exception_handler(HTTPException)
    def http(request: Request, error: HTTPException) -> Response:
        if _wants_page(request) and error.status_code == 404:
            return pages.error_page(request, NotFound("没有这个页面,请从首页或搜索进入"))
        answer: JSONResponse = routes.problem(request, error.status_code, str(error.detail), str(error.detail))
        answer.headers.update(error.headers or {})
        return answer


def _wants_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/openapi"))

"""What routes take and give: the view that is answered from, a page of a list."""

from collections.abc import Callable
from difflib import get_close_matches
from functools import wraps
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool

import api.core.ids  # noqa: F401  # the kind of a path's part that routes name
from api.core.problems import Problem
from api.core.workbooks import MEDIA_TYPE
from graph.errors import InputError
from graph.scope import Scope
from graph.stores import Store
from queries.core.view import View
from queries.things.console import Console


async def get_store(request: Request) -> Store:
    """Return the store of the app."""
    store: Store = request.app.state.store
    return store


StoreDep = Annotated[Store, Depends(get_store)]
WITHOUT = "不使用哪些状态的数据,逗号分隔,如 curated,sample;产业链、环节、产品及其上下游是标尺,不因此隐去"
CITY = "只看哪个城市的产业链: 区域的名称或编号;图里只有一个城市时不必写,“全部”为各城市"


async def get_view(
    request: Request,
    store: StoreDep,
    without: Annotated[str, Query(description=WITHOUT, max_length=200)] = "",
    city: Annotated[str, Query(description=CITY, max_length=100)] = "",
) -> View:
    """Return the view of the store that the whole request is answered from."""
    scope = Scope.without(without, city=city or request.app.state.settings.city)
    if scope.city or store.version_at_hand() is None:  # something has to be asked for
        return await run_in_threadpool(View.of, store, scope)
    return View.of(store, scope)


ViewDep = Annotated[View, Depends(get_view)]


async def get_console(request: Request, store: StoreDep) -> Console:
    """Return the way to ask Cypher, within what the app allows."""
    settings = request.app.state.settings
    return Console(store, settings.query_seconds, settings.query_rows, capped=True)


ConsoleDep = Annotated[Console, Depends(get_console)]


class Answering(APIRoute):
    """A route whose answer is written as JSON in the thread that made it, which
    costs half of what handing it over would."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, _writing(endpoint), **more)


def _writing(endpoint: Callable[..., Any]) -> Callable[..., Response]:
    adapter: TypeAdapter[Any] = TypeAdapter(endpoint.__annotations__["return"])

    @wraps(endpoint)
    def answer(*arguments: Any, **named: Any) -> Response:
        return _json(adapter, endpoint(*arguments, **named))

    return answer


def json_of(value: Any, kind: Any) -> Response:
    """Return a value of a kind as JSON; one that has a tag of its own with that."""
    return _json(TypeAdapter(kind), value)


def _json(adapter: TypeAdapter[Any], value: Any) -> Response:
    tag = getattr(value, "etag", None)
    headers = {"ETag": f'"{tag}"'} if tag else None
    return Response(adapter.dump_json(value, by_alias=True), headers=headers, media_type="application/json")


WRITING: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": text, "content": {"application/problem+json": {}}}
    for code, text in ((412, "已被别人改过,newer 是现在的样子"), (428, "没有写 If-Match"))
}


async def refuse_unknown(request: Request) -> None:
    """Raise ``InputError`` for a parameter that the route does not know: a slip
    would change the answer without a word."""
    route: APIRoute = request.scope["route"]
    known = _known.get(route.endpoint)
    if known is None:
        known = _known[route.endpoint] = tuple(sorted(_names(route.dependant)))
    for name in request.query_params:
        if name not in known:
            near = get_close_matches(name, known, 1, 0.5)
            hint = f"是不是 {near[0]}? " if near else ""
            raise InputError(f"没有参数“{name[:60]}”。{hint}这里可用 {'、'.join(known) or '的参数一个也没有'}")


_known: dict[Callable[..., Any], tuple[str, ...]] = {}  # the parameters of each route, those of what it depends on too


def _names(dependant: Dependant) -> set[str]:
    return {str(field.alias) for field in dependant.query_params}.union(*map(_names, dependant.dependencies))


def send_workbook(book: bytes, name: str) -> Response:
    """Return a workbook as a download."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(book, media_type=MEDIA_TYPE, headers=headers)

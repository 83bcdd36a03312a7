"""A visit to a page: what is switched off, the tables that are asked for, how it is rendered; the page for an error."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from inspect import Signature
from typing import Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates

import api.core.ids  # noqa: F401  # the kind of a path's part that pages name
from api.core.bar import bar_of
from api.core.draw import draw_table
from api.core.http import ViewDep, send_workbook
from api.core.links import SiteLinks
from api.core.people import LOCAL, Person, Role, person_of
from api.core.routes import given_by
from api.core.table_pages import OWN, TableAsk, find_table, send_csv, send_sheet, turn_to
from api.core.templating import environment
from api.core.workbooks import make_workbook
from graph.errors import LianzhangError, StoreEmpty
from graph.scope import EVERYWHERE, NAMED, Scope
from graph.statuses import STATUS_ZH
from graph.stores import Store
from queries.core.question import Question
from queries.things.things import list_sources

ADVICE = {
    400: ("检查语句或地址后重试", "可从首页或搜索重新进入"),
    404: ("检查地址或编号是否完整", "用上方搜索按名称、简称或拼音首字母查找"),
    409: ("从下面的候选里选一个", "或改用编号、全称"),
    422: ("检查地址栏里的参数", "可从首页重新进入"),
    503: ("确认数据文件或数据库服务可用", "请管理员载入数据，或检查图存放在哪里"),
    504: ("稍后重试", "缩小查询范围，例如减少层数"),
}
TO_FILL = ("在“数据 › 载入”里放进一份名录", "或请管理员先载入随附的示例，看看填上之后是什么样子")
Answered = TypeVar("Answered")
templates = Jinja2Templates(env=environment())


@dataclass
class PageRequest:
    """One request for a page: the view that it is answered from, and the addresses that keep what is switched off."""

    request: Request
    ask: Annotated[TableAsk, Depends()]
    view: ViewDep

    @property
    def store(self) -> Store:
        """Return the store as it is now, for what is written; pages are read from the ``view``."""
        store: Store = self.request.app.state.store
        return store

    @property
    def person(self) -> Person:
        """Return who asks."""
        return person_of(self.request)

    @cached_property
    def links(self) -> SiteLinks:
        """Return the addresses of the site."""
        return _links_of(self.request)

    @cached_property
    def sources(self) -> dict[str, dict[str, Any]]:
        """Return all sources by id."""
        return {} if self.view.version == "empty" else list_sources(self.view)

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the names of all sources by id."""
        return {id: str(source.get("name", id)) for id, source in self.sources.items()}

    def render(self, template: str, about: str = "", **values: Any) -> Response:
        """Return a page, or of what it is ``about`` the one table that is asked
        for: as a page of its own, or as a file."""
        if not self.ask.table:
            return self._page(template, **{"table_page": self.table_page, **values})
        table = find_table(self.ask.table, values)
        if self.ask.format == "csv":
            return send_csv(table, self.ask, self.names, about, self._made_by())
        if self.ask.format == "xlsx":
            return send_sheet(table, self.ask, self.names, about, self._made_by())
        turned = turn_to(table, self.ask, self.links, self.names, self.table_page)
        own = [pair for pair in self.request.query_params.multi_items() if pair[0] not in OWN]
        return self._page("table.html", found=turned, about=about, kept=own, back=_address(self.request, own))

    def _made_by(self) -> list[str]:
        """Return who makes a file, when, and which data it rests on."""
        scope = Scope.without(self.links.without)
        which = scope.name or f"不含{'、'.join(STATUS_ZH[word] for word in scope.hidden)}"
        city = f"，城市：{self.view.city}" if self.view.city else ""
        made = f"{self.person.name} 导出于 {datetime.now():%Y-%m-%d %H:%M}"
        return [f"{made}；依据：{which}{city}；数据截至 {self.view.scope.day}"]

    def _page(self, template: str, **values: Any) -> Response:
        values |= {"cities": sorted(self.view.cities.values()), "city": self.view.city}
        values["draw"] = lambda table, whole=False: draw_table(table, self.links, self.names, whole=whole)
        values["source_name"] = lambda id: self.names.get(id, id)
        return _render(self.request, template, self.links, **values)

    def table_page(self, table: str, **state: Any) -> str:
        """Return the address of a table of this page, in some state."""
        own = [pair for pair in self.request.query_params.multi_items() if pair[0] not in OWN]
        told = [(name, value) for name, value in state.items() if value != "" and (name, value) != ("page", 1)]
        said = [(name, str(one)) for name, value in told for one in (value if isinstance(value, list) else [value])]
        return _address(self.request, [*own, ("table", table), *said])


VisitDep = Annotated[PageRequest, Depends()]


def add_pages(
    router: APIRouter,
    question: Question[Answered],
    show: Callable[[PageRequest, Answered], Response],
    suffix: str = "",
    without: str = "",
) -> None:
    """Add a page for each address of a question: what ``show`` makes of its
    answer; it takes the question's arguments but ``without``."""
    for path in question.paths:

        def answer(subject: PageRequest, **given: Any) -> Response:
            return show(subject, question.put(subject.view, question.find(subject.view, given)))

        parameters = [parameter for parameter in given_by(question, path, VisitDep) if parameter.name != without]
        answer.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        router.add_api_route(f"/{path}{suffix}".replace("}", ":id}"), answer)


def add_book(router: APIRouter, question: Question[Any], template: str, **more: Any) -> None:
    """Add the page of a question whose answer is of several tables, and its workbook, for each of its addresses."""
    book = question.book
    assert book is not None

    def show(request: PageRequest, answer: Any) -> Response:
        told = book(answer)
        values = {"answer": answer, "title": told.title, "tables": told.tables, "samples": told.samples, **more}
        return request.render(template, told.title, **values)

    def send(request: PageRequest, answer: Any) -> Response:
        return send_workbook(make_workbook(book(answer), answer), f"{book(answer).title}.xlsx")

    lists = replace(question, paths=tuple(path for path in question.paths if not path.endswith("}")))
    add_pages(router, lists, send, ".xlsx")
    add_pages(router, question, show)


def _render(request: Request, template: str, links: SiteLinks, status: int = 200, **values: Any) -> HTMLResponse:
    scope = Scope.without(links.without)
    scopes = {name: _with_query(request, without=words) for name, words in NAMED.items()}
    page = {"links": links, "hidden": [STATUS_ZH[word] for word in scope.hidden], "scope": scope.name, "scopes": scopes}
    page |= {"may": lambda word: person_of(request).role.covers(Role(word)), "local": person_of(request) is LOCAL}
    found = status == 200 or "chain" in values  # a wrong word in a chain's form leaves one in the chain
    page["bar"] = bar_of(_raw_path(request), links, person_of(request).role.covers(Role.admin), found)
    page |= {"show_all": scopes["全部"], "of_city": partial(_with_query, request), "everywhere": EVERYWHERE} | values
    return templates.TemplateResponse(request, template, page, status_code=status)


def _with_query(request: Request, **changed: str) -> str:
    """Return the address of this page with other data switched off, or another city's."""
    query = [
        (name, value) for name, value in request.query_params.multi_items() if name not in {*changed, "after", "page"}
    ]
    return _address(request, [*query, *((name, value) for name, value in changed.items() if value)])


def _address(request: Request, query: list[tuple[str, str]]) -> str:
    """Return the address of this page with other parameters."""
    return _raw_path(request) + (f"?{urlencode(query)}" if query else "")


def _raw_path(request: Request) -> str:
    """Return the path as it was asked for, with its signs still quoted."""
    if (raw := request.scope.get("raw_path")) is not None:
        return str(raw.decode("ascii"))
    return request.url.path.replace("?", "%3F").replace("#", "%23")


def error_page(request: Request, error: LianzhangError) -> HTMLResponse:
    """Return the page for an error: what happened and what to do; it needs no store."""
    candidates = [item for item in error.details.get("candidates", ()) if isinstance(item, dict)]
    empty = isinstance(error, StoreEmpty)  # what it says is for who runs the server
    values = {
        "error": error,
        "message": "图还是空的：还没有载入名录，所以什么也列不出来" if empty else error.message,
        "advice": TO_FILL if empty else ADVICE.get(error.status, ("稍后重试", "仍有问题请联系管理员")),
        "candidates": candidates,
        "empty": empty,
    }
    return _render(request, "error.html", _links_of(request), error.status, **values)


def _links_of(request: Request) -> SiteLinks:
    """Return links that keep what is switched off, or plain ones where that is not understood."""
    without, city = (request.query_params.get(name, "").strip() for name in ("without", "city"))
    try:
        Scope.without(without)
    except LianzhangError:
        return SiteLinks()
    return SiteLinks(without, city)


def send_file(page: str, name: str) -> Response:
    """Return a page that stands alone as a file to be kept."""
    kept = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return HTMLResponse(page, headers={"Content-Disposition": kept})

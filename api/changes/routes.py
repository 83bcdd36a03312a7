"""The routes by which a thing is changed: PATCH with the tag of what the writer saw."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Request, Response

from api.core.http import WRITING, json_of
from api.core.people import person_of
from api.core.problems import PROBLEMS
from graph.errors import Conflict, InputError, Stale, TagMissing
from graph.model import Node
from graph.model.edits import tag_of
from graph.model.nodes import Enterprise, Project, Task
from loaders.changes import Change, apply, refuse, standing
from queries.core.question import Question
from queries.core.view import View
from queries.things.questions import enterprise, project, task

THINGS: dict[str, tuple[type[Node], Question[Any]]] = {
    "enterprises": (Enterprise, enterprise),
    "projects": (Project, project),
    "tasks": (Task, task),
}
TOLD = '字段与新的值,如 {"stage": "签约"};null 为清空。可以另写 why: 为什么改'

router = APIRouter(prefix="/api/v1")


def _patch(record: type[Node], question: Question[Any]) -> Callable[..., Response]:
    (argument,) = question.arguments

    def patch(
        id: str,
        request: Request,
        fields: Annotated[dict[str, Any], Body(description=TOLD)],
        if_match: Annotated[str | None, Header(description="GET 的 ETag: 你看到的是哪一版", max_length=2000)] = None,
    ) -> Response:
        store, person = request.app.state.store, person_of(request)
        named = question.find(View.of(store), {argument.name: id})[argument.name]
        _check_text(fields)
        written = {name: value for name, value in fields.items() if name != "why"}
        change = Change(record, {"id": named.id}, written, person.name, str(fields.get("why") or ""), "", person.role)
        try:
            change = replace(change, seen=_seen(if_match, lambda: standing(store, record, change.key)))
        except TagMissing as error:
            refuse(store, change, error)
            raise
        try:
            (done,) = apply(store, [change])
        except Conflict as error:
            raise Stale(error.message, **error.details) from error
        if done.outcome == "refused":
            raise InputError(done.reason)
        view = View.of(store)
        return json_of(question.put(view, {argument.name: named}), question.answer)

    told = "须带 If-Match(GET 的 ETag);没有是 428,已被别人改过是 412,并给出现在的样子。"
    patch.__doc__ = f"改{record.table.zh}的字段: {told}"
    return patch


def _check_text(fields: dict[str, Any]) -> None:
    """Raise ``InputError`` for what is no text: JSON can spell halves of signs."""
    if not isinstance(fields.get("why") or "", str):
        raise InputError("why: 应为一段文字")
    try:
        json.dumps(fields, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InputError("内容里有不成对的代理字符(\\ud800 之类),不是文字,请改正后重试") from error


def _seen(if_match: str | None, row: Callable[[], dict[str, Any] | None]) -> str | None:
    """Return the tag of the row that a writer says to have seen; None: any."""
    if if_match is None or not if_match.strip():
        raise TagMissing("修改要在请求头 If-Match 里写明看到的是哪一版: GET 这个地址的 ETag")
    tags = [tag.strip().removeprefix("W/").strip('"').partition(".")[0] for tag in if_match.split(",")]
    if "*" in tags:
        return None
    stands = row()
    return tag if stands and (tag := tag_of(stands)) in tags else tags[0]


for _kind, (_record, _question) in THINGS.items():
    router.add_api_route(
        f"/{_kind}/{{id:id}}",
        _patch(_record, _question),
        methods=["PATCH"],
        tags=[_question.group],
        name=f"patch_{_question.name}",
        responses=PROBLEMS | WRITING,
    )

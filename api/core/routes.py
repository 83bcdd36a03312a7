"""Routes made from questions."""

from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any, get_args, get_origin

from fastapi import APIRouter, Body, Path, Query
from pydantic import ConfigDict, Field, create_model

from api.core.http import Answering, ConsoleDep, CursorQuery, SizeQuery, ViewDep
from graph.errors import InputError
from queries.core.answers import Page
from queries.core.question import Argument, Question

SUBJECTS: dict[str, Any] = {"view": ViewDep, "console": ConsoleDep}
MOST_VALUES = 50  # of an argument that may be given several times


def router_of(questions: Sequence[Question[Any]]) -> APIRouter:
    """Return the routes of some questions; no order matters, for an id is one part of an address."""
    router = APIRouter(prefix="/api/v1", route_class=Answering)
    for question in questions:
        for path in question.paths:
            method = "POST" if question.post else "GET"
            router.add_api_route(f"/{path}", _endpoint(question, path), methods=[method], tags=[question.group], summary=question.name)
    return router


def _endpoint(question: Question[Any], path: str) -> Callable[..., Any]:
    """Return the function of a route: what FastAPI reads of it is made from the question's arguments."""
    asked = [one for one in question.arguments if one.name_by("route")]
    braced = {part[1:-1] for part in path.split("/") if part.startswith("{")}
    if question.choice:  # an address names the one that was chosen
        asked = [one for one in asked if one.name in braced or not braced & {*question.choice.names} or one.name not in question.choice.names]
    parameters = [_parameter(one, one.name in braced) for one in asked if not question.post]
    if question.post:
        fields: dict[str, Any] = {one.name: (one.hint, ... if one.required else one.default) for one in asked}
        model = create_model(f"{question.ask.__name__.title()}Question", __config__=ConfigDict(extra="forbid"), **fields)
        parameters = [Parameter("body", Parameter.KEYWORD_ONLY, annotation=Annotated[model, Body()])]  # type: ignore[valid-type]
    if question.subject:
        parameters.append(Parameter("subject", Parameter.KEYWORD_ONLY, annotation=SUBJECTS[question.subject]))
    listed = get_origin(question.answer) is list
    if question.most is not None:
        parameters.append(Parameter("cursor", Parameter.KEYWORD_ONLY, annotation=CursorQuery, default=""))
        parameters.append(Parameter("size", Parameter.KEYWORD_ONLY, annotation=SizeQuery, default=50))

    def answer(**given: Any) -> Any:
        subject, body = given.pop("subject", None), given.pop("body", None)
        cursor, size = given.pop("cursor", ""), given.pop("size", None)
        words = given if body is None else {name: getattr(body, name) for name in type(body).model_fields}
        found = question.put(subject, words)
        return _page(found, cursor, size) if question.most is not None else Page(items=found) if listed else found

    answer.__name__, answer.__doc__ = question.ask.__name__, question.help
    returned = Page[get_args(question.answer)[0]] if listed else question.answer  # type: ignore[misc]
    answer.__signature__ = Signature(parameters, return_annotation=returned)  # type: ignore[attr-defined]
    answer.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": returned}
    return answer


def _parameter(argument: Argument, in_path: bool) -> Parameter:
    word, name = argument.word, argument.name_by("route")
    if in_path:
        return Parameter(argument.name, Parameter.KEYWORD_ONLY, annotation=Annotated[str, Path(description=word.help)])
    text = argument.kind is str
    said: dict[str, Any] = {"description": word.help or None, "alias": name}
    one: Any = argument.kind
    if text:
        bounds = {"min_length": 1 if argument.required or argument.word.find else None, "max_length": word.longest}
    else:
        bounds = {"ge": word.low, "le": word.high}
    if argument.many:
        hint: Any = Annotated[list[Annotated[one, Field(**bounds)]], Query(max_length=MOST_VALUES, **said)]
    elif argument.default is None:
        hint = Annotated[one | None, Query(**bounds, **said)]
    else:
        hint = Annotated[one, Query(**bounds, **said)]
    default = Parameter.empty if argument.required else [] if argument.many and argument.default is None else argument.default
    return Parameter(argument.name, Parameter.KEYWORD_ONLY, annotation=hint, default=default)


def _page(items: list[Any], cursor: str, size: int) -> Page[Any]:
    """Return a page of a list; the cursor is how many came before."""
    if cursor and not (cursor.isdecimal() and cursor.isascii() and len(cursor) < 10):
        raise InputError("cursor 应为上一页答案里的 next")
    start = int(cursor or 0)
    return Page(items=items[start : start + size], next=str(start + size) if start + size < len(items) else None)

"""Routes made from questions."""

from collections.abc import Callable, Iterator, Sequence
from inspect import Parameter, Signature
from typing import Annotated, Any, get_args, get_origin

from fastapi import APIRouter, Body, Path, Query
from pydantic import ConfigDict, Field, create_model

from api.core.http import Answering, ConsoleDep, ViewDep
from graph.errors import InputError
from queries.core.answers import Page
from queries.core.question import Argument, Cursor, Question, Size

SUBJECTS: dict[str, Any] = {"view": ViewDep, "console": ConsoleDep}
MOST_VALUES = 50  # of an argument that may be given several times
KEYWORD = Parameter.KEYWORD_ONLY
PAGED = (
    Parameter("cursor", KEYWORD, annotation=Cursor, default=""),
    Parameter("size", KEYWORD, annotation=Size, default=50),
)


def router_of(questions: Sequence[Question[Any]]) -> APIRouter:
    """Return the routes of some questions; no order matters, for an id is one part of an address."""
    router = APIRouter(prefix="/api/v1", route_class=Answering)
    for question in questions:
        for path in question.paths:
            told = {"methods": ["POST" if question.post else "GET"], "tags": [question.group]}
            router.add_api_route("/" + path.replace("}", ":id}"), _endpoint(question, path), **told)  # type: ignore[arg-type]
    return router


def _endpoint(question: Question[Any], path: str) -> Callable[..., Any]:
    """Return the function of a route: what FastAPI reads of it is made from the question's arguments."""
    listed = get_origin(question.answer) in (list, Sequence)

    def answer(**given: Any) -> Any:
        subject, body = given.pop("subject", None), given.pop("body", None)
        cut = {name: given.pop(name) for name in ("cursor", "size") if question.most is not None}
        whole = question.put(subject, question.find(subject, given if body is None else dict(body)))
        return _page(whole, **cut) if cut else Page(items=whole) if listed else whole

    parameters = given_by(question, path)
    returned = Page[get_args(question.answer)[0]] if listed else question.answer  # type: ignore[misc]
    answer.__name__, answer.__doc__ = question.ask.__name__, question.help
    answer.__signature__ = Signature(parameters, return_annotation=returned)  # type: ignore[attr-defined]
    answer.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {"return": returned}
    return answer


def given_by(question: Question[Any], path: str, subject: Any = None) -> list[Parameter]:
    """Return what a route is given, as FastAPI reads it; ``subject`` in place of what the question is asked of."""
    return [
        Parameter(name, KEYWORD, annotation=hint, default=default)
        for name, hint, default in _given(question, path, subject)
    ]


def _given(question: Question[Any], path: str, subject: Any) -> Iterator[tuple[str, Any, Any]]:
    asked = {argument.name: argument for argument in question.arguments if argument.name_by("route")}
    braced = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    if question.choice and not {*braced}.isdisjoint(question.choice.names):  # the address has chosen
        asked = {
            name: argument for name, argument in asked.items() if name in braced or name not in question.choice.names
        }
    if question.post:
        hints = {name: Annotated[argument.hint, Field(**_bounds(argument))] for name, argument in asked.items()}
        fields: Any = {
            name: (hint, ... if asked[name].required else asked[name].default) for name, hint in hints.items()
        }
        model = create_model(
            f"{question.ask.__name__.title()}Question", __config__=ConfigDict(extra="forbid"), **fields
        )
        yield "body", Annotated[model, Body()], Parameter.empty
    else:
        for name, argument in asked.items():
            in_path = Annotated[str, Path(description=argument.word.help)], Parameter.empty
            yield name, *(in_path if name in braced else _query_hint(argument))
    if question.subject:
        yield "subject", subject or SUBJECTS[question.subject], Parameter.empty
    if question.most is not None:
        yield from ((parameter.name, *_query_hint(Argument.of(parameter))) for parameter in PAGED)


def _query_hint(argument: Argument) -> tuple[Any, Any]:
    kind: Any = argument.kind
    bounds = _bounds(argument)
    about: Any = {"alias": argument.name_by("route"), "description": bounds.pop("description")}
    if argument.many:
        return Annotated[list[Annotated[kind, Field(**bounds)]], Query(max_length=MOST_VALUES, **about)], []
    hint = kind | None if argument.default is None else kind
    return Annotated[hint, Query(**about, **bounds)], argument.default


def _bounds(argument: Argument) -> dict[str, Any]:
    """Return what is said of an argument, as pydantic takes it."""
    word = argument.word
    told: dict[str, Any] = {"description": word.help}
    if argument.kind is str:
        told |= {"max_length": word.longest} | ({"min_length": 1} if argument.required or word.find else {})
    return told | {name: bound for name, bound in (("ge", word.low), ("le", word.high)) if bound is not None}


def _page(items: list[Any], cursor: str, size: int) -> Page[Any]:
    """Return a page of a list; the cursor is how many came before."""
    if cursor and not (cursor.isdecimal() and cursor.isascii() and len(cursor) < 10):
        raise InputError("cursor 应为上一页答案里的 next")
    start = int(cursor or 0)
    return Page(items=items[start : start + size], next=str(start + size) if start + size < len(items) else None)

"""Commands made from questions."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from api.core.options import FormatOption, StoreOption, reach, reading
from api.core.output import Format, print_json, print_table, progress, say, say_which
from queries.core.question import Argument, Question

if TYPE_CHECKING:
    from queries.core.view import View
    from queries.things.console import Console

Answered = TypeVar("Answered")
KEYWORD = Parameter.KEYWORD_ONLY


@dataclass(frozen=True)
class Handout:
    """A file that the command of a question can write its answer to: ``check`` raises before anything is asked.

    Where it is written, the answer is not printed as well unless it is ``printed``.
    """

    option: str
    help: str
    check: Callable[[Path], None]
    write: Callable[[Any, Path], None]
    printed: bool = False


class AskedGroup(TyperGroup):
    """A question that has commands below it: the word after it is one of these, or else what it asks about."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words; what comes before a command's name says nothing to the question."""
        below = next((place for place, word in enumerate(args) if word in self.commands), None)
        ctx.allow_interspersed_args = below is None
        if below is not None:
            args = [*args[:below], *([""] * self._places), *args[below:]]
        return super().parse_args(ctx, args)

    @property
    def _places(self) -> int:
        return sum(parameter.param_type_name == "argument" for parameter in self.params)


def command_of(question: Question[Any], handout: Handout | None = None) -> Callable[..., None]:
    """Return the command of a question, as typer reads it."""
    asked = [argument for argument in question.arguments if argument.name_by("command")]
    placed = {argument.name: argument.required or argument.word.positional for argument in asked}
    parameters = [_parameter(argument, placed.get(argument.name, False)) for argument in (*asked, *question.shown)]
    if question.most is not None:
        most = Annotated[int, typer.Option("--most", min=1, help="最多列几个")]
        parameters.append(Parameter("most", KEYWORD, annotation=most, default=question.most))
    if handout:
        option = typer.Option(handout.option, metavar="FILE", help=handout.help)
        parameters.append(Parameter("file", KEYWORD, annotation=Annotated[Path | None, option], default=None))
    parameters.append(Parameter("format", KEYWORD, annotation=FormatOption, default=Format(question.format)))
    if question.subject == "view":
        parameters += [Parameter("graph", KEYWORD), Parameter("context", KEYWORD, annotation=typer.Context)]
    elif question.subject:
        parameters.append(Parameter("store", KEYWORD, annotation=StoreOption, default=None))

    def run(**given: Any) -> None:
        words = {argument.name: _value(argument, given[argument.name]) for argument in asked}
        if question.choice and (problem := question.choice.problem(words, "--")):
            raise typer.BadParameter(problem)
        path: Path | None = given.get("file")
        if handout and path:
            handout.check(path)
        subject = (
            given["graph"] if question.subject == "view" else _console(given["store"]) if question.subject else None
        )
        answer, meant = _ask(question, subject, words)
        if handout and path:
            handout.write(answer, path)
            say(f"已写到 {path}")
            if not handout.printed:
                return
        most: int | None = given["most"] if question.most is not None else None
        print_answer(
            question,
            answer[:most] if most else answer,
            given["format"],
            {argument.name: given[argument.name] for argument in question.shown},
        )
        if most and len(answer) > most:
            say(f"共 {len(answer)} 个,只列前 {most} 个,可用 --most 调整")
        # a whole answer holds its notes
        if question.notes and (question.printed or given["format"] is not Format.json):
            for note in question.notes(answer, meant):
                say(note)

    run.__name__, run.__doc__ = question.ask.__name__, question.help
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return reading(run) if question.subject == "view" else run


def put(question: Question[Answered], graph: "View", **words: Any) -> Answered:
    """Return what a question answers to words, showing on stderr that it is at work."""
    return _ask(question, graph, words)[0]


def print_answer(
    question: Question[Any], answer: Any, format: Format, shown: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Print an answer in the wished form; ``shown`` are the options of its table."""
    if format is Format.json:
        print_json(question.printed(answer) if question.printed else answer)
    else:
        assert question.table is not None
        print_table(question.table(answer, **shown), format)


def _ask(question: Question[Answered], subject: Any, words: Mapping[str, Any]) -> tuple[Answered, dict[str, Any]]:
    meant = question.find(subject, words, say_which)
    with progress(quiet=not question.slow) as step:
        step(question.slow, 0)
        return question.put(subject, meant), meant


def _console(store: str | None) -> "Console":
    from graph.settings import Settings
    from queries.things.console import Console

    settings = Settings()
    return Console(reach(store), settings.query_seconds, settings.query_rows)


def add_commands(
    app: typer.Typer,
    questions: Sequence[Question[Any]],
    handouts: Mapping[str, Handout],
    groups: Mapping[str, typer.Typer],
) -> None:
    """Add the commands of some questions to an application; one that has commands of its own below it is a group."""
    for question in questions:
        if not question.command:
            continue
        command = command_of(question, handouts.get(question.name) or (_workbook(question) if question.book else None))
        if question.name in groups:
            groups[question.name].callback(invoke_without_command=True, cls=AskedGroup)(command)
            app.add_typer(groups[question.name], name=question.name)
        else:
            app.command(name=question.name)(command)


def _workbook(question: Question[Any]) -> Handout:
    """Return the workbook of an answer of several tables as a file to hand on."""

    def check(path: Path) -> None:
        from api.core.workbooks import check_workbook_file

        check_workbook_file(path)

    def write(answer: Any, path: Path) -> None:
        from api.core.workbooks import write_book

        assert question.book is not None
        write_book(question.book(answer), answer, path)

    return Handout("--xlsx", "另写成 Excel 工作簿: 每一部分一张表,示例另列", check, write, printed=True)


def _parameter(argument: Argument, positional: bool = False) -> Parameter:
    word, name = argument.word, argument.name_by("command")
    said: dict[str, Any] = {"help": word.help, "metavar": word.metavar or None}
    if argument.kind in (int, float):
        said |= {"min": word.low, "max": word.high}
    kind: Any = str if argument.kind is dict else argument.kind
    many = argument.many or argument.kind is dict
    option = f"--{name.replace('_', '-')}"
    about = typer.Argument(**said) if positional else typer.Option(option, **said)
    hint = list[kind] | None if many else kind | None if argument.default is None else kind
    default = Parameter.empty if argument.required else None if many else argument.default
    return Parameter(argument.name, KEYWORD, annotation=Annotated[hint, about], default=default)


def _value(argument: Argument, given: Any) -> Any:
    """Return what is given for an argument; ``NAME=VALUE`` pairs are read as JSON where they can be."""
    if argument.kind is not dict:
        return given
    return dict(map(_pair, given or []))


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{text!r} 应形如 名称=值")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value

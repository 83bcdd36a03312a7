"""A question: a typed function of a view, declared once; its command, its route and its tables are made from it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from inspect import Parameter, signature
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from graph.errors import InputError
from queries.core.answers import Named

if TYPE_CHECKING:
    from queries.core.parts import Book
    from queries.core.table import Table

Answered = TypeVar("Answered")
Find = Callable[[Any, str, Mapping[str, Any]], Any]


@dataclass(frozen=True)
class Word:
    """What is said of an argument: what it means, within which bounds, and how ``find`` finds what a word stands for.

    ``find`` is given the view, the word and the arguments before this one. ``route`` and
    ``command`` are the argument's names there, where they are others; an empty one: it is not
    offered there. ``positional``: a command takes it by its place though it has a default.
    """

    help: str = ""
    metavar: str = ""
    find: Find | None = None
    low: float | None = None
    high: float | None = None
    longest: int = 300
    route: str | None = None
    command: str | None = None
    positional: bool = False

    def over(self, inner: "Word | None") -> "Word":
        """Return this word, with what it leaves out said by the one that it is written around."""
        if inner is None:
            return self
        said = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }
        return Word(**{field.name: said.get(field.name, getattr(inner, field.name)) for field in fields(self)})


Cursor = Annotated[str, Word("上一页答案里的 next")]
Size = Annotated[int, Word("每页几条", low=1, high=500)]


@dataclass(frozen=True)
class Argument:
    """An argument of a question; without a default it has to be given."""

    name: str
    hint: Any
    kind: type
    many: bool
    word: Word
    default: Any

    @classmethod
    def of(cls, parameter: Parameter) -> "Argument":
        """Return the argument that a parameter of a function is."""
        kind, many, word = _read(parameter.annotation)
        return cls(parameter.name, parameter.annotation, kind, many, word or Word(), parameter.default)

    @property
    def required(self) -> bool:
        """Tell whether it has to be given."""
        return self.default is Parameter.empty

    def name_by(self, face: str) -> str:
        """Return its name by a face, ``route`` or ``command``; empty where it is not offered there."""
        named: str | None = getattr(self.word, face)
        return self.name if named is None else named


@dataclass(frozen=True)
class Choice:
    """Arguments of which at most one is given, or just one."""

    names: tuple[str, ...]
    required: bool = False

    def problem(self, given: Mapping[str, Any], sign: str = "") -> str:
        """Return what is wrong with what is given, or nothing."""
        number = sum(given.get(name) is not None for name in self.names)
        if number == 1 or (number == 0 and not self.required):
            return ""
        return (
            f"{'、'.join(sign + name for name in self.names)} "
            f"{'要写且只写一个' if self.required else '只能选一个,都不写就是全部'}"
        )


@dataclass(frozen=True)
class Question(Generic[Answered]):
    """A question and what its faces are made from.

    ``paths`` are its routes' addresses below ``/api/v1/``; an argument in braces is part of the address. ``table``
    returns what the terminal and CSV show of an answer, with options of its own beside it; ``notes`` what is said
    beside the table. ``book`` returns all tables of an answer that has several: of it are made a page, a workbook and,
    where they are not given, these two. ``printed`` is what the command prints as JSON where that is not the answer.
    Of a list without end a route gives pages, a command the first ``most``.
    """

    name: str
    ask: Callable[..., Answered]
    paths: tuple[str, ...]
    group: str
    command: bool
    book: "Callable[[Answered], Book] | None"
    table: "Callable[..., Table[Any]] | None"
    notes: Callable[[Answered, Mapping[str, Any]], Iterator[str]] | None
    printed: Callable[[Answered], Any] | None
    choice: Choice | None
    slow: str
    post: bool
    most: int | None
    format: str

    @property
    def help(self) -> str:
        """Return what it asks."""
        return (self.ask.__doc__ or "").strip()

    @cached_property
    def subject(self) -> str:
        """Return of what it is asked: a ``view``, a ``console``, or nothing."""
        first = next(iter(signature(self.ask).parameters), "")
        return first if first in ("view", "console") else ""

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        """Return its arguments in order."""
        return tuple(
            Argument.of(parameter)
            for parameter in signature(self.ask).parameters.values()
            if parameter.name != self.subject
        )

    @cached_property
    def shown(self) -> tuple[Argument, ...]:
        """Return the options of its table."""
        return (
            tuple(Argument.of(parameter) for parameter in list(signature(self.table).parameters.values())[1:])
            if self.table
            else ()
        )

    @property
    def answer(self) -> Any:
        """Return the type of its answer."""
        return signature(self.ask).return_annotation

    def put(self, subject: Any, arguments: Mapping[str, Any]) -> Answered:
        """Return the answer to arguments that were found."""
        return self.ask(*([subject] if self.subject else []), **arguments)

    def find(
        self, subject: Any, words: Mapping[str, Any], tell: Callable[[str, Named], Any] = lambda _word, _found: None
    ) -> dict[str, Any]:
        """Return the arguments that some words stand for, without those not
        given; ``tell`` hears for what each word was taken."""
        if self.choice and (problem := self.choice.problem(words)):
            raise InputError(problem)
        arguments: dict[str, Any] = {}
        for argument in self.arguments:
            value, find = words.get(argument.name), argument.word.find
            if value is None:
                continue
            if find is None:
                arguments[argument.name] = value
                continue
            made = [(word, find(subject, word, arguments)) for word in (value if argument.many else [value])]
            for word, meant in made:
                if isinstance(meant, Named):
                    tell(word, meant)
            arguments[argument.name] = [meant for _, meant in made] if argument.many else made[0][1]
        return arguments


def question(
    name: str,
    *paths: str,
    group: str,
    command: bool = True,
    book: "Callable[[Any], Book] | None" = None,
    table: "Callable[..., Table[Any]] | None" = None,
    notes: Callable[[Any, Mapping[str, Any]], Iterator[str]] | None = None,
    printed: Callable[[Any], Any] | None = None,
    choice: Choice | None = None,
    slow: str = "",
    post: bool = False,
    most: int | None = None,
    format: str = "table",
) -> Callable[[Callable[..., Answered]], Question[Answered]]:
    """Declare a function of a view as a question; its docstring is the help of its command and its route."""

    def declare(ask: Callable[..., Answered]) -> Question[Answered]:
        shown, told = table or (book and _whole(book)), notes or (book and _notes(book))
        return Question(name, ask, paths, group, command, book, shown, told, printed, choice, slow, post, most, format)

    return declare


def _whole(book: "Callable[[Any], Book]") -> "Callable[[Any], Table[Any]]":
    return lambda answer: book(answer).whole


def _notes(book: "Callable[[Any], Book]") -> Callable[[Any, Mapping[str, Any]], Iterator[str]]:
    return lambda answer, _: book(answer).notes(answer)


def _read(hint: Any) -> tuple[type, bool, Word | None]:
    """Return what is given for an argument of a type, whether it is several, and what is said of it."""
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *said = get_args(hint)
        kind, many, word = _read(inner)
        for own in said:  # an outer annotation comes after the one that it is written around
            word = own.over(word) if isinstance(own, Word) else word
        return (str if word and word.find else kind), many, word
    if origin in (Union, UnionType):
        return _read(next(member for member in get_args(hint) if member is not NoneType))
    if origin is list:
        kind, _, word = _read(get_args(hint)[0])
        return kind, True, word
    return (origin or hint), False, None

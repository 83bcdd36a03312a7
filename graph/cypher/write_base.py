"""What the writers of a query have in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from graph.cypher import syntax
from graph.cypher.dialect import Dialect
from graph.cypher.kinds import NULL, STRING, Kind, joined, kind_of_value, list_of
from graph.cypher.names import meant
from graph.cypher.operators import Written, condition
from graph.cypher.scope import Scope, bound, check_value, filled, find
from graph.cypher.tokens import where
from graph.errors import QueryError

LONGEST = 100_000
MOST_DIGITS = 18  # one store counts round past 19 without a word, and none comes to an end
Writers = dict[type[Any], Callable[[Any], Written]]


class BaseWriter(ABC):
    """What all writers have in common: the names that are bound, the
    parameters, the words that stand for themselves."""

    def __init__(self, dialect: Dialect, source: str, parameters: Mapping[str, Any]) -> None:
        self.dialect = dialect
        self.source = source
        self.given = parameters
        self.used: set[str] = set()
        self.sent: dict[str, Any] = {}
        self.scope: Scope = {}
        self.columns: dict[syntax.Expression, Written] = {}  # in ORDER BY: what already is a column
        self.doubtful: set[str] = set()  # keys that were asked of things of which nothing is known
        self.unless: dict[str, str] = {}  # queries that must find nothing, and the refusal where they find something
        self.hidden: set[str] = set()  # names that the query did not write
        self.digits = (
            0.0  # about how many digits the number of rows has, as far as unconnected patterns and lists multiply it
        )
        self._number = 0
        self._renamed: dict[str, str] = {}

    @abstractmethod
    def writers(self) -> Writers:
        """Return what writes each kind of expression."""

    def place(self, at: int) -> str:
        """Say where in the query something stands."""
        return where(self.source, at)

    def refusal(self, message: str, at: int) -> QueryError:
        """Return the refusal of what stands at a place of the query."""
        return QueryError(f"{message.removesuffix('。')}。位置: {self.place(at)}")

    def fresh(self, prefix: str) -> str:
        """Return a name that the query does not use."""
        while True:
            self._number += 1
            name = f"_{prefix}{self._number}"
            if name not in self.source:
                self.hidden.add(name)
                return name

    def write(self, value: syntax.Expression) -> Written:
        """Return an expression as the store is to read it."""
        if value in self.columns and not isinstance(value, (syntax.Literal, syntax.Parameter)):
            return self.columns[value]
        written = self.writers()[type(value)](value)
        if len(written.text) > LONGEST:
            raise self.refusal("查询太长,请拆开写", value.at)
        return written

    def condition(self, value: syntax.Expression) -> str:
        """Return an expression as a condition."""
        return condition(self.write(value), self.place(value.at))

    def widen(self, digits: float, at: int) -> None:
        """Note that the rows are multiplied; refuse where more come of it than can be counted."""
        self.digits += digits
        if self.digits > MOST_DIGITS:
            raise self.refusal(
                (
                    "互不相连的模式(以及 UNWIND)太多,行数相乘会数不过来,最多 3 个;"
                    "请用关系把它们连起来,或在模式里写明 {id: '…'},或分成几条查询"
                ),
                at,
            )

    def asked_for_null(self, value: Written) -> str:
        """Return what is null where a value is; of a whole node or relation,
        one store answers wrongly in an OPTIONAL MATCH."""
        named = value.text.startswith("`") and value.kind.word in ("node", "relation")
        return f"id({value.text})" if self.dialect.typed and named else value.safe

    @contextmanager
    def binding(self, names: Mapping[str, Kind]) -> Iterator[None]:
        """Bind names for the length of a block."""
        before = self.scope
        self.scope = before | {name: bound(name, kind) for name, kind in names.items()}
        try:
            yield
        finally:
            self.scope = before

    def literal(self, value: syntax.Literal) -> Written:
        """Write a number, a string or a word like true."""
        held = value.value
        if isinstance(held, str):
            if "\\" in held:  # the stores differ on escapes: such a text goes as a parameter
                return Written(self.send(self.fresh("s"), held), STRING, empty=False)
            return Written("'" + held.replace("'", "\\'") + "'", STRING, empty=not held)
        if held is None:
            return Written("NULL", NULL)
        return Written(
            str(held).lower() if isinstance(held, bool) else repr(held).replace("e+", "e"), kind_of_value(held)
        )

    def parameter(self, value: syntax.Parameter) -> Written:
        """Write a parameter, which must have been given."""
        name = value.name
        if name not in self.given:
            given = f"给了的参数是: {'、'.join(self.given)};{meant(name, self.given, True)}" if self.given else ""
            raise self.refusal(f"没有给参数 ${name}。{given}命令里写 --param {name}=值,接口里写在 parameters", value.at)
        self.used.add(name)
        held = self.given[name]
        kind = kind_of_value(held)
        self.check_list(kind, value.at, f"参数 {name}")
        if held is None:
            return Written("NULL", NULL)
        if isinstance(held, (list, tuple)) and not held:
            return Written("[]", list_of())
        if isinstance(held, Mapping) and not held:
            raise self.refusal(f"参数 {name} 是空的映射,不能使用", value.at)
        empty = None if not isinstance(held, str) else not held
        nulls = isinstance(held, (list, tuple)) and None in held
        return Written(self.send(name, filled(held) if self.dialect.typed else held), kind, empty=empty, nulls=nulls)

    def send(self, name: str, value: Any) -> str:
        """Return how a value is called that goes as a parameter."""
        check_value(name, value)
        plain = (
            name
            if name.isascii() and name.isidentifier()
            else next((key for key, held in self._renamed.items() if held == name), "")
        )
        if not plain:
            plain = self.fresh("p")
            self._renamed[plain] = name
        self.sent[plain] = value
        return f"${plain}"

    def variable(self, value: syntax.Variable) -> Written:
        """Write a name, which must be bound."""
        meaning = find(self.scope, value.name, self.place(value.at))
        return Written(meaning.text, meaning.kind)

    def whole(self, value: syntax.Expression) -> int | None:
        """Return the whole number that an expression plainly is."""
        if isinstance(value, syntax.Unary) and value.sign == "-":
            inner = self.whole(value.value)
            return None if inner is None else -inner
        held = self.given.get(value.name) if isinstance(value, syntax.Parameter) else getattr(value, "value", None)
        if (
            isinstance(value, (syntax.Literal, syntax.Parameter))
            and isinstance(held, int)
            and not isinstance(held, bool)
        ):
            return held
        return None

    def text(self, value: syntax.Expression) -> str | None:
        """Return the text that an expression plainly is."""
        if isinstance(value, syntax.Binary) and value.sign == "+":
            parts = (self.text(value.left), self.text(value.right))
            return None if parts[0] is None or parts[1] is None else parts[0] + parts[1]
        held = self.given.get(value.name) if isinstance(value, syntax.Parameter) else getattr(value, "value", None)
        return held if isinstance(value, (syntax.Literal, syntax.Parameter)) and isinstance(held, str) else None

    def check_list(self, kind: Kind, at: int, what: str) -> None:
        """Refuse a list of different kinds of values where the store has none."""
        if self.dialect.typed and kind.word == "list" and kind.item is not None and kind.item.word == "any":
            raise self.refusal(f"{what}里的值种类不同,{self.dialect.name}的列表只能装同一种值", at)

    def check_same(self, kinds: list[Kind], at: int, what: str) -> Kind:
        """Return the kind that all have; refuse different ones where the store needs one."""
        kind = joined(kinds)
        known = [each for each in kinds if each.is_known()]
        if self.dialect.typed and known and joined(known).word == "any":
            raise self.refusal(
                f"{what}种类不同({'、'.join(dict.fromkeys(each.zh for each in known))}),{self.dialect.name}要求同一种",
                at,
            )
        return kind

"""What a read-only Cypher query is made of, after parsing."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Expression:
    """Anything that has a value; ``at`` is its place in the text and does not count when two are compared."""

    at: int = field(compare=False, kw_only=True, default=0)


@dataclass(frozen=True)
class Literal(Expression):
    """A number, a string, true, false or null."""

    value: Any


@dataclass(frozen=True)
class Parameter(Expression):
    """``$name``."""

    name: str


@dataclass(frozen=True)
class Variable(Expression):
    """A name that a clause has bound."""

    name: str


@dataclass(frozen=True)
class Property(Expression):
    """``base.key``."""

    base: Expression
    key: str


@dataclass(frozen=True)
class Index(Expression):
    """``base[place]``."""

    base: Expression
    place: Expression


@dataclass(frozen=True)
class Slice(Expression):
    """``base[low..high]``, either end left out or not."""

    base: Expression
    low: Expression | None
    high: Expression | None


@dataclass(frozen=True)
class Items(Expression):
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Mapping(Expression):
    """``{key: value}``."""

    pairs: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class Projection(Expression):
    """``n {.key, key: value, .*}``: each pair a key and its value; ``all`` for ``.*``."""

    base: Expression
    pairs: tuple[tuple[str, Expression], ...]
    all: bool


@dataclass(frozen=True)
class Unary(Expression):
    """``NOT x`` or ``-x``."""

    sign: str
    value: Expression


@dataclass(frozen=True)
class Binary(Expression):
    """Two values with a sign or word between them."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Chain(Expression):
    """Conditions joined by AND, OR or XOR."""

    word: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True)
class Comparison(Expression):
    """``a < b <= c``: the first value, then signs and values."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class NullTest(Expression):
    """``x IS NULL`` or ``x IS NOT NULL``."""

    value: Expression
    negated: bool


@dataclass(frozen=True)
class LabelTest(Expression):
    """``n:Label`` as a condition."""

    value: Expression
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Call(Expression):
    """A function call; ``star`` for ``count(*)``."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False
    star: bool = False


@dataclass(frozen=True)
class Case(Expression):
    """``CASE [subject] WHEN … THEN … ELSE … END``."""

    subject: Expression | None
    branches: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None


@dataclass(frozen=True)
class Comprehension(Expression):
    """``[x IN list WHERE condition | value]``."""

    variable: str
    source: Expression
    condition: Expression | None
    value: Expression | None


@dataclass(frozen=True)
class Quantifier(Expression):
    """``all/any/none/single(x IN list WHERE condition)``."""

    word: str
    variable: str
    source: Expression
    condition: Expression


@dataclass(frozen=True)
class Reduction(Expression):
    """``reduce(total = start, x IN list | value)``."""

    total: str
    start: Expression
    variable: str
    source: Expression
    value: Expression


@dataclass(frozen=True)
class NodePattern:
    """``(name:Label {…} WHERE …)``."""

    name: str | None
    labels: tuple[str, ...]
    properties: Mapping | None
    condition: Expression | None
    at: int = field(compare=False)


@dataclass(frozen=True)
class Hops:
    """``*low..high``; ``mode`` is TRAIL, SHORTEST or ALL SHORTEST, or empty where nothing is said."""

    low: int
    high: int | None
    mode: str


@dataclass(frozen=True)
class RelationPattern:
    """``-[name:TYPE*1..3 {…}]->``; ``towards`` is ``>``, ``<`` or empty."""

    name: str | None
    types: tuple[str, ...]
    towards: str
    hops: Hops | None
    properties: Mapping | None
    condition: Expression | None
    at: int = field(compare=False)


@dataclass(frozen=True)
class Pattern:
    """A chain of nodes and relations; ``shortest`` is SHORTEST, ALL SHORTEST or empty."""

    name: str | None
    nodes: tuple[NodePattern, ...]
    relations: tuple[RelationPattern, ...]
    shortest: str = ""
    at: int = field(compare=False, default=0)


@dataclass(frozen=True)
class PatternTest(Expression):
    """A pattern as a condition: true where it is found."""

    pattern: Pattern


@dataclass(frozen=True)
class PatternList(Expression):
    """``[(a)-->(b) WHERE condition | value]``."""

    pattern: Pattern
    condition: Expression | None
    value: Expression


@dataclass(frozen=True)
class Subquery(Expression):
    """``EXISTS { … }``, ``COUNT { … }`` or ``COLLECT { … }``."""

    word: str
    query: "Query"


class Clause:
    """One clause of a query."""


@dataclass(frozen=True)
class Match(Clause):
    """``[OPTIONAL] MATCH pattern, … [WHERE condition]``."""

    optional: bool
    patterns: tuple[Pattern, ...]
    condition: Expression | None


@dataclass(frozen=True)
class Unwind(Clause):
    """``UNWIND list AS name``."""

    source: Expression
    name: str
    at: int = field(compare=False)


@dataclass(frozen=True)
class Item:
    """One column of WITH or RETURN; ``text`` is how it was written, ``aliased`` tells whether it was given a name."""

    value: Expression
    name: str
    aliased: bool


@dataclass(frozen=True)
class Order:
    """One part of ORDER BY."""

    value: Expression
    descending: bool


@dataclass(frozen=True)
class Project(Clause):
    """``WITH`` or ``RETURN`` with all that belongs to it."""

    word: str
    distinct: bool
    star: bool
    items: tuple[Item, ...]
    orders: tuple[Order, ...]
    skip: Expression | None
    limit: Expression | None
    condition: Expression | None
    at: int = field(compare=False)


@dataclass(frozen=True)
class Procedure(Clause):
    """``CALL name(…) [YIELD column [AS name], … [WHERE …]]``; ``yields`` is None where YIELD is left out."""

    name: str
    arguments: tuple[Expression, ...]
    yields: tuple[tuple[str, str], ...] | None
    condition: Expression | None
    at: int = field(compare=False)


@dataclass(frozen=True)
class CallSubquery(Clause):
    """``CALL (names) { … }``; ``names`` is None where it is written without them."""

    names: tuple[str, ...] | None
    query: "Query"
    at: int = field(compare=False)


@dataclass(frozen=True)
class Query:
    """One or more lists of clauses joined by UNION; ``all`` tells for each join whether it is UNION ALL."""

    parts: tuple[tuple[Clause, ...], ...]
    all: tuple[bool, ...] = ()


PARTS = (Expression, Query, Clause, Item, Order, Pattern, NodePattern, RelationPattern)  # what may have variables in it

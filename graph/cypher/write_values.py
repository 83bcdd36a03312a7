"""Writes expressions for a store, and refuses those that it would answer otherwise than the other one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from graph.cypher import functions, syntax
from graph.cypher.dialect import SIGNATURES, Dialect
from graph.cypher.kinds import ANY, BOOL, FLOAT, INT, NULL, STRING, Kind, joined, kind_of_value, list_of, property_kind
from graph.cypher.names import check_label, meant, no_property
from graph.cypher.operators import TEXTUAL, Written, add, calculate, compare, condition, textual, within
from graph.cypher.scope import Scope, bound, check_value, filled, find, quote
from graph.cypher.tokens import where
from graph.errors import QueryError

LONGEST = 100_000
MOST_IN_RANGE = 1_000_000
UNROLL = "请用 UNWIND list AS x WITH x WHERE … RETURN collect(x)"


class ValueWriter(ABC):
    """Writes what has a value; patterns and subqueries are written by its sub-class."""

    def __init__(self, dialect: Dialect, source: str, parameters: Mapping[str, Any]) -> None:
        self.dialect = dialect
        self.source = source
        self.given = parameters
        self.used: set[str] = set()
        self.sent: dict[str, Any] = {}
        self.scope: Scope = {}
        self.columns: dict[syntax.Expression, Written] = {}  # in ORDER BY: what already is a column
        self._number = 0

    @abstractmethod
    def pattern_test(self, pattern: syntax.Pattern) -> Written:
        """Write a pattern as a condition."""

    @abstractmethod
    def pattern_list(self, value: syntax.PatternList) -> Written:
        """Write a list made from a pattern."""

    @abstractmethod
    def subquery(self, value: syntax.Subquery) -> Written:
        """Write EXISTS, COUNT or COLLECT."""

    def place(self, at: int) -> str:
        """Say where in the query something stands."""
        return where(self.source, at)

    def fresh(self, prefix: str) -> str:
        """Return a name that the query does not use."""
        while True:
            self._number += 1
            name = f"_{prefix}{self._number}"
            if name not in self.source:
                return name

    def write(self, value: syntax.Expression) -> Written:
        """Return an expression as the store is to read it."""
        if value in self.columns and not isinstance(value, (syntax.Literal, syntax.Parameter)):
            return self.columns[value]
        writers = cast("dict[type, Callable[[Any], Written]]", self._writers())
        written = writers[type(value)](value)
        if len(written.text) > LONGEST:
            raise QueryError(f"查询太长,请拆开写。位置: {self.place(value.at)}")
        return written

    def condition(self, value: syntax.Expression) -> str:
        """Return an expression as a condition."""
        return condition(self.write(value), self.place(value.at))

    @contextmanager
    def binding(self, names: Mapping[str, Kind]) -> Iterator[None]:
        """Bind names for the length of a block."""
        before = self.scope
        self.scope = before | {name: bound(name, kind) for name, kind in names.items()}
        try:
            yield
        finally:
            self.scope = before

    def _writers(self) -> "dict[type[Any], Any]":
        return {
            syntax.Literal: self._literal, syntax.Parameter: self._parameter, syntax.Variable: self._variable,
            syntax.Property: self._property, syntax.Index: self._index, syntax.Slice: self._slice, syntax.Items: self._items,
            syntax.Mapping: self._mapping, syntax.Projection: self._projection, syntax.Unary: self._unary, syntax.Binary: self._binary,
            syntax.Chain: self._chain, syntax.Comparison: self._comparison, syntax.NullTest: self._null_test,
            syntax.LabelTest: self._label_test, syntax.Call: self._call, syntax.Case: self._case,
            syntax.Comprehension: self._comprehension, syntax.Quantifier: self._quantifier, syntax.Reduction: self._reduction,
            syntax.PatternTest: lambda value: self.pattern_test(value.pattern), syntax.PatternList: self.pattern_list,
            syntax.Subquery: self.subquery,
        }  # fmt: skip

    def _literal(self, value: syntax.Literal) -> Written:
        held = value.value
        if isinstance(held, str):
            if "\\" in held:  # the stores differ on escapes: such a text goes as a parameter
                return Written(self._send(self.fresh("s"), held), STRING, empty=False)
            return Written("'" + held.replace("'", "\\'") + "'", STRING, empty=not held)
        if held is None:
            return Written("NULL", NULL)
        return Written(str(held).lower() if isinstance(held, bool) else repr(held), kind_of_value(held))

    def _parameter(self, value: syntax.Parameter) -> Written:
        name = value.name
        if name not in self.given:
            given = f"给了的参数是: {'、'.join(self.given)};{meant(name, self.given, True)}" if self.given else ""
            raise QueryError(f"没有给参数 ${name}。{given}命令里写 --param {name}=值,接口里写在 parameters。位置: {self.place(value.at)}")
        self.used.add(name)
        held = self.given[name]
        kind = kind_of_value(held)
        self._check_list(kind, value.at, f"参数 {name}")
        if held is None:
            return Written("NULL", NULL)
        if isinstance(held, (list, tuple)) and not held:
            return Written("[]", list_of())
        if isinstance(held, Mapping) and not held:
            raise QueryError(f"参数 {name} 是空的映射,不能使用。位置: {self.place(value.at)}")
        empty = None if not isinstance(held, str) else not held
        return Written(self._send(name, filled(held) if self.dialect.typed else held), kind, empty=empty)

    def _send(self, name: str, value: Any) -> str:
        check_value(name, value)
        plain = name if name.isascii() and name.isidentifier() else next((key for key, held in self._renamed.items() if held == name), "")
        if not plain:
            plain = self.fresh("p")
            self._renamed[plain] = name
        self.sent[plain] = value
        return f"${plain}"

    @property
    def _renamed(self) -> dict[str, str]:
        return self.__dict__.setdefault("_names", {})

    def _variable(self, value: syntax.Variable) -> Written:
        found = find(self.scope, value.name, self.place(value.at))
        return Written(found.text, found.kind)

    def _property(self, value: syntax.Property) -> Written:
        base = self.write(value.base)
        shown = self.source[value.base.at : value.at].strip() or "它"
        kind, key, place = base.kind, value.key, self.place(value.at)
        if kind.word in ("node", "relation"):
            found = property_kind(kind, key)
            if found is None:
                raise no_property(kind, shown, key, place)
        elif kind.word == "map":
            fields = dict(kind.fields or ())
            if kind.fields is not None and key not in fields:
                raise QueryError(f"{shown} 没有键 {key}: {meant(key, fields, True)}位置: {place}")
            if self.dialect.typed and kind.fields is None:
                raise QueryError(f"{self.dialect.name}不知道 {shown} 有哪些键;请直接用 n.{key}。位置: {place}")
            found = fields.get(key, ANY)
        elif kind.is_known() and not (kind.word == "date" and not self.dialect.typed):
            raise QueryError(f"{shown} 是{kind.zh},没有属性 {key}。{self._of_list(kind)}位置: {place}")
        else:
            found = ANY
        if self.dialect.typed and not isinstance(value.base, (syntax.Variable, syntax.Property, syntax.Parameter)):
            return Written(f"struct_extract({base.text}, '{self._plain_key(key, value.at)}')", found)
        return Written(f"{base.safe}.{quote(key)}", found)

    def _of_list(self, kind: Kind) -> str:
        return "列表要先展开: UNWIND list AS x RETURN x.name。" if kind.word == "list" else ""

    def _plain_key(self, key: str, at: int) -> str:
        if "'" in key or "\\" in key:
            raise QueryError(f"这里的键 {key} 不能有引号。位置: {self.place(at)}")
        return key

    def _index(self, value: syntax.Index) -> Written:
        base, place = self.write(value.base), self.write(value.place)
        if base.kind.word == "string":
            raise QueryError(f"取文字的一段用 substring(s, 0, 1)。位置: {self.place(value.at)}")
        if base.kind.is_known() and base.kind.word != "list":
            raise QueryError(f"[…] 只能用于列表;属性写作 n.name。位置: {self.place(value.at)}")
        if place.kind.is_known() and place.kind.word != "int":
            raise QueryError(f"列表的位置应是整数,从 0 数起。位置: {self.place(value.at)}")
        kind = base.kind.item or ANY
        if not self.dialect.one_based:
            return Written(f"{base.safe}[{place.text}]", kind)
        number = self._whole(value.place)
        if number is None:
            raise QueryError(f"{self.dialect.name}里列表的位置只能是写明的整数,如 list[0]、list[-1]。位置: {self.place(value.at)}")
        return Written(f"{base.safe}[{number + 1 if number >= 0 else number}]", kind)

    def _slice(self, value: syntax.Slice) -> Written:
        base = self.write(value.base)
        if base.kind.is_known() and base.kind.word != "list":
            raise QueryError(f"[..] 只能用于列表;取文字的一段用 substring(s, 0, 2)。位置: {self.place(value.at)}")
        ends = [None if end is None else self.write(end) for end in (value.low, value.high)]
        if not self.dialect.one_based:
            low, high = ("" if end is None else end.text for end in ends)
            return Written(f"{base.safe}[{low}..{high}]", base.kind)
        numbers = [None if end is None else self._whole(end) for end in (value.low, value.high)]
        if any(end is not None and (number is None or number < 0) for end, number in zip(ends, numbers, strict=True)):
            raise QueryError(f"{self.dialect.name}里取一段列表,两端只能是写明的非负整数,如 list[0..2]。位置: {self.place(value.at)}")
        last = f"size({base.text})" if numbers[1] is None else str(numbers[1])
        return Written(f"list_slice({base.text}, {(numbers[0] or 0) + 1}, {last})", base.kind)

    def _whole(self, value: syntax.Expression) -> int | None:
        if isinstance(value, syntax.Unary) and value.sign == "-":
            inner = self._whole(value.value)
            return None if inner is None else -inner
        held = self.given.get(value.name) if isinstance(value, syntax.Parameter) else getattr(value, "value", None)
        if isinstance(value, (syntax.Literal, syntax.Parameter)) and isinstance(held, int) and not isinstance(held, bool):
            return held
        return None

    def _items(self, value: syntax.Items) -> Written:
        items = [self.write(item) for item in value.items]
        kind = list_of(joined(item.kind for item in items))
        if self.dialect.typed and any(item.kind.word == "null" for item in items):
            raise QueryError(f"{self.dialect.name}的列表里不要写 null;判断为空用 IS NULL。位置: {self.place(value.at)}")
        if items and all(item.kind.is_known() for item in items):
            self._check_list(kind, value.at, "列表")
        return Written(f"[{', '.join(item.text for item in items)}]", kind)

    def _check_list(self, kind: Kind, at: int, what: str) -> None:
        if self.dialect.typed and kind.word == "list" and kind.item is not None and kind.item.word == "any":
            raise QueryError(f"{what}里的值种类不同,{self.dialect.name}的列表只能装同一种值。位置: {self.place(at)}")

    def _mapping(self, value: syntax.Mapping) -> Written:
        pairs = [(key, self.write(item)) for key, item in value.pairs]
        if not pairs and self.dialect.typed:
            raise QueryError(f"{self.dialect.name}里映射不能是空的。位置: {self.place(value.at)}")
        text = ", ".join(f"{quote(key)}: {item.text}" for key, item in pairs)
        return Written(f"{{{text}}}", Kind("map", fields=tuple((key, item.kind) for key, item in pairs)))

    def _projection(self, value: syntax.Projection) -> Written:
        base = self.write(value.base)
        if base.kind.is_known() and base.kind.word not in ("node", "relation", "map"):
            raise QueryError(f"{base.kind.zh}不能写 {{.name}}。位置: {self.place(value.at)}")
        if not self.dialect.typed:
            pairs = [(key, self.write(item)) for key, item in value.pairs]
            parts = [".*"] * value.all + [f"{quote(key)}: {item.text}" for key, item in pairs]
            fields = None if value.all else tuple((key, item.kind) for key, item in pairs)
            return Written(f"{base.text} {{{', '.join(parts)}}}", Kind("map", fields=fields))
        if value.all and not value.pairs:
            return Written(f"properties({base.text})", Kind("map"))
        if value.all:
            raise QueryError(f"{self.dialect.name}里 .* 不能与别的键同写;请写 properties(n) 或逐个列出。位置: {self.place(value.at)}")
        return self._mapping(syntax.Mapping(value.pairs, at=value.at))

    def _unary(self, value: syntax.Unary) -> Written:
        if value.sign == "NOT":
            return Written(f"NOT {self.condition(value.value)}", BOOL, False)
        inner = self.write(value.value)
        if inner.kind.is_known() and inner.kind.group != "number":
            raise QueryError(f"负号后面应是数字,写的是{inner.kind.zh}。位置: {self.place(value.at)}")
        return Written(f"-{inner.safe}", inner.kind, False)

    def _binary(self, value: syntax.Binary) -> Written:
        left, right, place = self.write(value.left), self.write(value.right), self.place(value.at)
        if value.sign in TEXTUAL:
            return Written(textual(self.dialect, value.sign, left, right, place), BOOL, False)
        if value.sign == "IN":
            return Written(within(self.dialect, left, right, place), BOOL, False)
        return add(self.dialect, left, right, place) if value.sign == "+" else calculate(value.sign, left, right, place)

    def _chain(self, value: syntax.Chain) -> Written:
        return Written(f" {value.word} ".join(self.condition(part) for part in value.parts), BOOL, False)

    def _comparison(self, value: syntax.Comparison) -> Written:
        if (identity := self._identity(value)) is not None:
            return identity
        values = [self.write(part) for part in (value.first, *(part for _, part in value.rest))]
        signs = [sign for sign, _ in value.rest]
        place = self.place(value.at)
        texts = [compare(sign, left, right, place) for sign, left, right in zip(signs, values, values[1:], strict=False)]
        return Written(" AND ".join(f"({text})" for text in texts) if len(texts) > 1 else texts[0], BOOL, False)

    def _identity(self, value: syntax.Comparison) -> Written | None:
        """``id(a) = id(b)`` asks whether two names stand for one thing, and that may be asked."""
        if len(value.rest) != 1 or value.rest[0][0] not in ("=", "<>"):
            return None
        sides = (value.first, value.rest[0][1])
        if not all(isinstance(side, syntax.Call) and side.name.lower() in ("id", "elementid") and len(side.arguments) == 1 for side in sides):
            return None
        inner = [self.write(cast(syntax.Call, side).arguments[0]) for side in sides]
        if any(side.kind.word not in ("node", "relation") for side in inner):
            return None
        return Written(compare(value.rest[0][0], inner[0], inner[1], self.place(value.at)), BOOL, False)

    def _null_test(self, value: syntax.NullTest) -> Written:
        inner = self.write(value.value)
        if inner.kind.word == "null" and self.dialect.typed:
            return Written("false" if value.negated else "true", BOOL)
        return Written(f"{inner.safe} IS {'NOT ' * value.negated}NULL", BOOL, False)

    def _label_test(self, value: syntax.LabelTest) -> Written:
        inner, place = self.write(value.value), self.place(value.at)
        if inner.kind.word != "node":
            raise QueryError(f"只有节点能问标签: n:Chain;关系的类型用 type(r) = '…'。位置: {place}")
        for label in value.labels:
            check_label(label, place)
        return Written(self.label_test(inner.text, value.labels), BOOL, False)

    def label_test(self, text: str, labels: tuple[str, ...]) -> str:
        """Return the condition that a node has one of these labels."""
        if self.dialect.typed:
            return " OR ".join(f"label({text}) = '{label}'" for label in labels)
        return f"{text}:{'|'.join(map(quote, labels))}"

    def _call(self, value: syntax.Call) -> Written:
        place = self.place(value.at)
        if value.star:
            return Written("count(*)", INT)
        self._check_size(value, place)
        taken = functions.signature(value.name, self.dialect, place)
        if value.distinct and not taken.aggregates:
            raise QueryError(f"DISTINCT 只能写在聚合函数里,如 count(DISTINCT x)。位置: {place}")
        values = [self.write(argument) for argument in value.arguments]
        kinds = [item.kind for item in values]
        functions.check(value.name, taken, kinds, place)
        kind = functions.result(taken, kinds)
        if value.name.lower() == "coalesce" and self.dialect.typed:
            self._check_same(kinds, value.at, "coalesce() 的各个参数")
        return Written(self._call_text(value, values, kinds, place), kind)

    def _call_text(self, value: syntax.Call, values: list[Written], kinds: list[Kind], place: str) -> str:
        low = value.name.lower()
        distinct = "DISTINCT " if value.distinct else ""
        if low == "count" and self.dialect.counts_relations and not distinct and isinstance(value.arguments[0], syntax.Property):
            return f"sum(CASE WHEN {values[0].text} IS NULL THEN 0 ELSE 1 END)"
        texts = [item.text for item in values]
        name = low
        if low in ("type", "label", "labels") and kinds and kinds[0].optional and f"{low}:optional" in self.dialect.functions:
            name = f"{low}:optional"
        return functions.written(self.dialect, name, kinds, texts, distinct, place)

    def _check_size(self, value: syntax.Call, place: str) -> None:
        low = value.name.lower()
        if low in SIGNATURES and any(isinstance(argument, syntax.PatternTest) for argument in value.arguments):
            raise QueryError(f"{value.name}() 里不能放模式;数有几个写 COUNT {{ MATCH (p)<-[:PRODUCES]-() }},有没有写 EXISTS {{ MATCH … }}。位置: {place}")
        if low == "range" and len(value.arguments) >= 2:
            ends = [self._whole(argument) for argument in value.arguments]
            step = abs(ends[2] or 1) if len(ends) > 2 else 1
            if ends[0] is not None and ends[1] is not None and abs(ends[1] - ends[0]) // step > MOST_IN_RANGE:
                raise QueryError(f"range() 一次最多 {MOST_IN_RANGE} 个数。位置: {place}")

    def _check_same(self, kinds: list[Kind], at: int, what: str) -> Kind:
        kind = joined(kinds)
        known = [each for each in kinds if each.is_known()]
        if self.dialect.typed and known and joined(known).word == "any":
            raise QueryError(f"{what}种类不同({'、'.join(dict.fromkeys(each.zh for each in known))}),{self.dialect.name}要求同一种。位置: {self.place(at)}")
        return kind

    def _case(self, value: syntax.Case) -> Written:
        subject = None if value.subject is None else self.write(value.subject)
        parts, kinds = [f"CASE {subject.text}" if subject else "CASE"], []
        for when, then in value.branches:
            tested = self.write(when)
            if subject is None:
                text = condition(tested, self.place(when.at))
            else:
                compare("=", subject, tested, self.place(when.at))
                text = tested.text
            given = self.write(then)
            kinds.append(given.kind)
            parts.append(f"WHEN {text} THEN {given.text}")
        if value.otherwise is not None:
            given = self.write(value.otherwise)
            kinds.append(given.kind)
            parts.append(f"ELSE {given.text}")
        return Written(f"{' '.join(parts)} END", self._check_same(kinds, value.at, "CASE 各分支的值"))

    def _comprehension(self, value: syntax.Comprehension) -> Written:
        self._need_lambdas(f"[{value.variable} IN … | …]", value.at)
        source, item = self._source(value.source, value.at)
        with self.binding({value.variable: item}):
            condition_ = "" if value.condition is None else f" WHERE {self.condition(value.condition)}"
            mapped = None if value.value is None else self.write(value.value)
        text = f"[{quote(value.variable)} IN {source}{condition_}{'' if mapped is None else f' | {mapped.text}'}]"
        return Written(text, list_of(item if mapped is None else mapped.kind))

    def _quantifier(self, value: syntax.Quantifier) -> Written:
        word = value.word.lower()
        self._need_lambdas(f"{word}(x IN … WHERE …)", value.at)
        source, item = self._source(value.source, value.at)
        with self.binding({value.variable: item}):
            tested = self.condition(value.condition)
        return Written(f"{word}({quote(value.variable)} IN {source} WHERE {tested})", BOOL)

    def _reduction(self, value: syntax.Reduction) -> Written:
        self._need_lambdas("reduce(…)", value.at)
        start = self.write(value.start)
        source, item = self._source(value.source, value.at)
        with self.binding({value.variable: item, value.total: start.kind}):
            step = self.write(value.value)
        text = f"reduce({quote(value.total)} = {start.text}, {quote(value.variable)} IN {source} | {step.text})"
        return Written(text, joined((start.kind, step.kind)))

    def _source(self, value: syntax.Expression, at: int) -> tuple[str, Kind]:
        source = self.write(value)
        if source.kind.is_known() and source.kind.word != "list":
            raise QueryError(f"IN 的右边应是列表,写的是{source.kind.zh}。位置: {self.place(at)}")
        return source.text, source.kind.item or ANY

    def _need_lambdas(self, what: str, at: int) -> None:
        if not self.dialect.lambdas:
            raise QueryError(f"{self.dialect.name}不能用 {what}: 它对列表逐项计算会出错;{UNROLL},合计用 sum(x)。位置: {self.place(at)}")


def aggregates(value: Any) -> bool:
    """Tell whether an expression has an aggregation in it."""
    if isinstance(value, syntax.Call) and (value.star or (value.name.lower() in SIGNATURES and SIGNATURES[value.name.lower()].aggregates)):
        return True
    if isinstance(value, (syntax.Subquery, syntax.PatternTest, syntax.PatternList)):
        return False
    if isinstance(value, tuple):
        return any(map(aggregates, value))
    return isinstance(value, syntax.Expression) and any(map(aggregates, vars(value).values()))


__all__ = ["FLOAT", "ValueWriter", "aggregates"]

"""Writes expressions for a store, and refuses those that it would answer otherwise than the other one."""

from abc import abstractmethod
from typing import Any
from unicodedata import category

from graph.cypher import functions, regexes, syntax
from graph.cypher.dialect import SIGNATURES
from graph.cypher.kinds import ANY, BOOL, INT, NULL, UNKNOWN, Kind, property_kind
from graph.cypher.names import check_label, meant, no_property
from graph.cypher.operators import TEXTUAL, Written, add, calculate, compare, condition, textual, within
from graph.cypher.scope import quote
from graph.cypher.write_base import Writers
from graph.cypher.write_lists import ListWriter
from graph.errors import QueryError

MOST_IN_RANGE = 1_000_000
COUNTING = ("size", "char_length", "character_length", "left", "right", "substring", "reverse")  # they go by characters


class ValueWriter(ListWriter):
    """A writer that knows what has a value; patterns and subqueries are written by its sub-class."""

    @abstractmethod
    def pattern_test(self, pattern: syntax.Pattern) -> Written:
        """Write a pattern as a condition."""

    @abstractmethod
    def pattern_list(self, value: syntax.PatternList) -> Written:
        """Write a list made from a pattern."""

    @abstractmethod
    def subquery(self, value: syntax.Subquery) -> Written:
        """Write EXISTS, COUNT or COLLECT."""

    def writers(self) -> Writers:
        """Return what writes each kind of expression."""
        return super().writers() | {
            syntax.Property: self._property, syntax.Unary: self._unary, syntax.Binary: self._binary,
            syntax.Chain: self._chain,
            syntax.Comparison: self._comparison, syntax.NullTest: self._null_test, syntax.LabelTest: self._label_test,
            syntax.Call: self._call, syntax.Case: self._case,
            syntax.PatternTest: lambda value: self.pattern_test(value.pattern), syntax.PatternList: self.pattern_list,
            syntax.Subquery: self.subquery,
        }  # fmt: skip

    def _property(self, value: syntax.Property) -> Written:
        base = self.write(value.base)
        shown = self.source[_begin(value.base) : value.at].strip() or "它"
        kind, key, place = base.kind, value.key, self.place(value.at)
        if kind.word in ("node", "relation"):
            key_kind = property_kind(kind, key)
            if key_kind is None:
                raise no_property(kind, shown, key, place)
        elif kind.word == "map":
            fields = dict(kind.fields or ())
            if kind.fields is not None and key not in fields:
                raise QueryError(f"{shown} 没有键 {key}: {meant(key, fields, True)}位置: {place}")
            if self.dialect.typed and kind.fields is None:
                raise QueryError(f"{self.dialect.name}不知道 {shown} 有哪些键;请直接用 n.{key}。位置: {place}")
            key_kind = fields.get(key, ANY)
        elif kind.is_known() and not (kind.word == "date" and not self.dialect.typed):
            raise QueryError(f"{shown} 是{kind.zh},没有属性 {key}。{self._of_list(kind)}位置: {place}")
        else:
            key_kind = ANY
            self.doubtful.add(key)
        if self.dialect.typed and not isinstance(value.base, (syntax.Variable, syntax.Property, syntax.Parameter)):
            return Written(f"struct_extract({base.text}, '{self._plain_key(key, value.at)}')", key_kind)
        return Written(f"{base.safe}.{quote(key)}", key_kind)

    def _of_list(self, kind: Kind) -> str:
        return "列表要先展开: UNWIND list AS x RETURN x.name。" if kind.word == "list" else ""

    def _plain_key(self, key: str, at: int) -> str:
        if "'" in key or "\\" in key:
            raise self.refusal(f"这里的键 {key} 不能有引号", at)
        return key

    def _unary(self, value: syntax.Unary) -> Written:
        if value.sign == "NOT":
            return Written(f"NOT {self.condition(value.value)}", BOOL, False)
        inner = self.write(value.value)
        if inner.kind.is_known() and inner.kind.group != "number":
            raise self.refusal(f"负号后面应是数字,写的是{inner.kind.zh}", value.at)
        return Written(f"-{inner.safe}", inner.kind, False)

    def _binary(self, value: syntax.Binary) -> Written:
        left, right, place = self.write(value.left), self.write(value.right), self.place(value.at)
        if value.sign in TEXTUAL:
            right = self._pattern_of(value.right, right) if value.sign == "=~" else right
            return Written(textual(self.dialect, value.sign, left, right, place), BOOL, False)
        if value.sign == "IN":
            return Written(within(self.dialect, left, right, place), BOOL, False)
        return add(self.dialect, left, right, place) if value.sign == "+" else calculate(value.sign, left, right, place)

    def _pattern_of(self, value: syntax.Expression, written: Written) -> Written:
        """Return a regular expression that both stores read alike; one that
        only comes up in the store cannot be looked at."""
        if written.kind.word == "null":
            return written
        text = self.text(value)
        if text is None:
            raise self.refusal(
                "=~ 右边应是写明的正则(文字或文字参数),如 e.name =~ '.*青岛.*';与别的列比较用 CONTAINS", value.at
            )
        checked = regexes.check(text, self.dialect.backtracks, self.place(value.at))
        return written if checked == text else self.literal(syntax.Literal(checked))

    def _chain(self, value: syntax.Chain) -> Written:
        return Written(f" {value.word} ".join(self.condition(part) for part in value.parts), BOOL, False)

    def _comparison(self, value: syntax.Comparison) -> Written:
        if (written := self._identity(value) or self._any_at_all(value)) is not None:
            return written
        values = [self.write(part) for part in (value.first, *(part for _, part in value.rest))]
        signs = [sign for sign, _ in value.rest]
        place = self.place(value.at)
        texts = [
            compare(sign, left, right, place) for sign, left, right in zip(signs, values, values[1:], strict=False)
        ]
        return Written(" AND ".join(f"({text})" for text in texts) if len(texts) > 1 else texts[0], BOOL, False)

    def _identity(self, value: syntax.Comparison) -> Written | None:
        """``id(a) = id(b)`` asks whether two names stand for one thing, and that may be asked."""
        if len(value.rest) != 1 or value.rest[0][0] not in ("=", "<>"):
            return None
        sides = (value.first, value.rest[0][1])
        calls = [side for side in sides if isinstance(side, syntax.Call) and side.name.lower() in ("id", "elementid")]
        if len(calls) < 2 or any(len(call.arguments) != 1 for call in calls):
            return None
        inner = [self.write(call.arguments[0]) for call in calls]
        if any(side.kind.word not in ("node", "relation") for side in inner):
            return None
        return Written(compare(value.rest[0][0], inner[0], inner[1], self.place(value.at)), BOOL, False)

    def _any_at_all(self, value: syntax.Comparison) -> Written | None:
        """``COUNT { … } > 0`` asks whether there is any, and where counting
        goes wrong that is how it has to be asked."""
        if not self.dialect.loses_zero or len(value.rest) != 1:
            return None
        (sign, second), first = value.rest[0], value.first
        if isinstance(second, syntax.Subquery) and isinstance(first, syntax.Literal):
            sign, first, second = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}.get(sign, sign), second, first
        if not (isinstance(first, syntax.Subquery) and first.word == "COUNT" and isinstance(second, syntax.Literal)):
            return None
        asked = {(">", 0): True, (">=", 1): True, ("<>", 0): True, ("=", 0): False, ("<", 1): False, ("<=", 0): False}
        if (sign, second.value) not in asked:
            return None
        inner = self.subquery(syntax.Subquery("EXISTS", first.query, at=first.at))
        return inner if asked[sign, second.value] else Written(f"NOT {inner.text}", BOOL, False)

    def _null_test(self, value: syntax.NullTest) -> Written:
        inner = self.write(value.value)
        if (
            self.dialect.walks
            and inner.kind.word == "node"
            and isinstance(value.value, syntax.Call)
            and value.value.arguments
        ):
            inner = self.write(value.value.arguments[0])  # an end is null where its relation is
        if inner.kind.word == "null" and self.dialect.typed:
            return Written("false" if value.negated else "true", BOOL)
        return Written(f"{self.asked_for_null(inner)} IS {'NOT ' * value.negated}NULL", BOOL, False)

    def _label_test(self, value: syntax.LabelTest) -> Written:
        inner, place = self.write(value.value), self.place(value.at)
        if inner.kind.word != "node":
            raise QueryError(f"只有节点能问标签: n:Chain;关系的类型用 type(r) = '…'。位置: {place}")
        for label in value.labels:
            check_label(label, place)
        test = self.label_test(inner.text, value.labels)
        # there, label() of nothing is the only label that there could be
        if self.dialect.typed and inner.kind.optional:
            test = f"CASE WHEN {self.asked_for_null(inner)} IS NULL THEN NULL ELSE {test} END"
        return Written(test, BOOL, False)

    def label_test(self, text: str, labels: tuple[str, ...]) -> str:
        """Return the condition that a node has one of these labels."""
        if self.dialect.typed:
            return " OR ".join(f"label({text}) = '{label}'" for label in labels)
        return f"{text}:{'|'.join(map(quote, labels))}"

    def _call(self, value: syntax.Call) -> Written:
        place = self.place(value.at)
        if value.star:
            return Written("count(*)", INT)
        self._check_arguments(value, place)
        self._check_direction(value)
        taken = functions.signature(value.name, self.dialect, place)
        if value.distinct and not taken.aggregates:
            raise QueryError(f"DISTINCT 只能写在聚合函数里,如 count(DISTINCT x)。位置: {place}")
        values = [self.write(argument) for argument in value.arguments]
        kinds = [item.kind for item in values]
        functions.check(value.name, taken, kinds, place)
        if taken.aggregates and any(map(aggregates, value.arguments)):
            raise self.refusal("聚合函数里不能再有聚合;请先 WITH c, count(*) AS n,再 RETURN max(n)", value.at)
        kind = functions.result(taken, kinds)
        if value.name.lower() == "coalesce" and self.dialect.typed:
            self.check_same(kinds, value.at, "coalesce() 的各个参数")
        return Written(self._call_text(value, values, kinds, place), kind)

    def _call_text(self, value: syntax.Call, values: list[Written], kinds: list[Kind], place: str) -> str:
        low = value.name.lower()
        distinct = "DISTINCT " if value.distinct else ""
        of = value.arguments[0] if value.arguments else None
        of_relation = isinstance(of, syntax.Property) and self._is_relation(of.base)
        if low == "count" and of_relation and self.dialect.counts_relations and not distinct:
            return f"sum(CASE WHEN {values[0].text} IS NULL THEN 0 ELSE 1 END)"
        texts = [item.text for item in values]
        name = low
        if kinds and kinds[0].optional and f"{low}:optional" in self.dialect.functions:
            name = f"{low}:optional"
        return functions.written(self.dialect, name, kinds, texts, distinct, place)

    def _check_direction(self, value: syntax.Call) -> None:
        """Where a walk has no direction, the store says of a relation's ends
        only on which side of the pattern they stand."""
        low, of = value.name.lower(), value.arguments[0] if value.arguments else None
        if not self.dialect.walks or low not in ("startnode", "endnode") or of is None:
            return
        kind = self.write(of).kind
        if kind.word in ("relation", *UNKNOWN) and not (isinstance(of, syntax.Variable) and kind.directed):
            raise self.refusal(
                (
                    f"{self.dialect.name}只知道写明方向的一步关系的 {value.name}();"
                    "请写 (a)-[r:SUPPLIES]->(b),a 是起点,b 是终点"
                ),
                value.at,
            )

    def _is_relation(self, value: syntax.Expression) -> bool:
        return (
            isinstance(value, syntax.Variable)
            and value.name in self.scope
            and self.scope[value.name].kind.word == "relation"
        )

    def _check_three(self, low: str, value: syntax.Call) -> None:
        """Of three arguments only one may vary there: after a filter, two of them are taken from different rows."""
        if low == "replace":
            texts = [self.text(argument) for argument in value.arguments[1:]]
            if None in texts or not texts[0]:
                raise self.refusal(
                    f"{self.dialect.name}里 replace() 换掉什么、换成什么都应是写明的文字,换掉的不能是空的", value.at
                )
        if low == "range" and any(self.whole(value.arguments[place]) is None for place in (0, 2)):
            raise self.refusal(f"{self.dialect.name}里 range() 写步长时,起点与步长应是写明的整数", value.at)

    def _check_arguments(self, value: syntax.Call, place: str) -> None:
        low = value.name.lower()
        if low in SIGNATURES and any(isinstance(argument, syntax.PatternTest) for argument in value.arguments):
            said = "数有几个写 COUNT { MATCH (p)<-[:PRODUCES]-() },有没有写 EXISTS { MATCH … }"
            raise QueryError(f"{value.name}() 里不能放模式;{said}。位置: {place}")
        if (
            self.dialect.typed
            and low in COUNTING
            and value.arguments
            and is_joined(self.text(value.arguments[0]) or "")
        ):
            raise self.refusal(
                f"{self.dialect.name}把合成的字符(如表情)算作一个,与 Neo4j 不同;不能对它用 {value.name}()", value.at
            )
        places = {"left": (1,), "right": (1,), "substring": (1, 2)}.get(low, ())
        for argument in (value.arguments[nth] for nth in places if nth < len(value.arguments)):
            number = self.whole(argument)
            if (number is None and self.dialect.one_based) or (number is not None and number < 0):
                raise self.refusal(f"{value.name}() 的位置与长度应是写明的非负整数,从 0 数起", argument.at)
        if self.dialect.one_based and len(value.arguments) == 3:
            self._check_three(low, value)
        if low == "range" and len(value.arguments) >= 2:
            ends = [self.whole(argument) for argument in value.arguments]
            step = abs(ends[2] or 1) if len(ends) > 2 else 1
            if ends[0] is not None and ends[1] is not None and abs(ends[1] - ends[0]) // step > MOST_IN_RANGE:
                raise QueryError(f"range() 一次最多 {MOST_IN_RANGE} 个数。位置: {place}")

    def _case(self, value: syntax.Case) -> Written:
        subject = None if value.subject is None else self.write(value.subject)
        parts, kinds = list[str](), list[Kind]()
        for when, then in value.branches:
            test = self._when(subject, when)
            given = self.write(then)
            kinds.append(given.kind)
            if test is not None:
                parts.append(f"WHEN {test} THEN {given.text}")
        otherwise = Written("NULL", NULL) if value.otherwise is None else self.write(value.otherwise)
        kind = self.check_same([*kinds, otherwise.kind], value.at, "CASE 各分支的值")
        if not parts:
            return Written(otherwise.safe, kind)
        last = "" if value.otherwise is None else f" ELSE {otherwise.text}"
        return Written(f"CASE {' '.join(parts)}{last} END", kind)

    def _when(self, subject: Written | None, when: syntax.Expression) -> str | None:
        """Return the condition of a branch, None where it never holds: null is
        equal to nothing, but one store finds it equal to null."""
        tested, place = self.write(when), self.place(when.at)
        if subject is None:
            return condition(tested, place)
        return None if "null" in (subject.kind.word, tested.kind.word) else compare("=", subject, tested, place)


def is_joined(text: str) -> bool:
    """Tell whether characters of a text stand together as one sign."""
    flags, tones = ("\U0001f1e6", "\U0001f1ff"), ("\U0001f3fb", "\U0001f3ff")
    marks = any(category(character) in ("Mn", "Mc", "Me", "Cf") for character in text)
    return (
        marks or "\r\n" in text or any(low <= character <= high for character in text for low, high in (flags, tones))
    )


def _begin(value: syntax.Expression) -> int:
    """Return where an expression begins in the text."""
    while isinstance(value, (syntax.Property, syntax.Index, syntax.Slice)):
        value = value.base
    return value.at


def aggregates(value: Any) -> bool:
    """Tell whether an expression has an aggregation in it."""
    if isinstance(value, syntax.Call) and (
        value.star or (value.name.lower() in SIGNATURES and SIGNATURES[value.name.lower()].aggregates)
    ):
        return True
    if isinstance(value, (syntax.Subquery, syntax.PatternTest, syntax.PatternList)):
        return False
    if isinstance(value, tuple):
        return any(map(aggregates, value))
    return isinstance(value, syntax.Expression) and any(map(aggregates, vars(value).values()))

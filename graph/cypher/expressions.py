"""Reads expressions: everything that has a value."""

from abc import ABC, abstractmethod
from collections.abc import Callable

from graph.cypher.reader import RESERVED, Reader
from graph.cypher.syntax import (
    Binary,
    Call,
    Case,
    Chain,
    Comparison,
    Comprehension,
    Expression,
    Index,
    Items,
    LabelTest,
    Literal,
    Mapping,
    NullTest,
    Parameter,
    Pattern,
    PatternList,
    PatternTest,
    Projection,
    Property,
    Quantifier,
    Query,
    Reduction,
    Slice,
    Subquery,
    Unary,
    Variable,
)  # fmt: skip
from graph.errors import QueryError

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
WORDS = {"TRUE": True, "FALSE": False, "NULL": None}
WRONG_SIGNS = ("==", "!=", "||", "+=", "&&", "&", "!", "::", "?")
LONGEST = 100
DEEPEST_CASE = 8
QUANTIFIERS = ("ALL", "ANY", "NONE", "SINGLE")
SUBQUERIES = ("EXISTS", "COUNT", "COLLECT")


class ExpressionReader(Reader, ABC):
    """A reader that knows expressions; patterns and subqueries are read by its sub-class."""

    @abstractmethod
    def is_pattern(self) -> bool:
        """Tell whether a pattern with at least one relation begins here."""

    @abstractmethod
    def pattern(self) -> Pattern:
        """Read a pattern without a name."""

    @abstractmethod
    def named_pattern(self) -> Pattern:
        """Read a pattern, with the name of its path or without."""

    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """Read ``:A|B``."""

    @abstractmethod
    def subquery(self) -> Query:
        """Read what stands between the braces of EXISTS, COUNT and COLLECT."""

    def expression(self) -> Expression:
        """Read one expression."""
        self.enter()
        try:
            return self._either()
        finally:
            self.leave()

    def _joined(self, word: str, part: Callable[[], Expression]) -> Expression:
        start, parts = self.token.start, [part()]
        while self.token.kind == "word" and self.accept(word):
            parts.append(part())
        return Chain(word, tuple(parts), at=start) if len(parts) > 1 else parts[0]

    def _folded(self, signs: tuple[str, ...], part: Callable[[], Expression]) -> Expression:
        left, number = part(), 0
        while self.token.kind == "sign" and self.token.value in signs:
            sign, number = self.take(), number + 1
            if number > LONGEST:
                raise QueryError(f"一个式子里的运算超过 {LONGEST} 个,请拆开写: {self.here()}")
            left = Binary(str(sign.value), left, part(), at=sign.start)
        return left

    def _either(self) -> Expression:
        return self._joined("OR", lambda: self._joined("XOR", lambda: self._joined("AND", self._negation)))

    def _negation(self) -> Expression:
        start, times = self.token.start, 0
        while self.token.kind == "word" and self.accept("NOT"):
            times += 1
        value = self._comparison()
        return (
            Unary("NOT", value, at=start)
            if times % 2
            else Unary("NOT", Unary("NOT", value, at=start), at=start)
            if times
            else value
        )

    def _comparison(self) -> Expression:
        first = self._predicate()
        rest = []
        while self.token.kind == "sign" and self.token.value in COMPARISONS:
            sign = self.take()
            rest.append((str(sign.value), self._predicate()))
        return Comparison(first, tuple(rest), at=first.at) if rest else first

    def _predicate(self) -> Expression:
        value = self._sum()
        for _ in range(LONGEST // 10):
            at = self.token.start
            if self.accept("STARTS", "WITH") or self.accept("ENDS", "WITH"):
                value = Binary(f"{self.tokens[self.place - 2].upper} WITH", value, self._sum(), at=at)
            elif self.accept("CONTAINS"):
                value = Binary("CONTAINS", value, self._sum(), at=at)
            elif self.accept("IN"):
                value = Binary("IN", value, self._sum(), at=at)
            elif self.accept("=~"):
                value = Binary("=~", value, self._sum(), at=at)
            elif self.at("NOT", "IN"):
                raise QueryError(f"NOT 要写在前面: NOT x IN […]。位置: {self.here()}")
            elif self.accept("IS"):
                negated = self.accept("NOT")
                self.expect("NULL", "IS NULL 或 IS NOT NULL")
                value = NullTest(value, negated, at=at)
            else:
                return value
        raise self.unexpected("这里的条件太长,请用 AND 或 OR 拆开")

    def _sum(self) -> Expression:
        value = self._folded(
            ("+", "-"), lambda: self._folded(("*", "/", "%"), lambda: self._folded(("^",), self._signed))
        )
        if self.token.upper in WRONG_SIGNS:
            raise self.unexpected("")
        return value

    def _signed(self) -> Expression:
        start, minus = self.token.start, 0
        while self.token.kind == "sign" and self.token.value in ("+", "-"):
            minus += self.take().value == "-"
        value = self._postfix()
        return Unary("-", value, at=start) if minus % 2 else value

    def _postfix(self) -> Expression:
        value, number = self._atom(), 0
        while self.token.kind == "sign" and (number := number + 1) <= LONGEST // 5:
            at = self.token.start
            if self.accept("."):
                if (
                    isinstance(value, Variable)
                    and self.peek().value in (".", "(")
                    and self.peek().kind == "sign"
                    and self._is_call()
                ):
                    value = self._dotted_call(value)
                else:
                    value = Property(value, self.key("属性名"), at=at)
            elif self.accept("["):
                value = self._bracket(value, at)
            elif self.at(":") and self.peek().kind in ("word", "name"):
                value = LabelTest(value, self.labels(), at=at)
            elif self.at("{") and isinstance(value, Variable) and self._is_projection():
                value = self._projection(value)
            else:
                break
        return value

    def _is_call(self) -> bool:
        """Tell whether ``name.name.name(`` stands here: a function of a package."""
        ahead = 0
        while self.peek(ahead).kind in ("word", "name"):
            following = self.peek(ahead + 1)
            if following.kind != "sign":
                return False
            if following.value == "(":
                return True
            if following.value != ".":
                return False
            ahead += 2
        return False

    def _dotted_call(self, first: Variable) -> Expression:
        parts = [first.name, self.key("函数名")]
        while self.accept("."):
            parts.append(self.key("函数名"))
        return self._call(".".join(parts), first.at)

    def _bracket(self, base: Expression, at: int) -> Expression:
        low = None if self.at("..") else self.expression()
        if self.accept(".."):
            high = None if self.at("]") else self.expression()
            self.expect("]")
            return Slice(base, low, high, at=at)
        if self.at(":"):
            raise QueryError(f"取一段列表写作 list[0..2],不用冒号。位置: {self.here()}")
        self.expect("]")
        assert low is not None
        if isinstance(low, Literal) and isinstance(low.value, str):
            return Property(base, low.value, at=at)
        return Index(base, low, at=at)

    def _is_projection(self) -> bool:
        following = self.peek()
        return (following.kind == "sign" and following.value in (".", "}")) or following.kind in ("word", "name")

    def _projection(self, base: Variable) -> Expression:
        at, everything, pairs = self.take().start, False, list[tuple[str, Expression]]()
        while not self.at("}"):
            if self.accept(".", "*"):
                everything = True
            elif self.accept("."):
                key = self.key("属性名")
                pairs.append((key, Property(base, key, at=at)))
            else:
                key = self.key("键")
                value = self.expression() if self.accept(":") else Variable(key, at=at)
                pairs.append((key, value))
            if not self.accept(","):
                break
        self.expect("}")
        return Projection(base, tuple(pairs), everything, at=at)

    def _atom(self) -> Expression:
        token = self.token
        if token.kind in ("number", "string"):
            return Literal(self.take().value, at=token.start)
        if token.kind == "parameter":
            return Parameter(str(self.take().value), at=token.start)
        if token.kind == "sign":
            return self._signed_atom()
        if token.kind == "word":
            if token.upper in WORDS:
                self.take()
                return Literal(WORDS[token.upper], at=token.start)
            if token.upper == "CASE":
                return self._case()
            if token.upper in SUBQUERIES and self.peek().upper == "{":
                return self._subquery()
            if token.upper in QUANTIFIERS and self.at(token.upper, "(") and self.peek(3).upper == "IN":
                return self._quantifier()
            if self.at("REDUCE", "("):
                return self._reduction()
            if self.at("EXISTS", "("):
                return self._exists()
            if self.at("SHORTESTPATH", "(") or self.at("ALLSHORTESTPATHS", "("):
                raise QueryError(
                    f"{token.value} 只能写在 MATCH 里: MATCH p = shortestPath((a)-[:SUPPLIES*1..5]->(b))。"
                    f"位置: {self.here()}"
                )
        name = self._variable_or_function()
        if self.at("("):
            return self._call(name, token.start)
        return Variable(name, at=token.start)

    def _variable_or_function(self) -> str:
        token = self.token
        if token.kind == "word" and token.upper in RESERVED:
            raise self.unexpected("这里应有一个值(名称、数字、字符串、参数或函数)")
        return self.name("一个值(名称、数字、字符串、参数或函数)")

    def _signed_atom(self) -> Expression:
        token = self.token
        if self.at("("):
            if self.is_pattern():
                return PatternTest(self.pattern(), at=token.start)
            self.take()
            value = self.expression()
            self.expect(")", "括号要成对")
            return value
        if self.accept("["):
            return self._list(token.start)
        if self.at("{"):
            return self.mapping()
        raise self.unexpected("这里应有一个值(名称、数字、字符串、参数或函数)")

    def _list(self, at: int) -> Expression:
        if self.token.kind in ("word", "name") and self.peek().kind == "word" and self.peek().upper == "IN":
            return self._comprehension(at)
        if self.is_pattern() or (
            self.token.kind in ("word", "name") and self.peek().value == "=" and self.peek(2).value == "("
        ):
            pattern = self.named_pattern()
            condition = self.expression() if self.accept("WHERE") else None
            self.expect("|", "模式列表写作 [(a)-[:SUPPLIES]->(b) | b.name]")
            value = self.expression()
            self.expect("]")
            return PatternList(pattern, condition, value, at=at)
        items = self._listed("]")
        self.expect("]", "方括号要成对")
        return Items(items, at=at)

    def _listed(self, end: str) -> tuple[Expression, ...]:
        items: list[Expression] = []
        if not self.at(end):
            items.append(self.expression())
            while self.accept(","):
                items.append(self.expression())
        return tuple(items)

    def _comprehension(self, at: int) -> Expression:
        variable = self.name("变量名")
        self.expect("IN")
        source = self.expression()
        condition = self.expression() if self.accept("WHERE") else None
        value = self.expression() if self.accept("|") else None
        self.expect("]")
        return Comprehension(variable, source, condition, value, at=at)

    def mapping(self) -> Mapping:
        """Read ``{key: value, …}``."""
        at = self.token.start
        self.expect("{")
        pairs: list[tuple[str, Expression]] = []
        while not self.at("}"):
            key = self.key("键")
            self.expect(":", "键与值之间用半角冒号")
            if key in dict(pairs):
                raise QueryError(f"键 {key} 写了两次: {self.here()}")
            pairs.append((key, self.expression()))
            if not self.accept(","):
                break
        self.expect("}", "花括号要成对")
        return Mapping(tuple(pairs), at=at)

    def _case(self) -> Expression:
        at = self.take().start
        self.cases += 1
        if self.cases > DEEPEST_CASE:
            raise QueryError(f"CASE 嵌套超过 {DEEPEST_CASE} 层,请改成一个 CASE 的多个 WHEN: {self.here()}")
        subject = None if self.at("WHEN") else self.expression()
        branches = []
        while self.accept("WHEN"):
            condition = self.expression()
            self.expect("THEN")
            branches.append((condition, self.expression()))
        if not branches:
            raise self.unexpected("CASE 里至少要有一个 WHEN … THEN …")
        otherwise = self.expression() if self.accept("ELSE") else None
        self.expect("END", "CASE 以 END 结束")
        self.cases -= 1
        return Case(subject, tuple(branches), otherwise, at=at)

    def _quantifier(self) -> Expression:
        token = self.take()
        self.expect("(")
        variable = self.name("变量名")
        self.expect("IN")
        source = self.expression()
        self.expect("WHERE", f"{token.upper.lower()}(x IN list WHERE 条件)")
        condition = self.expression()
        self.expect(")")
        return Quantifier(token.upper, variable, source, condition, at=token.start)

    def _reduction(self) -> Expression:
        at = self.take().start
        self.expect("(")
        total = self.name("变量名")
        self.expect("=", "reduce(total = 0, x IN list | total + x)")
        start = self.expression()
        self.expect(",")
        variable = self.name("变量名")
        self.expect("IN")
        source = self.expression()
        self.expect("|")
        value = self.expression()
        self.expect(")")
        return Reduction(total, start, variable, source, value, at=at)

    def _exists(self) -> Expression:
        """``exists(pattern)`` and ``exists(n.p)``, the old ways to write a pattern test and IS NOT NULL."""
        at = self.take().start
        self.expect("(")
        if self.is_pattern():
            value: Expression = PatternTest(self.pattern(), at=at)
        else:
            value = NullTest(self.expression(), True, at=at)
        self.expect(")")
        return value

    def _call(self, name: str, at: int) -> Expression:
        self.expect("(")
        if name.lower() == "count" and self.accept("*"):
            self.expect(")")
            return Call("count", (), star=True, at=at)
        distinct = self.token.kind == "word" and self.accept("DISTINCT")
        arguments = self._listed(")")
        self.expect(")", f"{name}( 之后的括号要成对")
        return Call(name, arguments, distinct, at=at)

    def _subquery(self) -> Expression:
        token = self.take()
        self.enter()
        self.expect("{")
        query = self.subquery()
        self.expect("}", "花括号要成对")
        self.leave()
        return Subquery(token.upper, query, at=token.start)

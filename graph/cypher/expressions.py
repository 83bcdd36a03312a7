"""Reads expressions, everything that has a value: the operators, from the loosest to the closest."""

from abc import abstractmethod
from collections.abc import Callable

from graph.cypher.operands import OperandReader
from graph.cypher.syntax import (
    Binary,
    Chain,
    Comparison,
    Expression,
    Index,
    LabelTest,
    Literal,
    NullTest,
    Projection,
    Property,
    Slice,
    Unary,
    Variable,
)  # fmt: skip
from graph.errors import QueryError

COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
WRONG_SIGNS = ("==", "!=", "||", "+=", "&&", "&", "!", "::", "?")
LONGEST = 100


class ExpressionReader(OperandReader):
    """A reader that knows expressions; patterns and subqueries are read by its sub-class."""

    @abstractmethod
    def labels(self) -> tuple[str, ...]:
        """Read ``:A|B``."""

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

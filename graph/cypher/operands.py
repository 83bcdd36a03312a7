"""Reads what operators stand between: values, names, lists, maps, calls, CASE and its like."""

from abc import ABC, abstractmethod

from graph.cypher.reader import RESERVED, Reader
from graph.cypher.syntax import (
    Call,
    Case,
    Comprehension,
    Expression,
    Items,
    Literal,
    Mapping,
    NullTest,
    Parameter,
    Pattern,
    PatternList,
    PatternTest,
    Quantifier,
    Query,
    Reduction,
    Subquery,
    Variable,
)  # fmt: skip
from graph.errors import QueryError

WORDS = {"TRUE": True, "FALSE": False, "NULL": None}
DEEPEST_CASE = 8
QUANTIFIERS = ("ALL", "ANY", "NONE", "SINGLE")
SUBQUERIES = ("EXISTS", "COUNT", "COLLECT")


class OperandReader(Reader, ABC):
    """A reader that knows operands; the expressions, patterns and subqueries in them are read by its sub-classes."""

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
    def subquery(self) -> Query:
        """Read what stands between the braces of EXISTS, COUNT and COLLECT."""

    @abstractmethod
    def expression(self) -> Expression:
        """Read one expression."""

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

"""Reads a whole query: patterns and the clauses that read the graph; what is no such clause is refused by name."""

from graph.cypher.expressions import ExpressionReader
from graph.cypher.syntax import (
    CallSubquery,
    Clause,
    Expression,
    Hops,
    Item,
    Mapping,
    Match,
    NodePattern,
    Order,
    Pattern,
    Procedure,
    Project,
    Query,
    RelationPattern,
    Unwind,
    Variable,
)  # fmt: skip
from graph.errors import QueryError, WriteRefused

BEGINNINGS = ("MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "CALL")
AFTER_ITEMS = ("ORDER", "SKIP", "LIMIT", "UNION", "WHERE")
MOST_CLAUSES = 60
MOST_IN_TITLE = 100


def parse(text: str) -> Query:
    """Return the parts of a text that is one query; raises ``WriteRefused`` or ``QueryError``."""
    reader = StatementReader(text)
    try:
        return reader.whole()
    except RecursionError as error:  # the bounds on depth and length come first; this is a last resort
        raise QueryError("查询嵌套太深,请拆开写") from error


class StatementReader(ExpressionReader):
    """A reader that knows patterns and clauses."""

    def whole(self) -> Query:
        """Read the one statement of the text."""
        while self.accept(";"):
            pass
        if self.token.kind == "end":
            raise QueryError("查询是空的,应为一条 Cypher 语句,如 MATCH (c:Chain) RETURN c.name")
        query = self.query()
        while self.accept(";"):
            pass
        if self.token.kind != "end":
            raise self.unexpected("语句应在这里结束")
        return query

    def query(self) -> Query:
        """Read clauses up to the end or a closing brace, joined by UNION."""
        parts, every = [self._clauses()], []
        while self.accept("UNION"):
            every.append(self.accept("ALL"))
            self.accept("DISTINCT")
            parts.append(self._clauses())
        return Query(tuple(parts), tuple(every))

    def subquery(self) -> Query:
        """Read a query in braces, or a bare pattern with its WHERE, which stands for MATCH."""
        if self.at("(") or (self.token.kind in ("word", "name") and self.peek().upper == "="):
            return Query(((self._match_of_patterns(False),),))
        return self.query()

    def _clauses(self) -> tuple[Clause, ...]:
        clauses: list[Clause] = []
        while self.token.kind == "word" and self.token.upper in BEGINNINGS:
            clauses.append(self._clause())
            if len(clauses) > MOST_CLAUSES:
                raise QueryError(f"查询超过 {MOST_CLAUSES} 个子句,请拆开")
        if not clauses:
            raise self.unexpected("语句应以 MATCH、UNWIND、WITH、RETURN 或 CALL 开头")
        if self.token.kind != "end" and not self.at("UNION") and not self.at("}") and not self.at(";"):
            raise self.unexpected("这里应是下一个子句")
        return tuple(clauses)

    def _clause(self) -> Clause:
        start = self.token.start
        word = self.take().upper
        if word == "OPTIONAL":
            self.expect("MATCH", "OPTIONAL 之后只能是 MATCH")
            return self._match_of_patterns(True)
        if word == "MATCH":
            if self.token.kind == "word" and self.token.upper in (
                "SHORTEST",
                "ALL",
                "ANY",
                "REPEATABLE",
                "DIFFERENT",
                "TRAIL",
                "WALK",
            ):
                raise QueryError(f"最短路径写作 MATCH p = shortestPath((a)-[:SUPPLIES*1..5]->(b))。位置: {self.here()}")
            return self._match_of_patterns(False)
        if word == "UNWIND":
            source = self.expression()
            self.expect("AS", "UNWIND list AS x")
            return Unwind(source, self.name("变量名"), start)
        if word == "CALL":
            return self._call_clause(start)
        return self._project(word, start)

    def _match_of_patterns(self, optional: bool) -> Match:
        patterns = [self.named_pattern()]
        while self.accept(","):
            patterns.append(self.named_pattern())
        if self.at("USING"):
            raise self.unexpected("")
        return Match(optional, tuple(patterns), self.expression() if self.accept("WHERE") else None)

    def _project(self, word: str, start: int) -> Project:
        distinct = self.accept("DISTINCT")
        star = self.accept("*")
        items = [] if star and not self.accept(",") else [self._item(word)]
        while items and self.accept(","):
            items.append(self._item(word))
        orders: list[Order] = []
        if self.accept("ORDER", "BY"):
            orders.append(self._order())
            while self.accept(","):
                orders.append(self._order())
        skip = self.expression() if self.accept("SKIP") else None
        limit = self.expression() if self.accept("LIMIT") else None
        condition = self.expression() if word == "WITH" and self.accept("WHERE") else None
        return Project(word, distinct, star, tuple(items), tuple(orders), skip, limit, condition, start)

    def _item(self, word: str) -> Item:
        start = self.token.start
        value = self.expression()
        text = " ".join(self.text[start : self.tokens[self.place - 1].end].split())
        if self.accept("AS"):
            return Item(value, self.name("列名"), True)
        if isinstance(value, Variable):
            return Item(value, value.name, False)
        if word == "WITH":
            raise QueryError(f"WITH 里的 {text[:40]} 要起名: {text[:40]} AS 名称。位置: {self.here()}")
        if self.token.kind == "name" or (self.token.kind == "word" and self.token.upper not in AFTER_ITEMS):
            if self.token.upper in BEGINNINGS:
                return Item(value, text, False)
            raise self.unexpected("列名前面要写 AS,列与列之间要有逗号")
        return Item(value, _title(text), False)

    def _order(self) -> Order:
        value = self.expression()
        descending = self.accept("DESC") or self.accept("DESCENDING")
        if not descending and not self.accept("ASC"):
            self.accept("ASCENDING")
        return Order(value, descending)

    def _call_clause(self, start: int) -> Clause:
        if self.at("{") or self.at("("):
            return self._call_subquery(start)
        name = self.name("过程名")
        if self.at("="):
            raise WriteRefused(f"这里不能改设置 {name}: 查询只能读图,不能读写文件、网址或设置。位置: {self.here()}")
        while self.accept("."):
            name += "." + self.key("过程名")
        arguments: tuple[Expression, ...] = ()
        if self.accept("("):
            arguments = self._listed(")")
            self.expect(")", "括号要成对")
        yields = self._yields() if self.accept("YIELD") else None
        condition = self.expression() if yields is not None and self.accept("WHERE") else None
        return Procedure(name, arguments, yields, condition, start)

    def _yields(self) -> tuple[tuple[str, str], ...] | None:
        if self.accept("*"):
            return ()
        pairs = []
        while True:
            column = self.name("过程的列名")
            pairs.append((column, self.name("变量名") if self.accept("AS") else column))
            if not self.accept(","):
                return tuple(pairs)

    def _call_subquery(self, start: int) -> Clause:
        names: tuple[str, ...] | None = None
        if self.accept("("):
            passed: list[str] = []
            while not self.at(")"):
                passed.append(self.name("变量名"))
                if not self.accept(","):
                    break
            self.expect(")", "CALL (a, b) { … }")
            names = tuple(passed)
        self.enter()
        self.expect("{")
        query = self.query()
        self.expect("}", "花括号要成对")
        self.leave()
        if self.at("IN"):
            raise WriteRefused(
                f"这里不能使用 CALL {{ … }} IN TRANSACTIONS(分批写入): 查询只能读图。位置: {self.here()}"
            )
        return CallSubquery(names, query, start)

    def is_pattern(self) -> bool:
        """Tell whether a pattern with at least one relation begins here."""
        if not self.at("("):
            return False
        ahead, open_ = 1, 1
        while open_ and (token := self.peek(ahead)).kind != "end":
            open_ += {"(": 1, ")": -1}.get(token.upper, 0) if token.kind == "sign" else 0
            ahead += 1
        inner = self.peek(2) if self.peek(1).kind in ("word", "name") else self.peek(1)
        if inner.upper not in (")", ":", "{", "WHERE"):
            return False
        after = [self.peek(ahead + step).upper for step in range(4)]
        if after[0] == "<":
            after = after[1:]
        return after[:2] == ["-", "["] or (after[:2] == ["-", "-"] and after[2] in ("(", ">"))

    def named_pattern(self) -> Pattern:
        """Read a pattern, with the name of its path or without."""
        name = None
        if self.token.kind in ("word", "name") and self.peek().upper == "=":
            name = self.name("路径名")
            self.expect("=")
        shortest = ""
        for word, mode in (("SHORTESTPATH", "SHORTEST"), ("ALLSHORTESTPATHS", "ALL SHORTEST")):
            if self.at(word, "("):
                self.take()
                self.take()
                shortest = mode
        if self.token.kind == "word" and not shortest and self.token.upper in ("SHORTEST", "ALL", "ANY"):
            raise QueryError(f"最短路径写作 MATCH p = shortestPath((a)-[:SUPPLIES*1..5]->(b))。位置: {self.here()}")
        pattern = self.pattern(name, shortest)
        if shortest:
            self.expect(")", "shortestPath 的括号要成对")
        return pattern

    def pattern(self, name: str | None = None, shortest: str = "") -> Pattern:
        """Read nodes and the relations between them."""
        start = self.token.start
        nodes, relations = [self._node()], []
        while self.at("-") or self.at("<", "-"):
            relations.append(self._relation())
            nodes.append(self._node())
        return Pattern(name, tuple(nodes), tuple(relations), shortest, start)

    def _node(self) -> NodePattern:
        start = self.token.start
        self.expect("(", "节点写作 (c:Chain)")
        self.enter()
        name = self.name("变量名") if self.token.kind in ("word", "name") and not self.at("WHERE") else None
        labels = self.labels() if self.at(":") else ()
        properties = self._pattern_properties()
        condition = self.expression() if self.accept("WHERE") else None
        self.expect(")", "节点的括号要成对")
        self.leave()
        return NodePattern(name, labels, properties, condition, start)

    def _relation(self) -> RelationPattern:
        start = self.token.start
        left = self.accept("<")
        self.expect("-")
        name: str | None = None
        types: tuple[str, ...] = ()
        hops, properties, condition = None, None, None
        if self.accept("["):
            name = self.name("变量名") if self.token.kind in ("word", "name") else None
            types = self.labels() if self.at(":") else ()
            hops = self._hops() if self.accept("*") else None
            properties = self._pattern_properties()
            condition = self.expression() if self.accept("WHERE") else None
            self.expect("]", "关系写作 -[:SUPPLIES]->")
        self.expect("-", "关系写作 -[:SUPPLIES]-> 或 <-[:SUPPLIES]-")
        right = self.accept(">")
        towards = "" if left == right else "<" if left else ">"
        return RelationPattern(name, types, towards, hops, properties, condition, start)

    def _pattern_properties(self) -> Mapping | None:
        if self.token.kind == "parameter":
            raise QueryError(f"这里不能用整个参数作条件,请写 {{name: $name}}。位置: {self.here()}")
        return self.mapping() if self.at("{") else None

    def labels(self) -> tuple[str, ...]:
        """Read ``:A|B``; both at once, neither and wildcards are refused, for no thing here has two labels."""
        self.expect(":")
        labels = [self.key("标签或关系类型")]
        while self.accept("|"):
            self.accept(":")
            labels.append(self.key("标签或关系类型"))
        if self.at(":") or self.at("&") or self.at("!") or self.at("%"):
            raise QueryError(f"一个节点在本图只有一个标签,不能写 :A:B、:A&B;多选一写作 :A|B。位置: {self.here()}")
        return tuple(dict.fromkeys(labels))

    def _hops(self) -> Hops:
        mode = ""
        for words in (("ALL", "SHORTEST"), ("SHORTEST",), ("TRAIL",)):
            if not mode and self.accept(*words):
                mode = " ".join(words)
        if self.token.kind == "word":
            raise QueryError(
                f"路径的走法只能是 TRAIL、SHORTEST 或 ALL SHORTEST(不写就是每条关系至多走一次)。位置: {self.here()}"
            )
        low = self.number()
        if not self.accept(".."):
            return Hops(1 if low is None else low, low, mode)
        high = self.number()
        low = 1 if low is None else low
        if high is not None and high < low:
            raise QueryError(f"步数的上限 {high} 小于下限 {low}: {self.here()}")
        return Hops(low, high, mode)


def _title(text: str) -> str:
    """Return the name of a column that was given none: how it is written, without what no name may have."""
    printable = "".join(character for character in text if character.isprintable() and character not in "\\`").strip()
    return printable if len(printable) <= MOST_IN_TITLE else f"{printable[:MOST_IN_TITLE]}…"

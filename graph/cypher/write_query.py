"""Writes whole queries for a store, clause by clause."""

from collections.abc import Callable
from dataclasses import replace
from math import log10
from typing import Any, cast

from graph.cypher import syntax
from graph.cypher.kinds import ANY, BOOL, INT, Kind, joined, list_of
from graph.cypher.names import check_label, check_type, meant
from graph.cypher.operators import Written
from graph.cypher.scope import Bound, Scope, bound, find, names_in, quote
from graph.cypher.write_patterns import DIGITS_OF_PATTERN, PatternWriter
from graph.cypher.write_values import aggregates
from graph.errors import QueryError, WriteRefused
from graph.model import EDGE_TYPES, NODE_TYPES

MOST_COLUMNS = 200
DIGITS_OF_LIST = 4


class QueryWriter(PatternWriter):
    """A writer that knows clauses."""

    def query(self, query: syntax.Query, *, inner: bool = False) -> tuple[str, list[tuple[str, Kind]]]:
        """Return a query's text and its columns; ``inner`` ones may go without RETURN."""
        outer, digits, texts, columns = self.scope, self.digits, [], list[list[tuple[str, Kind]]]()
        for part in query.parts:
            self.scope, self.digits = dict(outer), digits
            text, part_columns = self._part(part, inner)
            texts.append(text)
            columns.append(part_columns)
        self.scope, self.digits = outer, digits
        for later in columns[1:]:
            self._check_union(columns[0], later)
        if len(set(query.all)) > 1:
            raise QueryError("一条查询里 UNION 与 UNION ALL 不能混着写;请都写 UNION ALL,要去重的用 RETURN DISTINCT")
        joins = [" UNION ALL " if every else " UNION " for every in query.all]
        return texts[0] + "".join(join + text for join, text in zip(joins, texts[1:], strict=True)), columns[0]

    def _check_union(self, first: list[tuple[str, Kind]], later: list[tuple[str, Kind]]) -> None:
        if [name for name, _ in first] != [name for name, _ in later]:
            said = f"{'、'.join(name for name, _ in first)} 与 {'、'.join(name for name, _ in later)}"
            raise QueryError(f"UNION 两边的列名与次序要相同: {said};请用 AS 起同样的名称")
        for (name, kind), (_, second) in zip(first, later, strict=True):
            if self.dialect.typed and kind.is_known() and second.is_known() and kind.word != second.word:
                raise QueryError(
                    f"UNION 两边的列 {name} 种类不同({kind.zh}与{second.zh}),{self.dialect.name}要求同一种"
                )

    def _part(self, clauses: tuple[syntax.Clause, ...], inner: bool) -> tuple[str, list[tuple[str, Kind]]]:
        texts: list[str] = []
        for place, clause in enumerate(clauses):
            last = place == len(clauses) - 1
            if isinstance(clause, syntax.Project) and clause.word == "RETURN":
                if not last:
                    raise self.refusal("RETURN 应在最后;中间要传下去的写 WITH", clause.at)
                text, columns = self._return(clause)
                return " ".join([*texts, text]), columns
            if isinstance(clause, syntax.Procedure):
                texts.append(self._procedure(clause))
                if last and place == 0 and not inner:
                    columns = [(name, held.kind) for name, held in self.scope.items()]
                    return f"{texts[0]} RETURN {', '.join(quote(name) for name, _ in columns)}", columns
                continue
            writers = cast("dict[type, Callable[[Any], str]]", self._clause_writers())
            texts.append(writers[type(clause)](clause))
        if not inner:
            raise QueryError("查询没有 RETURN;最后要写返回什么,如 RETURN c.name")
        return " ".join(texts), []

    def _clause_writers(self) -> "dict[type[Any], Any]":
        return {
            syntax.Match: lambda clause: self.clause("OPTIONAL MATCH" if clause.optional else "MATCH", clause),
            syntax.Unwind: self._unwind,
            syntax.Project: self._with,
            syntax.CallSubquery: self._call_subquery,
        }

    def _unwind(self, clause: syntax.Unwind) -> str:
        source = self.write(clause.source)
        if source.kind.is_known() and source.kind.word != "list":
            raise self.refusal(f"UNWIND 之后应是列表,写的是{source.kind.zh}", clause.at)
        self.widen(self._digits_of(clause.source), clause.at)
        self._new(clause.name, source.kind.item or ANY, clause.at)
        return f"UNWIND {source.text} AS {quote(clause.name)}"

    def _digits_of(self, value: syntax.Expression) -> float:
        """Return how many digits the length of a list has, as far as it is known."""
        held = value.items if isinstance(value, syntax.Items) else None
        if isinstance(value, syntax.Parameter):
            held = self.given.get(value.name)
        if isinstance(held, (list, tuple)):
            return log10(len(held) or 1)
        ends = (
            [self.whole(end) for end in value.arguments]
            if isinstance(value, syntax.Call) and value.name.lower() == "range"
            else []
        )
        if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
            return log10(abs(ends[1] - ends[0]) + 1)
        return DIGITS_OF_LIST

    def _return(self, clause: syntax.Project) -> tuple[str, list[tuple[str, Kind]]]:
        text, after, _ = self._project(clause)
        return text, [(name, held.kind) for name, held in after.items()]

    def _with(self, clause: syntax.Project) -> str:
        text, after, seen = self._project(clause)
        if clause.condition is not None:
            self.scope = seen
            text += f" WHERE {self.condition(clause.condition)}"
        if clause.orders and self.dialect.loose_order:
            if clause.limit is None and clause.skip is None:
                raise self.refusal(
                    (
                        f"{self.dialect.name}的 WITH … ORDER BY 要带 LIMIT(否则次序不保留);"
                        "只为排序请把 ORDER BY 写在最后的 RETURN 之后。"
                    ),
                    clause.at,
                )
            text += f" UNWIND [1] AS {quote(self.fresh('u'))}"
        self.scope = after
        return text

    def _project(self, clause: syntax.Project) -> tuple[str, Scope, Scope]:
        """Return WITH or RETURN, the names after it, and the names that its ORDER BY and WHERE may use."""
        items = self._items_of(clause)
        grouped = clause.distinct or any(aggregates(item.value) for item in items)
        after: Scope = {}
        texts, columns = [], dict[syntax.Expression, Written]()
        for item in items:
            if item.name in after:
                raise self.refusal(f"列名 {item.name} 用了两次,请用 AS 另起名称", clause.at)
            written = self._column(clause, item.value, grouped)
            texts.append(written.text if written.text == quote(item.name) else f"{written.text} AS {quote(item.name)}")
            plain = isinstance(item.value, syntax.Variable)
            after[item.name] = bound(item.name, written.kind if plain else replace(written.kind, directed=False))
            columns[item.value] = Written(quote(item.name), written.kind)
        if grouped:
            self._check_mixed(items)
        else:
            self._check_hiding(clause, items)
        if grouped:
            self.digits = min(self.digits, DIGITS_OF_PATTERN)
        seen = after if grouped else self.scope | after
        if clause.word == "WITH" and self.dialect.loose_order and clause.condition is not None:
            seen = after
        text = f"{clause.word} {'DISTINCT ' * clause.distinct}{', '.join(texts)}"
        text += self._orders(clause, seen, columns)
        for word, number in (("SKIP", clause.skip), ("LIMIT", clause.limit)):
            if number is not None:
                text += f" {word} {self._count(word, number)}"
        return text, after, seen

    def _column(self, clause: syntax.Project, value: syntax.Expression, grouped: bool) -> Written:
        """Write one column; a count of its own in the last RETURN is the one place where no store loses its zeros."""
        if isinstance(value, syntax.Subquery) and value.word == "COUNT" and clause.word == "RETURN" and not grouped:
            return self.inner(value)
        return self.write(value)

    def _items_of(self, clause: syntax.Project) -> list[syntax.Item]:
        items = list(clause.items)
        if clause.star:
            names = sorted(name for name in self.scope if name not in self.hidden | {item.name for item in items})
            if not names and not items:
                raise self.refusal(f"{clause.word} * 之前还没有变量", clause.at)
            items = [syntax.Item(syntax.Variable(name, at=clause.at), name, False) for name in names] + items
        if len(items) > MOST_COLUMNS:
            raise QueryError(f"最多 {MOST_COLUMNS} 列,写了 {len(items)} 列")
        return items

    def _check_hiding(self, clause: syntax.Project, items: list[syntax.Item]) -> None:
        """A column with the name of another thing makes ORDER BY and WHERE mean two things at once."""
        asked = names_in(
            tuple(order.value for order in clause.orders) + ((clause.condition,) if clause.condition else ())
        )
        for item in items:
            if item.name in asked and item.name in self.scope and item.value != syntax.Variable(item.name):
                raise self.refusal(
                    f"列名 {item.name} 与前面的变量同名,排序或筛选时分不清是哪一个;请换一个列名", clause.at
                )

    def _check_mixed(self, items: list[syntax.Item]) -> None:
        """What stands beside an aggregation in one expression has to be a
        column too, or it groups without being seen."""
        groups = [item.value for item in items if not aggregates(item.value)]
        for item in items:
            if aggregates(item.value) and (name := self._ungrouped(item.value, groups)) is not None:
                raise self.refusal(
                    (
                        f"{name} 与聚合写在一个式子里,它自己也要是一列,如 RETURN {name}, {name} + count(*);"
                        f"或先 WITH {name}, count(*) AS k"
                    ),
                    item.value.at,
                )

    def _ungrouped(self, value: Any, groups: list[syntax.Expression]) -> str | None:
        """Return a name that an expression uses outside its aggregations and outside what groups, if any."""
        if isinstance(value, tuple):
            return next((name for part in value if (name := self._ungrouped(part, groups)) is not None), None)
        if not isinstance(value, syntax.Expression) or value in groups or isinstance(value, syntax.Subquery):
            return None
        if isinstance(value, syntax.Variable):
            return value.name if value.name in self.scope else None
        if isinstance(value, syntax.Call) and not any(map(aggregates, value.arguments)) and aggregates(value):
            return None
        return self._ungrouped(tuple(vars(value).values()), groups)

    def _orders(self, clause: syntax.Project, seen: Scope, columns: dict[syntax.Expression, Written]) -> str:
        if not clause.orders:
            return ""
        before, self.scope, self.columns = self.scope, seen, columns
        texts = []
        for order in clause.orders:
            if order.value not in columns and aggregates(order.value):
                raise self.refusal(
                    f"按聚合排序,先在 {clause.word} 里起列名: count(*) AS n … ORDER BY n", order.value.at
                )
            written = self.write(order.value)
            if self.dialect.typed and written.kind.word in ("list", "map", "node", "relation", "path"):
                raise self.refusal(f"不能按{written.kind.zh}排序,请按它的属性或 size()", order.value.at)
            texts.append(written.text + " DESC" * order.descending)
        self.scope, self.columns = before, {}
        return f" ORDER BY {', '.join(texts)}"

    def _count(self, word: str, value: syntax.Expression) -> str:
        number = self.whole(value)
        text = self.write(value).text
        if number is None or number < 0:
            raise self.refusal(f"{word} 之后应是非负整数或整数参数", value.at)
        return text

    def _procedure(self, clause: syntax.Procedure) -> str:
        place = self.place(clause.at)
        procedures = {name.lower(): (name, held) for name, held in self.dialect.procedures.items()}
        if clause.name.lower() not in procedures:
            said = "、".join(f"{name}()" for name in self.dialect.procedures)
            raise WriteRefused(f"这里不能调用过程 {clause.name}: 只能调用读图结构的 {said}。位置: {place}")
        name, held = procedures[clause.name.lower()]
        if len(clause.arguments) != len(held.arguments):
            raise QueryError(f"{name}() 要 {len(held.arguments)} 个参数,写了 {len(clause.arguments)} 个。位置: {place}")
        arguments = [self._argument(value, what) for value, what in zip(clause.arguments, held.arguments, strict=True)]
        wanted = dict(clause.yields) if clause.yields else {column: column for column in held.columns}
        for column in wanted:
            if column not in held.columns:
                raise QueryError(f"{name}() 没有列 {column}: {meant(column, held.columns, True)}位置: {place}")
        yields = []
        for column, kind in held.columns.items():  # a store may want every column, in order
            if column in wanted:
                self._new(wanted[column], kind, clause.at)
                yields.append(
                    quote(column) if wanted[column] == column else f"{quote(column)} AS {quote(wanted[column])}"
                )
            elif self.dialect.typed:
                yields.append(f"{quote(column)} AS {quote(self.fresh('y'))}")
        text = f"CALL {name}({', '.join(arguments)}) YIELD {', '.join(yields)}"
        if clause.condition is not None:
            text += f" WITH * WHERE {self.condition(clause.condition)}"
        return text

    def _argument(self, value: syntax.Expression, what: str) -> str:
        held = self.given.get(value.name) if isinstance(value, syntax.Parameter) else getattr(value, "value", None)
        place = self.place(value.at)
        if isinstance(value, syntax.Parameter):
            self.write(value)
            self.sent.pop(value.name, None)
        if not isinstance(held, str):
            raise QueryError(f"过程的参数应是加引号的名称,如 'Chain'。位置: {place}")
        if what == "type":
            check_type(held, place)
        elif held not in EDGE_TYPES or what == "label":
            check_label(held, place)
        assert held in NODE_TYPES or held in EDGE_TYPES
        return f"'{held}'"

    def _call_subquery(self, clause: syntax.CallSubquery) -> str:
        place = self.place(clause.at)
        if not self.dialect.queries_inside:
            said = "请分步写: OPTIONAL MATCH (c)<-[:PART_OF]-(s) WITH c, count(s) AS n"
            raise QueryError(f"{self.dialect.name}没有 CALL {{ … }};{said}。位置: {place}")
        names, query = clause.names, clause.query
        if names is None:
            names, query = _imported(query)
        outer = self.scope
        self.scope = {name: find(outer, name, place) for name in names}
        text, columns = self.query(query)
        self.scope = outer
        for name, kind in columns:
            self._new(name, kind, clause.at)
        return f"CALL ({', '.join(map(quote, names))}) {{ {text} }}"

    def subquery(self, value: syntax.Subquery) -> Written:
        """Write EXISTS, COUNT or COLLECT."""
        if value.word == "COUNT" and self.dialect.loses_zero:
            raise self.refusal(
                f"{self.dialect.name}的 COUNT {{ … }} 在筛选和汇总里会漏掉为 0 的,只能单独作 RETURN 的一列;"
                "请写 OPTIONAL MATCH (p)<-[:PRODUCES]-(e) WITH p, count(e) AS n WHERE n < 2,有没有则写 EXISTS { MATCH "
                "… }。"
                f"",
                value.at,
            )
        return self.inner(value)

    def inner(self, value: syntax.Subquery) -> Written:
        """Write a subquery at a place where the store answers it rightly."""
        part = value.query.parts[0]
        plain = (
            len(value.query.parts) == 1
            and len(part) == 1
            and isinstance(part[0], syntax.Match)
            and not part[0].optional
        )
        if not self.dialect.queries_inside and (value.word == "COLLECT" or not plain):
            said = (
                "请用 OPTIONAL MATCH … WITH c, collect(x) AS xs"
                if value.word == "COLLECT"
                else "里面只能有一个 MATCH … WHERE …"
            )
            raise self.refusal(f"{self.dialect.name}不能这样用 {value.word} {{ … }}: {said}", value.at)
        before, columns = self.scope, self.columns
        self.columns = {}
        text, inner_columns = self.query(value.query, inner=value.word != "COLLECT")
        self.scope, self.columns = before, columns
        if value.word == "COLLECT" and len(inner_columns) != 1:
            raise self.refusal("COLLECT { … } 里要返回恰好一列", value.at)
        kind = {"EXISTS": BOOL, "COUNT": INT}.get(value.word) or list_of(joined(kind for _, kind in inner_columns))
        return Written(f"{value.word} {{ {text} }}", kind)


def _imported(query: syntax.Query) -> tuple[tuple[str, ...], syntax.Query]:
    """Return the names that the old ``CALL { WITH a, b … }`` takes from outside, and the query without them."""
    names: dict[str, None] = {}
    parts = []
    for part in query.parts:
        first = part[0]
        plain = (
            isinstance(first, syntax.Project)
            and first.word == "WITH"
            and not (first.orders or first.condition or first.distinct)
        )
        if (
            isinstance(first, syntax.Project)
            and plain
            and all(isinstance(item.value, syntax.Variable) for item in first.items)
        ):
            names |= dict.fromkeys(item.value.name for item in first.items if isinstance(item.value, syntax.Variable))
            parts.append(part[1:])
        else:
            parts.append(part)
    return tuple(names), syntax.Query(tuple(parts), query.all)


__all__ = ["Bound", "QueryWriter"]

"""Writes lists and maps, their parts and what is done to each of their values."""

from dataclasses import replace

from graph.cypher import syntax
from graph.cypher.kinds import ANY, BOOL, Kind, joined, list_of
from graph.cypher.operators import Written
from graph.cypher.scope import names_in, quote
from graph.cypher.write_base import BaseWriter, Writers

LAST = 1_000_000_000
UNROLL = (
    "请用 UNWIND list AS x WITH x WHERE … RETURN collect(x),合计用 sum(x),路径上每条关系的条件写 [:INPUT_TO*1..3 "
    "{essential: true}]"
)


class ListWriter(BaseWriter):
    """A writer that knows lists and maps."""

    def writers(self) -> Writers:
        """Return what writes each kind of expression."""
        return {
            syntax.Literal: self.literal, syntax.Parameter: self.parameter, syntax.Variable: self.variable,
            syntax.Index: self._index,
            syntax.Slice: self._slice, syntax.Items: self._items, syntax.Mapping: self._mapping,
            syntax.Projection: self._projection,
            syntax.Comprehension: self._comprehension, syntax.Quantifier: self._quantifier,
            syntax.Reduction: self._reduction,
        }  # fmt: skip

    def _index(self, value: syntax.Index) -> Written:
        base, place = self.write(value.base), self.write(value.place)
        if base.kind.word == "string":
            raise self.refusal("取文字的一段用 substring(s, 0, 1)", value.at)
        if base.kind.is_known() and base.kind.word != "list":
            raise self.refusal("[…] 只能用于列表;属性写作 n.name", value.at)
        if place.kind.is_known() and place.kind.word != "int":
            raise self.refusal("列表的位置应是整数,从 0 数起", value.at)
        kind = base.kind.item or ANY
        if not self.dialect.one_based:
            return Written(f"{base.safe}[{place.text}]", kind)
        number = self.whole(value.place)
        if number is None:
            raise self.refusal(f"{self.dialect.name}里列表的位置只能是写明的整数,如 list[0]、list[-1]", value.at)
        return Written(f"{base.safe}[{number + 1 if number >= 0 else number}]", kind)

    def _slice(self, value: syntax.Slice) -> Written:
        base = self.write(value.base)
        if base.kind.is_known() and base.kind.word != "list":
            raise self.refusal("[..] 只能用于列表;取文字的一段用 substring(s, 0, 2)", value.at)
        ends = [None if end is None else self.write(end) for end in (value.low, value.high)]
        if not self.dialect.one_based:
            low, high = ("" if end is None else end.text for end in ends)
            return Written(f"{base.safe}[{low}..{high}]", base.kind)
        numbers = [None if end is None else self.whole(end) for end in (value.low, value.high)]
        if any(end is not None and (number is None or number < 0) for end, number in zip(ends, numbers, strict=True)):
            raise self.refusal(f"{self.dialect.name}里取一段列表,两端只能是写明的非负整数,如 list[0..2]", value.at)
        last = LAST if numbers[1] is None else numbers[1]  # size(…) as the end goes wrong after a filter
        return Written(f"list_slice({base.text}, {(numbers[0] or 0) + 1}, {last})", base.kind)

    def _items(self, value: syntax.Items) -> Written:
        items = [self.write(item) for item in value.items]
        kind = list_of(joined(item.kind for item in items))
        if self.dialect.typed and any(item.kind.word == "null" for item in items):
            raise self.refusal(f"{self.dialect.name}的列表里不要写 null;判断为空用 IS NULL", value.at)
        if (
            self.dialect.typed
            and len({tuple(key for key, _ in item.kind.fields or ()) for item in items if item.kind.word == "map"}) > 1
        ):
            raise self.refusal(
                f"{self.dialect.name}的列表里,各个映射的键与次序要相同;没有的键请写 '' 或 0,或把列表作为参数", value.at
            )
        if items and all(item.kind.is_known() for item in items):
            self.check_list(kind, value.at, "列表")
        return Written(f"[{', '.join(item.text for item in items)}]", kind)

    def _mapping(self, value: syntax.Mapping) -> Written:
        pairs = [(key, self.write(item)) for key, item in value.pairs]
        if not pairs and self.dialect.typed:
            raise self.refusal(f"{self.dialect.name}里映射不能是空的", value.at)
        text = ", ".join(f"{quote(key)}: {item.text}" for key, item in pairs)
        return Written(f"{{{text}}}", Kind("map", fields=tuple((key, item.kind) for key, item in pairs)))

    def _projection(self, value: syntax.Projection) -> Written:
        base = self.write(value.base)
        if base.kind.is_known() and base.kind.word not in ("node", "relation", "map"):
            raise self.refusal(f"{base.kind.zh}不能写 {{.name}}", value.at)
        if not self.dialect.typed:
            pairs = [(key, self.write(item)) for key, item in value.pairs]
            parts = [".*"] * value.all + [f"{quote(key)}: {item.text}" for key, item in pairs]
            fields = None if value.all else tuple((key, item.kind) for key, item in pairs)
            return Written(f"{base.text} {{{', '.join(parts)}}}", Kind("map", fields=fields))
        if value.all and not value.pairs:
            return Written(f"properties({base.text})", Kind("map"))
        if value.all:
            raise self.refusal(f"{self.dialect.name}里 .* 不能与别的键同写;请写 properties(n) 或逐个列出", value.at)
        made = self._mapping(syntax.Mapping(value.pairs, at=value.at))
        if base.kind.word in ("node", "relation") and not base.kind.optional:
            return made
        return Written(
            f"CASE WHEN {self.asked_for_null(base)} IS NULL THEN NULL ELSE {made.text} END",
            replace(made.kind, optional=True),
        )

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
        if self.dialect.lambdas and not (
            start.kind.group == step.kind.group == "number" or start.kind == step.kind == BOOL
        ):
            self._check_growth(value)
        text = f"reduce({quote(value.total)} = {start.text}, {quote(value.variable)} IN {source} | {step.text})"
        return Written(text, joined((start.kind, step.kind)))

    def _check_growth(self, value: syntax.Reduction) -> None:
        """A text or a list that is joined to itself at each step doubles, and nothing ends that."""
        parts, rest = [], value.value
        while isinstance(rest, syntax.Binary) and rest.sign == "+":
            parts.append(rest.right)
            rest = rest.left
        parts.append(rest)
        itself = syntax.Variable(value.total)
        once = parts.count(itself) == 1 and not any(value.total in names_in(part) for part in parts if part != itself)
        if isinstance(value.source, syntax.Call) and value.source.name.lower() == "range":
            raise self.refusal(
                "reduce() 对 range() 只能合计数字,拼接会没完没了;请从图里取列表,或用 UNWIND … RETURN collect(x)",
                value.at,
            )
        if not once:
            raise self.refusal(
                (
                    f"reduce() 不是合计数字时,只能写 {value.total} + x 这样每步接上一段(自己接自己会翻倍);"
                    "其余请用 UNWIND … RETURN collect(x)"
                ),
                value.at,
            )

    def _source(self, value: syntax.Expression, at: int) -> tuple[str, Kind]:
        source = self.write(value)
        if source.kind.is_known() and source.kind.word != "list":
            raise self.refusal(f"IN 的右边应是列表,写的是{source.kind.zh}", at)
        return source.text, source.kind.item or ANY

    def _need_lambdas(self, what: str, at: int) -> None:
        if not self.dialect.lambdas:
            raise self.refusal(f"{self.dialect.name}不能用 {what}: 它对列表逐项计算会出错;{UNROLL}", at)

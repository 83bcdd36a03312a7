"""Writes patterns for a store: names checked against the model, each relation
passed once, shortest paths as the store has them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graph.cypher import syntax
from graph.cypher.ends import instead, is_nowhere, of_steps, possible
from graph.cypher.kinds import ANY, BOOL, PATH, Kind, list_of, property_kind
from graph.cypher.names import check_label, check_type, no_property
from graph.cypher.operators import Written, compare
from graph.cypher.scope import Bound, bound, names_in, quote
from graph.cypher.write_values import ValueWriter
from graph.errors import QueryError
from graph.model import EDGE_TYPES, NODE_TYPES

DIGITS_OF_PATTERN = 6  # how many digits the number of things may have that a pattern finds
MOST_RELATIONS = 30


@dataclass
class _Passed:
    """A relation of the clause being written: how it is called, and what it can lie between."""

    name: str
    several: bool
    possible: set[tuple[str, str, str]]
    at: int


class PatternWriter(ValueWriter):
    """A writer that knows patterns."""

    def clause(self, word: str, match: syntax.Match) -> str:
        """Return a MATCH with its condition, and bind its names."""
        self.widen(sum(DIGITS_OF_PATTERN for pattern in self._unconnected(match)), match.patterns[0].at)
        if sum(len(pattern.relations) for pattern in match.patterns) > MOST_RELATIONS:
            raise self.refusal(
                f"一个 MATCH 里最多 {MOST_RELATIONS} 段关系;请分成几个 MATCH,走几步用 *1..8", match.patterns[0].at
            )
        conditions: list[str] = []
        passed: list[_Passed] = []
        several = sum(len(pattern.relations) for pattern in match.patterns) > 1
        texts = [self._pattern(pattern, match.optional, several, conditions, passed) for pattern in match.patterns]
        self._refuse_condition_on_shortest(match)
        if self.dialect.walks:
            conditions.extend(self._apart(passed))
        if match.condition is not None:
            conditions.insert(0, self.condition(match.condition))
        return f"{word} {', '.join(texts)}" + (f" WHERE {' AND '.join(conditions)}" if conditions else "")

    def _unconnected(self, match: syntax.Match) -> Iterator[syntax.Pattern]:
        """Yield the patterns that each multiply the rows: they begin anew, at
        no node of another one and at none known by its id."""
        known = set(self.scope)
        for pattern in match.patterns:
            names = {node.name for node in pattern.nodes if node.name is not None}
            anchored = any(key == "id" for node in pattern.nodes if node.properties for key, _ in node.properties.pairs)
            if not names & known and not anchored:
                yield pattern
            known |= names

    def _pattern(
        self, pattern: syntax.Pattern, optional: bool, several: bool, conditions: list[str], passed: list[_Passed]
    ) -> str:
        shortest = pattern.shortest or (
            pattern.relations[0].hops.mode if pattern.relations and pattern.relations[0].hops else ""
        )
        if shortest in ("SHORTEST", "ALL SHORTEST"):
            return self._shortest(pattern, shortest, optional, conditions, passed)
        if not pattern.relations:
            return self._of_path(pattern, optional) + self._node(pattern.nodes[0], optional, conditions)
        parts = [self._node(pattern.nodes[0], optional, conditions)]
        for relation, left, right in zip(pattern.relations, pattern.nodes, pattern.nodes[1:], strict=False):
            if relation.hops is not None and relation.hops.mode not in ("", "TRAIL"):
                raise self.refusal(
                    "最短路径要单独成一个模式: MATCH p = shortestPath((a)-[:SUPPLIES*1..5]->(b))", relation.at
                )
            after = self._node(right, optional, conditions)
            parts += [self._relation(relation, optional, several, conditions, passed, (left, right), ""), after]
        return self._of_path(pattern, optional) + "".join(parts)

    def _of_path(self, pattern: syntax.Pattern, optional: bool) -> str:
        if pattern.name is None:
            return ""
        if optional and self.dialect.walks:
            raise self.refusal(
                f"{self.dialect.name}的 OPTIONAL MATCH 找不到时,路径不是空值;请不给路径起名,用其中的节点与关系",
                pattern.at,
            )
        self._new(pattern.name, replace(PATH, optional=optional), pattern.at)
        return f"{quote(pattern.name)} = "

    def _new(self, name: str, kind: Kind, at: int, text: str = "") -> None:
        if name in self.scope:
            raise self.refusal(f"变量 {name} 已经用过,请换一个名称", at)
        self.scope = self.scope | {name: Bound(kind, text or quote(name))}

    def _shortest(
        self, pattern: syntax.Pattern, mode: str, optional: bool, conditions: list[str], passed: list[_Passed]
    ) -> str:
        place = self.place(pattern.at)
        hops = pattern.relations[0].hops if len(pattern.relations) == 1 else None
        if hops is None or hops.low != 1:
            raise QueryError(
                f"最短路径里要有且只有一段从 1 步起的关系,如 shortestPath((a)-[:SUPPLIES*1..5]->(b))。位置: {place}"
            )
        nodes = [replace(node, name=node.name or self.fresh("n")) for node in pattern.nodes]
        ends = [self._node(node, optional, conditions) for node in nodes]
        relation = self._relation(pattern.relations[0], optional, False, conditions, passed, (nodes[0], nodes[1]), mode)
        before = self._of_path(pattern, optional)
        if self.dialect.walks:
            return f"{before}{ends[0]}{relation}{ends[1]}"
        # no path leads from a thing to itself
        conditions.append(f"{quote(str(nodes[0].name))} <> {quote(str(nodes[1].name))}")
        return f"{before}{'shortestPath' if mode == 'SHORTEST' else 'allShortestPaths'}({ends[0]}{relation}{ends[1]})"

    def _refuse_condition_on_shortest(self, match: syntax.Match) -> None:
        if not self.dialect.walks or match.condition is None:
            return
        for pattern in match.patterns:
            mode = pattern.shortest or (
                pattern.relations[0].hops.mode if pattern.relations and pattern.relations[0].hops else ""
            )
            names = {pattern.name, *(relation.name for relation in pattern.relations)} - {None}
            if mode in ("SHORTEST", "ALL SHORTEST") and names & names_in(match.condition):
                raise self.refusal(
                    f"{self.dialect.name}先找最短路径再看条件,条件里不能有路径或其中的关系;请先 WITH p,再 WHERE",
                    pattern.at,
                )

    def _node(self, node: syntax.NodePattern, optional: bool, conditions: list[str]) -> str:
        place = self.place(node.at)
        for label in node.labels:
            check_label(label, place)
        kind = Kind("node", names=node.labels or None, optional=optional)
        labels = node.labels
        if node.name is not None and node.name in self.scope:
            kind, labels = self._again(node, conditions)
        else:
            if node.name is not None:
                self.scope = self.scope | {node.name: bound(node.name, kind)}
            # of all nodes of the store, only those that the model knows are the graph
            if self.dialect.keeps_others and not labels:
                labels = tuple(NODE_TYPES)
        name = "" if node.name is None else self.scope[node.name].text
        text = (
            name
            + (":" + "|".join(map(quote, labels)) if labels else "")
            + self._properties(node.properties, kind, name or "它")
        )
        if node.condition is not None:
            conditions.append(self.condition(node.condition))
        return f"({text})"

    def _again(self, node: syntax.NodePattern, conditions: list[str]) -> tuple[Kind, tuple[str, ...]]:
        """A name that stands for something already: its labels, said once more, are a condition."""
        name = str(node.name)
        held = self.scope[name]
        if held.kind.is_known() and held.kind.word != "node":
            raise self.refusal(f"{name} 是{held.kind.zh},不能当节点用,请换一个名称", node.at)
        if not node.labels or (held.kind.names is not None and set(held.kind.names) <= set(node.labels)):
            return held.kind, ()
        names = (
            node.labels
            if held.kind.names is None
            else tuple(label for label in held.kind.names if label in node.labels)
        )
        if not names:
            said = "、".join(held.kind.names or ())
            raise self.refusal(
                f"{name} 前面已是 {said},不会又是 {'、'.join(node.labels)}: 一个节点只有一个标签", node.at
            )
        kind = Kind("node", names=names, optional=held.kind.optional)
        self.scope = self.scope | {name: Bound(kind, held.text)}
        test = self.label_test(held.text, names)
        conditions.append(f"({test})" if " OR " in test else test)
        return kind, ()

    def _properties(self, properties: syntax.Mapping | None, kind: Kind, shown: str) -> str:
        if properties is None or not properties.pairs:
            return ""
        pairs = []
        for key, value in properties.pairs:
            key_kind = property_kind(kind, key) if kind.word in ("node", "relation") else ANY
            if key_kind is None:
                raise no_property(kind, shown.strip("`"), key, self.place(properties.at))
            written = self.write(value)
            compare("=", _as_written(key_kind), written, self.place(value.at))
            pairs.append(f"{quote(key)}: {written.text}")
        return f" {{{', '.join(pairs)}}}"

    def _relation(
        self,
        relation: syntax.RelationPattern,
        optional: bool,
        several: bool,
        conditions: list[str],
        passed: list[_Passed],
        ends: tuple[syntax.NodePattern, syntax.NodePattern],
        mode: str,
    ) -> str:
        place = self.place(relation.at)
        for word in relation.types:
            check_type(word, place)
        directed = bool(relation.towards) and relation.hops is None
        kind = Kind("relation", names=relation.types or None, optional=optional, directed=directed)
        name = relation.name
        if name is not None:
            many = relation.hops is not None
            text = f"rels({quote(name)})" if many and self.dialect.walks else quote(name)
            self._new(name, list_of(kind) if many else kind, relation.at, text)
        elif several and self.dialect.walks:
            name = self.fresh("r")
        shown = quote(name) if name else ""
        inner = shown + (":" + "|".join(map(quote, relation.types)) if relation.types else "")
        inner += self._hops(relation.hops, mode, place) + self._properties(relation.properties, kind, name or "它")
        if relation.condition is not None:
            if relation.hops is not None:
                raise QueryError(f"多步的关系里不能写 WHERE,请写 {{属性: 值}}。位置: {place}")
            conditions.append(self.condition(relation.condition))
        choices = self._possible(kind, relation, ends)
        passed.append(_Passed(shown, relation.hops is not None, choices, relation.at))
        if self.dialect.walks and not relation.towards:
            self._beware_of_loops(choices, place)
        left, right = ("<-" if relation.towards == "<" else "-"), ("->" if relation.towards == ">" else "-")
        return f"{left}[{inner}]{right}" if inner else f"{left}{right}"

    def _beware_of_loops(self, choices: set[tuple[str, str, str]], place: str) -> None:
        """A relation from a thing to itself is found twice there by a pattern without a direction."""
        for word, start, end in sorted(choices):
            if start == end and EDGE_TYPES[word].table.loops:
                self.unless[f"MATCH (a:{quote(start)})-[:{quote(word)}]->(a) RETURN 1 AS found LIMIT 1"] = (
                    f"图里有从自己到自己的 {word},{self.dialect.name}对不写方向的关系会把它数两次;"
                    f"请写明方向: -[:{word}]->。位置: {place}"
                )

    def _hops(self, hops: syntax.Hops | None, mode: str, place: str) -> str:
        if hops is None:
            return ""
        most = self.dialect.most_hops
        if most is not None and (hops.high is None or hops.high > most):
            said = "没有写上限" if hops.high is None else f"上限 {hops.high} 太大"
            raise QueryError(f"步数{said}: {self.dialect.name}最多 {most} 步,请写明,如 *1..8。位置: {place}")
        high = "" if hops.high is None else str(hops.high)
        if hops.high is None and hops.low > 1000:
            raise QueryError(f"步数的下限太大。位置: {place}")
        way = f" {mode or 'TRAIL'} " if self.dialect.walks else ""
        return f"*{way}{hops.low}..{high}"

    def _possible(
        self, kind: Kind, relation: syntax.RelationPattern, ends: tuple[syntax.NodePattern, syntax.NodePattern]
    ) -> set[tuple[str, str, str]]:
        """Return what a relation can be, or each of its steps; refuse one that
        can be nothing, which would find nothing without a word."""
        left, right = (self._labels(node) for node in ends)
        if is_nowhere(kind, relation, left, right):
            raise self.refusal(
                instead(kind, relation, (ends[0].name or "", ends[1].name or ""), left, right), relation.at
            )
        several = relation.hops is not None and relation.hops.high != 1
        return (of_steps if several else possible)(kind, relation.towards, left, right)

    def _labels(self, node: syntax.NodePattern) -> tuple[str, ...] | None:
        if node.name is not None and node.name in self.scope:
            return self.scope[node.name].kind.names
        return node.labels or None

    def _apart(self, passed: list[_Passed]) -> list[str]:
        """Return the conditions that no relation is passed twice in one MATCH,
        which only the other store sees to by itself."""
        conditions = []
        for place, earlier in enumerate(passed):
            for later in passed[place + 1 :]:
                if not earlier.possible & later.possible:
                    continue
                if earlier.several or later.several:
                    raise self.refusal(
                        f"{self.dialect.name}里,多步的关系不能与同类的别的关系写在同一个 MATCH 里(会重复走同一条);"
                        f"请分成两个 MATCH: MATCH (a)-[:SUPPLIES*1..3]->(b) MATCH (b)-[:SUPPLIES]->(c)",
                        later.at,
                    )
                conditions.append(f"id({earlier.name}) <> id({later.name})")
        return conditions

    def pattern_test(self, pattern: syntax.Pattern) -> Written:
        """Write a pattern as a condition."""
        parts: list[syntax.NodePattern | syntax.RelationPattern] = [*pattern.nodes, *pattern.relations]
        for part in parts:
            if part.name is not None and part.name not in self.scope:
                raise self.refusal(f"条件里的模式不能有新变量 {part.name};请用 EXISTS {{ MATCH … }}", part.at)
        before = self.scope
        text = self.clause("MATCH", syntax.Match(False, (pattern,), None))
        self.scope = before
        return Written(f"EXISTS {{ {text} }}", BOOL)

    def pattern_list(self, value: syntax.PatternList) -> Written:
        """Write a list made from a pattern."""
        if not self.dialect.queries_inside:
            raise self.refusal(
                (
                    f"{self.dialect.name}没有 [(a)-->(b) | …];请用 OPTIONAL MATCH (a)-->(b) WITH a, collect(b.name) AS "
                    "names"
                ),
                value.at,
            )
        before, conditions = self.scope, list[str]()
        pattern = self._pattern(value.pattern, False, False, conditions, [])
        if value.condition is not None:
            conditions.insert(0, self.condition(value.condition))
        mapped = self.write(value.value)
        self.scope = before
        tested = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        return Written(f"[{pattern}{tested} | {mapped.text}]", list_of(mapped.kind))


def _as_written(kind: Kind) -> Written:
    return Written("", kind)

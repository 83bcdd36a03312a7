"""Random valid queries over the model, and the data files of the Cypher tests.

``python tests/cypher_parts.py`` prints how many of the attacks were tried and how many the gate refused, for each store.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from hypothesis import strategies as st

from graph.cypher import Dialect, admit
from graph.errors import QueryError, WriteRefused
from graph.stores.ladybug.dialect import LADYBUG
from graph.stores.neo4j_dialect import NEO4J

DATA = Path(__file__).parent / "data" / "cypher"

Properties = tuple[list[str], list[str], list[str]]

# Patterns from the model: the pattern, and of each variable which text, number and flag properties it has.
NODE: Properties = (["id", "name", "status"], ["confidence"], [])
PRODUCT: Properties = ([*NODE[0], "kind"], NODE[1], [])
PROJECT: Properties = ([*NODE[0], "stage"], ["confidence", "amount"], [])
INPUT: Properties = (["status", "source"], ["confidence"], ["essential"])
SUPPLY: Properties = (["status", "product"], ["confidence"], [])
PATTERNS: list[tuple[str, dict[str, Properties]]] = [
    ("(a:Chain)", {"a": NODE}),
    ("(a:Enterprise)", {"a": NODE}),
    ("(a:Project)", {"a": PROJECT}),
    ("(a:Segment)-[:PART_OF]->(b:Chain)", {"a": NODE, "b": NODE}),
    ("(a:Chain)<-[:LEADS]-(b:Enterprise)", {"a": NODE, "b": NODE}),
    ("(a:Enterprise)-[r:SUPPLIES]->(b:Enterprise)", {"a": NODE, "b": NODE, "r": SUPPLY}),
    ("(a:Enterprise)-[r:SUPPLIES]-(b:Enterprise)", {"a": NODE, "b": NODE, "r": SUPPLY}),
    ("(a:Product)-[r:INPUT_TO]->(b:Product)", {"a": PRODUCT, "b": PRODUCT, "r": INPUT}),
    ("(a:Product)-[:INPUT_TO*1..3]->(b:Product)", {"a": PRODUCT, "b": PRODUCT}),
    ("(a:Enterprise)-[:PRODUCES]->(b:Product)<-[:PRODUCES]-(c:Enterprise)", {"a": NODE, "b": PRODUCT, "c": NODE}),
    ("(a:Enterprise)-[:PRODUCES|NEEDS]->(b:Product)-[:BELONGS_TO]->(c:Segment)", {"a": NODE, "b": PRODUCT, "c": NODE}),
    ("(a:Chain|Project)", {"a": NODE}),
]
WORDS = ["青岛", "有限公司", "智", "sample", "curated", "a", "-", "it's", "10%", "𠮷", 'x"y', "签约"]


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "\\'") + "'"


@st.composite
def texts(draw: st.DrawFn, bound: dict[str, Any], deep: int = 0) -> str:
    """Draw an expression whose value is a text."""
    properties = [f"{name}.{key}" for name, (keys, _, _) in bound.items() for key in keys]
    options = [st.sampled_from(properties), st.sampled_from(WORDS).map(_quoted)]
    if deep < 2:
        inner = texts(bound, deep + 1)
        options += [
            st.builds("{} + {}".format, inner, inner),
            st.builds("{}({})".format, st.sampled_from(["toUpper", "toLower", "trim", "reverse", "toString"]), inner),
            st.builds("left({}, {})".format, inner, st.integers(0, 5)),
            st.builds("substring({}, {})".format, inner, st.integers(0, 9)),
            st.builds("substring({}, {}, {})".format, inner, st.integers(0, 9), st.integers(0, 3)),
            st.builds("coalesce({}, {})".format, inner, inner),
            st.builds(
                "replace({}, {}, {})".format,
                inner,
                st.sampled_from(WORDS).map(_quoted),
                st.sampled_from(WORDS).map(_quoted),
            ),
            st.builds("CASE WHEN {} THEN {} ELSE {} END".format, conditions(bound, deep + 1), inner, inner),
        ]
    return draw(st.one_of(options))


@st.composite
def numbers(draw: st.DrawFn, bound: dict[str, Any], deep: int = 0) -> str:
    """Draw an expression whose value is a number."""
    properties = [f"{name}.{key}" for name, (_, keys, _) in bound.items() for key in keys]
    options = [st.sampled_from(properties), st.integers(0, 9).map(str), st.sampled_from(["0.5", "1e2", ".25"])]
    if deep < 2:
        inner = numbers(bound, deep + 1)
        options += [
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner),
            st.builds(
                "{}({})".format,
                st.sampled_from(["abs", "floor", "ceil", "round", "sign", "toInteger", "toFloat"]),
                inner,
            ),
            st.builds("size({})".format, texts(bound, deep + 1)),
            st.builds("-{}".format, inner),
            st.builds("coalesce({}, {})".format, inner, inner),
        ]
    return draw(st.one_of(options))


@st.composite
def conditions(draw: st.DrawFn, bound: dict[str, Any], deep: int = 0) -> str:
    """Draw an expression that is true, false or null."""
    flags = [f"{name}.{key}" for name, (_, _, keys) in bound.items() for key in keys]
    words = st.lists(st.sampled_from(WORDS).map(_quoted), max_size=3).map(lambda items: f"[{', '.join(items)}]")
    inner = texts(bound, deep + 1)
    options = [
        st.builds("{} {} {}".format, inner, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), inner),
        st.builds(
            "{} {} {}".format,
            numbers(bound, deep + 1),
            st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
            numbers(bound, deep + 1),
        ),
        st.builds("{} {} {}".format, inner, st.sampled_from(["STARTS WITH", "ENDS WITH", "CONTAINS"]), inner),
        st.builds("{} IN {}".format, inner, words),
        st.builds("{} IS {}NULL".format, inner, st.sampled_from(["", "NOT "])),
    ]
    if flags:
        options.append(st.sampled_from(flags))
    if deep < 2:
        more = conditions(bound, deep + 1)
        options += [
            st.builds("({} {} {})".format, more, st.sampled_from(["AND", "OR", "XOR"]), more),
            st.builds("NOT {}".format, more.map(lambda text: f"({text})")),
        ]
    return draw(st.one_of(options))


@st.composite
def queries(draw: st.DrawFn) -> str:
    """Draw a query that reads the graph; every row of it is compared, so there is an order or no limit."""
    pattern, bound = draw(st.sampled_from(PATTERNS))
    text = f"MATCH {pattern}"
    if draw(st.booleans()):
        text += f" WHERE {draw(conditions(bound))}"
    shape = draw(st.sampled_from(["rows", "groups", "first", "steps", "union"]))
    value = draw(st.one_of(texts(bound), numbers(bound), conditions(bound)))
    total = draw(
        st.one_of(
            st.just("count(*)"),
            st.builds("count(DISTINCT {})".format, texts(bound)),
            st.builds("{}({})".format, st.sampled_from(["min", "max"]), texts(bound)),
            st.builds("sum(size({}))".format, texts(bound)),
        )
    )
    if shape == "rows":
        return f"{text} RETURN {draw(st.sampled_from(['', 'DISTINCT ']))}{value} AS x, a.id AS y"
    if shape == "groups":
        return f"{text} RETURN {value} AS x, {total} AS y"
    if shape == "first":
        way = draw(st.sampled_from(["", " DESC"]))
        return f"{text} WITH DISTINCT a.id AS i ORDER BY i{way} LIMIT {draw(st.integers(0, 4))} RETURN collect(i) AS l, count(*) AS n"
    if shape == "steps":
        return f"{text} WITH {value} AS x, {total} AS y WHERE y IS NOT NULL RETURN count(*) AS n, count(x) AS m"
    return f"{text} RETURN {value} AS x UNION {text} RETURN {value} AS x"


def records(name: str) -> list[dict[str, Any]]:
    """Return the records of a data file, one JSON object a line."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line]


def shown(rows: list[dict[str, Any]], ordered: bool) -> list[str]:
    """Return rows as texts that are equal where the answers are: floats to twelve digits, times of loading left out."""
    texts_ = [json.dumps(_even(list(row.values())), ensure_ascii=False, sort_keys=True) for row in rows]
    return texts_ if ordered else sorted(texts_)


def _even(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _even(item) for name, item in value.items() if name != "recorded_at"}
    if isinstance(value, list):
        return [_even(item) for item in value]
    return float(f"{value:.12g}") + 0.0 if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def attack(dialect: Dialect) -> Counter[str]:
    """Send every attack to a store's gate and count the outcomes; an error of another kind comes through."""
    outcomes: Counter[str] = Counter()
    for record in records("attacks.jsonl"):
        try:
            admit(record["text"], {}, dialect)
            outcomes[f"ADMITTED {record['text'][:100]}"] += 1
        except (WriteRefused, QueryError) as refusal:
            outcomes[type(refusal).__name__] += 1
    return outcomes


if __name__ == "__main__":
    for store in (LADYBUG, NEO4J):
        counts = attack(store)
        refused = counts["WriteRefused"] + counts["QueryError"]
        print(f"{store.name}: {counts.total()} attacks, {refused} refused by the gate ({dict(counts)})")

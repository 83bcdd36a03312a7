"""One set of queries on both stores: the same answer, or a refusal that says what to write instead; never another answer without a word."""

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import neo4j_settings
from cypher_parts import DATA, queries, records, shown
from hypothesis import HealthCheck, given, settings
from neo4j_server import OUTSIDE, Server

from graph.cypher import Admitted, admit
from graph.errors import CypherClosed, LianzhangError, QueryError, StoreUnavailable
from graph.stores import Result, Store
from graph.stores.ladybug.dialect import LADYBUG
from graph.stores.neo4j import Neo4jStore
from graph.stores.neo4j_dialect import NEO4J
from graph.stores.neo4j_outside import FILES, MEMORY, check_settings
from loaders.run import load

QUERIES = records("queries.jsonl")
TOY = records("toy.jsonl")


def ask(store: Store, text: str, parameters: dict[str, Any] | None = None) -> Result | LianzhangError:
    try:
        return store.outside().read(text, parameters, seconds=30, limit=20_000)
    except LianzhangError as error:
        return error


def check_refusal(text: str, refusal: LianzhangError) -> None:
    """A refusal is in Chinese, in words of our own, and says what to do."""
    assert len(re.findall("[\u4e00-\u9fff]", refusal.message)) > 6, (text, refusal)
    assert not refusal.message.startswith("查询不能执行"), (text, refusal)
    assert refusal.status in (400, 403), (text, refusal)


@pytest.fixture
def both(seeded_store: Store, neo4j_seeded_url: str, neo4j_instance: Server) -> Any:
    server = Neo4jStore(neo4j_seeded_url, neo4j_settings(neo4j_instance))
    yield seeded_store, server
    server.close()


def test_both_stores_answer_alike_or_say_why_not(both: tuple[Store, Store]) -> None:
    assert len(QUERIES) >= 100
    for record in QUERIES:
        text = record["query"]
        answers = [ask(store, text, record.get("parameters")) for store in both]
        for name, answer in zip(("ladybug", "neo4j"), answers, strict=True):
            assert ("answer" if isinstance(answer, Result) else "refusal") == record[name], (name, text, answer)
            if isinstance(answer, LianzhangError):
                check_refusal(text, answer)
        first, second = answers
        if isinstance(first, Result) and isinstance(second, Result):
            assert first.columns == second.columns, text
            assert shown(first.rows, "ORDER BY" in text) == shown(second.rows, "ORDER BY" in text), text


def test_random_queries_are_answered_alike(both: tuple[Store, Store]) -> None:
    @settings(max_examples=40, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(queries())
    def compare(text: str) -> None:
        first, second = (ask(store, text) for store in both)
        assert isinstance(first, Result), (text, first)
        assert isinstance(second, Result), (text, second)
        assert shown(first.rows, False) == shown(second.rows, False), text

    compare()


def test_cycles_loops_and_rare_characters(store: Store) -> None:
    report = load([DATA / "toy"], store)
    assert not report.bad, report.rejected
    for record in TOY:
        answer = ask(store, record["query"])
        if record.get("refused") == ("ladybug" if store.url.startswith("ladybug") else "neo4j"):
            assert isinstance(answer, LianzhangError), record
            check_refusal(record["query"], answer)
        else:
            assert isinstance(answer, Result), (record, answer)
            ordered = "ORDER BY" in record["query"]
            assert shown(answer.rows, ordered) == shown(record["rows"], ordered), record["query"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MATCH (e:Enterprize) RETURN e", "没有标签 Enterprize: 是不是 Enterprise?"),
        ("MATCH (e:企业) RETURN e", "是不是 Enterprise?"),
        ("MATCH (e:Enterprise)-[:SUPPLYS]->() RETURN e", "没有关系类型 SUPPLYS: 是不是 SUPPLIES?"),
        ("MATCH (e:Enterprise)-[:供应]->() RETURN e", "是不是 SUPPLIES?"),
        ("MATCH (e:Enterprise) RETURN e.nmae", "没有属性 nmae: 是不是 name?"),
        ("MATCH (e:Enterprise) RETURN e.简称", "是不是 short_name?"),
        ("MATCH (c:Chain) RETURN c.amount", "有 amount 的是: Project"),
        ("MATCH (a)-[r:SUPPLIES]->(b) RETURN r.essential", "有 essential 的是: INPUT_TO"),
        ("MATCH (c:Chain {nmae: 'x'}) RETURN c", "是不是 name?"),
        ("MATCH (c:Chain) WITH c AS d, c.name AS n RETURN d.nmae", "是不是 name?"),
        ("MATCH (c:Chain) WITH collect(c) AS l UNWIND l AS x RETURN x.nmae", "是不是 name?"),
        ("MATCH p = (a:Chain)--(b) RETURN nodes(p)[0].nmae", "是不是 name?"),
        ("MATCH (c:Chain) RETURN c.name AS n ORDER BY c.nmae", "是不是 name?"),
        ("MATCH (c:Chain) WHERE EXISTS { MATCH (c)<-[:PART_OF]-(s) WHERE s.nmae = 'x' } RETURN c", "是不是 name?"),
        ("MATCH (c:Chain) RETURN d.name", "没有变量 d"),
        ("MATCH (c:Chain) WHERE c.name = 集成电路 RETURN c", "加引号: '集成电路'"),
        ("MATCH (c:Chain) RETURN c.name + $suffix", "--param suffix=值"),
        ("RETURN toUper('x')", "toupper"),
        ("MATCH (p:Product) RETURN size((p)<-[:PRODUCES]-())", "COUNT {"),
        ("RETURN apoc.text.join(['a'], ',')", "APOC"),
        ("MATCH （c:Chain） RETURN c", "半角的 ("),
        ("MATCH (c:Chain) WHERE c.name = “x” RETURN c", '半角的 "'),
        ("MATCH (c：Chain) RETURN c", "半角的 :"),
        ("SELECT * FROM Chain", "MATCH (c:Chain) RETURN"),
        ("MATCH (c:Chain) RETURN c.status, count(*) GROUP BY c.status", "分组"),
    ],
)
@pytest.mark.parametrize("dialect", [pytest.param(LADYBUG, id="ladybug"), pytest.param(NEO4J, id="neo4j")])
def test_a_name_that_is_not_there_is_refused_with_the_nearest(dialect: Any, text: str, said: str) -> None:
    with pytest.raises(QueryError, match=re.escape(said)):
        admit(text, {}, dialect)


@pytest.mark.parametrize(
    "text",
    [
        "WITH {nmae: 1} AS m RETURN m.nmae AS x",
        "UNWIND [{k: 'a', v: {w: 1}}] AS row RETURN row.k AS k, row.v.w AS w",
        "MATCH (c:Chain) WITH {chain: c, size: 1} AS m RETURN m.chain.name AS n, m.size AS s",
        "MATCH (n) RETURN n.amount AS a",
        "MATCH (n:Chain|Project) RETURN n.amount AS a",
        "MATCH ()-[r]->() RETURN r.essential AS e",
        "MATCH (c:Chain) WITH c AS x MATCH (x)<-[:PART_OF]-(s) RETURN s.level AS l, x.name AS n",
        "MATCH p = (a:Chain)<-[:PART_OF]-(b) RETURN length(p) AS n, nodes(p) AS m",
        "MATCH (c:Chain) RETURN c.name AS name ORDER BY name",
        "MATCH (c:Chain) RETURN c.name ORDER BY c.name",
        "MATCH (c:Chain) RETURN DISTINCT c.status ORDER BY c.status",
        "MATCH (`the chain`:Chain) RETURN `the chain`.`name`",
    ],
)
def test_names_that_are_there_are_not_refused(text: str) -> None:
    for dialect in (LADYBUG, NEO4J):
        try:
            assert admit(text, {}, dialect).columns
        except QueryError as error:
            assert "level" in str(error)  # noqa: PT017 - a Segment has its stage under another name


def test_parameters_are_all_given_and_all_used() -> None:
    for dialect in (LADYBUG, NEO4J):
        with pytest.raises(QueryError, match=r"没有给参数 \$id。给了的参数是: ids"):
            admit("MATCH (c:Chain {id: $id}) RETURN c", {"ids": "x"}, dialect)
        with pytest.raises(QueryError, match=r"给了参数 ids.*\$id"):
            admit("MATCH (c:Chain {id: $id}) RETURN c", {"id": "x", "ids": "x"}, dialect)
        with pytest.raises(QueryError, match="整数太大"):
            admit("RETURN $x AS x", {"x": 2**63}, dialect)


def test_a_limit_of_rows_cuts_and_says_so(full_store: Store) -> None:
    result = full_store.outside().read("MATCH (c:Chain) RETURN c.name AS n", {}, seconds=5, limit=3)
    assert (len(result.rows), result.truncated) == (3, True)


@pytest.mark.parametrize("value", ["1.0 / 0", "-1.0 / 0", "0.0 / 0", "[1.5, 1.0 / 0]", "{a: [1.0 / 0]}"])
def test_what_is_no_number_in_json_is_refused(seeded_store: Store, value: str) -> None:
    with pytest.raises(QueryError, match="算出了无穷大或非数"):
        seeded_store.outside().read(f"RETURN {value} AS x", {}, seconds=5, limit=1)


def test_a_limit_of_time_ends_a_query(full_store: Store) -> None:
    answer = None
    try:
        full_store.outside().read(
            "UNWIND range(1, 1000000) AS x UNWIND range(1, 1000000) AS y RETURN sum(x % (y + 1)) AS s",
            seconds=0.5,
            limit=5,
        )
    except LianzhangError as error:
        answer = error
    assert answer is not None
    assert answer.status == 504


@pytest.mark.neo4j
def test_a_server_that_is_set_right_is_used(neo4j_instance: Server) -> None:
    store = Neo4jStore(neo4j_instance.uri, neo4j_settings(neo4j_instance))
    assert store.check_outside() == []
    names = {str(row["name"]) for row in store.read("SHOW SETTINGS YIELD name RETURN name").rows}
    as_settings = {
        name.removeprefix("NEO4J_").replace("__", "%").replace("_", ".").replace("%", "_") for name in OUTSIDE
    }
    # the image takes them as these, and does not start with one it does not know
    assert {FILES, MEMORY} <= as_settings <= names
    store.close()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"name": FILES, "value": "true"}, {"name": MEMORY, "value": "512.00MiB"}], f"{FILES} 是 true.*{FILES}=false"),
        ([{"name": MEMORY, "value": "512.00MiB"}], "看不到.*SHOW SETTING"),
        ([], "看不到"),
    ],
)
def test_a_server_that_is_set_otherwise_gets_no_query_from_outside(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(CypherClosed, match=said) as refused:
        check_settings(lambda query: rows, "bolt://somewhere")
    assert refused.value.status == 403


def test_settings_that_cannot_be_asked_for_are_not_trusted() -> None:
    def forbidden(query: str) -> Any:
        raise QueryError("Permission denied")

    with pytest.raises(CypherClosed, match="查不到"):
        check_settings(forbidden, "bolt://somewhere")
    assert check_settings(
        lambda query: [{"name": FILES, "value": "false"}, {"name": MEMORY, "value": "0B"}], "bolt://somewhere"
    )


def test_a_server_that_does_not_answer_is_unavailable_and_not_set_wrong() -> None:
    def silent(query: str) -> Any:
        raise StoreUnavailable("连不上 Neo4j")

    with pytest.raises(StoreUnavailable):
        check_settings(silent, "bolt://somewhere")


@pytest.mark.neo4j
def test_a_server_set_otherwise_refuses_through_the_store(
    neo4j_instance: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Neo4jStore(neo4j_instance.uri, neo4j_settings(neo4j_instance))
    monkeypatch.setattr(
        store, "read", lambda *args, **kwargs: Result(["name", "value"], [{"name": FILES, "value": "true"}])
    )
    with pytest.raises(CypherClosed, match=FILES):
        store.outside().read("RETURN 1 AS x", {}, seconds=5, limit=1)
    store.close()


def test_the_table_of_dialects_tells_of_every_refused_function() -> None:
    page = (Path(__file__).parent.parent / "docs" / "cypher.md").read_text("utf-8")
    for dialect in (LADYBUG, NEO4J):
        for name in dialect.procedures:
            assert f"`{name}" in page, name


@pytest.mark.neo4j
def test_names_that_only_the_server_can_tell_are_refused_too(neo4j_seeded_url: str, neo4j_instance: Server) -> None:
    store = Neo4jStore(neo4j_seeded_url, neo4j_settings(neo4j_instance))
    asked = store.outside()
    for text, name in (
        ("MATCH (a:Foo) RETURN a", "标签 Foo"),
        ("MATCH ()-[r:BAR]->() RETURN r", "关系类型 BAR"),
        ("MATCH (n) RETURN n.baz", "属性 baz"),
    ):
        with pytest.raises(QueryError, match=name):
            asked.run(Admitted(text, {}, ["x"], frozenset({"baz"})), 5, 10)  # type: ignore[attr-defined]
    assert asked.read("WITH {baz: 1} AS m RETURN m.baz AS x", {}, seconds=5, limit=1).rows == [{"x": 1}]
    store.close()


@pytest.mark.neo4j
def test_nodes_beside_the_graph_are_found_by_no_pattern(neo4j_store: Neo4jStore) -> None:
    with neo4j_store.driver.session() as session:
        session.run(
            "CREATE (:Chain {id: 'a', name: 'a'})-[:KNOWS]->(:Stranger {id: 'b'})-[:KNOWS]->(:Stranger {id: 'c'})"
        ).consume()
    for pattern, number in (("(n)", 1), ("(n)--(m)", 0), ("(n:Chain)-->(m)", 0), ("p = (n)-[*1..2]-()", 0)):
        answer = ask(neo4j_store, f"MATCH {pattern} RETURN count(*) AS n")
        assert isinstance(answer, Result), answer
        assert answer.rows == [{"n": number}], pattern


def test_brackets_around_sums_are_no_patterns() -> None:
    for text in (
        "(a.confidence + 1) - -a.confidence",
        "(a.confidence) - (-1)",
        "(1) - -1",
        "(a.confidence) < -1",
        "[(a.confidence) - 1][0]",
    ):
        for dialect in (LADYBUG, NEO4J):
            assert admit(f"MATCH (a:Chain) RETURN {text} AS x", {}, dialect).columns == ["x"]
    for text in ("(a)--()", "(a)--(:Segment)", "(a)<--(:Segment)", "(a)<-[:PART_OF]-()", "(a:Chain {name: 'x'})-[]-()"):
        for dialect in (LADYBUG, NEO4J):
            assert "EXISTS" in admit(f"MATCH (a:Chain) WHERE {text} RETURN 1 AS x", {}, dialect).text
